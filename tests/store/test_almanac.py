"""What begins by itself begins once, and is not forgotten when the store was away just then."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.alarm import Alarm
from bot.almanac import Almanac
from bot.clock import HandClock
from bot.premises import Premises, keep_roster, open_premises
from bot.roster import read_roster
from bot.writer import StoreDown
from store import tables

DAY = Path(__file__).parents[1] / "roster-day.toml"
MORNING = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)


async def opened(tmp_path: Path) -> tuple[Premises, Alarm]:
    clock = HandClock(MORNING)
    house = open_premises(url=f"sqlite:///{tmp_path}/a.db", key_file=tmp_path / "key", clock=clock, create=True)
    await house.writer.run(lambda connection: keep_roster(connection, read_roster(DAY), clock.now()))
    return house, Alarm(house.writer, clock, Almanac(engine=house.engine))


def begun(house: Premises) -> list[str]:
    with house.database.reading() as connection:
        rows = connection.execute(tables.inbox.select()).all()
    return [row.source for row in rows if row.kind == "day"]


async def test_every_beginning_happens_once_whoever_looks(tmp_path: Path) -> None:
    house, alarm = await opened(tmp_path)
    assert await alarm.fire() > 10
    first = begun(house)
    assert len(first) == len(set(first))
    again = Alarm(house.writer, alarm.clock, Almanac(engine=house.engine))  # another replica, or after a restart
    assert await again.fire() == 0
    assert begun(house) == first
    house.close()


async def test_what_could_not_begin_because_the_store_was_away_begins_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, alarm = await opened(tmp_path)
    accept = house.writer.accept

    async def away(letters: Any) -> Any:
        raise StoreDown("the disk is full")

    monkeypatch.setattr(house.writer, "accept", away)
    with pytest.raises(StoreDown):
        await alarm.fire()
    monkeypatch.setattr(house.writer, "accept", accept)
    assert await alarm.fire() > 10
    assert begun(house)
    house.close()
