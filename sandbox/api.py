"""The table of REST routes, what a route may read, and how Rocket.Chat words refusals (PROTOCOL 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.chat import Chat
from sandbox.faults import Faults
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc, Stamp, parse_date


@dataclass(slots=True)
class Upload:
    """A file as it came in a multipart form."""

    name: str
    type: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Call:
    """One authorised request. `tail` is what follows the route's name in the path."""

    chat: Chat
    faults: Faults
    user: User
    token: str = ""
    tail: list[str] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)
    body: Doc = field(default_factory=dict)
    upload: Upload | None = None

    def page(self, items: Sequence[Any]) -> tuple[list[Any], Doc]:
        """The asked slice and its count, offset and total; 50 by default, at most 100, count=0 is all."""
        offset, count = self.number("offset", 0), self.number("count", 50)
        part = list(items[offset : offset + min(count, 100)] if count else items[offset:])
        return part, {"count": len(part), "offset": offset, "total": len(items)}

    def number(self, name: str, default: int) -> int:
        """A numeric query value."""
        text = self.query.get(name)
        if text is None:
            return default
        if not text.lstrip("-").isdigit():
            raise self.invalid(f"must be number: {name}")
        return int(text)

    def date(self, name: str) -> Stamp | None:
        """An ISO date of the query; None if absent; "Invalid Date" refused."""
        text = self.query.get(name)
        if text is None:
            return None
        stamp = parse_date(text)
        if stamp is None:
            raise ChatError("Invalid Date", plain=True)
        return stamp

    def invalid(self, what: str) -> ChatError:
        """A body or query that does not fit the schema; the code is older servers' or newer ones'."""
        return ChatError("error-invalid-params" if self.chat.version.at_least(8, 9) else "invalid-params", what)

    def room(self, t: str = "", *, query: bool = True) -> Room:
        """The room named by roomId or roomName, of type `t` if given, that the caller may enter."""
        given = self.query if query else self.body
        key = given.get("roomId") or given.get("roomName") or given.get("rid")
        if not key:
            raise ChatError("error-roomid-param-not-provided", 'The parameter "roomId" or "roomName" is required')
        room = self.chat.find_room(str(key))
        if room is None or (t and room.t != t) or (room.t == "p" and self.user.id not in room.members):
            words = 'The required "roomId" or "roomName" param provided does not match any'
            raise ChatError("error-room-not-found", f"{words} {'group' if t == 'p' else 'channel'}")
        return room

    def need(self, permission: str) -> None:
        """Refuse whoever lacks the permission."""
        if not self.chat.may(self.user, permission):
            words = "User does not have the permissions required for this action"
            raise ChatError("error-unauthorized", words, status=403)


class Bare(Exception):
    """An answer that is not the usual envelope (logout's, a bare failure)."""

    def __init__(self, status: int, doc: Doc) -> None:
        super().__init__(status)
        self.status, self.doc = status, doc


Handler = Callable[[Call], Doc]


@dataclass(frozen=True, slots=True)
class Route:
    """One method and name. Fields outside `need` and `allow` are refused; allow None takes any."""

    method: str
    name: str
    handler: Handler
    auth: bool
    limited: bool
    need: frozenset[str]
    allow: frozenset[str] | None

    def check(self, call: Call, given: Doc | dict[str, str]) -> None:
        """Raise what a schema violation raises."""
        for name in sorted(self.need - given.keys()):
            raise call.invalid(f"must have required property '{name}'")
        gone = REMOVED if call.chat.version.at_least(9) else frozenset()
        if self.allow is not None and given.keys() - self.need - (self.allow - gone):
            raise call.invalid("must NOT have additional properties")


ROUTES: dict[tuple[str, str], Route] = {}
PAGE = "offset count sort"
REMOVED = frozenset({"query", "fields"})
"""Parameters 9.0 no longer knows; before that they were read over."""


def route(
    methods: str, names: str, *, auth: bool = True, limited: bool = True, need: str = "", allow: str | None = ""
) -> Callable[[Handler], Handler]:
    """Register a handler under each method and name (space-separated)."""

    def register(handler: Handler) -> Handler:
        wanted, further = frozenset(need.split()), None if allow is None else frozenset(allow.split())
        for method in methods.split():
            for name in names.split():
                ROUTES[method, name] = Route(method, name, handler, auth, limited, wanted, further)
        return handler

    return register


def not_logged_in(chat: Chat) -> Doc:
    """The 401 body; 9.0 dropped `status` and `message`."""
    words = "You must be logged in to do this."
    doc: Doc = {"success": False, "error": words}
    return doc if chat.version.at_least(9) else doc | {"status": "error", "message": words}


def forbidden(chat: Chat) -> ChatError:
    """The bare 403 of routes that just say no."""
    return ChatError("forbidden" if chat.version.at_least(9) else "unauthorized", status=403, plain=True)


def refusal(chat: Chat, error: ChatError) -> tuple[int, Doc]:
    """Status and body for a raised ChatError."""
    status = error.status
    if chat.version.at_least(9):
        status = {"error-unauthorized": 401, "error-forbidden": 403}.get(str(error.code), status)
    if error.status == 429:
        return 429, {"success": False, "error": error.message}
    if error.plain:
        return status, {"success": False, "error": error.reason or str(error.code)}
    doc: Doc = {"success": False, "error": error.message, "errorType": error.code}
    return status, doc if error.details is None else doc | {"details": error.details}
