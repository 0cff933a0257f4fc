"""Users, their tokens and what their roles permit, with Rocket.Chat's default permission table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.wire import Doc, Stamp

if TYPE_CHECKING:
    from sandbox.rooms import Subscription

PERMISSIONS: dict[str, frozenset[str]] = {
    name: frozenset(roles.split())
    for name, roles in {
        "access-permissions": "admin",
        "add-user-to-any-c-room": "admin",
        "add-user-to-any-p-room": "",
        "add-user-to-joined-room": "admin owner moderator",
        "api-bypass-rate-limit": "admin bot app",
        "bypass-time-limit-edit-and-delete": "bot app",
        "create-c": "admin user bot app",
        "create-d": "admin user bot app",
        "create-p": "admin user bot app",
        "create-personal-access-tokens": "admin user",
        "create-user": "admin",
        "delete-message": "admin owner moderator",
        "delete-own-message": "admin user",
        "edit-message": "admin owner moderator",
        "get-server-info": "admin",
        "join-without-join-code": "admin bot app",
        "leave-c": "admin user bot anonymous app",
        "leave-p": "admin user bot anonymous app",
        "mention-all": "admin owner moderator user",
        "mention-here": "admin owner moderator user",
        "message-impersonate": "bot app",
        "post-readonly": "admin owner moderator",
        "preview-c-room": "admin user anonymous",
        "send-many-messages": "admin bot app",
        "view-c-room": "admin user bot app anonymous",
        "view-d-room": "admin user bot app",
        "view-full-other-user-info": "admin",
        "view-joined-room": "guest bot app anonymous",
        "view-outside-room": "admin owner moderator user",
        "view-p-room": "admin user anonymous guest",
        "view-privileged-setting": "admin",
        "view-room-administration": "admin",
    }.items()
}
"""Permission -> default roles (PROTOCOL 4.8); an absent name is permitted to nobody."""


def digest(password: str) -> str:
    """The lowercase hex SHA-256 clients send instead of the password."""
    return hashlib.sha256(password.encode()).hexdigest()


@dataclass(slots=True, eq=False)
class User:
    """One person (or bot). `tokens` maps each live token to whether it is a personal access token."""

    id: str
    username: str
    name: str
    roles: tuple[str, ...]
    created: Stamp
    email: str = ""
    password: str = ""
    active: bool = True
    totp: bool = False
    tokens: dict[str, bool] = field(default_factory=dict)
    rooms: dict[str, Subscription] = field(default_factory=dict)
    left: list[tuple[str, str, Stamp]] = field(default_factory=list)
    """(room id, subscription id, when) of rooms this user was removed from."""

    def may(self, permission: str, granted: dict[str, frozenset[str]]) -> bool:
        """Whether one of the user's roles has the permission."""
        allowed = granted.get(permission, frozenset())
        return any(role in allowed for role in self.roles)

    @property
    def u(self) -> Doc:
        """The author object inside messages."""
        return {"_id": self.id, "username": self.username, "name": self.name}

    def brief(self) -> Doc:
        """What anybody sees of a user."""
        return {
            "_id": self.id,
            "username": self.username,
            "name": self.name,
            "status": "online" if self.active else "offline",
            "active": self.active,
            "type": "user",
            "nameInsensitive": self.name.lower(),
        }

    def whole(self) -> Doc:
        """What the user, or an admin, sees."""
        emails = [{"address": self.email, "verified": True}] if self.email else []
        return self.brief() | {
            "emails": emails,
            "roles": list(self.roles),
            "createdAt": self.created,
            "utcOffset": 0,
            "requirePasswordChange": False,
        }
