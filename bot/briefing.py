"""What a due timer must know beyond its case: who is on leave, who sits with a proctor, when the wires were down.

The event is filled in before it enters its case, so that the journal holds all the step was decided on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.machine import Case, Event

if TYPE_CHECKING:
    from bot.deciding import Decider

Briefing = Callable[["Decider", Case[Any], Any, datetime], Event]
"""(desk, case, the timer's event, when it was due in UTC) -> the event filled in."""

BRIEFINGS: dict[str, Briefing] = {}
"""By the class name of the event."""


def briefed(desk: Decider, case: Case[Any], event: Event, due: datetime) -> Event:
    """The event with what it must know; most know enough."""
    brief = BRIEFINGS.get(type(event).__name__)
    return brief(desk, case, event, due) if brief else event
