"""Whose turn it is: so many at a time, and of those that wait the one decided first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from store.rows import Note


class Turns:
    """Lets `most` messages through at once; a long lane is not left for the end, for its messages are as old."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._count = itertools.count()
        self._waiting: list[tuple[float, int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def of(self, note: Note) -> AsyncIterator[None]:
        """Wait for this message's turn, and give it back at the end."""
        if self._free:
            self._free -= 1
        else:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (note.made.timestamp(), note.order, next(self._count), mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self._pass_on()
                raise
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            *_, waiter = heapq.heappop(self._waiting)
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1
