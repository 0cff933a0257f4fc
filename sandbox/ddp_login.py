"""The few DDP methods that still matter: login (token, or password with SHA-256), logout, typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.people import User, digest
from sandbox.wire import ChatError, Doc, Stamp

if TYPE_CHECKING:
    from sandbox.ddp import Session

LOGGED_OUT = "You've been logged out by the server. Please log in again."
NINETY_DAYS = 90 * 24 * 3600 * 1000
"""Milliseconds a login token lives."""


def call(session: Session, name: str, params: list[Any]) -> Any:
    """The method's result; raises ChatError."""
    if name == "login":
        return _login(session, params[0] if params and isinstance(params[0], dict) else {})
    if name == "logout":
        session.logout()
        return None
    if name == "stream-notify-room":
        return _typing(session, params)
    raise ChatError(404, f"Method '{name}' not found")


def _login(session: Session, options: Doc) -> Doc:
    chat = session.chat
    resume = options.get("resume")
    if isinstance(resume, str):
        user = chat.by_token.get(resume)
        if user is None:
            raise ChatError(403, LOGGED_OUT)
        return _welcome(session, user, resume, "resume")
    if session.streamer or not ("password" in options or "totp" in options):
        raise ChatError(400, "Unrecognized options for login request")
    coded = options.get("totp")
    login = coded.get("login", {}) if isinstance(coded, dict) else options
    user = by_password(session.chat.users.values(), login.get("user"), login.get("password"))
    if user is None:
        raise ChatError(403, "Something went wrong. Please check your credentials.")
    if not user.active:
        raise ChatError("error-user-is-not-activated", "User is not activated")
    if user.totp and not isinstance(coded, dict):
        raise totp_required()
    if user.totp and isinstance(coded, dict) and coded.get("code") != "123456":
        raise ChatError("totp-invalid", "TOTP Invalid", details={"method": "totp"})
    return _welcome(session, user, chat.grant_token(user), "password")


def _welcome(session: Session, user: User, token: str, kind: str) -> Doc:
    session.user, session.token = user, token
    fields = {"username": user.username, "name": user.name, "roles": list(user.roles)}
    session.send({"msg": "added", "collection": "users", "id": user.id, "fields": fields})
    # a personal token has no `when`, so the server computes an invalid date: {"$date": null} as JSON
    expires: Any = {"$date": None} if user.tokens[token] else Stamp(session.chat.at() + NINETY_DAYS)
    return {"id": user.id, "token": token, "tokenExpires": expires, "type": kind}


def totp_required() -> ChatError:
    """A password login of somebody with a second factor."""
    details = {"method": "totp", "availableMethods": ["totp"]}
    return ChatError("totp-required", "TOTP Required", details=details)


def by_password(users: Any, who: Any, password: Any) -> User | None:
    """The user these credentials name: `who` is a name or {"username"|"email"}, `password` plain or a digest."""
    if isinstance(who, str):
        who = {"email": who} if "@" in who else {"username": who}
    if not isinstance(who, dict):
        return None
    given = digest(password) if isinstance(password, str) else None
    if isinstance(password, dict) and password.get("algorithm") == "sha-256":
        given = str(password.get("digest"))
    for user in users:
        if user.username == who.get("username") or (user.email and user.email == who.get("email")):
            return user if given and user.password == given else None
    return None


def _typing(session: Session, params: list[Any]) -> None:
    """<rid>/user-activity from a member, under the right name; anything else is dropped in silence."""
    if session.user is None or len(params) < 3:
        raise ChatError("not-allowed")
    rid, _, event = str(params[0]).partition("/")
    room = session.chat.rooms.get(rid)
    name = session.user.name if session.chat.settings["UI_Use_Real_Name"] else session.user.username
    if room is None or not session.chat.can_access(session.user, room):
        raise ChatError("not-allowed")
    if event == "user-activity" and params[1] == name:
        session.chat.hub.emit("stream-notify-room", str(params[0]), name, params[2])
        session.chat.hub.tell("typing", room, {"username": session.user.username, "what": params[2]})
