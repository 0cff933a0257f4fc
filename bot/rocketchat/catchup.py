"""What was said while nobody listened, read back over REST.

Nothing is replayed on a new DDP session (PROTOCOL 3), so after every (re)connect and now and then besides,
the rooms that changed since the cursor are read. Only reads; what is new is the sieve's to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.clock import Clock
from bot.ports import Transient
from bot.rocketchat import stamps
from bot.rocketchat.rest import Rejected, Rest
from bot.rocketchat.rooms import Rooms
from bot.rocketchat.sieve import KINDS, Frame
from bot.rocketchat.stamps import stamp

Doc = dict[str, Any]

_PAGE = 100
_ROOMS_AT_ONCE = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a look back found: message versions, and since when (ms) we belong to rooms newly entered."""

    frames: list[Frame]
    joined: dict[str, int]


class Catchup:
    """Reads the rooms of one account back to an instant. Raises WireError when the server does not answer."""

    def __init__(self, rest: Rest, rooms: Rooms, clock: Clock) -> None:
        self._rest, self._rooms, self._clock = rest, rooms, clock
        self._listed = False

    async def newest(self) -> tuple[int, list[Frame]]:
        """For a cold start: when the last message of all our rooms was said (ms), and those of that instant."""
        docs = await self._changed(0)
        newest = max((stamp(doc.get("lm")) or 0 for doc in docs), default=0)
        last = [doc for doc in docs if newest and stamp(doc.get("lm")) == newest]
        return newest, await self._read(last, newest - 1)

    async def sweep(self, since: int) -> Sweep:
        """All message versions written after `since` (ms) in the rooms we belong to."""
        docs, joined = await asyncio.gather(self._changed(since), self._joined(since))
        # Every changed room is read, whatever its `lm`: edits and, on some versions, thread replies leave it.
        return Sweep(await self._read(docs, since), joined)

    async def _changed(self, since: int) -> list[Doc]:
        """Our rooms written after `since`; the first time all of them, to know their names."""
        params = {"updatedSince": stamps.iso(since)} if self._listed else {}
        answer = await self._get("rooms.get", **params)
        docs: list[Doc] = [doc for doc in answer.get("update") or [] if doc.get("_id")]
        self._rooms.learn(docs)
        for gone in answer.get("remove") or []:
            self._rooms.forget(gone.get("_id", ""))
        self._listed = True
        return [doc for doc in docs if doc.get("t") in KINDS and _last_change(doc) > since]

    async def _joined(self, since: int) -> dict[str, int]:
        """Rooms entered after `since`: what was said there before was not said to us."""
        answer = await self._get("subscriptions.get", updatedSince=stamps.iso(since))
        entered = ((sub.get("rid"), stamp(sub.get("ts"))) for sub in answer.get("update") or [] if sub.get("t") != "d")
        return {rid: ts for rid, ts in entered if rid and ts and ts > since}

    async def _read(self, docs: Iterable[Doc], since: int) -> list[Frame]:
        gate = asyncio.Semaphore(_ROOMS_AT_ONCE)

        async def one(room: Doc) -> list[Frame]:
            access = {"roomParticipant": True, "roomType": room.get("t"), "roomName": room.get("name")}
            async with gate:
                try:
                    messages = await self._messages(room["_id"], since)
                except Rejected as error:  # we were just taken out of it; the others are still to be read
                    log.warning("chat.room_not_read", room_id=room["_id"], why=str(error))
                    return []
            return [Frame(message, access, False) for message in messages]

        found = await asyncio.gather(*(one(room) for room in docs))
        return [frame for frames in found for frame in frames]

    async def _messages(self, rid: str, since: int) -> list[Doc]:
        """All of a room written after `since`, page by page, ascending.

        The server's cursor is a millisecond and its comparison strict, so a page that ends between two
        messages of one millisecond would skip the second: each page starts one millisecond early and what
        comes twice is dropped.
        """
        found: dict[tuple[str, int], Doc] = {}
        after = max(since, 1)
        while True:
            result = await self._page(rid, type="UPDATED", next=str(after), count=str(_PAGE))
            known = len(found)
            _add(found, result.get("updated"))
            following = stamp_of_cursor(result)
            if following is None:
                return list(found.values())
            if len(found) == known:
                # A whole page within one millisecond: only the form without pages gets past it.
                rest = await self._page(rid, lastUpdate=stamps.iso(following - 1))
                _add(found, rest.get("updated"))
                return list(found.values())
            after = following - 1

    async def _get(self, path: str, **params: str) -> Doc:
        """One request, waiting out limits: a bot that is not exempt gets there too, if slowly."""
        while True:
            try:
                return await self._rest.get(path, **params)
            except Transient as error:
                if error.after is None:
                    raise
                log.info("chat.limited", path=path, seconds=error.after)
                await self._clock.sleep(error.after)

    async def _page(self, rid: str, **params: str) -> Doc:
        answer = await self._get("chat.syncMessages", roomId=rid, **params)
        result = answer.get("result")
        return result if isinstance(result, dict) else {}


def _last_change(room: Doc) -> float:
    """When the room was written last, ms; one that does not say may have changed just now."""
    stamps_ = [ms for key in ("_updatedAt", "lm") if (ms := stamp(room.get(key)))]
    return max(stamps_, default=float("inf"))


def stamp_of_cursor(result: Doc) -> int | None:
    """The server writes its cursor as a text of milliseconds."""
    following = (result.get("cursor") or {}).get("next")
    return int(following) if following else None


def _add(found: dict[tuple[str, int], Doc], messages: Iterable[Any] | None) -> None:
    for message in messages or ():
        if isinstance(message, dict) and (mid := message.get("_id")):
            found.setdefault((mid, stamp(message.get("_updatedAt")) or 0), message)
