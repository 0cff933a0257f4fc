"""A timer that breaks its step is filed once and rings no more: no lease brings it back for ever."""

from __future__ import annotations

from sqlalchemy import text

from store import tables
from tests.store.house import Houses


async def test_a_timer_that_breaks_its_step_rings_once(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.premises.writer.run(
        lambda connection: connection.execute(text("UPDATE timers SET event = 'EventOfAnotherVersion'"))
    )
    house.later(hours=3)
    assert await house.fire() == 4
    broken = [row for row in house.rows(tables.inbox) if row.verdict.startswith("poisoned")]
    assert len(broken) == 4
    house.later(minutes=1)
    assert await house.fire() == 4  # the lease brings them back once, and they are known
    house.later(hours=1)
    assert await house.fire() == 0
