"""Who owes what: proofs to judge, blocks to grant, extra sessions to place, the CAP, the form, the review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.carrier_cert import clock
from workflows.carrier_cert.changes import accepted, refused, said_again
from workflows.carrier_cert.data import CarrierCert
from workflows.carrier_cert.events import (
    BlockGranted,
    BlockOver,
    BlockRefused,
    CheckpointDue,
    CompletionFormFiled,
    HoursUsed,
    PaceStarted,
    ProofAccepted,
    ProofRefused,
)
from workflows.carrier_cert.facts import blocked_time, facts, last_miss, reason
from workflows.carrier_cert.items import awaited, counted, exam_item, held, usable
from workflows.carrier_cert.notices import cancel_sessions
from workflows.carrier_cert.states import COMPLETE, NONE
from workflows.effects import Answer, Arm, Disarm, Effect, Hand, Owe, Settle
from workflows.machine import Event, Moment

Wanted = dict[str, tuple[datetime, Event]]

# -- clocks ------------------------------------------------------------------------------------------------


def _wanted(m: Moment[CarrierCert], data: CarrierCert) -> Wanted:
    """The timers that must run for that record."""
    found: Wanted = {}
    if data.waived:
        return found if (back := clock.leave_over(data)) is None else {"leave": (back, BlockOver())}
    if (begins := clock.starts_at(m.calendar, data)) is not None:
        found["start"] = (begins, PaceStarted())
    if (coming := clock.next_due(m.policy, m.calendar, data, m.at)) is not None:
        found["checkpoint"] = (coming[1], CheckpointDue(name=coming[0].name))
    if (over := clock.extension_over(m.policy, m.calendar, data, m.at)) is not None:
        found["extension"] = (over, HoursUsed())
    if (back := clock.leave_over(data)) is not None:
        found["leave"] = (back, BlockOver())
    return found


def clocks(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Timers that are to ring at another time than before, or no more."""
    before = {} if m.was.state == NONE else _wanted(m, m.was.data)
    now = _wanted(m, m.data)
    armed = (
        Arm(name=name, due=due, event=event) for name, (due, event) in now.items() if before.get(name) != now[name]
    )
    gone = (Disarm(name=name) for name in before if name not in now)
    return (*gone, *armed)


def stop_clocks(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Nothing is owed and nothing rings any more; extra sessions are not needed."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"), *cancel_sessions(m))


# -- proofs ------------------------------------------------------------------------------------------------


def owe_proofs(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Licensing judges each proof newly claimed; the card of a mere word gives way to one with the file, and so does
    any to one that says that another agent had sent the same.
    """
    proof = m.policy.pace.proof
    news = (item for item in counted(m.policy, m.was.data, m.event) if item in proof.items)
    same = held(usable(m.policy, m.event.evidence)) is not None
    bare = (item for item in said_again(m) if (claim := m.was.data.claim(item)) and (same or not claim.evidence))
    shown = ((Settle(duty=f"proof:{item}", withdrawn=True), _owe_proof(m, item)) for item in bare)
    return (*(_owe_proof(m, item) for item in news), *(each for pair in shown for each in pair))


def owe_word(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """An exam said to be passed is verified by licensing like any other claim; taken back, nothing is to verify."""
    item = exam_item(m.policy, m.event)
    before, now = m.was.data.claim(item), m.data.claim(item)
    if before is None and now is not None:
        return (_owe_proof(m, item),) if item in m.policy.pace.proof.items else ()
    return (Settle(duty=f"proof:{item}", withdrawn=True),) if before is not None and now is None else ()


def _owe_proof(m: Moment[CarrierCert], item: str) -> Effect:
    proof = m.policy.pace.proof
    (title,) = m.policy.pace.titled((item,))
    claim = m.data.claim(item)
    files = tuple(file.name for file in claim.evidence) if claim else ()
    said_by = claim.by if claim and claim.by != m.case.agent else ""
    same = held(claim.evidence) if claim else None
    seen = {"other": same.seen_from, "other_ref": same.seen_ref} if same else {}
    return Owe(
        to=(proof.owner,),
        duty=f"proof:{item}",
        title=f"verify: {title}",
        template="carrier_cert/verify_held" if same else "carrier_cert/verify",
        facts=facts(m, item=title, files=files, said_by=said_by, **seen),
        answers=(
            Answer(label=f"OK: {title}", event=ProofAccepted(items=(item,)), done="verified"),
            Answer(
                label=f"Redo: {title}",
                event=ProofRefused(items=(item,)),
                ask="carrier_cert/ask_redo",
                fills="why",
                done="asked for again",
            ),
        ),
        sla=proof.sla,
        tag="claim",
    )


def settle_proofs(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Licensing has answered."""
    items = accepted(m) if isinstance(m.event, ProofAccepted) else refused(m)
    return tuple(Settle(duty=f"proof:{item}") for item in items)


def owe_form(m: Moment[CarrierCert]) -> Effect | None:
    """All is verified: the completion form is to be submitted (R-001-63 to 65)."""
    if m.was.state == COMPLETE or m.case.state != COMPLETE or m.data.waived:
        return None
    form = m.policy.pace.form
    return Owe(
        to=(form.owner,),
        duty="form",
        title=form.title,
        template="carrier_cert/form",
        facts=facts(m, form=form.title),
        answers=(Answer(label="Submitted", event=CompletionFormFiled(), done="submitted"),),
        sla=form.sla,
        tag="complete",
    )


def forget_form(m: Moment[CarrierCert]) -> Effect | None:
    """What was complete is not: no form is owed."""
    return Settle(duty="form", withdrawn=True) if m.was.state == COMPLETE and m.case.state != COMPLETE else None


# -- blocks ------------------------------------------------------------------------------------------------


def owe_grant(m: Moment[CarrierCert]) -> Effect | None:
    """Those who may are asked to grant a new proposal."""
    if m.data.proposed == m.was.data.proposed:
        return None
    asked, block = m.data.proposals[-1], m.policy.pace.block
    return Owe(
        to=block.grant_by,
        duty=f"block:{asked.number}",
        title="grant or refuse a block",
        template="carrier_cert/grant",
        facts=facts(m, why=reason(m, asked.reason), key=asked.reason, since=asked.since, by=asked.by),
        answers=(
            Answer(label="Grant", event=BlockGranted(number=asked.number), done="granted"),
            Answer(label="Not now", event=BlockRefused(number=asked.number), done="answered"),
        ),
        sla=block.sla,
        tag=f"block:{asked.number}",
    )


def settle_grants(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """Proposals that are answered."""
    left = {each.number for each in m.data.proposals}
    return tuple(Settle(duty=f"block:{each.number}") for each in m.was.data.proposals if each.number not in left)


# -- the end of the window ---------------------------------------------------------------------------------


def call_cap(m: Moment[CarrierCert]) -> Effect | None:
    """The Final CAP, coordinated with HR (R-001-18)."""
    cap, miss = m.policy.pace.cap, last_miss(m)
    if cap is None or miss is None:
        return None
    titles = ", ".join(m.policy.pace.titled(miss.items))
    return Hand(
        workflow="discipline",
        event=handoffs.CapDue(
            cause=m.case.id,
            cause_workflow="carrier_cert",
            step=1,
            kind=cap.kind,
            owner=cap.owner,
            gate=cap.gate,
            clause=cap.clause,
            expectation=cap.expectation,
            allowed=cap.allowed,
            policy=f"{m.policy.title} ({m.policy.id})",
            subject=m.policy.pace.policy,
            facts=(*history(m), (miss.due, f"the {m.policy.pace.window}-day window ended; not complete: {titles}")),
            prior=(),
            sla=cap.sla,
            sla_pack=m.case.pack,
            notes=tuple(notes(m)),
        ),
    )


def notes(m: Moment[CarrierCert]) -> list[str]:
    """What HR and the TL are to know beside the facts."""
    said = [f"proposed and not answered: blocked, {reason(m, each.reason)}" for each in m.data.proposals]
    if waiting := m.policy.pace.titled(awaited(m.policy, m.data)):
        said.append(f"reported and not verified yet: {', '.join(waiting)}")
    return said


def history(m: Moment[CarrierCert]) -> tuple[tuple[datetime, str], ...]:
    """What happened, in order: checkpoints missed and time that did not count."""
    found = [
        (miss.due, f"checkpoint {miss.name}: open {', '.join(m.policy.pace.titled(miss.items))}")
        for miss in m.data.misses[:-1] or ()
    ]
    found += [(since, f"blocked: {why}") for since, _, why in blocked_time(m)]
    found += [(until, f"no longer blocked: {why}") for _, until, why in blocked_time(m) if until]
    return tuple(sorted(found))


def owe_sessions(m: Moment[CarrierCert]) -> Effect | None:
    """C-WFM-OT: WFM places the extra sessions."""
    extension = m.policy.pace.extension
    if extension is None or len(m.data.ot) >= extension.sessions:
        return None
    first, last = clock.window(m.policy, m.calendar, m.at)
    return Owe(
        to=(extension.owner,),
        duty="ot",
        title="place the extra sessions",
        template="carrier_cert/wfm_ot",
        facts={"first": first, "last": last, "sessions": extension.sessions, "session_hours": extension.session_hours},
        sla=extension.sla,
        channel=extension.channel,
        id="C-WFM-OT",
        tag="ot",
    )


def settle_sessions(m: Moment[CarrierCert]) -> Effect | None:
    """All sessions are placed."""
    return Settle(duty="ot") if len(m.data.ot) >= m.policy.pace.extension.sessions else None


def forget_sessions(m: Moment[CarrierCert]) -> Effect:
    """They are not needed any more."""
    return Settle(duty="ot", withdrawn=True)


def release(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """The window had not ended after all: people decide about the CAP, the extra sessions are not needed."""
    was, data = m.was.data, m.data
    if was.overdue_at is None or data.overdue_at is not None:
        return ()
    why = ", ".join(dict.fromkeys(reason(m, each.reason) for each in data.open_blocks)) or "blocked time"
    fell = handoffs.CauseFell(cause=m.case.id, step=1, reason=f"the delay was beyond the agent's control ({why})")
    return (
        Hand(workflow="discipline", event=fell),
        Settle(duty="ot", withdrawn=True),
        *cancel_sessions(m),
    )


def call_off(m: Moment[CarrierCert]) -> tuple[Effect, ...]:
    """All of it is waived: nothing is owed any more; people decide about a CAP that is drafted."""
    drafted = m.was.data.overdue_at is not None and m.was.data.cap_delivered_at is None
    fell = handoffs.CauseFell(cause=m.case.id, step=1, reason="the certification was waived")
    return (
        Settle(duty="*", withdrawn=True),
        *((Hand(workflow="discipline", event=fell),) if drafted else ()),
        *cancel_sessions(m),
    )


# -- the end of the extension ------------------------------------------------------------------------------


def call_review(m: Moment[CarrierCert]) -> Effect:
    """E-22: people look at it; nothing is decided here."""
    return Hand(
        workflow="review",
        event=handoffs.ReviewDue(
            cause=m.case.id,
            cause_workflow="carrier_cert",
            step=2,
            subject=m.policy.pace.policy,
            timeline=tuple(sorted(_timeline(m))),
            contrary=tuple(_contrary(m)),
        ),
    )


def _timeline(m: Moment[CarrierCert]) -> list[tuple[datetime, str]]:
    data, titled = m.data, m.policy.pace.titled
    found = [(miss.due, f"checkpoint {miss.name}: open {', '.join(titled(miss.items))}") for miss in data.misses]
    for each in data.claims:
        (title,) = titled((each.item,))
        if each.item in m.policy.pace.proof.items:
            found.append((each.at, f"reported: {title}"))
        if each.verified_at:
            found.append((each.verified_at, f"verified by @{each.verified_by}: {title}"))
    found += [(since, f"blocked: {why}") for since, _, why in blocked_time(m)]
    found += [(until, f"no longer blocked: {why}") for _, until, why in blocked_time(m) if until]
    if data.cap_delivered_at:
        found.append((data.cap_delivered_at, f"CAP {data.cap} delivered"))
    found += [(start, "extra session") for start, _ in data.ot]
    if data.hours_used_at:
        found.append((data.hours_used_at, f"the {m.policy.pace.extension.hours} hours of extra sessions are used"))
    return found


def _contrary(m: Moment[CarrierCert]) -> list[str]:
    """What speaks for the agent: time beyond his control, the TL's lateness, what still waits for others."""
    data = m.data
    said = [
        f"blocked time granted: {why}, {_length(clock.lost(m.calendar, data, since, until))} of scheduled time"
        for since, until, why in blocked_time(m)
        if until is not None
    ]
    said += [f"blocked now: {why}" for _, until, why in blocked_time(m) if until is None]
    if data.overdue_at and data.cap_delivered_at:
        taken = m.calendar.business_time_between(data.overdue_at, data.cap_delivered_at)
        allowed = _allowed(m)
        if taken > allowed:
            said.append(f"the CAP was delivered {_length(taken)} of business time after it was called for")
    if data.overdue_at and not data.cap_delivered_at:
        said.append("the CAP was not delivered")
    return [*said, *notes(m)]


def _allowed(m: Moment[CarrierCert]) -> timedelta:
    """How long the pack gives for the CAP, where it says so in business minutes."""
    due = m.policy.sla[m.policy.pace.cap.sla].due
    return timedelta(minutes=due.offset if due.unit == "business_minutes" else 0)


def _length(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"


def settle(*duties: str, withdrawn: bool = False) -> Callable[[Moment[CarrierCert]], Any]:
    """Done or withdrawn."""
    return lambda m: tuple(Settle(duty=duty, withdrawn=withdrawn) for duty in duties)
