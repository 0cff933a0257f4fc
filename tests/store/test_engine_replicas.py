"""Two replicas on one database: whoever comes first opens the case, the other becomes a second source of the same fact."""

from __future__ import annotations

import asyncio
import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.letters import Receipt
from bot.writer import Job
from store import tables
from tests.store.house import House, Houses


def in_a_thread(house: House, letter: Any) -> tuple[threading.Thread, list[Any]]:
    """Hand a letter to a replica that may have to wait."""
    outcome: list[Any] = []
    job = Job(letters=[letter], done=lambda value, error: outcome.append(error or value.receipts[0]))
    thread = threading.Thread(target=house.premises.writer.process, args=([job],))
    thread.start()
    return thread, outcome


async def test_two_replicas_that_open_the_same_case_open_one(houses: Houses) -> None:
    first, second = await houses.open(), await houses.open()
    connection = first.premises.database.connect()
    try:
        first.premises.engine.handle(connection, [first.letter("ana", "fail ahip 1")])
        thread, outcome = in_a_thread(second, second.letter("tara", "fail ahip 1 for @ana"))
        thread.join(0.3)  # it waits for the first one, or works on what it saw
        connection.commit()
    finally:
        connection.close()
    thread.join(15)
    assert isinstance(outcome[0], Receipt), outcome
    assert outcome[0].verdict == "done"
    assert first.states() == {"F-1": "F1_COACHING"}
    assert first.mails("E-01") == 1
    assert [row.event for row in first.rows(tables.journal)] == ["ExamFailed", "ExamFailed"]
    assert first.replayed() == {"F-1": ""}


async def test_two_replicas_that_hear_the_same_message_record_it_once(houses: Houses) -> None:
    first, second = await houses.open(), await houses.open()
    connection = first.premises.database.connect()
    try:
        first.premises.engine.handle(connection, [first.letter("ana", "fail ahip 1", source="rc:same")])
        thread, outcome = in_a_thread(second, second.letter("ana", "fail ahip 1", source="rc:same"))
        thread.join(0.3)
        connection.commit()
    finally:
        connection.close()
    thread.join(15)
    assert outcome[0].verdict == "seen"
    assert first.count(tables.journal) == 1
    assert first.mails("E-01") == 1


async def test_two_people_settling_one_duty_on_two_replicas_settle_it_once(houses: Houses) -> None:
    first, second = await houses.open(), await houses.open()
    for who, text in (
        ("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2"), ("tara", "delivered C-1"),
        ("lia", "proctor F-1 wed 10:00 @lia"), ("ana", "fail ahip 3"),
    ):  # fmt: skip
        await first.say(who, text)
    connection = first.premises.database.connect()
    try:
        first.premises.engine.handle(connection, [first.letter("lia", "confirm F-1")])
        thread, outcome = in_a_thread(second, second.letter("tara", "confirm F-1"))
        thread.join(0.3)
        connection.commit()
    finally:
        connection.close()
    thread.join(15)
    assert outcome[0].verdict == "done"
    assert first.mails("E-04") == 1
    (answer,) = [row for row in first.rows(tables.outbox) if row.template == "house/already_done"]
    assert answer.lane == "@tara"


async def test_many_reports_on_two_replicas_at_once_lose_nothing_and_double_nothing(houses: Houses) -> None:
    first, second = await houses.open(), await houses.open()
    for house in (first, second):
        house.premises.writer.start()
    agents = ("ana", "ben", "cora", "dan", "eli", "fay")
    letters = [
        (house, house.letter(who, text))
        for house in (first, second)
        for who in agents
        for text in ("fail ahip 1", "fail aetna 1", "fail ahip 1")
    ]
    receipts = await asyncio.gather(*(house.accept(letter) for house, letter in letters))
    assert {receipt.verdict for (receipt,) in receipts} == {"done"}
    states = first.states()
    assert len(states) == 12
    assert set(states.values()) == {"F1_COACHING"}
    assert first.mails("E-01") == 12
    assert first.count(tables.inbox) == len(letters)
    assert set(first.replayed().values()) == {""}


REPORTS = (
    ("ana", "fail ahip 1"),
    ("ana", "/esp fail ahip 1"),
    ("tara", "fail ahip 1 for @ana"),
    ("lia", "ana failed ahip 1"),
)


@settings(max_examples=12, deadline=None)
@given(
    order=st.permutations(range(len(REPORTS))),
    cuts=st.sets(st.integers(1, len(REPORTS) - 1)),
    repeats=st.lists(st.integers(0, len(REPORTS) - 1), max_size=3),
)
def test_the_same_report_in_any_order_and_batches_is_one_attempt_with_one_set_of_notices(
    tmp_path_factory: pytest.TempPathFactory, blank_sqlite, order, cuts, repeats
) -> None:
    folder = tmp_path_factory.mktemp("property")
    path = folder / "certdesk.db"
    path.write_bytes(blank_sqlite.read_bytes())
    mine = Houses(url=f"sqlite:///{path}", key=folder / "key")

    async def story() -> House:
        house = await mine.open()
        letters = [house.letter(*REPORTS[n], source=f"rc:{n}") for n in (*order, *repeats)]
        edges = [0, *sorted(cuts), len(letters)]
        for start, end in pairwise(edges):
            await house.accept(*letters[start:end])
        return house

    try:
        house = asyncio.run(story())
        assert house.states() == {"F-1": "F1_COACHING"}
        assert house.mails("E-01") == 1
        assert len([row for row in house.rows(tables.outbox) if row.template == "duty/card"]) == 1
        assert len([row for row in house.rows(tables.outbox) if row.template == "failed_exam/recorded"]) == 1
        assert len(house.rows(tables.duties)) == 2
        assert house.replayed() == {"F-1": ""}
    finally:
        mine.close()
