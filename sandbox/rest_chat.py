"""REST about single messages: chat.postMessage, sendMessage, update, react, delete, getMessage."""

from __future__ import annotations

from typing import Any

from sandbox import posting, text
from sandbox.api import Bare, Call, route
from sandbox.posting import Draft
from sandbox.rest_rooms import join
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc

KEPT = ("alias", "emoji", "avatar", "blocks", "customFields", "groupable")
SEND = {"_id", "rid", "msg", "tmid", "tshow", "attachments", "t", *KEPT} - {"groupable"}
POST = "roomId channel text alias emoji avatar attachments customFields parseUrls tmid"


@route("POST", "chat.sendMessage", need="message", allow="previewUrls")
def send_message(call: Call) -> Doc:
    """Post under an id the client may choose; an id the server has answers 400 though it is stored."""
    message = call.body["message"]
    if not isinstance(message, dict):
        raise call.invalid("message must be object")
    if not message.get("rid"):
        raise ChatError("error-invalid-params", 'The "message" object is missing "rid"', plain=True)
    if message.keys() - SEND:
        raise call.invalid("must NOT have additional properties")
    if message.get("t") and message["t"] != "e2e":
        raise ChatError("t", "Cannot send system messages using 'chat.sendMessage'", plain=True)
    _check_types(call, message, "msg", "_id", "tmid", "alias", "emoji", "avatar")
    room = call.chat.rooms.get(str(message["rid"]))
    if room is None:
        raise ChatError("error-invalid-room", "Invalid room")
    if message.get("tshow") and not message.get("tmid"):
        raise ChatError("invalid-params", "tshow provided but missing tmid")
    if not (message.get("msg") or message.get("attachments") or message.get("blocks")):
        raise ChatError("error-invalid-message", "Message must have text, attachments or blocks")
    _impersonation(call, message)
    draft = _draft(message, str(message.get("msg") or "").replace("\0", ""))
    draft.id, draft.tshow = message.get("_id"), bool(message.get("tshow"))
    return {"message": posting.post(call.chat, call.user, room, draft)}


@route("POST", "chat.postMessage", allow=POST)
def post_message(call: Call) -> Doc:
    """Post to a room by id, "#name" or "@user"; no id of one's own, so a retry doubles."""
    body = call.body
    if ("roomId" in body) == ("channel" in body) or ("channel" in body and "tmid" in body):
        raise call.invalid("must match exactly one schema in oneOf")
    _check_types(call, body, "text", "tmid", "alias", "emoji", "avatar")
    target = body.get("roomId", body.get("channel"))
    rooms = [_target(call, str(t)) for t in (target if isinstance(target, list) else [target])]
    _impersonation(call, body)
    words = str(body.get("text") or "").strip()
    if len(words) > call.chat.settings["Message_MaxAllowedSize"]:
        raise ChatError("error-message-size-exceeded", plain=True)
    docs = [posting.post(call.chat, call.user, room, _draft({"groupable": False} | body, words)) for room in rooms]
    return {"ts": int(docs[0]["ts"]), "channel": target, "message": docs[0]}


def _target(call: Call, name: str) -> Room:
    """Where postMessage goes; public channels are joined on the way."""
    chat = call.chat
    room = None if name.startswith("@") else chat.find_room(name.removeprefix("#"))
    if room is None and not name.startswith("#"):
        user = chat.find_user(name.removeprefix("@"))
        room = chat.direct(call.user, user) if user else None
    if room is None or (room.t == "p" and call.user.id not in room.members):
        raise ChatError("invalid-channel")
    if room.t == "c":
        join(call, room)
    return room


def _draft(given: Doc, words: str) -> Draft:
    attachments = given.get("attachments") or []
    text.check_attachments(attachments)
    extra = {key: given[key] for key in KEPT if key in given}
    return Draft(msg=words, tmid=given.get("tmid"), attachments=attachments, extra=extra)


def _impersonation(call: Call, given: Doc) -> None:
    if (given.get("alias") or given.get("avatar")) and not call.chat.may(call.user, "message-impersonate"):
        raise ChatError("error-not-allowed", "Not enough permission")


def _check_types(call: Call, given: Doc, *names: str) -> None:
    for name in names:
        value: Any = given.get(name)
        if value is not None and not isinstance(value, str):
            raise call.invalid(f"{name} must be string")


@route("POST", "chat.update", need="roomId msgId text", allow="previewUrls customFields content")
def update(call: Call) -> Doc:
    """New text; attachments cannot be changed here."""
    doc = _own(call)
    custom = call.body.get("customFields")
    extra = {"customFields": custom} if custom else None
    return {"message": posting.edit(call.chat, call.user, doc["_id"], str(call.body["text"]), extra)}


@route("POST", "chat.delete", need="roomId msgId", allow="asUser fileId")
def delete(call: Call) -> Doc:
    """Role bot may not delete its own messages by default."""
    doc = _own(call)
    posting.delete(call.chat, call.user, doc["_id"])
    return {"_id": doc["_id"], "ts": str(int(call.chat.at())), "message": doc}


def _own(call: Call) -> Doc:
    message_id = str(call.body["msgId"])
    doc = call.chat.messages.get(message_id)
    if doc is None:
        raise ChatError("not-found", f'No message found with the id of "{message_id}".', plain=True)
    if doc["rid"] != call.body["roomId"]:
        raise ChatError("mismatch", "The room id provided does not match where the message is from.", plain=True)
    return doc


@route("POST", "chat.react", need="messageId", allow="emoji reaction shouldReact")
def react(call: Call) -> Doc:
    """Without shouldReact it toggles."""
    emoji = call.body.get("emoji") or call.body.get("reaction")
    if not emoji:
        raise ChatError("error-emoji-param-not-provided", 'The required "emoji" param is missing.')
    if call.body["messageId"] not in call.chat.messages:
        raise ChatError("error-message-not-found", 'The provided "messageId" does not match any existing message.')
    posting.react(call.chat, call.user, call.body["messageId"], str(emoji), call.body.get("shouldReact"))
    return {}


@route("GET", "chat.getMessage", need="msgId")
def get_message(call: Call) -> Doc:
    """One message; 400 with nothing else if it is not there or not for the caller."""
    doc = call.chat.messages.get(call.query["msgId"])
    if doc is None or not call.chat.can_access(call.user, call.chat.rooms[doc["rid"]]):
        raise Bare(400, {"success": False})
    return {"message": doc}
