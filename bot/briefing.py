"""What an event must know beyond its case: who is on leave, who sits with a proctor, when the wires were down.

The event is filled in before it enters its case, so that the journal holds all the step was decided on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import briefed_floor, call_desk, classroom, pace_desk, paper_desk, sightings, site_gatherings
from workflows.machine import Case, Event

if TYPE_CHECKING:
    from bot.deciding import Decider

Briefing = Callable[["Decider", Case[Any], Any, datetime], Event]
"""(desk, case, the event, when it was due or said in UTC) -> the event filled in."""

BRIEFINGS: dict[str, Briefing] = {
    "NNumberLate": call_desk.brief_number,
    **briefed_floor.BRIEFINGS,
    **site_gatherings.BRIEFINGS,
    **pace_desk.BRIEFINGS,
    **classroom.BRIEFINGS,
    **paper_desk.BRIEFINGS,
    **sightings.BRIEFINGS,
}
"""By the class name of the event."""


def briefed(desk: Decider, case: Case[Any], event: Event, due: datetime) -> Event:
    """The event with what it must know; most know enough."""
    brief = BRIEFINGS.get(type(event).__name__)
    return brief(desk, case, event, due) if brief else event
