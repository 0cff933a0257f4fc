"""Guards: questions about the record and the event, answered without a roster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from workflows.failed_exam.data import FailedExam, Step
from workflows.failed_exam.states import NONE, ready, waiting
from workflows.machine import Guard, Moment
from workflows.people import Role
from workflows.policy import FailedExamPolicy


def reading(m: Moment[FailedExam]) -> str:
    """How a report reads against the record: next, jump, duplicate, old or beyond (SPEC 3.1 Ordinals)."""
    data, event = m.was.data, m.event
    n = data.count
    if event.sure == "same" and n:
        return "duplicate"
    claimed = event.claimed if event.claimed and event.sure != "new" else n + 1
    if claimed > m.policy.last:
        return "beyond"
    if claimed == n + 1:
        return "next"
    if claimed > n + 1:
        return "jump"
    fresh = m.at - data.live[claimed - 1].at < timedelta(hours=m.policy.merge_hours)
    return "duplicate" if fresh else "old"


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
        return NONE
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


def names_an_attempt(m: Moment[FailedExam]) -> bool:
    """There is such an attempt."""
    count = m.was.data.count
    return 1 <= (count if m.event.ordinal is None else m.event.ordinal) <= count


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
