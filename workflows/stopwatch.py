"""A clock of scheduled time that can be halted: what counts of an agent's shifts since something began (SPEC 3.5, 3.6).

Instants are aware UTC. A halt of another reason does not end one that is running.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflows.calendar import Calendar
from workflows.handoffs import Blocked, Unblocked
from workflows.schedule import Schedule, Shift, Span

BLOCKED = "blocked:"
"""What a halt for something beyond the agent's control begins with; its reason follows."""

ABSENCE = f"{BLOCKED}absence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """It stands still since then, because of `why`."""

    why: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """It stood still, or will, from then until before then."""

    why: str
    since: datetime
    until: datetime

    @property
    def span(self) -> Span:
        """The time that does not count."""
        return self.since, self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """Runs in the shifts from `since` on (None: not yet), less `holes`, and not while anything halts it."""

    shift: Shift
    since: datetime | None = None
    holes: tuple[Hole, ...] = ()
    halts: tuple[Halt, ...] = ()

    def halted(self, why: str) -> bool:
        """Whether it stands still because of that."""
        return any(halt.why == why for halt in self.halts)

    def halt(self, why: str, since: datetime) -> Stopwatch:
        """It stands still from then on; the earlier of two halts for one reason counts."""
        known = [halt.since for halt in self.halts if halt.why == why]
        others = tuple(halt for halt in self.halts if halt.why != why)
        return replace(self, halts=(*others, Halt(why=why, since=min([since, *known]))))

    def go(self, why: str, until: datetime) -> Stopwatch:
        """That reason no longer stops it, from then on."""
        ended = (Hole(why=why, since=halt.since, until=until) for halt in self.halts if halt.why == why)
        cut = (replace(hole, until=min(hole.until, until)) if hole.why == why else hole for hole in self.holes)
        return replace(
            self,
            holes=tuple(hole for hole in (*cut, *ended) if hole.since < hole.until),
            halts=tuple(halt for halt in self.halts if halt.why != why),
        )

    def block(self, event: Blocked) -> Stopwatch:
        """Blocked: until somebody says otherwise, or until the end it has by itself."""
        why = BLOCKED + event.reason
        if event.ends is None:
            return self.halt(why, event.since)
        if event.ends <= event.since:
            return self
        known = tuple(hole for hole in self.holes if hole.why == why and hole.until >= event.since)
        since = min([event.since, *(hole.since for hole in known)])
        others = tuple(hole for hole in self.holes if hole not in known)
        return replace(self, holes=(*others, Hole(why=why, since=since, until=event.ends)))

    def unblock(self, event: Unblocked) -> Stopwatch:
        """Not blocked any more: by that reason, or by any but an absence."""
        standing: tuple[Halt | Hole, ...] = (*self.halts, *self.holes)
        whys = {each.why for each in standing if each.why.startswith(BLOCKED)}
        watch = self
        for why in sorted({BLOCKED + event.reason} if event.reason else whys - {ABSENCE}):
            watch = watch.go(why, event.until)
        return watch

    def used(self, calendar: Calendar, at: datetime) -> timedelta:
        """The time that has counted until `at`."""
        if self.since is None:
            return timedelta()
        end = min([at, *(halt.since for halt in self.halts)])
        return self._schedule(calendar).between(self.since, end)

    def due(self, calendar: Calendar, amount: timedelta) -> datetime | None:
        """When so much will have counted; None when it never will as things stand."""
        if self.since is None:
            return None
        found = self._schedule(calendar).after(self.since, amount)
        stops = min((halt.since for halt in self.halts), default=None)
        return None if found is None or (stops is not None and found > stops) else found

    def _schedule(self, calendar: Calendar) -> Schedule:
        return Schedule(calendar=calendar, shift=self.shift, holes=tuple(hole.span for hole in self.holes))
