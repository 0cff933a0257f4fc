"""Files in two steps (PROTOCOL 4.5): rooms.media stores for 24 h and posts nothing, mediaConfirm posts."""

from __future__ import annotations

from sandbox import posting
from sandbox.api import Call, Upload, forbidden, route
from sandbox.chat import Chat
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc

DAY = 24 * 3600 * 1000
"""Milliseconds an unconfirmed upload lives."""

CONFIRM = "msg description fileName tmid alias avatar emoji groupable customFields content"


@route("POST", "rooms.media", allow=None)
def media(call: Call) -> Doc:
    """Step one."""
    room = _room(call)
    if call.upload is None:
        raise ChatError("error-no-file-uploaded", "No file uploaded")
    if len(call.upload.content) > call.chat.settings["FileUpload_MaxFileSize"]:
        raise ChatError("error-file-too-large", "File is too large")
    file = keep(call.chat, call.user, room, call.upload)
    return {"file": {"_id": file["_id"], "url": file["url"]}}


@route("POST", "rooms.mediaConfirm", allow=CONFIRM)
def media_confirm(call: Call) -> Doc:
    """Step two, by the same user in the same room within a day; a second time is refused."""
    room = _room(call)
    file = call.chat.uploads.get(call.tail[1] if len(call.tail) > 1 else "")
    fits = file is not None and (file["uid"], file["rid"], file["posted"]) == (call.user.id, room.id, False)
    if file is None or not fits or call.chat.at() - file["at"] > DAY:
        raise ChatError("invalid-file")
    body = call.body
    return {"message": confirm(call.chat, call.user, room, [file], str(body.get("msg") or ""), body.get("tmid"))}


def _room(call: Call) -> Room:
    room = call.chat.rooms.get(call.tail[0] if call.tail else "")
    if room is None or not call.chat.can_access(call.user, room):
        raise forbidden(call.chat)
    return room


def keep(chat: Chat, user: User, room: Room, upload: Upload) -> Doc:
    """An upload waiting to be posted."""
    id = chat.chance.id()
    file: Doc = {"_id": id, "name": upload.name, "type": upload.type, "size": len(upload.content)}
    file |= {"url": f"/file-upload/{id}/{upload.name}", "uid": user.id, "rid": room.id, "at": chat.at()}
    file |= {"posted": False, "content": upload.content}
    chat.uploads[id] = file
    return file


def confirm(chat: Chat, user: User, room: Room, files: list[Doc], words: str, tmid: str | None) -> Doc:
    """The message that shows the files."""
    shown = [{k: f[k] for k in ("_id", "name", "type", "size")} for f in files]
    attachments = [_attachment(f) for f in files]
    extra: Doc = {"file": shown[0], "files": shown, "groupable": False}
    message = posting.post(chat, user, room, posting.Draft(msg=words, tmid=tmid, attachments=attachments, extra=extra))
    for file in files:
        file["posted"] = True
    return message


def _attachment(file: Doc) -> Doc:
    doc: Doc = {"title": file["name"], "type": "file", "title_link": file["url"], "title_link_download": True}
    if file["type"].startswith("image/"):
        return doc | {"image_url": file["url"], "image_type": file["type"], "image_size": file["size"]}
    return doc | {"format": file["name"].rpartition(".")[2].upper(), "size": file["size"]}
