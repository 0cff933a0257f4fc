"""Rings in what begins by itself: class days, site days, and the clocks an agent has from his class's first day.

Knows when each begins and asks the inbox which have begun already. What began while nobody watched begins late;
a day that is over is not made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from bot.beginnings import beginnings
from bot.engine import Engine
from bot.letters import Letter
from bot.office import Office
from handlers.intents import Begin
from store import tables
from workflows.people import Roster

AT_ONCE = 900
"""Sources asked of the inbox in one statement."""


@dataclass(kw_only=True)
class Almanac:
    """The almanac of one process: looks only when something new can begin, or another roster or pack is in force.

    Who has left since begins nothing any more; who is back by a correction begins again at the next look.
    """

    engine: Engine
    _looked: tuple[Roster, dict[str, str]] | None = None
    _next: datetime | None = None

    def due(self, connection: Connection) -> list[Letter]:
        """Letters for what is to begin by now and has not yet, in order."""
        office, now = self.engine.refresh(connection), self.engine.clock.now()
        if self._stands(office) and (self._next is None or now < self._next):
            return []
        wanted = beginnings(office, now)
        ripe = {each.source: each for each in wanted if each.at <= now}
        sources = list(ripe)
        known: set[str] = set()
        for start in range(0, len(sources), AT_ONCE):
            known.update(connection.execute(_KNOWN, {"sources": sources[start : start + AT_ONCE]}).scalars())
        self._looked = office.roster, dict(office.override)
        ahead = min((each.at for each in wanted if each.at > now), default=None)
        self._next = ahead if ahead is not None else now + timedelta(days=1)
        return [
            Letter(
                source=source,
                kind="day",
                at=now,
                intents=(Begin(event=each.event, workflow=each.workflow, subject=each.subject),),
            )
            for source, each in ripe.items()
            if source not in known
        ]

    def forget(self) -> None:
        """Look again at the next occasion: what was handed over did not begin."""
        self._looked = None

    def next(self, connection: Connection) -> datetime | None:
        """When something begins next (UTC): at once when the office has changed."""
        office = self.engine.refresh(connection)
        return self._next if self._stands(office) else self.engine.clock.now()

    def _stands(self, office: Office) -> bool:
        """Whether the roster (one object while its version stands) and the packs are those last looked at."""
        return self._looked is not None and office.roster is self._looked[0] and office.override == self._looked[1]


_KNOWN = select(tables.inbox.c.source).where(tables.inbox.c.source.in_(bindparam("sources", expanding=True)))
