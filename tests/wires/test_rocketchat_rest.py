"""Small promises of the REST side: instants, names, limits, and a token that stays at home."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from bot.clock import HandClock, SystemClock
from bot.ports import Down, Transient
from bot.rocketchat import stamps
from bot.rocketchat.rest import Account, Reply, Rest
from bot.rocketchat.rooms import name_of
from bot.rocketchat.sieve import Recent, file_refs
from tests.wires.rocketchat_house import house

NINE_TWENTY = datetime(2026, 11, 21, 9, 20, 0, 21000, tzinfo=UTC)


@pytest.mark.parametrize("form", [{"$date": 1795252800021}, "2026-11-21T09:20:00.021Z", 1795252800021, 1795252800021.0])
def test_an_instant_is_read_in_every_form_the_server_writes(form):
    assert stamps.stamp(form) == 1795252800021
    assert stamps.moment(1795252800021) == NINE_TWENTY
    assert stamps.iso(1795252800021) == "2026-11-21T09:20:00.021Z"
    assert stamps.of(NINE_TWENTY) == 1795252800021


@pytest.mark.parametrize("value", [None, "", "yesterday", {}, {"$date": None}, [1], {"$date": {"$date": 1}}])
def test_what_is_no_instant_is_none(value):
    assert stamps.stamp(value) is None


def test_only_a_direct_room_of_two_is_a_persons_room():
    assert name_of({"t": "d", "usernames": ["certdesk", "ana"]}, "certdesk") == "@ana"
    assert name_of({"t": "d", "usernames": ["ana", "certdesk"]}, "certdesk") == "@ana"
    assert name_of({"t": "d", "usernames": ["ana", "certdesk", "tara"]}, "certdesk") == ""
    assert name_of({"t": "d", "usernames": ["certdesk"]}, "certdesk") == ""
    assert name_of({"t": "d"}, "certdesk") == ""
    assert name_of({"t": "p", "name": "esp"}, "certdesk") == "#esp"
    assert name_of({"t": "l", "name": "visitor"}, "certdesk") == ""


def test_a_file_id_that_is_a_path_is_not_followed_and_thumbnails_are_left_out():
    files = [
        {"_id": "../../api/v1/me", "name": "x"},
        {"_id": "fFil44444444444dd", "name": "a.png", "type": "image/png", "size": 3},
        {"_id": "tThu44444444444dd", "name": "thumb-a.png", "typeGroup": "thumb"},
        "odd",
    ]
    assert [ref.id for ref in file_refs({"files": files})] == ["fFil44444444444dd"]
    assert file_refs({"file": {"_id": "one", "name": None}})[0].name == "file"
    assert file_refs({}) == ()


def test_recent_ids_are_remembered_and_old_ones_forgotten_in_time():
    recent = Recent(3)
    for number in range(10):
        recent.add(f"{number}")
        assert f"{number}" in recent
    assert "0" not in recent
    assert "7" in recent


@pytest.mark.parametrize(
    ("reset", "words", "seconds"),
    [
        ("1795252823021", "You must wait 99 seconds before", 23.0),
        ("1795252800000", "You must wait 23 seconds before", 23.0),  # clocks apart: the sentence knows better
        ("", "You must wait 7 seconds before", 7.0),
        ("1795252800121", "", 0.5),
        ("soon", "", 10.0),
    ],
)
async def test_a_limit_lasts_as_long_as_its_header_or_else_its_sentence_says(reset, words, seconds):
    rest = Rest(Account(url="http://127.0.0.1", user_id="u", token="t"), HandClock(NINE_TWENTY))
    reply = Reply(429, {"success": False, "error": words}, {"X-RateLimit-Reset": reset} if reset else {})
    with pytest.raises(Transient) as failure:
        await rest.judge(reply, "chat.sendMessage")
    assert failure.value.after == pytest.approx(seconds)


async def test_the_token_does_not_follow_a_file_to_another_host():
    asked: list[dict[str, str]] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(dict(request.headers))
        return web.Response(body=b"content")

    async def here(request: web.Request) -> web.Response:
        assert request.headers["X-Auth-Token"] == "t"
        return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{store.addresses[0][1]}/signed?s=1"})

    store, server = await _serve("/signed", elsewhere), await _serve("/file-upload/id/x.pdf", here)
    account = Account(url=f"http://127.0.0.1:{server.addresses[0][1]}", user_id="u", token="t")
    async with Rest(account, SystemClock()) as rest:
        assert await rest.download("file-upload/id/x.pdf", 100) == b"content"
        assert await rest.download("file-upload/id/x.pdf", 3) is None
    assert "X-Auth-Token" not in asked[0]
    assert "X-User-Id" not in asked[0]
    await server.cleanup()
    await store.cleanup()


async def _serve(path: str, handler) -> web.AppRunner:
    app = web.Application()
    app.router.add_get(path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


async def test_a_redirect_is_not_followed_with_our_token_but_named():
    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "https://chat.example.com/"})

    server = await _serve("/api/v1/me", elsewhere)
    account = Account(url=f"http://127.0.0.1:{server.addresses[0][1]}", user_id="u", token="t")
    async with Rest(account, SystemClock()) as rest:
        with pytest.raises(Transient, match=r"https://chat\.example\.com/"):
            await rest.me()
    await server.cleanup()


async def test_an_answer_that_never_comes_is_given_up(monkeypatch):
    monkeypatch.setattr("bot.rocketchat.rest._TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with house() as place, Rest(place.account, SystemClock()) as rest:
        place.sandbox.faults.hang_requests(1, seconds=1, path="me")
        with pytest.raises(Transient) as failure:
            await rest.me()
        assert not isinstance(failure.value, Down)


def test_a_token_is_not_shown():
    assert "secret" not in repr(Account(url="u", user_id="i", token="secret"))


async def test_a_server_whose_clock_stands_still_is_understood():
    hand = HandClock(NINE_TWENTY)
    async with house(now=hand.now) as place:
        place.sandbox.say("tara", "@certdesk", "before the bot")
        async with place.bot():
            place.sandbox.say("ana", "@certdesk", "same instant")
            said = place.sandbox.say("tara", "@certdesk", "same instant too")
            await place.ear.hears("same instant", "same instant too")
            hand.move_to(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
            place.sandbox.react("tara", said, ":+1:")
            place.sandbox.say("ana", "@certdesk", "later")
            await place.ear.until(lambda lines: len(lines) == 3)
        hand.move_to(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
        for number in range(150):
            place.sandbox.say("ana" if number % 2 else "tara", "@certdesk", f"{number}")
        async with place.bot():
            assert place.ear.texts()[3:] == [f"{number}" for number in range(150)]
