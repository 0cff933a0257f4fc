"""Who owes what after a fail: form, coaching, CAP, proctor, result, confirmation, the answers in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from workflows import handoffs
from workflows.effects import Answer, Effect, Hand, Mail, Owe, Settle, Tell
from workflows.failed_exam.data import FailedExam, proctor_of
from workflows.failed_exam.events import (
    CapProceeds,
    Coached,
    CoachInstead,
    EarlierConfirmed,
    FailConfirmed,
    FailRejected,
    FormDone,
    NoSession,
    NotCoached,
    ResultEntered,
    SessionEnded,
    WrongNumber,
)
from workflows.failed_exam.facts import (
    NTH,
    disputed_tag,
    facts,
    history,
    newest_tag,
    prior_steps,
    rule_now,
    slot_facts,
    tag_of,
)
from workflows.failed_exam.guards import open_form
from workflows.failed_exam.states import REVIEW, coaching, confirms
from workflows.machine import Moment
from workflows.people import Role
from workflows.policy import Confirm


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
        tag=tag_of(number),
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
        facts=facts(m, statement=coach.statement, asks=coach.asks),
        answers=(Answer(label=coach.label, event=Coached(advised=bool(coach.statement)), done="recorded"),),
        sla=coach.sla,
        tag=newest_tag(m),
    )


def end_session(m: Moment[FailedExam]) -> Effect | None:
    """C-WFM-END, only while a session of that agent is running or still to come today, and once for one fail."""
    disputed = m.case.state == REVIEW
    wanted = any(rule.end_session for rule in m.policy.attempt) if disputed else rule_now(m).end_session
    if not wanted or not _session_left(m, m.at):
        return None
    if m.was.data.dispute and _session_left(m, m.was.data.dispute.at):
        return None  # asked when the report came in
    number = 0 if disputed else m.data.number
    return Owe(
        to=(Role.wfm,),
        duty=f"end_session:{disputed_tag(m) if disputed else number}",
        title="end today's session",
        template="failed_exam/wfm_end",
        facts={},
        answers=(
            Answer(label="Ended", event=SessionEnded(attempt=number), done="ended"),
            Answer(label="No session", event=NoSession(attempt=number), done="closed"),
        ),
        channel="wfm",
        id="C-WFM-END",
        tag=disputed_tag(m) if disputed else newest_tag(m),
    )


def _session_left(m: Moment[FailedExam], at: datetime) -> bool:
    return m.about is not None and m.klass is not None and m.calendar.cert_session_left(m.klass, m.about.ot, at)


def ask_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Ask for a proctor: the mail, the post without discipline wording, the duty to schedule."""
    proctor = rule_now(m).proctor
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
        tag=newest_tag(m),
    )
    return (mail, owe_proctor(m))


def owe_proctor(m: Moment[FailedExam]) -> Owe:
    """The duty to schedule the next attempt."""
    proctor = rule_now(m).proctor
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
        tag=newest_tag(m),
    )


def call_cap(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Hand the CAP over to discipline, or hold it until the owner says whether he coached."""
    n = m.data.count
    cap = m.data.step(n).cap
    if cap == "held":
        return _ask_about_coaching(m)
    return (cap_due(m, n),) if cap == "due" else ()


def cap_due(m: Moment[FailedExam], n: int) -> Effect:
    cap = m.policy.rule(n).cap
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
            notes=tuple(_notes(m, n)),
        ),
    )


def _notes(m: Moment[FailedExam], n: int) -> Iterator[str]:
    """What speaks for the agent, and what the pack's own words cannot know."""
    attempt = m.data.live[n - 1]
    if "uncoached" in attempt.flags:
        yield f"attempt {n} was taken before coaching was recorded"
    if attempt.crashed:
        yield f"the agent says that attempt {n} was a technical failure"
    if m.data.used >= m.policy.last > m.data.count:
        yield "the carrier counts technical failures as attempts: none is left in this plan year"


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
        tag=newest_tag(m),
    )
    return (owe, Tell(to=Role.hr_rep, template="failed_exam/cap_held", facts=said, tag=newest_tag(m)))


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
        tag=newest_tag(m),
    )


def ask_review(m: Moment[FailedExam]) -> Effect | None:
    """Hand a human review over, where the pack wants one before the next attempt."""
    review = rule_now(m).review
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


def ask_confirmation(m: Moment[FailedExam]) -> Effect | None:
    """The last fail waits for a person's word."""
    if not confirms(m.policy):
        return None
    confirm, n = m.policy.rule(m.policy.last).confirm, m.data.count
    assert confirm is not None
    return Owe(
        to=_confirmers(m, confirm),
        duty="confirm",
        title="confirm the last attempt's result",
        template="failed_exam/confirm",
        facts=facts(m),
        answers=(
            Answer(
                label=f"Confirm {NTH[n] if n < len(NTH) else 'last'} fail",
                event=FailConfirmed(),
                done="confirmed",
            ),
            Answer(label="Not correct", event=FailRejected(), done="rejected"),
        ),
        sla=confirm.sla,
        tag=newest_tag(m),
    )


def _confirmers(m: Moment[FailedExam], confirm: Confirm) -> tuple[str, ...]:
    """Who gets the card. Nobody confirms his own report, so there is always somebody else among them."""
    cards = tuple(card for card in confirm.cards if card != Role.proctor or proctor_of(m.case))
    if m.data.live[-1].by != m.actor or set(cards) - m.by:
        return cards
    return (*cards, *[role for role in confirm.by if role not in m.by and role != Role.proctor][:1])


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
        tag=disputed_tag(m),
    )


def owe_result(m: Moment[FailedExam]) -> Effect:
    """The slot is over: the proctor says how it ended."""
    return Owe(
        to=(Role.proctor,),
        duty=f"result:{m.data.number}",
        title="enter the result",
        template="failed_exam/result",
        facts=facts(m, **slot_facts(m)),
        answers=(
            Answer(label="Passed", event=ResultEntered(passed=True), done="entered"),
            Answer(label="Not passed", event=ResultEntered(passed=False), done="entered"),
        ),
        sla=rule_now(m).proctor.result_sla if rule_now(m).proctor else "immediate",  # type: ignore[union-attr]
        tag=newest_tag(m),
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
