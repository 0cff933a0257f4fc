"""What a batch read of itself before it was rolled back is not believed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import HandClock
from bot.letters import Letter
from bot.premises import Premises, keep_roster, open_premises
from bot.replay import replay
from bot.roster import read_roster
from handlers.intents import Wish
from store import tables

DAY = Path(__file__).parents[1] / "roster-day.toml"
EARLY = datetime(2026, 11, 17, 14, 50, tzinfo=UTC)
"""Ten minutes before the shift."""


async def opened(tmp_path: Path) -> tuple[Premises, Callable[..., Letter]]:
    clock = HandClock(EARLY)
    house = open_premises(url=f"sqlite:///{tmp_path}/a.db", key_file=tmp_path / "key", clock=clock, create=True)
    await house.writer.run(lambda connection: keep_roster(connection, read_roster(DAY), clock.now()))

    def said(source: str, who: str, text: str, **more: object) -> Letter:
        letter = Letter(source=source, kind="chat", at=EARLY, actor=who, room=f"@{who}", text=text)
        return Letter(**{**{f: getattr(letter, f) for f in letter.__slots__}, **more})

    return house, said


async def test_a_case_read_before_the_roll_back_is_read_anew(tmp_path: Path) -> None:
    house, said = await opened(tmp_path)
    with house.database.connect() as connection:
        house.engine.handle(connection, [said("rc:1", "ana", "fail ahip 1")])
        house.engine.handle(connection, [said("rc:2", "ana", "me")])  # reads what is not committed
        connection.rollback()
    house.engine.forget()
    await house.writer.accept([said("rc:3", "ana", "fail aetna 1")])
    await house.writer.accept([said("rc:4", "tara", "coached @ana advised")])
    with house.database.reading() as connection:
        assert [each.wrong for each in replay(connection, house.seal) if each.wrong] == []
        (row,) = connection.execute(tables.cases.select().where(tables.cases.c.id == "F-1")).all()
    assert "Aetna Core" in house.seal.open(row.data_json)
    house.close()


async def test_an_arrival_lost_with_its_batch_is_noted_when_its_words_are_taken_anew(tmp_path: Path) -> None:
    house, said = await opened(tmp_path)
    broken = said("rc:3", "cora", "boom", intents=(Wish(name="a wish of another version"),))
    await house.writer.accept([said("rc:1", "ana", "me"), said("rc:2", "ana", "me"), broken])
    with house.database.reading() as connection:
        steps = connection.execute(tables.journal.select().where(tables.journal.c.event == "Arrived")).all()
    assert [row.source for row in steps] == ["seen:rc:1"]
    house.close()
