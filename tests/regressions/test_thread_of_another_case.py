"""A report typed in the thread of one agent's case went into that case, whomever it was about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import HandClock
from bot.premises import open_premises
from store import tables
from tests.store.house import START, Houses


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    """A replica on a fresh SQLite file."""
    url = f"sqlite:///{tmp_path / 'certdesk.db'}"
    open_premises(url=url, key_file=tmp_path / "key", clock=HandClock(START), create=True).close()
    opened = Houses(url=url, key=tmp_path / "key")
    yield opened
    opened.close()


async def test_a_report_about_ben_in_anas_thread_is_bens(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.say("tara", "!esp fail ahip 1 for @ben", room="#licensing", ref="F-1")
    agents = {row.id: row.agent for row in house.rows(tables.cases)}
    assert agents == {"F-1": "ana", "F-2": "ben"}
    assert house.states() == {"F-1": "F1_COACHING", "F-2": "F1_COACHING"}


async def test_another_exam_in_the_thread_of_the_first_is_another_case(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.say("tara", "!esp fail aetna 1 for @ana", room="#licensing", ref="F-1")
    assert house.states() == {"F-1": "F1_COACHING", "F-2": "F1_COACHING"}


async def test_an_agent_in_a_colleagues_thread_is_not_taken_for_him(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.say("ben", "!esp fail ahip 1", room="#licensing", ref="F-1")
    assert house.states() == {"F-1": "F1_COACHING", "F-2": "F1_COACHING"}


async def test_done_in_the_thread_is_still_the_answer_to_the_post(houses: Houses) -> None:
    house = await houses.open()
    for who, text in (("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2")):
        await house.say(who, text)
    await house.say("wes", "done", room="#wfm", ref="F-1")
    assert [row.template for row in house.rows(tables.outbox) if row.lane == "@wes"] == ["failed_exam/thanks_wfm"]
