"""What people in the chat may rely on while servers stumble: every answer, once, in order, and no noise."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import ShiftedClock
from bot.rocketchat.gateway import Manners
from bot.rocketchat.realtime import Patience
from tests.wires.bot_process import Town, desk, town, until

BOT = "certdesk"
QUICK = Manners(
    first_pause=0.05, longest_pause=0.2, recheck_token=0.2,
    patience=Patience(handshake=1.0, tick=0.05, ping_after=5, drop_after=7),
)  # fmt: skip


def answers(docs: list[dict[str, Any]]) -> list[str]:
    """The bot's words."""
    return [doc["msg"] for doc in docs if doc["u"]["username"] == BOT and "t" not in doc]


async def answered(place: Town, who: str = "a00", count: int = 1, seconds: float = 10.0) -> list[str]:
    """The bot's words to somebody, once there are so many."""
    return answers(await place.sandbox.wait((who, BOT), lambda docs: len(answers(docs)) >= count, seconds))


@pytest.fixture
def clock() -> ShiftedClock:
    """A Tuesday morning of the class, at the site."""
    return ShiftedClock(datetime(2026, 11, 17, 17, 0, tzinfo=UTC))


# -- a chat server that stumbles ---------------------------------------------------------------------------------


async def test_a_lost_session_is_taken_up_again_and_rings_the_outbox(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.faults.fail_requests(999, 502, path="chat.sendMessage")
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(lambda: not here.app.courier.up("chat"))
        await place.sandbox.faults.down()
        place.sandbox.faults.clear()
        await until(lambda: not here.app.gateway.up)
        place.sandbox.say("a01", "@certdesk", "fail ahip")  # while nobody listens
        await asyncio.sleep(3.0)
        begun = time.monotonic()
        await place.sandbox.faults.up()
        assert len(await answered(place, "a00")) == 1
        assert len(await answered(place, "a01")) == 1
        assert time.monotonic() - begun < 5.5  # at most 4 s until the next try


async def test_a_half_open_session_loses_nothing(tmp_path, clock):
    async with (
        town(tmp_path, clock=clock, heartbeat=(0, 0)) as place,
        desk(place, clock, manners=QUICK) as here,
    ):
        assert place.sandbox.faults.half_open(BOT) == 1
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        assert len(await answered(place)) == 1
        await until(lambda: here.app.gateway.up)


def test_a_half_open_session_is_noticed_within_45_seconds():
    patience = Patience()
    assert (patience.drop_after + 1) * patience.tick <= 45


async def test_a_token_refused_for_a_while_delays_what_was_decided_and_loses_nothing(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock, manners=QUICK) as here:
        place.sandbox.faults.hang_requests(1, seconds=0.3, path="chat.sendMessage")
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(lambda: not place.sandbox.faults.rest)
        place.sandbox.faults.revoke(BOT)
        await until(lambda: not here.app.courier.up("chat"))
        place.sandbox.say("a01", "@certdesk", "fail ahip")
        place.sandbox.faults.restore(BOT)
        assert len(await answered(place, "a00", seconds=5)) == 1
        assert len(await answered(place, "a01", seconds=5)) == 1
        await place.delivered()


@pytest.mark.parametrize("wait", [1.0, 2.5])
async def test_a_limit_is_waited_for_as_long_as_the_server_says(tmp_path, clock, wait):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.faults.rate_limit_sends(1, wait=wait)
        begun = time.monotonic()
        place.sandbox.say("a00", "@certdesk", "help")
        assert len(await answered(place)) == 1
        assert wait - 0.3 < time.monotonic() - begun < wait + 1.0
        await place.delivered()
        assert place.count("SELECT max(tries) AS n FROM outbox") == 1  # a limit is no failure of the message


@pytest.mark.parametrize(("status", "html"), [(502, True), (500, False), (503, True), (504, True)])
async def test_a_server_error_delays_an_answer_and_does_not_double_it(tmp_path, clock, status, html):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.faults.fail_requests(1, status, html=html, path="chat.sendMessage")
        place.sandbox.say("a00", "@certdesk", "help")
        await answered(place)
        place.sandbox.say("a00", "@certdesk", "me")
        assert len(await answered(place, count=2)) == 2
        await place.delivered()


async def test_an_answer_whose_receipt_was_lost_is_not_said_twice(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.faults.store_then_drop(3)
        for text in ("help", "me", "fail ahip"):
            place.sandbox.say("a00", "@certdesk", text)
        assert len(await answered(place, count=3)) == 3
        await place.delivered()
        assert len(answers(place.sandbox.messages(("a00", BOT)))) == 3


async def test_what_waits_in_a_room_is_not_overtaken(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.faults.fail_requests(3, 500, html=False, path="chat.sendMessage")
        for n in range(8):
            place.sandbox.say("a00", "@certdesk", ("fail ahip", "me", "help", "fail aetna")[n % 4])
            await asyncio.sleep(0.4)
        await place.delivered(20)
        order = [
            row["wire_id"] for row in place.rows("SELECT wire_id FROM outbox WHERE lane = '@a00' ORDER BY \"order\"")
        ]
        shown = [doc["_id"] for doc in place.sandbox.messages(("a00", BOT)) if doc["u"]["username"] == BOT]
        assert shown == order
        assert here.app.courier.up("chat")


# -- catching up -------------------------------------------------------------------------------------------------


async def test_a_backlog_is_answered_in_order_and_before_any_reminder(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place:
        async with desk(place, clock):
            place.sandbox.say("a00", "@certdesk", "fail ahip")
            place.sandbox.say("a02", "@certdesk", "fail ahip")
            await answered(place, "tara", count=2)
            await place.delivered()
        clock.advance(timedelta(hours=3))  # far beyond every reminder of the first hour
        for who, text in (
            ("tara", "coached @a00 advised"), ("tara", "form @a00 123"), ("a00", "fail aetna"), ("a00", "me"),
        ):  # fmt: skip
            place.sandbox.say(who, "@certdesk", text)
            clock.advance(timedelta(seconds=1))
        before = len(answers(place.sandbox.messages(("tara", BOT))))
        async with desk(place, clock):
            await place.delivered()
            said = answers(place.sandbox.messages(("tara", BOT)))[before:]
        assert "Agent00" in said[0]
        reminders = [text for text in said if text.startswith("Reminder")]
        assert len(reminders) == 1
        assert "Agent02" in reminders[0]  # answered for Agent00 while the bot was down, so nobody is chased for it
        mine = place.rows("SELECT template FROM outbox WHERE lane = '@a00' ORDER BY \"order\"")
        assert [row["template"] for row in mine][-2:] == ["failed_exam/recorded", "house/me"]


async def test_a_card_whose_duty_was_settled_before_it_could_be_sent_is_withdrawn_and_answers_never_are(
    tmp_path, clock
):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.faults.fail_requests(999, 502, path="chat.sendMessage")
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE template = 'duty/card'"))
        place.sandbox.say("tara", "@certdesk", "coached @a00 advised")
        place.sandbox.say("tara", "@certdesk", "form @a00 123")
        await until(lambda: not place.count("SELECT count(*) AS n FROM duties WHERE open"))
        place.sandbox.faults.clear()
        await place.delivered(20)
        said = answers(place.sandbox.messages(("tara", BOT)))
        assert len(said) == 2, said  # the answers to tara, and no card for what is done
        assert place.count("SELECT count(*) AS n FROM outbox WHERE state = 'withdrawn'") == 1
        assert len(answers(place.sandbox.messages(("a00", BOT)))) >= 1


# -- manners towards people --------------------------------------------------------------------------------------


async def test_an_edited_message_is_told_of_once(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        said = place.sandbox.say("a00", "@certdesk", "me")
        await answered(place)
        for text in ("fail ahip", "fail ahip 2", "pass ahip"):
            place.sandbox.edit("a00", said, text)
        told = await answered(place, count=2)
        assert "edited" in told[1]
        assert "undo" in told[1]
        place.sandbox.say("a00", "@certdesk", "me")
        assert len(await answered(place, count=3)) == 3
        assert place.count("SELECT count(*) AS n FROM cases") == 0


async def test_an_encrypted_room_is_passed_over_politely(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.faults.encrypt("a00", BOT)
        place.sandbox.say("a00", "@certdesk", "fail ahip")
        place.sandbox.say("a01", "@certdesk", "fail ahip")
        await answered(place, "a01")
        await place.delivered()
        assert place.count("SELECT count(*) AS n FROM outbox WHERE state = 'dead'") == 0
        assert place.count("SELECT count(*) AS n FROM outbox WHERE lane = '@a00'") == 0


async def test_other_bots_and_channels_never_joined_are_not_heard(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        place.sandbox.chat.permissions["view-full-other-user-info"] = frozenset({"bot"})
        place.sandbox.add_user("otherbot", "Other Bot", ("bot",))
        place.sandbox.add_channel("canteen", ["a00"])
        place.sandbox.say("otherbot", "@certdesk", "fail ahip")
        place.sandbox.say("a00", "#canteen", "!esp fail ahip")
        place.sandbox.say("a01", "@certdesk", "me")
        await answered(place, "a01")
        await place.delivered()
        assert [row["actor"] for row in place.rows("SELECT actor FROM inbox")] == ["a01"]
        assert not answers(place.sandbox.messages(("otherbot", BOT)))


async def test_a_stranger_gets_one_sentence_a_day(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.add_user("zoe", "Zoe Stranger")
        for text in ("hi", "fail ahip", "hello?"):
            place.sandbox.say("zoe", "@certdesk", text)
        (said,) = await answered(place, "zoe")
        assert "do not know you" in said
        here.advance(timedelta(hours=25))
        place.sandbox.say("zoe", "@certdesk", "hi again")
        assert len(await answered(place, "zoe", count=2)) == 2
        assert place.count("SELECT count(*) AS n FROM cases") == 0


async def test_twelve_commands_in_a_minute_get_ten_answers_and_one_notice(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock):
        for _ in range(12):
            place.sandbox.say("a00", "@certdesk", "help")
        await until(lambda: place.count("SELECT count(*) AS n FROM inbox") == 12)
        await place.delivered()
        said = answers(place.sandbox.messages(("a00", BOT)))
        assert len(said) == 11
        assert "a lot at once" in said[-1]
        place.sandbox.say("a00", "@certdesk", "fail ahip")  # a fact never counts
        assert (await answered(place, count=12))[-1].startswith("Recorded")
