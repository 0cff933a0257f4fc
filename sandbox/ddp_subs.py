"""Which streams may be subscribed to by whom (PROTOCOL 2.5 to 2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.streams import MESSAGES, MY_MESSAGES, ROOM, USER, Sub
from sandbox.wire import ChatError

if TYPE_CHECKING:
    from sandbox.ddp import Session

OPEN = {"stream-notify-all", "meteor.loginServiceConfiguration", "meteor_autoupdate_clientVersions"}
LOGGED = {"stream-notify-logged", "stream-user-presence", "stream-roles", "stream-importers"}


def open_sub(session: Session, id: str, name: str, params: list[Any]) -> Sub:
    """The subscription, or ChatError for its nosub."""
    event = params[0] if params and isinstance(params[0], str) else ""
    options = params[1] if len(params) > 1 else False
    collection = options.get("useCollection", False) if isinstance(options, dict) else options is True
    known = name in OPEN or name in LOGGED or name in (MESSAGES, USER, ROOM, "stream-room-data")
    if not known:
        raise ChatError(404, f"Subscription '{name}' not found")
    if not event and name.startswith("stream-"):
        raise ChatError("invalid-event-name", "Event name is required")
    if not _allowed(session, name, event):
        raise ChatError("not-allowed")
    return Sub(id, session, session.user, name, event, args=not collection)


def _allowed(session: Session, name: str, event: str) -> bool:
    chat, user = session.chat, session.user
    if name in OPEN or (name == MESSAGES and event == MY_MESSAGES):
        return True  # before login too: `ready`, and then nothing
    if user is None:
        return False
    if name in LOGGED:
        return True
    owner, _, _ = event.partition("/")
    if name == USER:
        return owner == user.id
    room = chat.rooms.get(owner)
    if room is None:
        return False
    return chat.can_access(user, room) or (name == MESSAGES and room.t == "c" and chat.may(user, "preview-c-room"))
