"""`python -m bench.month [agents]`: a month of a site in one run, by a clock moved by hand.

Agents forget, team leads are late, some are on leave; everything goes through the real router, engine, store,
courier and templates. At the end: the journal folds to the store, every open duty has an owner, and nothing that
was said reached somebody who should not see it.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from bench import people, town
from bot import alarm, logs, premises
from bot.almanac import Almanac
from bot.clock import HandClock
from bot.courier import Courier
from bot.dispatch import Address, Parcel
from bot.engine import Outcome
from bot.letters import Letter
from bot.ports import ChatMessage, File, RawMail
from bot.replay import replay
from store import tables
from store.codec import instant
from store.rows import Note
from workflows.people import Role, Roster

DENVER = ZoneInfo("America/Denver")
FIRST = date(2026, 10, 26)
"""A Monday: the clocks change on the first Sunday, and Thanksgiving falls into the fifth week."""

WEEKS = 4
AGENTS, CLASSES = 500, 5
SEED = 20261026
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""A file that no disk has to keep: a month is about decisions, not about one machine's disk."""
SECRET = re.compile(
    r"\b(?:CAP|corrective action|written warning|final warning|coach(?:ed|ing)?|terminat\w*|second failed|third failed"
    r"|failed attempt|attempt \d)\b",
    re.IGNORECASE,
)
"""Words of discipline: never in a channel, the tracker or a report."""


class Nowhere:
    """A wire that leads nowhere."""

    async def send(self, message: ChatMessage | RawMail) -> None:
        """Delivered."""


@dataclass
class Month:
    """One run. What people do is in `bench/people.py`; here is only the clock and what is counted."""

    roster: Roster
    weeks: int = WEEKS
    seed: int = SEED
    said: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    poisoned: list[str] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Callable[[], Letter | None]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    async def play(self, folder: Path) -> dict[str, float]:
        """Play it; the figures."""
        self.dice = random.Random(self.seed)
        start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=DENVER)
        self.clock = HandClock(start.astimezone(UTC))
        self.end = (start + timedelta(weeks=self.weeks)).astimezone(UTC)
        self.house = premises.open_premises(
            url=f"sqlite:///{folder}/month.db", key_file=folder / "key", clock=self.clock, per_minute=0, create=True
        )
        nowhere = Nowhere()
        self.courier = Courier(
            writer=self.house.writer,
            renderer=self.house.renderer,
            seal=self.house.seal,
            clock=self.clock,
            office=self.house.engine.setting,
            ports={"chat": nowhere, "mail": nowhere},
            sender=Address(name="certdesk", email="certdesk@example.com"),
            sent=self._sent,
        )
        self.house.writer.heard = self._heard
        self.almanac = Almanac(engine=self.house.engine)
        await self.house.writer.run(lambda connection: premises.keep_roster(connection, self.roster, self.clock.now()))
        self.crowd = people.Crowd(self.roster, self.dice, self.later)
        self.crowd.plan(start, self.weeks)
        began = time.perf_counter()
        await self._run()
        took = time.perf_counter() - began
        figures = await self._judge()
        if keep := os.environ.get("CERTDESK_MONTH_KEEP"):
            shutil.copy(folder / "month.db", keep)
        self.house.close()
        return {"seconds": took, **figures}

    # -- the clock

    def later(self, at: datetime, actor: str, text: str, room: str = "", files: tuple[File, ...] = ()) -> None:
        """Somebody will say that then."""

        def say() -> Letter:
            self.said[actor] += 1
            return Letter(
                source=f"rc:month/{next(self._count)}",
                kind="chat",
                at=self.clock.now(),
                actor=actor,
                room=room or f"@{actor}",
                text=text,
                files=files,
            )

        heapq.heappush(self._queue, (at.astimezone(UTC), next(self._count), say))

    async def _run(self) -> None:
        run = self.house.writer.run
        while True:
            timer = await run(self._next)
            spoken = self._queue[0][0] if self._queue else None
            due = alarm.earliest(timer, spoken)
            if due is None or due > self.end:
                return
            self.clock.move_to(max(due, self.clock.now()))
            now = self.clock.now()
            if timer is not None and timer <= now and (letters := await run(partial(self._due, now))):
                await self._accept(letters)
            words = []
            while self._queue and self._queue[0][0] <= now + people.TOGETHER:
                if (letter := heapq.heappop(self._queue)[2]()) is not None:
                    words.append(letter)
            if words:
                await self._accept(words)

    def _next(self, connection: Connection) -> datetime | None:
        return alarm.earliest(alarm.next_due(connection), self.almanac.next(connection))

    def _due(self, now: datetime, connection: Connection) -> list[Letter]:
        return [*self.almanac.due(connection), *alarm.claim(connection, now)]

    async def _accept(self, letters: list[Letter]) -> None:
        for receipt in await self.house.writer.accept(letters):
            if receipt.verdict == "poisoned":
                self.poisoned.append(receipt.source)
        await self.courier.idle()

    def _heard(self, outcome: Outcome) -> None:
        self.courier.drop(outcome.withdrawn)
        self.courier.take(outcome.notes)

    # -- what is said to whom

    def _sent(self, note: Note, parcel: Parcel) -> None:
        self.told[note.template] += 1
        if isinstance(parcel.message, ChatMessage):
            if note.lane.startswith("#") and SECRET.search(parcel.message.text):
                self.leaks.append(f"{note.lane} {note.template}: {parcel.message.text[:120]}")
            if note.lane.startswith("@"):
                self._private(note)
                self.crowd.read(self.clock.now(), note.lane[1:], note.template, parcel.message)
        elif note.template.startswith("report/") and SECRET.search(str((parcel.view or {}).get("text", ""))):
            self.leaks.append(f"mail {note.template}")

    def _private(self, note: Note) -> None:
        """A direct message about one agent goes to nobody who has no part in him."""
        user, agent = note.lane[1:], note.agent
        if agent not in self.roster.agents or user == agent:
            return
        if user in self.roster.agents:
            self.leaks.append(f"{note.lane} {note.template} about {agent}")
        elif (
            note.case_id[:1] in ("C", "R", "F")
            and not note.template.startswith("house/")
            and not self._part(user, agent)
        ):
            self.leaks.append(f"{note.lane} {note.template} about {agent}, {note.case_id}")

    def _part(self, user: str, agent: str) -> bool:
        """Whether that person, or one he stands in for, has to do with the agent just now."""
        return bool(self.house.engine.setting().roles(user, agent, self.clock.now()) - {Role.certifier})

    # -- the end

    async def _judge(self) -> dict[str, float]:
        with self.house.database.reading() as connection:
            wrong = [each for each in replay(connection, self.house.seal) if each.wrong]
            d = tables.duties.c
            orphans = connection.execute(
                select(func.count()).where(tables.still_open(tables.duties), d.owners_json.in_(("[]", '[""]')))
            ).scalar()
            count = {
                name: connection.execute(select(func.count()).select_from(getattr(tables, name))).scalar() or 0
                for name in ("inbox", "cases", "journal", "outbox", "duties", "timers")
            }
            notes = connection.execute(select(tables.tracker_notes.c.note, tables.tracker_notes.c.value)).all()
            late = connection.execute(
                select(func.min(tables.timers.c.claim)).where(tables.still_open(tables.timers))
            ).scalar()
        self.leaks += [f"tracker: {row}" for row in notes if SECRET.search(f"{row.note} {row.value}")]
        if late is not None and instant(late) < self.end - timedelta(minutes=1):
            self.poisoned.append(f"a timer of {instant(late)} never fired")
        self.wrong = [f"{each.ref}: {each.wrong}" for each in wrong]
        return {"replay_wrong": len(wrong), "orphans": float(orphans or 0), **{k: float(v) for k, v in count.items()}}


def main() -> None:
    """Play a month and print what came of it; exit 1 when something is wrong."""
    logs.configure(quiet=True)
    agents = int(sys.argv[1]) if len(sys.argv) > 1 else AGENTS
    roster = town.roster(agents, min(CLASSES, max(1, agents // 10)), FIRST)
    month = Month(roster)
    with tempfile.TemporaryDirectory(prefix="certdesk-month-", dir=MEMORY) as folder:
        figures = asyncio.run(month.play(Path(folder)))
    print(f"{agents} agents, {WEEKS} weeks from {FIRST}: {figures['seconds']:.1f} s")
    print(", ".join(f"{name} {value:,.0f}" for name, value in figures.items() if name != "seconds"))
    print("most told: " + ", ".join(f"{name} {n:,}" for name, n in month.told.most_common(12)))
    problems = [*month.wrong[:5], *month.leaks[:10], *month.poisoned[:5]]
    for problem in problems:
        print(f"wrong: {problem}", file=sys.stderr)
    sys.exit(1 if problems or figures["orphans"] else 0)


if __name__ == "__main__":
    main()
