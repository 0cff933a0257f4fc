"""A small workspace for the wire tests: the look-alike, Ana, Tara, the bot, and a bot that can be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import SystemClock
from bot.ports import Inbound
from bot.rocketchat import Account, Gateway, Rest
from bot.rocketchat.gateway import Manners
from bot.rocketchat.realtime import Patience
from sandbox.server import Sandbox

QUICK = Manners(
    first_pause=0.05,
    longest_pause=0.2,
    recheck_token=0.2,
    sweep_every=60.0,
    stragglers=0.05,
    patience=Patience(handshake=1.0, tick=0.05, ping_after=5, drop_after=7),
)


class Hasty(SystemClock):
    """Does not wait."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@dataclass
class Memory:
    """A ChatMemory that outlives the gateway."""

    at: datetime | None = None
    rooms: dict[str, str] = field(default_factory=dict)
    writes: int = 0
    broken: bool = False

    async def cursor(self) -> datetime | None:
        return self.at

    async def keep_cursor(self, at: datetime) -> None:
        if self.broken:
            raise OSError("my final CAP")
        self.at = at
        self.writes += 1

    async def room(self, name: str) -> str | None:
        return self.rooms.get(name)

    async def keep_room(self, name: str, rid: str) -> None:
        self.rooms[name] = rid


class Ear:
    """An engine that only listens: drops what it has seen, as the inbox does, and counts the repeats."""

    def __init__(self) -> None:
        self.heard: list[Inbound] = []
        self.repeats: list[str] = []
        self.lists: list[int] = []
        self.stumbles = 0
        self._more = asyncio.Event()

    async def accept(self, lines: Sequence[Inbound]) -> None:
        await asyncio.sleep(0)
        if self.stumbles:
            self.stumbles -= 1
            raise OSError("the disk is full: my final CAP")
        known = {line.source for line in self.heard}
        self.lists.append(len(lines))
        for line in lines:
            (self.repeats.append(line.source) if line.source in known else self.heard.append(line))
        self._more.set()

    def texts(self) -> list[str]:
        return [line.text for line in self.heard]

    async def until(self, enough: Callable[[list[Inbound]], bool], seconds: float = 5.0) -> list[Inbound]:
        async with asyncio.timeout(seconds):
            while not enough(self.heard):
                self._more.clear()
                await self._more.wait()
        return self.heard

    async def hears(self, *texts: str) -> None:
        """Wait for as many lines and compare their words."""
        await self.until(lambda lines: len(lines) >= len(texts))
        assert self.texts() == list(texts)


@dataclass
class House:
    sandbox: Sandbox
    memory: Memory = field(default_factory=Memory)
    ear: Ear = field(default_factory=Ear)

    @property
    def account(self) -> Account:
        bot = self.sandbox.chat.user("certdesk")
        return Account(url=self.sandbox.url, user_id=bot.id, token="the-bots-token")

    @asynccontextmanager
    async def gateway(self, manners: Manners = QUICK, channels: Sequence[str] = ()) -> AsyncIterator[Gateway]:
        """A gateway that does not listen."""
        clock = SystemClock()
        async with Rest(self.account, clock) as rest:
            yield Gateway(
                rest,
                accept=self.ear.accept,
                memory=self.memory,
                clock=clock,
                channels=lambda: channels,
                manners=manners,
            )

    @asynccontextmanager
    async def bot(
        self, manners: Manners = QUICK, channels: Sequence[str] = (), *, ready: bool = True
    ) -> AsyncIterator[Gateway]:
        """A gateway at work; stopped as by SIGTERM at the end."""
        async with self.gateway(manners, channels) as gateway:
            work = asyncio.create_task(gateway.run())
            try:
                if ready:
                    await up(gateway, work)
                yield gateway
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)


async def until(come: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something nobody announces."""
    async with asyncio.timeout(seconds):
        while not come():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def up(gateway: Gateway, work: asyncio.Task[None] | None = None, seconds: float = 5.0) -> None:
    """Until the gateway has a session that is caught up; raises what ended it instead."""
    await until(lambda: gateway.up or (work is not None and work.done()), seconds)
    if work is not None and work.done():
        work.result()


@asynccontextmanager
async def house(**options: object) -> AsyncIterator[House]:
    """An open workspace with its people."""
    async with Sandbox(smtp_port=None, **options) as sandbox:  # type: ignore[arg-type]
        sandbox.add_user("certdesk", "Certdesk", roles=("bot",), token="the-bots-token")
        for username, name in (("ana", "Ana Rivera"), ("tara", "Tara Lee")):
            sandbox.add_user(username, name)
        yield House(sandbox)
