"""Guards: questions about the record and the event, answered without a roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflows.failed_exam.data import FailedExam, Step
from workflows.failed_exam.events import AttemptCounts, TechnicalKept
from workflows.failed_exam.states import NONE, UNCOUNTED, ready, waiting
from workflows.machine import Guard, Moment
from workflows.people import Role
from workflows.policy import FailedExamPolicy


def reading(m: Moment[FailedExam]) -> str:
    """How a report reads against what the carrier counts: next, jump, duplicate, old, beyond (SPEC 3.1 Ordinals)."""
    data, event = m.was.data, m.event
    n = data.used
    if event.sure == "same" and n:
        return "duplicate"
    if n and not event.claimed and not event.sure and echoes(m):
        return "duplicate"
    claimed = event.claimed if event.claimed and event.sure != "new" else n + 1
    if claimed > m.policy.last:
        return "beyond"
    if claimed == n + 1:
        return "next"
    if claimed > n + 1:
        return "jump"
    known = data.attempts[data.taken[claimed - 1] - 1]
    fresh = m.at - known.at < timedelta(hours=m.policy.merge_hours)
    return "duplicate" if fresh else "old"


def echoes(m: Moment[FailedExam]) -> bool:
    """Whether a report without a number repeats the last one by the other door, before anything was done about it:
    people say the same by chat and by mail within the hour, and no exam is taken again so soon."""
    data = m.was.data
    last, step = data.attempts[data.taken[-1] - 1], data.step(data.count) if data.count else Step()
    acted = step.coached_at or step.cap_delivered_at or step.slot or step.review not in ("", "asked")
    soon = timedelta(0) <= m.at - last.at < timedelta(minutes=m.policy.echo_minutes)
    return soon and last.door != m.event.door and not acted


def reads(*kinds: str) -> Guard:
    """The report reads as one of these."""
    return lambda m: m.once(reading) in kinds


def held(m: Moment[FailedExam]) -> bool:
    """A CAP waits for the word whether coaching took place."""
    return m.was.data.step(m.was.data.count).cap in ("held", "asked")


def coached_in_time(m: Moment[FailedExam]) -> bool:
    """A CAP waits for that word, and the coaching is named with a time before the report of the fail."""
    return held(m) and m.event.on is not None and m.event.on <= m.was.data.live[-1].at


def needs(policy: FailedExamPolicy, n: int, step: Step) -> frozenset[str]:
    """What is still missing before the next attempt: of coach, cap, slot, review."""
    rule = policy.rule(n)
    missing = set()
    if (rule.coach or step.coach_instead) and step.coached_at is None:
        missing.add("coach")
    if rule.cap and rule.cap.before_next and step.cap not in ("delivered", "withdrawn"):
        missing.add("cap")
    if rule.proctor and step.slot is None:
        missing.add("slot")
    if rule.review and step.review != "proceed":
        missing.add("review")
    return frozenset(missing)


def standing(policy: FailedExamPolicy, data: FailedExam) -> str:
    """The state that follows from the record alone, below the last fail."""
    n = data.count
    if n == 0:
        return UNCOUNTED if data.used else NONE
    return (waiting(policy, n) if needs(policy, n, data.step(n)) else None) or ready(policy, n)


def left(m: Moment[FailedExam], change: Any = None) -> frozenset[str]:
    """What would be missing after this event."""
    data = change(m) if change else m.was.data
    return needs(m.policy, data.count, data.step(data.count)) if data.count else frozenset()


def said_what_is_needed(n: int, m: Moment[FailedExam]) -> bool:
    """The coaching carries the statement the policy wants."""
    coach = m.policy.rule(n).coach
    return not (coach and coach.statement) or m.event.advised


def to_come(m: Moment[FailedExam]) -> bool:
    """The sitting has not begun."""
    slot = m.was.data.sitting
    return slot is not None and slot.starts > m.at


def slot_fits(m: Moment[FailedExam]) -> bool:
    """In the future, in business hours unless forced, and not proctored by the agent."""
    event = m.event
    if event.starts <= m.at or event.proctor == m.was.agent:
        return False
    return bool(event.forced or m.calendar.is_open(event.starts))


def open_form(m: Moment[FailedExam]) -> int | None:
    """The number of the attempt whose form this is; None when none or more than one could be meant."""
    unfiled = [number for number in m.was.data.numbers if not m.was.data.attempts[number - 1].form]
    if m.event.attempt is not None:
        return m.event.attempt if m.event.attempt in unfiled else None
    return unfiled[0] if len(unfiled) == 1 else None


def meant(m: Moment[FailedExam]) -> int:
    """The number of the attempt the event names, by the carrier's count or by its number; 0 for none."""
    event, taken = m.event, m.was.data.taken
    if number := getattr(event, "number", 0):
        return number if number in taken else 0
    if event.ordinal is None and isinstance(event, AttemptCounts | TechnicalKept):
        return max(set(taken) - set(m.was.data.numbers), default=0)
    n = len(taken) if event.ordinal is None else event.ordinal
    return taken[n - 1] if 1 <= n <= len(taken) else 0


def names_an_attempt(m: Moment[FailedExam]) -> bool:
    """There is such an attempt."""
    return meant(m) > 0


def names_a_fail(m: Moment[FailedExam]) -> bool:
    """There is such an attempt, and it counts on the ladder."""
    return meant(m) in m.was.data.numbers


def names_a_failure(m: Moment[FailedExam]) -> bool:
    """There is such an attempt, and it was a technical failure."""
    return names_an_attempt(m) and not names_a_fail(m)


def asked_about(m: Moment[FailedExam]) -> bool:
    """It counts, and the agent says it was a technical failure."""
    return names_a_fail(m) and m.was.data.attempts[meant(m) - 1].crashed


def sides(policy: FailedExamPolicy) -> dict[str, frozenset[Role]]:
    """The two sides that must both say that a technical failure counts: who handles the case or the TL, licensing."""
    return {"lead": frozenset({Role(policy.owner), Role.tl}), "licensing": frozenset({Role.licensing})}


def speaks_for(m: Moment[FailedExam]) -> frozenset[str]:
    """The sides whoever sent the event is on."""
    return frozenset(side for side, roles in sides(m.policy).items() if roles & m.by)


def agreed(m: Moment[FailedExam]) -> bool:
    """A technical failure is named, and with this word two people of both sides have said that it counts."""
    if not names_a_failure(m):
        return False
    others = {side for user, side in m.was.data.attempts[meant(m) - 1].words if user != m.actor}
    mine = speaks_for(m)
    return bool(mine and others) and others | mine == set(sides(m.policy))


def half_agreed(m: Moment[FailedExam]) -> bool:
    """A technical failure is named, and the other side has still to say that it counts."""
    return names_a_failure(m) and not agreed(m)


def uses_up(m: Moment[FailedExam]) -> bool:
    """One more attempt is the last one the carrier gives."""
    return bool(m.was.data.used + 1 == m.policy.last)


def proctored_it(m: Moment[FailedExam]) -> bool:
    """The word of whoever proctored a sitting on record that has begun: he was there."""
    slot = m.was.data.step(m.was.data.count).slot
    return Role.proctor in m.by and slot is not None and slot.starts <= m.at


def confirms_another(m: Moment[FailedExam]) -> bool:
    """Whoever says the last fail is so did not report it himself, or was there."""
    return bool(m.was.data.live[-1].by != m.actor) or Role.proctor in m.by


def missed(m: Moment[FailedExam]) -> bool:
    """A coaching that HR wanted after the last fail is still to be done."""
    step = m.was.data.step(m.was.data.count)
    return step.coach_instead and step.coached_at is None


def all_of(*guards: Guard) -> Guard:
    return lambda m: all(guard(m) for guard in guards)


def who_reports(policy: FailedExamPolicy) -> frozenset[Role]:
    named = {Role.agent, Role.tl, Role.workshop_lead, Role.licensing, Role.proctor}
    return frozenset({*named, Role(policy.owner)})


def stands(state: str, m: Moment[FailedExam], change: Any = None) -> bool:
    """The record, as it is or as it will be, says the case stands there."""
    return standing(m.policy, change(m) if change else m.was.data) == state


def is_not(guard: Guard, m: Moment[FailedExam]) -> bool:
    return not guard(m)
