"""One agent's report of one day (SPEC 3.7): asked for, in time, late, missing or excused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Settle, Tell
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_floor import ProgressPolicy
from workflows.progress.data import (
    CLOSED_LEFT,
    DUE,
    EXCUSED,
    LATE,
    MISSING,
    NONE,
    REPORTED,
    VOID,
    Progress,
)
from workflows.progress.effects import (
    ask,
    call_for_talk,
    call_off,
    drop_suggestion,
    echo,
    hand_on,
    note_it,
    problems,
    suggest,
    tell_actor,
    tell_missing,
)
from workflows.progress.events import (
    CutoffPassed,
    ProgressAsked,
    ProgressReported,
    ReportRight,
    TalkPutOff,
    TalkWanted,
)
from workflows.progress.guards import (
    add,
    change,
    excuse,
    excused,
    in_time,
    miss,
    refused,
    usable,
)

AGENT = frozenset({Role.agent})
EVER = (DUE, REPORTED, LATE, MISSING, EXCUSED)


def machine(policy: ProgressPolicy) -> Machine[Progress]:
    """The table of one agent's day, for one pack."""
    report = "R-001-59, R-002-20: the agent reports before logging off"
    told = (note_it, hand_on, drop_suggestion, echo)
    owner = frozenset({Role(policy.coaching.ask), Role.esp_manager})
    rows = (
        Row(at=(NONE,), on=ProgressAsked, to=DUE, when=lambda m: not excused(m), do=(ask,), source=report),
        Row(at=(NONE,), on=ProgressAsked, to=EXCUSED, when=excused, set=excuse, source="SPEC 3.7: excused"),
        Row(at=(DUE,), on=ProgressAsked, source="asked already"),
        Row(
            at=(NONE, DUE, REPORTED, EXCUSED),
            on=ProgressReported,
            to=REPORTED,
            when=lambda m: usable(m) and (in_time(m) or m.was.state in (REPORTED, EXCUSED)),
            set=add,
            by=AGENT,
            do=told,
            source=report,
        ),
        Row(
            at=(MISSING, LATE),
            on=ProgressReported,
            to=REPORTED,
            when=lambda m: usable(m) and in_time(m),
            set=add,
            by=AGENT,
            do=told,
            source="SPEC 3.13: the time of a report is when it was received",
        ),
        Row(
            at=(NONE, DUE, MISSING, LATE),
            on=ProgressReported,
            to=LATE,
            when=lambda m: usable(m) and not in_time(m),
            set=add,
            by=AGENT,
            do=told,
            source="SPEC 3.7: after the cutoff, until midnight, it is late",
        ),
        Row(
            at=(NONE, DUE),
            on=CutoffPassed,
            to=MISSING,
            when=lambda m: not excused(m),
            set=miss,
            do=(tell_missing, suggest),
            source="SPEC 3.7: at the cutoff it is missing",
        ),
        Row(at=(NONE, DUE), on=CutoffPassed, to=EXCUSED, when=excused, set=excuse, source="SPEC 3.7: excused"),
        Row(
            at=(NONE, DUE, MISSING),
            on=handoffs.DayExcused,
            to=EXCUSED,
            set=lambda m: replace(excuse(m), talk="dropped" if m.was.data.talk else ""),
            do=(call_off,),
            source="SPEC 3.7: excused",
        ),
        Row(
            at=(REPORTED, LATE),
            on=ReportRight,
            by=AGENT,
            set=change(right=True),
            do=(tell_actor("right"),),
            source="SPEC 4.1: the echo is right",
        ),
        Row(
            at=(MISSING,),
            on=TalkWanted,
            by=owner,
            when=lambda m: m.was.data.talk == "suggested",
            set=change(talk="wanted"),
            do=(call_for_talk, tell_actor("talk_wanted")),
            source="SPEC 3.7: third missing within five business days; the TL decides",
        ),
        Row(
            at=(MISSING,),
            on=TalkPutOff,
            by=owner,
            when=lambda m: m.was.data.talk == "suggested",
            set=change(talk="put off"),
            do=(lambda m: Settle(duty="suggest"), tell_actor("talk_put_off")),
            source="SPEC 3.7: third missing within five business days; the TL decides",
        ),
        Row(
            at=EVER,
            on=handoffs.CoachingDelivered,
            set=change(talk="held"),
            source="R-001-43: the coaching is on record",
        ),
        Row(at=EVER, on=handoffs.CoachingWithdrawn, set=change(talk="dropped"), source="a person took it back"),
        Row(at=(DUE,), on=handoffs.AgentLeft, to=CLOSED_LEFT, source="SPEC 3.13: agent leaves"),
    )
    return Machine(
        name="progress",
        letter="G",
        start=NONE,
        ends=frozenset({REPORTED, LATE, MISSING, EXCUSED, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(ProgressReported, ProgressAsked, CutoffPassed, handoffs.DayExcused),
        key=key,
        fresh=lambda event: Progress(day=event.day),
        refusal=refusal,
        remembers=True,
        absent="progress/none_yet",
    )


def key(event: Any) -> str | None:
    """The day it is about."""
    day = getattr(event, "day", None)
    return day.isoformat() if day else None


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals that need their own words."""
    if isinstance(m.event, ProgressReported) and declined.reason == "not_so":
        said = {"problems": problems(m), "unclear": list(m.event.said.unclear), "refused": refused(m)}
        return Tell(to=ACTOR, template="progress/nothing", facts=said)
    if isinstance(m.event, ReportRight):
        return Tell(to=ACTOR, template="progress/none_yet")
    return None
