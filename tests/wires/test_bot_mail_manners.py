"""A mail is tried as long as there is hope, never hammered, never forgotten, and its end is told to the ops channel."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot.clock import HandClock, ShiftedClock
from bot.waits import Waits
from tests.wires.bot_process import Desk, desk, town, until
from tests.wires.test_bot_chat_manners import answers

OPS = "#esp-bot-ops"
MORNING = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
NOTICE = "failed_exam/notice"


@pytest.fixture
def clock() -> ShiftedClock:
    """A Tuesday morning of the class, at the site."""
    return ShiftedClock(MORNING)


def fails(here: Desk, who: str = "a00", exam: str = "ahip") -> None:
    here.place.sandbox.say(who, "@certdesk", f"fail {exam}")


def tried(here: Desk, times: int) -> bool:
    """Whether the notice was tried so often, or given up."""
    row = here.row(template=NOTICE)
    return row["tries"] >= times or not row["open"]


def told(here: Desk) -> list[str]:
    """What the ops channel has read."""
    return answers(here.place.sandbox.messages(OPS))


# -- away --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_reached_is_tried_after_1_second_doubling_to_15():
    clock = HandClock(MORNING)
    waits, seconds = Waits(clock), []
    for _ in range(7):
        until_then = waits.down("mail", clock.now())
        seconds.append((until_then - clock.now()).total_seconds())
        assert waits.rows("mail") == 0
        clock.move_to(until_then)
        assert waits.rows("mail") == 1  # one goes to find out, not all of them
    assert seconds == [1, 2, 4, 8, 15, 15, 15]
    assert waits.went(("mail", "tara"))
    assert waits.rows("mail") > 1
    assert (waits.down("mail", clock.now()) - clock.now()).total_seconds() == 1


def test_many_that_find_out_at_once_that_a_server_is_away_count_as_one():
    clock = HandClock(MORNING)
    waits = Waits(clock)
    begun = clock.now()
    first = waits.down("mail", begun)
    assert {waits.down("mail", begun) for _ in range(50)} == {first}


async def test_a_mail_server_that_went_away_gets_its_mails_within_seconds_of_its_return(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        fails(here)
        await place.sandbox.mail.wait(1)
        await place.sandbox.mail.down()
        for n in range(1, 6):
            fails(here, f"a0{n}")
        await until(lambda: not here.app.courier.up("mail"))
        assert len(answers(place.sandbox.messages(("a01", "certdesk")))) == 1  # the chat goes on meanwhile
        begun = time.monotonic()
        await place.sandbox.mail.up()
        await place.sandbox.mail.wait(6, seconds=6)
        assert time.monotonic() - begun < 5
        await place.delivered()
        assert len({mail.message_id for mail in place.sandbox.mail.messages}) == 6
        assert told(here) == []


async def test_a_mail_whose_receipt_was_lost_comes_again_under_the_same_message_id(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.drop_after_data(1, stored=True)
        fails(here)
        first, second = await place.sandbox.mail.wait(2)
        assert (first.message_id, first.raw) == (second.message_id, second.raw)
        await place.delivered()


# -- refused for now ---------------------------------------------------------------------------------------------


async def test_a_mail_refused_for_now_climbs_its_ladder_and_ops_hear_of_it_and_of_its_end(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1000, code=451, text="4.7.1 greylisted tara.lee@example.com: First fail")
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE template = ?", NOTICE))
        for tries, wait in enumerate((5, 20, 60, 300, 900), start=1):
            await until(partial(tried, here, tries))
            row = here.row(template=NOTICE)
            assert here.in_seconds(row) == pytest.approx(wait, abs=3)
            assert row["state"] == "waiting"
            assert told(here) == []
            here.advance(timedelta(seconds=here.in_seconds(row) + 0.1))
        await until(lambda: here.row(template=NOTICE)["tries"] == 6)
        await until(lambda: told(here))
        (line,) = told(here)
        assert "is delayed" in line
        assert "451 4.7.1" in line
        while (tries := here.row(template=NOTICE)["tries"]) and here.row(template=NOTICE)["state"] == "waiting":
            assert here.in_seconds(here.row(template=NOTICE)) == pytest.approx(3600, abs=3)
            here.advance(timedelta(seconds=3600.1))
            await until(partial(tried, here, tries + 1))
        row = here.row(template=NOTICE)
        assert row["state"] == "dead"
        assert timedelta(hours=24) < clock.now() - MORNING < timedelta(hours=25.5)
        await until(lambda: len(told(here)) == 2)
        assert "could not be delivered" in told(here)[1]
        assert not any(name in " ".join(told(here)) for name in ("tara", "Tara", "Agent00", "First fail"))


async def test_the_mails_behind_a_refused_one_keep_their_order_and_other_mailboxes_do_not_wait(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1, code=451)
        fails(here, "a00")
        await until(
            lambda: place.count("SELECT count(*) AS n FROM outbox WHERE tries = 1 AND open AND channel = 'mail'")
        )
        fails(here, "a02")  # also Tara's
        fails(here, "a01")  # Dev's
        (dev,) = await place.sandbox.mail.wait(1)
        assert "dev.shah@example.com" in dev.addresses("To")
        here.advance(timedelta(seconds=6))
        await place.delivered()
        subjects = [mail.subject for mail in place.sandbox.mail.box("tara.lee@example.com")]
        assert ["Agent00" in subjects[0], "Agent02" in subjects[1]] == [True, True]


async def test_one_refusal_after_a_long_outage_is_not_the_end(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        await place.sandbox.mail.down()
        fails(here)
        await until(lambda: not here.app.courier.up("mail"))
        here.advance(timedelta(hours=30))
        place.sandbox.mail.refuse(1, code=451)
        await place.sandbox.mail.up()
        here.app.courier.ring()
        await until(lambda: here.row(template=NOTICE)["tries"] == 1)
        here.advance(timedelta(seconds=6))
        await until(lambda: here.row(template=NOTICE)["state"] == "sent")


# -- refused for good --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
async def test_a_mail_refused_for_good_is_a_dead_letter_and_one_line_without_names(tmp_path, clock, stage):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        recipients = 20 if stage == "rcpt" else 1
        place.sandbox.mail.refuse(recipients, code=550, text="5.1.1 tara.lee@example.com: no CAP here", stage=stage)
        fails(here)
        await until(lambda: told(here))
        row = here.row(template=NOTICE)
        assert (row["state"], bool(row["open"])) == ("dead", False)
        assert "5.1.1" in row["error"]
        (line,) = told(here)
        assert row["key"] in line
        assert "550 5.1.1" in line
        assert not any(word in line for word in ("tara", "Tara", "Agent00", "CAP", "fail", "coach", "example.com"))


async def test_recipients_that_fare_differently_each_get_what_they_can(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1, code=451, text="4.2.2 full", stage="rcpt")
        fails(here)
        await place.sandbox.mail.wait(1)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE key LIKE '%+'"))
        here.advance(timedelta(seconds=6))
        first, second = await place.sandbox.mail.wait(2)
        assert first.raw == second.raw
        assert not set(first.recipients) & set(second.recipients)
        await place.delivered()
        assert place.count("SELECT count(*) AS n FROM outbox WHERE channel = 'mail' AND raw IS NULL") == 0


async def test_an_ops_channel_that_cannot_be_reached_is_not_told_about_itself(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.chat.permissions["view-c-room"] = frozenset()
        place.sandbox.chat.leave(place.sandbox.chat.user("certdesk"), place.sandbox.room(OPS))
        place.sandbox.mail.refuse(1, code=550)
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE state = 'dead'") == 2)
        await place.delivered()
        assert here.row(template="house/ops_dead_letter")["state"] == "dead"
