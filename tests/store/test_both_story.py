"""One story, played by letters, clock and courier, leaves the same rows on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from bot.replay import replay
from bot.script import Script
from store.db import Database
from store.seal import Seal
from tests.store import both
from tests.store.both import KEY, Kept, Rows
from tests.store.played import LADDER, TAKEN_BACK


def played(url: str) -> tuple[list[Mapping[str, Any]], Rows, list[str]]:
    """Two stories at once on that database: the lines printed, all rows, and what does not replay."""
    steps = sorted((step for story in (LADDER, TAKEN_BACK) for step in story), key=lambda step: str(step["at"]))
    script = Script.model_validate({"start": "2026-11-17T10:00:00-07:00", "step": steps})
    lines: list[Mapping[str, Any]] = []
    asyncio.run(Kept(script=script, roster=both.roster(), emit=lines.append, url=url).play())
    database, seal = Database(url), Seal(KEY)
    with database.reading() as connection:
        found = both.rows(connection, seal)
        wrong = [f"{case.ref}: {case.wrong}" for case in replay(connection, seal) if case.wrong]
    database.close()
    return lines, found, wrong


def test_three_fails_with_cap_undo_and_lock_leave_the_same_rows_on_both(fresh: Callable[[str], str]) -> None:
    file, server = played(fresh("sqlite")), played(fresh("postgresql"))
    assert file[2] == server[2] == []
    assert file[0] == server[0]
    for table, rows in file[1].items():
        assert rows == server[1][table], table
    states = {row["id"]: row["state"] for row in file[1]["cases"]}
    assert states["F-1"] == "F3_LOCKED"
    assert sorted(states.values()).count("VOID") == 2
    assert states["C-1"] == "FILED"
    assert {row["state"] for row in file[1]["outbox"]} == {"sent"}
    filled = {table for table, rows in file[1].items() if rows}
    assert filled >= {"cases", "journal", "outbox", "duties", "timers", "inbox", "asks", "documents", "threads", "pins"}
