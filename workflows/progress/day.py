"""A class's reporting day: asks at its hour, closes when the shift is over, says who is missing (SPEC 3.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workflows.effects import Arm, Effect, Hand, Post, Tell
from workflows.machine import Machine, Moment, Row
from workflows.policy_floor import ProgressPolicy
from workflows.progress.data import ASKED, CLOSED, NONE, OPEN, VOID, Day
from workflows.progress.events import CutoffCame, CutoffPassed, ProgressAsked, ProgressDayBegun, PromptCame


def prompt_of(m: Moment[Day]) -> datetime:
    """When the day's reports are asked for (UTC)."""
    end = m.data.shift.end_of(m.calendar, m.data.day)
    return end - timedelta(minutes=m.policy.prompt_minutes_before_end)


def cutoff_of(m: Moment[Day]) -> datetime:
    """When they have to be there (UTC)."""
    end = m.data.shift.end_of(m.calendar, m.data.day)
    return end + timedelta(minutes=m.policy.cutoff_minutes_after_end)


def over(m: Moment[Day]) -> bool:
    """Whether the day's cutoff has passed."""
    return cutoff_of(m) <= m.at


def begun_too_late(m: Moment[Day]) -> bool:
    """Whether the day that begins is over already: it is nobody's to make up."""
    end = m.event.shift.end_of(m.calendar, m.event.day)
    return bool(end + timedelta(minutes=m.policy.cutoff_minutes_after_end) <= m.at)


def arm(m: Moment[Day]) -> tuple[Effect, ...]:
    """The clocks that are still to run."""
    clocks = (("prompt", prompt_of(m), PromptCame()), ("cutoff", cutoff_of(m), CutoffCame()))
    return tuple(Arm(name=name, due=due, event=event) for name, due, event in clocks if due > m.at)


def ask_all(m: Moment[Day]) -> tuple[Effect, ...]:
    """Every agent of the class, and the channel."""
    day, shift = m.data.day, m.data.shift
    asked: tuple[Effect, ...] = tuple(
        Hand(workflow="progress", agent=one.agent, event=ProgressAsked(day=day, shift=shift, excuse=one.excuse))
        for one in m.event.expected
    )
    wanted = m.policy.post and not over(m) and any(not one.excuse and not one.reported for one in m.event.expected)
    post = Post(channel=m.policy.post, template="progress/asked", facts={"cutoff": cutoff_of(m)}) if wanted else None
    return (*asked, post) if post else asked


def close_all(m: Moment[Day]) -> tuple[Effect, ...]:
    """Every agent's day is over; then whoever sees to them hears who is missing, if anybody is."""
    day, shift = m.data.day, m.data.shift
    closed = (
        Hand(
            workflow="progress",
            agent=one.agent,
            event=CutoffPassed(day=day, shift=shift, excuse=one.excuse, missed=one.missed, suggested=one.suggested),
        )
        for one in m.event.expected
    )
    digests = (
        Tell(
            to=role,
            template="progress/digest",
            many="progress/digest_many",
            facts={
                "day": cutoff_of(m),
                "key": m.case.key,
                "role": role,
                "late": m.at > cutoff_of(m) + timedelta(minutes=1),
            },
            gather="progress_missing",
        )
        for role in m.policy.digest_to
    )
    return (*closed, *digests)


def day_machine(policy: ProgressPolicy) -> Machine[Day]:
    """The table of a class's day, for one pack."""
    asks = "R-001-59: self-report is mandatory before logging off each evening"
    rows = (
        Row(at=(NONE,), on=ProgressDayBegun, to=OPEN, when=lambda m: not begun_too_late(m), do=(arm,), source=asks),
        Row(
            at=(NONE,),
            on=ProgressDayBegun,
            to=CLOSED,
            when=begun_too_late,
            source="SPEC 0.3: what nobody watched is not judged",
        ),
        Row(at=(OPEN, ASKED), on=ProgressDayBegun, source="known already"),
        Row(at=(OPEN,), on=PromptCame, to=ASKED, do=(ask_all,), source=asks),
        Row(
            at=(OPEN, ASKED),
            on=CutoffCame,
            to=CLOSED,
            do=(close_all,),
            source="R-002-18: the Cert Coordinator ensures that agents report daily",
        ),
    )
    return Machine(
        name="progress_day",
        letter="U",
        start=NONE,
        ends=frozenset({CLOSED, VOID}),
        rows=rows,
        opens=(ProgressDayBegun,),
        key=lambda event: event.day.isoformat() if isinstance(event, ProgressDayBegun) else None,
        fresh=_fresh,
        remembers=True,
    )


def _fresh(event: Any) -> Day:
    return Day(day=event.day, shift=event.shift)
