"""`python -m bench.courier [mails] [rounds]`: the courier beside bare aiosmtplib, with the same bytes and connections.

Three processes: a sink that only counts, and in turn the bare client and the courier with the real store on a real
disk. The mails are those of failed exams, decided by the real engine. "Bytes ready" is a repeat: everything between
a due row and its mark (claim, lease, order per mailbox, wire, commit). "Rendering" begins with rows never tried, so
templates, papers and calendar entries are in it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import Connection, delete, func, select, update

from bench import town
from bench.__main__ import ask, end, spawn
from bot import logs, premises
from bot.clock import Clock, HandClock, ShiftedClock
from bot.courier import Courier
from bot.dispatch import Address
from bot.letters import Letter
from bot.mail.smtp import CONNECTIONS, Smtp
from bot.ports import ChatMessage, MailPort, RawMail
from store import tables
from store.codec import micros, parse
from store.seal import Seal
from workflows.people import Roster

MAILS, ROUNDS = 3000, 5
FIRST = date(2026, 11, 16)
NOON = datetime(2026, 11, 17, 19, 0, tzinfo=UTC)
LATER = timedelta(minutes=1)
SENDER = Address(name="certdesk", email="certdesk@example.com")
BARE, READY, RENDERING = "bare aiosmtplib", "courier, bytes ready", "courier, rendering"
AIM = 0.6
SLOW = 2
"""Rounds with rendering, which take ten times as long."""

LONGEST = 300.0
"""Seconds after which a run has gone wrong."""

AT_ONCE = 50
"""Letters handed to the engine together."""


# -- the sink: takes every mail and forgets it


class Sink(asyncio.Protocol):
    """As much SMTP as a client needs."""

    taken = 0
    offers = b"250-sink\r\n250-SIZE 64000000\r\n250-PIPELINING\r\n250 8BITMIME\r\n"

    def connection_made(self, transport: Any) -> None:
        """Greet."""
        self.transport, self.buffer, self.data = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each whole line, and the end of a mail."""
        self.buffer += data
        while True:
            if self.data:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    return
                self.buffer, self.data = self.buffer[end + 5 :], False
                Sink.taken += 1
                self.transport.write(b"250 2.0.0 taken\r\n")
                continue
            line, found, rest = self.buffer.partition(b"\r\n")
            if not found:
                return
            self.buffer = rest
            self._command(line[:4].upper())

    def _command(self, verb: bytes) -> None:
        if verb == b"DATA":
            self.data = True
        self.transport.write({
            b"EHLO": Sink.offers, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n",
        }.get(verb, b"250 2.0.0 ok\r\n"))  # fmt: skip


async def sink() -> None:
    """Listen, print the port, and answer each line of input with how many mails were taken since the last.

    A line says whether PIPELINING is offered from now on.
    """
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    offers = Sink.offers
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        plain = json.loads(line).get("plain", False)
        Sink.offers = offers.replace(b"250-PIPELINING\r\n", b"") if plain else offers
        print(json.dumps({"taken": Sink.taken}), flush=True)
        Sink.taken = 0
    server.close()


# -- the mails: decided by the real engine


def said(n: int, lead: str) -> Iterator[tuple[str, str]]:
    """Who says what about the n-th agent: every fourth fails twice, every eighth is given a proctored sitting."""
    agent, ref = f"agent{n}", f"F-{n + 1}"
    yield agent, "fail ahip 1"
    if n % 4 == 0:
        yield lead, f"coached {ref} and advised"
        yield agent, "fail ahip 2"
    if n % 8 == 0:
        yield lead, f"cap delivered {ref}"
        yield agent, "received"
        yield "lia", f"proctor {ref} wed 10:00 @lia"


def letters(roster: Roster) -> list[Letter]:
    """Everything that is said, each line of it by everybody before the next."""
    told = [list(said(n, roster.agents[f"agent{n}"].tl)) for n in range(len(roster.agents))]
    return [
        Letter(source=f"rc:mails/{n}/{step}", kind="chat", at=NOON, actor=who, room=f"@{who}", text=text)
        for step in range(max(map(len, told)))
        for n, each in enumerate(told)
        for who, text in each[step : step + 1]
    ]


async def queue(folder: Path, mails: int) -> dict[str, int]:
    """So many mails in the outbox of a fresh database, all due, and nothing else there; how many of each kind."""
    house = house_in(folder, HandClock(NOON), create=True)
    roster = town.roster(mails * 8 // 17 + 8, 1, FIRST)  # 17 mails for 8 agents
    await house.writer.run(lambda connection: premises.keep_roster(connection, roster, NOON - timedelta(days=1)))
    told = letters(roster)
    for start in range(0, len(told), AT_ONCE):
        await house.writer.accept(told[start : start + AT_ONCE])
    found: dict[str, int] = await house.writer.run(lambda connection: _only_mails(connection, mails))
    house.close()
    return found


def _only_mails(connection: Connection, mails: int) -> dict[str, int]:
    o = tables.outbox
    first = select(o.c.key).where(o.c.channel == "mail").order_by(o.c.order, o.c.key).limit(mails)
    connection.execute(delete(o).where(o.c.key.not_in(first)))
    connection.execute(update(o).values(due=micros(NOON)))
    return {row.spec: row.n for row in connection.execute(select(o.c.spec, func.count().label("n")).group_by(o.c.spec))}


def house_in(folder: Path, clock: Clock, *, create: bool = False) -> premises.Premises:
    """The premises of a folder."""
    url = f"sqlite:///{folder}/mail.db"
    return premises.open_premises(url=url, key_file=folder / "key", clock=clock, per_minute=0, create=create)


# -- the two that are measured


async def courier(port: int, folder: Path, at: datetime, mails: int) -> float:
    """Seconds the courier takes for so many mails that are due in this folder's database."""
    clock, taken, all_of_them = ShiftedClock(at), itertools.count(1), asyncio.Event()
    house, smtp = house_in(folder, clock), Smtp(f"smtp://127.0.0.1:{port}")
    house.writer.start()
    await house.writer.run(house.engine.refresh)
    desk = courier_of(house, smtp, clock, lambda: all_of_them.set() if next(taken) == mails else None)
    await desk.begin()
    began = time.perf_counter()
    run = asyncio.create_task(desk.run())
    async with asyncio.timeout(LONGEST):
        await all_of_them.wait()
        await desk.idle()
    took = time.perf_counter() - began
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    await smtp.close()
    await house.writer.stop()
    house.close()
    return took


class Nowhere:
    """A wire that leads nowhere."""

    async def send(self, message: ChatMessage | RawMail) -> None:
        """Delivered."""


async def made(folder: Path) -> None:
    """Every mail of a folder has been tried: its bytes are kept, and it is due again."""
    clock = HandClock(NOON)
    house = house_in(folder, clock)
    await house.writer.run(house.engine.refresh)
    desk = courier_of(house, Nowhere(), clock, lambda: None)
    while await desk.claim():
        await desk.idle()
    again = update(tables.outbox).values(state="waiting", open=True, sent=None, tries=1, due=micros(NOON))
    await house.writer.run(lambda connection: connection.execute(again))
    house.close()


def courier_of(house: premises.Premises, wire: MailPort, clock: Clock, sent: Callable[[], None]) -> Courier:
    """The courier of a house, with the mail wire only."""
    return Courier(
        writer=house.writer, renderer=house.renderer, seal=house.seal, clock=clock, office=house.engine.setting,
        ports={"mail": wire}, sender=SENDER, sent=lambda note, parcel: sent(), desk=ThreadPoolExecutor(1),
    )  # fmt: skip


async def bare(port: int, mails: Sequence[RawMail]) -> float:
    """Seconds aiosmtplib takes for these mails over as many connections."""
    began, left = time.perf_counter(), iter(mails)

    async def carry() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for mail in left:
                await client.sendmail(mail.sender, list(mail.recipients), mail.content)

    await asyncio.gather(*(carry() for _ in range(CONNECTIONS)))
    return time.perf_counter() - began


def ready(folder: Path) -> list[RawMail]:
    """The mails of a folder whose bytes are kept, in order of decision."""
    house = house_in(folder, HandClock(NOON))
    o = tables.outbox.c
    with house.database.reading() as connection:
        rows = connection.execute(select(o.raw, o.body_json).where(o.raw.is_not(None)).order_by(o.order, o.key)).all()
    mails = []
    for row in rows:
        body = parse(house.seal.open(row.body_json))
        who = dict.fromkeys(email for field in ("to", "cc") for _, email in body[field])
        mails.append(RawMail(content=opened(house.seal, row.raw), sender=SENDER.email, recipients=tuple(who)))
    house.close()
    return mails


def opened(seal: Seal, raw: bytes) -> bytes:
    """The bytes of a mail as they went out."""
    return seal.open_bytes(raw) if raw.startswith(b"gAAAA") else raw


async def at_work() -> None:
    """One of the measured processes: does what each line of input says and answers with seconds."""
    known: dict[str, list[RawMail]] = {}
    while line := sys.stdin.readline():
        order = json.loads(line)
        folder, took = Path(order["folder"]), 0.0
        match order["who"]:
            case "bare":
                mails = known[order["folder"]] = known.get(order["folder"]) or ready(folder)
                took = await bare(order["port"], mails)
            case "courier":
                took = await courier(order["port"], folder, datetime.fromisoformat(order["at"]), order["mails"])
        print(json.dumps({"seconds": took}), flush=True)


# -- side by side


class Bench:
    """The processes and the folders of one run."""

    def __init__(self, folder: Path, mails: int) -> None:
        self.folder, self.mails = folder, mails
        self.sink, self.workers = spawn("bench.courier", "sink"), [spawn("bench.courier", "worker") for _ in range(2)]
        assert self.sink.stdout is not None
        self.port = json.loads(self.sink.stdout.readline())["port"]

    def work(self, who: str, folder: str, at: datetime = NOON, *, plain: bool = False) -> float:
        """Have a worker do it in a folder; seconds. All its mails have arrived. `plain`: without PIPELINING."""
        worker = self.workers[who == "bare"]
        ask(self.sink, {"plain": plain})
        there = str(self.folder / folder)
        took: float = ask(
            worker, {"who": who, "folder": there, "port": self.port, "mails": self.mails, "at": at.isoformat()}
        )["seconds"]
        taken = ask(self.sink, {})["taken"]
        assert taken == self.mails, (who, folder, taken)
        return took

    def on_a_copy(self, folder: str, at: datetime, *, plain: bool = False) -> float:
        """The courier in a copy of that folder."""
        copy = self.folder / "copy"
        shutil.copytree(self.folder / folder, copy)
        try:
            return self.work("courier", "copy", at, plain=plain)
        finally:
            shutil.rmtree(copy)

    def end(self) -> None:
        """Nothing runs on."""
        for process in (*self.workers, self.sink):
            end(process)


def main() -> None:
    """Measure and print."""
    logs.configure(quiet=True)
    mails, rounds = (int(sys.argv[n]) if len(sys.argv) > n else given for n, given in ((1, MAILS), (2, ROUNDS)))
    with tempfile.TemporaryDirectory(prefix="certdesk-courier-") as name:
        folder = Path(name)
        (folder / "new").mkdir()
        kinds = asyncio.run(queue(folder / "new", mails))
        bench = Bench(folder, mails)
        try:
            shutil.copytree(folder / "new", folder / "tried")
            asyncio.run(made(folder / "tried"))
            for line in measure(bench, rounds, kinds):
                print(line, flush=True)
        finally:
            bench.end()


def measure(bench: Bench, rounds: int, kinds: dict[str, int]) -> Iterator[str]:
    """The lines to print. The first round of each is a warm-up; the order within a round turns about."""
    sizes = [len(mail.content) for mail in ready(bench.folder / "tried")]
    yield f"{bench.mails:,} mails ({', '.join(f'{spec} {n:,}' for spec, n in sorted(kinds.items()))})"
    middle = statistics.median(sizes) / 1000
    yield f"{CONNECTIONS} connections, {middle:.0f} kB in the middle, {sum(sizes) / 1e6:.0f} MB in all"
    ways: dict[str, Callable[[], float]] = {
        BARE: lambda: bench.work("bare", "tried"),
        READY: lambda: bench.on_a_copy("tried", NOON + LATER),
        "the same, server without PIPELINING": lambda: bench.on_a_copy("tried", NOON + LATER, plain=True),
        RENDERING: lambda: bench.on_a_copy("new", NOON),
    }
    took: dict[str, dict[int, float]] = {way: {} for way in ways}
    for n in range(rounds + 1):
        for way in list(ways) if n % 2 else list(reversed(ways)):
            if way != RENDERING or n > rounds - SLOW:
                took[way][n] = ways[way]()
    base = took[BARE]
    for way, seconds in took.items():
        measured = {n: one for n, one in seconds.items() if n}
        rates = sorted(bench.mails / one for one in measured.values())
        ratios = sorted(base[n] / one for n, one in measured.items())
        aim = f"; aim {AIM}" if way == READY else ""
        yield (
            f"{way:37}{rates[0]:>7,.0f}{statistics.median(rates):>7,.0f}{rates[-1]:>7,.0f} a second, ratio"
            f"{ratios[0]:>6.2f}{statistics.median(ratios):>6.2f}{ratios[-1]:>6.2f} (min, median, max{aim})"
        )


if __name__ == "__main__":
    match sys.argv[1:2]:
        case ["sink"]:
            asyncio.run(sink())
        case ["worker"]:
            logs.configure(quiet=True)
            asyncio.run(at_work())
        case _:
            main()
