"""What is asked at every letter and every quiet minute is found by an index: cost follows what is due, not what is open."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.dialects import sqlite

from bot import alarm
from store import outbox, tables, world


def plan(statement: Any, **values: Any) -> str:
    """SQLite's plan for it, on empty tables."""
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    words = str(statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {words}", tuple("1" for _ in range(words.count("?")))
        ).all()
    engine.dispose()
    return " | ".join(str(row[3]) for row in rows)


@pytest.mark.parametrize("name", ["_CASES", "_DUTIES", "_TIMERS", "_QUESTIONS"])
def test_what_a_batch_reads_is_searched_by_index(name: str) -> None:
    statement = getattr(world, name).params(agents=["ana"], actors=["ana"], lasting=["failed_exam"])
    found = plan(statement)
    assert "SEARCH" in found
    assert "SCAN" not in found.replace("SCAN 1", "")


def test_the_next_due_time_is_the_first_of_an_index() -> None:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    seen: list[str] = []
    with engine.connect() as connection:
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2].replace("?", "1")))
        assert alarm.next_due(connection) is None
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0]}").all()
    engine.dispose()
    assert "USING INDEX ix_timers_claim" in str(rows)
    assert "TEMP B-TREE" not in str(rows)


def test_the_soonest_row_of_the_outbox_is_found_by_its_index() -> None:
    assert "ix_outbox_due" in plan(outbox._SOONEST)


def test_open_rows_are_named_in_the_words_of_their_index() -> None:
    assert str(tables.still_open(tables.duties)) == "duties.open"
