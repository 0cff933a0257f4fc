"""Which room id stands behind "@ana" and "#esp-nov16"; finds, creates and joins rooms when asked.

Names are what people and the engine say, ids what the server wants. Usernames and channels can be renamed,
so what the server's own list says wins over what was remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog

from bot.clock import Clock, jitter
from bot.ports import ChatMemory, Permanent, Refused, Transient
from bot.rocketchat.rest import Rejected, Rest

Doc = dict[str, Any]

_PACE = 0.03
"""Seconds between two new direct rooms: 200 take under 10 s and the server breathes."""
_TRIES = 5

log = structlog.get_logger()


class Rooms:
    """The map of rooms we know, both ways."""

    def __init__(self, rest: Rest, memory: ChatMemory, clock: Clock) -> None:
        self._rest, self._memory, self._clock = rest, memory, clock
        self._rids: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._creating = asyncio.Lock()
        self._grumbled: set[str] = set()
        self.username = ""
        """Our own, as /me says it: direct rooms are named after the other side."""

    def name(self, rid: str) -> str:
        """ "@ana", "#esp-nov16" or "" for a room not known."""
        return self._names.get(rid, "")

    def note(self, rid: str, name: str) -> None:
        """The room goes by this name now."""
        old = self._names.get(rid)
        if old == name:
            return
        if old is not None and self._rids.get(old) == rid:
            del self._rids[old]
        self._names[rid] = name
        self._rids[name] = rid

    def learn(self, docs: Iterable[Doc]) -> None:
        """Take in room documents as rooms.get lists them."""
        for doc in docs:
            if name := name_of(doc, self.username):
                self.note(doc["_id"], name)

    def forget(self, rid: str) -> None:
        """We are no longer in that room."""
        name = self._names.pop(rid, None)
        if name is not None and self._rids.get(name) == rid:
            del self._rids[name]

    def renamed(self, old: str, new: str) -> None:
        """A person's username changed."""
        if rid := self._rids.get(f"@{old}"):
            self.note(rid, f"@{new}")

    async def rid(self, name: str) -> str:
        """The id of "@username" or "#name", creating the direct room or joining the channel; raises WireError."""
        if rid := self._rids.get(name):
            return rid
        return await (self._direct(name) if name.startswith("@") else self._channel(name))

    async def _direct(self, name: str) -> str:
        async with self._creating:  # one at a time: the same person is never asked for twice
            if rid := self._rids.get(name):
                return rid
            remembered = await self._memory.room(name)
            # A remembered room now known under another name belongs to somebody who was renamed.
            if remembered is not None and self._names.get(remembered, name) == name:
                self.note(remembered, name)
                return remembered
            return await self._create(name)

    async def _create(self, name: str) -> str:
        try:
            room = (await self._rest.post("im.create", {"username": name[1:]}))["room"]
        except Rejected as error:
            raise Permanent(f"no direct room with {name}: {error.text or error.code or 'refused'}") from error
        usernames = room.get("usernames")
        if usernames and name[1:].lower() not in (username.lower() for username in usernames):
            raise Permanent(f"Rocket.Chat knows nobody called {name}")
        rid = str(room.get("rid") or room["_id"])
        self.note(rid, name)
        await self._memory.keep_room(name, rid)
        return rid

    async def create_directs(self, usernames: Iterable[str]) -> list[str]:
        """Make a direct room with each, paced; the usernames with whom it could not be made.

        Waits out rate limits; raises Transient or Refused when the server is away or shuts us out.
        """
        failed = []
        for username in usernames:
            if f"@{username}" in self._rids:
                continue
            try:
                await self._patiently(f"@{username}")
            except Refused:
                raise
            except Permanent as error:
                log.warning("chat.no_direct_room", actor=username, why=str(error))
                failed.append(username)
            await self._clock.sleep(jitter(_PACE))
        return failed

    async def _patiently(self, name: str) -> None:
        """Find the room, waiting out limits."""
        for left in reversed(range(_TRIES)):
            try:
                await self.rid(name)
                return
            except Transient as error:
                if not left or error.after is None:
                    raise
                await self._clock.sleep(error.after)

    async def _channel(self, name: str) -> str:
        """Find it by name and join it if it is public; a private one must have been opened to us."""
        try:
            room = (await self._rest.get("rooms.info", roomName=name[1:])).get("room")
            if not room:
                raise Permanent(f"there is no room {name}, or the bot was not invited to it")
            if room.get("t") == "c":
                await self._rest.post("channels.join", {"roomId": room["_id"]})
        except Rejected as error:
            raise Permanent(f"the bot cannot enter {name}: {error.text or error.code or 'refused'}") from error
        self.note(room["_id"], name)
        return str(room["_id"])

    async def rejoin(self, name: str) -> str:
        """Look again for a channel that turned us away."""
        if rid := self._rids.get(name):
            self.forget(rid)
        return await self._channel(name)

    async def join(self, names: Iterable[str]) -> None:
        """Enter the public channels among these that we are not in; says once what it cannot enter.

        `names` with or without "#". Raises Transient when the server is away.
        """
        for name in (f"#{name.removeprefix('#')}" for name in names):
            if name in self._rids:
                continue
            try:
                await self._patiently(name)
            except Refused:
                raise
            except Permanent as error:
                if name not in self._grumbled:
                    self._grumbled.add(name)
                    log.warning("chat.channel_closed", room=name, why=str(error))


def name_of(doc: Doc, me: str) -> str:
    """ "#name", "@peer" for a direct room of two, "" for a direct room of more and for livechat."""
    if doc.get("t") in ("c", "p"):
        return f"#{doc['name']}" if doc.get("name") else ""
    # Only rooms of two: a group's room must never be taken for one person's. `uids` does not help to find
    # the peer, for the server sorts it and not `usernames`.
    usernames = doc.get("usernames") or []
    if doc.get("t") != "d" or len(usernames) != 2 or me not in usernames:
        return ""
    return f"@{usernames[1 - usernames.index(me)]}"
