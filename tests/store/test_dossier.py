"""The file for HR: complete, in the words that were used, by the clock of everywhere, and true to its bytes."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot import casebook, casebook_words, dossier
from bot.dossier import parcel
from bot.papers import BUILT_IN, text_of
from store import outbox, tables
from store.codec import parse
from store.db import Database
from store.seal import Seal, read_key
from tests.journeys.stage import local
from tests.store.played import LADDER, TAKEN_BACK, play

MADE = local("11-20 10:00")
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Store:
    """An open database with its key."""

    def __init__(self, folder: Path, connection: Connection) -> None:
        self.connection, self.seal = connection, Seal(read_key(folder / "key", b""))

    def record(self, *refs: str, **more: Any) -> dict[str, Any]:
        wanted = refs or dossier.tied_to(self.connection, self.seal, "F-1")
        return dossier.gather(self.connection, self.seal, wanted, made_at=MADE, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agents' cases."""
    made = tmp_path_factory.mktemp("filed")
    play(made, LADDER, TAKEN_BACK)
    return made


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{folder / 'certdesk.db'}")
    with database.connect() as connection:
        yield Store(folder, connection)
        connection.rollback()
    database.close()


def flat(text: str) -> str:
    return "".join(text.replace("\u2019", "'").replace("\u200b", "").split())


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    else:
        yield key, value


# -- the record --------------------------------------------------------------------------------------------


def test_it_holds_every_step_and_every_message_of_its_cases(store: Store) -> None:
    record = store.record()
    j, o = tables.journal.c, tables.outbox.c
    for case in record["cases"]:
        steps = store.connection.execute(select(j.seq).where(j.case_id == case["ref"]).order_by(j.seq)).scalars()
        notes = store.connection.execute(select(o.key).where(o.case_id == case["ref"])).scalars()
        assert [step["seq"] for step in case["steps"]] == list(steps)
        assert {message["key"] for message in case["messages"]} == set(notes)


def test_messages_stand_there_in_the_very_words(store: Store) -> None:
    o = tables.outbox.c
    for case in store.record()["cases"]:
        for message in case["messages"]:
            row = store.connection.execute(select(tables.outbox).where(o.key == message["key"])).one()
            if row.channel == "chat":
                assert message["text"] == store.seal.open(row.said).strip()
            else:
                lines = "\n".join(casebook_words.said(row, store.seal))
                assert message["subject"] in lines
                assert flat(message["text"]) in flat(lines.replace("| ", ""))


def test_all_times_are_utc_and_the_whole_is_plain_json(store: Store) -> None:
    record = store.record()
    assert json.loads(dossier.as_json(record)) == record
    for key, value in leaves({**record, "cases": [{**case, "data": None} for case in record["cases"]]}):
        if key == "at" or key.endswith("_at") or key in ("due", "since"):
            assert value is None or UTC_TIME.fullmatch(value), (key, value)


def test_it_names_who_said_it_where_and_in_which_words(store: Store) -> None:
    first = store.record()["cases"][0]["steps"][0]
    assert first["by"] == {"username": "ana", "name": "Ana Rivera", "roles": ["agent"]}
    assert (first["door"], first["words"], first["at"]) == ("by chat", "/esp fail ahip 1", "2026-11-17T17:02:00Z")
    assert (first["from"], first["to"]) == ("NONE", "F1_COACHING")
    assert first["rule"].startswith("D000")


def test_a_receipt_stands_there_with_its_document_and_how_it_is_known(store: Store) -> None:
    record = store.record()
    ack = record["cases"][1]["acknowledgement"]
    assert (ack["answer"], ack["way"], ack["proof"]) == ("received", "own chat account", "@ana")
    assert ack["document"] in {each["hash"] for each in record["documents"]}
    assert record["cases"][0]["acknowledgement"] is None


def test_the_policy_is_the_one_the_case_was_opened_under_with_its_sentences(store: Store) -> None:
    record = store.record()
    pins = {each["pin"]: each for each in record["policies"]}
    for case in record["cases"]:
        held = pins[case["policy"]]
        assert (held["id"], bool(held["title"]), bool(held["source"])) == (held["id"] or "-", True, True)
        assert any("termination of employment" in line or "CAP" in line for line in held["words"])
    assert pins[record["cases"][0]["policy"]]["id"] == "failed-exams-new"


def test_what_was_taken_back_says_by_whom(store: Store) -> None:
    ref = next(ref for ref in ("F-1", "F-2", "F-3") if store.record(ref)["agent"]["username"] == "ben")
    back = [step["taken_back"] for step in store.record(ref)["cases"][0]["steps"] if step["taken_back"]]
    assert [each["by"]["name"] for each in back] == ["Ben Ortiz"]


def test_an_agents_file_holds_all_cases_but_the_restricted_which_it_names(store: Store) -> None:
    refs, withheld = dossier.refs_of(store.connection, "ana")
    assert (refs, withheld) == (["F-1", "C-1"], [])
    refs, withheld = dossier.refs_of(store.connection, "ana", ["discipline"])
    assert (refs, withheld) == (["F-1"], [{"ref": "C-1", "workflow": "discipline"}])
    record = store.record(*refs, withheld=withheld)
    assert "C-1: CAP" in text_of(dossier.pdf(record)[1])
    assert [case["ref"] for case in record["cases"]] == ["F-1"]


def test_the_file_of_one_case_leaves_out_what_is_restricted_too(store: Store) -> None:
    asked = {"ref": "F-1", "agent": "ana", "withheld": ["discipline"], "made_at": MADE, "made_for": "Hana Ruiz"}
    record = json.loads(dossier.kept(store.connection, store.seal, asked)[parcel.RECORD])
    assert [case["ref"] for case in record["cases"]] == ["F-1"]
    every = json.loads(dossier.kept(store.connection, store.seal, {**asked, "withheld": []})[parcel.RECORD])
    assert [case["ref"] for case in every["cases"]] == ["F-1", "C-1"]


def test_a_case_there_is_not_has_no_file(store: Store) -> None:
    assert dossier.tied_to(store.connection, store.seal, "F-77") == []
    assert dossier.refs_of(store.connection, "nobody") == ([], [])


def test_nothing_from_after_the_asking_is_in_it(store: Store) -> None:
    early = dossier.gather(store.connection, store.seal, ["F-1"], made_at=local("11-17 12:00"))
    assert [step["words"] for step in early["cases"][0]["steps"]][-1:] != ["fail ahip 2"]
    assert all(message["made_at"] <= "2026-11-17T19:00:00Z" for message in early["cases"][0]["messages"])


# -- the page ----------------------------------------------------------------------------------------------


def test_the_page_says_what_the_record_says(store: Store) -> None:
    record = store.record(made_for="Hana Ruiz")
    shown = flat(text_of(dossier.pdf(record)[1]))
    wanted = ["File of Ana Rivera", "40111", "NOV16", "Hana Ruiz", "How to read it", "recommends nothing"]
    for case in record["cases"]:
        wanted += [step["meaning"] for step in case["steps"]]
        wanted += [message["subject"] for message in case["messages"]]
        wanted += [duty["title"] for duty in case["duties"]]
    for policy in record["policies"]:
        wanted += [policy["title"], policy["id"]]
    for each in record["documents"]:
        wanted += [each["name"], each["hash"]]
    wanted += ["sha256sum FILE", "certutil -hashfile FILE SHA256", "acknowledged receipt, not agreement"]
    assert [words for words in wanted if flat(words) not in shown] == []


def test_the_same_record_gives_the_same_page(store: Store) -> None:
    record = store.record()
    assert dossier.pdf(record) == dossier.pdf(json.loads(dossier.as_json(record)))


NASTY = [
    '#read("/etc/passwd") \\ "] #panic() [',
    "w" * 5000,
    "{{ 7 * 7 }} {% raw %} *bold* _it_ $x$",
    "line one\nline two\r\n\tthree \u202egnp.exe \x07 😀",
    "'; DROP TABLE cases; --",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_breaks_the_page(store: Store, nasty: str) -> None:
    record = store.record()
    record["agent"]["name"] = f"Ana {nasty[:60]}"
    for case in record["cases"]:
        case["about"] = nasty
        for step in case["steps"][:4]:
            step["words"] = nasty
        for message in case["messages"][:4]:
            message["text"], message["subject"] = nasty, nasty[:80]
        if case["acknowledgement"]:
            case["acknowledgement"]["comment"] = nasty
    shown = flat(text_of(dossier.pdf(record)[1]))
    printable = nasty.replace("\u202e", "").replace("\x07", "").replace("😀", "[grinning face]")
    if len(nasty) < 1000:
        assert shown.count(flat(printable)) > 3
    else:
        assert shown.count("w") > 5000 * 4


def test_two_hundred_steps_are_one_file_in_a_few_seconds(store: Store) -> None:
    record = store.record()
    first = record["cases"][0]
    first["steps"] = [
        {**first["steps"][n % len(first["steps"])], "seq": n + 1, "words": f"step {n}"} for n in range(200)
    ]
    first["messages"] = [{**first["messages"][n % len(first["messages"])], "text": f"said {n}"} for n in range(600)]
    began = time.perf_counter()
    _, page = dossier.pdf(record)
    assert time.perf_counter() - began < 10
    shown = flat(text_of(page))
    assert all(f"step{n}" in shown for n in range(200))
    assert all(f"said{n}" in shown for n in range(600))


# -- true to its bytes -------------------------------------------------------------------------------------


def test_documents_are_sealed_at_rest_with_their_source(store: Store) -> None:
    d = tables.documents.c
    rows = store.connection.execute(select(tables.documents).where(d.source.is_not(None))).all()
    assert rows
    for row in rows:
        assert b"%PDF" not in row.content
        assert "Ana Rivera" not in row.source
        assert "Ana Rivera" in store.seal.open(row.source)
        assert hashlib.sha256(store.seal.open_bytes(row.content)).hexdigest() == row.hash


def test_the_papers_of_a_record_are_the_bytes_its_numbers_say(store: Store) -> None:
    record = store.record()
    contents = dossier.documents_of(store.connection, store.seal, record)
    assert contents.keys() == {each["hash"] for each in record["documents"]}
    assert all(hashlib.sha256(content).hexdigest() == digest for digest, content in contents.items())
    assert sorted(dossier.names_of(record).values()) == ["Final_CAP_C-1.pdf", "Final_CAP_C-1_with_answer.pdf"]


@pytest.mark.parametrize("sealed", [True, False])
def test_a_changed_byte_is_noticed_wherever_it_is_read(store: Store, sealed: bool) -> None:
    d = tables.documents.c
    row = store.connection.execute(select(tables.documents).where(d.name == "Final_CAP_C-1.pdf")).one()
    spoilt = store.seal.open_bytes(row.content).replace(b"%PDF-1", b"%PDF-2", 1)
    content = store.seal.close_bytes(spoilt) if sealed else row.content[:-9] + b"x" + row.content[-8:]
    store.connection.execute(update(tables.documents).where(d.hash == row.hash).values(content=content))
    assert list(outbox.changed(store.connection, store.seal)) == [(row.hash, row.name, "C-1")]
    told = casebook.tell(store.connection, store.seal, "C-1")
    assert told is not None
    assert any("BYTES HAVE CHANGED" in line for line in told)
    record = store.record()
    assert [each["name"] for each in record["documents"] if not each["intact"]] == [row.name]
    assert row.hash not in dossier.documents_of(store.connection, store.seal, record)
    assert "BYTESHAVECHANGED" in flat(text_of(dossier.pdf(record)[1]))


def test_the_journal_holds_the_hash_the_agent_answered_to(store: Store) -> None:
    j = tables.journal.c
    rows = {
        row.event: parse(store.seal.open(row.event_json))
        for row in store.connection.execute(select(tables.journal).where(j.case_id == "C-1"))
    }
    assert rows["Acknowledged"]["document"] == rows["Delivered"]["document"] != ""
    assert rows["Acknowledged"]["way"] == "own chat account"


def test_what_is_too_large_for_a_mail_is_named_and_the_page_goes_first(store: Store) -> None:
    record = store.record()
    one, two = dossier.names_of(record)
    large = {one: b"x" * (8 * 1024 * 1024), two: b"y" * 1000, "record": dossier.as_json(record)}
    fits, left = dossier.enclosed(large, "File_ana", BUILT_IN)
    assert [each.name for each in fits] == ["File_ana.pdf", "File_ana.json", "Final_CAP_C-1_with_answer.pdf"]
    assert left == ["Final_CAP_C-1.pdf"]
    assert sum(len(each.content) for each in fits) * 4 / 3 < 10 * 1024 * 1024


def test_a_file_that_was_mailed_is_sealed_at_rest(tmp_path: Path) -> None:
    asked = {"at": "2026-11-18T12:00:00-07:00", "chat": {"from": "hana", "text": "export @ana"}}
    play(tmp_path, LADDER, [asked])
    database, o = Database(f"sqlite:///{tmp_path / 'certdesk.db'}"), tables.outbox.c
    with database.reading() as connection:
        row = connection.execute(select(tables.outbox).where(o.template == "house/export")).one()
        inbox = connection.execute(select(tables.inbox).where(tables.inbox.c.verdict == "export")).one()
    database.close()
    assert row.body_json.startswith("~")
    assert b"Ana Rivera" not in row.raw
    assert b"\n" not in row.raw
    assert (row.agent, inbox.actor) == ("ana", "hana")
