"""What the demo's classes did before its clock starts: a kept rehearsal, played into the look-alike's rooms.

Every line is said there by its person and enters the real engine under the id the chat server gave it; every message
and mail decided goes straight into the rooms and mailboxes, at its own time. So nothing waits to be sent when the bot
starts, and nothing said earlier is heard a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.clock import HandClock
from bot.ports import ChatMessage, ChatPort, File, MailPort, RawMail
from bot.rehearse import Rehearsal
from bot.rocketchat.posting import document
from bot.script import BOT_ROOM, Step
from sandbox import posting
from sandbox.server import Sandbox


@dataclass
class Rooms:
    """The chat wire of the past: the bot's words, in the room, now."""

    sandbox: Sandbox

    async def send(self, message: ChatMessage) -> None:
        """Post it as the bot."""
        box = self.sandbox
        bot = box.chat.user(box.bot)
        room = box.room(message.room, bot)
        thread = message.thread if message.thread in room.messages else None
        said = document(message, room.id, thread)
        draft = posting.Draft(
            id=message.id, msg=message.text, tmid=thread, attachments=list(said.get("attachments", ()))
        )
        posting.post(box.chat, bot, room, draft)


@dataclass
class Mailboxes:
    """The mail wire of the past: straight into the sink."""

    sandbox: Sandbox

    async def send(self, message: RawMail) -> None:
        """Keep it for its recipients."""
        self.sandbox.mail.keep(message.sender, list(message.recipients), message.content)


@dataclass(kw_only=True)
class Past(Rehearsal):
    """A rehearsal that happens in the look-alike. What is older than its last day, everybody has read."""

    sandbox: Sandbox
    hands: HandClock
    _day: date | None = field(default=None, init=False)

    def _hands(self) -> HandClock:
        return self.hands

    def _wires(self) -> dict[str, ChatPort | MailPort]:
        return {"chat": Rooms(self.sandbox), "mail": Mailboxes(self.sandbox)}

    def _source(self, n: int, actor: str, room: str, words: str, files: tuple[File, ...]) -> str:
        """Say it in the look-alike; who speaks has seen the room."""
        shown = [(file.name, file.type, file.content) for file in files]
        place = f"@{self.sandbox.bot}" if room == BOT_ROOM else room
        self.sandbox.read(actor, place)
        return f"rc:{self.sandbox.say(actor, place, words, files=shown)}"

    async def _one(self, n: int, step: Step, at: datetime) -> None:
        today = at.astimezone(ZoneInfo(self.sandbox.tz)).date()
        if self._day is not None and today != self._day:
            self._put_away()
        self._day = today
        await super()._one(n, step, at)

    def _put_away(self) -> None:
        """Yesterday's messages and mails are read."""
        chat = self.sandbox.chat
        for user in list(chat.users.values()):
            for place in list(user.rooms.values()):
                chat.read(user, place.room)
        for mail in self.sandbox.mail.messages:
            mail.read_by.update(str(person.get("username") or person["emails"][0]) for person in self.sandbox.cast)
