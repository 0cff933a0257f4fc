"""The session is kept alive, noticed when dead, taken up again, and not hammered."""

from __future__ import annotations

import asyncio

import orjson
import pytest
import structlog
from aiohttp import web

from bot.clock import SystemClock
from bot.ports import Down, Refused
from bot.rocketchat.gateway import Manners
from bot.rocketchat.realtime import Patience, Realtime
from bot.rocketchat.rest import Account, Rest
from tests.wires.rocketchat_house import QUICK, house, until, up


async def test_a_half_open_socket_is_noticed_and_nothing_said_meanwhile_is_lost():
    async with house(heartbeat=(0, 0)) as place, place.bot() as gateway:
        assert place.sandbox.faults.half_open() == 1
        place.sandbox.say("ana", "@certdesk", "into the void")
        await place.ear.hears("into the void")
        await up(gateway)


def test_the_promised_patience_notices_within_45_seconds():
    patience = Patience()
    ping = patience.tick * patience.ping_after
    assert ping >= 25
    assert ping + patience.tick <= 30  # a tick may begin just after a frame
    assert 10 <= patience.tick * (patience.drop_after - patience.ping_after) <= 15
    assert patience.tick * (patience.drop_after + 1) <= 45


async def test_a_quiet_session_is_kept_by_pings_and_not_dropped():
    async with house(heartbeat=(0, 0)) as place, place.bot() as gateway:
        before = set(place.sandbox.sessions)
        await asyncio.sleep(1.0)  # twenty ticks: several pings, each answered
        assert set(place.sandbox.sessions) == before
        assert gateway.up


async def test_the_servers_own_pings_are_answered():
    async with house(heartbeat=(0.1, 0.1)) as place, place.bot() as gateway:
        before = set(place.sandbox.sessions)
        await asyncio.sleep(0.6)
        assert set(place.sandbox.sessions) == before
        assert gateway.up


async def test_a_subscription_never_acknowledged_is_made_again():
    async with house() as place:
        place.sandbox.faults.no_ready(1)
        async with place.bot(ready=False) as gateway:
            await up(gateway)
            place.sandbox.say("ana", "@certdesk", "hello")
            await place.ear.hears("hello")


async def test_a_limited_subscription_waits_as_long_as_the_server_says():
    async with house() as place:
        place.sandbox.faults.refuse_subs(1)
        async with place.gateway() as gateway:
            waits: list[float] = []

            class Told(SystemClock):
                async def sleep(self, seconds: float) -> None:
                    waits.append(seconds)

            gateway._clock = Told()
            work = asyncio.create_task(gateway.run())
            await up(gateway, work)
            work.cancel()
            assert waits == [9.0]


async def test_a_server_that_is_down_at_start_is_waited_for():
    async with house() as place:
        await place.sandbox.faults.down()
        async with place.bot(ready=False) as gateway:
            await asyncio.sleep(0.2)
            assert not gateway.ready.is_set()
            await place.sandbox.faults.up()
            await up(gateway)


async def test_a_server_that_comes_back_is_found_within_five_seconds():
    async with house() as place:
        rung: list[bool] = []
        async with place.gateway(Manners()) as gateway:
            gateway._on_session = lambda: rung.append(True)
            work = asyncio.create_task(gateway.run())
            await up(gateway, work)
            await place.sandbox.faults.down()
            await asyncio.sleep(3.0)
            assert not gateway.up
            await place.sandbox.faults.up()
            place.sandbox.say("ana", "@certdesk", "welcome back")
            await place.ear.hears("welcome back")
            assert len(rung) == 2
            work.cancel()


async def test_a_token_refused_at_start_ends_the_run_with_its_setting_named():
    async with house() as place:
        place.sandbox.faults.revoke("certdesk")
        async with place.gateway() as gateway:
            with pytest.raises(Refused, match=r"\[rocketchat\] user_id and token"):
                await asyncio.wait_for(gateway.run(), 5)


async def test_somebody_elses_token_is_refused():
    async with house() as place:
        account = Account(url=place.sandbox.url, user_id=place.account.user_id, token=place.sandbox.token("ana"))
        async with Rest(account, SystemClock()) as rest:
            with pytest.raises(Refused):
                await rest.me()
            with pytest.raises(Refused, match="another user"):
                async with Realtime(account).connect(rest.http, lambda doc, access: None):
                    pass


async def test_a_token_refused_later_is_waited_for_with_few_words_and_few_tries():
    async with house() as place:
        with structlog.testing.capture_logs() as lines:
            async with place.bot(ready=False) as gateway:
                await up(gateway)
                place.sandbox.faults.revoke("certdesk")
                await until(lambda: not gateway.up)
                await asyncio.sleep(1.0)
                assert sum(line["event"] == "chat.down" for line in lines) <= 2
                place.sandbox.faults.restore("certdesk")
                place.sandbox.say("ana", "@certdesk", "after the new token")
                await place.ear.hears("after the new token")


async def test_nothing_but_login_sub_and_ping_is_said_over_ddp_and_odd_frames_are_borne():
    said: list[dict] = []
    heard: list[dict] = []
    over = asyncio.Event()

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for text in ('{"server_id":"0"}', '{"msg":"server_id","server_id":"0"}', '{"msg":"ping"}', "[1]", "not json"):
            await socket.send_str(text)
        async for message in socket:
            frame = orjson.loads(message.data)
            said.append(frame)
            answers: list[dict] = []
            match frame["msg"]:
                case "connect":
                    answers = [{"msg": "connected", "session": "s"}]
                case "method":
                    answers = [
                        {"msg": "added", "collection": "users", "id": "bot"},
                        {"msg": "updated", "methods": [frame["id"]]},
                        {"msg": "result", "id": frame["id"], "result": {"id": "bot"}},
                    ]
                case "sub":
                    mine = {"eventName": "__my_messages__", "args": [{"_id": "m1"}, {"roomParticipant": True}]}
                    answers = [
                        {"msg": "ready", "subs": ["another"]},
                        {"msg": "nosub", "id": "another"},
                        {"msg": "ping", "id": "x7"},
                        {"msg": "invented", "id": 3},
                        {"msg": "changed", "collection": "stream-room-messages", "id": "id", "cleared": ["a"]},
                        {"msg": "changed", "collection": "stream-notify-user", "id": "id", "fields": mine},
                        {"msg": "changed", "collection": "stream-room-messages", "id": "id", "fields": mine},
                        {"msg": "ready", "subs": ["another", frame["id"]]},
                    ]
            for answer in answers:
                await socket.send_str(orjson.dumps(answer).decode())
        over.set()
        return socket

    app = web.Application()
    app.router.add_get("/chat/websocket", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    account = Account(url=f"http://127.0.0.1:{runner.addresses[0][1]}/chat/", user_id="bot", token="t")
    async with Rest(account, SystemClock()) as rest:
        realtime = Realtime(account, QUICK.patience)
        for _ in range(2):
            async with realtime.connect(rest.http, lambda doc, access: heard.append(doc)):
                pass
    await asyncio.wait_for(over.wait(), 5)
    await runner.cleanup()
    assert heard == [{"_id": "m1"}, {"_id": "m1"}]
    assert {frame["msg"] for frame in said} == {"connect", "method", "sub", "pong"}
    assert {frame["method"] for frame in said if frame["msg"] == "method"} == {"login"}
    assert [frame for frame in said if frame["msg"] == "pong"][:2] == [{"msg": "pong"}, {"msg": "pong", "id": "x7"}]
    assert len({frame["id"] for frame in said if frame["msg"] == "sub"}) == 2


async def test_a_proxy_without_a_server_behind_it_is_down():
    async with house() as place, Rest(place.account, SystemClock()) as rest:
        place.sandbox.faults.fail_requests(1, status=502)
        with pytest.raises(Down):
            await rest.me()
