"""Changes: the new data a row gives, each one verb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.failed_exam.data import Attempt, Dispute, FailedExam, Slot, Step
from workflows.failed_exam.events import Coached, ResultEntered
from workflows.failed_exam.guards import meant, needs, open_form, speaks_for
from workflows.failed_exam.states import CLOSED_LEFT, PASSED, REVIEW, confirming, confirms, holdable, locked
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


def _add(policy: FailedExamPolicy, data: FailedExam, attempt: Attempt, *, proctored: bool = False) -> FailedExam:
    """Put one more fail on record and open its step."""
    flags = tuple(flag for flag in _flags(policy, data, attempt.at) if not (proctored and flag == "unproctored"))
    data = replace(data, attempts=(*data.attempts, replace(attempt, flags=flags)))
    return replace(data, steps=(*data.steps[: data.count - 1], Step()))


def _call(policy: FailedExamPolicy, data: FailedExam) -> FailedExam:
    """The newest fail calls for its CAP and its review, unless it has already.

    When technical failures have used up the exam there is no next attempt to hold anything for, and none to review.
    """
    n = data.count
    rule, step = policy.rule(n), data.step(n)
    over = data.used >= policy.last > n
    if rule.cap and not step.cap:
        held = "uncoached" in data.live[-1].flags and holdable(policy, n) and not over
        data = _with_step(data, n, cap="held" if held else "due", number=data.number)
    if rule.review and not step.review and not over:
        data = _with_step(data, n, review="asked", number=data.number)
    return data


def _count_in(policy: FailedExamPolicy, data: FailedExam, attempt: Attempt, *, proctored: bool = False) -> FailedExam:
    """Put a fail on record; the last one calls for nothing before a person has confirmed it."""
    data = _add(policy, data, attempt, proctored=proctored)
    if data.used == policy.last and confirms(policy):
        return data
    return _call(policy, _without_coming_slot(data, attempt.at))


def _without_coming_slot(data: FailedExam, at: datetime) -> FailedExam:
    """A sitting still to come, for an attempt that was taken without it, falls away."""
    n = data.count - 1
    slot = data.step(n).slot
    return replace(_with_step(data, n, slot=None), slots=data.slots + 1) if slot and slot.starts > at else data


def record(m: Moment[FailedExam]) -> FailedExam:
    """Record the reported fail; a result comes from those who proctor, whether the sitting was booked or not."""
    event = m.event
    door, crashed = getattr(event, "door", "chat"), getattr(event, "crashed", False)
    attempt = Attempt(at=m.at, by=m.actor, sources=(m.source,), door=door, crashed=crashed)
    return _count_in(m.policy, m.was.data, attempt, proctored=isinstance(event, ResultEntered))


def record_missing(m: Moment[FailedExam]) -> FailedExam:
    """Record the fails that were never reported, then the disputed one."""
    data, dispute = m.was.data, m.was.data.dispute
    assert dispute is not None
    while data.used < dispute.claimed - 1:
        data = _add(m.policy, data, Attempt(at=dispute.at, by=m.actor, sources=(m.source,), late=True))
    last = Attempt(
        at=dispute.at,
        by=dispute.by,
        sources=(dispute.source, m.source),
        door=dispute.door,
        dispute=data.disputes,
        crashed=dispute.crashed,
    )
    return replace(_count_in(m.policy, data, last), dispute=None)


def refer(m: Moment[FailedExam]) -> FailedExam:
    """Remember the ordinal that does not fit."""
    event = m.event
    dispute = Dispute(
        claimed=event.claimed,
        at=m.at,
        by=m.actor,
        source=m.source,
        door=event.door,
        told=event.told,
        crashed=event.crashed,
    )
    return replace(m.was.data, dispute=dispute, disputes=m.was.data.disputes + 1)


def drop_dispute(m: Moment[FailedExam]) -> FailedExam:
    """The record was right."""
    return replace(m.was.data, dispute=None)


def add_source(m: Moment[FailedExam]) -> FailedExam:
    """The same fact by another door."""
    data = m.was.data
    number = data.taken[attempt_meant(m) - 1]
    known = data.attempts[number - 1]
    crashed = known.crashed or (m.event.crashed and not known.technical)
    return _with_attempt(data, number, sources=(*known.sources, m.source), crashed=crashed)


def attempt_meant(m: Moment[FailedExam]) -> int:
    """The ordinal on record a repeated report means."""
    return min(m.event.claimed or m.was.data.used, m.was.data.used)


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
    """No CAP for this fail; coaching must happen before the next attempt, whatever coaching is on record."""
    now = {"coached_at": None, "coached_by": "", "statement": ""}
    return _with_step(m.was.data, m.was.data.count, cap="withdrawn", coach_instead=True, **now)


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
        return _note_aside(data, event)
    if isinstance(event, handoffs.CapDelivered):
        return _with_step(data, n, cap="delivered", cap_ref=event.cap, cap_delivered_at=event.delivered_at)
    return _with_step(data, n, cap="" if m.was.state == PASSED else "withdrawn", cap_ref=event.cap)


def _note_aside(data: FailedExam, event: Any) -> FailedExam:
    """A CAP that was delivered although its attempt was a technical failure: known if the attempt counts after all."""
    if not isinstance(event, handoffs.CapDelivered):
        return data
    aside = tuple(
        replace(step, cap="delivered", cap_ref=event.cap, cap_delivered_at=event.delivered_at)
        if step.number == event.step
        else step
        for step in data.aside
    )
    return replace(data, aside=aside)


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
        data = _void_at(data, data.number, "passed after all", m.actor)
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


def _void_at(data: FailedExam, number: int, why: str, by: str) -> FailedExam:
    return _recounted(_with_attempt(data, number, voided=why or "does not count", voided_by=by))


def _recounted(data: FailedExam) -> FailedExam:
    if data.count and data.live[0].flags:  # the first attempt can lack nothing
        data = _with_attempt(data, data.numbers[0], flags=())
    return replace(data, steps=data.steps[: data.count])


def void_attempt(m: Moment[FailedExam]) -> FailedExam:
    """Take one attempt out of the count: later ones move up, what followed the last falls away."""
    was, number = m.was.data, meant(m)
    data = _void_at(was, number, m.event.why, m.actor)
    if not data.count or m.was.state in (PASSED, CLOSED_LEFT):
        return data
    if number not in was.numbers and was.used < m.policy.last:
        return data  # the carrier has one more to give; the ladder is where it was
    return _call(m.policy, _without_past_slot(data, m.at))


def _without_past_slot(data: FailedExam, at: datetime) -> FailedExam:
    """A sitting that is over cannot be sat again."""
    slot = data.step(data.count).slot
    return _with_step(data, data.count, slot=None) if slot and slot.starts <= at else data


def mark_technical(m: Moment[FailedExam]) -> FailedExam:
    """Take an attempt off the ladder though the carrier counts it; what followed the last is set aside."""
    was = m.was.data
    why = {"technical": m.event.why or "technical failure", "technical_by": m.actor, "words": ()}
    data = _recounted(_with_attempt(was, meant(m), **why))
    last = was.step(was.count)
    last = replace(last, number=last.number or was.number)
    data = replace(data, aside=(*(step for step in was.aside if step.number != last.number), last))
    if not data.count or m.was.state in (PASSED, CLOSED_LEFT):
        return data
    if was.used < m.policy.last:
        return _call(m.policy, _without_past_slot(data, m.at))
    slot = data.step(data.count).slot  # the exam is closed: nobody sits it any more
    gone = m.was.state == confirming(m.policy) and meant(m) == was.number and slot is not None and slot.starts > m.at
    return replace(_with_step(data, data.count, slot=None), slots=data.slots + 1) if gone else data


def note_crash(m: Moment[FailedExam]) -> FailedExam:
    """The agent says it was a technical failure."""
    return _with_attempt(m.was.data, meant(m), crashed=True)


def note_word(m: Moment[FailedExam]) -> FailedExam:
    """Somebody has said that a technical failure counts."""
    data, number = m.was.data, meant(m)
    words = (*data.attempts[number - 1].words, *((m.actor, side) for side in sorted(speaks_for(m))))
    return _with_attempt(data, number, words=tuple(dict.fromkeys(words)))


def drop_words(m: Moment[FailedExam]) -> FailedExam:
    """The technical failure stays one."""
    return _with_attempt(m.was.data, meant(m), words=())


def count_again(m: Moment[FailedExam]) -> FailedExam:
    """A technical failure is on the ladder after all; what had been done after it is not asked for twice."""
    policy, was = m.policy, m.was.data
    data = _with_attempt(was, meant(m), technical="", technical_by="", words=())
    n = data.count
    aside = next((step for step in was.aside if step.number == data.number), Step())
    cap = aside.cap if aside.cap == "delivered" or aside.coach_instead else ""
    review = "" if aside.review == "asked" else aside.review
    data = _with_step(data, n)
    data = replace(
        data,
        steps=(*data.steps[: n - 1], replace(aside, slot=None, cap=cap, review=review)),
        aside=tuple(step for step in was.aside if step is not aside),
    )
    if m.was.state in (PASSED, REVIEW, confirming(policy)):
        return data
    newest, before = data.live[-1], data.step(n - 1).coached_at
    if holdable(policy, n) and policy.rule(n - 1).coach and (before is None or before > newest.at):
        flags = tuple(dict.fromkeys(("uncoached", *newest.flags)))  # nobody had to coach before it then
        data = _with_attempt(data, data.number, flags=flags)
    if m.was.state == locked(policy) and not data.settled_by:
        data = replace(data, settled_by=m.actor, settled_at=m.at)
    return _call(policy, _without_coming_slot(data, m.at))


def reject(m: Moment[FailedExam]) -> FailedExam:
    """The disputed last fail does not count."""
    data = _void_at(m.was.data, m.was.data.number, m.event.why or "not correct", m.actor)
    return _call(m.policy, data) if data.count else data
