"""`python -m bench.quiet`: what a minute costs in which nothing happens, with few and with many open cases.

A quiet minute is what every loop does then: the alarm claims nothing and looks for the next due time, the almanac
asks what begins, the courier claims nothing, the roster loop looks for moved duties of a new version.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bench.ground import crowd_roster
from bot import alarm, logs, premises
from bot.almanac import Almanac
from bot.clock import HandClock
from bot.courier import Courier
from bot.dispatch import Address
from bot.ports import ChatMessage, RawMail
from store import tables
from store.codec import micros

NOW = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
FEW, MANY = 10_000, 1_000_000
PEOPLE = 500
MINUTES = 60
AT_ONCE = 20_000


class Nowhere:
    """A wire that leads nowhere."""

    async def send(self, message: ChatMessage | RawMail) -> None:
        """Delivered."""


def fill(connection: Connection, cases: int) -> None:
    """So many open cases, each with a timer that is not due and an open duty."""
    later = micros(NOW + timedelta(days=30))
    for start in range(0, cases, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, cases))
        connection.execute(insert(tables.cases), [_case(n) for n in numbers])
        connection.execute(insert(tables.timers), [_timer(n, later) for n in numbers])
        connection.execute(insert(tables.duties), [_duty(n, later) for n in numbers])


def _case(n: int) -> dict[str, Any]:
    return {
        "id": f"F-{n}", "workflow": "failed_exam", "key": f"exam {n}", "agent": f"agent{n % PEOPLE}", "pack": "p",
        "calendar": "c", "state": "F1_COACHING", "live": True, "data_json": "{}", "seq": 1, "opened": micros(NOW),
        "changed": micros(NOW),
    }  # fmt: skip


def _timer(n: int, due: int) -> dict[str, Any]:
    return {
        "case_id": f"F-{n}", "name": "form:1/0-remind", "agent": f"agent{n % PEOPLE}", "due": due, "claim": due,
        "seq": 1, "open": True, "event": "", "event_json": "{}",
    }  # fmt: skip


def _duty(n: int, due: int) -> dict[str, Any]:
    return {
        "id": f"F-{n}:1:0", "case_id": f"F-{n}", "workflow": "failed_exam", "agent": f"agent{n % PEOPLE}",
        "name": "form:1", "title": "file the form", "template": "failed_exam/form", "facts_json": "{}",
        "roles_json": '["tl"]', "owners_json": '["tara"]', "answers_json": "[]", "sla_json": "{}", "channel": "",
        "status": "open", "open": True, "since": micros(NOW), "due": due, "card": "", "settled_by": "",
        "settled_at": None, "done": "", "version": 1,
    }  # fmt: skip


async def minutes(cases: int) -> list[float]:
    """Seconds each quiet minute took, with so many open cases."""
    with tempfile.TemporaryDirectory(prefix="certdesk-quiet-") as folder:
        clock = HandClock(NOW)
        house = premises.open_premises(
            url=f"sqlite:///{folder}/quiet.db", key_file=Path(folder) / "key", clock=clock, create=True
        )
        try:
            with house.database.connect() as connection:
                premises.keep_roster(connection, crowd_roster(PEOPLE), NOW)
                fill(connection, cases)
                connection.commit()
            return [took async for took in _watch(house, clock)]
        finally:
            house.close()


async def _watch(house: premises.Premises, clock: HandClock) -> AsyncIterator[float]:
    run = house.writer.run
    almanac = Almanac(engine=house.engine)
    await run(almanac.due)  # what begins once has begun
    nowhere = Nowhere()
    courier = Courier(
        writer=house.writer,
        renderer=house.renderer,
        seal=house.seal,
        clock=clock,
        office=house.engine.setting,
        ports={"chat": nowhere, "mail": nowhere},
        sender=Address(name="certdesk", email="certdesk@example.com"),
    )
    for _ in range(MINUTES):
        clock.move_to(clock.now() + timedelta(minutes=1))
        now = clock.now()
        began = time.perf_counter()
        await run(almanac.due)
        await run(partial(alarm.claim, now=now))
        await run(alarm.next_due)
        await run(almanac.next)
        await courier.claim()
        yield time.perf_counter() - began


def figures(few: list[float], many: list[float], cases: int) -> Iterator[str]:
    """The lines to print; `cases` were open in the second run."""
    middle_few, middle_many = statistics.median(few) * 1000, statistics.median(many) * 1000
    yield f"a quiet minute with {FEW:,} open cases: {middle_few:.2f} ms"
    yield f"a quiet minute with {cases:,} open cases: {middle_many:.2f} ms"
    yield f"ratio {middle_many / middle_few:.2f} (median of {MINUTES}; aim: at most 2)"


def main() -> None:
    """Measure both and print."""
    logs.configure(quiet=True)
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    few = asyncio.run(minutes(FEW))
    for line in figures(few, asyncio.run(minutes(many)), many):
        print(line)


if __name__ == "__main__":
    main()
