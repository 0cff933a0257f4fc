"""What the templates of this workflow may say, and the tags corrections go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from workflows.effects import ACTOR, Tell
from workflows.failed_exam.changes import coached_on
from workflows.failed_exam.data import FailedExam
from workflows.failed_exam.events import Coached, ProctorScheduled
from workflows.failed_exam.guards import needs
from workflows.failed_exam.states import confirming
from workflows.machine import Moment
from workflows.people import Role
from workflows.policy import AttemptRule, Notice


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
        "final": data.used + 1 == m.policy.last,
        "technical": data.used - n,
        "remaining": m.policy.last - data.used,
        "over": data.used >= m.policy.last,
        "crashed": bool(newest and newest.crashed),
        "reported_at": newest.at if newest else m.at,
        "reported_by": newest.by if newest else m.actor,
        "door": newest.door if newest else "chat",
        "flag": newest.flags[0] if newest and newest.flags else "",
        "flags": newest.flags if newest else (),
        "policy": m.policy.title,
        "owner": m.policy.owner,
        **more,
    }


def tag_of(number: int) -> str:
    return f"attempt:{number}"


def newest_tag(m: Moment[FailedExam]) -> str:
    return tag_of(m.data.number) if m.data.number else ""


def disputed_tag(m: Moment[FailedExam]) -> str:
    return f"review:{m.data.disputes}"


def rule_now(m: Moment[FailedExam]) -> AttemptRule:
    rule: AttemptRule = m.policy.rule(m.data.count)
    return rule


def what_next(m: Moment[FailedExam]) -> dict[str, Any]:
    rule = rule_now(m)
    if m.data.used >= m.policy.last:  # nothing prepares an attempt the carrier does not give
        rule = replace(rule, coach=None, cap=None, proctor=None, review=None)
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
        "notified": mailed(rule.notice),
    }


def mailed(notice: Notice) -> tuple[str, ...]:
    return tuple(role for role in (*notice.to, *notice.cc) if role != Role.agent)


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


def lock_tag(data: FailedExam) -> str:
    """What was said because the attempts were used up; wrong as soon as any of them falls."""
    return f"lock:{data.number}"


def tell_actor(template: str, *, undo: bool = True) -> Any:
    """A short confirmation to whoever did it, with the way back."""
    return lambda m: Tell(to=ACTOR, template=f"failed_exam/{template}", facts=facts(m, **slot_facts(m)), undo=undo)


def tell(role: str, template: str, tag: bool = True) -> Any:
    """A direct message to a role."""
    return lambda m: Tell(
        to=role,
        template=f"failed_exam/{template}",
        facts=facts(m, **slot_facts(m)),
        tag=newest_tag(m) if tag else "",
    )


def slot_facts(m: Moment[FailedExam]) -> dict[str, Any]:
    data, event = m.data, m.event
    step = data.step(data.count)
    slot = step.slot or m.was.data.step(m.was.data.count).slot or data.sitting
    rule = m.policy.rule(data.count) if data.count else None
    told = {"notified": mailed(rule.lock.notice)} if rule and rule.lock else {}
    return {
        **told,
        "proctor": rule.proctor.says if rule and rule.proctor else "licensing",
        "missing": bool(rule and needs(m.policy, data.count, step)),
        "starts": slot.starts if slot else None,
        "proctor_name": slot.proctor_name if slot else "",
        "link": slot.link if slot else "",
        "near": getattr(event, "near", ""),
        "why": getattr(event, "why", ""),
        "coached_at": coached_on(m) if isinstance(event, Coached) else step.coached_at,
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
