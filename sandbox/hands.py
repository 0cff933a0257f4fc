"""What a test or the chat page does as a person: say, press, edit, react, delete, look.

A person acts through the web client, so its habits apply here: unknown slash commands, trimmed text, buttons.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from sandbox import posting, rest_files
from sandbox.api import Upload
from sandbox.chat import Chat
from sandbox.people import User
from sandbox.rooms import Room
from sandbox.wire import ChatError, Doc

File = tuple[str, str, bytes]
"""Name, media type, content."""


class Hands:
    """People acting in one workspace. A room is an id, "#name", "@username" (direct), or a pair of usernames."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    # -- setting the stage

    def add_user(
        self, username: str, name: str, roles: Sequence[str] = (), token: str | None = None, email: str = ""
    ) -> str:
        """A new user (role "user" unless told otherwise; password = username); returns the user id."""
        return self.chat.add_user(username, name, tuple(roles), token=token, email=email).id

    def token(self, username: str) -> str:
        """A live token of that user."""
        return next(iter(self.chat.user(username).tokens))

    def add_channel(self, name: str, members: Iterable[str] = (), *, private: bool = False) -> str:
        """A public channel (or private group) with these members; returns its id."""
        people = [self.chat.user(m) for m in members]
        return self.chat.add_room("p" if private else "c", name.removeprefix("#"), None, people).id

    def direct(self, a: str, b: str) -> str:
        """The id of the direct room of two people, made at need."""
        return self.chat.direct(self.chat.user(a), self.chat.user(b)).id

    # -- acting

    def say(self, username: str, room: str, text: str, tmid: str | None = None, files: Iterable[File] = ()) -> str:
        """Write as that person; returns the message id. ChatError if the client would swallow or the server refuse."""
        user, text = self.chat.user(username), text.strip()
        place = self.room(room, user)
        if text.startswith("/") and not self.chat.settings["Message_AllowUnrecognizedSlashCommand"]:
            command = text[1:].split()[0] if text[1:].split() else ""
            posting.whisper(self.chat, user, place, f"No such command: `{command}`")
            raise ChatError("no-such-command", f"No such command: `{command}`")
        if place.encrypted:
            return str(posting.encrypted(self.chat, user, place)["_id"])
        if place.t == "c" and user.id not in place.members:
            self.chat.enter(user, place)
            posting.system(self.chat, user, place, "uj", user.username)
        kept = [rest_files.keep(self.chat, user, place, Upload(*f)) for f in files]
        if kept:
            return str(rest_files.confirm(self.chat, user, place, kept, text, tmid)["_id"])
        return str(posting.post(self.chat, user, place, posting.Draft(msg=text, tmid=tmid))["_id"])

    def press(self, username: str, message_id: str, label: str) -> str:
        """Press a button: its `msg` becomes an ordinary message of that person in that room; returns its id.

        The label may be cut short. LookupError if the message shows no such button.
        """
        message = self.chat.messages[message_id]
        action = _button(message, label)
        return self.say(username, message["rid"], str(action["msg"]))

    def press_newest(self, username: str, label: str, room: str | None = None) -> str:
        """Press the newest such button shown to that person (in `room`, else in any of theirs)."""
        user = self.chat.user(username)
        rooms = [self.room(room, user)] if room else [s.room for s in user.rooms.values()]
        shown = sorted((m for r in rooms for m in r.messages.values() if buttons(m)), key=lambda m: int(m["ts"]))
        for message in reversed(shown):
            if any(b["text"].startswith(label) for b in buttons(message)):
                return self.press(username, message["_id"], label)
        raise LookupError(f"{username} sees no button {label!r}")

    def edit(self, username: str, message_id: str, text: str) -> None:
        """Change a message of one's own."""
        posting.edit(self.chat, self.chat.user(username), message_id, text)

    def react(self, username: str, message_id: str, emoji: str) -> None:
        """Add a reaction."""
        posting.react(self.chat, self.chat.user(username), message_id, emoji, should=True)

    def delete(self, username: str, message_id: str) -> None:
        """Delete a message."""
        posting.delete(self.chat, self.chat.user(username), message_id, as_person=True)

    def preview(self, message_id: str) -> None:
        """A link preview arrives: the message is sent round again."""
        posting.preview(self.chat, message_id)

    def read(self, username: str, room: str) -> None:
        """The person has seen the room."""
        user = self.chat.user(username)
        self.chat.read(user, self.room(room, user))

    # -- looking

    def room(self, room: str | tuple[str, str], user: User | None = None) -> Room:
        """The room meant; "@name" needs `user` to say whose direct room."""
        if isinstance(room, tuple):
            return self.chat.direct(self.chat.user(room[0]), self.chat.user(room[1]))
        if room.startswith("@"):
            if user is None:
                raise KeyError(f'whose direct room with {room}? give ("a", "b")')
            return self.chat.direct(user, self.chat.user(room[1:]))
        found = self.chat.find_room(room.removeprefix("#"))
        if found is None:
            raise KeyError(f"no room {room!r} in the sandbox")
        return found

    def messages(self, room: str | tuple[str, str]) -> list[Doc]:
        """A room's messages as stored, oldest first; dates are epoch milliseconds."""
        return list(self.room(room).messages.values())

    def texts(self, room: str | tuple[str, str], by: str | None = None) -> list[str]:
        """Only the words, of everybody or of one user; system messages left out."""
        found = (m for m in self.room(room).messages.values() if "t" not in m)
        return [m["msg"] for m in found if by is None or m["u"]["username"] == by]

    async def wait(
        self, room: str | tuple[str, str], until: Callable[[list[Doc]], bool], seconds: float = 10.0
    ) -> list[Doc]:
        """The room's messages once `until` says yes; TimeoutError after so many real seconds."""
        place, heard = self.room(room), asyncio.Event()

        def watcher(kind: str, where: Room | None, doc: Doc) -> None:
            if where is place:
                heard.set()

        self.chat.hub.watch.append(watcher)
        try:
            async with asyncio.timeout(seconds):
                while not until(list(place.messages.values())):
                    heard.clear()
                    await heard.wait()
        finally:
            self.chat.hub.watch.remove(watcher)
        return list(place.messages.values())


def buttons(message: Doc) -> list[Doc]:
    """The buttons a client would draw under a message: type button, a text, and a msg for the chat window."""
    actions = [a for attachment in message.get("attachments", ()) for a in attachment.get("actions", ())]
    return [
        a
        for a in actions
        if a.get("type") == "button" and a.get("text") and (a.get("url") or a.get("msg_in_chat_window"))
    ]


def _button(message: Doc, label: str) -> Doc:
    shown = buttons(message)
    exact = [a for a in shown if a["text"] == label]
    for action in exact or [a for a in shown if a["text"].startswith(label)]:
        if action.get("msg"):
            return action
    raise LookupError(f"no button {label!r} among {[a['text'] for a in shown]}")
