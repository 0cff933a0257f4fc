"""Changes: the new data a row gives, each one verb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.failed_exam.data import Attempt, Dispute, FailedExam, Slot, Step
from workflows.failed_exam.events import Coached
from workflows.failed_exam.guards import needs, open_form
from workflows.failed_exam.states import CLOSED_LEFT, PASSED, confirming, confirms, holdable
from workflows.machine import Moment
from workflows.policy import FailedExamPolicy


def _with_step(data: FailedExam, n: int, **changed: Any) -> FailedExam:
    steps = list(data.steps) + [Step()] * (n - len(data.steps))
    steps[n - 1] = replace(steps[n - 1], **changed)
    return replace(data, steps=tuple(steps))


def _with_attempt(data: FailedExam, number: int, **changed: Any) -> FailedExam:
    attempts = list(data.attempts)
    attempts[number - 1] = replace(attempts[number - 1], **changed)
    return replace(data, attempts=tuple(attempts))


def _flags(policy: FailedExamPolicy, data: FailedExam, at: datetime) -> Iterator[str]:
    """What an attempt taken now is taken without."""
    n = data.count
    if n == 0:
        return
    step = data.step(n)
    missing = needs(policy, n, step)
    if "coach" in missing:
        yield "uncoached"
    if policy.rule(n).proctor and (step.slot is None or step.slot.starts > at):
        yield "unproctored"
    if "review" in missing:
        yield "unreviewed"
    if "cap" in missing:
        yield "before_cap"


def _add(policy: FailedExamPolicy, data: FailedExam, attempt: Attempt) -> FailedExam:
    """Put one more fail on record and open its step."""
    flags = tuple(_flags(policy, data, attempt.at))
    data = replace(data, attempts=(*data.attempts, replace(attempt, flags=flags)))
    return replace(data, steps=(*data.steps[: data.count - 1], Step()))


def _call(policy: FailedExamPolicy, data: FailedExam) -> FailedExam:
    """The newest fail calls for its CAP and its review, unless it has already."""
    n = data.count
    rule, step = policy.rule(n), data.step(n)
    if rule.cap and not step.cap:
        held = "uncoached" in data.live[-1].flags and holdable(policy, n)
        data = _with_step(data, n, cap="held" if held else "due", number=data.number)
    if rule.review and not step.review:
        data = _with_step(data, n, review="asked", number=data.number)
    return data


def _count_in(policy: FailedExamPolicy, data: FailedExam, attempt: Attempt) -> FailedExam:
    """Put a fail on record; the last one calls for nothing before a person has confirmed it."""
    data = _add(policy, data, attempt)
    if data.count == policy.last and confirms(policy):
        return data
    return _call(policy, _without_coming_slot(data, attempt.at))


def _without_coming_slot(data: FailedExam, at: datetime) -> FailedExam:
    """A sitting still to come, for an attempt that was taken without it, falls away."""
    n = data.count - 1
    slot = data.step(n).slot
    return replace(_with_step(data, n, slot=None), slots=data.slots + 1) if slot and slot.starts > at else data


def record(m: Moment[FailedExam]) -> FailedExam:
    """Record the reported fail."""
    door = getattr(m.event, "door", "chat")
    return _count_in(m.policy, m.was.data, Attempt(at=m.at, by=m.actor, sources=(m.source,), door=door))


def record_missing(m: Moment[FailedExam]) -> FailedExam:
    """Record the fails that were never reported, then the disputed one."""
    data, dispute = m.was.data, m.was.data.dispute
    assert dispute is not None
    while data.count < dispute.claimed - 1:
        data = _add(m.policy, data, Attempt(at=dispute.at, by=m.actor, sources=(m.source,), late=True))
    last = Attempt(
        at=dispute.at, by=dispute.by, sources=(dispute.source, m.source), door=dispute.door, dispute=data.disputes
    )
    return replace(_count_in(m.policy, data, last), dispute=None)


def refer(m: Moment[FailedExam]) -> FailedExam:
    """Remember the ordinal that does not fit."""
    event = m.event
    dispute = Dispute(claimed=event.claimed, at=m.at, by=m.actor, source=m.source, door=event.door, told=event.told)
    return replace(m.was.data, dispute=dispute, disputes=m.was.data.disputes + 1)


def drop_dispute(m: Moment[FailedExam]) -> FailedExam:
    """The record was right."""
    return replace(m.was.data, dispute=None)


def add_source(m: Moment[FailedExam]) -> FailedExam:
    """The same fact by another door."""
    data = m.was.data
    number = data.numbers[attempt_meant(m) - 1]
    return _with_attempt(data, number, sources=(*data.attempts[number - 1].sources, m.source))


def attempt_meant(m: Moment[FailedExam]) -> int:
    """The recorded ordinal a repeated report means."""
    return min(m.event.claimed or m.was.data.count, m.was.data.count)


def file_form(m: Moment[FailedExam]) -> FailedExam:
    """Note the form's receipt with its attempt."""
    number = open_form(m)
    assert number is not None
    return _with_attempt(m.was.data, number, form=m.event.number or "done")


def coached_on(m: Moment[FailedExam]) -> datetime:
    """When the coaching was: the time named, never one to come."""
    return min(m.event.on, m.at) if m.event.on else m.at


def note_coaching(m: Moment[FailedExam]) -> FailedExam:
    """Store the coaching record with the statement made."""
    n = m.was.data.count
    coach = m.policy.rule(n).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(m.was.data, n, coached_at=coached_on(m), coached_by=m.actor, statement=said)


def release_cap(m: Moment[FailedExam]) -> FailedExam:
    """The CAP goes ahead; a coaching named now belongs to the earlier fail."""
    n = m.was.data.count
    data = _with_step(m.was.data, n, cap="due")
    if not isinstance(m.event, Coached):
        return data
    coach = m.policy.rule(n - 1).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(data, n - 1, coached_at=coached_on(m), coached_by=m.actor, statement=said)


def hand_to_hr(m: Moment[FailedExam]) -> FailedExam:
    """There was no coaching: HR chooses."""
    return _with_step(m.was.data, m.was.data.count, cap="asked")


def drop_cap_and_coach(m: Moment[FailedExam]) -> FailedExam:
    """No CAP for this fail; coaching must happen before the next attempt."""
    return _with_step(m.was.data, m.was.data.count, cap="withdrawn", coach_instead=True)


def book(m: Moment[FailedExam]) -> FailedExam:
    """Store the slot."""
    data, event = m.was.data, m.event
    proctor = m.policy.rule(data.count).proctor
    slot = Slot(
        starts=event.starts,
        proctor=event.proctor,
        proctor_name=event.proctor_name,
        minutes=proctor.minutes,
        link=event.link,
        sequence=data.slots + 1,
        attempt=data.number,
    )
    return replace(_with_step(data, data.count, slot=slot), slots=data.slots + 1)


def unbook(m: Moment[FailedExam]) -> FailedExam:
    """Forget the slot."""
    data = _with_step(m.was.data, m.was.data.count, slot=None)
    return replace(data, slots=data.slots + 1)


def _called_for(data: FailedExam, number: int) -> int | None:
    """The place of the step that called for the CAP or review of that attempt; None when it fell away."""
    return next((n for n, step in enumerate(data.steps, 1) if number and step.number == number), None)


def note_cap(m: Moment[FailedExam]) -> FailedExam:
    """Note what became of the CAP of a step. One withdrawn after a pass is called for again if the pass falls."""
    data, event = m.was.data, m.event
    n = _called_for(data, event.step)
    if n is None:
        return data
    if isinstance(event, handoffs.CapDelivered):
        return _with_step(data, n, cap="delivered", cap_ref=event.cap, cap_delivered_at=event.delivered_at)
    return _with_step(data, n, cap="" if m.was.state == PASSED else "withdrawn", cap_ref=event.cap)


def note_review(m: Moment[FailedExam]) -> FailedExam:
    """Note what people decided."""
    n = _called_for(m.was.data, m.event.step)
    if n is None:
        return m.was.data
    return _with_step(m.was.data, n, review="proceed" if m.event.proceed else m.event.outcome)


def pass_exam(m: Moment[FailedExam]) -> FailedExam:
    """Note the pass; a fail waiting for confirmation did not happen, a sitting to come will not."""
    data = m.was.data
    if m.was.state == confirming(m.policy):
        data = _void_at(data, data.count, "passed after all", m.actor)
    slots = data.slots + (data.sitting is not None and data.sitting.starts > m.at)
    return replace(data, passed_at=m.at, slots=slots)


def reopen(m: Moment[FailedExam]) -> FailedExam:
    """The exam is open again, and what it calls for is called for again."""
    data, n = replace(m.was.data, passed_at=None), m.was.data.count
    if not n or data.dispute:
        return data
    if (slot := data.step(n).slot) and slot.starts > m.at:  # the sitting was called off and is announced again
        data = replace(_with_step(data, n, slot=replace(slot, sequence=data.slots + 1)), slots=data.slots + 1)
    return _call(m.policy, data)


def sign(m: Moment[FailedExam]) -> FailedExam:
    """Note who confirmed and when; now the last fail calls for what it calls for."""
    data = replace(m.was.data, settled_by=m.actor, settled_at=m.at)
    return _call(m.policy, _without_coming_slot(data, m.at))


def record_and_sign(m: Moment[FailedExam]) -> FailedExam:
    """The proctor's own word is report and confirmation in one."""
    data = replace(record(m), settled_by=m.actor, settled_at=m.at)
    return _call(m.policy, _without_coming_slot(data, m.at))


def _void_at(data: FailedExam, ordinal: int, why: str, by: str) -> FailedExam:
    data = _with_attempt(data, data.numbers[ordinal - 1], voided=why or "does not count", voided_by=by)
    if data.count and data.live[0].flags:  # the first attempt can lack nothing
        data = _with_attempt(data, data.numbers[0], flags=())
    return replace(data, steps=data.steps[: data.count])


def void_attempt(m: Moment[FailedExam]) -> FailedExam:
    """Take one attempt out of the count: later ones move up, what followed the last falls away."""
    data = _void_at(m.was.data, m.event.ordinal or m.was.data.count, m.event.why, m.actor)
    if not data.count or m.was.state in (PASSED, CLOSED_LEFT):
        return data
    if (slot := data.step(data.count).slot) and slot.starts <= m.at:
        data = _with_step(data, data.count, slot=None)  # a sitting that is over cannot be sat again
    return _call(m.policy, data)


def reject(m: Moment[FailedExam]) -> FailedExam:
    """The disputed last fail does not count."""
    data = _void_at(m.was.data, m.was.data.count, m.event.why or "not correct", m.actor)
    return _call(m.policy, data) if data.count else data
