"""The look-alike keeps what the protocol notes say: the shapes of frames.json, and the traps."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.server import Sandbox
from sandbox.wire import ChatError

EXAMPLES = {
    f["name"]: f["data"]
    for f in json.loads(Path(__file__).with_name("test_sandbox_frames.json").read_text("utf-8"))["frames"]
}
FREE_KEYS = {"details", "md", "customFields"}


def same_shape(actual: Any, example: Any, path: str = "$") -> None:
    """Same keys and types all the way down; values are free."""
    if isinstance(example, dict):
        assert isinstance(actual, dict), f"{path} is {actual!r}"
        assert set(actual) - FREE_KEYS == set(example) - FREE_KEYS, f"{path}: {sorted(actual)} != {sorted(example)}"
        for key in set(example) - FREE_KEYS:
            same_shape(actual[key], example[key], f"{path}.{key}")
    elif isinstance(example, list):
        assert isinstance(actual, list), f"{path} is {actual!r}"
        if example and not isinstance(example[0], str):
            assert len(actual) == len(example), f"{path}: {actual!r}"
            for i, (one, other) in enumerate(zip(actual, example, strict=True)):
                same_shape(one, other, f"{path}[{i}]")
    else:
        assert type(actual) is type(example), f"{path} is {actual!r}, like {example!r}"


class Client:
    """A bot's two wires, spoken by hand."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession, user_id: str, token: str) -> None:
        self.sandbox, self.http = sandbox, http
        self.headers = {"X-User-Id": user_id, "X-Auth-Token": token}
        self.user_id, self.token = user_id, token
        self.ws: aiohttp.ClientWebSocketResponse | None = None

    async def get(self, name: str, **query: str) -> tuple[int, Any]:
        async with self.http.get(f"{self.sandbox.url}/api/v1/{name}", params=query, headers=self.headers) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            return answer.status, await answer.json()

    async def post(self, name: str, /, **body: Any) -> tuple[int, Any]:
        async with self.http.post(f"{self.sandbox.url}/api/v1/{name}", json=body, headers=self.headers) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            return answer.status, await answer.json()

    async def open(self) -> Client:
        self.ws = await self.http.ws_connect(f"{self.sandbox.url}/websocket")
        return self

    async def connect(self) -> Client:
        await self.open()
        await self.send(msg="connect", version="1", support=["1"])
        assert (await self.frame())["msg"] == "connected"
        return self

    async def login(self) -> Client:
        await self.connect()
        await self.send(msg="method", method="login", id="1", params=[{"resume": self.token}])
        for _ in range(3):
            await self.frame()
        return self

    async def listen(self, *events: str, stream: str = "stream-room-messages") -> Client:
        """Logged in and subscribed, each `ready` seen."""
        await self.login()
        for i, event in enumerate(events or ("__my_messages__",)):
            await self.send(msg="sub", id=f"s{i}", name=stream, params=[event, {"useCollection": False, "args": []}])
            assert (await self.frame()) == {"msg": "ready", "subs": [f"s{i}"]}
        return self

    async def send(self, **frame: Any) -> None:
        assert self.ws is not None
        await self.ws.send_str(json.dumps(frame))

    async def frame(self) -> Any:
        assert self.ws is not None
        return json.loads(await self.ws.receive_str(timeout=5))

    async def silent(self) -> None:
        """Nothing was on its way: a ping is answered first."""
        await self.send(msg="ping", id="silence")
        assert await self.frame() == {"msg": "pong", "id": "silence"}


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=1, smtp_port=None) as running:
        running.add_user("certdesk", "certdesk", roles=("bot",), token="pat-of-the-bot")
        running.add_user("ana", "Ana Rivera", email="ana.rivera@example.com")
        running.add_user("tara", "Tara Lee")
        running.add_channel("esp-nov16", ["certdesk", "ana", "tara"])
        running.add_channel("random", ["ana"])
        yield running


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(sandbox, http, sandbox.chat.user("certdesk").id, "pat-of-the-bot")


# -- handshake, heartbeat, login


async def test_connecting_gives_a_session(bot: Client):
    await bot.open()
    await bot.send(**EXAMPLES["connect"])
    same_shape(await bot.frame(), EXAMPLES["connected"])


async def test_an_unknown_ddp_version_fails_and_closes(bot: Client):
    await bot.open()
    await bot.send(msg="connect", version="7", support=["7"])
    assert await bot.frame() == EXAMPLES["failed_version"]
    assert bot.ws is not None
    assert (await bot.ws.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ({"msg": "sub", "id": 1, "name": "x"}, "Malformed subscription"),
        ({"msg": "connect", "version": "1", "support": ["1"]}, "Already connected"),
        ({"msg": "nonsense"}, "Bad request"),
        ({"hello": 1}, "Bad request"),
    ],
)
async def test_broken_frames_are_named(bot: Client, frame: dict[str, Any], reason: str):
    await bot.connect()
    await bot.send(**frame)
    assert await bot.frame() == {"msg": "error", "reason": reason, "offendingMessage": frame}


async def test_a_numeric_method_id_is_malformed(bot: Client):
    await bot.connect()
    await bot.send(**EXAMPLES["protocol_error"]["offendingMessage"])
    assert await bot.frame() == EXAMPLES["protocol_error"]


async def test_nothing_goes_before_connect(bot: Client):
    await bot.open()
    await bot.send(msg="ping")
    assert (await bot.frame())["reason"] == "Must connect first"


async def test_a_pong_echoes_the_id_of_its_ping_and_only_then_has_one(bot: Client):
    await bot.connect()
    await bot.send(msg="ping")
    await bot.send(msg="ping", id="7")
    assert [await bot.frame(), await bot.frame()] == [{"msg": "pong"}, {"msg": "pong", "id": "7"}]


async def test_a_silent_client_is_pinged_and_then_closed():
    async with Sandbox(smtp_port=None, heartbeat=(0.05, 0.05)) as quick, aiohttp.ClientSession() as http:
        client = await Client(quick, http, "", "").connect()
        assert await client.frame() == {"msg": "ping"}
        assert client.ws is not None
        assert (await client.ws.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


async def test_login_by_token_adds_the_user_then_updates_then_answers(bot: Client):
    await bot.connect()
    await bot.send(msg="method", method="login", id="1", params=[{"resume": bot.token}])
    same_shape(await bot.frame(), EXAMPLES["users_added_after_login"])
    assert await bot.frame() == EXAMPLES["login_updated"]
    result = await bot.frame()
    assert result["result"]["tokenExpires"] == {"$date": None}, "a personal token has no expiry date"
    assert result["result"]["id"] == bot.user_id


async def test_login_by_password_digest_gives_a_token_that_expires(bot: Client, sandbox: Sandbox):
    await bot.connect()
    await bot.send(msg="method", method="login", id="1", params=[_password("ana")])
    same_shape([await bot.frame() for _ in range(3)][2], EXAMPLES["login_result"])


def _password(username: str) -> dict[str, Any]:
    from sandbox.people import digest

    return {"user": {"username": username}, "password": {"digest": digest(username), "algorithm": "sha-256"}}


async def test_a_dead_token_is_refused_for_good(bot: Client):
    await bot.connect()
    await bot.send(msg="method", method="login", id="1", params=[{"resume": "stolen"}])
    assert (await bot.frame())["msg"] == "updated"
    assert await bot.frame() == EXAMPLES["login_error_expired"]


async def test_a_second_factor_is_asked_for(bot: Client, sandbox: Sandbox):
    sandbox.chat.user("ana").totp = True
    await bot.connect()
    await bot.send(msg="method", method="login", id="1", params=[_password("ana")])
    assert [await bot.frame() for _ in range(2)][1] == EXAMPLES["login_error_totp"]


async def test_methods_of_old_are_gone(bot: Client):
    await bot.login()
    await bot.send(msg="method", method="sendMessage", id="8", params=[{}])
    assert (await bot.frame())["msg"] == "updated"
    assert await bot.frame() == EXAMPLES["error_result_method_gone"]


async def test_the_streamer_differs_where_the_notes_say():
    async with Sandbox(smtp_port=None, streamer=True) as other, aiohttp.ClientSession() as http:
        user = other.add_user("certdesk", "certdesk", roles=("bot",), token="t")
        client = await Client(other, http, user, "t").open()
        assert await client.frame() == EXAMPLES["server_id_greeting_streamer"]
        await client.send(msg="connect", version="1", support=["1"])
        await client.frame()
        await client.send(msg="method", method="login", id="1", params=[{"resume": "t"}])
        assert [(await client.frame())["msg"] for _ in range(3)] == ["added", "result", "updated"]
        await client.send(msg="unsub", id="never")
        await client.silent()
        await client.send(msg="sub", id=3, name="x")
        assert client.ws is not None
        assert (await client.ws.receive(timeout=5)).type is aiohttp.WSMsgType.CLOSE


# -- subscriptions


async def test_a_live_sub_id_again_is_ignored(bot: Client):
    await bot.listen()
    await bot.send(**EXAMPLES["sub_my_messages"] | {"id": "s0"})
    await bot.silent()


async def test_unsub_is_answered_known_or_not(bot: Client, sandbox: Sandbox):
    await bot.listen()
    for id in ("s0", "never"):
        await bot.send(msg="unsub", id=id)
        assert await bot.frame() == {"msg": "nosub", "id": id}
    sandbox.say("ana", "@certdesk", "hello")
    await bot.silent()


async def test_foreign_streams_are_refused(bot: Client, sandbox: Sandbox):
    await bot.login()
    stranger = sandbox.chat.user("ana").id
    await bot.send(msg="sub", id="s9", name="stream-notify-user", params=[f"{stranger}/message", False])
    assert await bot.frame() == EXAMPLES["nosub_not_allowed"]
    await bot.send(msg="sub", id="s10", name="no-such-thing", params=["x", False])
    assert (await bot.frame())["error"]["reason"] == "Subscription 'no-such-thing' not found"


async def test_subscribing_before_login_is_ready_and_then_mute(bot: Client, sandbox: Sandbox):
    await bot.connect()
    await bot.send(**EXAMPLES["sub_my_messages"])
    assert await bot.frame() == EXAMPLES["ready"]
    await bot.send(msg="method", method="login", id="1", params=[{"resume": bot.token}])
    for _ in range(3):
        await bot.frame()
    sandbox.say("ana", "@certdesk", "hello")
    await bot.silent()


async def test_forty_stream_subs_are_enough(bot: Client, sandbox: Sandbox):
    await bot.login()
    for i in range(41):
        await bot.send(msg="sub", id=f"n{i}", name="stream-room-messages", params=["__my_messages__", False])
    answers = [await bot.frame() for _ in range(41)]
    assert [a["msg"] for a in answers] == ["ready"] * 40 + ["nosub"]
    same_shape(answers[-1]["error"], EXAMPLES["error_result_rate_limit"]["error"])


async def test_two_subs_on_one_event_hear_it_twice(bot: Client, sandbox: Sandbox):
    await bot.listen("__my_messages__", "__my_messages__")
    sandbox.say("ana", "@certdesk", "hello")
    assert await bot.frame() == await bot.frame()


# -- what the streams carry


async def test_a_direct_message_reaches_the_bot(bot: Client, sandbox: Sandbox):
    await bot.listen()
    sandbox.say("ana", "@certdesk", "hello bot")
    frame = await bot.frame()
    same_shape(frame, EXAMPLES["changed_dm_my_messages"])
    assert frame["id"] == "id", "always: route on eventName"


async def test_a_mention_in_a_channel_is_parsed(bot: Client, sandbox: Sandbox):
    await bot.listen()
    sandbox.say("ana", "#esp-nov16", "@certdesk status")
    same_shape(await bot.frame(), EXAMPLES["changed_channel_mention"])


async def test_public_channels_never_joined_are_heard_too(bot: Client, sandbox: Sandbox):
    await bot.listen()
    sandbox.say("ana", "#random", "not for the bot")
    frame = await bot.frame()
    same_shape(frame, EXAMPLES["changed_unjoined_public_channel"])
    assert frame["fields"]["args"][1]["roomParticipant"] is False


async def test_private_groups_of_others_are_not_heard(bot: Client, sandbox: Sandbox):
    sandbox.add_channel("licensing", ["ana", "tara"], private=True)
    await bot.listen()
    sandbox.say("ana", "#licensing", "psst")
    await bot.silent()


async def test_a_room_key_carries_the_message_alone(bot: Client, sandbox: Sandbox):
    rid = sandbox.direct("ana", "certdesk")
    await bot.listen(rid)
    sandbox.say("ana", rid, "hello")
    fields = (await bot.frame())["fields"]
    assert (fields["eventName"], len(fields["args"])) == (rid, 1)


async def test_edits_reactions_previews_send_the_whole_message_again(bot: Client, sandbox: Sandbox):
    await bot.listen()
    id = sandbox.say("ana", "@certdesk", "see https://example.com/a")
    first = await bot.frame()
    sandbox.edit("ana", id, "hello bot (edited)")
    edited = await bot.frame()
    same_shape(edited, EXAMPLES["changed_edited"])
    sandbox.react("certdesk", id, "+1")
    reacted = (await bot.frame())["fields"]["args"][0]
    assert reacted["reactions"] == {":+1:": {"usernames": ["certdesk"]}}
    sandbox.preview(id)
    again = (await bot.frame())["fields"]["args"][0]
    assert {m["_id"] for m in (edited["fields"]["args"][0], reacted, again)} == {id}
    assert "editedAt" not in first["fields"]["args"][0]


async def test_a_reaction_alone_has_no_editedat(bot: Client, sandbox: Sandbox):
    await bot.listen()
    id = sandbox.say("ana", "@certdesk", "hello bot")
    await bot.frame()
    sandbox.react("certdesk", id, ":+1:")
    same_shape(await bot.frame(), EXAMPLES["changed_reaction_reemit"])


async def test_a_thread_reply_brings_its_parent_along(bot: Client, sandbox: Sandbox):
    await bot.listen()
    root = sandbox.say("ana", "#esp-nov16", "question")
    await bot.frame()
    sandbox.say("tara", "#esp-nov16", "in thread", tmid=root)
    same_shape(await bot.frame(), EXAMPLES["changed_thread_reply"])
    parent = (await bot.frame())["fields"]["args"][0]
    assert (parent["_id"], parent["tcount"], len(parent["replies"])) == (root, 1, 2)


async def test_joining_is_a_system_message_whose_msg_is_no_text(bot: Client, sandbox: Sandbox):
    await bot.listen()
    sandbox.say("tara", "#random", "hello")
    same_shape(await bot.frame(), EXAMPLES["changed_system_user_joined"])


async def test_an_encrypted_room_is_unreadable_and_takes_no_plain_text(bot: Client, sandbox: Sandbox):
    room = sandbox.faults.encrypt("ana", "certdesk")
    await bot.listen()
    sandbox.say("ana", "@certdesk", "secret")
    same_shape(await bot.frame(), EXAMPLES["changed_e2e"])
    status, body = await bot.post("chat.sendMessage", message={"rid": room.id, "msg": "plain"})
    assert (status, body["errorType"]) == (400, "error-not-allowed")


async def test_a_deletion_is_only_told_on_notify_room(bot: Client, sandbox: Sandbox):
    rid = sandbox.direct("ana", "certdesk")
    await bot.listen("__my_messages__")
    await bot.send(msg="sub", id="d", name="stream-notify-room", params=[f"{rid}/deleteMessage", False])
    assert (await bot.frame())["msg"] == "ready"
    id = sandbox.say("ana", rid, "oops")
    await bot.frame()
    sandbox.delete("ana", id)
    frame = await bot.frame()
    same_shape(frame, EXAMPLES["changed_deleted_notify_room"])
    await bot.silent()


async def test_with_the_setting_a_deletion_leaves_a_tombstone(bot: Client, sandbox: Sandbox):
    sandbox.chat.settings["Message_ShowDeletedStatus"] = True
    await bot.listen()
    id = sandbox.say("ana", "#esp-nov16", "oops")
    await bot.frame()
    sandbox.delete("ana", id)
    frame = await bot.frame()
    frame["fields"]["args"][0].pop("channels")
    same_shape(frame, EXAMPLES["changed_delete_tombstone"])


async def test_a_new_direct_room_announces_itself(bot: Client, sandbox: Sandbox):
    await bot.listen(f"{bot.user_id}/subscriptions-changed", stream="stream-notify-user")
    sandbox.direct("ana", "certdesk")
    frame = await bot.frame()
    frame["fields"]["args"][1].pop("ls")
    same_shape(frame, EXAMPLES["changed_subscription_inserted"])


async def test_a_refused_send_is_whispered_to_the_sender(bot: Client, sandbox: Sandbox):
    await bot.listen(f"{bot.user_id}/message", stream="stream-notify-user")
    room = sandbox.room("#esp-nov16")
    room.muted.add("certdesk")
    status, body = await bot.post("chat.sendMessage", message={"rid": room.id, "msg": "x"})
    assert (status, body["errorType"]) == (400, "You_have_been_muted")
    same_shape(await bot.frame(), EXAMPLES["changed_ephemeral"])


# -- acting as people


async def test_a_button_makes_its_presser_say_its_text(sandbox: Sandbox, bot: Client):
    rid = sandbox.direct("certdesk", "tara")
    example = EXAMPLES["rest_sendMessage_ok"]["request"]["body"]["message"]
    await bot.post("chat.sendMessage", message=example | {"rid": rid})
    for _ in range(2):
        sandbox.press("tara", example["_id"], "Yes")
    assert sandbox.texts(rid, by="tara") == ["approve 42 k7Qz"] * 2
    with pytest.raises(LookupError):
        sandbox.press("tara", example["_id"], "Maybe")


async def test_unknown_commands_are_swallowed_where_the_setting_says_so(sandbox: Sandbox):
    sandbox.say("ana", "@certdesk", "/esp fail ahip 1")
    sandbox.chat.settings["Message_AllowUnrecognizedSlashCommand"] = False
    with pytest.raises(ChatError, match="No such command"):
        sandbox.say("ana", "@certdesk", "/esp fail ahip 1")
    assert sandbox.texts(("ana", "certdesk")) == ["/esp fail ahip 1"]
