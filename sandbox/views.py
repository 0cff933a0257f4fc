"""What the chat page shows, as JSON: people, rooms, messages, mail. Reads the state, changes nothing."""

from __future__ import annotations

import re
from base64 import b64encode

from sandbox.chat import Chat
from sandbox.hands import buttons
from sandbox.letters import Mail
from sandbox.mail import MailSink
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import Doc

SHOWN = 200
"""The newest messages of a room that the page gets."""

SYSTEM: dict[str, str] = {"uj": "joined", "ul": "left", "au": "added {}", "ru": "removed {}", "rm": "deleted a message"}


def key_of(person: Doc) -> str:
    """How the page names a member of the cast: the username, or the address of a shared mailbox."""
    return str(person.get("username") or person["emails"][0])


def people(chat: Chat, mail: MailSink, cast: list[Doc]) -> list[Doc]:
    """The cast with what each has not read yet."""
    return [
        {
            "key": key_of(person),
            "username": person.get("username") or "",
            "name": person["name"],
            "title": person.get("title", ""),
            "group": person.get("group", ""),
            "emails": list(person.get("emails", ())),
            "chat": _unread(chat.find_user(person.get("username") or "")),
            "mail": sum(key_of(person) not in m.read_by for m in mailbox(mail, person)),
        }
        for person in cast
    ]


def _unread(user: User | None) -> int:
    return sum(sub.unread for sub in user.rooms.values()) if user else 0


def rooms(user: User, bot: str) -> list[Doc]:
    """A person's rooms: the bot first, then channels, then people."""
    listed = [_room(sub.room, user, sub.unread, bot) for sub in user.rooms.values()]
    return sorted(listed, key=lambda r: ({"bot": 0, "channel": 1, "group": 1, "person": 2}[r["kind"]], r["name"]))


def _room(room: Room, user: User, unread: int, bot: str) -> Doc:
    other = room.other(user)
    kind = {"c": "channel", "p": "group"}.get(room.t) or ("bot" if other.username == bot else "person")
    last = room.last["msg"] if room.last and "t" not in room.last else ""
    name = other.name if room.t == "d" else f"#{room.name}"
    return {"id": room.id, "kind": kind, "name": name, "unread": unread, "last": last[:80]}


def messages(chat: Chat, room: Room, user: User) -> list[Doc]:
    """The newest messages of a room, oldest first."""
    tail = [doc for doc, _ in zip(room.backwards(), range(SHOWN), strict=False)][::-1]
    return [_message(chat, doc, user) for doc in tail]


def _message(chat: Chat, doc: Doc, user: User) -> Doc:
    kind = doc.get("t", "")
    root = chat.messages.get(doc.get("tmid", ""))
    system = SYSTEM.get(kind, str(kind)).format(doc["msg"]) if kind and kind != "e2e" else ""
    shown: Doc = {
        "id": doc["_id"],
        "by": doc["u"]["username"],
        "name": doc.get("alias") or doc["u"]["name"],
        "mine": doc["u"]["_id"] == user.id,
        "text": "" if kind else doc["msg"],
        "system": "sent an encrypted message" if kind == "e2e" else system,
        "at": int(doc["ts"]),
        "edited": "editedAt" in doc and not kind,
        "thread": doc.get("tmid", ""),
        "root": {"name": root["u"]["name"], "text": root["msg"][:120]} if root else None,
        "reactions": {k: v["usernames"] for k, v in doc.get("reactions", {}).items()},
        "notes": [_note(a) for a in doc.get("attachments", ()) if a.get("type") != "file"],
        "buttons": [{"label": b["text"], "url": b.get("url", "")} for b in buttons(doc)],
        "files": [f | {"url": f"sandbox/file/{f['_id']}"} for f in doc.get("files", ())],
    }
    return shown


def _note(attachment: Doc) -> Doc:
    """The words of an attachment: what stands above its buttons."""
    fields = [{"title": f.get("title", ""), "value": f.get("value", "")} for f in attachment.get("fields", ())]
    return {
        "title": attachment.get("title", ""),
        "text": attachment.get("text", ""),
        "color": attachment.get("color", ""),
        "fields": fields,
    }


def mailbox(mail: MailSink, person: Doc) -> list[Mail]:
    """The mails any of a person's addresses got, oldest first, each once."""
    found = {m.id: m for address in person.get("emails", ()) for m in mail.box(address)}
    return [found[i] for i in sorted(found)]


def sent(mail: MailSink, person: Doc) -> list[Mail]:
    """The mails a person wrote, or that claim to be his, oldest first."""
    own = {str(address).lower() for address in person.get("emails", ())}
    return [m for m in mail.messages if m.sender.lower() in own]


def mail_line(mail: Mail, key: str, *, sent: bool = False) -> Doc:
    """One line of a mailbox; of what was sent, to whom."""
    return {
        "id": mail.id,
        "from": mail.header("To") if sent else mail.header("From"),
        "subject": mail.subject or "(no subject)",
        "at": int(mail.at.timestamp() * 1000),
        "read": sent or key in mail.read_by,
        "files": len(mail.attachments),
        "glance": " ".join(mail.text.split())[:120],
    }


def mail_page(mail: Mail) -> Doc:
    """One whole mail."""
    files = [
        {"n": n, "name": a.name, "type": a.type, "size": len(a.content), "url": f"sandbox/mail/{mail.id}/{n}"}
        for n, a in enumerate(mail.attachments)
    ]
    return {
        "id": mail.id,
        "from": mail.header("From"),
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "to": mail.header("To"),
        "cc": mail.header("Cc"),
        "reply_to": mail.header("Reply-To"),
        "subject": mail.subject or "(no subject)",
        "at": int(mail.at.timestamp() * 1000),
        "text": mail.text,
        "html": _with_pictures(mail),
        "headers": [[name, str(value)] for name, value in mail.message.items()],
        "envelope": {"from": mail.sender, "to": list(mail.recipients)},
        "files": files,
    }


def _with_pictures(mail: Mail) -> str:
    """The HTML body with its inline pictures in it, for a frame that may load nothing."""

    def data(found: re.Match[str]) -> str:
        picture = mail.pictures.get(found[1])
        return f"data:{picture.type};base64,{b64encode(picture.content).decode()}" if picture else found[0]

    return re.sub(r"cid:([^\"'>\s]+)", data, mail.html) if mail.pictures else mail.html
