"""Carries letters from the wire to the engine, in order, and moves the cursor behind them.

One list at a time: whatever gathered while the last one was being committed goes as the next. The engine
has a single writer, so a second list in flight would only queue there; lists grow by themselves under load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot import logs
from bot.clock import Clock, jitter
from bot.ports import Accept, ChatMemory
from bot.rocketchat.census import Census
from bot.rocketchat.files import Files, Lanes
from bot.rocketchat.sieve import Frame, Letter, Sieve
from bot.rocketchat.stamps import moment

_LIST = 200
"""Letters handed over at once: enough to fill the writer's batches, few enough to answer the first soon."""
_KEEP_EVERY = timedelta(seconds=1)
_RETRY, _RETRY_LONGEST = 0.5, 15.0

log = structlog.get_logger()


class Pump:
    """`newest` is the server's clock (ms) of the newest version committed: the cursor, but for waiting files."""

    def __init__(
        self, *, accept: Accept, memory: ChatMemory, sieve: Sieve, census: Census, files: Files, clock: Clock
    ) -> None:
        self._accept, self._memory, self._sieve, self._census, self._clock = accept, memory, sieve, census, clock
        self._lanes = Lanes(files, self._back)
        self._frames: list[Frame] = []
        self._completed: list[Letter] = []
        self._in_hand: list[Letter] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._stirred = asyncio.Event()
        self._kept = 0
        self._kept_at: datetime | None = None
        self.newest = 0

    def put(self, frame: Frame) -> None:
        """Take one in; called for every frame, so nothing else is done here."""
        self._frames.append(frame)
        self._stirred.set()

    def put_all(self, frames: Iterable[Frame]) -> None:
        """Take in what a sweep found, together with what was heard meanwhile."""
        self._frames.extend(frames)
        self._stirred.set()

    def _back(self, letters: list[Letter]) -> None:
        self._completed.extend(letters)
        self._stirred.set()

    async def settled(self) -> None:
        """Return once everything taken in so far is committed, files and all."""
        await self._barrier()
        await self._lanes.cleared()
        await self._barrier()

    async def _barrier(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._stirred.set()
        await waiter

    async def run(self) -> None:
        """Until cancelled; then the cursor is kept once more."""
        try:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                await self._round()
        finally:
            self._lanes.drop()
            await self.keep_cursor()

    async def _round(self) -> None:
        frames, self._frames = self._frames, []
        waiters, self._waiters = self._waiters, []
        fresh = await self._people(frames)
        # No await from here to the first hand-over: a lane that clears in between would lose its place.
        self._in_hand, self._completed = self._completed, []
        self._in_hand += [letter for letter in fresh if not self._lanes.take(letter)]
        for start in range(0, len(self._in_hand), _LIST):
            await self._hand_over(self._in_hand[start : start + _LIST])
        self._in_hand = []
        self.newest = max(self.newest, max((frame.updated for frame in frames), default=0))
        now = self._clock.now()
        if self._kept_at is None or now - self._kept_at >= _KEEP_EVERY:
            self._kept_at = now
            await self.keep_cursor()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def _people(self, frames: list[Frame]) -> list[Letter]:
        letters = self._sieve.sift(frames)
        if not letters:
            return letters
        await self._census.meet(letter.line.actor_id for letter in letters)
        return [letter for letter in letters if not self._census.is_bot(letter.line.actor_id)]

    async def _hand_over(self, letters: list[Letter]) -> None:
        """Until the engine has them: the store may be away for a while, and nothing may be lost for it."""
        lines = [letter.line for letter in letters]
        pause = _RETRY
        while True:
            try:
                await self._accept(lines)
                return
            except Exception as error:  # noqa: BLE001 - whatever it is, the lines are kept and tried again
                # Whatever it is (disk full, database away): going on would lose these lines or their order.
                log.error("chat.not_accepted", letters=len(lines), again_in=pause, error=logs.blame(error))
            await self._clock.sleep(jitter(pause))
            pause = min(pause * 2, _RETRY_LONGEST)

    async def keep_cursor(self) -> None:
        """Write the cursor down if it moved; it stays before any line not handed over yet."""
        pending = [letter.stamp for letter in (*self._completed, *self._in_hand)]
        if (oldest := self._lanes.oldest()) is not None:
            pending.append(oldest)
        cursor = min(self.newest, min(pending, default=self.newest + 1) - 1)
        if cursor <= self._kept:
            return
        try:
            await self._memory.keep_cursor(moment(cursor))
        except Exception as error:  # noqa: BLE001 - nothing is lost by it
            # An older cursor only means reading a little twice.
            log.error("chat.cursor_not_kept", error=logs.blame(error))
        else:
            self._kept = cursor
