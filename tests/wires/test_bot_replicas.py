"""Two bots on one database: each line is answered once, and what a dead one had in hand is taken over."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.wires.bot_process import Town, nursery, replayed, town, until
from tests.wires.test_bot_chat_manners import answered, answers

BOT = "certdesk"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Where the database is; "" is SQLite in the test's own folder."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()


async def test_the_rows_of_a_dead_replica_are_taken_over_within_20_seconds(tmp_path, postgres):
    (tmp_path / "sqlite").mkdir()
    (tmp_path / "postgresql").mkdir()
    async with asyncio.TaskGroup() as both:  # a lease is 15 s long: they wait for it together
        both.create_task(taken_over(tmp_path / "sqlite", ""))
        both.create_task(taken_over(tmp_path / "postgresql", postgres.database()))


async def taken_over(folder: Path, url: str) -> None:
    """One of two replicas is killed with rows in hand."""
    async with town(folder, url=url) as place, nursery(place) as nest:
        first, second = await nest.start(), await nest.start()
        await first.ready()
        await second.ready()
        await asyncio.sleep(1.0)  # its first writes are done: stopped in one, it would hold the database for both
        second.signal(signal.SIGSTOP)  # so that the first one decides
        place.sandbox.faults.hang_requests(1, seconds=0.5, path="chat.sendMessage")
        for n in range(6):
            place.sandbox.say(f"a0{n}", "@certdesk", "fail ahip")
        await until(lambda: not place.sandbox.faults.rest)
        await first.killed()
        dead = time.monotonic()
        second.signal(signal.SIGCONT)
        left = place.waiting()
        assert left
        await place.delivered(25)
        assert time.monotonic() - dead < 20
        each_fact_is_answered_once(place, 6)
        await second.stopped()


async def test_two_replicas_answer_each_line_once(tmp_path, url):
    async with town(tmp_path, 24, url=url) as place, nursery(place) as nest:
        both = [await nest.start(), await nest.start()]
        for bot in both:
            await bot.ready()
        for n in range(24):
            place.sandbox.say(f"a{n:02}", "@certdesk", "fail ahip")
            await asyncio.sleep(0.01)
        await until(lambda: place.count("SELECT count(*) AS n FROM inbox WHERE kind = 'chat'") == 24, 20)
        await place.delivered(20)
        each_fact_is_answered_once(place, 24)
        mails = Counter(mail.message_id for mail in place.sandbox.mail.messages)
        assert set(mails.values()) == {1}
        for bot in both:
            await bot.stopped()
        house = place.open()
        assert replayed(house) == 24
        house.close()


async def test_a_replica_that_is_stopped_leaves_everything_to_the_other(tmp_path, url):
    async with town(tmp_path, url=url) as place, nursery(place) as nest:
        first, second = await nest.start(), await nest.start()
        await first.ready()
        await second.ready()
        for n in range(6):
            place.sandbox.say(f"a0{n}", "@certdesk", "fail ahip")
        await first.stopped()
        place.sandbox.say("a00", "@certdesk", "me")
        await until(lambda: len(answers(place.sandbox.messages(("a00", BOT)))) == 2)
        await place.delivered(20)
        assert second.code is None


async def test_a_database_server_that_goes_away_is_waited_for(tmp_path, postgres):
    async with town(tmp_path, url=postgres.database()) as place, nursery(place) as nest:
        bot = await (await nest.start()).ready()
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await answered(place)
        for n in range(1, 4):
            restarting = asyncio.create_task(asyncio.to_thread(postgres.restart))
            place.sandbox.say(f"a0{n}", "@certdesk", "fail ahip")
            await restarting
            place.sandbox.say(f"a0{n}", "@certdesk", "fail aetna")
            await answered(place, f"a0{n}", 2, 20)
        await place.delivered(20)
        assert bot.code is None
        assert place.count("SELECT count(*) AS n FROM inbox WHERE verdict LIKE 'poisoned%'") == 0
        assert await bot.stopped() < 10


def each_fact_is_answered_once(place: Town, count: int) -> None:
    assert place.count("SELECT count(*) AS n FROM cases") == count
    for n in range(count):
        said = answers(place.sandbox.messages((f"a{n:02}", BOT)))
        assert len(said) == 1, said
        assert said[0].startswith("Recorded as your first fail")
