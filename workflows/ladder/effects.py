"""What the ladder wishes for: clocks, a word to the TL, and steps handed to those who see to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.effects import Arm, Disarm, Effect, Hand, Tell
from workflows.ladder.clock import deadline, expected, in_order, next_kind, open_items, rules
from workflows.ladder.data import IN_WINDOW, ExpectationDue, LadderData, LadderDue, Step
from workflows.machine import Moment
from workflows.people import Role
from workflows.policy_calls import Rung
from workflows.schedule import Schedule

TO = {"coaching": "coaching", "written": "discipline", "final": "discipline", "review": "review"}
"""Who sees to a step of that kind."""


def facts(m: Moment[LadderData], **more: Any) -> dict[str, Any]:
    """What the messages of this room may say."""
    return {
        "subject": rules(m).subject,
        "open": open_items(m),
        "day": rules(m).expect_day,
        "last_day": rules(m).miss_day,
        "deadline": deadline(m),
        **more,
    }


# -- clocks ------------------------------------------------------------------------------------------------


def arm(m: Moment[LadderData]) -> tuple[Effect, ...]:
    """The clocks that run in this state; one that is over already ends now."""
    return tuple(_clocks(m, late=True))


def arm_what_is_to_come(m: Moment[LadderData]) -> tuple[Effect, ...]:
    """At the beginning: what is over already is not made up."""
    return tuple(_clocks(m, late=False))


def _clocks(m: Moment[LadderData], *, late: bool) -> Iterator[Effect]:
    soon, end = expected(m), deadline(m)
    if m.case.state == IN_WINDOW and soon is not None and (late or soon > m.at):
        yield Arm(name="expect", due=max(soon, m.at), event=ExpectationDue())
    if next_kind(m) and end is not None and (late or end > m.at):
        yield Arm(name="deadline", due=max(end, m.at), event=LadderDue())


def stop(m: Moment[LadderData]) -> Effect:
    """No clock runs."""
    return Disarm(name="*")


# -- words -------------------------------------------------------------------------------------------------


def tell_amber(m: Moment[LadderData]) -> tuple[Effect, ...]:
    """The expected days are over: a word to the TL, and no more."""
    said = facts(m)
    return tuple(
        Tell(to=role, template="ladder/amber", many="ladder/amber_many", facts=said) for role in rules(m).expect_tell
    )


def tell_done(m: Moment[LadderData]) -> Effect | None:
    """Complete while people look at it: they are told; the review stays theirs to close."""
    step = m.was.data.pending
    if step is None or step.kind != "review":
        return None
    return Tell(to=Role.hr_rep, template="ladder/done_in_review", facts=facts(m, at=m.at))


def tell_blocked(m: Moment[LadderData]) -> Effect | None:
    """Blocked time granted while people look at it speaks for the agent: they are told."""
    step, event = m.was.data.pending, m.event
    if step is None or step.kind != "review" or event.since >= step.missed_at:
        return None
    name = rules(m).reasons.get(event.reason, event.reason)
    said = facts(m, since=event.since, reason=name)
    return Tell(to=Role.hr_rep, template="ladder/blocked_in_review", facts=said)


# -- steps -------------------------------------------------------------------------------------------------


def call_step(m: Moment[LadderData]) -> Effect:
    """The step just called for, to whoever sees to it."""
    step = m.data.steps[-1]
    rung = _rung(m, step)
    if step.kind == "coaching":
        return Hand(workflow="coaching", event=_coaching(m, step, rung))
    if step.kind == "review":
        return Hand(workflow="review", event=_review(m, step, rung))
    return Hand(workflow="discipline", event=_cap(m, step, rung))


def _rung(m: Moment[LadderData], step: Step) -> Rung:
    return next(rung for rung in rules(m).rung if rung.kind == step.kind)


def _coaching(m: Moment[LadderData], step: Step, rung: Rung) -> handoffs.CoachingDue:
    return handoffs.CoachingDue(
        cause=m.case.id,
        cause_workflow="ladder",
        step=step.number,
        subject=rules(m).subject,
        owner=rung.owner,
        expectation=rung.expectation,
        facts=in_order(m.data),
        sla=rung.sla,
        sla_pack=m.case.pack if rung.sla else "",
        policy=f"{rules(m).title} ({m.policy.id})",
        prior=_prior(m),
        allowed=rung.allowed,
    )


def _prior(m: Moment[LadderData]) -> tuple[str, ...]:
    """The steps before this one, by id."""
    return tuple(f"{_rung(m, each).label} {each.ref}" for each in m.data.delivered)


def _cap(m: Moment[LadderData], step: Step, rung: Rung) -> handoffs.CapDue:
    return handoffs.CapDue(
        cause=m.case.id,
        cause_workflow="ladder",
        step=step.number,
        kind=step.kind,
        owner=rung.owner,
        gate=rung.gate,
        clause=rung.clause,
        expectation=rung.expectation,
        allowed=rung.allowed,
        policy=f"{rules(m).title} ({m.policy.id})",
        subject=rules(m).subject,
        facts=in_order(m.data),
        prior=_prior(m),
        sla=rung.sla,
        sla_pack=m.case.pack,
        notes=tuple(_blocked(m)),
    )


def _review(m: Moment[LadderData], step: Step, rung: Rung) -> handoffs.ReviewDue:
    return handoffs.ReviewDue(
        cause=m.case.id,
        cause_workflow="ladder",
        step=step.number,
        subject=rules(m).subject,
        timeline=in_order(m.data),
        contrary=(*_blocked(m), *_late(m)),
        owner=rung.owner,
        sla=rung.sla,
        sla_pack=m.case.pack if rung.sla else "",
    )


def _blocked(m: Moment[LadderData]) -> Iterator[str]:
    """Time that did not count, and what it came to."""
    for hole in m.data.holes:
        until = hole.until or m.at
        took = Schedule(calendar=m.calendar, shift=m.data.shift).between(hole.since, until)
        name = rules(m).reasons.get(hole.reason, hole.reason)
        yield (
            f"blocked from {_when(m, hole.since)} to {_when(m, until)} ({name}): "
            f"{_hours(took)} of cert time, which was added to the time allowed"
        )


def _late(m: Moment[LadderData]) -> Iterator[str]:
    """Steps that came later than the pack wants them."""
    for step in m.data.delivered:
        rung = _rung(m, step)
        sla = m.policy.sla.get(rung.sla)
        assert step.delivered_at is not None
        if sla is None:
            continue
        due = m.calendar.due(step.called_at, sla.due.offset, sla.due.unit)
        if step.delivered_at > due:
            yield (
                f"{rung.label} {step.ref} was due {_when(m, due)} and delivered {_when(m, step.delivered_at)}, "
                "later than the policy wants it"
            )


def _when(m: Moment[LadderData], at: datetime) -> str:
    local = m.calendar.local(at)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def _hours(took: timedelta) -> str:
    minutes = took // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60:02} min"


def drop_step(m: Moment[LadderData]) -> Effect | None:
    """A step that waits is offered back: people withdraw it or deliver it anyway."""
    return _fell(m, "all call certs and TBTs are complete")


def drop_blocked_step(m: Moment[LadderData]) -> Effect | None:
    """The deadline behind the step lies in blocked time."""
    return _fell(m, "the agent was blocked before the deadline passed")


def drop_twin(m: Moment[LadderData]) -> Effect | None:
    """An earlier step of the kind took place after all: the one called for anew is not needed."""
    step = m.was.data.pending
    if step is None or step.number == m.event.step:
        return None
    fell = handoffs.CauseFell(cause=m.case.id, step=step.number, reason="it took place already", withdraw=True)
    return Hand(workflow=TO[step.kind], event=fell)


def _fell(m: Moment[LadderData], reason: str) -> Effect | None:
    step = m.was.data.pending
    if step is None or step.kind == "review":  # people look at it already
        return None
    return Hand(workflow=TO[step.kind], event=handoffs.CauseFell(cause=m.case.id, step=step.number, reason=reason))
