"""When the database cannot be used: an older or newer schema, another key, a full disk. Said plainly, nothing lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import HandClock
from bot.engine import NoRoster
from bot.letters import Letter
from bot.premises import open_premises
from bot.writer import StoreDown
from store import tables
from store.db import Database, SchemaError
from store.seal import KeyFileError
from tests.store.house import START, Houses


def with_version(url: str, version: str) -> None:
    """Make the database look as if another program had migrated it."""
    database = Database(url)
    with database.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        connection.commit()
    database.close()


def test_a_newer_schema_is_refused_with_what_to_do(url: str, tmp_path: Path) -> None:
    with_version(url, "9999")
    with pytest.raises(SchemaError, match="newer than this program"):
        open_premises(url=url, key_file=tmp_path / "key", clock=HandClock(START))


def test_an_older_schema_is_refused_with_the_command(url: str, tmp_path: Path) -> None:
    with_version(url, "0000")
    with pytest.raises(SchemaError, match="certdesk migrate"):
        open_premises(url=url, key_file=tmp_path / "key", clock=HandClock(START))


def test_an_empty_database_is_refused_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="certdesk migrate"):
        open_premises(url=f"sqlite:///{tmp_path / 'empty.db'}", key_file=tmp_path / "key", clock=HandClock(START))


async def test_without_a_roster_nothing_is_decided_and_the_command_is_named(url: str, tmp_path: Path) -> None:
    premises = open_premises(url=url, key_file=tmp_path / "key", clock=HandClock(START))
    try:
        with pytest.raises(NoRoster, match="roster import"):
            await premises.writer.accept(
                [Letter(source="rc:1", kind="chat", at=START, actor="ana", room="@ana", text="fail ahip 1")]
            )
    finally:
        premises.close()


async def test_another_key_file_opens_nothing_and_loses_nothing(houses: Houses, tmp_path: Path) -> None:
    house = await houses.open()
    for who, words in (("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2")):
        await house.say(who, words)
    other = Houses(url=houses.url, key=tmp_path / "another-key")
    try:
        stranger = await other.open()
        with pytest.raises(KeyFileError):
            stranger.replayed()
    finally:
        other.close()
    assert set(house.replayed().values()) == {""}


async def test_a_full_disk_is_said_and_what_was_asked_can_be_asked_again(tmp_path: Path, blank_sqlite: Path) -> None:
    path = tmp_path / "certdesk.db"
    shutil.copyfile(blank_sqlite, path)
    houses = Houses(url=f"sqlite:///{path}", key=tmp_path / "key")
    try:
        house = await houses.open()
        await house.say("ana", "fail ahip 1")
        writer = house.premises.writer
        pages = await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())
        await writer.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))
        letters = [house.letter(who, "fail ahip 1 " + "x" * 3000) for who in ("ben", "cora", "dan", "eli", "fay")]
        kept = 0
        for letter in letters:
            try:
                await house.accept(letter)
            except StoreDown:
                break
            kept += 1
        assert kept < len(letters), "the disk was to be full"
        assert house.count(tables.cases) == 1 + kept, "Ana's, and every one before the disk was full"
        assert set(house.replayed().values()) == {""}
        await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1000000"))
        receipts = await house.accept(*letters)
        assert {receipt.verdict for receipt in receipts} <= {"done", "seen"}
        assert len(house.states()) == 6
        assert house.mails("E-01") == 6
    finally:
        houses.close()
