"""A bot without wires on either database: letters in by the writer, rows out, all of them, opened and in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, text

from bot.clock import HandClock
from bot.engine import Engine, Outcome
from bot.letters import Letter, Receipt
from bot.packs import Packs, load_packs
from bot.premises import keep_roster
from bot.rehearse import Rehearsal
from bot.render import Renderer
from bot.replay import replay
from bot.roster import read_roster
from bot.writer import Job, Writer
from store import tables
from store.db import Database
from store.seal import Seal
from workflows.people import Roster

KEY = b"the key of every test on the floor"
SALT = "salt"
TUESDAY = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
"""10:00 in Salt Lake City."""

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]


# -- databases ---------------------------------------------------------------------------------------------


def salt(url: str) -> None:
    """Give it the salt of these tests, so that two databases make the same tokens and identities."""
    database = Database(url)
    with database.connect() as connection:
        connection.execute(tables.meta.update().where(tables.meta.c.key == "salt").values(value=SALT))
        connection.commit()
    database.close()


def administer(address: str, statement: str) -> None:
    """A statement for the server itself."""
    with psycopg.connect(address.replace("+psycopg", "").format(name="postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


# -- houses ------------------------------------------------------------------------------------------------


@cache
def roster() -> Roster:
    return read_roster(Path(__file__).parents[1] / "roster.toml")


@cache
def packs() -> Packs:
    renderer = Renderer()
    return load_packs(None, lambda name: renderer.exists(name, "mail"))


class Counting(Engine):
    """An engine that knows how often it was asked, so that a letter taken anew can be seen."""

    asked: int = 0

    def handle(self, connection: Connection, letters: Sequence[Letter]) -> Outcome:
        self.asked += 1
        return super().handle(connection, letters)


@dataclass
class House:
    """One replica: its own connections, engine and writer. What it is given it takes at once, in this thread."""

    url: str
    clock: HandClock = field(default_factory=lambda: HandClock(TUESDAY))
    per_minute: int = 0

    def __post_init__(self) -> None:
        self.database, self.seal = Database(self.url), Seal(KEY)
        self.engine = Counting(clock=self.clock, seal=self.seal, packs=packs(), per_minute=self.per_minute)
        self.heard: list[Outcome] = []
        self.writer = Writer(database=self.database, engine=self.engine, heard=self.heard.append)
        self.run(lambda connection: keep_roster(connection, roster(), self.clock.now()))

    def close(self) -> None:
        """Give everything back."""
        self.writer.close()
        self.database.close()

    def take(self, *letters: Letter) -> list[Receipt]:
        """One batch; raises what the writer would tell the wire."""
        outcome: Outcome = self._ask(Job(letters=letters))
        return outcome.receipts

    def singly(self, *letters: Letter) -> list[Receipt]:
        """The same, one commit each."""
        return [self.take(letter)[0] for letter in letters]

    def run(self, work: Callable[[Connection], T]) -> T:
        """A piece of writing in a commit of its own."""
        value: T = self._ask(Job(work=work))
        return value

    def together(self, *jobs: Job) -> list[Any]:
        """Jobs that gathered while another commit ran; what became of each, an error as itself."""
        told: list[Any] = [None] * len(jobs)

        def teller(n: int) -> Callable[[Any, BaseException | None], None]:
            def done(value: Any, error: BaseException | None) -> None:
                told[n] = value if error is None else error

            return done

        for n, job in enumerate(jobs):
            job.done = teller(n)
        self.writer.process(jobs)
        return told

    def _ask(self, job: Job) -> Any:
        (told,) = self.together(job)
        if isinstance(told, BaseException):
            raise told
        return told

    def rows(self) -> Rows:
        """Everything that is stored."""
        with self.database.reading() as connection:
            return rows(connection, self.seal)

    def value(self, sql: str) -> Any:
        """One value."""
        with self.database.reading() as connection:
            return connection.execute(text(sql)).scalar()

    def replayed(self) -> list[str]:
        """The cases whose journal gives another case, and where."""
        with self.database.reading() as connection:
            return [f"{case.ref}: {case.wrong}" for case in replay(connection, self.seal) if case.wrong]


def say(source: str, who: str, words: str, at: datetime = TUESDAY, room: str = "", **more: Any) -> Letter:
    """A line of chat, by direct message unless a room is named."""
    return Letter(source=f"rc:{source}", kind="chat", at=at, actor=who, room=room or f"@{who}", text=words, **more)


def rows(connection: Connection, seal: Seal) -> Rows:
    """Every row of every table by its name, sealed texts opened, in order of the primary key."""
    found: Rows = {}
    for table in tables.metadata.sorted_tables:
        query = table.select().order_by(*table.primary_key)
        stored = [
            {name: _plain(each, seal) for name, each in row._mapping.items()} for row in connection.execute(query)
        ]
        found[table.name] = sorted(stored, key=lambda row: [str(row[key.name]) for key in table.primary_key])
    return found


def _plain(value: Any, seal: Seal) -> Any:
    if isinstance(value, str):
        return seal.open(value)
    if isinstance(value, bytes) and value.startswith(b"gAAAA"):
        return seal.open_bytes(value)
    return value


def without(found: Rows, **columns: Sequence[str]) -> Rows:
    """The same rows but for some columns of some tables."""
    return {
        table: [{name: value for name, value in row.items() if name not in columns.get(table, ())} for row in stored]
        for table, stored in found.items()
    }


# -- rehearsals --------------------------------------------------------------------------------------------


class Kept(Rehearsal):
    """A rehearsal with the key of these tests, so that two of them make the same tokens and identities."""

    def _open(self) -> None:
        (self._folder / "key").write_bytes(KEY)
        super()._open()
