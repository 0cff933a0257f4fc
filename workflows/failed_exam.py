"""Failed certification exams (D000; SPEC 3.1): the ladder of one agent, one exam, one plan year.

Longer than most rooms because the whole procedure can be read here from top to bottom. The table is built
from the pack, so a ladder of any length has the same rows. Discipline itself is handed to `discipline`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from workflows import handoffs
from workflows.effects import (
    ACTOR,
    Answer,
    Arm,
    Ask,
    Correct,
    Disarm,
    Effect,
    Hand,
    Hush,
    Invite,
    Mail,
    Owe,
    Settle,
    Tell,
    Track,
)
from workflows.machine import Case, Declined, Due, Fact, Guard, Machine, Moment, Request, Row
from workflows.people import Role
from workflows.policy import AttemptRule, Coach, FailedExamPolicy, Notice

# -- states ------------------------------------------------------------------------------------------------

NONE, REVIEW, PASSED, VOID, CLOSED_LEFT = "NONE", "REVIEW", "PASSED", "VOID", "CLOSED_LEFT"


def pending(policy: FailedExamPolicy, n: int) -> str | None:
    """The state that waits for what the n-th fail calls for; None when it calls for nothing."""
    rule = policy.rule(n)
    if rule.proctor:
        return f"F{n}_PROCTOR"
    if rule.coach:
        return f"F{n}_COACHING"
    if rule.cap and rule.cap.before_next:
        return f"F{n}_CAP"
    return f"F{n}_REVIEW" if rule.review else None


def waiting(policy: FailedExamPolicy, n: int) -> str | None:
    """As `pending`, and the state that waits for a coaching HR chose instead of the CAP."""
    return pending(policy, n) or (f"F{n}_COACHING" if holdable(policy, n) else None)


def ready(policy: FailedExamPolicy, n: int) -> str:
    """The state in which the next attempt may be taken."""
    return f"F{n}_READY" if policy.rule(n).proctor else f"F{n}_CLEARED"


def confirming(policy: FailedExamPolicy) -> str:
    """The last fail is reported and waits for a person's word."""
    return f"F{policy.last}_CONFIRM"


def locked(policy: FailedExamPolicy) -> str:
    """The attempts of this plan year are used up."""
    return f"F{policy.last}_LOCKED"


def confirms(policy: FailedExamPolicy) -> bool:
    """Whether a person's word is needed before the last fail counts."""
    confirm = policy.rule(policy.last).confirm
    return confirm is not None and confirm.required


def places(policy: FailedExamPolicy, n: int) -> tuple[str, ...]:
    """The states between the n-th fail and the next attempt."""
    if n == 0:
        return (NONE,)
    return tuple(state for state in (waiting(policy, n), ready(policy, n)) if state)


def after_fail(policy: FailedExamPolicy, n: int) -> str:
    """The state the n-th fail leads to."""
    if n < policy.last:
        return pending(policy, n) or ready(policy, n)
    return confirming(policy) if confirms(policy) else locked(policy)


def holdable(policy: FailedExamPolicy, n: int) -> bool:
    """Whether the CAP of the n-th fail can have to wait for the word whether there was coaching before it."""
    if n < 2 or policy.uncoached != "hold" or policy.rule(n).cap is None:
        return False
    return policy.rule(n - 1).coach is not None or holdable(policy, n - 1)


def coaching(policy: FailedExamPolicy, n: int) -> Coach | None:
    """Who coaches after the n-th fail. Where the pack wants none but HR may, it is the last one who coached."""
    if coach := policy.rule(n).coach:
        return coach
    earlier = next((coach for k in range(n - 1, 0, -1) if (coach := policy.rule(k).coach)), None)
    return replace(earlier, label="Coached", statement="") if earlier else None


# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamFailed(Fact):
    """An attempt was not passed. `claimed` is the ordinal the reporter named; `sure` answers an earlier
    question: "same" (that one again) or "new"; `door` is "chat" or "mail"; `told` are addresses the
    reporter's own mail reached."""

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    claimed: int | None = None
    sure: str = ""
    door: str = "chat"
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPassed(Fact):
    """The exam was passed after all."""

    exam: str
    exam_name: str
    carrier: str
    plan_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEntered(Request):
    """The proctor says how the proctored attempt ended."""

    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDone(Request):
    """The tracking form of an attempt was filed; `attempt` is its number, None the only open one."""

    attempt: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coached(Request):
    """The owner coached; `advised` says the policy's statement was made; `on` is the time he names."""

    advised: bool = False
    on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdvised(Request):
    """The owner coached but did not make the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCoached(Request):
    """There was no coaching before that attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapProceeds(Request):
    """HR: the CAP goes ahead although coaching was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachInstead(Request):
    """HR: coach now, no CAP for this attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorScheduled(Request):
    """A time for the proctored attempt, set or moved. `starts` is UTC; `forced` allows closed hours."""

    starts: datetime
    proctor: str
    proctor_name: str
    link: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorCancelled(Request):
    """The slot will not be used."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailConfirmed(Request):
    """A person confirms the last fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailRejected(Request):
    """A person says the last fail is not so."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierConfirmed(Request):
    """The missing earlier fails did happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber(Request):
    """The reported ordinal was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptVoided(Fact):
    """An attempt does not count (None: the newest); licensing has the evidence."""

    ordinal: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRefused(Request):
    """Licensing does not accept the proof: the exam is not passed."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Request):
    """WFM ended today's session."""

    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSession(Request):
    """WFM: there was no session to end."""

    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorRecorded(Request):
    """Licensing records that the agent may not be able to sell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierDiffers(Request):
    """The carrier's page shows something else than we do: tell licensing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotNear(Due):
    """The proctored attempt is close: "24h" or "15m"."""

    near: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEnded(Due):
    """The slot is over and no result was entered."""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One reported fail; `voided` says why it no longer counts; `form` is what the form receipt said.

    `flags` say what it was taken without; `dispute` is the number of the dispute it came out of.
    """

    at: datetime
    by: str
    sources: tuple[str, ...] = ()
    door: str = "chat"
    late: bool = False
    flags: tuple[str, ...] = ()
    form: str = ""
    voided: str = ""
    voided_by: str = ""
    dispute: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A proctored sitting; `attempt` is the number of the fail that called for it."""

    starts: datetime
    proctor: str
    proctor_name: str
    minutes: int
    link: str = ""
    sequence: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done after the n-th fail.

    `cap` is "", "held" (was there coaching?), "asked" (HR), "due", "delivered" or "withdrawn"; `review` is "",
    "asked", "proceed" or another outcome; `number` is that of the attempt they were called for.
    """

    coached_at: datetime | None = None
    coached_by: str = ""
    statement: str = ""
    coach_instead: bool = False
    cap: str = ""
    cap_ref: str = ""
    cap_delivered_at: datetime | None = None
    slot: Slot | None = None
    review: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A reported ordinal that does not fit the record, and how it was reported."""

    claimed: int
    at: datetime
    by: str
    source: str
    door: str = "chat"
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedExam:
    """The attempts of one agent at one exam in one plan year, and what followed each.

    An attempt's number is its place among all ever reported; its ordinal counts only those not voided. Duties,
    CAPs and what people were told go by the number, so that a recount mixes nothing up.
    """

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    dispute: Dispute | None = None
    disputes: int = 0
    passed_at: datetime | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    slots: int = 0
    inhibited: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the attempts that count, in order."""
        return tuple(number for number, attempt in enumerate(self.attempts, 1) if not attempt.voided)

    @property
    def live(self) -> tuple[Attempt, ...]:
        """The attempts that count, in order."""
        return tuple(attempt for attempt in self.attempts if not attempt.voided)

    @property
    def count(self) -> int:
        """How many fails are on record."""
        return len(self.live)

    @property
    def number(self) -> int:
        """The number of the newest attempt that counts; 0 for none."""
        return self.numbers[-1] if self.numbers else 0

    @property
    def claimed(self) -> int:
        """The ordinal in dispute; 0 for none."""
        return self.dispute.claimed if self.dispute else 0

    @property
    def sitting(self) -> Slot | None:
        """The proctored sitting in question: the one to come, or the one the newest fail was taken in."""
        n = self.count
        return self.step(n).slot or self.step(n - 1).slot

    def step(self, n: int) -> Step:
        """What followed the n-th fail."""
        return self.steps[n - 1] if 1 <= n <= len(self.steps) else Step()


# -- guards: questions answered ----------------------------------------------------------------------------


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


def _both(*guards: Guard) -> Guard:
    return lambda m: all(guard(m) for guard in guards)


# -- changes: verbs ----------------------------------------------------------------------------------------


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
    number = data.numbers[_meant(m) - 1]
    return _with_attempt(data, number, sources=(*data.attempts[number - 1].sources, m.source))


def _meant(m: Moment[FailedExam]) -> int:
    """The recorded ordinal a repeated report means."""
    return min(m.event.claimed or m.was.data.count, m.was.data.count)


def file_form(m: Moment[FailedExam]) -> FailedExam:
    """Note the form's receipt with its attempt."""
    number = open_form(m)
    assert number is not None
    return _with_attempt(m.was.data, number, form=m.event.number or "done")


def _coached_on(m: Moment[FailedExam]) -> datetime:
    """When the coaching was: the time named, never one to come."""
    return min(m.event.on, m.at) if m.event.on else m.at


def note_coaching(m: Moment[FailedExam]) -> FailedExam:
    """Store the coaching record with the statement made."""
    n = m.was.data.count
    coach = m.policy.rule(n).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(m.was.data, n, coached_at=_coached_on(m), coached_by=m.actor, statement=said)


def release_cap(m: Moment[FailedExam]) -> FailedExam:
    """The CAP goes ahead; a coaching named now belongs to the earlier fail."""
    n = m.was.data.count
    data = _with_step(m.was.data, n, cap="due")
    if not isinstance(m.event, Coached):
        return data
    coach = m.policy.rule(n - 1).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(data, n - 1, coached_at=_coached_on(m), coached_by=m.actor, statement=said)


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


# -- effects -----------------------------------------------------------------------------------------------

NEAR = {"24h": timedelta(hours=24), "15m": timedelta(minutes=15)}
"""When a sitting is announced: the name of the reminder, and how long before."""


def facts(m: Moment[FailedExam], **more: Any) -> dict[str, Any]:
    """What every template of this workflow may say."""
    data = m.data
    n = data.count
    newest = data.live[-1] if data.live else None
    return {
        "exam": data.exam_name,
        "carrier": data.carrier,
        "year": data.plan_year,
        "n": n,
        "last": m.policy.last,
        "final": n + 1 == m.policy.last,
        "reported_at": newest.at if newest else m.at,
        "reported_by": newest.by if newest else m.actor,
        "door": newest.door if newest else "chat",
        "flag": newest.flags[0] if newest and newest.flags else "",
        "flags": newest.flags if newest else (),
        "policy": m.policy.title,
        "owner": m.policy.owner,
        **more,
    }


def _tag(number: int) -> str:
    return f"attempt:{number}"


def _newest(m: Moment[FailedExam]) -> str:
    return _tag(m.data.number) if m.data.number else ""


def _disputed(m: Moment[FailedExam]) -> str:
    return f"review:{m.data.disputes}"


def _rule(m: Moment[FailedExam]) -> AttemptRule:
    rule: AttemptRule = m.policy.rule(m.data.count)
    return rule


def notify(m: Moment[FailedExam]) -> Effect:
    """E-01 to whom the pack names, less those the agent's own mail has reached."""
    notice = _rule(m).notice
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "failed_exam/notice",
        facts=facts(m, **_next(m)),
        already=m.was.data.dispute.told if m.was.data.dispute else getattr(m.event, "told", ()),
        tag=_newest(m),
    )


def _next(m: Moment[FailedExam]) -> dict[str, Any]:
    rule = _rule(m)
    return {
        "coach": rule.coach.owner if rule.coach else "",
        "form": rule.form.owner if rule.form else "",
        "statement": rule.coach.statement if rule.coach else "",
        "cap": rule.cap.kind if rule.cap and rule.cap.before_next else "",
        "proctor": rule.proctor.says if rule.proctor else "",
        "review": bool(rule.review),
        "stop": rule.stops,
        "held": m.data.step(m.data.count).cap == "held",
        "confirming": m.case.state == confirming(m.policy),
        "notified": _mailed(rule.notice),
    }


def _mailed(notice: Notice) -> tuple[str, ...]:
    return tuple(role for role in (*notice.to, *notice.cc) if role != Role.agent)


def answer_agent(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Tell the agent what was recorded and what to do now; a reporter on his behalf hears it too."""
    event = m.event
    guessed = isinstance(event, ExamFailed) and not event.claimed
    said = facts(m, guessed=guessed, on_behalf=Role.agent not in m.by, **_next(m))
    more = (("Right", "right"),) if guessed else (("Wrong number", "wrong number"),)
    own = Role.agent in m.by
    tell = Tell(
        to=Role.agent,
        template="failed_exam/recorded",
        facts=said,
        undo=own,
        more=more if own and isinstance(event, ExamFailed) else (),
        tag=_newest(m),
    )
    if own:
        return (tell,)
    return (tell, Tell(to=ACTOR, template="failed_exam/recorded_for", facts=said, undo=True))


def owe_form(m: Moment[FailedExam], n: int | None = None) -> Effect | None:
    """Whoever the pack names files the tracking form of the n-th fail, or of the newest."""
    n = n or m.data.count
    form, number = m.policy.rule(n).form, m.data.numbers[n - 1]
    if form is None:
        return None
    return Owe(
        to=(form.owner,),
        duty=f"form:{number}",
        title="form",
        template="failed_exam/form",
        facts=facts(m, attempt=n),
        answers=(Answer(label="Form done", event=FormDone(attempt=number), done="filed"),),
        sla=form.sla,
        tag=_tag(number),
    )


def owe_coaching(m: Moment[FailedExam]) -> Effect | None:
    """Whoever the pack names coaches before the next attempt."""
    n = m.data.count
    if m.policy.rule(n).coach is None and not m.data.step(n).coach_instead:
        return None
    coach = coaching(m.policy, n)
    assert coach is not None
    return Owe(
        to=(coach.owner,),
        duty=f"coach:{m.data.number}",
        title="coaching",
        template="failed_exam/coach",
        facts=facts(m, statement=coach.statement),
        answers=(Answer(label=coach.label, event=Coached(advised=bool(coach.statement)), done="recorded"),),
        sla=coach.sla,
        tag=_newest(m),
    )


def end_session(m: Moment[FailedExam]) -> Effect | None:
    """C-WFM-END, only while a session of that agent is running or still to come today, and once for one fail."""
    disputed = m.case.state == REVIEW
    wanted = any(rule.end_session for rule in m.policy.attempt) if disputed else _rule(m).end_session
    if not wanted or not _session_left(m, m.at):
        return None
    if m.was.data.dispute and _session_left(m, m.was.data.dispute.at):
        return None  # asked when the report came in
    number = 0 if disputed else m.data.number
    return Owe(
        to=(Role.wfm,),
        duty=f"end_session:{_disputed(m) if disputed else number}",
        title="end today's session",
        template="failed_exam/wfm_end",
        facts={},
        answers=(
            Answer(label="Ended", event=SessionEnded(attempt=number), done="ended"),
            Answer(label="No session", event=NoSession(attempt=number), done="closed"),
        ),
        channel="wfm",
        id="C-WFM-END",
        tag=_disputed(m) if disputed else _newest(m),
    )


def _session_left(m: Moment[FailedExam], at: datetime) -> bool:
    return m.about is not None and m.klass is not None and m.calendar.cert_session_left(m.klass, m.about.ot, at)


def ask_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Ask for a proctor: the mail, the post without discipline wording, the duty to schedule."""
    proctor = _rule(m).proctor
    if proctor is None:
        return ()
    notice = proctor.notice
    mail = Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "failed_exam/proctor_needed",
        facts=facts(m),
        tag=_newest(m),
    )
    return (mail, owe_proctor(m))


def owe_proctor(m: Moment[FailedExam]) -> Owe:
    """The duty to schedule the next attempt."""
    proctor = _rule(m).proctor
    assert proctor is not None
    return Owe(
        to=(proctor.by,),
        duty=f"proctor:{m.data.number}",
        title="schedule the proctored attempt",
        template="failed_exam/schedule",
        facts=facts(m),
        answers=(Answer(label="Schedule", event=None, ask="failed_exam/ask_time", fills="proctor", done="scheduled"),),
        sla=proctor.sla,
        channel=proctor.post,
        id="C-LIC-PROCTOR" if proctor.post else "",
        tag=_newest(m),
    )


def call_cap(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Hand the CAP over to discipline, or hold it until the owner says whether he coached."""
    n = m.data.count
    cap = m.data.step(n).cap
    if cap == "held":
        return _ask_about_coaching(m)
    return (_cap_due(m, n),) if cap == "due" else ()


def _cap_due(m: Moment[FailedExam], n: int) -> Effect:
    cap = m.policy.rule(n).cap
    uncoached = "uncoached" in m.data.live[n - 1].flags
    return Hand(
        workflow="discipline",
        event=handoffs.CapDue(
            cause=m.case.id,
            cause_workflow="failed_exam",
            step=m.data.step(n).number,
            kind=cap.kind,
            owner=cap.owner,
            gate=cap.gate,
            clause=cap.clause,
            expectation=cap.expectation,
            allowed=cap.allowed,
            policy=f"{m.policy.title} ({m.policy.id})",
            subject=m.data.exam_name,
            facts=tuple(history(m.data)),
            prior=tuple(prior_steps(m)),
            sla=cap.sla,
            sla_pack=m.case.pack,
            notes=(f"attempt {n} was taken before coaching was recorded",) if uncoached else (),
        ),
    )


def _ask_about_coaching(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    n = m.data.count
    coach = coaching(m.policy, n - 1)
    assert coach is not None
    said = facts(m, attempt=n, statement=coach.statement)
    owe = Owe(
        to=(coach.owner,),
        duty=f"coaching_check:{m.data.number}",
        title="was there coaching before this attempt?",
        template="failed_exam/coaching_check",
        facts=said,
        answers=(
            Answer(
                label="I did coach at …",
                event=Coached(),
                ask="failed_exam/ask_coached_at",
                fills="on",
                done="answered",
            ),
            Answer(label="Not coached", event=NotCoached(), done="answered"),
        ),
        sla=coach.sla,
        tag=_newest(m),
    )
    return (owe, Tell(to=Role.hr_rep, template="failed_exam/cap_held", facts=said, tag=_newest(m)))


def ask_hr(m: Moment[FailedExam]) -> Effect:
    """No coaching took place: HR chooses."""
    return Owe(
        to=(Role.hr_rep,),
        duty=f"uncoached:{m.data.number}",
        title="coaching was missed: CAP or coaching?",
        template="failed_exam/uncoached",
        facts=facts(m),
        answers=(
            Answer(label="Proceed with CAP", event=CapProceeds(), done="decided"),
            Answer(label="Coach instead", event=CoachInstead(), done="decided"),
        ),
        sla="immediate",
        tag=_newest(m),
    )


def ask_review(m: Moment[FailedExam]) -> Effect | None:
    """Hand a human review over, where the pack wants one before the next attempt."""
    review = _rule(m).review
    if review is None:
        return None
    return Hand(
        workflow="review",
        event=handoffs.ReviewDue(
            cause=m.case.id,
            cause_workflow="failed_exam",
            step=m.data.number,
            subject=m.data.exam_name,
            timeline=tuple(history(m.data)),
            contrary=tuple(f"attempt {n}: {' '.join(a.flags)}" for n, a in enumerate(m.data.live, 1) if a.flags),
            owner=review.owner,
            sla=review.sla,
            sla_pack=m.case.pack,
        ),
    )


TAKEN = {"uncoached": ", before coaching was recorded", "unproctored": ", without a proctor"}
"""What the history says of an attempt that came too early."""


def history(data: FailedExam) -> Iterator[tuple[datetime, str]]:
    """The facts of the case in order of time, as (instant, sentence)."""
    lines: list[tuple[datetime, str]] = []
    for n, attempt in enumerate(data.live, 1):
        note = "".join(TAKEN.get(flag, "") for flag in attempt.flags)
        late = " (reported late)" if attempt.late else ""
        lines.append((attempt.at, f"{data.exam_name}: attempt {n} not passed{note}{late}"))
        step = data.step(n)
        if step.coached_at:
            told = f"; {step.statement}" if step.statement else ""
            lines.append((step.coached_at, f"coached by @{step.coached_by}{told}"))
        if step.cap_delivered_at:
            lines.append((step.cap_delivered_at, f"CAP {step.cap_ref} delivered"))
    yield from sorted(lines)


def prior_steps(m: Moment[FailedExam]) -> Iterator[str]:
    """Coaching and CAPs on record, by id."""
    for n, step in enumerate(m.data.steps, 1):
        if step.coached_at:
            yield f"coaching after attempt {n}, {m.case.id}"
        if step.cap == "delivered":
            yield f"CAP {step.cap_ref}"


NTH = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ask_confirmation(m: Moment[FailedExam]) -> Effect | None:
    """The last fail waits for a person's word."""
    if not confirms(m.policy):
        return None
    confirm, last = _rule(m).confirm, m.policy.last
    assert confirm is not None
    return Owe(
        to=_proctor_first(m, confirm.cards),
        duty="confirm",
        title="confirm the last attempt's result",
        template="failed_exam/confirm",
        facts=facts(m),
        answers=(
            Answer(
                label=f"Confirm {NTH[last] if last < len(NTH) else 'last'} fail",
                event=FailConfirmed(),
                done="confirmed",
            ),
            Answer(label="Not correct", event=FailRejected(), done="rejected"),
        ),
        sla=confirm.sla,
        tag=_newest(m),
    )


def _proctor_first(m: Moment[FailedExam], cards: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(card for card in cards if card != Role.proctor or proctor_of(m.case))


def lock(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The attempts are used up: leadership is told; the inhibitor is offered, not set."""
    rules = _rule(m).lock
    done = (Settle(duty="confirm"), *drop_slot(m))
    if rules is None:
        return (*done, *call_cap(m))
    tag = _locked(m.data)
    said = facts(
        m,
        history=tuple(history(m.data)),
        prior=tuple(prior_steps(m)),
        confirmed_by=m.data.settled_by,
        confirmed_at=m.data.settled_at,
    )
    mail = Mail(
        to=rules.notice.to,
        cc=rules.notice.cc,
        behalf=rules.notice.behalf,
        id=rules.notice.id,
        template=rules.notice.template or "failed_exam/locked",
        facts=said,
        tag=tag,
    )
    inhibitor = Owe(
        to=(rules.inhibitor,),
        duty="inhibitor",
        title="record the inhibitor",
        template="failed_exam/inhibitor",
        facts=said,
        answers=(Answer(label="Record inhibitor", event=InhibitorRecorded(), done="recorded"),),
        tag=tag,
    )
    return (
        *done,
        mail,
        Track(column="AHIP/Aetna Status", note=rules.tracker),
        *((inhibitor,) if rules.inhibitor else ()),
        Tell(to=Role.agent, template="failed_exam/locked_agent", facts=said, tag=tag),
        *call_cap(m),
    )


def _locked(data: FailedExam) -> str:
    """What was said because the attempts were used up; wrong as soon as any of them falls."""
    return f"lock:{data.number}"


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation to whoever did it, with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"failed_exam/{template}", facts=facts(m, **_slot_facts(m)), undo=undo)


def tell(role: str, template: str, tag: bool = True) -> Any:
    """A direct message to a role."""
    return lambda m: Tell(
        to=role,
        template=f"failed_exam/{template}",
        facts=facts(m, **_slot_facts(m)),
        tag=_newest(m) if tag else "",
    )


def _slot_facts(m: Moment[FailedExam]) -> dict[str, Any]:
    data, event = m.data, m.event
    step = data.step(data.count)
    slot = step.slot or m.was.data.step(m.was.data.count).slot or data.sitting
    rule = m.policy.rule(data.count) if data.count else None
    told = {"notified": _mailed(rule.lock.notice)} if rule and rule.lock else {}
    return {
        **told,
        "proctor": rule.proctor.says if rule and rule.proctor else "licensing",
        "missing": bool(rule and needs(m.policy, data.count, step)),
        "starts": slot.starts if slot else None,
        "proctor_name": slot.proctor_name if slot else "",
        "link": slot.link if slot else "",
        "near": getattr(event, "near", ""),
        "why": getattr(event, "why", ""),
        "coached_at": _coached_on(m) if isinstance(event, Coached) else step.coached_at,
        "statement": step.statement,
        "why_not": _why_no_slot(m),
    }


def _why_no_slot(m: Moment[FailedExam]) -> str:
    event = m.event
    if not isinstance(event, ProctorScheduled):
        return ""
    if event.starts <= m.at:
        return "past"
    return "self" if event.proctor == m.was.agent else "closed"


def clear_agent(m: Moment[FailedExam]) -> Effect:
    """Everything is done: the next attempt may be taken."""
    proctored = _rule(m).proctor is not None
    template = "failed_exam/ready" if proctored else "failed_exam/cleared"
    return Tell(to=Role.agent, template=template, facts=facts(m, **_slot_facts(m)), tag=_newest(m))


def tell_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """E-25 with the calendar entry, and a line to the agent and the TL; a proctor who no longer is one hears it."""
    n, was = m.data.count, m.was.data.step(m.was.data.count).slot
    slot, proctor = m.data.step(n).slot, _rule(m).proctor
    assert slot is not None
    assert proctor is not None
    said = facts(m, moved=was is not None, **_slot_facts(m))
    mail = Mail(
        to=(Role.agent, Role.proctor),
        cc=(Role.tl,),
        behalf=proctor.by,
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "REQUEST", slot.sequence),
        tag=_newest(m),
    )
    changed = was is not None and was.proctor != slot.proctor and was.starts > m.at
    complete = not needs(m.policy, n, m.data.step(n))
    agent = () if complete else (Tell(to=Role.agent, template="failed_exam/slot_agent", facts=said, tag=_newest(m)),)
    return (
        mail,
        *(_tell_old_proctor(m, was) if was and changed else ()),
        *agent,
        Tell(to=Role.tl, template="failed_exam/slot_tl", facts=said, tag=_newest(m)),
        *_slot_timers(m, slot),
    )


def _invite(m: Moment[FailedExam], slot: Slot, method: str, sequence: int) -> Invite:
    return Invite(
        uid=f"{m.case.id}-{slot.attempt}",
        sequence=sequence,
        method=method,
        starts=slot.starts,
        minutes=slot.minutes,
        title=f"Proctored session: {m.data.exam_name}",
    )


def _slot_timers(m: Moment[FailedExam], slot: Slot) -> Iterator[Effect]:
    yield from forget_slot(m)
    for near, before in NEAR.items():
        if slot.starts - before > m.at:
            yield Arm(name=f"slot_{near}", due=slot.starts - before, event=SlotNear(near=near))
    yield Arm(name="slot_end", due=slot.starts + timedelta(minutes=slot.minutes), event=SlotEnded())


def _cancelled(m: Moment[FailedExam], slot: Slot) -> dict[str, Any]:
    more = {"starts": slot.starts, "proctor_name": slot.proctor_name, "cancelled": True, "proctor_user": slot.proctor}
    return {**facts(m), **more}


def _tell_old_proctor(m: Moment[FailedExam], slot: Slot) -> tuple[Effect, ...]:
    """Only the proctor hears that his sitting is off, with the calendar entry cancelled."""
    said = _cancelled(m, slot)
    invite = _invite(m, slot, "CANCEL", m.was.data.slots + 1)
    cancel = Mail(
        to=(f"@{slot.proctor}",), cc=(Role.tl,), id="E-25", template="failed_exam/slot", facts=said, invite=invite
    )
    return (cancel, Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said))


def drop_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The slot falls away: agent, proctor and TL are told, the calendar entry is cancelled. Silent when it is over."""
    slot = m.was.data.sitting
    if slot is None or slot.starts <= m.at:
        return forget_slot(m)
    said = _cancelled(m, slot)
    mail = Mail(
        to=(Role.agent, f"@{slot.proctor}"),
        cc=(Role.tl,),
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "CANCEL", m.was.data.slots + 1),
    )
    return (
        mail,
        Tell(to=Role.agent, template="failed_exam/slot_cancelled", facts=said),
        Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said),
        *forget_slot(m),
    )


def drop_gone_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """As `drop_slot`, when this event took the slot away."""
    return drop_slot(m) if m.was.data.sitting and m.was.data.sitting != m.data.sitting else ()


def forget_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Nobody is reminded of the sitting any more."""
    return (Disarm(name="slot_24h"), Disarm(name="slot_15m"), Disarm(name="slot_end"))


def resume(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The case is back at an earlier place: what is missing there is owed again, what fell away is asked for again."""
    data, n = m.data, m.data.count
    if n == 0 or m.case.state in (NONE, VOID, PASSED, locked(m.policy)):
        return ()
    step, was = data.step(n), m.was.data.step(n)
    reopened = m.was.state == PASSED
    missing = needs(m.policy, n, step)
    effects: list[Effect | None] = []
    if "coach" in missing:
        effects.append(owe_coaching(m))
    if "slot" in missing:
        effects += ask_proctor(m) if data.live[-1].late else (owe_proctor(m),)
    if step.cap == "asked":
        effects.append(ask_hr(m))
    elif step.cap == "held" or (step.cap == "due" and was.cap != "due"):
        effects += call_cap(m)
    if reopened:
        effects += [
            _cap_due(m, k)
            for k, each in enumerate(data.steps, 1)
            if each.cap == "due" and not (k == n and was.cap != "due")
        ]
    if step.review == "asked" and (reopened or was.review != "asked"):
        effects.append(ask_review(m))
    if step.slot:
        effects += _resume_slot(m, step.slot, reopened=reopened)
    return tuple(effect for effect in effects if effect)


def _resume_slot(m: Moment[FailedExam], slot: Slot, *, reopened: bool) -> Iterator[Effect]:
    """The sitting stands again: announced again if it was called off, its result asked for if it is over."""
    if slot.starts + timedelta(minutes=slot.minutes) <= m.at:
        yield owe_result(m)
    elif reopened and slot.starts > m.at:
        yield from tell_slot(m)
    else:
        yield from _slot_timers(m, slot)


UNTIL_NEXT = ("coach", "proctor", "coaching_check", "uncoached", "result")
"""Duties of a fail that end with the next one."""


def release(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """What was owed before this fail is not owed any more; HR hears of a CAP nobody got to decide on."""
    was = m.was.data
    gone = tuple(Settle(duty=f"{name}:{was.number}", withdrawn=True) for name in UNTIL_NEXT) if was.count else ()
    if not held(m):
        return gone
    said = facts(m, attempt=was.count)
    return (*gone, Tell(to=Role.hr_rep, template="failed_exam/cap_overtaken", facts=said, tag=_newest(m)))


def withdraw_all(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Nothing of this case is owed any more."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"))


def quiet_forms(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """A pass cancels every clock; a form not filed stays on the list, but nobody is chased for it."""
    names = (*(f"{name}:*" for name in UNTIL_NEXT), "end_session:*", "confirm", "ordinal")
    return (Hush(duty="form:*"), *(Settle(duty=name, withdrawn=True) for name in names), Disarm(name="*"))


def passed_over(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Passed: a CAP drafted but not delivered is offered for withdrawal, a review nobody decided is over."""
    return tuple(
        _fallen(m, "passed", [step for step in m.was.data.steps if step.cap == "due" or step.review == "asked"])
    )


def corrected(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """What the voided attempt or a vanished ordinal called for: a draft is offered, a delivered CAP goes to HR."""
    void = next((number for number in m.was.data.numbers if number not in m.data.numbers), 0)
    steps = [
        step for n, step in enumerate(m.was.data.steps, 1) if n > m.data.count or (step.number and step.number == void)
    ]
    return tuple(_fallen(m, "corrected", steps))


def _fallen(m: Moment[FailedExam], reason: str, steps: list[Step]) -> Iterator[Effect]:
    for step in steps:
        event = handoffs.CauseFell(cause=m.case.id, step=step.number, reason=reason)
        if step.cap in ("due", "delivered"):
            yield Hand(workflow="discipline", event=event)
        if step.review == "asked":
            yield Hand(workflow="review", event=event)


def correct_void(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Everyone told of the voided attempt is told that it does not count."""
    was = m.was.data
    n = getattr(m.event, "ordinal", None) or was.count
    void, newest, dispute = was.numbers[n - 1], was.number, was.attempts[was.numbers[n - 1] - 1].dispute
    names = [f"{name}:{number}" for number in dict.fromkeys((void, newest)) for name in UNTIL_NEXT]
    names += [f"form:{void}", f"end_session:{void}", "confirm", "inhibitor"]
    tags = [_tag(void)]
    if dispute:
        names.append(f"end_session:review:{dispute}")
        tags.append(f"review:{dispute}")
    if m.was.state == locked(m.policy):
        tags.append(_locked(was))
    said = {"exam": m.data.exam_name, "n": n, "left": m.data.count}
    return (
        *(Settle(duty=name, withdrawn=True) for name in names),
        *(Correct(tag=tag, reason=getattr(m.event, "why", ""), facts=said) for tag in tags),
    )


def refer_ordinal(m: Moment[FailedExam]) -> Effect:
    """The ordinal does not fit the record: the owner and licensing say which is right."""
    return Owe(
        to=tuple(dict.fromkeys((m.policy.owner, Role.licensing))),
        duty="ordinal",
        title="did the earlier fails happen?",
        template="failed_exam/ordinal",
        facts=facts(m, claimed=m.data.claimed),
        answers=(
            Answer(label="Earlier fails happened", event=EarlierConfirmed(), done="answered"),
            Answer(label="Wrong number", event=WrongNumber(), done="answered"),
        ),
        sla="immediate",
        tag=_disputed(m),
    )


def protect(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Protective effects only: the agent stops, today's session ends."""
    own = Role.agent in m.by
    said = facts(m, claimed=m.data.claimed)
    stop = Tell(to=Role.agent, template="failed_exam/disputed", facts=said, undo=own, tag=_disputed(m))
    heard = () if own else (Tell(to=ACTOR, template="failed_exam/disputed_for", facts=said, undo=True),)
    session = end_session(m)
    return (stop, *heard, session) if session else (stop, *heard)


def already(m: Moment[FailedExam]) -> Effect:
    """The report is on record; nothing is sent twice."""
    n = _meant(m)
    return Tell(to=ACTOR, template="failed_exam/already", facts=facts(m, known_at=m.data.live[n - 1].at, known_n=n))


def ask_same(m: Moment[FailedExam]) -> Effect:
    """An old ordinal again: the same fail, or a new one?"""
    event = m.event
    return Ask(
        template="failed_exam/ask_same",
        facts=facts(m, claimed=event.claimed, known_at=m.data.live[event.claimed - 1].at),
        answers=(
            Answer(label="Same one", event=replace(event, sure="same"), done="answered"),
            Answer(label="A new fail", event=replace(event, sure="new"), done="answered"),
        ),
    )


def too_many(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """More fails than the pack has attempts: explained, and licensing told."""
    said = facts(m, claimed=getattr(m.event, "claimed", None))
    return (
        Tell(to=ACTOR, template="failed_exam/too_many", facts=said),
        Tell(to=Role.licensing, template="failed_exam/too_many_licensing", facts=said),
    )


def owe_result(m: Moment[FailedExam]) -> Effect:
    """The slot is over: the proctor says how it ended."""
    return Owe(
        to=(Role.proctor,),
        duty=f"result:{m.data.number}",
        title="enter the result",
        template="failed_exam/result",
        facts=facts(m, **_slot_facts(m)),
        answers=(
            Answer(label="Passed", event=ResultEntered(passed=True), done="entered"),
            Answer(label="Not passed", event=ResultEntered(passed=False), done="entered"),
        ),
        sla=_rule(m).proctor.result_sla if _rule(m).proctor else "immediate",  # type: ignore[union-attr]
        tag=_newest(m),
    )


def settle(*duties: str) -> Any:
    """Done, by whoever sent the event; "{n}" stands for the number of the newest attempt."""
    return lambda m: tuple(Settle(duty=duty.format(n=m.was.data.number)) for duty in duties)


def settle_form(m: Moment[FailedExam]) -> Effect:
    """The form of that attempt is filed."""
    return Settle(duty=f"form:{open_form(m)}")


def settle_session(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """WFM has dealt with the session; the TL hears of an ended one."""
    done = Settle(duty=f"end_session:{m.event.attempt or '*'}")
    if isinstance(m.event, NoSession):
        return (done,)
    return (done, Tell(to=Role.tl, template="failed_exam/session_ended", facts=facts(m)))


def tell_unproctored(m: Moment[FailedExam]) -> Effect | None:
    """Licensing hears of an attempt taken without its proctor, unless it is asked to confirm it anyway."""
    confirm = _rule(m).confirm
    asked = confirm is not None and confirm.required and Role.licensing in confirm.cards
    if "unproctored" not in m.data.live[-1].flags or asked:
        return None
    return Tell(to=Role.licensing, template="failed_exam/unproctored", facts=facts(m), tag=_newest(m))


def remind_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The sitting is near; a reminder that was held up says so."""
    said = facts(m, **_slot_facts(m))
    slot = m.data.sitting
    if slot and slot.starts - m.at < NEAR[m.event.near] - timedelta(minutes=1):
        said["near"] = "late"
    return (
        Tell(to=Role.agent, template="failed_exam/slot_near", facts=said),
        Tell(to=Role.proctor, template="failed_exam/slot_near_proctor", facts=said),
    )


def late_forms(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Attempts recorded late have their forms too, but no mail of their own."""
    first = m.was.data.count + 1
    owed = (owe_form(m, n) for n in range(first, m.data.count))
    return tuple(effect for effect in owed if effect)


def inhibit(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Licensing records that the carrier is closed to the agent this year."""
    category = f"{m.data.carrier} closed for plan year {m.data.plan_year}"
    event = handoffs.InhibitorFound(category=category, by=m.actor)
    return (Settle(duty="inhibitor"), Hand(workflow="concern", event=event))


# -- the table ---------------------------------------------------------------------------------------------

SPEC = "SPEC 3.1"
FAIL = (
    release,
    drop_gone_slot,
    notify,
    call_cap,
    owe_form,
    owe_coaching,
    ask_proctor,
    end_session,
    ask_review,
    tell_unproctored,
    answer_agent,
)
LAST = (release, notify, owe_form, ask_confirmation, end_session, forget_slot, tell_unproctored, answer_agent)
USED_UP = (release, notify, owe_form, end_session, tell_unproctored, answer_agent, lock)


def _after(policy: FailedExamPolicy, n: int) -> tuple[Any, ...]:
    """What the n-th fail sets off."""
    if n < policy.last:
        return FAIL
    return LAST if confirms(policy) else USED_UP


def _reporters(policy: FailedExamPolicy) -> frozenset[Role]:
    named = {Role.agent, Role.tl, Role.workshop_lead, Role.licensing, Role.proctor}
    return frozenset({*named, Role(policy.owner)})


def _fail_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(policy.last):
        rule, last = policy.rule(n + 1), n + 1 == policy.last
        yield Row(
            at=places(policy, n),
            on=ExamFailed,
            to=after_fail(policy, n + 1),
            by=_reporters(policy),
            when=reads("next"),
            set=record,
            do=_after(policy, n + 1),
            source=rule.source,
        )
        if n and (proctor := policy.rule(n).proctor):
            yield Row(
                at=places(policy, n),
                on=ResultEntered,
                to=locked(policy) if last else after_fail(policy, n + 1),
                by=frozenset({Role.proctor, Role(proctor.by)}),
                when=lambda m: not m.event.passed,
                set=record_and_sign if last else record,
                do=(settle("result:{n}"), *(USED_UP if last else FAIL)),
                source=f"{SPEC} row 9: the proctor's result is report and confirmation",
            )


def _ordinal_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    early = tuple(state for n in range(policy.last - 1) for state in places(policy, n))
    counted = tuple(state for n in range(1, policy.last) for state in places(policy, n))
    counted += (confirming(policy),) if confirms(policy) else ()
    source, by = f"{SPEC} Ordinals", _reporters(policy)
    report = partial(Row, on=ExamFailed, by=by, source=source)
    if early:
        yield report(at=early, to=REVIEW, when=reads("jump"), set=refer, do=(refer_ordinal, protect))
        yield report(at=(REVIEW,), do=(tell_actor("in_review", undo=False),))
    if counted:
        yield report(at=counted, when=reads("duplicate"), set=add_source, do=(already,))
        yield report(at=counted, when=reads("old"), do=(ask_same,))
    yield report(at=(NONE, *counted), when=reads("beyond"), do=(too_many,))
    for claimed in range(2, policy.last + 1):
        yield Row(
            at=(REVIEW,),
            on=EarlierConfirmed,
            to=after_fail(policy, claimed),
            by=_referees(policy),
            when=partial(_claims, claimed),
            set=record_missing,
            do=(settle("ordinal"), late_forms, *_after(policy, claimed)),
            source=source,
        )
    for state in early:
        yield Row(
            at=(REVIEW,),
            on=WrongNumber,
            to=VOID if state == NONE else state,
            by=_referees(policy),
            when=partial(_stands, state),
            set=drop_dispute,
            do=(_correct_review, tell(Role.agent, "wrong_number", tag=False), tell_actor("wrong_number_for")),
            source=source,
        )


def _referees(policy: FailedExamPolicy) -> frozenset[Role]:
    return frozenset({Role(policy.owner), Role.licensing})


def _claims(claimed: int, m: Moment[FailedExam]) -> bool:
    return m.was.data.claimed == claimed


def _stands(state: str, m: Moment[FailedExam], change: Any = None) -> bool:
    """The record, as it is or as it will be, says the case stands there."""
    return standing(m.policy, change(m) if change else m.was.data) == state


def _correct_review(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    was = m.was.data
    said = {"exam": was.exam_name, "n": was.claimed, "left": was.count}
    session = Settle(duty=f"end_session:{_disputed(m)}", withdrawn=True)
    return (Settle(duty="ordinal"), session, Correct(tag=_disputed(m), reason="", facts=said))


def _coaching_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule, wait = policy.rule(n), waiting(policy, n)
        if wait and (rule.coach or holdable(policy, n)):
            yield from _coached_rows(policy, n, wait)
        if holdable(policy, n):
            yield from _held_rows(policy, n, places(policy, n), wait or "")
    if holdable(policy, policy.last):
        owner, end = coaching(policy, policy.last), locked(policy)
        assert owner is not None
        yield from _held_rows(policy, policy.last, (end,), "")
        yield Row(
            at=(end,),
            on=Coached,
            by=frozenset({Role(owner.owner)}),
            when=missed,
            set=note_coaching,
            do=(settle("coach:{n}"), tell_actor("coached")),
            source=f"{SPEC} row 5: coach instead",
        )


def _coached_rows(policy: FailedExamPolicy, n: int, wait: str) -> Iterator[Row]:
    owner = coaching(policy, n)
    assert owner is not None
    source = f"{policy.rule(n).source}; once coached the agent may proceed"
    missing: Guard = lambda m: not held(m) and "coach" in left(m)  # noqa: E731
    fits = _both(missing, partial(said_what_is_needed, n))
    done = (settle("coach:{n}"), tell_actor("coached"))
    row = partial(Row, at=(wait,), on=Coached, by=frozenset({Role(owner.owner)}), set=note_coaching, source=source)
    yield row(to=ready(policy, n), when=_both(fits, lambda m: not left(m, note_coaching)), do=(*done, clear_agent))
    others = {"coach"} if policy.rule(n).coach else {"coach", "cap"}  # instead of the CAP, there is no CAP
    if needs(policy, n, Step()) - others:
        yield row(when=_both(fits, lambda m: bool(left(m, note_coaching))), do=done)
    if owner.statement:
        advise = (tell_actor("advise_first", undo=False),)
        yield Row(at=(wait,), on=NotAdvised, by=frozenset({Role(owner.owner)}), when=missing, do=advise, source=source)


def _held_rows(policy: FailedExamPolicy, n: int, at: tuple[str, ...], wait: str) -> Iterator[Row]:
    coach = coaching(policy, n - 1)
    assert coach is not None
    owner, hr = frozenset({Role(coach.owner)}), frozenset({Role.hr_rep})
    row = partial(Row, at=at, when=held, source=f"{SPEC} row 5: a fail before coaching was recorded")
    answered = settle("coaching_check:{n}", "uncoached:{n}")
    yield row(on=Coached, by=owner, set=release_cap, do=(answered, call_cap, tell_actor("coaching_noted")))
    yield row(
        on=NotCoached,
        by=owner,
        when=lambda m: m.was.data.step(m.was.data.count).cap == "held",
        set=hand_to_hr,
        do=(settle("coaching_check:{n}"), ask_hr, tell_actor("not_coached")),
    )
    yield row(on=CapProceeds, by=hr, set=release_cap, do=(answered, call_cap, tell_actor("cap_proceeds")))
    owed = policy.rule(n).coach is not None  # after this fail the pack itself wants coaching
    instead = (answered, *(() if owed else (owe_coaching,)), tell_actor("coach_instead"))
    yield row(on=CoachInstead, to=wait, by=hr, set=drop_cap_and_coach, do=instead)


def _proctor_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule = policy.rule(n)
        if rule.proctor is None:
            continue
        wait, go = f"F{n}_PROCTOR", f"F{n}_READY"
        licensing = frozenset({Role(rule.proctor.by)})
        both = licensing | {Role.proctor}
        booked = (settle("proctor:{n}", "result:{n}"), tell_slot, tell_actor("scheduled"))
        row = partial(Row, on=ProctorScheduled, by=licensing, set=book, source=rule.source)
        if needs(policy, n, Step()) != {"slot"}:
            yield row(at=(wait,), when=_both(slot_fits, lambda m: bool(left(m, book))), do=booked)
        yield row(at=(wait,), to=go, when=_both(slot_fits, lambda m: not left(m, book)), do=(*booked, clear_agent))
        yield row(at=(go,), when=slot_fits, do=(*booked, clear_agent))
        yield Row(
            at=(wait, go),
            on=ProctorScheduled,
            by=frozenset({Role.agent}),
            do=(tell_actor("schedule_nudged", undo=False), _nudge(rule.proctor.by)),
            source=f"{SPEC} illegal events: the agent does not schedule",
        )
        yield Row(
            at=(wait, go),
            on=ProctorCancelled,
            to=wait,
            by=both,
            when=lambda m: m.was.data.step(m.was.data.count).slot is not None,
            set=unbook,
            do=(settle("result:{n}"), drop_slot, owe_proctor, tell_actor("slot_dropped")),
            source=f"{SPEC}: a slot cancelled",
        )
        disputable = (REVIEW,) if n + 1 < policy.last else ()
        here: Guard = partial(_counts, n)
        yield Row(
            at=(wait, go, *disputable),
            on=SlotNear,
            when=_both(here, to_come),
            do=(remind_slot,),
            source=f"{SPEC} row 6: reminders before the slot",
        )
        yield Row(
            at=(wait, go, *disputable),
            on=SlotEnded,
            when=here,
            do=(owe_result,),
            source=f"{SPEC}: a slot that ends without a result",
        )
        yield Row(
            at=(wait, go),
            on=ResultEntered,
            to=PASSED,
            by=both,
            when=lambda m: m.event.passed,
            set=pass_exam,
            do=(settle("result:{n}"), *_passed(policy)),
            source=f"{SPEC} row 11: passed",
        )


def _counts(n: int, m: Moment[FailedExam]) -> bool:
    return m.was.data.count == n and m.was.data.step(n).slot is not None


def _nudge(role: str) -> Any:
    return lambda m: Tell(to=role, template="failed_exam/nudge", facts=facts(m))


def _hand_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    """What other workflows report back: noted everywhere, and completing a step where it was awaited."""
    for on, change, awaited, source in (
        (handoffs.CapDelivered, note_cap, "cap", f"{SPEC} rows 7 and 8: CAP delivered"),
        (handoffs.CapWithdrawn, note_cap, "cap", "SPEC 3.9: CAP withdrawn"),
        (handoffs.ReviewDecided, note_review, "review", "SPEC 3.9: review decided by people"),
    ):
        waits = []
        for n in range(1, policy.last):
            wait = waiting(policy, n)
            if wait is None or awaited not in needs(policy, n, Step()):
                continue
            waits.append(wait)
            completes = partial(_completes, n, change)
            row = partial(Row, at=(wait,), on=on, set=change, source=source)
            yield row(to=ready(policy, n), when=completes, do=(clear_agent,))
            yield row(when=partial(_not, completes))
        yield Row(at=tuple(state for state in states if state not in waits), on=on, set=change, source=source)


def _completes(n: int, change: Any, m: Moment[FailedExam]) -> bool:
    return m.was.data.count == n and bool(left(m)) and not left(m, change)


def _not(guard: Guard, m: Moment[FailedExam]) -> bool:
    return not guard(m)


def _end_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    end, confirm = locked(policy), policy.rule(policy.last).confirm
    if confirms(policy) and confirm:
        yield from _confirm_rows(policy, frozenset(Role(role) for role in confirm.by))
    lock_rule = policy.rule(policy.last).lock
    if lock_rule and lock_rule.inhibitor:
        yield Row(
            at=(end,),
            on=InhibitorRecorded,
            by=frozenset({Role(lock_rule.inhibitor)}),
            when=lambda m: not m.was.data.inhibited,
            set=lambda m: replace(m.was.data, inhibited=True),
            do=(inhibit, tell_actor("inhibited")),
            source=f"{SPEC} row 10",
        )


def _confirm_rows(policy: FailedExamPolicy, by: frozenset[Role]) -> Iterator[Row]:
    at, rule, n = (confirming(policy),), policy.rule(policy.last), policy.last - 1
    agreed = partial(
        Row, at=at, to=locked(policy), by=by, set=sign, do=(lock, tell_actor("confirmed")), source=rule.source
    )
    yield agreed(on=FailConfirmed)
    for state in places(policy, n):
        yield Row(
            at=at,
            on=FailRejected,
            to=VOID if state == NONE else state,
            by=by,
            when=partial(_stands, state, change=reject),
            set=reject,
            do=(correct_void, resume, tell(Role.agent, "not_confirmed"), _tell_reporter, tell_actor("rejected")),
            source=f"{SPEC}: not correct",
        )
    passed = partial(Row, at=at, to=PASSED, set=pass_exam, source=f"{SPEC} row 11: passed")
    trusted: Guard = lambda m: bool(m.by & (_passers(policy) - {Role.agent}))  # noqa: E731
    yield passed(on=ExamPassed, by=_passers(policy), when=trusted, do=(correct_void, *_passed(policy)))
    yield Row(
        at=at,
        on=ExamPassed,
        by=_passers(policy),
        when=partial(_not, trusted),
        do=(_pass_disputed,),
        source=f"{SPEC}: a pass in F3_CONFIRM is a dispute",
    )
    if n and policy.rule(n).proctor:
        yield agreed(on=ResultEntered, when=lambda m: not m.event.passed)
        yield passed(on=ResultEntered, by=by, when=lambda m: m.event.passed, do=(correct_void, *_passed(policy)))


def _tell_reporter(m: Moment[FailedExam]) -> Effect | None:
    """Whoever reported the fail for the agent hears that it does not count."""
    reporter = m.was.data.live[-1].by
    if reporter in (m.was.agent, m.actor):
        return None
    return Tell(to=f"@{reporter}", template="failed_exam/rejected", facts=facts(m, why=m.event.why))


TRUSTED = frozenset({Role.licensing, Role.proctor, Role.tl, Role.workshop_lead, Role.pm})
"""Whose word that an exam was passed stands against a reported fail."""


def _passers(policy: FailedExamPolicy) -> frozenset[Role]:
    return TRUSTED | _reporters(policy)


def _passed(policy: FailedExamPolicy) -> tuple[Any, ...]:
    return (quiet_forms, drop_slot, passed_over, _tell_passed, tell(policy.owner, "passed_owner", tag=False))


def _pass_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    by, licensing = _passers(policy), frozenset({Role.licensing})
    going = tuple(state for state in opens if state not in (NONE, confirming(policy)))
    row = partial(Row, on=ExamPassed, to=PASSED, by=by, set=pass_exam)
    if going:
        yield row(at=going, do=_passed(policy), source=f"{SPEC} row 11: passed")
    yield row(at=(NONE,), do=(_tell_passed,), source=f"{SPEC}: a pass with no case is noted")
    differs = (tell(Role.licensing, "carrier_differs", tag=False), tell_actor("licensing_told", undo=False))
    yield Row(at=(PASSED,), on=CarrierDiffers, do=differs, source="SPEC 3.14")
    told = (resume, tell(Role.agent, "pass_refused", tag=False), tell_actor("pass_refused_for"))
    refused = partial(
        Row, at=(PASSED,), on=PassRefused, by=licensing, set=reopen, source=f"{SPEC}: proof refused after PASSED"
    )
    for state in (NONE, *(state for state in going if state != REVIEW)):
        undisputed = _both(partial(_stands, state), lambda m: m.was.data.dispute is None)
        yield refused(to=VOID if state == NONE else state, when=undisputed, do=told)
    if REVIEW in going:
        yield refused(to=REVIEW, when=lambda m: m.was.data.dispute is not None, do=(refer_ordinal, *told))


def _tell_passed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    own = Role.agent in m.by
    tell_agent = Tell(to=Role.agent, template="failed_exam/passed", facts=facts(m), undo=own)
    if own:
        return (tell_agent,)
    return (tell_agent, Tell(to=ACTOR, template="failed_exam/passed_for", facts=facts(m), undo=True))


def _pass_disputed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    told = (Role.proctor, Role.licensing) if proctor_of(m.case) else (Role.licensing,)
    cards = tuple(Tell(to=role, template="failed_exam/pass_disputed", facts=facts(m)) for role in told)
    return (*cards, Tell(to=ACTOR, template="failed_exam/pass_noted", facts=facts(m)))


def _left_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    source = f"{SPEC} row 14"
    gone = (drop_slot_for_proctor, withdraw_all, _tell_left)
    if begun := tuple(state for state in opens if state != NONE):
        yield Row(at=begun, on=handoffs.AgentLeft, to=CLOSED_LEFT, do=gone, source=source)
    yield Row(at=(locked(policy), PASSED), on=handoffs.AgentLeft, do=(withdraw_all,), source=source)


def drop_slot_for_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The proctor is told; nothing goes to an agent who has left."""
    slot = m.was.data.sitting
    return _tell_old_proctor(m, slot) if slot and slot.starts > m.at else ()


def _tell_left(m: Moment[FailedExam]) -> Effect | None:
    return Tell(to=m.policy.owner, template="failed_exam/left", facts=facts(m)) if m.data.count else None


def _void_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    by = frozenset(Role(role) for role in policy.correct_by) | {Role.licensing}
    row = partial(Row, on=AttemptVoided, by=by, source="SPEC 3.13: void with evidence, the ordinals recount")
    done = (correct_void, corrected, drop_gone_slot, resume)
    told = (*done, tell(Role.agent, "recounted", tag=False), tell_actor("voided"))
    after = (confirming(policy), locked(policy)) if confirms(policy) else (locked(policy),)
    for k in range(policy.last):
        at = places(policy, k + 1) if k + 1 < policy.last else after
        for state in _below(policy, k):
            there = _both(names_an_attempt, partial(_stands, state, change=void_attempt))
            yield row(at=at, to=VOID if state == NONE else state, when=there, set=void_attempt, do=told)
    counted = tuple(state for n in range(1, policy.last) for state in places(policy, n))
    review = (REVIEW,) if policy.last > 2 else ()
    ended = (PASSED, *review)
    if policy.last > 1:
        yield row(at=ended, when=names_an_attempt, set=void_attempt, do=(*done, tell_actor("voided")))
    everywhere = (*counted, *after, *((REVIEW,) if policy.last > 1 else ()), PASSED, VOID)
    if counted or confirms(policy):
        everywhere = (*everywhere, CLOSED_LEFT)
        yield row(at=(CLOSED_LEFT,), when=names_an_attempt, set=void_attempt, do=(tell_actor("voided"),))
    yield row(at=everywhere, when=partial(_not, names_an_attempt), do=(tell_actor("no_such_attempt", undo=False),))


def _below(policy: FailedExamPolicy, k: int) -> tuple[str, ...]:
    """Where a case can stand when the fail after the k-th is voided: no sitting outlives an attempt that counted."""
    sat = k and policy.rule(k).proctor and (k + 1 < policy.last or not confirms(policy))
    return tuple(state for state in places(policy, k) if not (sat and state == ready(policy, k)))


def _paper_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    owners = frozenset(Role(rule.form.owner) for rule in policy.attempt if rule.form)
    if owners:
        yield Row(
            at=states,
            on=FormDone,
            by=owners,
            when=lambda m: open_form(m) is not None,
            set=file_form,
            do=(settle_form, tell_actor("form_done")),
            source="D000: complete the Failed Cert Exam Tracking Form",
        )
    for on, template in ((SessionEnded, "thanks_wfm"), (NoSession, "thanks_no_session")):
        if any(rule.end_session for rule in policy.attempt):
            yield Row(
                at=states,
                on=on,
                by=frozenset({Role.wfm}),
                do=(settle_session, tell_actor(template, undo=False)),
                source="R-000-15: end today's session",
            )


# -- the machine -------------------------------------------------------------------------------------------


def proctor_of(case: Case[FailedExam]) -> str:
    """The username of whoever proctors, or proctored, the attempt in question; "" when nobody does."""
    return case.data.sitting.proctor if case.data.sitting else ""


def people(case: Case[Any]) -> dict[Role, tuple[str, ...]]:
    """Roles this case itself gives."""
    proctor = proctor_of(case)
    return {Role.proctor: (proctor,)} if proctor else {}


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | tuple[Tell | Ask, ...] | None:
    """Refusals worth more than the plain words."""
    event, state = m.event, m.was.state
    if isinstance(event, Coached) and declined.reason == "not_so" and "coach" in left(m):
        coach = coaching(m.policy, m.data.count)
        assert coach is not None
        return Ask(
            template="failed_exam/ask_statement",
            facts=facts(m, statement=coach.statement),
            answers=(
                Answer(label=coach.label, event=replace(event, advised=True), done="recorded"),
                Answer(label="Not advised", event=NotAdvised(), done="noted"),
            ),
        )
    if isinstance(event, ProctorScheduled):
        template = {"not_so": "slot_unfit", "not_now": "too_early"}.get(declined.reason)
        said = facts(m, **_slot_facts(m), asked=event.starts)
        return Tell(to=ACTOR, template=f"failed_exam/{template}", facts=said) if template else None
    if isinstance(event, ExamFailed | ExamPassed) and state == PASSED:
        return Ask(
            template="failed_exam/is_passed",
            facts=facts(m, passed_at=m.was.data.passed_at),
            answers=(Answer(label="Tell licensing", event=CarrierDiffers(), done="told"),),
        )
    if isinstance(event, ExamFailed | ExamPassed) and state == locked(m.policy):
        closed = Tell(to=ACTOR, template="failed_exam/closed", facts=facts(m))
        if isinstance(event, ExamFailed) and reading(m) == "beyond":
            return (closed, Tell(to=Role.licensing, template="failed_exam/too_many_licensing", facts=facts(m)))
        return closed
    return None


def machine(policy: FailedExamPolicy) -> Machine[FailedExam]:
    """The table for one pack."""
    middles = tuple(state for n in range(1, policy.last) for state in places(policy, n))
    confirm = (confirming(policy),) if confirms(policy) else ()
    review = (REVIEW,) if policy.last > 1 else ()
    opens = (NONE, *middles, *confirm, *review)
    states = (*middles, *confirm, locked(policy), *review, PASSED)
    rows = (
        *_fail_rows(policy),
        *_ordinal_rows(policy),
        *_coaching_rows(policy),
        *_proctor_rows(policy),
        *_hand_rows(policy, (*states, VOID)),
        *_end_rows(policy),
        *_pass_rows(policy, opens),
        *_left_rows(policy, opens),
        *_void_rows(policy),
        *_paper_rows(policy, states),
    )
    return Machine(
        name="failed_exam",
        letter="F",
        start=NONE,
        ends=frozenset({locked(policy), PASSED, VOID, *((CLOSED_LEFT,) if (*middles, *confirm) else ())}),
        rows=rows,
        opens=(ExamFailed, ExamPassed),
        key=lambda event: f"{event.exam} {event.plan_year}" if isinstance(event, ExamFailed | ExamPassed) else None,
        fresh=lambda event: FailedExam(
            exam=event.exam, exam_name=event.exam_name, carrier=event.carrier, plan_year=event.plan_year
        ),
        people=people,
        refusal=refusal,
    )
