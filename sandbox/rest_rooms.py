"""REST about rooms and who is in them: channels.*, groups.*, im.*, rooms.*."""

from __future__ import annotations

from sandbox import posting
from sandbox.api import PAGE, Call, forbidden, route
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc


@route("POST", "im.create dm.create", allow="username usernames excludeSelf")
def im_create(call: Call) -> Doc:
    """The direct room with these people, made at need; the same one ever after."""
    given = call.body.get("usernames") or call.body.get("username")
    if not isinstance(given, str) or not given:
        raise call.invalid("must have required property 'username'")
    others = [call.chat.find_user(name.strip().removeprefix("@")) for name in given.split(",")]
    people = [u for u in others if u is not None]
    if len(people) < len(others):
        raise ChatError("error-invalid-user", "Invalid user")
    if not call.chat.may(call.user, "create-d"):
        raise ChatError("error-not-allowed", "Not allowed")
    room = call.chat.direct(*([] if call.body.get("excludeSelf") else [call.user]), *people)
    return {"room": room.doc() | {"rid": room.id}}


@route("GET", "im.list dm.list", allow=f"{PAGE} query fields")
def im_list(call: Call) -> Doc:
    """The caller's own direct rooms."""
    rooms, page = call.page([s.room for s in call.user.rooms.values() if s.room.t == "d"])
    return {"ims": [r.doc() for r in rooms], **page}


@route("POST", "channels.create", need="name", allow="members readOnly excludeSelf customFields extraData teamId")
def channels_create(call: Call) -> Doc:
    """A public channel."""
    return {"channel": _create(call, "c")}


@route("POST", "groups.create", need="name", allow="members readOnly excludeSelf customFields extraData teamId")
def groups_create(call: Call) -> Doc:
    """A private group."""
    return {"group": _create(call, "p")}


def _create(call: Call, t: str) -> Doc:
    if not call.chat.may(call.user, f"create-{t}"):
        raise forbidden(call.chat)
    names = call.body.get("members") or []
    members = [u for u in (call.chat.find_user(str(n)) for n in names) if u is not None]
    owner = None if call.body.get("excludeSelf") else call.user
    name = str(call.body["name"])
    room = call.chat.add_room(t, name, owner, members, read_only=bool(call.body.get("readOnly")))
    return room.doc()


@route("GET", "channels.info", allow="roomId roomName")
def channels_info(call: Call) -> Doc:
    """A public channel by id or name."""
    return {"channel": call.room("c").doc()}


@route("GET", "groups.info", allow="roomId roomName")
def groups_info(call: Call) -> Doc:
    """A private group the caller is in."""
    return {"group": call.room("p").doc()}


@route("POST", "channels.join", allow="roomId roomName joinCode")
def channels_join(call: Call) -> Doc:
    """Enter a public channel."""
    room = call.room("c", query=False)
    join(call, room)
    return {"channel": room.doc()}


@route("POST", "rooms.join", need="roomId", allow="joinCode")
def rooms_join(call: Call) -> Doc:
    """Enter a public channel, the newer way."""
    room = call.room("c", query=False)
    join(call, room)
    return {"room": room.doc()}


def join(call: Call, room: Room) -> None:
    """Become a member; the room is told once."""
    if call.chat.enter(call.user, room):
        posting.system(call.chat, call.user, room, "uj", call.user.username)


@route("POST", "channels.invite groups.invite", allow="roomId roomName userId username userIds usernames")
def invite(call: Call) -> Doc:
    """Bring others in: members with the right, or admins."""
    room, body = call.room(query=False), call.body
    if not _may_invite(call, room):
        raise ChatError("error-not-allowed", "Not allowed")
    for user in _named(call, [*(body.get("userIds") or body.get("usernames") or [body.get("userId")])]):
        if call.chat.enter(user, room):
            posting.system(call.chat, call.user, room, "au", user.username)
    return {"channel" if room.t == "c" else "group": room.doc()}


def _may_invite(call: Call, room: Room) -> bool:
    member = room.members.get(call.user.id)
    owner = member is not None and "owner" in member.roles
    joined = member is not None and call.chat.may(call.user, "add-user-to-joined-room")
    return owner or joined or call.chat.may(call.user, f"add-user-to-any-{room.t}-room")


def _named(call: Call, names: list[str | None]) -> list[User]:
    wanted = [n for n in [*names, call.body.get("username")] if n]
    users = [call.chat.find_user(n) for n in wanted]
    if not users or None in users:
        raise ChatError("error-invalid-user", "Invalid user")
    return [u for u in users if u is not None]


@route("POST", "channels.leave groups.leave rooms.leave", allow="roomId roomName")
def leave(call: Call) -> Doc:
    """End the caller's own membership."""
    room = call.room(query=False)
    posting.system(call.chat, call.user, room, "ul", call.user.username)
    call.chat.leave(call.user, room)
    return {"channel": room.doc()}


@route("GET", "channels.list", allow=f"{PAGE} query fields _id")
def channels_list(call: Call) -> Doc:
    """All public channels."""
    call.need("view-c-room")
    rooms, page = call.page([r for r in call.chat.rooms.values() if r.t == "c"])
    return {"channels": [r.doc() for r in rooms], **page}


@route("GET", "channels.list.joined", allow=f"{PAGE} query fields")
def joined(call: Call) -> Doc:
    """The caller's channels."""
    return _joined(call, "c")


@route("GET", "groups.list", allow=f"{PAGE} query fields")
def groups_list(call: Call) -> Doc:
    """The caller's groups."""
    return _joined(call, "p")


def _joined(call: Call, t: str) -> Doc:
    rooms, page = call.page([s.room for s in call.user.rooms.values() if s.room.t == t])
    return {"channels" if t == "c" else "groups": [r.doc() for r in rooms], **page}


@route("GET", "channels.members groups.members im.members", allow=f"{PAGE} roomId roomName filter status username")
def members(call: Call) -> Doc:
    """Who is in a room."""
    room = call.room()
    users, page = call.page([s.user for s in room.members.values()])
    return {"members": [u.brief() for u in users], **page}


@route("GET", "rooms.info", allow="roomId roomName")
def rooms_info(call: Call) -> Doc:
    """Any room the caller may enter."""
    room = call.room()
    if not call.chat.can_access(call.user, room):
        raise ChatError("Not Allowed", "not-allowed")
    if room.archived:
        raise ChatError("error-room-archived", f"The channel, {room.name}, is archived")
    return {"room": room.doc()}
