"""The running bot between the real servers: what it is told, what it is sent, and what came of it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.error import HTTPError

from tests.mail import corpus
from tests.servers.ground import free_port
from tests.servers.postfix import Postfix
from tests.wires.bot_process import Nursery, Town, town
from tests.wires.bot_process import until as waited

HEAVY = 25 << 20
"""Bytes of the large attachment."""
AT_ONCE = 3.0
"""Seconds within which a person in the chat is answered while a large mail comes in, on a machine that does much else."""


def mail(who: str = "a00", text: str = "First fail of the AHIP final", **more: str) -> bytes:
    """A mail as that agent's mail program makes it, written now: nothing in it yet that a server adds."""
    return _bare(corpus.plain(text, **{**_head(who), **more}), keep="Authentication_Results" in more)


def heavy(who: str = "a00") -> bytes:
    """The same with 25 MB attached, in three files each of which is taken."""
    parts = [corpus.part("text/plain", b"First fail of the AHIP final")]
    for n in range(3):
        proof = b"%PDF-1.4\n" + bytes((n,)) + bytes(range(256)) * (HEAVY // 3 // 256)
        parts.append(corpus.part("application/pdf", proof, "base64", f"proof{n}.pdf"))
    return many(who, *parts)


def many(who: str, *parts: bytes) -> bytes:
    """A mail of several parts."""
    return _bare(corpus.multi("mixed", *parts, **_head(who)))


def _head(who: str) -> dict[str, Any]:
    now, address = datetime.now(UTC), f"{who}@example.com"
    return {
        "From": address, "To": "certdesk@example.com", "Date": format_datetime(now),
        "Message_ID": f"<{now.timestamp()}.{address}>",
    }  # fmt: skip


def _bare(raw: bytes, *, keep: bool = False) -> bytes:
    head, gap, body = raw.partition(b"\r\n\r\n")
    gone = (b"Return-Path:",) if keep else (b"Return-Path:", b"Authentication-Results:")
    return b"\r\n".join(line for line in head.split(b"\r\n") if not line.startswith(gone)) + gap + body


class Nest(Nursery):
    """One nursery for all towns: what it costs to import everything is paid once."""

    def __init__(self) -> None:
        super().__init__(cast("Town", SimpleNamespace(folder=Path())))

    @asynccontextmanager
    async def at(self, place: Town) -> AsyncIterator[None]:
        """Bots are born in this town, and none of them outlives it."""
        self.place, self.log = place, place.folder / "bot.log"
        try:
            yield
        finally:
            for bot in self.bots:
                await bot.killed()
            self.bots.clear()


async def until(come: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for what real servers do, on a machine that does much else."""
    await waited(come, seconds)


@dataclass
class House:
    """A town whose mail goes through Postfix both ways, and the bots that live there."""

    place: Town
    nest: Nest
    pages: int

    def fails(self, *who: str) -> int:
        """First fails in the record, of these agents or of all."""
        rows = self.place.rows(
            "SELECT c.agent AS agent FROM journal j JOIN cases c ON c.id = j.case_id WHERE j.event = 'ExamFailed'"
        )
        return sum(not who or row["agent"] in who for row in rows)

    def verdicts(self) -> list[str]:
        """What became of the mails, in order, but for copies of the bot's own, which it lets pass."""
        found = self.place.rows("SELECT verdict FROM inbox WHERE kind = 'mail' ORDER BY at")
        return [row["verdict"] for row in found if row["verdict"] != "automatic: auto-submitted"]

    def receipts(self, who: str) -> list[bytes]:
        """The bot's answers by mail to that agent."""
        return [each.raw for each in self.place.sandbox.mail.box(f"{who}@example.com") if b"Re: " in each.raw]

    def told(self, who: str) -> list[str]:
        """The bot's words to that person in chat."""
        return self.place.sandbox.texts((who, "certdesk"), "certdesk")

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """What /readyz says."""

        def look() -> tuple[int, dict[str, Any]]:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.pages}/readyz", timeout=5) as page:
                    return page.status, json.load(page)
            except HTTPError as error:
                with error:
                    return error.code, json.load(error)

        return await asyncio.to_thread(look)

    async def slowest_answer(self, until_done: asyncio.Task[Any]) -> float:
        """Ask the bot again and again while that lasts; the longest wait for an answer, seconds."""
        worst, asked = 0.0, 0
        while not until_done.done() or not asked:
            begun, before = time.monotonic(), len(self.told("a05"))
            self.place.sandbox.say("a05", "@certdesk", "help")
            await until(lambda: len(self.told("a05")) > before, 30)  # noqa: B023 - awaited here
            worst, asked = max(worst, time.monotonic() - begun), asked + 1
            await asyncio.sleep(0.15)
        await until_done
        return worst


@asynccontextmanager
async def house(folder: Path, nest: Nest, postfix: Postfix, inbound: str) -> AsyncIterator[House]:
    """The town of one test; `inbound` are the lines of [mail.inbound]."""
    async with town(folder, smtp_port=postfix.sink) as place, nest.at(place):
        pages = free_port()
        words = place.config.read_text().replace(place.sandbox.mail.url, postfix.url)
        words = words.replace('"127.0.0.1:0"', f'"127.0.0.1:{pages}"').replace(
            "[security]", "[chat]\nper_minute = 0\n[security]"
        )
        place.config.write_text(f'{words}[mail.inbound]\nauthserv_id = "mx.example.com"\n{inbound}\n')
        yield House(place, nest, pages)


class Swallow:
    """Stands between Postfix and the bot, and eats the first answer that says a mail is kept: `heard` is set then."""

    def __init__(self, port: int, behind: int) -> None:
        self.port, self.behind = port, behind
        self.heard = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Swallow:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, family=socket.AF_INET)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to = await asyncio.open_connection("127.0.0.1", self.behind)
        except OSError:
            writer.close()
            return
        try:
            await asyncio.wait(
                [asyncio.create_task(self._pass(reader, to)), asyncio.create_task(self._pass(there, writer, eat=True))],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            to.close()
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, eat: bool = False) -> None:
        try:
            while data := await reader.read(65536):
                if eat and b" kept" in data and not self.heard.is_set():
                    self.heard.set()
                    return
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
