"""The clock of a duty: one rule for every workflow. SLAs are data; this room only interprets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workflows.calendar import Calendar
from workflows.policy import Offset, Sla


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One reminder: its timer's name, when (UTC), and to whom: owner, delegate or manager."""

    name: str
    due: datetime
    to: str


def due_time(sla: Sla, start: datetime, calendar: Calendar) -> datetime:
    """When a duty that began at `start` is due."""
    return calendar.due(start, sla.due.offset, sla.due.unit)


def stages(duty: str, sla: Sla, start: datetime, due: datetime, calendar: Calendar) -> Iterator[Stage]:
    """The reminders still to come, in the order of the pack; those before `start` are left out."""
    for n, step in enumerate(sla.steps):
        anchor = start if step.anchor == "start" else due
        at = calendar.due(anchor, step.offset, step.unit)
        if at > start:
            verb = "remind" if step.to in ("owner", "delegate") else "escalate"
            yield Stage(name=f"{duty}/{n}-{verb}", due=at, to=step.to)


def repeat(duty: str, every: Offset, fired: datetime, now: datetime, calendar: Calendar, to: str = "manager") -> Stage:
    """Silence after the last reminder: the same manager hears it again, at the same local time, never in the past."""
    due = calendar.due(fired, every.offset, every.unit)
    while due <= now:
        due = calendar.due(due, every.offset, every.unit)
    return Stage(name=f"{duty}/repeat", due=due, to=to)
