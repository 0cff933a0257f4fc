"""Who is told what: the mails of the ladder and the answers to whoever reported."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Ask, Effect, Hand, Mail, Owe, Settle, Tell, Track
from workflows.failed_exam.changes import attempt_meant
from workflows.failed_exam.data import FailedExam, proctor_of
from workflows.failed_exam.duties import call_cap, end_session
from workflows.failed_exam.events import ExamFailed, InhibitorRecorded
from workflows.failed_exam.facts import (
    disputed_tag,
    facts,
    history,
    lock_tag,
    newest_tag,
    prior_steps,
    rule_now,
    slot_facts,
    what_next,
)
from workflows.failed_exam.sittings import drop_slot
from workflows.machine import Moment
from workflows.people import Role
from workflows.policy import Lock


def notify(m: Moment[FailedExam]) -> Effect:
    """E-01 to whom the pack names, less those the agent's own mail has reached."""
    notice = rule_now(m).notice
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "failed_exam/notice",
        facts=facts(m, **what_next(m)),
        already=m.was.data.dispute.told if m.was.data.dispute else getattr(m.event, "told", ()),
        tag=newest_tag(m),
    )


def answer_agent(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Tell the agent what was recorded and what to do now; a reporter on his behalf hears it too."""
    event = m.event
    guessed = isinstance(event, ExamFailed) and not event.claimed
    said = facts(m, guessed=guessed, on_behalf=Role.agent not in m.by, **what_next(m))
    more = (("Right", "right"),) if guessed else (("Wrong number", "wrong number"),)
    own = Role.agent in m.by
    tell = Tell(
        to=Role.agent,
        template="failed_exam/recorded",
        facts=said,
        undo=own,
        more=more if own and isinstance(event, ExamFailed) else (),
        tag=newest_tag(m),
    )
    if own:
        return (tell,)
    return (tell, Tell(to=ACTOR, template="failed_exam/recorded_for", facts=said, undo=True))


def lock(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The attempts are used up: leadership is told; the inhibitor is offered, not set."""
    rules = m.policy.rule(m.policy.last).lock
    done = (Settle(duty="confirm"), *drop_slot(m))
    if m.data.count < m.policy.last:
        return (*done, *close(m), *call_late_cap(m))
    if rules is None:
        return (*done, *call_cap(m))
    tag = lock_tag(m.data)
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
    return (
        *done,
        mail,
        *_bar(m, rules),
        Tell(to=Role.agent, template="failed_exam/locked_agent", facts=said, tag=tag),
        *call_cap(m),
    )


def _bar(m: Moment[FailedExam], rules: Lock) -> tuple[Effect, ...]:
    """The exam is closed for the plan year: the tracker says so, the inhibitor is offered once."""
    inhibitor = Owe(
        to=(rules.inhibitor,),
        duty="inhibitor",
        title="record the inhibitor",
        template="failed_exam/inhibitor",
        facts=facts(m),
        answers=(Answer(label="Record inhibitor", event=InhibitorRecorded(), done="recorded"),),
        tag=lock_tag(m.data),
    )
    offered = bool(rules.inhibitor) and not m.data.inhibited
    return (Track(column="AHIP/Aetna Status", note=rules.tracker), *((inhibitor,) if offered else ()))


def call_late_cap(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """A CAP that is due though the exam is closed; one that was held is HR's, who heard of it when it was overtaken."""
    return call_cap(m) if m.data.step(m.data.count).cap == "due" else ()


def close(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Technical failures have used the exam up: it is closed, and nothing of the ladder's last step happens."""
    rules, tag = m.policy.rule(m.policy.last).lock, lock_tag(m.data)
    return (
        *(_bar(m, rules) if rules else ()),
        Tell(to=Role.agent, template="failed_exam/closed_agent", facts=facts(m), tag=tag),
        Tell(to=m.policy.owner, template="failed_exam/closed_owner", facts=facts(m), tag=tag),
    )


def clear_agent(m: Moment[FailedExam]) -> Effect:
    """Everything is done: the next attempt may be taken."""
    proctored = rule_now(m).proctor is not None
    template = "failed_exam/ready" if proctored else "failed_exam/cleared"
    return Tell(to=Role.agent, template=template, facts=facts(m, **slot_facts(m)), tag=newest_tag(m))


def protect(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Protective effects only: the agent stops, today's session ends."""
    own = Role.agent in m.by
    said = facts(m, claimed=m.data.claimed)
    stop = Tell(to=Role.agent, template="failed_exam/disputed", facts=said, undo=own, tag=disputed_tag(m))
    heard = () if own else (Tell(to=ACTOR, template="failed_exam/disputed_for", facts=said, undo=True),)
    session = end_session(m)
    return (stop, *heard, session) if session else (stop, *heard)


def already(m: Moment[FailedExam]) -> Effect:
    """The report is on record; nothing is sent twice."""
    n = attempt_meant(m)
    known = m.data.attempts[m.data.taken[n - 1] - 1]
    return Tell(to=ACTOR, template="failed_exam/already", facts=facts(m, known_at=known.at, known_n=n))


def ask_same(m: Moment[FailedExam]) -> Effect:
    """An old ordinal again: the same fail, or a new one?"""
    event = m.event
    known = m.data.attempts[m.data.taken[event.claimed - 1] - 1]
    return Ask(
        template="failed_exam/ask_same",
        facts=facts(m, claimed=event.claimed, known_at=known.at),
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


def tell_unproctored(m: Moment[FailedExam]) -> Effect | None:
    """Licensing hears of an attempt taken without its proctor, unless it is asked to confirm it anyway."""
    confirm = m.policy.rule(m.policy.last).confirm if m.data.used >= m.policy.last else None
    asked = confirm is not None and confirm.required and Role.licensing in confirm.cards
    if "unproctored" not in m.data.live[-1].flags or asked:
        return None
    return Tell(to=Role.licensing, template="failed_exam/unproctored", facts=facts(m), tag=newest_tag(m))


def nudge(role: str) -> Any:
    return lambda m: Tell(to=role, template="failed_exam/nudge", facts=facts(m))


def tell_reporter(m: Moment[FailedExam]) -> Effect | None:
    """Whoever reported the fail for the agent hears that it does not count."""
    reporter = m.was.data.live[-1].by
    if reporter in (m.was.agent, m.actor):
        return None
    return Tell(to=f"@{reporter}", template="failed_exam/rejected", facts=facts(m, why=m.event.why))


def tell_passed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    own = Role.agent in m.by
    said = facts(m, shown=getattr(m.event, "shown", False))
    tell_agent = Tell(to=Role.agent, template="failed_exam/passed", facts=said, undo=own)
    if own:
        return (tell_agent,)
    return (tell_agent, Tell(to=ACTOR, template="failed_exam/passed_for", facts=facts(m), undo=True))


def hand_passed(m: Moment[FailedExam]) -> Effect:
    """Whoever counts that exam hears that it is said to be passed, or is not any more."""
    said = m.data.passed_at is not None
    event = handoffs.ExamSaidPassed(exam=m.data.exam, name=m.data.exam_name, passed=said)
    return Hand(workflow="carrier_cert", event=event)


def pass_disputed(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    told = (Role.proctor, Role.licensing) if proctor_of(m.case) else (Role.licensing,)
    cards = tuple(Tell(to=role, template="failed_exam/pass_disputed", facts=facts(m)) for role in told)
    return (*cards, Tell(to=ACTOR, template="failed_exam/pass_noted", facts=facts(m)))


def tell_left(m: Moment[FailedExam]) -> Effect | None:
    return Tell(to=m.policy.owner, template="failed_exam/left", facts=facts(m)) if m.data.count else None
