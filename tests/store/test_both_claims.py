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
from tests.store.both import TUESDAY

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
        " 'waiting', {yes}, {start} + n * CAST(1000000 AS BIGINT), n, {start}, 0 FROM series"
    )
    timer = (
        f"{series} INSERT INTO timers (case_id, name, agent, due, claim, seq, open, event, event_json) SELECT"
        " 'Q-' || n, 'remind', 'a' || (n % 500), {start} + n * CAST(1000000 AS BIGINT), {start} + n * CAST(1000000 AS BIGINT), 1, {yes}, '', '{{}}'"
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
    with database.connect() as one, database.connect() as other:
        fill(one, 10, micros(TUESDAY) - HOURS)
        one.commit()
        mine = claim(one, TUESDAY)
        one.commit()
        assert len(mine) == 10
        assert claim(other, TUESDAY) == set()


@CLAIMS
def test_two_replicas_claim_side_by_side_without_waiting(claim: Claim, fresh: Callable[[str], str]) -> None:
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


def cost(database: Database, claim: Claim) -> float:
    """Seconds of one claim that finds ten rows due, at best; it is rolled back each time."""
    best = float("inf")
    with database.connect() as connection:
        for _ in range(40):
            begun = perf_counter()
            assert len(claim(connection, TUESDAY)) == 10
            best = min(best, perf_counter() - begun)
            connection.rollback()
    return best


@CLAIMS
def test_a_claim_costs_what_is_due_and_not_what_is_open(
    claim: Claim, fresh: Callable[[str], str], record_property: Callable[[str, object], None]
) -> None:
    costs = []
    for open_rows in (1_000, 100_000):
        database = Database(fresh("sqlite"))
        with database.connect() as connection:
            fill(connection, open_rows, micros(TUESDAY) - 10_000_000)  # ten are due, the others later
            connection.commit()
        costs.append(cost(database, claim))
        database.close()
    record_property("claim_ms", [round(each * 1000, 3) for each in costs])
    assert costs[1] <= 3 * costs[0], costs


PLANS = {
    "outbox": (outbox._CLAIM, "ix_outbox_due", {"channel": "chat", "limit": 200}),
    "timers": (alarm._CLAIM, "ix_timers_claim", {}),
}


@pytest.mark.parametrize("table", PLANS)
def test_a_claim_finds_its_rows_by_the_partial_index(database: Database, table: str) -> None:
    statement, index, values = PLANS[table]
    with database.connect() as connection:
        fill(connection, 20_000, micros(TUESDAY) - 10_000_000)
        connection.commit()
        if not database.sqlite:
            connection.exec_driver_sql("ANALYZE")
        explain = "EXPLAIN QUERY PLAN " if database.sqlite else "EXPLAIN "
        lock = "" if database.sqlite else " FOR UPDATE SKIP LOCKED"
        at = {"now": micros(TUESDAY), "lease": micros(TUESDAY + LEASE)}
        plan = "\n".join(
            str(row[-1]) for row in connection.execute(text(explain + statement.format(lock=lock)), {**values, **at})
        )
    assert index in plan, plan
    scanned = [line for line in plan.splitlines() if f"SCAN {table}" in line or f"Seq Scan on {table}" in line]
    assert [line for line in scanned if index not in line] == [], plan
