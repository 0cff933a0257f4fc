"""A mail is tried as long as there is hope, never hammered, never forgotten, and its end is told to the ops channel."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from bot import dispatch
from bot.clock import HandClock, ShiftedClock
from bot.premises import keep_roster
from bot.preview import examples
from bot.waits import Waits
from store import outbox, tables
from store.codec import micros
from store.rows import Note
from tests.wires.bot_process import Desk, Town, desk, town, until
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


def heard_since(place: Town, before: int) -> bool:
    """Whether something was heard since there were so many letters."""
    return place.count("SELECT count(*) AS n FROM inbox") > before


def tried_again(place: Town, row: dict[str, Any]) -> bool:
    """Whether this row was tried since, or given up."""
    now = place.rows("SELECT * FROM outbox WHERE key = ?", row["key"])[0]
    return bool(now["tries"] > row["tries"] or not now["open"])


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


async def test_a_server_that_never_says_that_it_has_a_mail_is_not_flooded_with_it(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.drop_after_data(1000, stored=True)
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE template = ?", NOTICE))
        for tries, wait in enumerate((1, 5, 20, 60, 300, 900), start=1):
            await until(partial(tried, here, tries))
            row = here.row(template=NOTICE)
            assert here.in_seconds(row) == pytest.approx(wait, abs=3)
            here.advance(timedelta(seconds=max(0.0, here.in_seconds(row)) + 0.1))
        await until(lambda: here.row(template=NOTICE)["tries"] == 7)
        assert len(place.sandbox.mail.messages) == 7
        assert len({mail.raw for mail in place.sandbox.mail.messages}) == 1
        await until(lambda: told(here))
        assert "is delayed" in told(here)[0]


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


@pytest.mark.parametrize("stage", ["mail", "data"])
async def test_a_mail_refused_for_good_is_a_dead_letter_and_one_line_without_names(tmp_path, clock, stage):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1, code=550, text="5.1.1 tara.lee@example.com: no CAP here", stage=stage)
        fails(here)
        await until(lambda: told(here))
        row = here.row(template=NOTICE)
        assert (row["state"], bool(row["open"])) == ("dead", False)
        assert "5.1.1" in row["error"]
        (line,) = told(here)
        assert row["key"] in line
        assert "550 5.1.1" in line
        assert not any(word in line for word in ("tara", "Tara", "Agent00", "CAP", "fail", "coach", "example.com"))


def returned(here: Desk, who: str) -> list[str]:
    """What somebody was told in chat of mails that he did not get."""
    said = answers(here.place.sandbox.messages((who, "certdesk")))
    return [line for line in said if "A mail to you could not be delivered" in line]


async def test_who_is_refused_hears_it_in_chat_and_the_others_get_their_mail_once(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        sink = place.sandbox.mail
        sink.rejected = {
            "tara.lee@example.com": "550 5.1.1 no Tara here: First fail", "licensing@example.com": "550 5.1.1 gone"
        }  # fmt: skip
        fails(here)
        await sink.wait(2)
        to = sorted(sorted(mail.recipients) for mail in sink.messages)
        assert to == [["a00@example.com", "pia.moss@example.com"], ["lia.cruz@example.com"]]  # hers for licensing's
        await until(lambda: len(told(here)) == 2 and returned(here, "tara"))
        await place.delivered()
        (said,) = returned(here, "tara")
        assert "Failed attempt 1: AHIP Final" in said
        row = place.rows("SELECT * FROM outbox WHERE template = ? ORDER BY made", NOTICE)[0]
        assert row["state"] == "sent"
        assert row["error"] == "came back: tara.lee@example.com 5.1.1, licensing@example.com 5.1.1"
        assert all(row["key"] in line and "answer 5.1.1" in line for line in told(here))
        assert sum("Tara Lee is told in chat" in line for line in told(here)) == 1
        assert not any(word in " ".join(told(here)).lower() for word in ("fail", "agent00", "coach", "no tara"))
        here.advance(timedelta(hours=2))
        await place.delivered()
        assert len(sink.messages) == 2


async def test_a_mail_whose_every_recipient_is_refused_is_a_dead_letter_and_each_of_them_hears_it(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        everybody = ("tara.lee@example.com", "pia.moss@example.com", "licensing@example.com", "a00@example.com")
        place.sandbox.mail.rejected = dict.fromkeys((*everybody, "lia.cruz@example.com"), "550 5.7.1 not from you")
        fails(here)
        people = ("tara", "pia", "a00", "lia")
        await until(lambda: len(told(here)) == 5 and all(returned(here, who) for who in people))
        await place.delivered()
        states = place.rows("SELECT state FROM outbox WHERE template = ?", NOTICE)
        assert [row["state"] for row in states] == ["dead", "dead"]
        assert [len(returned(here, who)) for who in people] == [1, 1, 1, 1]
        assert place.sandbox.mail.messages == []


async def test_what_an_operator_tries_again_and_is_refused_once_more_is_told_to_the_ops_channel(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        everybody = ("tara.lee@example.com", "pia.moss@example.com", "licensing@example.com", "a00@example.com")
        place.sandbox.mail.rejected = dict.fromkeys((*everybody, "lia.cruz@example.com"), "550 5.7.1 not from you")
        fails(here)
        await until(lambda: len(told(here)) == 5)
        await place.delivered()
        key = place.rows("SELECT key FROM outbox WHERE template = ? ORDER BY made", NOTICE)[0]["key"]
        again = {"state": "waiting", "open": True, "due": micros(clock.now()), "tries": 0}  # as `outbox retry` does
        row = update(tables.outbox).where(tables.outbox.c.key == key).values(again)
        await here.app.premises.writer.run(lambda connection: connection.execute(row).rowcount)
        here.app.courier.ring()
        await until(lambda: len(told(here)) == 6)
        await place.delivered()
        assert here.row(key=key)["state"] == "dead"
        assert f"outbox retry {key}" in told(here)[-1]
        assert "5.7.1" in told(here)[-1]
        assert not any(name in told(here)[-1] for name in ("tara", "Tara", "example.com", "not from you"))
        assert [len(returned(here, who)) for who in ("tara", "pia", "a00", "lia")] == [1, 1, 1, 1]


async def test_the_subject_of_a_sealed_mail_is_sealed_and_its_reader_reads_it(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM cases WHERE id = 'F-1'"))
        place.sandbox.say("tara", "@certdesk", "coached F-1 and advised")
        await until(lambda: place.count("SELECT count(*) AS n FROM cases WHERE state = 'F1_CLEARED'"))
        await place.delivered()
        place.sandbox.mail.rejected = {"tara.lee@example.com": "550 5.1.1 gone"}
        fails(here, "a00", "ahip 2")
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE spec = 'E-05' AND NOT open"))
        await until(lambda: returned(here, "tara"))
        await place.delivered()
        seal = here.app.premises.seal
        for mail in place.rows("SELECT * FROM outbox WHERE channel = 'mail' AND body_json LIKE '~%'"):
            assert mail["said"] is None or mail["said"].startswith("~")
        (draft,) = place.rows("SELECT * FROM outbox WHERE spec = 'E-05'")
        assert "CAP draft" in seal.open(draft["said"])
        lines = place.rows("SELECT * FROM outbox WHERE template = 'house/mail_returned'")
        (line,) = [each for each in lines if "CAP draft" in seal.open(each["body_json"])]
        assert line["body_json"].startswith("~")
        assert line["said"].startswith("~")
        assert sum("CAP draft" in said for said in returned(here, "tara")) == 1


async def test_a_mail_about_a_sitting_goes_to_the_private_address_when_the_other_is_refused(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.rejected = {"a00@example.com": "550 5.1.1 no such mailbox"}
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM cases WHERE id = 'F-1'"))
        for who, words in (
            ("tara", "coached F-1 and advised"),
            ("a00", "fail ahip 2"),
            ("lia", "proctor F-1 wed 10:00"),
        ):
            before = place.count("SELECT count(*) AS n FROM inbox")
            place.sandbox.say(who, "@certdesk", words)
            await until(partial(heard_since, place, before))
        await until(lambda: place.sandbox.mail.box("a00@home.example.net"))
        (mail,) = place.sandbox.mail.box("a00@home.example.net")
        assert "Final attempt" in mail.subject
        assert b"METHOD:REQUEST" in next(each.content for each in mail.attachments if each.name == "invite.ics")
        lia = place.sandbox.mail.box("lia.cruz@example.com")
        assert [mail.subject for mail in lia].count(mail.subject) == 1


async def test_one_greylisted_recipient_waits_alone_and_gets_the_same_bytes(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        sink = place.sandbox.mail
        sink.rejected = {"licensing@example.com": "450 4.2.0 greylisted"}
        fails(here)
        (first,) = await sink.wait(1)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE lane = 'licensing@example.com'"))
        fails(here, "a02")  # also Tara's: she does not wait for licensing's mailbox
        await sink.wait(2)
        sink.rejected = {}
        here.advance(timedelta(seconds=6))
        await sink.wait(4)
        again = next(mail for mail in sink.messages[2:] if mail.message_id == first.message_id)
        assert again.raw == first.raw
        assert again.recipients == ("licensing@example.com",)
        for address in ("tara.lee@example.com", "pia.moss@example.com", "licensing@example.com"):
            assert len(sink.box(address)) == 2
        await place.delivered()
        assert told(here) == []
        assert place.count("SELECT count(*) AS n FROM outbox WHERE channel = 'mail' AND raw IS NULL") == 0


async def test_who_is_deferred_for_a_day_hears_it_as_if_refused(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.rejected = {"tara.lee@example.com": "452 4.2.2 mailbox full"}
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE key LIKE '%+1'"))
        waiting = "SELECT * FROM outbox WHERE key LIKE '%+1'"
        while (row := place.rows(waiting)[0])["open"]:
            here.advance(timedelta(seconds=max(0.0, here.in_seconds(row)) + 0.1))
            await until(partial(tried_again, place, row))
        assert row["state"] == "dead"
        await until(lambda: len(told(here)) == 2)
        assert "is delayed" in told(here)[0]
        assert "answer 4.2.2" in told(here)[1]
        await until(lambda: len(returned(here, "tara")) == 1)


async def test_what_was_tried_is_sent_again_byte_for_byte_though_the_roster_has_changed_since(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        sink = place.sandbox.mail
        sink.drop_after_data(1, stored=True)
        fails(here)
        (first,) = await sink.wait(1)
        await until(lambda: here.row(template=NOTICE)["raw"] is not None)
        house, roster = here.app.premises, place.roster
        agents = {**roster.agents, "a00": replace(roster.agents["a00"], first="Renamed")}
        renamed = replace(roster, agents=agents)
        await house.writer.run(lambda connection: keep_roster(connection, renamed, clock.now()))
        place.sandbox.say("a01", "@certdesk", "me")
        await until(lambda: house.engine.setting().roster.agents["a00"].first == "Renamed")
        here.advance(timedelta(seconds=20))
        _, second = await sink.wait(2)
        assert (first.message_id, first.raw) == (second.message_id, second.raw)
        assert "Agent00 Tester" in second.text
        assert house.engine.setting().roster.name_of("a00") == "Renamed Tester"
        await place.delivered()
        assert len(sink.messages) == 2


# -- too large ---------------------------------------------------------------------------------------------------


def attached(here: Desk, *sizes: int) -> str:
    """A mail that attaches so many files again, handed to the courier; its key."""
    now, office = here.clock.now(), here.app.premises.engine.setting()
    files = [secrets.token_bytes(size) for size in sizes]
    kept = [
        {"hash": hashlib.sha256(file).hexdigest(), "name": f"proof{n}.png", "type": "image/png", "content": file,
         "source": None, "case_id": "", "at": micros(now)} for n, file in enumerate(files)
    ]  # fmt: skip
    example = next(each for each in examples() if each.template == "tbt/search_pack" and each.kind == "mail")
    slots = [{"kind": "kept", "name": row["name"], "slots": {"hash": row["hash"], "type": row["type"]}} for row in kept]
    body = {
        "facts": dict(example.facts), "to": [["Tara Lee", "tara.lee@example.com"]], "cc": [], "reply_to": [],
        "attach": slots, "invite": None,
    }  # fmt: skip
    note = Note(
        key=f"large:{sizes}", channel="mail", lane="tara.lee@example.com", template="tbt/search_pack", body=body,
        made=now, due=now, agent="a00", wire_id=office.tokens.mail_token(f"large:{sizes}"),
    )  # fmt: skip

    def write(connection: Connection) -> None:
        for row in kept:
            connection.execute(insert(tables.documents).values(**row))
        outbox.add(connection, [dispatch.row(note, here.app.premises.seal)])

    with here.app.premises.database.connect() as connection:
        write(connection)
        connection.commit()
    here.app.courier.ring()
    return note.key


async def test_a_mail_over_ten_megabytes_leaves_out_its_largest_files_and_says_which(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        attached(here, 100_000, 6_000_000, 4_000_000)
        (mail,) = await place.sandbox.mail.wait(1)
        assert len(mail.raw) < 10_000_000
        assert [each.name for each in mail.attachments] == ["proof0.png", "proof2.png"]
        assert "proof1.png (6.0 MB)" in mail.text
        assert "proof1.png (6.0 MB)" in mail.html
        assert "Ask the operators" in mail.text
        await place.delivered()
        assert told(here) == []


@pytest.mark.parametrize("answer", ["5.3.4 message too big", "5.2.3 too big for this mailbox"])
async def test_a_mail_the_server_finds_too_large_goes_again_without_what_can_be_left_out(tmp_path, clock, answer):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1, code=552, text=answer)
        key = attached(here, 100_000, 300_000)
        (mail,) = await place.sandbox.mail.wait(1)
        assert [each.name for each in mail.attachments] == ["proof0.png"]
        assert "proof1.png (0.3 MB)" in mail.text
        await place.delivered()
        assert here.row(key=key)["state"] == "sent"


async def test_a_mail_too_large_with_nothing_to_leave_out_is_a_dead_letter(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.mail.refuse(1, code=552, text="5.3.4 too big")
        fails(here)
        await until(lambda: told(here))
        assert "552 5.3.4" in told(here)[0]
        assert here.row(template=NOTICE)["state"] == "dead"


async def test_an_ops_channel_that_cannot_be_reached_is_not_told_about_itself(tmp_path, clock):
    async with town(tmp_path, clock=clock) as place, desk(place, clock) as here:
        place.sandbox.chat.permissions["view-c-room"] = frozenset()
        place.sandbox.chat.leave(place.sandbox.chat.user("certdesk"), place.sandbox.room(OPS))
        place.sandbox.mail.refuse(1, code=550)
        fails(here)
        await until(lambda: place.count("SELECT count(*) AS n FROM outbox WHERE state = 'dead'") == 2)
        await place.delivered()
        assert here.row(template="house/ops_dead_letter")["state"] == "dead"
