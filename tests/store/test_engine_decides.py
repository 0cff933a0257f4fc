"""One door, one transaction: a batch is decided whole or letter by letter, once, on SQLite and PostgreSQL alike."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot import alarm, logs
from bot.letters import Letter
from bot.writer import Job
from handlers.intents import Wish
from store import tables
from store.codec import load, micros
from tests.store.house import Houses


def poison(house, source: str = "rc:poison") -> Letter:
    """A letter whose meaning nobody here can act on."""
    return Letter(
        source=source, kind="chat", at=house.clock.now(), actor="cora", room="@cora", text="boom",
        intents=(Wish(name="a wish of another version"),),
    )  # fmt: skip


async def test_a_report_is_one_case_with_its_journal_mail_duties_and_timers(houses: Houses) -> None:
    house = await houses.open()
    receipt = await house.say("ana", "fail ahip 1", source="rc:1")
    assert receipt.verdict == "done"
    assert house.states() == {"F-1": "F1_COACHING"}
    assert [row.source for row in house.rows(tables.inbox)] == ["rc:1"]
    assert [(row.case_id, row.seq, row.state) for row in house.rows(tables.journal)] == [("F-1", 1, "F1_COACHING")]
    assert sorted(row.name for row in house.rows(tables.duties)) == ["coach:1", "form:1"]
    assert house.count(tables.timers) == 4
    assert sorted((row.channel, row.lane) for row in house.rows(tables.outbox)) == [
        ("chat", "@ana"), ("chat", "@tara"), ("mail", "tara.lee@example.com"),
    ]  # fmt: skip
    assert house.replayed() == {"F-1": ""}


async def test_what_was_seen_is_seen_and_nothing_else(houses: Houses) -> None:
    house = await houses.open()
    letter = house.letter("ana", "fail ahip 1")
    await house.accept(letter)
    before = house.count(tables.outbox)
    (again,) = await house.accept(letter)
    assert again.verdict == "seen"
    assert house.count(tables.outbox) == before
    first, second = await house.accept(*[house.letter("ben", "fail ahip 1", source="rc:twice")] * 2)
    assert (first.verdict, second.verdict) == ("done", "seen")


async def test_letters_of_one_batch_are_decided_in_their_order(houses: Houses) -> None:
    house = await houses.open()
    await house.accept(
        house.letter("ana", "fail ahip 1"),
        house.letter("tara", "coached @ana advised"),
        house.letter("ana", "fail ahip 2"),
    )
    assert house.states() == {"F-1": "F2_PROCTOR", "C-1": "READY"}
    assert [row.seq for row in house.rows(tables.journal) if row.case_id == "F-1"] == [1, 2, 3]
    assert house.replayed() == {"F-1": "", "C-1": ""}


async def test_a_hundred_letters_in_one_batch_come_to_the_same_as_one_by_one(houses: Houses) -> None:
    house = await houses.open()
    agents = ("ana", "ben", "cora", "dan", "eli", "fay")
    words = [(who, text.format(who=who)) for text in ("fail ahip 1", "fail aetna 1", "me", "undo") for who in agents]
    await house.accept(*(house.letter(who, text) for who, text in words))
    states = house.states()
    assert len(states) == 12
    assert sorted(states.values()) == ["F1_COACHING"] * 6 + ["VOID"] * 6
    assert set(house.replayed().values()) == {""}


async def test_a_poisoned_letter_is_filed_and_answered_and_the_others_go_through(houses: Houses) -> None:
    house = await houses.open()
    receipts = await house.accept(house.letter("ana", "fail ahip 1"), poison(house), house.letter("ben", "fail ahip 1"))
    assert [receipt.verdict for receipt in receipts] == ["done", "poisoned", "done"]
    assert sorted(house.states().values()) == ["F1_COACHING"] * 2
    filed = {row.source: row.verdict for row in house.rows(tables.inbox)}
    assert filed["rc:poison"].startswith("poisoned")
    assert [row.template for row in house.rows(tables.outbox) if row.lane == "@cora"] == ["house/poisoned"]
    assert house.mails("E-01") == 2
    (again,) = await house.accept(poison(house))
    assert again.verdict == "seen"


async def test_the_log_says_what_a_letter_broke_and_where_but_not_the_words_it_broke_with(
    houses: Houses, capsys
) -> None:
    house = await houses.open()
    words = "boom over Ana Rivera"
    letter = replace(poison(house), intents=(Wish(name=words),))
    await house.accept(letter)
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "letter_poisoned" in line]
    assert re.search(r"\w+ at [a-z]+/\w+\.py:\d+", line)
    (verdict,) = [row.verdict for row in house.rows(tables.inbox)]
    assert re.fullmatch(r"poisoned: \w+ at [a-z]+/\w+\.py:\d+", verdict)
    assert words not in line + verdict


def test_an_error_is_blamed_on_the_innermost_line_of_ours() -> None:
    with pytest.raises(ValueError) as caught:
        load(int, "no number of Ana's")
    assert re.fullmatch(r"\w+ at store/codec\.py:\d+", logs.blame(caught.value))
    with pytest.raises(ValueError) as caught:
        int("no number of Ana's")
    assert logs.blame(caught.value) == "ValueError"


async def test_a_job_that_fails_takes_no_letter_down_with_it(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    assert set(house.replayed().values()) == {""}

    def breaks(connection) -> None:
        raise RuntimeError("a small job that fails")

    writer = house.premises.writer
    with pytest.raises(RuntimeError, match="small job"):
        await writer.run(breaks)
    await house.say("ben", "fail ahip 1")
    assert house.states() == {"F-1": "F1_COACHING", "F-2": "F1_COACHING"}


async def test_pins_outlive_a_batch_that_was_rolled_back(houses: Houses) -> None:
    house = await houses.open()
    outcome: list[object] = []

    def breaks(connection) -> None:
        raise RuntimeError("after the letters of the same batch")

    jobs = [
        Job(letters=[house.letter("ana", "fail ahip 1")], done=lambda value, error: outcome.append(error)),
        Job(work=breaks, done=lambda value, error: outcome.append(error)),
    ]
    house.premises.writer.process(jobs)
    assert outcome[0] is None
    assert isinstance(outcome[1], RuntimeError)
    assert house.states() == {"F-1": "F1_COACHING"}
    assert house.count(tables.pins) == 2
    assert house.replayed() == {"F-1": ""}


ODD = ["fail\x00 ahip 1", "fail ahip 1 \ud800", "fail ahip 1 \U0001f62d\u202e", "x" * 200_000, "\x00", "\udcff\x00\x01"]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
async def test_no_text_is_too_odd_to_be_filed(houses: Houses, text: str) -> None:
    house = await houses.open()
    receipt = await house.say("ana", text)
    assert receipt.verdict == "done"
    await house.say("lia", "fail ahip 1 for @ben")
    receipt = await house.say("lia", f"void F-{1 if 'ahip' not in text else 2} {text}")
    assert receipt.verdict == "done"
    assert set(house.replayed().values()) == {""}


# -- twice at once -----------------------------------------------------------------------------------------


async def test_a_double_press_in_one_batch_counts_once(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.accept(house.press("tara", "Coached"), house.press("tara", "Coached"))
    assert house.states() == {"F-1": "F1_CLEARED"}
    assert len([row for row in house.rows(tables.journal) if row.event == "Coached"]) == 1
    assert len([row for row in house.rows(tables.outbox) if row.template == "failed_exam/cleared"]) == 1


async def test_a_double_undo_in_one_batch_takes_back_once_and_asks_nobody(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    await house.accept(house.press("ana", "Undo"), house.press("ana", "Undo"))
    assert house.states() == {"F-1": "VOID"}
    assert len([row for row in house.rows(tables.journal) if row.event == "Unwound"]) == 1
    assert not [row for row in house.rows(tables.duties) if row.open]
    assert house.replayed() == {"F-1": ""}


async def test_a_report_and_its_undo_in_one_batch_send_nothing_to_anybody_else(houses: Houses) -> None:
    house = await houses.open()
    await house.accept(house.letter("ana", "fail ahip 1"), house.letter("ana", "undo"))
    assert house.states() == {"F-1": "VOID"}
    waiting = [row for row in house.rows(tables.outbox) if row.state == "waiting"]
    assert {row.lane for row in waiting} == {"@ana"}
    assert not [row for row in house.rows(tables.timers) if row.open]


async def test_two_confirmations_in_one_batch_send_one_mail(houses: Houses) -> None:
    house = await houses.open()
    for who, text in (
        ("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2"), ("tara", "delivered C-1"),
        ("lia", "proctor F-1 wed 10:00 @lia"), ("ana", "fail ahip 3"),
    ):  # fmt: skip
        await house.say(who, text)
    await house.accept(house.letter("lia", "confirm F-1"), house.letter("tara", "confirm F-1"))
    assert house.states()["F-1"] == "F3_LOCKED"
    assert house.mails("E-04") == 1


# -- claims ------------------------------------------------------------------------------------------------


async def test_a_timer_is_claimed_by_one_replica_and_comes_back_when_that_one_dies(houses: Houses) -> None:
    first, second = await houses.open(), await houses.open()
    await first.say("ana", "fail ahip 1")
    first.later(minutes=15)
    now = first.clock.now()
    mine = await first.premises.writer.run(lambda connection: alarm.claim(connection, now))
    yours = await second.premises.writer.run(lambda connection: alarm.claim(connection, now))
    assert (len(mine), len(yours)) == (2, 0)
    first.later(seconds=16)  # the first replica died with them
    assert await second.fire() == 2
    assert len([row for row in second.rows(tables.outbox) if row.template == "duty/reminder"]) == 1
    await first.premises.writer.accept(mine)  # it had not died after all
    assert len([row for row in second.rows(tables.outbox) if row.template == "duty/reminder"]) == 1


async def test_a_reminder_is_decided_once_however_often_its_timer_rings(houses: Houses) -> None:
    house = await houses.open()
    await house.say("ana", "fail ahip 1")
    house.later(minutes=15)
    assert await house.fire() == 2
    assert await house.fire() == 0
    house.later(seconds=20)
    assert await house.fire() == 0


async def test_rows_of_a_dead_replica_are_taken_over_in_order(houses: Houses) -> None:
    dead, living = await houses.open(), await houses.open()
    await dead.say("ana", "fail ahip 1")
    dead.later(seconds=1)
    await dead.say("ana", "me")
    open_now = [row for row in living.rows(tables.outbox) if row.open]
    assert all(row.due > micros(living.clock.now()) for row in open_now), "leased at birth"
    living.later(seconds=16)
    late = [
        row for row in living.rows(tables.outbox, order=tables.outbox.c.order) if row.due <= micros(living.clock.now())
    ]
    assert [row.lane for row in late if row.lane == "@ana"] == ["@ana", "@ana"]
    assert [row.template for row in late if row.lane == "@ana"] == ["failed_exam/recorded", "house/me"]


# -- at rest -----------------------------------------------------------------------------------------------


async def test_discipline_is_sealed_at_rest(houses: Houses) -> None:
    house = await houses.open()
    for who, text in (("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2")):
        await house.say(who, text)
    (cap,) = [row for row in house.rows(tables.cases) if row.id == "C-1"]
    assert cap.data_json.startswith("~")
    for row in house.rows(tables.journal):
        if row.case_id == "C-1":
            assert row.before_json.startswith("~")
            assert row.event_json.startswith("~")
    for row in house.rows(tables.outbox):
        if row.case_id == "C-1":
            assert row.body_json.startswith("~")
    for row in house.rows(tables.duties):
        if row.case_id == "C-1":
            assert row.facts_json.startswith("~")
            assert row.answers_json.startswith("~")
