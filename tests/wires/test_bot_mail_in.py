"""The running bot with its mail door open: a mail is answered, survives kill -9, and is read again from the mailbox."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.mail import corpus
from tests.wires.bot_process import Town, nursery, town, until
from tests.wires.test_mail_in import Imap, dated

A00 = "a00@example.com"


def mail(n: int = 0) -> bytes:
    """A fail, in a mail our own server vouches for."""
    return dated(
        corpus.plain(
            "First fail of the AHIP final" + "." * n, From=A00, Return_Path=f"<{A00}>", Message_ID=f"<{n}@example.com>"
        )
    )


def with_door(place: Town, settings: str) -> None:
    place.config.write_text(
        place.config.read_text() + f'[mail.inbound]\nauthserv_id = "mx.example.com"\n{settings}', encoding="utf-8"
    )


def free_port() -> int:
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        return int(spare.getsockname()[1])


def hand_over(port: int, raw: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail(A00, ["certdesk@example.com"], raw)


async def test_what_was_answered_250_is_acted_on_though_the_bot_is_killed_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place, nursery(place) as nest:
        port = free_port()
        with_door(place, f'lmtp = "127.0.0.1:{port}"\n')
        bot = await (await nest.start()).ready()
        hand_over(port, mail())
        await bot.killed()
        assert place.count("SELECT count(*) AS n FROM inbox WHERE kind = 'mail'") == 1
        assert place.count("SELECT count(*) AS n FROM journal WHERE event = 'ExamFailed'") == 1
        await (await nest.start()).ready()
        hand_over(port, mail())  # the server did not hear our answer: it comes again
        receipts = lambda: [each for each in place.sandbox.mail.box(A00) if b"Re: ahip" in each.raw]  # noqa: E731
        await until(receipts, 25)  # when the dead one's lease is over
        assert len(receipts()) == 1
        assert place.count("SELECT count(*) AS n FROM journal WHERE event = 'ExamFailed'") == 1


async def test_the_mailbox_is_read_by_the_running_bot(tmp_path: Path) -> None:
    box = Imap()
    await box.start()
    try:
        async with town(tmp_path) as place, nursery(place) as nest:
            with_door(place, f'imap = "imap://certdesk@127.0.0.1:{box.port}/INBOX"\npassword = "secret"\n')
            box.arrive(mail())
            bot = await (await nest.start()).ready()
            await until(lambda: len(box.folders.get("certdesk/done", {})) == 1)
            assert place.count("SELECT count(*) AS n FROM journal WHERE event = 'ExamFailed'") == 1
            assert await bot.stopped() < 10
    finally:
        await box.stop()


async def test_a_mailbox_that_is_away_is_told_by_readyz_and_does_not_keep_the_bot_from_its_work(tmp_path: Path) -> None:
    async with town(tmp_path) as place, nursery(place) as nest:
        pages = free_port()
        place.config.write_text(place.config.read_text().replace('"127.0.0.1:0"', f'"127.0.0.1:{pages}"'))
        with_door(place, f'imap = "imap://certdesk@127.0.0.1:{free_port()}/INBOX"\npassword = "secret"\n')
        bot = await (await nest.start()).ready()
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(lambda: place.count("SELECT count(*) AS n FROM journal WHERE event = 'ExamFailed'") == 1)
        assert nest.errors().count("mailbox.down") == 1
        with pytest.raises(HTTPError) as page:
            await asyncio.to_thread(urlopen, f"http://127.0.0.1:{pages}/readyz", timeout=5)
        with page.value as said:
            assert (said.status, json.load(said)["mailbox"]) == (503, False)
        assert await bot.stopped() < 10
