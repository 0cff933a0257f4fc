"""Fetches the files of messages without holding up anybody else's words.

While a file is on its way, only its sender's later lines wait, so that each person is heard in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import structlog

from bot.ports import File, WireError
from bot.rocketchat.rest import Rest
from bot.rocketchat.sieve import FileRef, Letter

LIMIT = 10 * 1024 * 1024
"""Bytes; larger files are left where they are."""
_AT_ONCE = 4
_PATIENCE = 20.0
"""Seconds for one file."""

log = structlog.get_logger()


class Files:
    """Downloads, a few at once. A file that cannot be had comes without its content, with a line in the log."""

    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def complete(self, letter: Letter) -> Letter:
        """The letter with its files; never raises WireError."""
        files = await asyncio.gather(*(self._fetch(ref, letter.line.source) for ref in letter.files))
        return replace(letter, line=replace(letter.line, files=tuple(files)), files=())

    async def _fetch(self, ref: FileRef, source: str) -> File:
        if ref.size > LIMIT:
            log.warning("chat.file_too_large", source=source, size=ref.size)
            return File(name=ref.name, type=ref.type, content=b"", missing="large")
        try:
            async with self._gate, asyncio.timeout(_PATIENCE):
                content = await self._rest.download(f"file-upload/{ref.id}/{quote(ref.name, safe='')}", LIMIT)
        except (WireError, TimeoutError) as error:
            log.warning("chat.file_lost", source=source, why=str(error))
            return File(name=ref.name, type=ref.type, content=b"", missing="lost")
        if content is None:
            log.warning("chat.file_too_large", source=source, size=f"over {LIMIT}")
            return File(name=ref.name, type=ref.type, content=b"", missing="large")
        return File(name=ref.name, type=ref.type, content=content)


class Lanes:
    """One lane per sender whose file is on its way; `done` gets the letters of a lane when it clears."""

    def __init__(self, files: Files, done: Callable[[list[Letter]], None]) -> None:
        self._files, self._done = files, done
        self._waiting: dict[str, list[Letter]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, letter: Letter) -> bool:
        """Whether the letter has to wait here; if so it comes back by `done`."""
        actor = letter.line.actor_id
        if actor in self._waiting:
            self._waiting[actor].append(letter)
            return True
        if not letter.files:
            return False
        self._waiting[actor] = [letter]
        task = asyncio.create_task(self._clear(actor))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def oldest(self) -> int | None:
        """Stamp (ms) of the oldest letter waiting: the cursor must stay before it."""
        return min((lane[0].stamp for lane in self._waiting.values()), default=None)

    async def cleared(self) -> None:
        """Return once those waiting now have gone on."""
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def drop(self) -> None:
        """Stop fetching; what waits is read back by the next catch-up."""
        for task in self._tasks:
            task.cancel()

    async def _clear(self, actor: str) -> None:
        lane, ready = self._waiting[actor], 0
        while ready < len(lane):  # it may grow while we wait
            if lane[ready].files:
                lane[ready] = await self._files.complete(lane[ready])
            ready += 1
        del self._waiting[actor]
        self._done(lane)
