"""What people say reaches the engine once, in order, and nothing else does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import structlog

from bot.clock import HandClock
from tests.wires.rocketchat_house import house, up


@pytest.mark.parametrize("version", ["8.5.0", "8.9.0", "9.0.0"])
@pytest.mark.parametrize("streamer", [False, True])
async def test_a_direct_message_arrives_on_every_server(version, streamer):
    async with house(version=version, streamer=streamer) as place, place.bot():
        place.sandbox.say("ana", "@certdesk", "fail ahip 1")
        await place.ear.hears("fail ahip 1")
        line = place.ear.heard[0]
        assert (line.actor, line.room, line.at.tzname()) == ("ana", "@ana", "UTC")
        assert line.actor_id == place.sandbox.chat.user("ana").id
        assert line.source.startswith("rc:")


async def test_nothing_said_before_the_first_start_is_replayed_not_even_after_a_restart():
    async with house() as place:
        place.sandbox.say("ana", "@certdesk", "older than the bot")
        async with place.bot():
            pass
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")


async def test_a_channel_is_named_and_a_thread_kept():
    async with house() as place:
        place.sandbox.add_channel("esp-nov16", ["certdesk", "ana"])
        async with place.bot():
            root = place.sandbox.say("ana", "#esp-nov16", "!esp status")
            place.sandbox.say("ana", "#esp-nov16", "and this", tmid=root)
            await place.ear.hears("!esp status", "and this")
            assert [line.room for line in place.ear.heard] == ["#esp-nov16", "#esp-nov16"]
            assert [line.thread for line in place.ear.heard] == [None, root]


async def test_reactions_previews_and_thread_growth_are_not_heard_again():
    async with house() as place, place.bot():
        said = place.sandbox.say("ana", "@certdesk", "see https://example.com")
        await place.ear.hears("see https://example.com")
        place.sandbox.react("ana", said, ":+1:")
        place.sandbox.preview(said)
        place.sandbox.say("ana", "@certdesk", "in a thread", tmid=said)
        place.sandbox.faults.duplicate_frames(2)
        place.sandbox.say("ana", "@certdesk", "the end")
        await place.ear.hears("see https://example.com", "in a thread", "the end")
        assert place.ear.repeats == []


async def test_a_reaction_to_words_from_before_the_first_start_is_not_news():
    async with house() as place:
        old = place.sandbox.say("ana", "@certdesk", "fail ahip 1")
        async with place.bot():
            place.sandbox.react("ana", old, ":+1:")
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "again")
            await place.ear.until(lambda lines: len(lines) >= 2)
            assert place.ear.texts() == ["hello", "again"]


async def test_an_edit_in_a_direct_room_is_told_once():
    async with house() as place:
        place.sandbox.add_channel("esp", ["certdesk", "ana"])
        async with place.bot():
            said = place.sandbox.say("ana", "@certdesk", "fail ahip 1")
            shown = place.sandbox.say("ana", "#esp", "fail ahip 1")
            await place.ear.until(lambda lines: len(lines) == 2)
            place.sandbox.edit("ana", shown, "fail ahip 2")
            place.sandbox.edit("ana", said, "fail ahip 2")
            place.sandbox.edit("ana", said, "fail ahip 3")
            place.sandbox.react("ana", said, ":+1:")
            place.sandbox.say("ana", "@certdesk", "the end")
            lines = await place.ear.until(lambda lines: lines[-1].text == "the end")
            assert [line.source for line in lines if line.edited] == [f"rc:{said}:edited"]
            assert len(lines) == 4


async def test_system_messages_own_words_and_unjoined_channels_are_not_heard():
    async with house() as place:
        place.sandbox.add_channel("random", ["ana"])
        place.sandbox.add_channel("esp", ["certdesk", "ana"])
        async with place.bot():
            place.sandbox.say("ana", "#random", "not for the bot")
            place.sandbox.say("tara", "#esp", "I just joined")  # "uj" first
            place.sandbox.say("certdesk", "#esp", "my own words")
            deleted = place.sandbox.say("ana", "#esp", "gone soon")
            place.sandbox.chat.settings["Message_ShowDeletedStatus"] = True
            place.sandbox.delete("ana", deleted)  # a tombstone
            place.sandbox.say("ana", "#esp", "the end")
            await place.ear.hears("I just joined", "gone soon", "the end")


async def test_other_bots_are_met_with_silence_where_the_server_lets_us_see_roles():
    async with house() as place:
        place.sandbox.chat.permissions["view-full-other-user-info"] = frozenset({"bot"})
        place.sandbox.add_user("chatty", "Another Bot", roles=("bot",))
        async with place.bot():
            place.sandbox.say("chatty", "@certdesk", "beep")
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")


async def test_a_sender_is_looked_up_once_and_counts_as_a_person_if_that_is_not_allowed():
    async with house() as place, place.bot():
        place.sandbox.faults.fail_requests(1, status=403, html=False, path="users.info")
        for text in ("one", "two", "three"):
            place.sandbox.say("ana", "@certdesk", text)
        await place.ear.hears("one", "two", "three")


async def test_encrypted_words_are_handed_over_unread():
    async with house() as place:
        place.sandbox.faults.encrypt("ana", "certdesk")
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "secret")
            (line,) = await place.ear.until(lambda lines: len(lines) == 1)
            assert line.encrypted
            assert line.text == ""


async def test_files_come_along_and_only_their_sender_waits():
    async with house() as place, place.bot():
        place.sandbox.faults.clear()
        place.sandbox.say("ana", "@certdesk", "here", files=[("a b&ü.pdf", "application/pdf", b"%PDF-1.7")])
        place.sandbox.say("ana", "@certdesk", "after the file")
        place.sandbox.say("tara", "@certdesk", "not waiting")
        lines = await place.ear.until(lambda lines: len(lines) == 3)
        assert [line.text for line in lines if line.actor == "ana"] == ["here", "after the file"]
        (file,) = next(line.files for line in lines if line.text == "here")
        assert (file.name, file.type, file.content) == ("a b&ü.pdf", "application/pdf", b"%PDF-1.7")


async def test_a_file_too_large_or_lost_comes_as_its_name_alone_and_the_words_come():
    async with house() as place, place.bot():
        big = ("big.bin", "application/octet-stream", b"x" * (10 * 1024 * 1024 + 1))
        said = place.sandbox.say("ana", "@certdesk", "two", files=[big, ("lost.pdf", "application/pdf", b"%PDF")])
        lost = place.sandbox.chat.messages[said]["files"][1]["_id"]
        del place.sandbox.chat.uploads[lost]
        (line,) = await place.ear.until(lambda lines: len(lines) == 1, seconds=10)
        assert line.text == "two"
        assert [(file.name, file.missing, file.content) for file in line.files] == [
            ("big.bin", "large", b""), ("lost.pdf", "lost", b""),
        ]  # fmt: skip


async def test_many_words_of_many_people_keep_each_persons_order():
    async with house() as place:
        people = [f"agent{n}" for n in range(20)]
        for username in people:
            place.sandbox.add_user(username, username)
        async with place.bot():
            for number in range(100):
                for username in people:
                    place.sandbox.say(username, "@certdesk", f"{number}")
                await asyncio.sleep(0)
            lines = await place.ear.until(lambda lines: len(lines) == 2000, seconds=20)
            for username in people:
                assert [line.text for line in lines if line.actor == username] == [str(n) for n in range(100)]
            assert place.memory.writes < 20


async def test_lines_the_engine_could_not_take_are_offered_again_in_order():
    async with house() as place, place.bot():
        place.ear.stumbles = 2
        place.sandbox.say("ana", "@certdesk", "one")
        place.sandbox.say("ana", "@certdesk", "two")
        await place.ear.hears("one", "two")


async def test_the_rosters_public_channels_are_joined_and_heard():
    async with house() as place:
        place.sandbox.add_channel("esp", ["ana"])
        place.sandbox.add_channel("closed", ["ana"], private=True)
        place.sandbox.say("ana", "#esp", "before the bot came")
        async with place.bot(channels=["esp", "#closed", "nowhere"]) as gateway:
            place.sandbox.say("ana", "#esp", "hello bot")
            await place.ear.hears("hello bot")
            gateway.look_again()
            await asyncio.sleep(0.3)
            assert gateway.up
        assert place.ear.texts() == ["hello bot"]


async def test_a_message_of_no_known_shape_stops_nobody():
    async with house() as place, place.bot() as gateway:
        odd = {"_id": "odd", "rid": "r", "u": ["not", "an", "object"], "ts": {"$date": 1}, "msg": {"no": "text"}}
        gateway._heard(odd, {"roomParticipant": True, "roomType": "d"})
        gateway._heard({}, {})
        gateway._heard({"_id": 7, "u": None}, {"roomParticipant": True, "roomType": "c"})
        place.sandbox.say("ana", "@certdesk", "hello")
        await place.ear.hears("hello")
        assert gateway.up


async def test_the_look_again_of_a_healthy_session_hears_nothing_twice():
    async with house() as place, place.bot() as gateway:
        place.sandbox.say("ana", "@certdesk", "one")
        await place.ear.hears("one")
        gateway.look_again()
        await asyncio.sleep(0.2)
        place.sandbox.say("ana", "@certdesk", "two")
        await place.ear.hears("one", "two")
        assert place.ear.repeats == []
        assert gateway.up
        await up(gateway)


async def test_own_words_are_not_heard_even_without_the_role_bot():
    async with house() as place:
        place.sandbox.chat.user("certdesk").roles = ("user",)
        async with place.bot():
            place.sandbox.say("certdesk", "@ana", "my own words")
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")


async def test_old_words_of_a_room_just_entered_are_not_news_when_they_stir():
    hand = HandClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    async with house(now=hand.now) as place:
        place.sandbox.add_channel("old", ["ana"])
        old = place.sandbox.say("ana", "#old", "fail ahip 1")
        hand.move_to(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
        async with place.bot(channels=["old"]):
            place.sandbox.react("ana", old, ":+1:")
            place.sandbox.say("ana", "#old", "a reply", tmid=old)
            place.sandbox.say("ana", "#old", "the end")
            await place.ear.hears("a reply", "the end")


async def test_the_log_says_where_a_line_broke_us_and_none_of_its_words():
    odd = {"_id": "odd", "rid": "r", "ts": {"$date": 1}, "u": {"_id": "u1", "username": "ana"},
           "files": [{"_id": "f1", "size": "my final CAP"}]}  # fmt: skip
    with structlog.testing.capture_logs() as lines:
        async with house() as place:
            place.ear.stumbles = 1
            async with place.bot() as gateway:
                place.memory.broken = True
                gateway._heard(odd, {"roomParticipant": True, "roomType": "d"})
                place.sandbox.say("ana", "@certdesk", "hello")
                await place.ear.hears("hello")
    told = {each["event"]: each["error"] for each in lines if each["log_level"] == "error"}
    assert told["chat.odd_message"].startswith("ValueError at bot/rocketchat/sieve.py:")
    assert told["chat.not_accepted"].startswith("OSError at bot/rocketchat/pump.py:")
    assert told["chat.cursor_not_kept"].startswith("OSError at bot/rocketchat/pump.py:")
    assert "final CAP" not in str(lines)
    assert not [each for each in lines if "exc_info" in each]
