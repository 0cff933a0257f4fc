"""Advice, drafts, notices, lists: who hears what of a ticket, and who owes what."""

from __future__ import annotations

from datetime import time
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Ask, Disarm, Effect, Hand, Mail, Owe, Settle, Tell
from workflows.machine import Moment
from workflows.people import Role
from workflows.ticket.data import (
    Ticket,
    kind,
    refused,
)
from workflows.ticket.events import (
    DRAFT,
    NONE,
    DayOneListed,
    DayOneOver,
    IssueSolved,
    ProfileRight,
    StillStuck,
    TicketSubmitted,
)


def facts(m: Moment[Ticket], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    data = m.data
    return {
        "kind": data.kind,
        "title": kind(m).title,
        "issue": data.text,
        "since": data.since,
        "reported_by": data.by,
        "files": len(data.evidence),
        "number": data.number,
        "submitted_at": data.submitted_at,
        "submitted_by": data.submitted_by,
        "owner": m.policy.owner,
        "why": data.why,
        "state": m.case.state,
        "refused": refused(m),
        "checked": data.checked,
        **more,
    }


def guide(m: Moment[Ticket]) -> dict[str, Any]:
    """What is tried first, and what never to do."""
    rules = kind(m)
    return {
        "steps": list(rules.steps),
        "general": list(m.policy.general),
        "never": list(m.policy.never),
        "profile": list(m.policy.profile) if rules.profile else [],
    }


def advise(m: Moment[Ticket]) -> Effect:
    """R-003-21 to 24: what to try, and two buttons."""
    stuck = Answer(label="Still stuck", event=StillStuck(), done="said")
    if kind(m).profile and not m.data.checked:
        stuck = Answer(label="All correct, still stuck", event=ProfileRight(), done="said")
    return Ask(
        to=Role.agent,
        template="ticket/advice",
        facts=facts(m, **guide(m)),
        answers=(Answer(label="Solved", event=IssueSolved(), done="solved"), stuck),
    )


def advise_briefly(m: Moment[Ticket]) -> Effect:
    """The advice beside a draft that is made already."""
    return Tell(to=Role.agent, template="ticket/advice_drafted", facts=facts(m, **guide(m)), tag="draft")


def tell_reporter(m: Moment[Ticket]) -> Effect | None:
    """Whoever reports for an agent hears the reference."""
    return None if Role.agent in m.by else Tell(to=ACTOR, template="ticket/recorded_for", facts=facts(m), undo=True)


def arm_first_day(m: Moment[Ticket]) -> tuple[Effect, ...]:
    """R-001-27, 28: what must not outlive the first day is listed, and escalated at its end."""
    event = m.event
    if not (kind(m).day_one and m.data.first_day):
        return ()
    listed = m.calendar.at(event.day, time.fromisoformat(m.policy.day_one.list_at), event.shift.tz)
    clocks = (
        ("day-one-list", listed, DayOneListed()),
        ("day-one-end", event.shift.end_of(m.calendar, event.day), DayOneOver()),
    )
    return tuple(Arm(name=name, due=due, event=what) for name, due, what in clocks if due > m.at)


def owe_draft(m: Moment[Ticket]) -> Effect:
    """The owner submits the carrier's form."""
    return Owe(
        to=(m.policy.owner,),
        duty="ticket",
        title="carrier ticket",
        template="ticket/draft",
        facts=facts(m),
        answers=(
            Answer(
                label="Submitted #…", event=TicketSubmitted(), ask="ticket/ask_number", fills="number", done="submitted"
            ),
            Answer(label="No number shown", event=TicketSubmitted(unnumbered=True), done="submitted"),
        ),
        sla=m.policy.draft_sla,
        tag="draft",
    )


def propose_block(m: Moment[Ticket]) -> Effect | None:
    """An open ticket is beyond the agent's control: whoever may grants the block."""
    reason = kind(m).block
    began = m.data.since or m.at
    reported, drafted = m.was.state == NONE, m.case.state == DRAFT
    if not reason or not (drafted if m.policy.block_from == "draft" else reported):
        return None
    proposed = handoffs.BlockProposed(reason=reason, since=began, cause=m.case.id, step=1)
    return Hand(workflow="carrier_cert", event=proposed)


def tell(role: str, template: str) -> Any:
    """A direct message to a role; the agent hears nothing of what he did himself."""

    def told(m: Moment[Ticket]) -> Effect | None:
        if role == Role.agent and Role.agent in m.by:
            return None
        return Tell(to=role, template=f"ticket/{template}", facts=facts(m), tag="draft")

    return told


def answer(template: str, *more: tuple[str, str]) -> Any:
    """A short answer with the way back; `more` are buttons with words to which the reference is put."""

    def said(m: Moment[Ticket]) -> Effect:
        buttons = tuple((label, f"ticket {m.case.id} {words}") for label, words in more)
        return Tell(to=ACTOR, template=f"ticket/{template}", facts=facts(m), undo=True, more=buttons)

    return said


def send_notice(m: Moment[Ticket]) -> Effect | None:
    """E-15: a name that does not match is told to the carrier's contact."""
    notice = kind(m).notice
    if notice is None:
        return None
    about = m.about
    named = {"npn": (about.npn or "") if about else "", "name_on_licence": about.name if about else ""}
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "ticket/name_mismatch",
        facts=facts(m, **named),
        evidence=m.data.evidence,
    )


def list_first_day(m: Moment[Ticket], *, end: bool) -> tuple[Effect, ...]:
    """One message to each, with all that is open; the oldest of them speaks for the others."""
    roles = m.policy.day_one.escalate_to if end else m.policy.day_one.list_to
    name = "day_one_end" if end else "day_one"
    return tuple(
        Tell(
            to=role,
            template=f"ticket/{name}",
            facts={"role": role, "day": m.data.day.isoformat()},
            gather="day_one_tickets",
        )
        for role in roles
    )


def settle(*duties: str, withdrawn: bool = False) -> Any:
    """Done or withdrawn."""
    return lambda m: tuple(Settle(duty=duty, withdrawn=withdrawn) for duty in duties)


def close(m: Moment[Ticket]) -> tuple[Effect, ...]:
    """Nothing is owed, no clock runs."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"))
