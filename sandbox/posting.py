"""What is said: posting, editing, reacting, deleting, and what each of these re-broadcasts.

Every change sends the whole message again on the same streams (PROTOCOL 2.10); a deletion does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox import text
from sandbox.chat import Chat
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc, Stamp

DUPLICATE = "Cannot read properties of undefined (reading 'starred')"
"""What the server answers to a message id it already has (derived from its source, not run)."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A message on its way in. `extra` holds fields that are stored as given (alias, emoji, customFields...)."""

    msg: str = ""
    id: str | None = None
    tmid: str | None = None
    tshow: bool = False
    attachments: list[Doc] = field(default_factory=list)
    extra: Doc = field(default_factory=dict)


def post(chat: Chat, user: User, room: Room, draft: Draft) -> Doc:
    """Check, store and broadcast a message; raises ChatError as the server does."""
    parent = chat.messages.get(draft.tmid) if draft.tmid else None
    if parent is not None:
        room = chat.rooms[parent["rid"]]
    try:
        _may_post(chat, user, room)
    except ChatError as refused:
        whisper(chat, user, room, refused.reason or str(refused.code))
        raise
    if draft.id is not None and draft.id in chat.messages:
        raise ChatError("duplicate", DUPLICATE, plain=True)
    longest = chat.settings["Message_MaxAllowedSize"]
    if len(draft.msg) > longest:
        raise ChatError("error-message-size-exceeded", "Message size exceeds Message_MaxAllowedSize")
    doc: Doc = {"_id": draft.id or chat.chance.id(), "rid": room.id, "msg": draft.msg}
    if draft.tmid:
        doc["tmid"] = (parent.get("tmid") or parent["_id"]) if parent else draft.tmid
        if draft.tshow:
            doc["tshow"] = True
    doc |= draft.extra
    if draft.attachments:
        doc["attachments"] = draft.attachments
    doc |= {"ts": chat.at(), "u": user.u, **text.read(draft.msg, chat.find_user), "_updatedAt": chat.change()}
    _store(chat, user, room, doc)
    chat.hub.message(room, doc)
    if "tmid" in doc and (root := chat.messages.get(doc["tmid"])) is not None:
        _thread_grew(chat, room, root, doc)
    return doc


def system(chat: Chat, user: User, room: Room, t: str, argument: str) -> Doc:
    """A system message ("uj", "au", "ul", ...): `msg` is its argument, not text."""
    doc: Doc = {"_id": chat.chance.id(), "t": t, "rid": room.id, "ts": chat.at(), "msg": argument, "u": user.u}
    doc |= {"groupable": False, "_updatedAt": chat.change()}
    _store(chat, user, room, doc)
    chat.hub.message(room, doc)
    return doc


def encrypted(chat: Chat, user: User, room: Room) -> Doc:
    """What a person's client stores in an end-to-end encrypted room: ciphertext nobody else can read."""
    doc: Doc = {"_id": chat.chance.id(), "t": "e2e", "e2e": "pending", "rid": room.id, "msg": ""}
    doc["content"] = {
        "algorithm": "rc.v2.aes-sha2",
        "kid": "8a1f0c2e-0000-4000-8000-000000000000",
        "iv": "AAAAAAAAAAAAAAAA",
        "ciphertext": "QUJDREVGRw==",
    }
    doc |= {"ts": chat.at(), "u": user.u, "_updatedAt": chat.change()}
    _store(chat, user, room, doc)
    chat.hub.message(room, doc)
    return doc


def edit(chat: Chat, user: User, message_id: str, new_text: str, extra: Doc | None = None) -> Doc:
    """Change a message's text; attachments and their buttons stay."""
    doc, room = _found(chat, message_id)
    if doc["u"]["_id"] != user.id and not chat.may(user, "edit-message"):
        raise ChatError("error-action-not-allowed", "Message editing not allowed")
    doc |= {"msg": new_text, **text.read(new_text, chat.find_user), **(extra or {})}
    doc["editedAt"] = chat.at()
    doc["editedBy"] = {"_id": user.id, "username": user.username}
    _changed(chat, room, doc)
    return doc


def react(chat: Chat, user: User, message_id: str, emoji: str, should: bool | None) -> None:
    """Add or take back a reaction; None toggles, as chat.react does without shouldReact."""
    doc, room = _found(chat, message_id)
    emoji = f":{emoji.strip(':')}:"
    reactions: Doc = doc.setdefault("reactions", {})
    names: list[str] = reactions.setdefault(emoji, {"usernames": []})["usernames"]
    wanted = user.username not in names if should is None else should
    before = user.username in names
    if wanted and not before:
        names.append(user.username)
    elif before and not wanted:
        names.remove(user.username)
    if not names:
        del reactions[emoji]
    if not reactions:
        del doc["reactions"]
    if wanted is not before:
        _changed(chat, room, doc)


def preview(chat: Chat, message_id: str) -> None:
    """A link preview arrives seconds later: the same message again, without editedAt."""
    doc, room = _found(chat, message_id)
    for url in doc.get("urls", ()):
        url["meta"] = {"pageTitle": "A page"}
    _changed(chat, room, doc)


def delete(chat: Chat, user: User, message_id: str, *, as_person: bool = False) -> Doc:
    """Remove a message: a tombstone with Message_ShowDeletedStatus, else only a notify-room event."""
    doc, room = _found(chat, message_id)
    own = doc["u"]["_id"] == user.id
    if not as_person and not ((own and chat.may(user, "delete-own-message")) or chat.may(user, "delete-message")):
        raise ChatError("error-action-not-allowed", "Not allowed")
    if chat.settings["Message_ShowDeletedStatus"]:
        doc |= {"t": "rm", "msg": "", "attachments": [], "urls": [], "mentions": [], "reactions": {}}
        doc.pop("md", None)
        doc |= {"editedAt": chat.at(), "editedBy": {"_id": user.id, "username": user.username}}
        _changed(chat, room, doc)
    else:
        del chat.messages[message_id]
        room.remove(doc, chat.change())
        chat.hub.tell("deleted", room, {"_id": message_id})
    chat.hub.emit("stream-notify-room", f"{room.id}/deleteMessage", {"_id": message_id})
    return doc


def whisper(chat: Chat, user: User, room: Room, words: str) -> None:
    """An ephemeral message by rocket.cat that only this user's own stream carries; never stored."""
    at = chat.at()
    doc: Doc = {"groupable": False, "u": {"_id": "rocket.cat", "username": "rocket.cat"}, "private": True}
    doc |= {"_id": str(int(at)), "rid": room.id, "ts": at, "_updatedAt": at, "msg": words}
    chat.hub.user(user, "message", doc)


def _may_post(chat: Chat, user: User, room: Room) -> None:
    if not chat.can_access(user, room):
        raise ChatError("error-not-allowed", "Not allowed")
    if room.archived:
        raise ChatError("error-room-archived", "Room is archived")
    if user.username in room.muted:
        raise ChatError("You_have_been_muted", "You have been muted and cannot speak in this room")
    if room.read_only and not chat.may(user, "post-readonly"):
        raise ChatError("error-not-allowed", "You can't send messages because the room is readonly.")
    if room.encrypted and not chat.settings["E2E_Allow_Unencrypted_Messages"]:
        raise ChatError("error-not-allowed", "Not allowed to send un-encrypted messages in an encrypted room")


def _store(chat: Chat, user: User, room: Room, doc: Doc) -> None:
    chat.messages[doc["_id"]] = doc
    room.add(doc)
    mine = room.members.get(user.id)
    if mine is not None and "t" not in doc:
        mine.seen = room.count
    for mention in doc.get("mentions", ()):
        if (sub := room.members.get(mention["_id"])) is not None:
            sub.mentions += 1
    stamp: Stamp = doc["_updatedAt"]
    direct = room.t == "d"
    if direct or chat.hub.any_user:
        for sub in room.members.values():
            sub.updated = stamp if direct else sub.updated
            chat.announce("updated", sub)


def _thread_grew(chat: Chat, room: Room, root: Doc, reply: Doc) -> None:
    root["tcount"] = root.get("tcount", 0) + 1
    root["tlm"] = reply["ts"]
    root["replies"] = list(dict.fromkeys([*root.get("replies", ()), root["u"]["_id"], reply["u"]["_id"]]))
    _changed(chat, room, root)


def _changed(chat: Chat, room: Room, doc: Doc) -> None:
    doc["_updatedAt"] = chat.change()
    room.touch(doc)
    if doc is room.last:
        room.updated = doc["_updatedAt"]
    chat.hub.message(room, doc)


def _found(chat: Chat, message_id: str) -> tuple[Doc, Room]:
    doc = chat.messages.get(message_id)
    if doc is None:
        raise ChatError("not-found", f'No message found with the id of "{message_id}".', plain=True)
    return doc, chat.rooms[doc["rid"]]
