"""REST about what the caller has: rooms and subscriptions changed since, and what was read."""

from __future__ import annotations

from sandbox.api import Call, route
from sandbox.wire import ChatError, Doc, parse_date


@route("GET", "rooms.get", limited=False, allow="updatedSince")
def rooms_get(call: Call) -> Doc:
    """The caller's rooms whose `_updatedAt` is later, and those he lost since."""
    since = _since(call, "error-updatedSince-param-invalid")
    rooms = [s.room for s in call.user.rooms.values() if since is None or s.room.updated > since]
    gone = [{"_id": rid, "_deletedAt": at} for rid, _, at in call.user.left if since is not None and at > since]
    return {"update": [r.doc() for r in rooms], "remove": gone}


@route("GET", "subscriptions.get", limited=False, allow="updatedSince")
def subscriptions_get(call: Call) -> Doc:
    """The caller's subscriptions that changed since."""
    since = _since(call, "error-roomId-param-invalid")  # sic
    subs = [s for s in call.user.rooms.values() if since is None or s.updated > since]
    gone = [{"_id": sid, "_deletedAt": at} for _, sid, at in call.user.left if since is not None and at > since]
    return {"update": [s.doc() for s in subs], "remove": gone}


@route("GET", "subscriptions.getOne", need="roomId")
def subscriptions_get_one(call: Call) -> Doc:
    """One subscription, or null."""
    sub = call.user.rooms.get(call.query["roomId"])
    return {"subscription": sub.doc() if sub else None}


@route("POST", "subscriptions.read", allow="rid roomId readThreads")
def subscriptions_read(call: Call) -> Doc:
    """Everything in the room was seen."""
    call.chat.read(call.user, call.room(query=False))
    return {}


def _since(call: Call, code: str) -> int | None:
    text = call.query.get("updatedSince")
    if text is None:
        return None
    stamp = parse_date(text)
    if stamp is None:
        raise ChatError(code, 'The "updatedSince" query parameter must be a valid date.')
    return stamp
