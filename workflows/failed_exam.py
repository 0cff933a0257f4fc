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
from workflows.policy import AttemptRule, FailedExamPolicy

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


def ready(policy: FailedExamPolicy, n: int) -> str:
    """The state in which the next attempt may be taken."""
    return f"F{n}_READY" if policy.rule(n).proctor else f"F{n}_CLEARED"


def confirming(policy: FailedExamPolicy) -> str:
    """The last fail is reported and waits for a person's word."""
    return f"F{policy.last}_CONFIRM"


def locked(policy: FailedExamPolicy) -> str:
    """The attempts of this plan year are used up."""
    return f"F{policy.last}_LOCKED"


def places(policy: FailedExamPolicy, n: int) -> tuple[str, ...]:
    """The states between the n-th fail and the next attempt."""
    if n == 0:
        return (NONE,)
    return tuple(state for state in (pending(policy, n), ready(policy, n)) if state)


def after_fail(policy: FailedExamPolicy, n: int) -> str:
    """The state the n-th fail leads to."""
    if n < policy.last:
        return pending(policy, n) or ready(policy, n)
    confirm = policy.rule(n).confirm
    return confirming(policy) if confirm and confirm.required else locked(policy)


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
    """The tracking form of an attempt was filed; `attempt` None means the only open one."""

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
    """One reported fail; `voided` says why it no longer counts; `form` is what the form receipt said."""

    at: datetime
    by: str
    sources: tuple[str, ...] = ()
    door: str = "chat"
    late: bool = False
    flag: str = ""
    form: str = ""
    voided: str = ""
    voided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A proctored sitting."""

    starts: datetime
    proctor: str
    proctor_name: str
    minutes: int
    link: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done after the n-th fail. `cap` is "", "held", "due", "delivered" or "withdrawn"."""

    coached_at: datetime | None = None
    coached_by: str = ""
    statement: str = ""
    coach_instead: bool = False
    cap: str = ""
    cap_ref: str = ""
    cap_delivered_at: datetime | None = None
    slot: Slot | None = None
    review: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedExam:
    """The attempts of one agent at one exam in one plan year, and what followed each."""

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    claimed: int = 0
    claimed_at: datetime | None = None
    claimed_by: str = ""
    before: str = ""
    passed_at: datetime | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    slots: int = 0

    @property
    def live(self) -> tuple[Attempt, ...]:
        """The attempts that count, in order."""
        return tuple(attempt for attempt in self.attempts if not attempt.voided)

    @property
    def count(self) -> int:
        """How many fails are on record."""
        return len(self.live)

    def step(self, n: int) -> Step:
        """What followed the n-th fail."""
        return self.steps[n - 1] if n <= len(self.steps) else Step()


# -- guards: questions answered ----------------------------------------------------------------------------


def reading(m: Moment[FailedExam]) -> str:
    """How a report reads against the record: next, jump, duplicate, old or beyond (SPEC 3.1 Ordinals)."""
    data, event = m.was.data, m.event
    n = data.count
    if event.sure == "same":
        return "duplicate"
    claimed = n + 1 if event.claimed is None or event.sure == "new" else event.claimed
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
    return lambda m: reading(m) in kinds


def held(m: Moment[FailedExam]) -> bool:
    """A CAP waits for the word whether coaching took place."""
    return m.was.data.step(m.was.data.count).cap == "held"


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


def left(m: Moment[FailedExam], change: Any = None) -> frozenset[str]:
    """What would be missing after this event."""
    data = change(m) if change else m.was.data
    return needs(m.policy, data.count, data.step(data.count))


def said_what_is_needed(n: int, m: Moment[FailedExam]) -> bool:
    """The coaching carries the statement the policy wants."""
    coach = m.policy.rule(n).coach
    return not (coach and coach.statement) or m.event.advised


def slot_fits(m: Moment[FailedExam]) -> bool:
    """In the future, in business hours unless forced, and not proctored by the agent."""
    event = m.event
    if event.starts <= m.at or event.proctor == m.was.agent:
        return False
    return bool(event.forced or m.calendar.is_open(event.starts))


def open_form(m: Moment[FailedExam]) -> int | None:
    """The attempt whose form this is; None when none or more than one could be meant."""
    live = m.was.data.live
    if m.event.attempt is not None:
        n: int = m.event.attempt
        return n if 1 <= n <= len(live) and not live[n - 1].form else None
    unfiled = [n for n, attempt in enumerate(live, 1) if not attempt.form]
    return unfiled[0] if len(unfiled) == 1 else None


def _both(*guards: Guard) -> Guard:
    return lambda m: all(guard(m) for guard in guards)


# -- changes: verbs ----------------------------------------------------------------------------------------


def _with_step(data: FailedExam, n: int, **changed: Any) -> FailedExam:
    steps = list(data.steps) + [Step()] * (n - len(data.steps))
    steps[n - 1] = replace(steps[n - 1], **changed)
    return replace(data, steps=tuple(steps))


def _flag(policy: FailedExamPolicy, data: FailedExam) -> str:
    """What the next attempt was taken without."""
    n = data.count
    if n == 0:
        return ""
    missing = needs(policy, n, data.step(n))
    if "coach" in missing:
        return "uncoached"
    if policy.rule(n).proctor and missing:
        return "unproctored"
    if "review" in missing:
        return "unreviewed"
    return "before_cap" if "cap" in missing else ""


def _add(policy: FailedExamPolicy, data: FailedExam, attempt: Attempt, before: str) -> FailedExam:
    """Put one more fail on record and open its step."""
    flag = _flag(policy, data)
    attempt = replace(attempt, flag=flag)
    n = data.count + 1
    data = replace(data, attempts=(*data.attempts, attempt), before=before)
    cap = policy.rule(n).cap
    if not cap:
        return _with_step(data, n, cap="")
    return _with_step(data, n, cap="held" if flag == "uncoached" and policy.uncoached == "hold" else "due")


def record(m: Moment[FailedExam]) -> FailedExam:
    """Record the reported fail."""
    door = getattr(m.event, "door", "chat")
    attempt = Attempt(at=m.at, by=m.actor, sources=(m.source,), door=door)
    return _add(m.policy, m.was.data, attempt, m.was.state)


def record_missing(m: Moment[FailedExam]) -> FailedExam:
    """Record the fails that were never reported, then the disputed one."""
    data = m.was.data
    before = data.before
    while data.count < data.claimed - 1:
        late = Attempt(at=data.claimed_at or m.at, by=m.actor, sources=(m.source,), late=True)
        data = _add(m.policy, data, late, before)
    last = Attempt(at=data.claimed_at or m.at, by=data.claimed_by, sources=(m.source,))
    return replace(_add(m.policy, data, last, before), claimed=0)


def dispute(m: Moment[FailedExam]) -> FailedExam:
    """Remember the ordinal that does not fit."""
    return replace(m.was.data, claimed=m.event.claimed, claimed_at=m.at, claimed_by=m.actor, before=m.was.state)


def add_source(m: Moment[FailedExam]) -> FailedExam:
    """The same fact by another door."""
    data = m.was.data
    n = min(m.event.claimed or data.count, data.count)
    known = data.live[n - 1]
    index = data.attempts.index(known)
    merged = replace(known, sources=(*known.sources, m.source))
    return replace(data, attempts=(*data.attempts[:index], merged, *data.attempts[index + 1 :]))


def file_form(m: Moment[FailedExam]) -> FailedExam:
    """Note the form's receipt with its attempt."""
    data = m.was.data
    known = data.live[(open_form(m) or 1) - 1]
    index = data.attempts.index(known)
    filed = replace(known, form=m.event.number or "done")
    return replace(data, attempts=(*data.attempts[:index], filed, *data.attempts[index + 1 :]))


def note_coaching(m: Moment[FailedExam]) -> FailedExam:
    """Store the coaching record with the statement made."""
    n = m.was.data.count
    coach = m.policy.rule(n).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(
        m.was.data, n, coached_at=m.event.on or m.at, coached_by=m.actor, statement=said, coach_instead=False
    )


def release_cap(m: Moment[FailedExam]) -> FailedExam:
    """The CAP goes ahead; a coaching named now belongs to the earlier fail."""
    n = m.was.data.count
    data = _with_step(m.was.data, n, cap="due")
    if not isinstance(m.event, Coached):
        return data
    coach = m.policy.rule(n - 1).coach
    said = coach.statement if coach and m.event.advised else ""
    return _with_step(data, n - 1, coached_at=m.event.on or m.at, coached_by=m.actor, statement=said)


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
        minutes=proctor.minutes if proctor else 120,
        link=event.link,
        sequence=data.slots,
    )
    return replace(_with_step(data, data.count, slot=slot), slots=data.slots + 1)


def unbook(m: Moment[FailedExam]) -> FailedExam:
    """Forget the slot."""
    data = _with_step(m.was.data, m.was.data.count, slot=None)
    return replace(data, slots=data.slots + 1)


def note_cap(m: Moment[FailedExam]) -> FailedExam:
    """Note what became of the CAP of a step."""
    event = m.event
    if isinstance(event, handoffs.CapDelivered):
        changed = {"cap": "delivered", "cap_ref": event.cap, "cap_delivered_at": event.delivered_at}
        return _with_step(m.was.data, event.step, **changed)
    return _with_step(m.was.data, event.step, cap="withdrawn", cap_ref=event.cap)


def note_review(m: Moment[FailedExam]) -> FailedExam:
    """Note what people decided."""
    return _with_step(m.was.data, m.event.step, review="proceed" if m.event.proceed else m.event.outcome)


def pass_exam(m: Moment[FailedExam]) -> FailedExam:
    """Note the pass and where the case stood; a fail waiting for confirmation did not happen."""
    data = m.was.data
    if m.was.state == confirming(m.policy):  # `before` already names the place before the unconfirmed fail
        return replace(_void_at(data, data.count, "passed after all", m.actor), passed_at=m.at)
    return replace(data, passed_at=m.at, before=data.before if m.was.state == REVIEW else m.was.state, claimed=0)


def unpass(m: Moment[FailedExam]) -> FailedExam:
    """The exam is open again."""
    return replace(m.was.data, passed_at=None)


def sign(m: Moment[FailedExam]) -> FailedExam:
    """Note who confirmed and when."""
    return replace(m.was.data, settled_by=m.actor, settled_at=m.at)


def record_and_sign(m: Moment[FailedExam]) -> FailedExam:
    """The proctor's own word is report and confirmation in one."""
    return replace(record(m), settled_by=m.actor, settled_at=m.at)


def _void_at(data: FailedExam, ordinal: int, why: str, by: str) -> FailedExam:
    known = data.live[ordinal - 1]
    index = data.attempts.index(known)
    void = replace(known, voided=why or "does not count", voided_by=by)
    data = replace(data, attempts=(*data.attempts[:index], void, *data.attempts[index + 1 :]))
    return replace(data, steps=data.steps[: data.count])


def void_attempt(m: Moment[FailedExam]) -> FailedExam:
    """Take one attempt out of the count: later ones move up, what followed the last falls away."""
    data = m.was.data
    data = _void_at(data, m.event.ordinal or data.count, m.event.why, m.actor)
    if data.count and (slot := data.step(data.count).slot) and slot.starts <= m.at:
        data = _with_step(data, data.count, slot=None)  # a sitting that is over cannot be sat again
    return data


def reject(m: Moment[FailedExam]) -> FailedExam:
    """The disputed last fail does not count."""
    return _void_at(m.was.data, m.was.data.count, m.event.why or "not correct", m.actor)


# -- effects -----------------------------------------------------------------------------------------------


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
        "flag": newest.flag if newest else "",
        "policy": m.policy.title,
        **more,
    }


def _tag(n: int) -> str:
    return f"attempt:{n}"


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
        already=getattr(m.event, "told", ()),
        tag=_tag(m.data.count),
    )


def _next(m: Moment[FailedExam]) -> dict[str, Any]:
    rule = _rule(m)
    return {
        "coach": bool(rule.coach),
        "statement": rule.coach.statement if rule.coach else "",
        "cap": rule.cap.kind if rule.cap else "",
        "proctor": rule.proctor.says if rule.proctor else "",
        "review": bool(rule.review),
        "stop": rule.stops,
        "held": m.data.step(m.data.count).cap == "held",
        "confirming": bool(rule.confirm),
    }


def answer_agent(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Tell the agent what was recorded and what to do now; a reporter on his behalf hears it too."""
    event, n = m.event, m.data.count
    guessed = isinstance(event, ExamFailed) and event.claimed is None
    said = facts(m, guessed=guessed, on_behalf=Role.agent not in m.by, **_next(m))
    more = (("Right", "right"),) if guessed else (("Wrong number", "wrong number"),)
    own = Role.agent in m.by
    tell = Tell(
        to=Role.agent,
        template="failed_exam/recorded",
        facts=said,
        undo=own,
        more=more if own and isinstance(event, ExamFailed) else (),
        tag=_tag(n),
    )
    if own:
        return (tell,)
    return (tell, Tell(to=ACTOR, template="failed_exam/recorded_for", facts=said, undo=True))


def owe_form(m: Moment[FailedExam], n: int | None = None) -> Effect | None:
    """Whoever the pack names files the tracking form of this attempt."""
    n = n or m.data.count
    form = m.policy.rule(n).form
    if form is None:
        return None
    return Owe(
        to=(form.owner,),
        duty=f"form:{n}",
        title="form",
        template="failed_exam/form",
        facts=facts(m, attempt=n),
        answers=(Answer(label="Form done", event=FormDone(attempt=n), done="filed"),),
        sla=form.sla,
        tag=_tag(n),
    )


def owe_coaching(m: Moment[FailedExam]) -> Effect | None:
    """Whoever the pack names coaches before the next attempt."""
    n = m.data.count
    coach = m.policy.rule(n).coach
    if coach is None and m.data.step(n).coach_instead:
        coach = m.policy.rule(n - 1).coach if n > 1 else None
    if coach is None:
        return None
    return Owe(
        to=(coach.owner,),
        duty=f"coach:{n}",
        title="coaching",
        template="failed_exam/coach",
        facts=facts(m, statement=coach.statement),
        answers=(Answer(label=coach.label, event=Coached(advised=bool(coach.statement)), done="recorded"),),
        sla=coach.sla,
        tag=_tag(n),
    )


def end_session(m: Moment[FailedExam]) -> Effect | None:
    """C-WFM-END, only while a session of that agent is running or still to come today."""
    n = m.data.count if m.case.state != REVIEW else m.data.claimed
    if not (m.policy.rule(n).end_session or m.case.state == REVIEW):
        return None
    if m.about is None or m.klass is None or not m.calendar.cert_session_left(m.klass, m.about.ot, m.at):
        return None
    return Owe(
        to=(Role.wfm,),
        duty=f"end_session:{n}",
        title="end today's session",
        template="failed_exam/wfm_end",
        facts={},
        answers=(
            Answer(label="Ended", event=SessionEnded(attempt=n), done="ended"),
            Answer(label="No session", event=NoSession(attempt=n), done="closed"),
        ),
        channel="wfm",
        id="C-WFM-END",
        tag="review" if m.case.state == REVIEW else _tag(n),
    )


def ask_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Ask for a proctor: the mail, the post without discipline wording, the duty to schedule."""
    proctor, n = _rule(m).proctor, m.data.count
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
        tag=_tag(n),
    )
    return (mail, owe_proctor(m))


def owe_proctor(m: Moment[FailedExam]) -> Owe:
    """The duty to schedule the next attempt."""
    proctor = _rule(m).proctor
    assert proctor is not None
    return Owe(
        to=(proctor.by,),
        duty=f"proctor:{m.data.count}",
        title="schedule the proctored attempt",
        template="failed_exam/schedule",
        facts=facts(m),
        answers=(Answer(label="Schedule", event=None, ask="failed_exam/ask_time", fills="proctor", done="scheduled"),),
        sla=proctor.sla,
        channel=proctor.post,
        id="C-LIC-PROCTOR" if proctor.post else "",
        tag=_tag(m.data.count),
    )


def call_cap(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Hand the CAP over to discipline, or hold it until the owner says whether he coached."""
    n = m.data.count
    cap, step = _rule(m).cap, m.data.step(n)
    if cap is None:
        return ()
    if step.cap == "held":
        return _ask_about_coaching(m)
    return (_cap_due(m),)


def _cap_due(m: Moment[FailedExam]) -> Effect:
    n = m.data.count
    cap = _rule(m).cap
    assert cap is not None
    uncoached = m.data.live[-1].flag == "uncoached"
    return Hand(
        workflow="discipline",
        event=handoffs.CapDue(
            cause=m.case.id,
            cause_workflow="failed_exam",
            step=n,
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
    coach = m.policy.rule(n - 1).coach
    said = facts(m, attempt=n, statement=coach.statement)
    owe = Owe(
        to=(coach.owner,),
        duty=f"coaching_check:{n}",
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
        tag=_tag(n),
    )
    return (owe, Tell(to=Role.hr_rep, template="failed_exam/cap_held", facts=said, tag=_tag(n)))


def ask_hr(m: Moment[FailedExam]) -> Effect:
    """No coaching took place: HR chooses."""
    n = m.data.count
    return Owe(
        to=(Role.hr_rep,),
        duty=f"uncoached:{n}",
        title="coaching was missed: CAP or coaching?",
        template="failed_exam/uncoached",
        facts=facts(m),
        answers=(
            Answer(label="Proceed with CAP", event=CapProceeds(), done="decided"),
            Answer(label="Coach instead", event=CoachInstead(), done="decided"),
        ),
        sla="immediate",
        tag=_tag(n),
    )


def ask_review(m: Moment[FailedExam]) -> Effect | None:
    """Hand a human review over, where the pack wants one before the next attempt."""
    if _rule(m).review is None:
        return None
    return Hand(
        workflow="review",
        event=handoffs.ReviewDue(
            cause=m.case.id,
            cause_workflow="failed_exam",
            step=m.data.count,
            subject=m.data.exam_name,
            timeline=tuple(history(m.data)),
            contrary=tuple(f"attempt {n}: {a.flag}" for n, a in enumerate(m.data.live, 1) if a.flag),
        ),
    )


def history(data: FailedExam) -> Iterator[tuple[datetime, str]]:
    """The facts of the case in order of time, as (instant, sentence)."""
    lines: list[tuple[datetime, str]] = []
    for n, attempt in enumerate(data.live, 1):
        note = {"uncoached": ", before coaching was recorded", "unproctored": ", without a proctor"}.get(
            attempt.flag, ""
        )
        late = " (reported late)" if attempt.late else ""
        lines.append((attempt.at, f"{data.exam_name}: attempt {n} not passed{note}{late}"))
        step = data.step(n)
        if step.coached_at:
            told = f"; {step.statement}" if step.statement else ""
            lines.append((step.coached_at, f"coached by {step.coached_by}{told}"))
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


def ask_confirmation(m: Moment[FailedExam]) -> Effect | None:
    """The last fail waits for a person's word."""
    confirm = _rule(m).confirm
    if confirm is None:
        return None
    return Owe(
        to=_proctor_first(m, confirm.cards),
        duty="confirm",
        title="confirm the last attempt's result",
        template="failed_exam/confirm",
        facts=facts(m),
        answers=(
            Answer(
                label="Confirm third fail" if m.policy.last == 3 else "Confirm fail",
                event=FailConfirmed(),
                done="confirmed",
            ),
            Answer(label="Not correct", event=FailRejected(), done="rejected"),
        ),
        sla=confirm.sla,
        tag=_tag(m.data.count),
    )


def _proctor_first(m: Moment[FailedExam], cards: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(card for card in cards if card != Role.proctor or proctor_of(m.case))


def lock(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The attempts are used up: leadership is told; the inhibitor is offered, not set."""
    rule = _rule(m)
    rules = rule.lock
    if rules is None:
        return (Settle(duty="confirm"),)
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
        tag=_tag(m.data.count),
    )
    effects: list[Effect] = [Settle(duty="confirm"), mail, Track(column="AHIP/Aetna Status", note=rules.tracker)]
    if rules.inhibitor:
        effects.append(
            Owe(
                to=(rules.inhibitor,),
                duty="inhibitor",
                title="record the inhibitor",
                template="failed_exam/inhibitor",
                facts=said,
                answers=(Answer(label="Record inhibitor", event=InhibitorRecorded(), done="recorded"),),
                tag=_tag(m.data.count),
            )
        )
    effects.append(Tell(to=Role.agent, template="failed_exam/locked_agent", facts=said, tag=_tag(m.data.count)))
    return tuple(effects)


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation to whoever did it, with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"failed_exam/{template}", facts=facts(m, **_slot_facts(m)), undo=undo)


def tell(role: str, template: str, tag: bool = True) -> Any:
    """A direct message to a role."""
    return lambda m: Tell(
        to=role,
        template=f"failed_exam/{template}",
        facts=facts(m, **_slot_facts(m)),
        tag=_tag(m.data.count) if tag else "",
    )


def _slot_facts(m: Moment[FailedExam]) -> dict[str, Any]:
    data = m.data
    step = data.step(data.count) if data.count else Step()
    slot = step.slot or (m.was.data.step(m.was.data.count).slot if m.was.data.count else None)
    event = m.event
    return {
        "starts": slot.starts if slot else None,
        "proctor_name": slot.proctor_name if slot else "",
        "link": slot.link if slot else "",
        "near": getattr(event, "near", ""),
        "why": getattr(event, "why", ""),
        "coached_at": step.coached_at,
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
    return Tell(to=Role.agent, template=template, facts=facts(m, **_slot_facts(m)), tag=_tag(m.data.count))


def tell_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """E-25 with the calendar entry, and a line to the agent and the TL."""
    n, was = m.data.count, m.was.data.step(m.was.data.count).slot
    slot = m.data.step(n).slot
    assert slot is not None
    said = facts(m, moved=was is not None, **_slot_facts(m))
    mail = Mail(
        to=(Role.agent, Role.proctor),
        cc=(Role.tl,),
        behalf=_rule(m).proctor.by if _rule(m).proctor else "",  # type: ignore[union-attr]
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "REQUEST"),
        tag=_tag(n),
    )
    complete = not needs(m.policy, n, m.data.step(n))
    agent = () if complete else (Tell(to=Role.agent, template="failed_exam/slot_agent", facts=said, tag=_tag(n)),)
    return (
        mail,
        *agent,
        Tell(to=Role.tl, template="failed_exam/slot_tl", facts=said, tag=_tag(n)),
        *_slot_timers(m, slot),
    )


def _invite(m: Moment[FailedExam], slot: Slot, method: str) -> Invite:
    return Invite(
        uid=f"{m.case.id}-{m.data.count}",
        sequence=m.data.slots,
        method=method,
        starts=slot.starts,
        minutes=slot.minutes,
        title=f"Proctored session: {m.data.exam_name}",
    )


def _slot_timers(m: Moment[FailedExam], slot: Slot) -> Iterator[Effect]:
    yield from (Disarm(name="slot_24h"), Disarm(name="slot_15m"))
    for name, near, before in (("slot_24h", "24h", timedelta(hours=24)), ("slot_15m", "15m", timedelta(minutes=15))):
        if slot.starts - before > m.at:
            yield Arm(name=name, due=slot.starts - before, event=SlotNear(near=near))
    yield Arm(name="slot_end", due=slot.starts + timedelta(minutes=slot.minutes), event=SlotEnded())


def drop_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The slot falls away: agent, proctor and TL are told, the calendar entry is cancelled."""
    was = m.was.data
    slot = was.step(was.count).slot if was.count else None
    if slot is None or slot.starts <= m.at:
        return (Disarm(name="slot_24h"), Disarm(name="slot_15m"), Disarm(name="slot_end"))
    said = {
        **facts(m),
        "starts": slot.starts,
        "proctor_name": slot.proctor_name,
        "cancelled": True,
        "proctor_user": slot.proctor,
    }
    mail = Mail(
        to=(Role.agent, f"@{slot.proctor}"),
        cc=(Role.tl,),
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "CANCEL"),
    )
    return (
        mail,
        Tell(to=Role.agent, template="failed_exam/slot_cancelled", facts=said),
        Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said),
        Disarm(name="slot_24h"),
        Disarm(name="slot_15m"),
        Disarm(name="slot_end"),
    )


def forget_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The sitting took place: its reminders are over."""
    return (Disarm(name="slot_24h"), Disarm(name="slot_15m"), Disarm(name="slot_end"))


def resume(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The case is back at an earlier place: what is missing there is owed again."""
    data = m.data
    if data.count == 0 or m.case.state in (locked(m.policy), VOID, PASSED):
        return ()
    missing = needs(m.policy, data.count, data.step(data.count))
    effects: list[Effect | None] = []
    if "coach" in missing:
        effects.append(owe_coaching(m))
    if "slot" in missing:
        effects.append(owe_proctor(m))
    return tuple(effect for effect in effects if effect)


def release(n: int) -> Any:
    """Duties of the n-th fail that the next one replaces."""
    names = (f"coach:{n}", f"proctor:{n}", f"coaching_check:{n}", f"uncoached:{n}", f"result:{n}", f"review:{n}")
    return lambda m: tuple(Settle(duty=name, withdrawn=True) for name in names) if n else ()


def withdraw_all(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Nothing of this case is owed any more."""
    return (Settle(duty="*", withdrawn=True), Disarm(name="*"))


def quiet_forms(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """A pass cancels every clock; a form not filed stays on the list, but nobody is chased for it."""
    names = (
        "coach:*",
        "proctor:*",
        "coaching_check:*",
        "uncoached:*",
        "result:*",
        "confirm",
        "review:*",
        "end_session:*",
        "ordinal",
    )
    return (Hush(duty="form:*"), *(Settle(duty=name, withdrawn=True) for name in names), Disarm(name="*"))


def cause_fell(reason: str, *, withdraw: bool = False) -> Any:
    """CAPs of this case that were not delivered are offered for withdrawal."""

    def effect(m: Moment[FailedExam]) -> tuple[Effect, ...]:
        kept = m.data.count if m.data.attempts != m.was.data.attempts else 0
        return tuple(
            Hand(
                workflow="discipline",
                event=handoffs.CauseFell(cause=m.case.id, step=n, reason=reason, withdraw=withdraw),
            )
            for n, step in enumerate(m.was.data.steps, 1)
            if step.cap in ("due", "delivered") and n > kept
        )

    return effect


def correct_void(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Everyone told of the voided attempt is told that it does not count."""
    n = m.event.ordinal if isinstance(m.event, AttemptVoided) and m.event.ordinal else m.was.data.count
    names = (
        f"coach:{n}",
        f"proctor:{n}",
        f"coaching_check:{n}",
        f"uncoached:{n}",
        f"result:{n}",
        f"form:{n}",
        f"end_session:{n}",
    )
    gone = m.was.data.count
    dropped = (
        f"coach:{gone}",
        f"proctor:{gone}",
        f"coaching_check:{gone}",
        f"uncoached:{gone}",
        "confirm",
        "inhibitor",
    )
    return (
        *(Settle(duty=name, withdrawn=True) for name in dict.fromkeys((*names, *dropped))),
        Correct(
            tag=_tag(n),
            reason=getattr(m.event, "why", ""),
            facts={"exam": m.data.exam_name, "n": n, "left": m.data.count},
        ),
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
        tag="review",
    )


def protect(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Protective effects only: the agent stops, today's session ends."""
    stop = Tell(
        to=Role.agent,
        template="failed_exam/disputed",
        facts=facts(m, claimed=m.data.claimed),
        undo=Role.agent in m.by,
        tag="review",
    )
    session = end_session(m)
    heard = (
        ()
        if Role.agent in m.by
        else (Tell(to=ACTOR, template="failed_exam/disputed_for", facts=facts(m, claimed=m.data.claimed), undo=True),)
    )
    return (stop, *heard, session) if session else (stop, *heard)


def already(m: Moment[FailedExam]) -> Effect:
    """The report is on record; nothing is sent twice."""
    data = m.data
    known = data.live[min(m.event.claimed or data.count, data.count) - 1]
    return Tell(
        to=ACTOR, template="failed_exam/already", facts=facts(m, known_at=known.at, known_n=data.live.index(known) + 1)
    )


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
        duty=f"result:{m.data.count}",
        title="enter the result",
        template="failed_exam/result",
        facts=facts(m, **_slot_facts(m)),
        answers=(
            Answer(label="Passed", event=ResultEntered(passed=True), done="entered"),
            Answer(label="Not passed", event=ResultEntered(passed=False), done="entered"),
        ),
        sla="immediate",
        tag=_tag(m.data.count),
    )


def settle(*duties: str) -> Any:
    """Done, by whoever sent the event; "{n}" stands for the current attempt."""
    return lambda m: tuple(Settle(duty=duty.format(n=m.was.data.count)) for duty in duties)


def settle_form(m: Moment[FailedExam]) -> Effect:
    """The form of that attempt is filed."""
    filed = next(n for n, attempt in enumerate(m.data.live, 1) if attempt.form and not m.was.data.live[n - 1].form)
    return Settle(duty=f"form:{filed}")


def settle_session(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """WFM has dealt with the session; the TL hears of an ended one."""
    done = Settle(duty="end_session:*")
    if isinstance(m.event, NoSession):
        return (done,)
    return (done, Tell(to=Role.tl, template="failed_exam/session_ended", facts=facts(m)))


def remind_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The sitting is near."""
    said = facts(m, **_slot_facts(m))
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
    return (
        Settle(duty="inhibitor"),
        Hand(workflow="concern", event=handoffs.InhibitorFound(category=category, by=m.actor)),
    )


# -- the table ---------------------------------------------------------------------------------------------

FAIL = (notify, call_cap, owe_form, owe_coaching, ask_proctor, end_session, ask_review, answer_agent)
LAST = (notify, owe_form, ask_confirmation, forget_slot, answer_agent)


def _fail_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    reporters = frozenset({Role.agent, Role.tl, Role.workshop_lead, Role.licensing, Role.proctor})
    for n in range(policy.last):
        rule = policy.rule(n + 1)
        last = n + 1 == policy.last
        to = after_fail(policy, n + 1)
        confirm_now = to == locked(policy)
        do = (release(n), *((*LAST, lock) if last and confirm_now else LAST if last else FAIL))
        yield Row(
            at=places(policy, n),
            on=ExamFailed,
            to=to,
            when=reads("next"),
            set=record,
            do=do,
            by=reporters,
            source=rule.source,
        )
        if n and (proctor := policy.rule(n).proctor):
            end = locked(policy) if last else to
            by = frozenset({Role.proctor, Role(proctor.by)})
            yield Row(
                at=places(policy, n),
                on=ResultEntered,
                to=end,
                when=lambda m: not m.event.passed,
                by=by,
                set=record_and_sign,
                do=(settle(f"result:{n}"), release(n), *(_proctor_fail() if last else FAIL)),
                source="SPEC 3.1 row 9: the proctor's result is report and confirmation",
            )


def _proctor_fail() -> tuple[Any, ...]:
    return (notify, owe_form, forget_slot, answer_agent, lock)


def _ordinal_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    here = tuple(state for state in opens if state != REVIEW)
    counted = tuple(state for state in here if state != NONE)
    source = "SPEC 3.1 Ordinals"
    yield Row(
        at=here, on=ExamFailed, to=REVIEW, when=reads("jump"), set=dispute, do=(refer_ordinal, protect), source=source
    )
    yield Row(at=counted, on=ExamFailed, when=reads("duplicate"), set=add_source, do=(already,), source=source)
    yield Row(at=counted, on=ExamFailed, when=reads("old"), do=(ask_same,), source=source)
    yield Row(at=here, on=ExamFailed, to="", when=reads("beyond"), do=(too_many,), source=source)
    yield Row(at=(REVIEW,), on=ExamFailed, do=(tell_actor("in_review", undo=False),), source=source)
    by = frozenset({Role(policy.owner), Role.licensing})
    for claimed in range(2, policy.last + 1):
        last = claimed == policy.last
        yield Row(
            at=(REVIEW,),
            on=EarlierConfirmed,
            to=after_fail(policy, claimed),
            by=by,
            when=lambda m, claimed=claimed: m.was.data.claimed == claimed,  # type: ignore[misc]
            set=record_missing,
            source=source,
            do=(
                settle("ordinal"),
                late_forms,
                *((*LAST, lock) if last and after_fail(policy, claimed) == locked(policy) else LAST if last else FAIL),
            ),
        )
    for state in here:
        yield Row(
            at=(REVIEW,),
            on=WrongNumber,
            to=VOID if state == NONE else state,
            by=by,
            when=lambda m, state=state: m.was.data.before == state,  # type: ignore[misc]
            set=lambda m: replace(m.was.data, claimed=0),
            source=source,
            do=(
                settle("ordinal"),
                lambda m: Settle(duty="end_session:*", withdrawn=True),
                _correct_review,
                tell(Role.agent, "wrong_number", tag=False),
                tell_actor("wrong_number_for", undo=True),
            ),
        )


def _correct_review(m: Moment[FailedExam]) -> Effect:
    return Correct(
        tag="review", reason="", facts={"exam": m.data.exam_name, "n": m.was.data.claimed, "left": m.data.count}
    )


def _coaching_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule, wait = policy.rule(n), pending(policy, n)
        if wait is None:
            continue
        owner = rule.coach or (policy.rule(n - 1).coach if n > 1 else None)
        by = frozenset({Role(owner.owner)}) if owner else frozenset({Role(policy.owner)})
        if rule.coach or (n > 1 and policy.rule(n - 1).coach):
            fits = _both(lambda m: not held(m), partial(said_what_is_needed, n), lambda m: "coach" in left(m))
            source = f"{rule.source}; once coached the agent may proceed"
            done = (settle(f"coach:{n}"), tell_actor("coached"))
            yield Row(
                at=(wait,),
                on=Coached,
                to=ready(policy, n),
                by=by,
                set=note_coaching,
                do=(*done, clear_agent),
                source=source,
                when=_both(fits, lambda m: not left(m, note_coaching)),
            )
            yield Row(
                at=(wait,),
                on=Coached,
                by=by,
                set=note_coaching,
                do=done,
                source=source,
                when=_both(fits, lambda m: bool(left(m, note_coaching))),
            )
            yield Row(
                at=(wait,),
                on=NotAdvised,
                by=by,
                do=(tell_actor("advise_first", undo=False),),
                source=rule.source,
                when=lambda m: not held(m),
            )
        if n > 1 and rule.cap and policy.rule(n - 1).coach:
            yield from _held_rows(policy, n, places(policy, n))
    if policy.last > 1 and policy.rule(policy.last).cap and policy.rule(policy.last - 1).coach:
        yield from _held_rows(policy, policy.last, (confirming(policy),))


def _held_rows(policy: FailedExamPolicy, n: int, at: tuple[str, ...]) -> Iterator[Row]:
    source = "SPEC 3.1 row 5: second fail before coaching was recorded"
    coach = policy.rule(n - 1).coach
    assert coach is not None
    by, hr = frozenset({Role(coach.owner)}), frozenset({Role.hr_rep})
    check = f"coaching_check:{n}"
    release_it = (settle(check, f"uncoached:{n}"), lambda m: _cap_due(m))
    yield Row(
        at=at,
        on=Coached,
        by=by,
        when=held,
        set=release_cap,
        do=(*release_it, tell_actor("coaching_noted")),
        source=source,
    )
    yield Row(
        at=at, on=NotCoached, by=by, when=held, do=(settle(check), ask_hr, tell_actor("not_coached")), source=source
    )
    yield Row(
        at=at,
        on=CapProceeds,
        by=hr,
        when=held,
        set=release_cap,
        do=(*release_it, tell_actor("cap_proceeds")),
        source=source,
    )
    yield Row(
        at=at,
        on=CoachInstead,
        by=hr,
        when=held,
        set=drop_cap_and_coach,
        do=(settle(f"uncoached:{n}", check), owe_coaching, tell_actor("coach_instead")),
        source=source,
    )


def _proctor_rows(policy: FailedExamPolicy) -> Iterator[Row]:
    for n in range(1, policy.last):
        rule = policy.rule(n)
        if rule.proctor is None:
            continue
        wait, go = f"F{n}_PROCTOR", f"F{n}_READY"
        by, source = frozenset({Role(rule.proctor.by)}), rule.source
        booked = (settle(f"proctor:{n}", f"result:{n}"), tell_slot, tell_actor("scheduled"))
        yield Row(
            at=(wait,),
            on=ProctorScheduled,
            to=go,
            by=by,
            set=book,
            do=(*booked, clear_agent),
            source=source,
            when=_both(slot_fits, lambda m: not left(m, book)),
        )
        yield Row(
            at=(wait,),
            on=ProctorScheduled,
            by=by,
            set=book,
            do=booked,
            source=source,
            when=_both(slot_fits, lambda m: bool(left(m, book))),
        )
        yield Row(
            at=(go,), on=ProctorScheduled, by=by, set=book, do=(*booked, clear_agent), source=source, when=slot_fits
        )
        yield Row(
            at=(wait, go),
            on=ProctorScheduled,
            by=frozenset({Role.agent}),
            source="SPEC 3.1 illegal events: the agent does not schedule",
            do=(tell_actor("schedule_nudged", undo=False), _nudge(rule.proctor.by)),
        )
        yield Row(
            at=(go,),
            on=ProctorCancelled,
            to=wait,
            by=by | {Role.proctor},
            set=unbook,
            do=(drop_slot, owe_proctor, tell_actor("slot_dropped")),
            source="SPEC 3.1: a slot cancelled in F2_READY",
        )
        yield Row(
            at=(wait,),
            on=ProctorCancelled,
            by=by | {Role.proctor},
            set=unbook,
            do=(drop_slot, owe_proctor, tell_actor("slot_dropped")),
            when=lambda m: m.was.data.step(m.was.data.count).slot is not None,
            source="SPEC 3.1: a slot cancelled",
        )
        yield Row(at=(wait, go), on=SlotNear, do=(remind_slot,), source="SPEC 3.1 row 6: reminders before the slot")
        yield Row(at=(wait, go), on=SlotEnded, do=(owe_result,), source="SPEC 3.1: a slot that ends without a result")
        yield Row(
            at=(wait, go),
            on=ResultEntered,
            to=PASSED,
            by=by | {Role.proctor},
            when=lambda m: m.event.passed,
            set=pass_exam,
            do=(
                settle(f"result:{n}"),
                quiet_forms,
                forget_slot,
                cause_fell("passed"),
                tell(Role.agent, "passed"),
                tell(policy.owner, "passed_owner"),
                tell_actor("passed_for"),
            ),
            source="SPEC 3.1 row 11: passed",
        )


def _nudge(role: str) -> Any:
    return lambda m: Tell(to=role, template="failed_exam/nudge", facts=facts(m))


def _hand_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    """What other workflows report back: noted everywhere, and completing a step where it was awaited."""
    for on, change, source in (
        (handoffs.CapDelivered, note_cap, "SPEC 3.1 rows 7 and 8: CAP delivered"),
        (handoffs.CapWithdrawn, note_cap, "SPEC 3.9: CAP withdrawn"),
        (handoffs.ReviewDecided, note_review, "SPEC 3.9: review decided by people"),
    ):
        waits = tuple(state for n in range(1, policy.last) if (state := pending(policy, n)))
        for n in range(1, policy.last):
            if wait := pending(policy, n):
                here = partial(_completes, n, change)
                yield Row(
                    at=(wait,), on=on, to=ready(policy, n), set=change, when=here, do=(clear_agent,), source=source
                )
                yield Row(at=(wait,), on=on, set=change, source=source, when=lambda m, here=here: not here(m))  # type: ignore[misc]
        others = tuple(state for state in opens if state not in waits and state != NONE)
        yield Row(at=(*others, locked(policy), PASSED), on=on, set=change, source=source)


def _completes(n: int, change: Any, m: Moment[FailedExam]) -> bool:
    return m.was.data.count == n and bool(left(m)) and not left(m, change)


def _end_rows(policy: FailedExamPolicy, opens: tuple[str, ...]) -> Iterator[Row]:
    confirm, end = confirming(policy), locked(policy)
    rule = policy.rule(policy.last)
    if rule.confirm and rule.confirm.required:
        by = frozenset(Role(role) for role in rule.confirm.by)
        yield Row(
            at=(confirm,),
            on=FailConfirmed,
            to=end,
            by=by,
            set=sign,
            do=(lock, tell_actor("confirmed")),
            source=rule.source,
        )
        yield Row(
            at=(confirm,),
            on=ResultEntered,
            to=end,
            by=by,
            set=sign,
            when=lambda m: not m.event.passed,
            do=(lock, tell_actor("confirmed")),
            source=rule.source,
        )
        for state in places(policy, policy.last - 1):
            yield Row(
                at=(confirm,),
                on=FailRejected,
                to=VOID if state == NONE else state,
                by=by,
                set=reject,
                when=lambda m, state=state: m.was.data.before == state,  # type: ignore[misc]
                do=(correct_void, resume, tell(Role.agent, "not_confirmed"), tell_actor("rejected")),
                source="SPEC 3.1: not correct",
            )
    trusted = frozenset({Role.licensing, Role.proctor, Role.tl, Role.workshop_lead, Role.pm})
    passed = (quiet_forms, drop_slot, cause_fell("passed"), _tell_passed, tell(policy.owner, "passed_owner"))
    rows = tuple(state for state in opens if state not in (confirm, NONE))
    back = tuple(state for state in rows if state != REVIEW)
    yield Row(at=rows, on=ExamPassed, to=PASSED, set=pass_exam, do=passed, source="SPEC 3.1 row 11: passed")
    yield Row(
        at=(NONE,),
        on=ExamPassed,
        to=PASSED,
        set=pass_exam,
        do=(_tell_passed,),
        source="SPEC 3.1: a pass with no case is noted",
    )
    yield Row(
        at=(confirm,),
        on=ExamPassed,
        to=PASSED,
        set=pass_exam,
        when=lambda m: bool(m.by & trusted),
        do=(correct_void, *passed),
        source="SPEC 3.1 row 11: passed",
    )
    yield Row(
        at=(confirm,),
        on=ExamPassed,
        when=lambda m: not m.by & trusted,
        do=(_pass_disputed,),
        source="SPEC 3.1: a pass in F3_CONFIRM is a dispute",
    )
    yield Row(
        at=(PASSED,),
        on=CarrierDiffers,
        do=(tell(Role.licensing, "carrier_differs"), tell_actor("licensing_told", undo=False)),
        source="SPEC 3.14",
    )
    yield Row(
        at=(end,),
        on=InhibitorRecorded,
        by=frozenset({Role.licensing}),
        do=(inhibit, tell_actor("inhibited")),
        source="SPEC 3.1 row 10",
    )
    for state in (NONE, *back):
        yield Row(
            at=(PASSED,),
            on=PassRefused,
            to=VOID if state == NONE else state,
            by=frozenset({Role.licensing}),
            set=unpass,
            when=lambda m, state=state: m.was.data.before == state,  # type: ignore[misc]
            do=(resume, tell(Role.agent, "pass_refused"), tell_actor("pass_refused_for")),
            source="SPEC 3.1: proof refused after PASSED",
        )
    yield Row(
        at=opens,
        on=handoffs.AgentLeft,
        to=CLOSED_LEFT,
        do=(drop_slot_for_proctor, withdraw_all, _tell_left),
        source="SPEC 3.1 row 14",
    )


def drop_slot_for_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The proctor is told; nothing goes to an agent who has left."""
    was = m.was.data
    slot = was.step(was.count).slot if was.count else None
    if slot is None or slot.starts <= m.at:
        return ()
    said = {**facts(m), "starts": slot.starts, "proctor_name": slot.proctor_name, "cancelled": True}
    cancel = Mail(
        to=(f"@{slot.proctor}",),
        cc=(Role.tl,),
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "CANCEL"),
    )
    return (cancel, Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said))


def _tell_left(m: Moment[FailedExam]) -> Effect | None:
    return Tell(to=m.policy.owner, template="failed_exam/left", facts=facts(m)) if m.data.count else None


def _tell_passed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    own = Role.agent in m.by
    tell_agent = Tell(to=Role.agent, template="failed_exam/passed", facts=facts(m), undo=own)
    return (
        (tell_agent,)
        if own
        else (tell_agent, Tell(to=ACTOR, template="failed_exam/passed_for", facts=facts(m), undo=True))
    )


def _pass_disputed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    told = tuple(dict.fromkeys(("proctor", "licensing"))) if proctor_of(m.case) else ("licensing",)
    cards = tuple(Tell(to=role, template="failed_exam/pass_disputed", facts=facts(m)) for role in told)
    return (*cards, Tell(to=ACTOR, template="failed_exam/pass_noted", facts=facts(m)))


def _void_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    by = frozenset(Role(role) for role in policy.correct_by) | {Role.licensing}
    source = "SPEC 3.13: void with evidence, the ordinals recount"
    told = (
        correct_void,
        cause_fell("corrected"),
        _drop_gone_slot,
        resume,
        tell(Role.agent, "recounted", tag=False),
        tell_actor("voided"),
    )
    counted = tuple(state for state in states if state not in (PASSED, REVIEW))

    def becomes(k: int, state: str | None, m: Moment[FailedExam]) -> bool:
        if not 1 <= (m.event.ordinal or m.was.data.count) <= m.was.data.count:
            return False
        data = void_attempt(m)
        if data.count != k:
            return False
        if k == 0:
            return state == VOID
        return state == (pending(policy, k) if needs(policy, k, data.step(k)) else ready(policy, k))

    yield Row(
        at=counted,
        on=AttemptVoided,
        to=VOID,
        by=by,
        set=void_attempt,
        when=partial(becomes, 0, VOID),
        do=told,
        source=source,
    )
    for k in range(1, policy.last):
        for state in places(policy, k):
            yield Row(
                at=counted,
                on=AttemptVoided,
                to=state,
                by=by,
                set=void_attempt,
                when=partial(becomes, k, state),
                do=told,
                source=source,
            )
    sane: Guard = lambda m: 1 <= (m.event.ordinal or m.was.data.count) <= m.was.data.count  # noqa: E731
    yield Row(
        at=(PASSED,),
        on=AttemptVoided,
        by=by,
        set=void_attempt,
        when=sane,
        do=(correct_void, tell_actor("voided")),
        source=source,
    )
    yield Row(
        at=(REVIEW,),
        on=AttemptVoided,
        by=by,
        set=_void_in_review,
        when=sane,
        do=(correct_void, tell_actor("voided")),
        source=source,
    )


def _void_in_review(m: Moment[FailedExam]) -> FailedExam:
    data = void_attempt(m)
    if data.count == 0:
        return replace(data, before=NONE)
    missing = needs(m.policy, data.count, data.step(data.count))
    return replace(data, before=(pending(m.policy, data.count) if missing else None) or ready(m.policy, data.count))


def _drop_gone_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    was, now = m.was.data, m.data
    had = was.step(was.count).slot
    has = now.step(now.count).slot if now.count else None
    return drop_slot(m) if had and had != has else ()


def _paper_rows(policy: FailedExamPolicy, states: tuple[str, ...]) -> Iterator[Row]:
    owners = frozenset(Role(rule.form.owner) for rule in policy.attempt if rule.form) or frozenset({Role(policy.owner)})
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
    for step in reversed(case.data.steps):
        if step.slot:
            return step.slot.proctor
    return ""


def people(case: Case[Any]) -> dict[Role, tuple[str, ...]]:
    """Roles this case itself gives."""
    proctor = proctor_of(case)
    return {Role.proctor: (proctor,)} if proctor else {}


def refusal(m: Moment[Any], declined: Declined) -> Tell | Ask | tuple[Tell | Ask, ...] | None:
    """Refusals worth more than the plain words."""
    event, state = m.event, m.was.state
    if isinstance(event, Coached) and declined.reason == "not_so" and "coach" in left(m):
        coach = m.policy.rule(m.data.count).coach
        return Ask(
            template="failed_exam/ask_statement",
            facts=facts(m, statement=coach.statement),
            answers=(
                Answer(label=coach.label, event=replace(event, advised=True), done="recorded"),
                Answer(label="Not advised", event=NotAdvised(), done="noted"),
            ),
        )
    if isinstance(event, ProctorScheduled):
        template = "slot_unfit" if declined.reason == "not_so" else "too_early" if declined.reason == "not_now" else ""
        return (
            Tell(to=ACTOR, template=f"failed_exam/{template}", facts=facts(m, **_slot_facts(m), asked=event.starts))
            if template
            else None
        )
    if isinstance(event, ExamFailed | ExamPassed) and state == PASSED:
        return Ask(
            template="failed_exam/is_passed",
            facts=facts(m, passed_at=m.was.data.passed_at),
            answers=(Answer(label="Tell licensing", event=CarrierDiffers(), done="told"),),
        )
    if isinstance(event, ExamFailed | ExamPassed) and state == locked(m.policy):
        closed = Tell(to=ACTOR, template="failed_exam/closed", facts=facts(m))
        more = isinstance(event, ExamFailed) and reading(m) == "beyond"
        return (
            (closed, Tell(to=Role.licensing, template="failed_exam/too_many_licensing", facts=facts(m)))
            if more
            else closed
        )
    return None


def machine(policy: FailedExamPolicy) -> Machine[FailedExam]:
    """The table for one pack."""
    middles = tuple(state for n in range(1, policy.last) for state in places(policy, n))
    rule = policy.rule(policy.last)
    confirm = (confirming(policy),) if rule.confirm and rule.confirm.required else ()
    opens = (NONE, *middles, *confirm, REVIEW)
    states = (*middles, *confirm, locked(policy), REVIEW, PASSED)
    rows = (
        *_fail_rows(policy),
        *_ordinal_rows(policy, opens),
        *_coaching_rows(policy),
        *_proctor_rows(policy),
        *_hand_rows(policy, opens),
        *_end_rows(policy, opens),
        *_void_rows(policy, states),
        *_paper_rows(policy, states),
    )
    return Machine(
        name="failed_exam",
        letter="F",
        start=NONE,
        ends=frozenset({locked(policy), PASSED, VOID, CLOSED_LEFT}),
        rows=rows,
        opens=(ExamFailed, ExamPassed),
        key=lambda event: f"{event.exam} {event.plan_year}" if isinstance(event, ExamFailed | ExamPassed) else None,
        fresh=lambda event: FailedExam(
            exam=event.exam, exam_name=event.exam_name, carrier=event.carrier, plan_year=event.plan_year
        ),
        people=people,
        refusal=refusal,
    )
