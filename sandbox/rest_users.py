"""REST about the caller and other people: info, login, me, users.*."""

from __future__ import annotations

from sandbox.api import PAGE, Bare, Call, forbidden, route
from sandbox.ddp_login import by_password, totp_required
from sandbox.people import User
from sandbox.wire import ChatError, Doc


@route("GET", "info", auth=False, limited=False, allow=None)
def info(call: Call) -> Doc:
    """Trimmed for all but those with get-server-info."""
    whole = call.chat.may(call.user, "get-server-info")
    return {"version": call.chat.version.full if whole else call.chat.version.trimmed}


@route("POST", "login", auth=False, allow=None)
def login(call: Call) -> Doc:
    """By token, or name or e-mail and password (plain or digest); 2FA code "123456" in the sandbox."""
    chat, body = call.chat, call.body
    resume = body.get("resume")
    if isinstance(resume, str):
        user, token = chat.by_token.get(resume), resume
    else:
        who = body.get("user") or ({"username": body["username"]} if "username" in body else None)
        who = who or ({"email": body["email"]} if "email" in body else None)
        user, token = by_password(chat.users.values(), who, body.get("password")), ""
    if user is None or not user.active:
        raise _no_login(call, ChatError("Unauthorized", "Unauthorized"))
    if not token and user.totp and body.get("code") != "123456":
        raise _no_login(call, totp_required())
    data = {"userId": user.id, "authToken": token or chat.grant_token(user), "me": _me(user)}
    raise Bare(200, {"status": "success", "data": data, "success": True})


def _no_login(call: Call, error: ChatError) -> Bare:
    if call.chat.version.at_least(9):
        return Bare(401, {"success": False, "error": "unauthorized"})
    doc: Doc = {"success": False, "status": "error", "error": error.code, "message": error.reason}
    return Bare(401, doc if error.details is None else doc | {"details": error.details})


@route("GET POST", "logout")
def logout(call: Call) -> Doc:
    """The token dies; the answer has no `success`."""
    call.chat.revoke(call.token)
    raise Bare(200, {"status": "success", "data": {"message": "You've been logged out!"}})


@route("GET", "me", allow=None)
def me(call: Call) -> Doc:
    """The caller."""
    return _me(call.user)


def _me(user: User) -> Doc:
    return user.whole() | {"settings": {"preferences": {}}, "avatarUrl": f"/avatar/{user.username}"}


@route("GET", "users.info", allow="userId username importId includeUserRooms")
def users_info(call: Call) -> Doc:
    """One user; roles only for oneself and for those with view-full-other-user-info."""
    user = call.chat.find_user(call.query.get("userId") or call.query.get("username") or "")
    if user is None:
        raise ChatError("not-found", "User not found.", plain=True)
    whole = user is call.user or call.chat.may(call.user, "view-full-other-user-info")
    return {"user": user.whole() if whole else user.brief()}


@route("GET", "users.list", allow=f"{PAGE} query fields")
def users_list(call: Call) -> Doc:
    """Everybody, page by page."""
    call.need("view-d-room")
    whole = call.chat.may(call.user, "view-full-other-user-info")
    users, page = call.page(list(call.chat.users.values()))
    return {"users": [u.whole() if whole else u.brief() for u in users], **page}


@route("GET", "users.presence", allow="ids from")
def users_presence(call: Call) -> Doc:
    """Who is here: some by id, or all."""
    ids = call.query.get("ids")
    users = [call.chat.users[i] for i in ids.split(",") if i in call.chat.users] if ids else call.chat.users.values()
    shown = [
        {"_id": u.id, "username": u.username, "name": u.name, "status": u.brief()["status"], "statusText": ""}
        for u in users
    ]
    return {"users": shown, "full": not ids}


@route("POST", "users.setStatus", allow="message status userId username")
def users_set_status(call: Call) -> Doc:
    """Accepted and forgotten."""
    return {}


@route("POST", "users.generatePersonalAccessToken", need="tokenName", allow="bypassTwoFactor")
def users_token(call: Call) -> Doc:
    """Roles admin and user may; role bot may not."""
    if not call.chat.may(call.user, "create-personal-access-tokens"):
        raise ChatError("not-authorized", "Not Authorized")
    return {"token": call.chat.grant_token(call.user, personal=True)}


@route("POST", "users.create", need="email name password username", allow=None)
def users_create(call: Call) -> Doc:
    """An admin makes a user."""
    if not call.chat.may(call.user, "create-user"):
        raise forbidden(call.chat)
    body = call.body
    roles = tuple(body.get("roles") or ("user",))
    user = call.chat.add_user(
        body["username"], body["name"], roles, email=str(body["email"]), password=str(body["password"])
    )
    return {"user": user.whole()}
