"""The first message of a day costs a row, the others nothing; what nobody could hear is on record, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import outages
from store import tables
from tests.store.house import House, Houses

PACKS = {"licensing_training": "licensing-training-new", "attendance": "attendance"}
NOON = datetime(2026, 11, 17, 19, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def test_only_the_first_message_of_a_day_enters_the_class_day(houses: Houses) -> None:
    house = await houses.open(packs=PACKS)
    for _ in range(4):
        await house.say("ana", "hi all", room="#esp-nov16")
    entered = [row.event for row in house.rows(tables.journal) if row.case_id.startswith("B")]
    assert entered == ["ClassDayBegan", "Arrived"]
    assert set(house.replayed().values()) == {""}


async def test_who_is_known_to_be_there_costs_nothing_more(houses: Houses) -> None:
    house = await houses.open(packs=PACKS)
    await house.say("ana", "hi all", room="#esp-nov16")
    await house.say("ana", "hello again", room="#esp-nov16")
    presence, office = house.premises.engine._presence, house.premises.engine.setting()
    assert presence.wanted(office, house.letter("ana", "once more", room="#esp-nov16")) == ""
    assert presence.wanted(office, house.letter("ben", "hi", room="#esp-nov16")) == "class:NOV16"
    for other in ("tara", "nobody"):
        assert presence.wanted(office, house.letter(other, "hi", room="#esp-nov16")) == ""
    assert presence.wanted(office, house.letter("ben", "hi", room="#wfm")) == ""
    assert presence.wanted(office, replace(house.letter("ben", "hi"), edited=True)) == ""


async def test_a_batch_of_a_whole_class_is_one_arrival_each(houses: Houses) -> None:
    house = await houses.open(packs=PACKS)
    agents = ("ana", "ben", "cora", "dan", "eli", "fay")
    await house.accept(*(house.letter(agent, "here") for agent in agents * 2))
    assert sorted(row.agent for row in house.rows(tables.cases) if row.workflow == "engagement") == list(agents)
    assert set(house.replayed().values()) == {""}


async def test_two_replicas_record_one_arrival(houses: Houses) -> None:
    first = await houses.open(packs=PACKS)
    second = await houses.open(packs=PACKS)
    await first.say("ana", "hi", source="rc:1")
    await second.say("ana", "hi", source="rc:1")
    await second.say("ana", "here", source="rc:2")
    assert [row.id for row in first.rows(tables.cases) if row.workflow in ("class_day", "engagement")] == ["B-1", "M-1"]


async def test_where_no_class_runs_nobody_looks_twice_a_minute(houses: Houses) -> None:
    house = await houses.open(packs=PACKS)
    house.later(days=4)  # Saturday
    await house.say("ana", "hi all", room="#esp-nov16")
    presence, office = house.premises.engine._presence, house.premises.engine.setting()
    assert presence.wanted(office, house.letter("ben", "hi", room="#esp-nov16")) == ""
    house.later(minutes=1)
    assert presence.wanted(office, house.letter("ben", "hi", room="#esp-nov16")) == "class:NOV16"
    assert house.count(tables.cases) == 0


# -- outages -----------------------------------------------------------------------------------------------


async def known(house: House, a: datetime, b: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """The outages in that stretch."""
    return list(await house.premises.writer.run(lambda connection: outages.between(connection, a, b, now)))


@pytest.mark.parametrize(("gap", "out"), [(10, False), (25, False), (26, True), (3600, True)])
async def test_a_gap_between_two_heartbeats_is_an_outage(houses: Houses, gap: int, out: bool) -> None:
    house = await houses.open()
    back = NOON + timedelta(seconds=gap)
    await house.premises.writer.run(lambda connection: outages.beat(connection, NOON))
    await house.premises.writer.run(lambda connection: outages.beat(connection, back))
    assert await known(house, NOON - MINUTE, back + MINUTE, back) == ([(NOON, back)] if out else [])


async def test_an_outage_that_lasts_is_one_already(houses: Houses) -> None:
    house = await houses.open()
    await house.premises.writer.run(lambda connection: outages.beat(connection, NOON))
    assert await known(house, NOON, NOON + 5 * MINUTE, NOON + MINUTE) == [(NOON, NOON + MINUTE)]
    assert await known(house, NOON, NOON + 5 * MINUTE, NOON + timedelta(seconds=20)) == []


async def test_an_outage_counts_in_the_stretches_it_touches_and_is_forgotten_in_time(houses: Houses) -> None:
    house = await houses.open()
    run = house.premises.writer.run
    await run(lambda connection: outages.note(connection, NOON, NOON + 2 * MINUTE))
    now = NOON + 10 * MINUTE
    assert await known(house, NOON - MINUTE, NOON, now) == []
    assert await known(house, NOON - MINUTE, NOON + MINUTE, now) == [(NOON, NOON + 2 * MINUTE)]
    assert await known(house, NOON + 2 * MINUTE, now, now) == []
    later = NOON + outages.MEMORY + 3 * MINUTE
    await run(lambda connection: outages.note(connection, later, later + MINUTE))
    assert await known(house, NOON - MINUTE, later + MINUTE, later) == [(later, later + MINUTE)]
