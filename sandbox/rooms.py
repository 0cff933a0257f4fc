"""Rooms and subscriptions: what a place holds and what each member has read of it.

Messages are kept in two insertion-ordered dicts, by time and by last change, so that history and
syncMessages read only the tail they return.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from sandbox.people import User
from sandbox.wire import Doc, Stamp


@dataclass(slots=True, eq=False)
class Subscription:
    """One member's place in a room; `seen` counts the room's messages read so far."""

    id: str
    user: User
    room: Room
    ts: Stamp
    updated: Stamp
    seen: int = 0
    mentions: int = 0
    roles: tuple[str, ...] = ()

    @property
    def unread(self) -> int:
        """Messages that came since the member last looked."""
        return self.room.count - self.seen

    def doc(self) -> Doc:
        """The subscription as clients get it: a direct room is named after the other side."""
        room, user = self.room, self.user
        direct = room.t == "d"
        other = room.other(user)
        doc: Doc = {
            "_id": self.id,
            "rid": room.id,
            "t": room.t,
            "name": other.username if direct else room.name,
            "fname": other.name if direct else room.name,
            "u": user.u,
            "open": True,
            "alert": self.unread > 0,
            "unread": self.unread if direct else self.mentions,
            "userMentions": self.unread if direct else self.mentions,
            "groupMentions": 0,
            "ts": self.ts,
            "ls": self.ts,
            "_updatedAt": self.updated,
        }
        if self.roles:
            doc["roles"] = list(self.roles)
        if room.encrypted:
            doc["encrypted"] = True
        return doc


@dataclass(slots=True, eq=False)
class Room:
    """A channel ("c"), private group ("p") or direct room ("d", which has no name)."""

    id: str
    t: str
    name: str
    created: Stamp
    updated: Stamp
    owner: User | None = None
    members: dict[str, Subscription] = field(default_factory=dict)
    messages: dict[str, Doc] = field(default_factory=dict)
    changed: dict[str, Doc] = field(default_factory=dict)
    deleted: list[Doc] = field(default_factory=list)
    count: int = 0
    last: Doc | None = None
    read_only: bool = False
    encrypted: bool = False
    archived: bool = False
    muted: set[str] = field(default_factory=set)

    def other(self, user: User) -> User:
        """The other side of a direct room; oneself in a room with oneself or in a channel."""
        return next((s.user for s in self.members.values() if s.user is not user), user)

    def add(self, message: Doc) -> None:
        """Store a new message at the end of both orders."""
        self.messages[message["_id"]] = self.changed[message["_id"]] = message
        self.count += 1
        self.updated = message["_updatedAt"]
        if "tmid" not in message or message.get("tshow"):  # a reply inside a thread moves msgs, not lm
            self.last = message

    def touch(self, message: Doc) -> None:
        """Move a changed message to the end of the order of change."""
        self.changed[message["_id"]] = self.changed.pop(message["_id"])

    def remove(self, message: Doc, at: Stamp) -> None:
        """Forget a message, remembering that it was there."""
        del self.messages[message["_id"]], self.changed[message["_id"]]
        self.deleted.append({"_id": message["_id"], "_deletedAt": at})
        self.updated = at
        if self.last is message:
            self.last = next(reversed(self.messages.values()), None)

    def changed_since(self, after: int) -> list[Doc]:
        """Messages with `_updatedAt > after` (strict), oldest change first."""
        tail = list(takewhile(lambda m: m["_updatedAt"] > after, reversed(self.changed.values())))
        return tail[::-1]

    def backwards(self) -> Iterator[Doc]:
        """Messages, newest first."""
        return reversed(self.messages.values())

    def doc(self, viewer: User | None = None) -> Doc:
        """The room as clients get it; last activity is `lm`, last change `_updatedAt`."""
        users = [s.user for s in self.members.values()]
        doc: Doc = {"_id": self.id, "t": self.t, "msgs": self.count, "usersCount": len(users)}
        if self.t == "d":
            doc |= {"usernames": [u.username for u in users], "uids": [u.id for u in users]}
        else:
            doc |= {"name": self.name, "fname": self.name, "ro": self.read_only, "default": False, "sysMes": True}
            if self.owner:
                doc["u"] = {"_id": self.owner.id, "username": self.owner.username}
        if self.last:
            doc |= {"lm": self.last["ts"], "lastMessage": self.last}
        if self.encrypted:
            doc["encrypted"] = True
        if self.archived:
            doc["archived"] = True
        return doc | {"ts": self.created, "_updatedAt": self.updated}
