"""What was said while nobody listened is read back: once, in order, before anything newer."""

from __future__ import annotations

import asyncio

import pytest

from tests.wires.rocketchat_house import QUICK, Hasty, house, until, up


async def test_what_was_said_while_down_is_answered_in_order_before_ready():
    async with house() as place:
        place.sandbox.add_channel("esp", ["certdesk", "ana", "tara"])
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "first")
            await place.ear.hears("first")
        place.sandbox.say("ana", "@certdesk", "second")
        await asyncio.sleep(0.002)  # people are slower than a millisecond
        root = place.sandbox.say("tara", "#esp", "third")
        await asyncio.sleep(0.002)
        place.sandbox.say("ana", "#esp", "fourth", tmid=root)
        await asyncio.sleep(0.002)
        place.sandbox.add_user("noa", "Noa New")
        place.sandbox.say("noa", "@certdesk", "fifth")  # a room that did not exist when we went
        async with place.bot() as gateway:
            assert gateway.ready.is_set()
            assert place.ear.texts() == ["first", "second", "third", "fourth", "fifth"]
            assert [line.room for line in place.ear.heard[1:]] == ["@ana", "#esp", "#esp", "@noa"]


async def test_a_long_backlog_comes_whole_and_in_order():
    async with house() as place:
        async with place.bot():
            pass
        for number in range(450):
            place.sandbox.say("ana" if number % 2 else "tara", "@certdesk", f"{number}")
            await asyncio.sleep(0.001)
        async with place.bot():
            assert place.ear.texts() == [str(number) for number in range(450)]


@pytest.mark.parametrize("ties", [3, 99, 100, 250])
async def test_messages_of_one_millisecond_survive_the_end_of_a_page(ties):
    async with house() as place:
        async with place.bot():
            pass
        await asyncio.sleep(0.005)
        for number in range(98):
            place.sandbox.say("ana", "@certdesk", f"{number}")
            await asyncio.sleep(0.001)
        place.sandbox.faults.tie(ties)
        for number in range(98, 98 + ties + 20):
            place.sandbox.say("ana", "@certdesk", f"{number}")
        async with place.bot():
            assert sorted(place.ear.texts(), key=int) == [str(number) for number in range(98 + ties + 20)]


async def test_nothing_is_lost_or_doubled_over_many_reconnects():
    async with house() as place, place.bot():
        for number in range(300):
            place.sandbox.say("ana", "@certdesk", f"{number}")
            if number % 60 == 30:
                place.sandbox.faults.drop_sockets()
            await asyncio.sleep(0.002)
        await place.ear.until(lambda lines: len(lines) >= 300)
        assert place.ear.texts() == [str(number) for number in range(300)]
        assert place.ear.repeats == []


async def test_words_said_between_the_subscription_and_its_ready_are_not_lost():
    async with house() as place:
        place.sandbox.faults.ready_after_event()
        async with place.bot(ready=False) as gateway:
            await until(lambda: any(session.subs for session in place.sandbox.sessions))
            place.sandbox.say("ana", "@certdesk", "in between")
            await up(gateway)
            await place.ear.hears("in between")


async def test_a_sweep_finds_what_the_stream_kept_quiet_and_renews_the_session():
    async with house() as place, place.bot() as gateway:
        place.sandbox.say("ana", "@certdesk", "one")
        await place.ear.hears("one")
        before = set(place.sandbox.sessions)
        place.sandbox.faults.lose_frames()
        place.sandbox.say("ana", "@certdesk", "lost on the stream")
        place.sandbox.say("tara", "@certdesk", "two")
        gateway.look_again()
        await place.ear.until(lambda lines: len(lines) == 3)
        assert sorted(place.ear.texts()) == ["lost on the stream", "one", "two"]
        await asyncio.sleep(0.3)
        await up(gateway)
        assert not before & set(place.sandbox.sessions)


async def test_a_message_edited_while_we_were_away_and_never_read_is_read_as_it_stands():
    async with house() as place:
        async with place.bot():
            pass
        said = place.sandbox.say("ana", "@certdesk", "fail ahip 1")
        place.sandbox.edit("ana", said, "fail ahip 2")
        async with place.bot():
            place.sandbox.react("ana", said, ":+1:")
            place.sandbox.say("ana", "@certdesk", "the end")
            await place.ear.hears("fail ahip 2", "the end")
            place.sandbox.edit("ana", said, "fail ahip 3")
            await place.ear.until(lambda lines: len(lines) == 3)
            assert [line.edited for line in place.ear.heard] == [False, False, True]


async def test_an_edit_made_while_the_session_was_lost_is_told_once():
    async with house() as place, place.bot() as gateway:
        said = place.sandbox.say("ana", "@certdesk", "fail ahip 1")
        await place.ear.hears("fail ahip 1")
        place.sandbox.faults.drop_sockets()
        place.sandbox.edit("ana", said, "fail ahip 2")
        lines = await place.ear.until(lambda lines: len(lines) == 2)
        assert (lines[1].source, lines[1].edited) == (f"rc:{said}:edited", True)
        await up(gateway)
        gateway.look_again()
        await asyncio.sleep(0.2)
        assert len(lines) == 2


async def test_what_was_said_in_a_channel_before_we_were_invited_is_not_for_us():
    async with house() as place:
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")
        place.sandbox.add_channel("old", ["ana"], private=True)
        place.sandbox.say("ana", "#old", "before the invitation")
        await asyncio.sleep(0.005)
        chat = place.sandbox.chat
        chat.enter(chat.user("certdesk"), place.sandbox.room("#old"))
        await asyncio.sleep(0.005)
        place.sandbox.say("ana", "#old", "welcome bot")
        async with place.bot():
            await place.ear.hears("hello", "welcome bot")


async def test_the_cursor_follows_and_is_written_on_the_way_out():
    async with house() as place:
        async with place.bot():
            for number in range(50):
                place.sandbox.say("ana", "@certdesk", f"{number}")
            await place.ear.until(lambda lines: len(lines) == 50)
            await asyncio.sleep(0.05)
        newest = max(message["_updatedAt"] for message in place.sandbox.messages(("ana", "certdesk")))
        assert place.memory.at is not None
        assert place.memory.at.timestamp() * 1000 == pytest.approx(newest)


async def test_the_cursor_stays_before_a_file_still_on_its_way():
    async with house() as place:
        async with place.bot() as gateway:
            gate = gateway._rest.download = _never  # type: ignore[method-assign]
            place.sandbox.say("ana", "@certdesk", "with a file", files=[("x.pdf", "application/pdf", b"%PDF")])
            await asyncio.sleep(0.02)
            place.sandbox.say("tara", "@certdesk", "later")
            await place.ear.hears("later")
            assert gate is _never
        first = place.sandbox.messages(("ana", "certdesk"))[0]["_updatedAt"]
        assert place.memory.at is not None
        assert place.memory.at.timestamp() * 1000 < first
        async with place.bot():
            assert sorted(place.ear.texts()) == ["later", "with a file"]
            assert place.ear.heard[1].files[0].content == b"%PDF"


async def _never(path: str, limit: int) -> bytes | None:
    await asyncio.Event().wait()
    return None


async def test_a_catch_up_the_server_broke_off_is_made_again():
    async with house() as place:
        async with place.bot():
            pass
        place.sandbox.say("ana", "@certdesk", "while down")
        place.sandbox.faults.fail_requests(2, status=502, path="chat.syncMessages")
        place.sandbox.faults.fail_requests(1, status=500, html=False, path="rooms.get")
        async with place.bot(QUICK):
            await place.ear.hears("while down")


async def test_a_room_that_shuts_us_out_does_not_keep_us_from_the_others():
    async with house() as place:
        async with place.bot():
            pass
        place.sandbox.say("ana", "@certdesk", "one")
        place.sandbox.say("tara", "@certdesk", "two")
        place.sandbox.faults.fail_requests(1, status=403, html=False, path="chat.syncMessages")
        async with place.bot():
            assert len(place.ear.heard) == 1


async def test_a_limit_met_on_the_way_only_delays_the_catch_up():
    async with house() as place:
        async with place.bot():
            pass
        place.sandbox.say("ana", "@certdesk", "one")
        place.sandbox.say("tara", "@certdesk", "two")
        place.sandbox.faults.fail_requests(3, status=429, html=False, path="chat.syncMessages")
        async with place.gateway() as gateway:
            gateway._catchup._clock = Hasty()
            work = asyncio.create_task(gateway.run())
            await up(gateway, work)
            assert sorted(place.ear.texts()) == ["one", "two"]
            work.cancel()


async def test_a_new_room_does_not_bring_its_history():
    async with house() as place:
        place.sandbox.add_channel("old", ["ana"])
        for number in range(30):
            place.sandbox.say("ana", "#old", f"{number}")
        await asyncio.sleep(0.005)
        async with place.bot(channels=["old"]) as gateway:
            await asyncio.sleep(0.005)
            place.sandbox.say("ana", "#old", "hello")
            await place.ear.hears("hello")
            gateway.look_again()
            await asyncio.sleep(0.2)
        async with place.bot(channels=["old"]):
            assert place.ear.texts() == ["hello"]
