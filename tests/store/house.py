"""Whole replicas without wires: what is said goes straight to the writer, what is decided is read from the rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select

from bot import alarm, logs
from bot.clock import HandClock
from bot.letters import Letter, Receipt
from bot.premises import Premises, keep_roster, open_premises
from bot.replay import replay
from bot.roster import read_roster
from store import tables
from store.codec import parse
from workflows.people import Roster

ROSTER = Path(__file__).parents[1] / "roster.toml"
START = datetime.fromisoformat("2026-11-17T10:00:00-07:00")

logs.configure(quiet=True)


@cache
def roster() -> Roster:
    """The cast."""
    return read_roster(ROSTER)


@dataclass
class House:
    """One replica: `say` hears a line, `rows` reads a table."""

    premises: Premises
    clock: HandClock
    _numbers: Any = field(default_factory=lambda: count(1))

    def letter(self, who: str, text: str, *, source: str = "", room: str = "", **more: Any) -> Letter:
        """A line of chat said now."""
        source = source or f"rc:{id(self)}-{next(self._numbers)}"
        return Letter(
            source=source, kind="chat", at=self.clock.now(), actor=who, room=room or f"@{who}", text=text, **more
        )

    async def accept(self, *letters: Letter) -> list[Receipt]:
        """Hand letters over in one batch."""
        return await self.premises.writer.accept(letters)

    async def say(self, who: str, text: str, **more: Any) -> Receipt:
        """One line, by itself."""
        (receipt,) = await self.accept(self.letter(who, text, **more))
        return receipt

    def press(self, who: str, label: str, *, shown_to: str = "", source: str = "") -> Letter:
        """A press of the newest button whose label begins so, shown to that person (or in a channel)."""
        rooms = (f"@{shown_to or who}",)
        for row in reversed(self.rows(tables.outbox, order=tables.outbox.c.order)):
            if row.channel != "chat" or not (row.lane in rooms or row.lane.startswith("#")):
                continue
            for name, words in parse(self.premises.seal.open(row.body_json)).get("buttons", ()):
                if name.startswith(label):
                    return self.letter(who, words, source=source)
        raise AssertionError(f"no button {label!r} was shown to {rooms[0]}")

    def later(self, **by: float) -> None:
        """Time passes; nothing is fired."""
        self.clock.move_to(self.clock.now() + timedelta(**by))

    async def fire(self) -> int:
        """Hand over the timers due now."""
        letters = await self.premises.writer.run(lambda connection: alarm.claim(connection, self.clock.now()))
        if letters:
            await self.premises.writer.accept(letters)
        return len(letters)

    # -- reading

    def rows(self, table: Table, order: Any = None) -> Sequence[Any]:
        """All rows of a table."""
        with self.premises.database.reading() as connection:
            return connection.execute(select(table).order_by(*([] if order is None else [order]))).all()

    def count(self, table: Table) -> int:
        """How many rows a table has."""
        with self.premises.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar() or 0

    def states(self) -> dict[str, str]:
        """Every case's state."""
        return {row.id: row.state for row in self.rows(tables.cases)}

    def mails(self, spec: str) -> int:
        """How many mails of that name were decided and not withdrawn."""
        return len([row for row in self.rows(tables.outbox) if row.spec == spec and row.state != "withdrawn"])

    def replayed(self) -> dict[str, str]:
        """What does not fold, by case; all empty when all is well."""
        with self.premises.database.reading() as connection:
            return {case.ref: case.wrong for case in replay(connection, self.premises.seal)}


@dataclass
class Houses:
    """Replicas that share a database, a key file and the time of day."""

    url: str
    key: Path
    opened: list[House] = field(default_factory=list)

    async def open(self, **more: Any) -> House:
        """One more replica."""
        clock = self.opened[0].clock if self.opened else HandClock(START)
        premises = open_premises(url=self.url, key_file=self.key, clock=clock, **more)
        house = House(premises, clock)
        self.opened.append(house)
        await premises.writer.run(lambda connection: keep_roster(connection, roster(), clock.now()))
        return house

    def close(self) -> None:
        """Close them all."""
        for house in self.opened:
            if house.premises.writer._thread is not None:
                asyncio.run(house.premises.writer.stop())
            house.premises.close()
