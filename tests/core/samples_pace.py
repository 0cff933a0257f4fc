"""What may be said to a coaching, a pace clock and a class's link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows import coaching, handoffs
from workflows.machine import Case, Event

NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)
COACHING_DUE = handoffs.CoachingDue(
    cause="A-7",
    cause_workflow="attendance",
    step=1,
    subject="Attendance Policy",
    owner="tl",
    expectation="be in the session from 08:00 to 16:30",
    facts=((NOON, "12 minutes late"),),
    sla="immediate",
    sla_pack="",
)


def fallen(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The cause of it no longer stands."""
    for withdraw in (False, True):
        yield handoffs.CauseFell(cause="A-7", step=1, reason="the entry was corrected", withdraw=withdraw)


def coached(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Now, an hour ago, in an hour."""
    yield from (coaching.AgentCoached(on=on) for on in (None, at - HOUR, at + HOUR))


def dropped(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """With a reason, and without."""
    yield from (coaching.CoachingDropped(why=why) for why in ("", "talked on the phone"))


def coaching_due(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """Called for, with and without a record."""
    yield COACHING_DUE
    yield replace(COACHING_DUE, record=False)


SAMPLES: dict[type[Event], Callable[[Case[Any], Any, datetime], Iterator[Event]]] = {
    handoffs.CoachingDue: coaching_due,
    coaching.AgentCoached: coached,
    coaching.CoachingDropped: dropped,
}
OPENERS: dict[type[Event], Event] = {handoffs.CoachingDue: COACHING_DUE}
