"""A mail of 25 MB is kept whole and holds nobody up: it is written in pieces, and between two everybody is served."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot import config, heavy, mailroom, retention
from bot.app import mails_of
from bot.clock import SystemClock
from bot.letters import Letter
from bot.office import Mails
from bot.premises import Premises, keep_roster, open_premises
from bot.retention import Ages
from bot.roster import read_roster
from handlers.intents import Wish
from store import tables
from store.codec import parse
from tests.journeys.stage import ROSTER
from tests.mail import corpus
from tests.wires.test_mail_in import dated

OURS = "mx.example.com"
MEGABYTE = 1 << 20


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Premises]:
    clock = SystemClock()
    found = open_premises(url=f"sqlite:///{tmp_path / 'mail.db'}", key_file=tmp_path / "key", clock=clock, create=True)
    found.writer.start()
    await found.writer.run(lambda connection: keep_roster(connection, read_roster(ROSTER), clock.now()))
    yield found
    await found.writer.stop()
    found.close()


def large() -> bytes:
    """25 MB on the wire: a fail, with two files of which one is too large to be taken."""
    return dated(
        corpus.multi(
            "mixed",
            corpus.part("text/plain", corpus.OWN.encode()),
            corpus.part("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4)
                        + os.urandom(5 * MEGABYTE), "base64", "seen.png"),
            corpus.part("application/octet-stream", os.urandom(13 * MEGABYTE), "base64", "all.bin"),
        )
    )  # fmt: skip


def letter(raw: bytes, house: Premises) -> Letter:
    found = mailroom.letter(raw, SystemClock().now(), OURS, corpus.ANA)
    return mailroom.sealed(found, house.seal, read_roster(ROSTER))


async def test_between_the_pieces_of_a_large_mail_others_are_answered(house: Premises) -> None:
    raw = large()
    assert len(raw) > 24 * MEGABYTE
    sizes: list[int] = []
    answered = 0

    async def kept(work: object) -> object:
        nonlocal answered
        row = work.args[0]  # type: ignore[attr-defined]
        sizes.append(len(row["content"]))
        found: Any = house.writer.run(work)  # type: ignore[arg-type]
        said = Letter(
            source=f"rc:{len(sizes)}", kind="chat", at=SystemClock().now(), actor="ana", room="@ana", text="me"
        )
        told = house.writer.accept([said])
        _, (receipt,) = await asyncio.gather(found, told)
        answered += receipt.verdict == "done"
        return None

    mail = await heavy.laid_down(await asyncio.to_thread(letter, raw, house), house.seal, kept)
    await house.writer.accept([mail])
    assert answered == len(sizes) >= 25, "each of them was in one of its commits, and none behind all of them"
    pieces = sizes[: mail.mail.pieces if mail.mail else 0]
    assert max(pieces) < 2 * heavy.PIECE, "a piece is small"

    with house.database.reading() as connection:
        assert mail.mail is not None
        assert heavy.raw_of(connection, house.seal, mail.mail.received.raw_hash) == raw
        d, i = tables.documents.c, tables.inbox.c
        assert connection.execute(select(i.raw).where(i.kind == "mail")).scalar() == mail.mail.received.raw_hash
        (file,) = connection.execute(select(d.name, d.sender).where(d.type == "image/png")).all()
        assert tuple(file) == ("seen.png", "ana")
        parts = connection.execute(select(d.hash).where(d.type.in_([heavy.RAW, heavy.PART]))).all()
        assert len(parts) == mail.mail.pieces + 1, "all of it is found by its type"
        assert connection.execute(select(tables.cases.c.state)).scalar() == "F1_COACHING"
        pieces_of_it = select(d.hash).where(heavy.parts_of([mail.mail.received.raw_hash]))
        assert len(connection.execute(pieces_of_it).all()) == mail.mail.pieces
        assert not connection.execute(select(d.hash).where(heavy.parts_of(["0" * 64]))).all()


async def test_the_same_large_mail_once_more_is_seen_and_nothing_is_kept_twice(house: Premises) -> None:
    mail = await asyncio.to_thread(letter, large(), house)
    for n in range(2):
        whole = await heavy.laid_down(mail, house.seal, house.writer.run)
        (receipt,) = await house.writer.accept([whole])
        assert receipt.verdict == ("done", "seen")[n]
    with house.database.reading() as connection:
        kept = connection.execute(select(tables.documents.c.hash)).all()
        assert mail.mail is not None
        assert len(kept) == -(-len(mail.mail.raw) // heavy.PIECE) + 2


async def test_a_small_mail_is_kept_in_one_piece(house: Premises) -> None:
    raw = dated(corpus.plain(corpus.OWN))
    mail = await heavy.laid_down(letter(raw, house), house.seal, house.writer.run)
    await house.writer.accept([mail])
    with house.database.reading() as connection:
        assert mail.mail is not None
        assert heavy.raw_of(connection, house.seal, mail.mail.received.raw_hash) == raw
        assert heavy.raw_of(connection, house.seal, "0" * 64) is None


async def test_a_large_mail_nobody_vouches_for_is_acted_on_when_the_person_says_so(house: Premises) -> None:
    raw = large().replace(b"dmarc=pass", b"dmarc=fail")
    mail = await heavy.laid_down(await asyncio.to_thread(letter, raw, house), house.seal, house.writer.run)
    await house.writer.accept([mail])
    with house.database.reading() as connection:
        assert connection.execute(select(tables.cases.c.state)).first() is None
        assert not connection.execute(
            select(tables.documents.c.hash).where(tables.documents.c.type == "image/png")
        ).all()
        asked = connection.execute(
            select(tables.outbox.c.body_json).where(tables.outbox.c.template == "house/mail_unproven")
        ).scalar()
    yes = next(words for label, words in parse(house.seal.open(asked or ""))["buttons"] if label == "Yes")
    said = Letter(
        source="rc:yes", kind="chat", at=SystemClock().now() + timedelta(seconds=5), actor="ana", room="@ana", text=yes
    )
    await house.writer.accept([said])
    with house.database.reading() as connection:
        assert connection.execute(select(tables.cases.c.state)).scalar() == "F1_COACHING"


async def test_pieces_of_a_mail_that_never_came_whole_are_swept_and_those_of_one_that_did_are_not(
    house: Premises,
) -> None:
    torn = await asyncio.to_thread(letter, dated(corpus.plain(corpus.OWN)) + b"x\r\n" * 800_000, house)
    mail = await heavy.laid_down(await asyncio.to_thread(letter, large(), house), house.seal, house.writer.run)
    await house.writer.accept([mail])
    await heavy.laid_down(torn, house.seal, house.writer.run)  # and then the process is killed
    assert torn.mail is not None
    d, now = tables.documents.c, SystemClock().now()

    def pieces(connection: Connection, hash: str) -> int:
        return len(connection.execute(select(d.hash).where(heavy.parts_of([hash]))).all())

    def swept(connection: Connection, at: datetime) -> int:
        never = Ages(raw_mail=0, said=0, inbox=0, payment_pictures=0)
        found = retention.due(connection, house.seal, never, at)
        assert retention.sweep(connection, house.seal, never, at) == found
        return found.pieces

    with house.database.connect() as connection:
        assert pieces(connection, torn.mail.received.raw_hash) == 3
        assert swept(connection, now + timedelta(hours=23)) == 0, "it may be on its way"
        assert swept(connection, now + timedelta(hours=25)) == 3
        assert pieces(connection, torn.mail.received.raw_hash) == 0
        assert mail.mail is not None
        assert heavy.raw_of(connection, house.seal, mail.mail.received.raw_hash) == mail.mail.raw
        connection.rollback()
    again = await heavy.laid_down(torn, house.seal, house.writer.run)
    await house.writer.accept([again])
    with house.database.connect() as connection:
        assert swept(connection, now + timedelta(days=30)) == 0
        assert heavy.raw_of(connection, house.seal, torn.mail.received.raw_hash) == torn.mail.raw


@pytest.mark.parametrize(
    "headers", [{b"ana.rivera@": b"some.body@"}, {b"MIME-Version": b"List-Id: <x>\r\nMIME-Version"}]
)
async def test_of_a_large_mail_of_nobody_or_of_a_list_no_file_is_laid_down(
    house: Premises, headers: dict[bytes, bytes]
) -> None:
    raw = large()
    for was, now in headers.items():
        assert was in raw
        raw = raw.replace(was, now)
    found = mailroom.letter(raw, SystemClock().now(), OURS, None)
    mail = await heavy.laid_down(mailroom.sealed(found, house.seal, read_roster(ROSTER)), house.seal, house.writer.run)
    await house.writer.accept([mail])
    with house.database.reading() as connection:
        d = tables.documents.c
        kept = set(connection.execute(select(d.type)).scalars())
        assert kept == {heavy.RAW, heavy.PART}


@pytest.mark.parametrize("raw", [dated(corpus.plain(corpus.OWN)), large()], ids=["small", "large"])
async def test_a_mail_that_breaks_the_bot_is_kept_whole_and_its_sender_hears_of_it(house: Premises, raw: bytes) -> None:
    mail = await heavy.laid_down(await asyncio.to_thread(letter, raw, house), house.seal, house.writer.run)
    broken = replace(mail, intents=(Wish(name="a wish of another version"),))
    (receipt,) = await house.writer.accept([broken])
    assert receipt.verdict == "poisoned"
    i, o = tables.inbox.c, tables.outbox.c
    with house.database.reading() as connection:
        kept = connection.execute(select(i.raw).where(i.kind == "mail")).scalar() or ""
        assert heavy.raw_of(connection, house.seal, kept) == raw
        told = connection.execute(select(o.channel, o.lane).where(o.template == "house/poisoned")).all()
        assert [tuple(row) for row in told] == [("chat", "@ana")]


# -- settings ------------------------------------------------------------------------------------------------

SET = '[mail.inbound]\nlmtp = "127.0.0.1:8024"\n'


def settings(text: str, tmp_path: Path) -> Mails:
    file = tmp_path / "certdesk.toml"
    file.write_text(SET + text, encoding="utf-8")
    inbound = config.load(file).mail.inbound
    assert inbound is not None
    return mails_of(inbound)


def test_the_limits_of_mail_are_those_of_the_specification_until_they_are_set(tmp_path: Path) -> None:
    assert settings("", tmp_path) == Mails()
    assert Mails() == Mails(
        duplicate_hours=24, stale_hours=72, per_hour=20, asked_per_hour=3, away_days=7, cover_days=3
    )
    said = "duplicate_hours = 1\nstale_hours = 2\nper_hour = 3\nasked_per_hour = 4\naway_days = 5\ncover_days = 6\n"
    assert settings(said, tmp_path) == Mails(
        duplicate_hours=1, stale_hours=2, per_hour=3, asked_per_hour=4, away_days=5, cover_days=6
    )


@pytest.mark.parametrize("key", ["stale_hours", "per_hour", "asked_per_hour", "away_days", "cover_days"])
def test_a_limit_of_nothing_is_a_mistake_that_names_its_key(key: str, tmp_path: Path) -> None:
    with pytest.raises(config.ConfigErrors) as raised:
        settings(f"{key} = 0\n", tmp_path)
    assert f"[mail.inbound] {key}" in str(raised.value)
