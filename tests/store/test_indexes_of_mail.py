"""What a mail is held against (the same words, one sender's hour, what it answers) is found by an index on either
database, however many rows the inbox holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, select

from bot import heavy, mailroom, unwritten
from store import tables
from tests.store.test_indexes import plan

ASKED = {
    "the same words of a day": (mailroom.SAID_BEFORE, "ix_inbox_mail_content"),
    "a person's hour": (mailroom.WITHIN_THE_HOUR["actor"], "ix_inbox_mail_actor"),
    "an address's hour": (mailroom.WITHIN_THE_HOUR["room"], "ix_inbox_mail_room"),
    "an out-of-office answer": (unwritten.AWAY_BEFORE, "ix_inbox_mail_room"),
    "the mail that is answered": (mailroom.OURS, "ix_outbox_mail"),
    "the mail that came back": (unwritten.OURS_WHOLE, "ix_outbox_mail"),
}
FILLED = """
INSERT INTO inbox (source, at, kind, actor, room, text, verdict, content, raw)
SELECT 'x' || n, n, CASE mod(n, 3) WHEN 0 THEN 'mail' ELSE 'chat' END, 'u' || mod(n, 500), 'r' || mod(n, 500), '', 'act', 'c' || n, ''
FROM generate_series(1, 20000) AS n"""
SENT = """
INSERT INTO outbox (key, channel, lane, case_id, agent, template, spec, tag, body_json, state, open, due, "order", made,
                    tries, wire_id)
SELECT 'k' || n, CASE mod(n, 2) WHEN 0 THEN 'mail' ELSE 'chat' END, '', '', '', '', '', '', '', 'sent', false, n, n, n, 0, 'w' || n
FROM generate_series(1, 20000) AS n"""
GIVEN: dict[str, Any] = {
    "ids": ["w2", "w4"], "id": "w2", "since": 19_000, "most": 100, "who": "u3", "room": "r3", "content": "c3",
    "user": "u3",
}  # fmt: skip


@pytest.mark.parametrize(("statement", "index"), ASKED.values(), ids=ASKED.keys())
def test_it_is_searched_on_sqlite(statement: Any, index: str) -> None:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    found = _plan(engine, "EXPLAIN QUERY PLAN", statement)
    assert f"USING INDEX {index}" in found
    assert "SCAN" not in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize(("statement", "index"), ASKED.values(), ids=ASKED.keys())
def test_it_is_searched_on_postgresql(statement: Any, index: str, postgres: str) -> None:
    engine = create_engine(postgres.format(name="blank"))
    assert index in _plan(engine, "EXPLAIN", statement)


def _plan(engine: Engine, how: str, statement: Any) -> str:
    """What the database says it would do."""
    given = {name: value for name, value in GIVEN.items() if name in statement.compile().params}
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # what it does depends on what there is; all of it is rolled back
            connection.exec_driver_sql(FILLED)
            connection.exec_driver_sql(SENT)
            connection.exec_driver_sql("ANALYZE inbox, outbox")
        event.listen(engine, "before_cursor_execute", lambda *args: (f"{how} {args[2]}", args[3]), retval=True)
        rows = connection.execute(statement, given).cursor.fetchall()
    engine.dispose()
    return str(rows)


def test_raw_mails_are_found_by_their_type_and_time() -> None:
    d = tables.documents.c
    found = plan(select(d.hash).where(d.type.in_([heavy.RAW, heavy.PART]), d.at < 1))
    assert "ix_documents_type" in found
    assert "SCAN" not in found


def test_pieces_of_a_mail_that_never_came_whole_are_found_by_their_type_and_time() -> None:
    found = plan(select(tables.documents.c.hash).where(heavy.torn(datetime(2026, 11, 17, tzinfo=UTC))))
    assert "ix_documents_type" in found
    assert "SCAN" not in found
