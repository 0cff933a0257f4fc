"""A stored journal gives the stored case; where it does not, replay names the fields and nobody's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from bot import replay
from store import tables
from store.db import Database
from store.seal import KeyFileError, Seal
from tests.store.played import LADDER, REPINNED, TAKEN_BACK, play

c, j = tables.cases.c, tables.journal.c


def replayed(folder: Path, spoil: Callable[[Connection], object] = lambda connection: None) -> dict[str, str]:
    """What is wrong with each case, by its reference, after `spoil` had its way."""
    database = Database(f"sqlite:///{folder / 'certdesk.db'}")
    try:
        with database.connect() as connection:
            spoil(connection)
            seal = Seal((folder / "key").read_bytes())
            return {each.ref: each.wrong for each in replay.replay(connection, seal)}
    finally:
        database.close()


@pytest.fixture(scope="module")
def ladder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ladder")
    play(folder, LADDER)
    return folder


def test_a_whole_ladder_with_its_cap_folds_to_what_is_stored(ladder: Path) -> None:
    assert replayed(ladder) == {"F-1": "", "C-1": ""}


def test_what_was_taken_back_folds_too(tmp_path: Path) -> None:
    lines = play(tmp_path, TAKEN_BACK)
    assert {line["ref"] for line in lines if line["kind"] == "state" and line["to"] == "VOID"} == {"F-1", "F-2"}
    assert replayed(tmp_path) == {"F-1": "", "F-2": ""}


def test_a_case_moved_to_another_wording_folds_by_both(tmp_path: Path) -> None:
    lines = play(tmp_path, REPINNED)
    assert [line["to"] for line in lines if line["kind"] == "state" and line["ref"] == "F-1"][-1] == "F2_PROCTOR"
    assert set(replayed(tmp_path).values()) == {""}


def test_a_changed_case_is_named_by_its_fields_alone(ladder: Path) -> None:
    def spoil(connection: Connection) -> None:
        data = connection.execute(select(c.data_json).where(c.id == "F-1")).scalar_one()
        connection.execute(update(tables.cases).where(c.id == "F-1").values(data_json=data.replace("AHIP Final", "X")))
        connection.execute(update(tables.cases).where(c.id == "F-1").values(state="F2_READY"))

    assert replayed(ladder, spoil)["F-1"] == "state, data.exam_name"


def test_a_lost_step_is_named(ladder: Path) -> None:
    gone = delete(tables.journal).where(j.case_id == "F-1", j.seq == 3)
    assert replayed(ladder, lambda connection: connection.execute(gone))["F-1"] == "journal: step 3 is missing"


def test_a_step_the_table_would_not_take_is_named(ladder: Path) -> None:
    other = update(tables.journal).where(j.case_id == "F-1", j.seq == 2).values(by_json='["agent"]')
    wrong = replayed(ladder, lambda connection: connection.execute(other))["F-1"]
    assert wrong == "step 2 (Coached): the table declines it, not_yours"


def test_a_step_that_leads_elsewhere_is_named(ladder: Path) -> None:
    other = update(tables.journal).where(j.case_id == "F-1", j.seq == 4).values(state="F2_READY")
    assert replayed(ladder, lambda connection: connection.execute(other))["F-1"] == "step 4 (ExamFailed): state"


def test_an_event_nobody_knows_any_more_is_named(ladder: Path) -> None:
    other = update(tables.journal).where(j.case_id == "F-1", j.seq == 2).values(event="Applauded")
    wrong = replayed(ladder, lambda connection: connection.execute(other))["F-1"]
    assert wrong == "step 2: this program knows no event Applauded"


def test_an_event_that_no_longer_reads_is_named_without_its_words(ladder: Path) -> None:
    other = update(tables.journal).where(j.case_id == "F-1", j.seq == 1).values(event_json="{}")
    wrong = replayed(ladder, lambda connection: connection.execute(other))["F-1"]
    assert wrong == "journal: does not read (TypeError)"


def test_a_lost_pack_is_named(ladder: Path) -> None:
    gone = delete(tables.pins).where(tables.pins.c.id == "failed_exam")
    assert "the store does not hold" in replayed(ladder, lambda connection: connection.execute(gone))["F-1"]


def test_another_key_file_is_refused_and_not_guessed_around(ladder: Path) -> None:
    database = Database(f"sqlite:///{ladder / 'certdesk.db'}")
    try:
        with database.reading() as connection, pytest.raises(KeyFileError):
            list(replay.replay(connection, Seal(b"another key of thirty-two bytes.")))
    finally:
        database.close()
