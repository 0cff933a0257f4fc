"""The mail server of the demo: hands what is written on the page to the bot's own LMTP door, and says what it found.

Nothing goes round the door: the finding is read from the row the bot kept of the mail.
"""

from __future__ import annotations

import asyncio
import smtplib

from sqlalchemy import Connection, select

from bot import mailroom
from bot.app import App
from bot.mail import authenticity
from store import tables

FOUND = {
    "bounce": "Taken for what it is: one of the bot's mails came back.",
    "away": "Taken for an out-of-office answer.",
    "duplicate": "Seen before: the same words came under another Message-ID, so nothing was done twice.",
    "late": "Older than three days, so nothing was done by itself.",
    "over budget": "Too many mails in one hour, so it was only kept.",
}
"""What the bot keeps of a mail it does not simply read."""

AGAIN = "Seen before: it has the same Message-ID, so nothing was done twice."
SECONDS = 30.0
"""Real seconds the door may take."""


async def deliver(app: App, bot: str, sender: str, raw: bytes) -> str:
    """Hand a mail over as a mail server does; what the bot found, in a sentence. OSError when the door is shut."""
    if app.lmtp is None or app.inbound is None:
        raise ValueError("the bot's door for mail is shut")
    now, authserv = app.clock.now(), app.inbound.authserv_id
    letter = mailroom.letter(raw, now, authserv, sender, now=now)
    assert letter.mail is not None
    before = await app.premises.writer.run(lambda connection: _row(connection, letter.source))
    await asyncio.to_thread(_hand_over, app.lmtp.host, app.lmtp.port, sender, bot, raw)
    if before:
        return AGAIN
    verdict = await app.premises.writer.run(lambda connection: _row(connection, letter.source))
    if verdict == "quarantined":
        who = authenticity.identify(letter.mail.received, authserv, app.premises.engine.setting().roster)
        return f"Quarantined, without effect: {who.why}."
    if verdict.startswith("automatic"):
        return "Taken for an automatic mail, which is never answered."
    if verdict in FOUND:
        return FOUND[verdict]
    meant = set(verdict.split(","))
    if meant & {"act", "wish"}:
        return "The bot read it."
    return "The bot read it and asks first." if "confirm" in meant else "The bot read it and found nothing to record."


def _row(connection: Connection, source: str) -> str:
    """The verdict on a mail that was taken; "" when none was."""
    i = tables.inbox.c
    found = connection.execute(select(i.verdict).where(i.source == source)).first()
    return found.verdict if found is not None else ""


def _hand_over(host: str, port: int, sender: str, bot: str, raw: bytes) -> None:
    with smtplib.LMTP(host, port, timeout=SECONDS) as door:
        door.sendmail(sender, [bot], raw)
