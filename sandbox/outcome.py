"""What became of a mail: what the bot made of it, and to whom it wrote, as one sentence for the page.

Only looks at what reached the look-alike's rooms and mailboxes; the bot's own finding is given by the demo.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sandbox import views
from sandbox.letters import Mail
from sandbox.rooms import Room
from sandbox.wire import Doc

if TYPE_CHECKING:
    from sandbox.server import Sandbox

QUIET = 0.6
"""Real seconds without a word of the bot after which it is believed to have said everything."""

LONGEST = 4.0
"""Real seconds that are waited for it at most."""

NAMED = 4
"""So many people are named in a sentence; the others are counted."""


class Watch:
    """Notes to whom the bot writes from now until `sentence` is asked for."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.chats: dict[str, str] = {}
        self.mails: dict[str, str] = {}
        self._news = asyncio.Event()
        box.chat.hub.watch.append(self._heard)
        box.mail.watch.append(self._arrived)

    async def close(self) -> None:
        """Wait until the bot is quiet, then look no more."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LONGEST
        try:
            while (left := min(QUIET, end - loop.time())) > 0:
                self._news.clear()
                async with asyncio.timeout(left):
                    await self._news.wait()
        except TimeoutError:
            pass  # quiet
        finally:
            self.box.chat.hub.watch.remove(self._heard)
            self.box.mail.watch.remove(self._arrived)

    def links(self) -> list[Doc]:
        """Where to look: {"who", "view", "label"} for each."""
        people = {views.key_of(person): str(person["name"]) for person in self.box.cast}
        found = [{"who": who, "view": "mail", "label": f"{people[who]}'s mailbox"} for who in self.mails]
        found += [
            {"who": who, "view": room, "label": room if room.startswith("#") else f"{people[who]}'s chat"}
            for room, who in self.chats.items()
        ]
        return found

    def sentence(self, finding: str) -> str:
        """What the bot made of it, and to whom it wrote."""
        told = []
        if mails := [self._name(who) for who in self.mails]:
            told.append(f"by mail to {listed(mails)}")
        if chats := [room if room.startswith("#") else self._name(who) for room, who in self.chats.items()]:
            told.append(f"in chat to {listed(chats)}")
        wrote = f"The bot wrote {' and '.join(told)}." if told else "The bot wrote to nobody."
        return f"{finding} {wrote}".strip()

    def _name(self, key: str) -> str:
        return next(str(person["name"]) for person in self.box.cast if views.key_of(person) == key)

    def _heard(self, kind: str, room: Room | None, doc: Doc) -> None:
        if kind != "message" or room is None or doc.get("u", {}).get("username") != self.box.bot or "editedAt" in doc:
            return
        self._news.set()
        inside = [each.user.username for each in room.members.values()]
        keys = [views.key_of(person) for person in self.box.cast if person.get("username") in inside]
        if keys:
            place = room.id if room.t == "d" else f"#{room.name}"
            self.chats.setdefault(place, keys[0])

    def _arrived(self, mail: Mail) -> None:
        self._news.set()
        wanted = {address.lower() for address in mail.recipients}
        for person in self.box.cast:
            if wanted & {str(each).lower() for each in person["emails"]}:
                self.mails.setdefault(views.key_of(person), mail.subject)


def listed(names: list[str]) -> str:
    """Names in a sentence: "Ana", "Ana and Ben", "Ana, Ben, Cora, Dan and 3 others"."""
    few: list[Any] = names[:NAMED]
    if len(names) > NAMED:
        few = [*few, f"{len(names) - NAMED} others" if len(names) - NAMED > 1 else "one other"]
    return str(few[0]) if len(few) == 1 else f"{', '.join(few[:-1])} and {few[-1]}"
