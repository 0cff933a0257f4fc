"""Which of all the documents the server shows us are new words of a person: documents in, letters out.

Pure but for its memory of ids; no wire, no clock. Every mutation re-sends a whole message (PROTOCOL 2.10),
so most of what streams in was heard before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog

from bot import logs
from bot.ports import Inbound
from bot.rocketchat.rooms import Rooms
from bot.rocketchat.stamps import OVERLAP, moment, stamp

Doc = dict[str, Any]

_GENERATION = 200_000
_ROCKET_CAT = "rocket.cat"
_FILE_ID = re.compile(r"[A-Za-z0-9]{1,64}")
KINDS = ("d", "c", "p")
"""Types of rooms people of a class talk in: direct, public, private. Livechat is not ours."""
_NOT_SYSTEM = ("e2e",)

log = structlog.get_logger()


class Frame(NamedTuple):
    """A message document, what the server says of our access to its room, and which way it came."""

    doc: Doc
    access: Doc
    live: bool

    @property
    def updated(self) -> int:
        """The server's clock when this version was written, ms; `ts` where there is none, else 0."""
        return stamp(self.doc.get("_updatedAt")) or stamp(self.doc.get("ts")) or 0


class FileRef(NamedTuple):
    """A file named by a message, not fetched yet; `size` in bytes, 0 if unsaid."""

    id: str
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A line ready for the engine but for its files; `stamp` is the server's clock, ms."""

    line: Inbound
    files: tuple[FileRef, ...]
    stamp: int


class Recent:
    """A bounded set of ids: two generations, so that forgetting costs nothing.

    What is forgotten is still known to the engine's inbox; this only spares it the repeats.
    """

    def __init__(self, size: int = _GENERATION) -> None:
        self._size = size
        self._young: set[str] = set()
        self._old: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._young or key in self._old

    def add(self, key: str) -> None:
        """Remember it."""
        if len(self._young) >= self._size:
            self._old, self._young = self._young, set()
        self._young.add(key)


class Sieve:
    """Remembers what was handed over and lets each message through once.

    `floor` (ms): whatever was said up to then was settled before this process began.
    `joined`: room id -> ms since when we belong to it; what was said before was not said to us.
    """

    def __init__(self, user_id: str, rooms: Rooms) -> None:
        self.floor = 0
        self.joined: dict[str, int] = {}
        self._me = user_id
        self._rooms = rooms
        self._seen = Recent()
        self._usernames: dict[str, str] = {}

    def sift(self, frames: Iterable[Frame]) -> list[Letter]:
        """The new letters among them, in the order they were said."""
        # Versions of one message are looked at in the order they were written: said first, then edited.
        ordered = sorted(frames, key=lambda frame: (stamp(frame.doc.get("ts")) or 0, frame.updated))
        letters = [letter for frame in ordered if (letter := self._try(frame))]
        letters.sort(key=lambda letter: letter.stamp)
        for letter in letters:
            self._note_name(letter.line)
        return letters

    def is_new(self, frame: Frame) -> bool:
        """Whether `sift` would let it through; remembers nothing."""
        try:
            ts = self._said_by_a_person(frame)
        except (AttributeError, TypeError):
            return False
        mid = frame.doc.get("_id")
        return ts is not None and mid is not None and mid not in self._seen and not self._is_old(frame, ts)

    def settle(self, frames: Iterable[Frame]) -> None:
        """These are known already: never let them through."""
        for frame in frames:
            if mid := frame.doc.get("_id"):
                self._seen.add(mid)

    def _try(self, frame: Frame) -> Letter | None:
        try:
            return self._catch(frame)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Of no shape we know. Stopping would stop everybody, and again after every restart.
            log.error("chat.odd_message", source=f"rc:{frame.doc.get('_id')}", error=logs.blame(error))
            return None

    def _catch(self, frame: Frame) -> Letter | None:
        ts = self._said_by_a_person(frame)
        if ts is None:
            return None
        mid: str = frame.doc["_id"]
        if mid in self._seen or self._is_old(frame, ts):
            return self._edit_of_old(frame, mid)
        # A message edited while we were away, of which we never saw the first words: it was never
        # answered, so it is read as it stands now. The engine drops it if an earlier run did answer.
        self._seen.add(mid)
        if edited := stamp(frame.doc.get("editedAt")):
            self._seen.add(f"{mid}@{edited}")  # and when this version comes again, its edit is no news either
        return self._letter(frame, f"rc:{mid}", ts)

    def _said_by_a_person(self, frame: Frame) -> int | None:
        """When (ms) it was said, if a person said it in a room of ours; bots by role are dropped later."""
        doc, access = frame.doc, frame.access
        author = doc.get("u")
        if not access.get("roomParticipant") or access.get("roomType") not in KINDS or not author:
            return None
        t, uid = doc.get("t"), author.get("_id")
        if (t and t not in _NOT_SYSTEM) or doc.get("bot") or doc.get("_hidden"):
            return None
        if not uid or uid == self._me or uid == _ROCKET_CAT or not author.get("username"):
            return None
        return stamp(doc.get("ts")) if doc.get("_id") and doc.get("rid") else None

    def _is_old(self, frame: Frame, ts: int) -> bool:
        if ts <= self.floor or ts < self.joined.get(frame.doc["rid"], 0):
            return True
        # A live frame comes as its message is written. One written long after its words were said is a
        # reaction, a preview or a thread's growth; had we missed the words, the sweep brings them.
        return frame.live and frame.updated - ts > OVERLAP

    def _edit_of_old(self, frame: Frame, mid: str) -> Letter | None:
        edited = stamp(frame.doc.get("editedAt"))
        if edited is None or frame.access.get("roomType") != "d" or frame.doc.get("t"):
            return None
        if edited <= self.floor or (frame.live and frame.updated - edited > OVERLAP):
            return None  # the edit is old too; this is a reaction to a message once edited
        notice = f"{mid}:edited"
        if notice in self._seen or f"{mid}@{edited}" in self._seen:
            return None
        self._seen.add(notice)
        return self._letter(frame, f"rc:{notice}", edited)

    def _letter(self, frame: Frame, source: str, at: int) -> Letter:
        doc, direct = frame.doc, frame.access["roomType"] == "d"
        author, encrypted, edited = doc["u"], doc.get("t") == "e2e", source.endswith(":edited")
        name = frame.access.get("roomName") or self._rooms.name(doc["rid"]).removeprefix("#")
        line = Inbound(
            source=source,
            actor=author["username"],
            actor_id=author["_id"],
            # The other side of a direct room is whoever speaks in it, for we are not listening to ourselves.
            room=f"@{author['username']}" if direct else f"#{name or doc['rid']}",
            room_id=doc["rid"],
            text="" if encrypted else str(doc.get("msg") or ""),
            at=moment(at),
            thread=doc.get("tmid") or None,
            edited=edited,
            encrypted=encrypted,
        )
        return Letter(line, () if edited or encrypted else file_refs(doc), at)

    def _note_name(self, line: Inbound) -> None:
        """Keep room names and usernames up to date, for frames are all that tells of a renaming."""
        if line.room.startswith("#"):
            self._rooms.note(line.room_id, line.room)
        known = self._usernames.get(line.actor_id)
        if known != line.actor:
            self._usernames[line.actor_id] = line.actor
            if known is not None:
                self._rooms.renamed(known, line.actor)


def file_refs(doc: Doc) -> tuple[FileRef, ...]:
    """The files of a message, without the thumbnails the server made of them."""
    raw = doc.get("files") or ([doc["file"]] if doc.get("file") else [])
    return tuple(
        FileRef(file["_id"], str(file.get("name") or "file"), str(file.get("type") or ""), int(file.get("size") or 0))
        for file in raw
        # Ids go into an address we open with our token: nothing but the server's own alphabet.
        if isinstance(file, dict) and _FILE_ID.fullmatch(str(file.get("_id"))) and file.get("typeGroup") != "thumb"
    )
