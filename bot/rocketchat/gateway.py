"""The chat wire as the bot sees it: lines come in once and in order, messages go out once.

Keeps one DDP session alive, and after every (re)connect reads back what was said meanwhile before it lets
the live frames through. Understands no text and takes no decision.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.clock import Clock, jitter
from bot.ports import Accept, ChatMemory, ChatMessage, Down, Refused, Transient, WireError
from bot.rocketchat import stamps
from bot.rocketchat.catchup import Catchup
from bot.rocketchat.census import Census
from bot.rocketchat.files import Files
from bot.rocketchat.posting import Poster
from bot.rocketchat.pump import Pump
from bot.rocketchat.realtime import Patience, Realtime
from bot.rocketchat.rest import Rest
from bot.rocketchat.rooms import Rooms
from bot.rocketchat.sieve import Frame, Sieve
from bot.rocketchat.stamps import OVERLAP

Doc = dict[str, Any]
_GRUMBLE_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Waits of the gateway in seconds; INTERFACES.md promises them, tests shorten them."""

    first_pause: float = 0.5
    longest_pause: float = 4.0
    recheck_token: float = 30.0
    sweep_every: float = 180.0
    stragglers: float = 2.0
    patience: Patience = field(default_factory=Patience)


class Gateway:
    """The ChatPort, and the loop that listens.

    `ready` is set once, when the first catch-up after the subscription is committed: from then on nothing
    said is lost. `on_session` is called (in the loop, must not block) whenever a session is subscribed,
    which is the moment to ring the outbox. `channels` names the roster's channels at any moment.
    """

    def __init__(
        self,
        rest: Rest,
        *,
        accept: Accept,
        memory: ChatMemory,
        clock: Clock,
        channels: Callable[[], Iterable[str]] = tuple,
        on_session: Callable[[], None] = lambda: None,
        manners: Manners | None = None,
    ) -> None:
        self.ready = asyncio.Event()
        self.up = False
        """Whether a session is subscribed and caught up; what readyz asks."""
        self._rest, self._memory, self._clock = rest, memory, clock
        self._channels, self._on_session, self._manners = channels, on_session, manners or Manners()
        self._rooms = Rooms(rest, memory, clock)
        self._sieve = Sieve(rest.account.user_id, self._rooms)
        self._pump = Pump(
            accept=accept, memory=memory, sieve=self._sieve, census=Census(rest), files=Files(rest), clock=clock
        )
        self._catchup = Catchup(rest, self._rooms, clock)
        self._poster = Poster(rest, self._rooms)
        self._realtime = Realtime(rest.account, self._manners.patience)
        self._held: list[Frame] | None = []
        self._swept: int | None = None
        self._wanted = asyncio.Event()
        self._grumbled: datetime | None = None

    async def send(self, message: ChatMessage) -> None:
        """Deliver once, or find that it was delivered before; raises WireError."""
        await self._poster.send(message)

    async def create_directs(self, usernames: Iterable[str]) -> list[str]:
        """Make the direct rooms of a roster, paced; returns those with whom it could not be done."""
        return await self._rooms.create_directs(usernames)

    def look_again(self) -> None:
        """Sweep now rather than in some minutes, joining the roster's channels: after a roster import."""
        self._wanted.set()

    async def run(self) -> None:
        """Listen until cancelled. Raises Refused if the token is not accepted before it ever was."""
        await _together(self._pump.run(), self._supervise())

    async def _supervise(self) -> None:
        manners, pause = self._manners, self._manners.first_pause
        while True:
            try:
                await self._session()
            except Refused as error:
                if not self.ready.is_set():
                    raise
                self._grumble(error)
                wait = manners.recheck_token
            except WireError as error:
                if self.up:
                    pause = manners.first_pause
                self._grumble(error)
                # Never longer than promised, for the jitter must not make five seconds of four.
                wait = min(jitter(pause), manners.longest_pause)
                if isinstance(error, Transient) and error.after is not None:
                    wait = error.after
                pause = min(pause * 2, manners.longest_pause)
            finally:
                self.up = False
            await self._clock.sleep(wait)

    def _grumble(self, error: Exception) -> None:
        """One line a minute while it lasts, and one whenever a working session breaks."""
        now = self._clock.now()
        if self.up or self._grumbled is None or now - self._grumbled >= _GRUMBLE_EVERY:
            self._grumbled = now
            log.warning("chat.down", why=str(error))

    async def _session(self) -> None:
        """One session from connect to its end, which is always an exception."""
        self._rooms.username = str((await self._rest.me()).get("username") or "")
        if self._swept is None:
            # Before we subscribe, so that the sweep afterwards finds whatever falls in between.
            self._swept = await self._first_cursor()
        if self._held is None:
            self._held = []
        async with self._realtime.connect(self._rest.http, self._heard) as session:
            self._on_session()
            await _together(session.listen(), self._attend())

    def _heard(self, doc: Doc, access: Doc) -> None:
        frame = Frame(doc, access, True)
        if self._held is None:
            self._pump.put(frame)
        else:
            self._held.append(frame)

    async def _attend(self) -> None:
        """Catch up, then let live frames through and sweep now and then."""
        await self._catch_up()
        self.up = True
        self._grumbled = None
        log.info("chat.up", first=not self.ready.is_set())
        self.ready.set()
        while True:
            try:
                async with asyncio.timeout(self._manners.sweep_every):
                    await self._wanted.wait()
            except TimeoutError:
                pass
            self._wanted.clear()
            await self._sweep()
            await self._rooms.join(self._channels())

    async def _catch_up(self) -> None:
        found = await self._catchup.sweep(self._pump.newest - OVERLAP)
        self._sieve.joined.update(found.joined)
        # What was held goes with what was found, in one sorting; from here on frames are live.
        held, self._held = self._held or [], None
        self._pump.put_all(found.frames + held)
        await self._rooms.join(self._channels())
        await self._pump.settled()

    async def _first_cursor(self) -> int:
        """Where this process takes over (ms): the kept cursor, or now if there never was one."""
        kept = await self._memory.cursor()
        if kept is not None:
            start = stamps.of(kept)
            self._sieve.floor = start - OVERLAP
        else:
            # "Now" by the only clock that counts, the server's: when its last message was said. The cursor
            # is put one overlap later, so that no look back, even after a restart, reaches behind it. Until
            # then the last messages are known by name, for the next may bear the same millisecond.
            newest, last = await self._catchup.newest()
            self._sieve.settle(last)
            self._sieve.floor = newest - 1
            start = newest + OVERLAP
            await self._memory.keep_cursor(stamps.moment(start))
        self._pump.newest = start
        return start

    async def _sweep(self) -> None:
        """The safety net: everything since the last sweep is read once more.

        If it finds words the session never brought, the stream has gone quiet though the socket lives
        (PROTOCOL 8); raises Down then, and a new session is made.
        """
        begun, since = self._pump.newest, (self._swept or 0) - OVERLAP
        found = await self._catchup.sweep(since)
        await self._clock.sleep(self._manners.stragglers)  # frames of messages just said may still be on their way
        self._sieve.joined.update(found.joined)
        missed = sum(self._sieve.is_new(frame) for frame in found.frames)
        self._pump.put_all(found.frames)
        await self._pump.settled()
        self._swept, self._sieve.floor = begun, max(self._sieve.floor, since)
        if missed:
            raise Down(f"the chat stream went quiet: {missed} messages came only by looking back")


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Run them side by side until the first ends; the others are cancelled, its exception is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
