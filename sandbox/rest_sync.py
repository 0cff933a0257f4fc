"""REST for catching up: chat.syncMessages with all its traps, and the history endpoints (PROTOCOL 3)."""

from __future__ import annotations

from sandbox.api import PAGE, Call, forbidden, route
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc, parse_date


@route("GET", "chat.syncMessages", limited=False, allow="roomId lastUpdate type next previous count")
def sync_messages(call: Call) -> Doc:
    """By `lastUpdate` all at once, or by `type` and cursor; `type` alone looks like "nothing new"."""
    query = call.query
    kind, after, before = query.get("type"), query.get("next"), query.get("previous")
    if "roomId" not in query:
        raise ChatError("error-param-required", 'The required "roomId" query param is missing')
    if kind is None and "lastUpdate" not in query:
        raise ChatError("error-param-required", 'The required "type" or "lastUpdate" parameters must be provided')
    if kind is not None and kind not in ("UPDATED", "DELETED"):
        raise ChatError("error-type-param-not-supported", 'The "type" parameter must be either "UPDATED" or "DELETED"')
    if kind is None and (after or before):
        raise ChatError("error-type-param-required", 'The "type" or "lastUpdate" parameters must be provided')
    if after and before:
        raise ChatError("error-cursor-conflict", 'You cannot provide both "next" and "previous" parameters')
    if "lastUpdate" in query and (after or before):
        raise ChatError("error-cursor-and-lastUpdate-conflict", 'Attributes "next", "previous" and "lastUpdate" clash')
    room = call.chat.rooms.get(query["roomId"])
    if room is None or not call.chat.can_access(call.user, room):
        raise ChatError("error-not-allowed", "Not allowed")
    if "lastUpdate" in query:
        since = parse_date(query["lastUpdate"])
        if since is None:
            raise ChatError("error-lastUpdate-param-invalid", "lastUpdate must be a valid date")
        return {"result": _since(room, since)}
    if not after and not before:
        return {"result": {"updated": [], "deleted": []}}  # falls through to the history branch
    return {"result": _by_cursor(call, room, kind or "", after, before)}


def _since(room: Room, since: int) -> Doc:
    updated = sorted(room.changed_since(since), key=lambda m: m["ts"], reverse=True)
    return {"updated": updated, "deleted": [d for d in room.deleted if d["_deletedAt"] > since]}


def _by_cursor(call: Call, room: Room, kind: str, after: str | None, before: str | None) -> Doc:
    """Strictly beyond the cursor, so a tie at a page's edge is skipped, as the server does."""
    text = after or before or ""
    if not text.isdigit():
        raise ChatError("Invalid Date", plain=True)
    edge, count = int(text), call.number("count", 20)
    key = "_updatedAt" if kind == "UPDATED" else "_deletedAt"
    if after:
        found = room.changed_since(edge) if kind == "UPDATED" else [d for d in room.deleted if d[key] > edge]
    else:
        whole = room.changed.values() if kind == "UPDATED" else room.deleted
        found = [d for d in whole if d[key] < edge][::-1]
    part, more = found[:count], len(found) > count
    cursor: Doc = {"next": None, "previous": None}
    if part and after:
        cursor = {"next": str(int(part[-1][key])) if more else None, "previous": str(int(part[0][key]))}
    elif part:
        cursor = {"next": str(int(part[0][key])), "previous": str(int(part[-1][key])) if more else None}
    return {
        "updated": part if kind == "UPDATED" else [],
        "deleted": part if kind == "DELETED" else [],
        "cursor": cursor,
    }


HISTORY = f"{PAGE} roomId roomName latest oldest inclusive unreads showThreadMessages"


@route("GET", "im.history dm.history channels.history groups.history", allow=HISTORY)
def history(call: Call) -> Doc:
    """Newest first by `ts`; replies inside threads only with showThreadMessages=true."""
    room = call.room()
    if not call.chat.can_access(call.user, room):
        raise forbidden(call.chat)
    latest, oldest = call.date("latest"), call.date("oldest")
    inclusive, threads = call.query.get("inclusive") == "true", call.query.get("showThreadMessages") == "true"
    slack = 1 if inclusive else 0
    offset, count = call.number("offset", 0), call.number("count", 50)
    wanted, found = offset + (min(count, 100) or len(room.messages)), []
    for message in room.backwards():
        if oldest is not None and message["ts"] <= oldest - slack:
            break
        inside = "tmid" in message and not message.get("tshow")
        if (latest is None or message["ts"] < latest + slack) and (threads or not inside):
            found.append(message)
            if len(found) >= wanted:
                break
    return {"messages": found[offset:]}


@route("GET", "chat.getThreadMessages", need="tmid", allow=PAGE)
def thread(call: Call) -> Doc:
    """The replies of one thread, oldest first."""
    root = call.chat.messages.get(call.query["tmid"])
    if root is None or not call.chat.can_access(call.user, call.chat.rooms[root["rid"]]):
        raise ChatError("error-not-allowed", "Not Allowed")
    room = call.chat.rooms[root["rid"]]
    messages, page = call.page([m for m in room.messages.values() if m.get("tmid") == root["_id"]])
    return {"messages": messages, **page}
