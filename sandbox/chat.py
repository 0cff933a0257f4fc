"""The chat server's state: people, rooms and who may enter where. What is said lives in `posting`.

Plain synchronous calls; the caller is the REST api, the DDP session, the page, or a test acting as a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.clock import Chance, Now
from sandbox.people import PERMISSIONS, User, digest
from sandbox.rooms import Room, Subscription
from sandbox.streams import Hub
from sandbox.wire import ChatError, Doc, Stamp, Version, stamp_of

SETTINGS: Doc = {
    "Accounts_TwoFactorAuthentication_Enabled": True,
    "API_Enable_Rate_Limiter": True,
    "API_Enable_Rate_Limiter_Limit_Calls_Default": 10,
    "API_Enable_Rate_Limiter_Limit_Time_Default": 60000,
    "E2E_Allow_Unencrypted_Messages": False,
    "E2E_Enabled_Default_DirectRooms": False,
    "FileUpload_MaxFileSize": 104857600,
    "FileUpload_ProtectFiles": True,
    "Message_AllowUnrecognizedSlashCommand": False,
    "Message_MaxAllowedSize": 5000,
    "Message_ShowDeletedStatus": False,
    "Site_Name": "Sandbox",
    "Site_Url": "",
    "UI_Use_Real_Name": True,
}


class Chat:
    """One workspace. Users and rooms are found by id or name in one look-up."""

    def __init__(self, now: Now, version: Version, chance: Chance) -> None:
        self.now, self.version, self.chance = now, version, chance
        self.settings: Doc = dict(SETTINGS)
        self.permissions: dict[str, frozenset[str]] = dict(PERMISSIONS)
        self.users: dict[str, User] = {}
        self.by_username: dict[str, User] = {}
        self.by_token: dict[str, User] = {}
        self.rooms: dict[str, Room] = {}
        self.by_name: dict[str, Room] = {}
        self.directs: dict[frozenset[str], Room] = {}
        self.messages: dict[str, Doc] = {}
        self.uploads: dict[str, Doc] = {}
        self.commands: dict[str, Doc] = {}
        self.hub = Hub(self.can_access)
        self.ties = 0
        self._asked: datetime | None = None
        self._last = Stamp(0)
        self.cat = User("rocket.cat", "rocket.cat", "Rocket.Cat", ("bot",), self.at())
        self.users[self.cat.id] = self.by_username[self.cat.username] = self.cat

    # -- time

    def at(self) -> Stamp:
        """The present millisecond: `ts` of what happens now."""
        return stamp_of(self.now())

    def change(self) -> Stamp:
        """The next `_updatedAt`: never falls, and counts on by a millisecond while a hand-moved clock stands."""
        instant = self.now()
        if self.ties > 0:
            self.ties -= 1
        elif instant == self._asked:
            self._last = Stamp(self._last + 1)
        else:
            self._last = max(stamp_of(instant), self._last)
        self._asked = instant
        return self._last

    # -- people

    def add_user(
        self,
        username: str,
        name: str,
        roles: tuple[str, ...] = ("user",),
        *,
        token: str | None = None,
        email: str = "",
        password: str | None = None,
    ) -> User:
        """A new user with a personal access token; the password is the username unless given."""
        if username in self.by_username:
            raise ChatError("error-field-unavailable", f"{username} is already in use :(")
        user = User(self.chance.id(), username, name, roles or ("user",), self.at(), email)
        user.password = digest(username if password is None else password)
        self.users[user.id] = self.by_username[username] = user
        self.grant_token(user, token, personal=True)
        return user

    def grant_token(self, user: User, token: str | None = None, *, personal: bool = False) -> str:
        """A token that opens REST and DDP for this user."""
        token = token or self.chance.id(43)
        user.tokens[token], self.by_token[token] = personal, user
        return token

    def revoke(self, token: str) -> None:
        """The token opens nothing any more."""
        if user := self.by_token.pop(token, None):
            user.tokens.pop(token, None)

    def find_user(self, name_or_id: str) -> User | None:
        """By username or id."""
        return self.by_username.get(name_or_id) or self.users.get(name_or_id)

    def user(self, name_or_id: str) -> User:
        """By username or id; KeyError if there is none (a mistake of the test, not of a client)."""
        user = self.find_user(name_or_id)
        if user is None:
            raise KeyError(f"no user {name_or_id!r} in the sandbox")
        return user

    def may(self, user: User, permission: str) -> bool:
        """Whether the user's roles grant the permission."""
        return user.may(permission, self.permissions)

    # -- rooms

    def find_room(self, name_or_id: str) -> Room | None:
        """A room by id or, for channels and groups, by name."""
        return self.rooms.get(name_or_id) or self.by_name.get(name_or_id)

    def can_access(self, user: User, room: Room) -> bool:
        """Members, and for public channels everybody with view-c-room."""
        if user.id in room.members:
            return room.t == "c" or self._joined_is_enough(user, room)
        return room.t == "c" and self.may(user, "view-c-room")

    def _joined_is_enough(self, user: User, room: Room) -> bool:
        return self.may(user, "view-joined-room") or self.may(user, f"view-{room.t}-room")

    def add_room(self, t: str, name: str, owner: User | None, members: list[User], *, read_only: bool = False) -> Room:
        """A new channel or group; the name must be free."""
        if name in self.by_name:
            raise ChatError("error-duplicate-channel-name", f"A channel with name '{name}' exists")
        at = self.at()
        room = Room(self.chance.id(), t, name, at, self.change(), owner, read_only=read_only)
        self.rooms[room.id] = self.by_name[name] = room
        for member in dict.fromkeys(([owner] if owner else []) + members):
            self.enter(member, room, roles=("owner",) if member is owner else ())
        return room

    def direct(self, *people: User) -> Room:
        """The one direct room of these people, made at need."""
        key = frozenset(p.id for p in people)
        if (found := self.directs.get(key)) is not None:
            return found
        ids = sorted(key)
        rid = "".join(ids if len(ids) > 1 else ids * 2) if len(ids) < 3 else self.chance.id()
        room = Room(rid, "d", "", self.at(), self.change())
        room.encrypted = bool(self.settings["E2E_Enabled_Default_DirectRooms"])
        self.rooms[rid] = self.directs[key] = room
        for person in dict.fromkeys(people):
            room.members[person.id] = self._subscription(person, room)
        for person in dict.fromkeys(people):
            self.announce("inserted", room.members[person.id])
            self.hub.tell("rooms", room, {})
        return room

    def enter(self, user: User, room: Room, roles: tuple[str, ...] = ()) -> bool:
        """Make somebody a member, silently in the room; False if they were one."""
        if user.id in room.members:
            return False
        room.members[user.id] = self._subscription(user, room, roles)
        room.updated = self.change()
        self.announce("inserted", room.members[user.id])
        self.hub.tell("rooms", room, {})
        return True

    def leave(self, user: User, room: Room) -> None:
        """End a membership; per-room streams of that user stop without a word."""
        sub = room.members.pop(user.id, None)
        if sub is None:
            return
        del user.rooms[room.id]
        room.updated = self.change()
        user.left.append((room.id, sub.id, room.updated))
        self.hub.expel(user, room)
        self.hub.user(user, "subscriptions-changed", "removed", {"_id": sub.id, "rid": room.id, "u": user.u})
        self.hub.user(user, "rooms-changed", "removed", {"_id": room.id})
        self.hub.tell("rooms", room, {})

    def read(self, user: User, room: Room) -> None:
        """The user has seen everything in the room."""
        sub = room.members.get(user.id)
        if sub is not None and sub.seen != room.count:
            sub.seen, sub.mentions, sub.updated = room.count, 0, self.change()
            self.hub.user(user, "subscriptions-changed", "updated", sub.doc())

    def _subscription(self, user: User, room: Room, roles: tuple[str, ...] = ()) -> Subscription:
        sub = Subscription(self.chance.id(), user, room, self.at(), self.change(), seen=room.count, roles=roles)
        user.rooms[room.id] = sub
        return sub

    def announce(self, change: str, sub: Subscription) -> None:
        """Tell a member's own stream that the subscription and its room changed, if somebody listens."""
        if self.hub.hears(sub.user, "subscriptions-changed"):
            self.hub.user(sub.user, "subscriptions-changed", change, sub.doc())
        if self.hub.hears(sub.user, "rooms-changed"):
            self.hub.user(sub.user, "rooms-changed", change, sub.room.doc())

    def setting(self, name: str) -> Any:
        """The value of a workspace setting."""
        return self.settings[name]
