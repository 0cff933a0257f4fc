"""How tracker notes are written (SPEC 6, A13)."""

from __future__ import annotations

from datetime import date

import pytest

from bot import tracker

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("column", ["AHIP/Aetna Status", "Equipment Status", "RTS/No More Forms Status", "Inhibitors"])
def test_notes_of_licensing_begin_with_the_name(column: str) -> None:
    assert tracker.note(column, "Lia Cruz", DAY, "done") == "Lia Cruz - 11/24/2026 - done"


@pytest.mark.parametrize("column", ["Call Cert Status", "TBT Status (x/N)", "All TBTs Complete?", "Notes"])
def test_notes_of_the_cert_team_begin_with_the_date(column: str) -> None:
    assert tracker.note(column, "Cole Carr", DAY, "Pass 80%") == "11/24/2026 - Cole Carr - Pass 80%"


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@sum", "  =x"])
def test_a_note_is_never_a_formula(text: str) -> None:
    assert tracker.plain(text).startswith("'")


def test_a_note_is_one_line_of_three_hundred_characters() -> None:
    said = tracker.note("Notes", "A B", DAY, "x\ny " + "z" * 400)
    assert "\n" not in said
    assert said.endswith("z")
    assert len(said.split(" - ", 2)[2]) == 300


def test_every_column_with_its_own_order_exists() -> None:
    assert set(tracker.COLUMNS) >= tracker.DATE_FIRST
