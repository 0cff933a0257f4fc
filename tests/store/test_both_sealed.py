"""What an agent says about a CAP, and what the CAP says, is nowhere in the database in plain letters."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.rehearse import Rehearsal
from bot.script import Script
from store import outbox, tables
from store.codec import parse
from store.db import Database
from store.seal import KeyFileError, Seal, read_key
from tests.store import both
from tests.store.both import KEY, House, Kept, say

BUTTON, TYPED, EARLY = "the heron was late on monday", "nobody showed me the walrus", "an otter was never mentioned"

STORY: tuple[Mapping[str, Any], ...] = (
    {"at": "2026-11-17T10:02:00-07:00", "chat": {"from": "ana", "text": "fail ahip 1"}},
    {"at": "2026-11-17T10:21:00-07:00", "press": {"by": "tara", "label": "Coached"}},
    {"at": "2026-11-17T13:00:00-07:00", "chat": {"from": "ana", "text": "fail ahip 2"}},
    {"at": "2026-11-17T13:01:00-07:00", "chat": {"from": "ana", "text": f"comment C-1 {EARLY}"}},
    {"at": "2026-11-17T13:05:00-07:00", "chat": {"from": "tara", "text": "me"}},
    {"at": "2026-11-17T13:06:00-07:00", "chat": {"from": "tara", "text": "team"}},
    {"at": "2026-11-17T13:20:00-07:00", "press": {"by": "tara", "label": "CAP delivered"}},
    {"at": "2026-11-17T13:21:00-07:00", "press": {"by": "ana", "label": "Add a comment"}},
    {"at": "2026-11-17T13:22:00-07:00", "chat": {"from": "ana", "text": BUTTON}},
    {"at": "2026-11-17T13:23:00-07:00", "chat": {"from": "ana", "text": f"comment C-1 {TYPED}"}},
    {"at": "2026-11-17T13:30:00-07:00", "press": {"by": "ana", "label": "I received"}},
    {"at": "2026-11-17T17:30:00-07:00", "chat": {"from": "tara", "text": "me"}},
)


@pytest.fixture
def told(database_url: str) -> Database:
    script = Script.model_validate({"start": "2026-11-17T10:00:00-07:00", "step": list(STORY)})
    rehearsal: Rehearsal = Kept(script=script, roster=both.roster(), emit=lambda line: None, url=database_url)
    asyncio.run(rehearsal.play())
    return Database(database_url)


def everything(database: Database) -> dict[str, bytes]:
    """Each table's rows as the database itself would print them, the policies and the roster apart."""
    found = {}
    with database.reading() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in ("pins", "rosters"):
                rows = connection.execute(text(f"SELECT * FROM {table.name}")).all()
                found[table.name] = b"\n".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for row in rows
                    for value in row
                )
    return found


def secrets(database: Database) -> list[str]:
    """Words of the CAP that no row may show: its clause, its expectation, what the agent said."""
    with database.reading() as connection:
        stored = connection.execute(tables.cases.select().where(tables.cases.c.id == "C-1")).one()
    data = parse(Seal(KEY).open(stored.data_json))
    assert BUTTON in data["comment"]
    assert TYPED in data["comment"]
    clause = data["due"]["clause"]
    assert len(clause) > 20
    return [BUTTON, TYPED, EARLY, clause]


def test_no_row_shows_what_a_cap_says_or_what_was_said_about_it(told: Database) -> None:
    hidden, found = secrets(told), everything(told)
    told.close()
    shown = [(words, table) for words in hidden for table, content in found.items() if words.encode() in content]
    assert shown == []


def test_the_file_itself_shows_nothing_of_it_either(fresh: Callable[[str], str], tmp_path: Path) -> None:
    url = fresh("sqlite")
    script = Script.model_validate({"start": "2026-11-17T10:00:00-07:00", "step": list(STORY)})
    asyncio.run(Kept(script=script, roster=both.roster(), emit=lambda line: None, url=url).play())
    database = Database(url)
    hidden = secrets(database)
    database.close()
    path = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:  # the policies are no secret, and say the clause
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("UPDATE pins SET content = ''")
        connection.commit()
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in path.parent.glob(f"{path.name}*"):
        content = file.read_bytes()
        assert [words for words in hidden if words.encode() in content] == [], file.name


def test_papers_and_mails_of_a_cap_are_sealed_and_those_of_an_exam_are_not(told: Database) -> None:
    with told.reading() as connection:
        mails = connection.execute(tables.outbox.select().where(tables.outbox.c.channel == "mail")).all()
        papers = connection.execute(tables.documents.select()).all()
    told.close()
    sealed = {row.case_id: row.raw.startswith(b"gAAAA") for row in mails}
    assert sealed == {"F-1": False, "C-1": True}
    assert papers
    for paper in papers:
        assert paper.content.startswith(b"gAAAA")
        assert paper.source.startswith("~")


def test_another_key_file_is_refused_in_one_sentence(house: House) -> None:
    house.singly(
        say("1", "ana", "fail ahip 1"), say("2", "tara", "coached @ana advised"), say("3", "ana", "fail ahip 2")
    )
    with house.database.reading() as connection:
        stored = connection.execute(tables.cases.select().where(tables.cases.c.id == "C-1")).one()
    with pytest.raises(KeyFileError) as refused:
        Seal(b"some other key of 32 bytes......").open(stored.data_json)
    assert str(refused.value) == (
        "a sealed text does not open with this key file: restore the key this database was written with"
    )


def test_the_words_of_a_poisoned_letter_are_sealed(house: House) -> None:
    (receipt,) = house.take(say("1", "ana", EARLY, intents=("not an intent",)))
    assert receipt.verdict == "poisoned"
    assert EARLY.encode() not in everything(house.database)["inbox"]
    assert [row["text"] for row in house.rows()["inbox"]] == [EARLY]


def test_a_line_that_looks_sealed_is_kept_and_read_as_it_was_said(house: House) -> None:
    house.take(say("1", "ana", "~ about five minutes late"))
    (letter,) = house.rows()["inbox"]
    assert letter["text"] == "~ about five minutes late"


def test_a_key_file_is_made_once_for_its_owner_alone_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data" / "key"
    assert read_key(path, KEY) == KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path, b"another") == KEY
    path.write_bytes(b"short")
    with pytest.raises(KeyFileError, match=r"key_file .*key: is not a key \(too short\)"):
        read_key(path, KEY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(KeyFileError, match=r"key_file .*folder: cannot be read"):
        read_key(tmp_path / "folder", KEY)


def test_files_people_send_are_kept_sealed_and_open_again(database_url: str) -> None:
    picture = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"a payment page, card 4111"
    )
    file = {"name": "pay.png", "base64": base64.b64encode(picture).decode()}
    step = {"at": "2026-11-17T10:02:00-07:00", "chat": {"from": "ana", "text": "fail ahip 1", "files": [file]}}
    script = Script.model_validate({"start": "2026-11-17T10:00:00-07:00", "step": [step]})
    asyncio.run(Kept(script=script, roster=both.roster(), emit=lambda line: None, url=database_url).play())
    database = Database(database_url)
    digest = hashlib.sha256(picture).hexdigest()
    with database.reading() as connection:
        opened = outbox.documents(connection, [digest], Seal(KEY))
        row = connection.execute(tables.documents.select().where(tables.documents.c.hash == digest)).one()
    shown = [table for table, content in everything(database).items() if b"card 4111" in content]
    database.close()
    assert opened == {digest: picture}
    assert (row.name, row.sender) == ("pay.png", "ana")
    assert shown == []


def test_a_file_kept_before_files_were_sealed_is_still_read(database_url: str) -> None:
    database, content = Database(database_url), b"plain as it was"
    digest = hashlib.sha256(content).hexdigest()
    with database.reading() as connection:
        row = {"hash": digest, "name": "old.txt", "type": "text/plain", "content": content, "case_id": "", "at": 0}
        connection.execute(tables.documents.insert(), [row])
        assert outbox.documents(connection, [digest], Seal(KEY)) == {digest: content}
    database.close()
