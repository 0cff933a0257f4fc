"""What people do with mail on the page: write, answer, hand on, send once more; and what mailboxes do by themselves.

Every mail is kept in the mailboxes it goes to; what is for the bot goes through `receive`, the demo's mail server.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from sandbox import automatic, views, writing
from sandbox.letters import Mail
from sandbox.outcome import Watch
from sandbox.wire import Doc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.server import Sandbox

UNREAD = "this bot reads no mail"


class Mailroom:
    """Deeds with mail; each answers {"id", "said": one sentence of what became of it, "links": where to look}."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box

    async def write(self, body: Doc) -> Doc:
        """{"as", "to", "cc"?, "subject", "text", "files"?, "answers"?: a mail's id, ...}: what `writing.compose` takes
        besides."""
        box, person = self.box, self._person(body)
        about = self._mail(body["answers"]) if body.get("answers") is not None else None
        draft = writing.compose(person, body, box.chat.now(), box.chat.chance.id(), about, box.tz)
        return await self._send(draft.sender, draft.recipients, draft.raw)

    async def again(self, body: Doc) -> Doc:
        """{"as", "mail": the id of one of the person's own, "fresh"?: under a new Message-ID}: the same mail once
        more."""
        mail = self._mail(body["mail"])
        if mail not in views.sent(self.box.mail, self._person(body)):
            raise ValueError("only whoever wrote a mail can send it again")
        to = tuple(dict.fromkeys([*mail.addresses("To"), *mail.addresses("Cc")]))
        return await self._send(
            mail.sender, to, writing.again(mail, self.box.chat.chance.id() if body.get("fresh") else "")
        )

    async def bounce(self, body: Doc) -> Doc:
        """{"as", "mail": a mail to the person, "why"?: "unknown" or "full"}: it comes back to the bot, as Postfix sends
        it back."""
        mail, address = self._own(body)
        raw = automatic.bounce(mail, address, str(body.get("why") or "unknown"), self.box.chat.now(), self._id())
        return await self._send("", (mail.sender,), raw)

    async def auto(self, body: Doc) -> Doc:
        """{"as", "mail": a mail to the person, "kind"?: "away" or "receipt"}: the mailbox answers by itself."""
        mail, address = self._own(body)
        found, kind = writing.proof(address, "pass"), str(body.get("kind") or "away")
        answer = automatic.answer(self._person(body), address, mail, kind, self.box.chat.now(), self._id(), found)
        return await self._send("", (mail.sender,), answer.as_bytes())

    async def _send(self, sender: str, to: Sequence[str], raw: bytes) -> Doc:
        box = self.box
        to_bot = box.bot_email in (address.lower() for address in to)
        if to_bot and box.receive is None:
            raise ValueError(UNREAD)
        others = [address for address in to if address.lower() != box.bot_email]
        mail = box.mail.keep(sender, others, raw)
        if not to_bot or box.receive is None:
            return {"id": mail.id, "said": "Delivered. The bot was not among those it went to.", "links": []}
        watch = Watch(box)
        try:
            finding = box.receive(sender, raw)
            if inspect.isawaitable(finding):
                finding = await finding
        finally:
            await watch.close()
        return {"id": mail.id, "said": watch.sentence(str(finding or "")), "links": watch.links()}

    def _own(self, body: Doc) -> tuple[Mail, str]:
        """A mail that reached the person, and the address of his that it reached."""
        person, mail = self._person(body), self._mail(body["mail"])
        known = {str(each).lower() for each in person["emails"]}
        address = next((each for each in mail.recipients if each.lower() in known), "")
        if not address:
            raise ValueError(f"that mail never reached {person['name']}")
        return mail, address

    def _id(self) -> str:
        return self.box.chat.chance.id()

    def _person(self, body: Doc) -> Doc:
        for person in self.box.cast:
            if views.key_of(person) == body["as"]:
                return person
        raise ValueError(f"nobody here is called {body['as']}")

    def _mail(self, id: object) -> Mail:
        n = int(str(id))
        if not 0 <= n < len(self.box.mail.messages):
            raise ValueError("there is no such mail")
        return self.box.mail.messages[n]
