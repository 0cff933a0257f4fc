"""Who hears what of an issue, and who owes what."""

from __future__ import annotations

from datetime import time
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Ask, Disarm, Effect, Hand, Mail, Owe, Settle, Tell, Track
from workflows.equipment.data import (
    Equipment,
    files,
    its_owner,
    owner,
    poll_time,
)
from workflows.equipment.events import (
    ISSUE_OPEN,
    OK,
    RESOLVED,
    WAITING_SHIPMENT,
    WITH_IT,
    AllWorks,
    CitrixSaid,
    IssueFound,
    NudgeCame,
    PollCame,
    SentToIt,
    ShipmentAwaited,
    StillBroken,
    WithIt,
)
from workflows.machine import Moment
from workflows.people import Role


def facts(m: Moment[Equipment], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    data = m.data
    return {
        "issue": data.text,
        "since": data.since,
        "reported_by": data.by,
        "number": data.number,
        "shipment": data.shipment,
        "owner": owner(m),
        "state": m.case.state,
        "files": len(data.evidence),
        "hub": m.policy.learning_hub,
        "again": data.opened > 1,
        "refused": [file.name for file in getattr(m.event, "evidence", ()) if file not in files(m)],
        **more,
    }


def arm_poll(m: Moment[Equipment]) -> Effect | None:
    """The question, if its hour is still to come."""
    due = poll_time(m)
    return Arm(name="poll", due=due, event=PollCame()) if due > m.at else None


def ask_later(m: Moment[Equipment]) -> Effect:
    """On leave nobody is asked: on his first day back."""
    return Arm(name="poll", due=m.event.again, event=PollCame())


def ask_all_works(m: Moment[Equipment]) -> Effect:
    """R-002-10: one tap."""
    return Owe(
        to=(Role.agent,),
        duty="poll",
        title="does your equipment work",
        template="equipment/poll",
        facts=facts(m),
        answers=(
            Answer(label="All works", event=AllWorks(calls=True), done="noted"),
            Answer(
                label="Something is wrong",
                event=IssueFound(text="", calls=True),
                ask="equipment/ask_what",
                fills="text",
                done="noted",
            ),
        ),
    )


def show(m: Moment[Equipment]) -> Effect:
    """R-002-11: the tracker's cell and note."""
    note = {
        ISSUE_OPEN: m.data.text,
        WITH_IT: f"with IT {m.data.number}".strip(),
        WAITING_SHIPMENT: f"waiting for shipment {m.data.shipment}".strip(),
        RESOLVED: "fixed, being confirmed",
        OK: "works",
    }[m.case.state]
    return Track(column=m.policy.column, value=m.policy.words.get(m.case.state, m.case.state), note=note)


def owe_it(m: Moment[Equipment]) -> tuple[Effect, ...]:
    """The owner sees to it; the draft for IT goes only when he presses."""
    card = Owe(
        to=(owner(m),),
        duty="equipment",
        title="equipment",
        template="equipment/see_to_it",
        facts=facts(m),
        answers=(
            Answer(label="Send to IT", event=SentToIt(), done="sent to IT"),
            Answer(label="With IT already", event=WithIt(), done="with IT"),
            Answer(label="Waiting for shipment", event=ShipmentAwaited(), done="waiting for a shipment"),
        ),
        tag="issue",
    )
    return (Settle(duty="*", withdrawn=True), Disarm(name="poll"), card)


def arm_nudge(m: Moment[Equipment]) -> Effect:
    """The next business day's, or today's when its hour is still to come."""
    wall = time.fromisoformat(m.policy.nudge_at)
    day = m.calendar.local(m.at).date()
    due = m.calendar.at(day, wall)
    if due <= m.at or not m.calendar.is_business_day(day):
        due = m.calendar.at(m.calendar.business_date(day, 1), wall)
    return Arm(name="nudge", due=due, event=NudgeCame())


def nudge(m: Moment[Equipment]) -> Effect | None:
    """One message a day to each owner, with all that is open of his."""
    if m.event.hushed:
        return None
    return Tell(to=owner(m), template="equipment/nudge", facts={"owner": owner(m)}, gather="equipment_open")


def item(done: bool) -> Any:
    """Completion and call certs hear it."""

    def handed(m: Moment[Equipment]) -> tuple[Effect, ...]:
        changed = handoffs.ItemChanged(item="equipment", done=done, ref=m.case.id)
        return tuple(Hand(workflow=workflow, event=changed) for workflow in ("completion", "call_cert"))

    return handed


def tell_agent(template: str) -> Any:
    """The agent, unless it was himself who said it."""

    def told(m: Moment[Equipment]) -> Effect | None:
        mine = Role.agent in m.by
        return None if mine else Tell(to=Role.agent, template=f"equipment/{template}", facts=facts(m), tag="issue")

    return told


def tell_owner(template: str) -> Any:
    """The owner; whoever did it himself hears nothing twice."""
    return lambda m: Tell(to=owner(m), template=f"equipment/{template}", facts=facts(m))


def answer(template: str, *more: tuple[str, str]) -> Any:
    """A short answer with the way back; `more` are buttons with words to which the agent's name is put."""

    def told(m: Moment[Equipment]) -> Effect:
        buttons = tuple((label, f"{words} {m.case.id}") for label, words in more)
        return Tell(to=ACTOR, template=f"equipment/{template}", facts=facts(m), undo=True, more=buttons)

    return told


def answer_resolved(m: Moment[Equipment]) -> Effect:
    """The same to whoever said that it is fixed; only the owner is offered to confirm it himself."""
    sure = (("It works for sure", "equip ok"),) if m.by & its_owner(m) else ()
    told: Effect = answer("resolved", *sure)(m)
    return told


def ask_citrix(m: Moment[Equipment]) -> Effect | None:
    """R-004-20, 21: courses can go on from a device of one's own, with Citrix access only."""
    if not m.data.calls or m.data.citrix is not None:
        return None
    return Ask(
        to=Role.agent,
        template="equipment/ask_citrix",
        facts=facts(m),
        answers=(
            Answer(label="Citrix works", event=CitrixSaid(access=True), done="noted"),
            Answer(label="No Citrix", event=CitrixSaid(access=False), done="noted"),
        ),
    )


def ask_confirm(m: Moment[Equipment]) -> Effect:
    """Only who uses it knows."""
    return Owe(
        to=(Role.agent,),
        duty="works",
        title="does it work again",
        template="equipment/does_it_work",
        facts=facts(m),
        answers=(
            Answer(label="It works", event=AllWorks(), done="confirmed"),
            Answer(label="Still broken", event=StillBroken(), done="said"),
        ),
    )


def send_it(m: Moment[Equipment]) -> Effect:
    """The ticket's words, on behalf of the owner."""
    notice = m.policy.notice
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=owner(m),
        id=notice.id,
        template=notice.template or "equipment/it_ticket",
        facts=facts(m),
        evidence=m.data.evidence,
        tag="issue",
    )


def settle_all(m: Moment[Equipment]) -> tuple[Effect, ...]:
    """Nothing is owed any more, nobody is nudged."""
    return (Settle(duty="*"), Disarm(name="*"))
