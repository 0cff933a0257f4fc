"""The process as an operator meets it: it waits for what will come back, says what will not, and stops in time."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.wires.bot_process import nursery, town, until
from tests.wires.test_bot_chat_manners import answered, answers

BOT = "certdesk"


async def test_a_cold_start_is_ready_in_seconds_and_an_answer_comes_within_one(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        bot = await (await nest.start(cold=True)).ready()
        assert bot.lines == ["ready"]
        assert bot.ready_after < 10
        begun = time.monotonic()
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        assert (await answered(place))[-1].startswith("Recorded as your first fail")
        assert time.monotonic() - begun < 1.0
        await place.delivered()
        assert await bot.stopped() < 10


async def test_a_chat_server_that_is_down_at_start_is_waited_for(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        await place.sandbox.faults.down()
        bot = await nest.start()
        await until(lambda: "chat.down" in nest.errors())
        await asyncio.sleep(2.0)  # in which it tries again, several times
        assert bot.code is None
        assert nest.errors().count("chat.down") == 1
        await place.sandbox.faults.up()
        await bot.ready(6)


async def test_a_mail_server_that_is_down_at_start_is_waited_for(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        await place.sandbox.mail.down()
        bot = await (await nest.start()).ready()
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await answered(place)
        assert not place.sandbox.mail.messages
        assert nest.errors().count("mail.down") <= 1
        await place.sandbox.mail.up()
        await place.sandbox.mail.wait(1, seconds=6)
        assert bot.code is None


async def test_a_token_refused_at_start_ends_it_with_one_line_that_names_the_setting(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        place.sandbox.faults.revoke(BOT)
        bot = await nest.start()
        assert await bot.gone() == 1
        assert bot.lines == []
        (line,) = nest.errors().splitlines()
        assert line.startswith("certdesk: [rocketchat] token: ")


async def test_a_token_refused_later_is_waited_for(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        bot = await (await nest.start()).ready()
        place.sandbox.faults.revoke(BOT)
        await until(lambda: "chat.down" in nest.errors())
        await asyncio.sleep(1.0)
        assert bot.code is None
        assert nest.errors().count("chat.down") <= 2
        assert await bot.stopped() < 10


async def test_it_says_in_one_line_that_there_is_no_roster(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        house = place.open()
        with house.database.connect() as connection:
            connection.exec_driver_sql("DELETE FROM rosters")
            connection.commit()
        house.close()
        bot = await nest.start()
        assert await bot.gone() == 1
        assert nest.errors() == "certdesk: there is no roster yet: run `certdesk roster import FILE`\n"


async def test_told_to_stop_it_sends_what_it_has_decided_first(tmp_path):
    async with town(tmp_path) as place, nursery(place) as nest:
        bot = await (await nest.start()).ready()
        place.sandbox.faults.hang_requests(3, seconds=0.7, path="chat.sendMessage")
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(lambda: not place.sandbox.faults.rest or place.sandbox.faults.rest[0].left < 3)
        assert await bot.stopped() < 5
        assert place.waiting() == 0
        assert len(answers(place.sandbox.messages(("a00", BOT)))) == 1


@pytest.mark.parametrize("wire", ["mail", "both"])
async def test_it_stops_within_ten_seconds_though_a_server_hangs_and_the_next_start_sends_at_once(tmp_path, wire):
    async with town(tmp_path) as place, nursery(place) as nest:
        if wire != "mail":
            place.sandbox.faults.hang_requests(50, seconds=60, path="chat.sendMessage")
        if wire != "chat":
            place.sandbox.mail.handle_DATA = hang  # type: ignore[method-assign]
        bot = await (await nest.start()).ready()
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(place.waiting)
        assert await bot.stopped() < 10
        assert place.waiting()
        place.sandbox.faults.clear()
        vars(place.sandbox.mail).pop("handle_DATA", None)
        again = await (await nest.start()).ready()
        await place.delivered(4)
        assert len(answers(place.sandbox.messages(("a00", BOT)))) == 1
        await again.stopped()


async def hang(server: object, session: object, envelope: object) -> str:
    """A mail server that takes its time over a mail."""
    await asyncio.sleep(20)
    return "451 too late"
