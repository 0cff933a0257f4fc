"""Who listens to which stream, and the frames they get.

A message is encoded once, however many listen. Emission rules (PROTOCOL 2.5, 2.6) live here; what happened
is decided elsewhere. `watch` lets the chat page see the same events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import orjson

from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import Doc, ddp_json

MESSAGES = "stream-room-messages"
MY_MESSAGES = "__my_messages__"
USER = "stream-notify-user"
ROOM = "stream-notify-room"


class Listener(Protocol):
    """A DDP session: takes whole frames."""

    def push(self, frame: bytes) -> None:
        """Queue a frame that answers the client."""
        ...

    def push_event(self, frame: bytes) -> None:
        """Queue a stream event (faults may repeat, hold or lose it)."""
        ...


@dataclass(slots=True, eq=False)
class Sub:
    """One live subscription; `user` is who was logged in when it was made, or None: then it stays silent."""

    id: str
    session: Listener
    user: User | None
    stream: str
    event: str
    args: bool = True
    """False for useCollection: true, which hears nothing but the first `added`."""


Access = Callable[[User, Room], bool]
Watcher = Callable[[str, Room | None, Doc], None]


class Hub:
    """All live subscriptions of all sessions."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._subs: dict[tuple[str, str], list[Sub]] = {}
        self._users: Counter[str] = Counter()
        self.watch: list[Watcher] = []

    def add(self, sub: Sub) -> None:
        """Begin to listen; two subs on one event get every frame twice, as on the real server."""
        self._subs.setdefault((sub.stream, sub.event), []).append(sub)
        if sub.stream == USER and sub.user:
            self._users[sub.user.id] += 1

    def remove(self, sub: Sub) -> None:
        """Stop listening."""
        subs = self._subs.get((sub.stream, sub.event), [])
        if sub in subs:
            subs.remove(sub)
            if not subs:
                del self._subs[sub.stream, sub.event]
            if sub.stream == USER and sub.user:
                self._users[sub.user.id] -= 1

    def expel(self, user: User, room: Room) -> None:
        """A user left a room: per-room message subs end without a word."""
        for sub in [s for s in self._subs.get((MESSAGES, room.id), []) if s.user is user]:
            self.remove(sub)

    def message(self, room: Room, doc: Doc) -> None:
        """A new or changed message, whole, to the room's key and to __my_messages__ (PROTOCOL 2.6, 2.10)."""
        for watcher in self.watch:
            watcher("message", room, doc)
        keyed = self._subs.get((MESSAGES, room.id), ())
        mine = self._subs.get((MESSAGES, MY_MESSAGES), ())
        if not keyed and not mine:
            return
        body = ddp_json(doc)
        if keyed:
            frame = _changed(MESSAGES, room.id, body)
            for sub in keyed:
                if sub.args and sub.user:
                    sub.session.push_event(frame)
        frames: dict[bool, bytes] = {}
        for sub in mine:
            if sub.user is None or not sub.args or not self._access(sub.user, room):
                continue
            inside = sub.user.id in room.members
            if inside not in frames:
                frames[inside] = _changed(MESSAGES, MY_MESSAGES, body + b"," + ddp_json(_access_doc(room, inside)))
            sub.session.push_event(frames[inside])

    def user(self, user: User, event: str, *args: object) -> None:
        """An event on "<uid>/<event>" of stream-notify-user."""
        if self._users.get(user.id):
            self.emit(USER, f"{user.id}/{event}", *args)

    def hears(self, user: User, event: str) -> bool:
        """Whether anybody listens to this event of the user's own stream."""
        return self._users.get(user.id, 0) > 0 and (USER, f"{user.id}/{event}") in self._subs

    @property
    def any_user(self) -> bool:
        """Whether anybody listens to any user stream."""
        return any(self._users.values())

    def emit(self, stream: str, event: str, *args: object) -> None:
        """One event to everybody subscribed to it."""
        subs = self._subs.get((stream, event))
        if not subs:
            return
        frame = _changed(stream, event, b",".join(ddp_json(a) for a in args))
        for sub in tuple(subs):
            if sub.args and sub.user:
                sub.session.push_event(frame)

    def tell(self, kind: str, room: Room | None, doc: Doc) -> None:
        """Something only the chat page needs to hear of."""
        for watcher in self.watch:
            watcher(kind, room, doc)


def _access_doc(room: Room, inside: bool) -> Doc:
    doc: Doc = {"roomParticipant": inside, "roomType": room.t}
    return doc | {"roomName": room.name} if room.t != "d" else doc


def _changed(stream: str, event: str, args: bytes) -> bytes:
    head = b'{"msg":"changed","collection":"' + stream.encode() + b'","id":"id","fields":{"eventName":'
    return head + orjson.dumps(event) + b',"args":[' + args + b"]}}"
