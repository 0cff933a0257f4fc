"""So many messages at a time, and of those that wait the one decided first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.turns import Turns
from store.rows import Note

NOON = datetime(2026, 11, 17, 19, 0, tzinfo=UTC)


def note(minute: int) -> Note:
    at = NOON + timedelta(minutes=minute)
    return Note(key=str(minute), channel="mail", lane="x", template="t", body={}, made=at, due=at)


async def test_the_one_decided_first_goes_first_whoever_waited_longer() -> None:
    turns, went = Turns(1), []

    async def go(minute: int) -> None:
        async with turns.of(note(minute)):
            went.append(minute)
            await asyncio.sleep(0)

    await asyncio.gather(*(go(minute) for minute in (9, 5, 7, 1, 3)))
    assert went == [9, 1, 3, 5, 7]


async def test_no_more_are_let_through_than_there_are_places_and_none_is_lost_by_those_who_give_up() -> None:
    turns, inside, most = Turns(2), 0, 0

    async def go(minute: int) -> None:
        nonlocal inside, most
        async with turns.of(note(minute)):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    tasks = [asyncio.create_task(go(minute)) for minute in range(20)]
    await asyncio.sleep(0)
    for task in tasks[3::3]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (inside, most) == (0, 2)
    async with asyncio.timeout(1), turns.of(note(1)), turns.of(note(2)):
        pass


async def test_a_turn_given_to_somebody_who_is_gone_goes_to_the_next() -> None:
    turns = Turns(1)
    reached = asyncio.Event()

    async def go(minute: int) -> None:
        async with turns.of(note(minute)):
            reached.set()

    async with turns.of(note(0)):
        first, second = asyncio.create_task(go(1)), asyncio.create_task(go(2))
        await asyncio.sleep(0)
    first.cancel()  # its turn was given to it just now
    async with asyncio.timeout(1):
        await reached.wait()
        await second
