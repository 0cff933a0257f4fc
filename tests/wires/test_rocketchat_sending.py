"""A message is delivered once, whatever the wire does, and a failure says whether trying again helps."""

from __future__ import annotations

import asyncio

import pytest

from bot.ports import Button, ChatMessage, Down, Permanent, Refused, Transient
from tests.wires.rocketchat_house import Hasty, house

pytestmark = pytest.mark.parametrize("version", ["8.5.0", "8.9.0", "9.0.0"])


def note(number: int, text: str = "hello", room: str = "@ana", **more) -> ChatMessage:
    return ChatMessage(id=f"note{number:013d}", room=room, text=text, **more)


async def test_a_direct_room_is_made_once_and_remembered(version):
    async with house(version=version) as place:
        async with place.gateway() as gateway:
            await asyncio.gather(*(gateway.send(note(number, f"{number}")) for number in range(5)))
        async with place.gateway() as gateway:
            place.sandbox.faults.fail_requests(9, path="im.create")  # is not needed any more
            await gateway.send(note(5, "5"))
        assert sorted(place.sandbox.texts(("ana", "certdesk"))) == ["0", "1", "2", "3", "4", "5"]
        assert list(place.memory.rooms) == ["@ana"]


async def test_buttons_can_be_pressed(version):
    async with house(version=version) as place, place.bot() as gateway:
        await gateway.send(note(1, "coach?", buttons=(Button(label="Coached", msg="coached k7Qz"),)))
        place.sandbox.press_newest("ana", "Coached")
        await place.ear.hears("coached k7Qz")


async def test_a_public_channel_is_entered_and_a_private_one_refused_in_words(version):
    async with house(version=version) as place, place.gateway() as gateway:
        place.sandbox.add_channel("wfm", ["ana"])
        place.sandbox.add_channel("closed", ["ana"], private=True)
        await gateway.send(note(1, room="#wfm"))
        assert place.sandbox.texts("#wfm") == ["hello"]
        for number, room in enumerate(("#closed", "#nowhere"), start=2):
            with pytest.raises(Permanent, match=room):
                await gateway.send(note(number, room=room))


async def test_somebody_unknown_is_refused_for_good(version):
    async with house(version=version) as place, place.gateway() as gateway:
        with pytest.raises(Permanent, match="nobody"):
            await gateway.send(note(1, room="@nobody"))


async def test_a_repeat_is_recognised(version):
    async with house(version=version) as place, place.gateway() as gateway:
        await gateway.send(note(1))
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["hello"]


async def test_an_id_that_is_somebody_elses_message_is_not_taken_for_ours(version):
    async with house(version=version) as place, place.gateway() as gateway:
        said = place.sandbox.say("ana", "@certdesk", "mine")
        with pytest.raises(Permanent, match="somebody else"):
            await gateway.send(ChatMessage(id=said, room="@ana", text="hello"))


async def test_a_send_whose_answer_was_lost_counts_as_delivered(version):
    async with house(version=version) as place, place.gateway() as gateway:
        place.sandbox.faults.store_then_drop()
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["hello"]


async def test_a_send_that_never_arrived_may_be_tried_again(version):
    async with house(version=version) as place, place.gateway() as gateway:
        place.sandbox.faults.drop_before_store()
        with pytest.raises(Transient) as failure:
            await gateway.send(note(1))
        assert not failure.value.refused
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["hello"]


@pytest.mark.parametrize(("status", "html"), [(502, True), (500, False), (200, True), (400, False)])
async def test_a_doubtful_answer_is_looked_into_and_never_doubles(version, status, html):
    async with house(version=version) as place, place.gateway() as gateway:
        await gateway.send(note(0, "warm"))
        place.sandbox.faults.fail_requests(1, status=status, html=html, path="chat.sendMessage")
        with pytest.raises(Transient):
            await gateway.send(note(1))
        await gateway.send(note(1))
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["warm", "hello"]


async def test_a_limit_is_waited_for_as_long_as_the_server_says(version):
    async with house(version=version) as place, place.gateway() as gateway:
        await gateway.send(note(0, "warm"))
        place.sandbox.faults.rate_limit_sends(1, wait=2.0)
        with pytest.raises(Transient) as failure:
            await gateway.send(note(1))
        assert failure.value.refused
        assert failure.value.after == pytest.approx(2.0, abs=0.3)
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["warm", "hello"]


async def test_a_refused_token_is_told_from_a_missing_right(version):
    async with house(version=version) as place, place.gateway() as gateway:
        await gateway.send(note(0, "warm"))
        place.sandbox.faults.fail_requests(1, status=401, html=False, path="chat.sendMessage")
        with pytest.raises(Permanent) as failure:
            await gateway.send(note(1))
        assert not isinstance(failure.value, Refused)
        place.sandbox.faults.revoke("certdesk")
        with pytest.raises(Refused):
            await gateway.send(note(2))


async def test_an_encrypted_room_is_refused_with_its_remedy(version):
    async with house(version=version) as place, place.gateway() as gateway:
        place.sandbox.faults.encrypt("ana", "certdesk")
        with pytest.raises(Permanent, match="E2E_Allow_Unencrypted_Messages"):
            await gateway.send(note(1))


async def test_a_text_too_long_is_refused_with_the_settings_name(version):
    async with house(version=version) as place, place.gateway() as gateway:
        with pytest.raises(Permanent, match="Message_MaxAllowedSize"):
            await gateway.send(note(1, "x" * 5001))


async def test_a_server_that_is_away_is_down(version):
    async with house(version=version) as place, place.gateway() as gateway:
        await gateway.send(note(0, "warm"))
        await place.sandbox.faults.down()
        with pytest.raises(Down):
            await gateway.send(note(1))
        await place.sandbox.faults.up()
        await gateway.send(note(1))
        assert place.sandbox.texts(("ana", "certdesk")) == ["warm", "hello"]


async def test_a_thread_hangs_on_its_parent_and_goes_unthreaded_when_that_is_gone(version):
    async with house(version=version) as place:
        place.sandbox.add_channel("wfm", ["certdesk"])
        async with place.gateway() as gateway:
            await gateway.send(note(1, "root"))
            await gateway.send(note(2, "reply", thread=note(1).id))
            await gateway.send(note(3, "alone", thread="neverposted123456"))
        async with place.gateway() as gateway:
            await gateway.send(note(4, "later", thread=note(1).id))
            await gateway.send(note(5, "elsewhere", room="#wfm", thread=note(1).id))
    assert place.sandbox.texts("#wfm") == ["elsewhere"]
    stored = {message["msg"]: message.get("tmid") for message in place.sandbox.messages(("ana", "certdesk"))}
    assert stored == {"root": None, "reply": note(1).id, "alone": None, "later": note(1).id}


async def test_a_channel_we_were_thrown_out_of_is_entered_again(version):
    async with house(version=version) as place, place.gateway() as gateway:
        place.sandbox.add_channel("wfm", ["ana"])
        await gateway.send(note(1, "one", room="#wfm"))
        chat = place.sandbox.chat
        chat.leave(chat.user("certdesk"), place.sandbox.room("#wfm"))
        chat.permissions["view-c-room"] = frozenset()
        place.sandbox.faults.clear()
        with pytest.raises(Permanent, match="#wfm"):
            await gateway.send(note(2, "two", room="#wfm"))
        chat.permissions["view-c-room"] = frozenset({"bot"})
        await gateway.send(note(2, "two", room="#wfm"))
        assert place.sandbox.texts("#wfm") == ["one", "two"]


async def test_a_name_that_went_to_somebody_else_leads_to_that_person(version):
    async with house(version=version) as place:
        async with place.gateway() as gateway:
            await gateway.send(note(1, "to the first ana"))
        chat = place.sandbox.chat
        ana = chat.user("ana")
        ana.username = "ana.rivera"
        chat.by_username["ana.rivera"] = chat.by_username.pop("ana")
        place.sandbox.add_user("ana", "Ana Newcomer")
        async with place.bot() as gateway:
            await gateway.send(note(2, "to the second ana"))
            await gateway.send(note(3, "still for the first", room="@ana.rivera"))
        assert place.sandbox.texts(("ana", "certdesk")) == ["to the second ana"]
        assert place.sandbox.texts(("ana.rivera", "certdesk")) == ["to the first ana", "still for the first"]


async def test_the_direct_rooms_of_a_roster_are_made_whole(version):
    async with house(version=version) as place, place.gateway() as gateway:
        people = [f"agent{number}" for number in range(20)]
        for username in people:
            place.sandbox.add_user(username, username)
        place.sandbox.faults.fail_requests(1, status=429, html=False, path="im.create")
        gateway._rooms._clock = Hasty()
        assert await gateway.create_directs([*people, "nobody"]) == ["nobody"]
        assert sorted(place.memory.rooms) == sorted(f"@{username}" for username in people)
