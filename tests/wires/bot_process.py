"""The real bot as a process of its own, against a sandbox that lives in the test: started, told to stop, killed.

A `Nursery` forks bots from one process that has imported everything, so that a start costs what the bot does and
not what Python does; `cold=True` runs the command line from nothing. Processes are ended by their own pid.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import selectors
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402

from bot.app import App  # noqa: E402
from bot.clock import Clock, ShiftedClock, SystemClock  # noqa: E402
from bot.demo.cast import seed  # noqa: E402
from bot.mail.compose import Address  # noqa: E402
from bot.premises import Premises, keep_roster, open_premises  # noqa: E402
from bot.replay import replay  # noqa: E402
from bot.rocketchat import Account  # noqa: E402
from bot.rocketchat.gateway import Manners  # noqa: E402
from bot.roster import read_roster  # noqa: E402
from sandbox.server import Sandbox  # noqa: E402
from store import tables  # noqa: E402
from store.codec import instant  # noqa: E402
from workflows.people import Roster  # noqa: E402

SENDER = "certdesk@example.com"


def roster_of(count: int, leads: int = 0) -> Roster:
    """The tests' roster with so many agents, a00 on, shared out among so many TLs, l0 on, or else Tara and Dev."""
    small = read_roster(ROOT / "tests" / "roster.toml")
    ana, tara = small.agents["ana"], small.people["tara"]
    more = [
        dataclasses.replace(tara, username=f"l{n}", name=f"Lead{n} Tester", email=f"l{n}@example.com")
        for n in range(leads)
    ]
    names = [lead.username for lead in more] or ["tara", "dev"]
    agents = [
        dataclasses.replace(
            ana, username=f"a{n:02}", first=f"Agent{n:02}", last="Tester", oid=f"5{n:04}",
            email=f"a{n:02}@example.com", personal_email=f"a{n:02}@home.example.net", tl=names[n % len(names)],
        )
        for n in range(count)
    ]  # fmt: skip
    return Roster.build(
        sites=small.sites.values(), classes=small.classes.values(), people=[*small.people.values(), *more],
        agents=agents, exams=small.exams.values(), channels=small.channels, contacts=small.contacts,
        packs=small.packs,
    )  # fmt: skip


# -- the town ------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Town:
    """A workspace with its people, a migrated database with the roster, and the configuration of a bot."""

    sandbox: Sandbox
    folder: Path
    roster: Roster
    account: Account
    url: str

    @property
    def config(self) -> Path:
        return self.folder / "certdesk.toml"

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / "certdesk.db"

    def open(self, clock: Clock | None = None, per_minute: int = 10) -> Premises:
        """The premises in this process; the caller closes them."""
        return open_premises(
            url=self.url, key_file=self.folder / "certdesk.key", clock=clock or SystemClock(), per_minute=per_minute,
        )  # fmt: skip

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What the database says now, read beside whoever writes."""
        if self.url.startswith("sqlite"):
            connection = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=10)
            try:
                connection.row_factory = sqlite3.Row
                return [dict(row) for row in connection.execute(sql, values)]
            finally:
                connection.close()
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self.url.replace("+psycopg", ""), row_factory=dict_row) as server:
            return list(server.execute(sql.replace("%", "%%").replace("?", "%s"), values))

    def count(self, sql: str, *values: Any) -> int:
        """The one number a query gives."""
        return int(next(iter(self.rows(sql, *values)[0].values())))

    def waiting(self) -> int:
        """Outbox rows that are decided and neither delivered nor given up."""
        return self.count("SELECT count(*) AS n FROM outbox WHERE open")

    async def delivered(self, seconds: float = 10.0) -> None:
        """Until nothing waits any more."""
        await until(lambda: not self.waiting(), seconds)


@asynccontextmanager
async def town(
    folder: Path, agents: int = 6, *, leads: int = 0, url: str = "", clock: Clock | None = None, **options: Any
) -> AsyncIterator[Town]:
    """A town with so many agents; `options` go to the sandbox. The database is SQLite in `folder` unless `url`."""
    clock = clock or SystemClock()
    roster = roster_of(agents, leads)
    async with Sandbox(now=clock.now, **options) as sandbox:
        account = seed(sandbox, roster)
        place = Town(sandbox, folder, roster, account, url or f"sqlite:///{folder / 'certdesk.db'}")
        house = open_premises(url=place.url, key_file=folder / "certdesk.key", clock=clock, create=True)
        with house.database.connect() as connection:
            keep_roster(connection, roster, clock.now())
            connection.commit()
        house.close()
        place.config.write_text(
            f'[database]\nurl = "{place.url}"\n'
            f'[rocketchat]\nurl = "{account.url}"\nuser_id = "{account.user_id}"\ntoken = "{account.token}"\n'
            f'[mail]\nsmtp = "{sandbox.mail.url}"\nfrom = "{SENDER}"\n'
            f'[security]\nkey_file = "{folder / "certdesk.key"}"\n'
            '[web]\nlisten = "127.0.0.1:0"\n'
        )
        yield place


@dataclasses.dataclass
class Desk:
    """A bot in this process, at a clock that can be moved."""

    app: App
    clock: ShiftedClock
    place: Town

    def advance(self, by: timedelta) -> None:
        """Time passes."""
        self.clock.advance(by)
        self.app.alarm.ring()
        self.app.courier.ring()

    def row(self, **wanted: Any) -> dict[str, Any]:
        """The one outbox row with these values."""
        found = [row for row in self.place.rows("SELECT * FROM outbox") if wanted.items() <= row.items()]
        assert len(found) == 1, [(row["key"], row["template"], row["state"]) for row in found]
        return found[0]

    def in_seconds(self, row: dict[str, Any]) -> float:
        """When a row is due."""
        return (instant(row["due"]) - self.clock.now()).total_seconds()


@asynccontextmanager
async def desk(
    place: Town, clock: ShiftedClock | None = None, *, manners: Manners | None = None, per_minute: int = 10
) -> AsyncIterator[Desk]:
    """A bot at work in this process, ready; stopped as by SIGTERM at the end. `clock` is the town's."""
    clock = clock or ShiftedClock(datetime.now(UTC))
    house, stop, ready = place.open(clock, per_minute), asyncio.Event(), asyncio.Event()
    app = App(
        premises=house, clock=clock, account=place.account, smtp=place.sandbox.mail.url,
        sender=Address(name="certdesk", email=SENDER), ready=ready.set, manners=manners or Manners(),
    )  # fmt: skip
    work = asyncio.create_task(app.run(stop))
    try:
        ripe = asyncio.create_task(ready.wait())
        await asyncio.wait((work, ripe), timeout=10, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        assert ripe.done()
        yield Desk(app, clock, place)
    finally:
        stop.set()
        await work
        house.close()


async def until(come: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something nobody announces."""
    async with asyncio.timeout(seconds):
        while not come():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


# -- the record, folded --------------------------------------------------------------------------------------


def replayed(house: Premises) -> int:
    """Fold every journal from its events and compare with the stored cases; how many steps that were."""
    with house.database.reading() as connection:
        every = list(replay(connection, house.seal))
        assert len(every) == connection.execute(select(func.count()).select_from(tables.cases)).scalar()
    assert [(each.ref, each.wrong) for each in every if each.wrong] == []
    return sum(each.steps for each in every)


# -- one process ---------------------------------------------------------------------------------------------


class Bot:
    """A running `certdesk run`. `ready_after` is the time from start to "ready", seconds."""

    def __init__(self, pid: int, begun: float) -> None:
        self.pid = pid
        self.lines: list[str] = []
        self.code: int | None = None
        self.begun, self.ready_after = begun, 0.0
        self._ready, self._gone = asyncio.Event(), asyncio.Event()

    async def ready(self, seconds: float = 20.0) -> Bot:
        """Until it has printed "ready"; AssertionError when it ends instead."""
        async with asyncio.timeout(seconds):
            await self._ready.wait()
        assert self.code is None, f"ended with {self.code} before it was ready"
        return self

    async def gone(self, seconds: float = 15.0) -> int:
        """Its exit code (negative: the signal), once it is gone."""
        async with asyncio.timeout(seconds):
            await self._gone.wait()
        assert self.code is not None
        return self.code

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it is gone already."""
        if self.code is None:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def kill(self) -> None:
        """SIGKILL, now."""
        self.signal(signal.SIGKILL)

    async def killed(self) -> None:
        """SIGKILL, and gone."""
        self.kill()
        await self.gone()

    async def stopped(self, seconds: float = 12.0) -> float:
        """SIGTERM; how many seconds it took."""
        begun = time.monotonic()
        self.signal(signal.SIGTERM)
        assert await self.gone(seconds) == 0
        return time.monotonic() - begun

    def heard(self, text: str) -> None:
        """A line of its standard output."""
        self.lines.append(text)
        if text == "ready":
            self.ready_after = time.monotonic() - self.begun
            self._ready.set()

    def ended(self, code: int) -> None:
        """It is gone."""
        self.code = code
        self._ready.set()
        self._gone.set()


class Nursery:
    """Starts bots of one town. Their standard error goes to `bot.log` in its folder."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.log = place.folder / "bot.log"
        self.bots: list[Bot] = []
        self._mother: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._known: dict[int, Bot] = {}
        self._watching: set[asyncio.Task[None]] = set()

    async def start(self, *, config: Path | None = None, cold: bool = False) -> Bot:
        """A new bot; `cold` runs `python -m bot run` from nothing."""
        words = ["run", "--config", str(config or self.place.config)]
        begun = time.monotonic()
        bot = await (self._cold(words, begun) if cold else self._fork(words, begun))
        self.bots.append(bot)
        return bot

    async def _cold(self, words: Sequence[str], begun: float) -> Bot:
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *words, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        bot = Bot(process.pid, begun)
        task = asyncio.create_task(self._watch(process, bot))
        self._watching.add(task)
        return bot

    async def _watch(self, process: asyncio.subprocess.Process, bot: Bot) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            bot.heard(line.decode().strip())
        bot.ended(await process.wait())

    async def _fork(self, words: Sequence[str], begun: float) -> Bot:
        mother = self._mother or await self._open()
        assert mother.stdin is not None
        mother.stdin.write(json.dumps({"words": list(words), "log": str(self.log)}).encode() + b"\n")
        pid = await self._born.get()
        self._known[pid].begun = begun
        return self._known[pid]

    async def _open(self) -> asyncio.subprocess.Process:
        self._mother = await asyncio.create_subprocess_exec(
            sys.executable, __file__, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._mother.stdout is not None
        await self._mother.stdout.readline()  # everything is imported
        self._reading = asyncio.create_task(self._read(self._mother.stdout))
        return self._mother

    async def _read(self, reports: asyncio.StreamReader) -> None:
        while line := await reports.readline():
            report = json.loads(line)
            pid = report["pid"]
            if "born" in report:
                self._known[pid] = Bot(pid, time.monotonic())
                self._born.put_nowait(pid)
            elif "said" in report:
                self._known[pid].heard(report["said"])
            else:
                self._known[pid].ended(report["code"])

    async def close(self) -> None:
        """Nobody is left running."""
        for bot in self.bots:
            if bot.code is None:
                await bot.killed()
        if self._watching:
            await asyncio.gather(*self._watching)
        if self._mother is not None:
            assert self._mother.stdin is not None
            self._mother.stdin.close()
            await self._mother.wait()
            assert self._reading is not None
            await self._reading

    def errors(self) -> str:
        """What all bots wrote to standard error so far."""
        return self.log.read_text() if self.log.exists() else ""


@asynccontextmanager
async def nursery(place: Town) -> AsyncIterator[Nursery]:
    """A nursery that leaves nobody behind."""
    here = Nursery(place)
    try:
        yield here
    finally:
        await here.close()


# -- the process all bots are forked from ----------------------------------------------------------------------


def mother() -> None:
    """Import everything, then fork a bot for every line on standard input; tell of births, words and deaths."""
    import bot.__main__
    import bot.app
    import bot.commands.running  # noqa: F401

    watch = selectors.DefaultSelector()
    watch.register(0, selectors.EVENT_READ, None)
    rest: dict[int, bytes] = {0: b""}

    def tell(**report: Any) -> None:
        os.write(1, json.dumps(report).encode() + b"\n")

    tell(pid=0)
    while True:
        for key, _ in watch.select():
            fd, pid = key.fd, key.data
            data = os.read(fd, 65536)
            *lines, rest[fd] = (rest[fd] + data).split(b"\n")
            for line in lines:
                if pid is None:
                    child, words = _bear(json.loads(line), watch)
                    rest[words] = b""
                    watch.register(words, selectors.EVENT_READ, child)
                    tell(pid=child, born=True)
                else:
                    tell(pid=pid, said=line.decode().strip())
            if not data:
                if pid is None:
                    return
                watch.unregister(fd)
                os.close(fd)
                tell(pid=pid, code=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _bear(order: dict[str, Any], watch: selectors.BaseSelector) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 70
    try:
        watch.close()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for source, target in ((os.open(os.devnull, os.O_RDONLY), 0), (writing, 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)
        from bot.__main__ import main

        main(order["words"])
    except SystemExit as exit:
        code = exit.code if isinstance(exit.code, int) else 0
    except BaseException:  # noqa: BLE001 - whatever it is, this fork must not go on as the mother
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    mother()
