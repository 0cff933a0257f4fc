"""What is asked at every letter and every quiet minute is found by an index: cost follows what is due, not what is open."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from bot import alarm
from bot.reports import days
from store import outbox, statements, tables
from store.fast import Read


def plan(statement: Any, *values: Any) -> str:
    """SQLite's plan for it, on empty tables."""
    if isinstance(statement, Read):
        words, given = statement.words("sqlite", *values)
    else:
        words = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
        given = tuple("1" for _ in range(words.count("?")))
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given).all()
    engine.dispose()
    return " | ".join(str(row[3]) for row in rows)


READS = {
    "CASES": (["ana"], ["failed_exam"]),
    "CASES_IN": (["ana", "ben"], "failed_exam", True),
    "BY_ID": (["F-1", "F-2"],),
    "DUTIES": (["ana"],),
    "TIMERS": (["ana"],),
    "QUESTIONS": (["ana"],),
    "THREAD": ("F-1", "#wfm"),
    "SEEN": (["rc:1"],),
}


@pytest.mark.parametrize("name", READS)
def test_what_a_batch_reads_is_searched_by_index(name: str) -> None:
    found = plan(getattr(statements, name), *READS[name])
    assert "SEARCH" in found
    assert "SCAN" not in found.replace("SCAN 1", "")


def test_the_cases_of_a_day_are_searched_by_index() -> None:
    found = plan(days._STOOD, 1, ["ana"], "failed_exam", 1, "")
    assert "SCAN" not in found
    assert found.count("SEARCH") == 2


def test_the_next_due_time_is_the_first_of_an_index() -> None:
    found = plan(alarm._SOONEST)
    assert "USING INDEX ix_timers_claim" in found
    assert "TEMP B-TREE" not in found


def test_the_soonest_row_of_the_outbox_is_found_by_its_index() -> None:
    assert "ix_outbox_due" in plan(outbox._SOONEST)


def test_open_rows_are_named_in_the_words_of_their_index() -> None:
    assert str(tables.still_open(tables.duties)) == "duties.open"
