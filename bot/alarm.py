"""Due timers become letters. Claims them by a lease, sleeps until the next one or the bell."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import structlog
from sqlalchemy import Connection, TextClause, text

from bot.almanac import Almanac
from bot.clock import Clock
from bot.engine import LATE, LEASE
from bot.letters import Letter
from bot.writer import StoreDown, Writer
from store.codec import instant, micros
from store.fast import Read

log = structlog.get_logger()

AT_ONCE = 50
"""Letters handed over together: a morning's thousand beginnings must not keep anybody waiting for his answer."""

POLL = 15.0
"""Seconds between safety-net polls."""


@dataclass
class Alarm:
    """Rings at due times."""

    writer: Writer
    clock: Clock
    almanac: Almanac
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        """A timer was armed, or the clock was moved: look at once."""
        self._bell.set()

    async def run(self) -> None:
        """Fire what is due, then sleep until the next due time."""
        while True:
            self._bell.clear()
            try:
                while await self.fire():
                    pass
                soonest = await self.next()
            except StoreDown:
                soonest = None
                log.error("alarm_waits_for_store")
            wait = POLL if soonest is None else max(0.02, min(POLL, (soonest - self.clock.now()).total_seconds()))
            try:
                async with asyncio.timeout(wait):  # not wait_for: see the courier
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def next(self) -> datetime | None:
        """When something is due next (UTC): a timer, or what begins by itself."""
        return await self.writer.run(lambda connection: earliest(next_due(connection), self.almanac.next(connection)))

    async def fire(self) -> int:
        """Hand over everything that is due; how many letters that were."""
        now = self.clock.now()
        letters = await self.writer.run(lambda connection: [*self.almanac.due(connection), *claim(connection, now)])
        try:
            for start in range(0, len(letters), AT_ONCE):
                await self.writer.accept(letters[start : start + AT_ONCE])
        except StoreDown:
            self.almanac.forget()  # what was to begin has not: it is looked for again
            raise
        return len(letters)


def earliest(*times: datetime | None) -> datetime | None:
    """The first of these, if any."""
    return min((at for at in times if at is not None), default=None)


def next_due(connection: Connection) -> datetime | None:
    """When the next timer is due, or a claimed one comes back."""
    rows = _SOONEST.all(connection)
    return instant(rows[0][0]) if rows else None


def claim(connection: Connection, now: datetime) -> list[Letter]:
    """The timers due at `now` (UTC), claimed, as letters in order of due time."""
    values = {"now": micros(now), "lease": micros(now + LEASE)}
    claimed = connection.execute(_claiming(connection.dialect.name), values)
    letters = [
        Letter(
            source=f"timer:{case_id}:{name}:{seq}:{due}",
            kind="timer",
            at=now,
            case_id=case_id,
            timer=name,
            late=now - instant(due) > LATE,
        )
        for due, case_id, name, seq in sorted(tuple(row) for row in claimed)
    ]
    return letters


_SOONEST = Read("SELECT claim FROM timers WHERE open ORDER BY claim LIMIT 1")
_CLAIM = (
    "UPDATE timers SET claim = :lease WHERE open AND (case_id, name) IN"
    " (SELECT case_id, name FROM timers WHERE open AND claim <= :now ORDER BY claim LIMIT 500{lock})"
    " RETURNING due, case_id, name, seq"
)


@cache
def _claiming(dialect: str) -> TextClause:
    return text(_CLAIM.format(lock="" if dialect == "sqlite" else " FOR UPDATE SKIP LOCKED"))
