"""The look-alike's REST answers as Rocket.Chat does, refusals and traps included."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from sandbox.server import Sandbox

START = datetime(2026, 11, 17, 17, 2, tzinfo=UTC)


class Api:
    """REST as one user."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession, username: str) -> None:
        self.sandbox, self.http = sandbox, http
        self.as_user(username)
        self.answer_headers: dict[str, str] = {}

    def as_user(self, username: str) -> Api:
        user = self.sandbox.chat.user(username)
        self.headers = {"X-User-Id": user.id, "X-Auth-Token": self.sandbox.token(username)}
        return self

    async def get(self, name: str, **query: str) -> tuple[int, Any]:
        return await self._ask("GET", name, params=query)

    async def post(self, name: str, /, **body: Any) -> tuple[int, Any]:
        return await self._ask("POST", name, json=body)

    async def _ask(self, method: str, name: str, **kind: Any) -> tuple[int, Any]:
        url = f"{self.sandbox.url}/api/v1/{name}"
        async with self.http.request(method, url, headers=self.headers, **kind) as answer:
            self.answer_headers = dict(answer.headers)
            return answer.status, await answer.json()


class Hand:
    """A clock that stands until moved."""

    def __init__(self) -> None:
        self.instant = START

    def __call__(self) -> datetime:
        return self.instant

    def move(self, **by: float) -> None:
        self.instant += timedelta(**by)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(params=["8.9.x"])
async def api(request: pytest.FixtureRequest, clock: Hand) -> AsyncIterator[Api]:
    async with Sandbox(smtp_port=None, now=clock, version=request.param, seed=2) as sandbox:
        sandbox.add_user("certdesk", "certdesk", roles=("bot",), token="pat")
        sandbox.add_user("ana", "Ana Rivera", email="ana.rivera@example.com")
        sandbox.add_user("tara", "Tara Lee")
        sandbox.add_user("root", "Admin", roles=("admin",))
        sandbox.add_channel("wfm", ["certdesk", "tara"])
        async with aiohttp.ClientSession() as http:
            yield Api(sandbox, http, "certdesk")


def each(*versions: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("api", versions, indirect=True)


# -- envelope, login, versions


@each("8.5.x", "9.0.x")
async def test_info_shows_the_trimmed_version_and_to_admins_the_whole(api: Api):
    version = api.sandbox.chat.version
    assert await api.get("info") == (200, {"version": version.trimmed, "success": True})
    assert await api.as_user("root").get("info") == (200, {"version": version.full, "success": True})
    assert api.answer_headers["Content-Type"] == "application/json"
    assert "X-Instance-ID" in api.answer_headers


@each("8.9.x", "9.0.x")
async def test_a_dead_token_is_a_401_with_the_versions_own_body(api: Api):
    api.headers["X-Auth-Token"] = "dead"
    status, body = await api.get("me")
    assert (status, "status" in body) == (401, not api.sandbox.chat.version.at_least(9))


async def test_a_token_needs_its_own_user_id(api: Api):
    api.headers["X-User-Id"] = api.sandbox.chat.user("ana").id
    assert (await api.get("me"))[0] == 401


async def test_me_names_roles(api: Api):
    status, body = await api.get("me")
    assert (status, body["username"], body["roles"]) == (200, "certdesk", ["bot"])


async def test_password_login_and_logout(api: Api):
    status, body = await api.post("login", user="ana.rivera@example.com", password="ana")
    assert (status, body["status"]) == (200, "success")
    api.headers = {"X-User-Id": body["data"]["userId"], "X-Auth-Token": body["data"]["authToken"]}
    assert (await api.get("me"))[1]["username"] == "ana"
    assert "success" not in (await api.post("logout"))[1]
    assert (await api.get("me"))[0] == 401


@each("8.9.x", "9.0.x")
async def test_a_wrong_password_is_worded_by_version(api: Api):
    status, body = await api.post("login", user="ana", password="wrong")
    new = api.sandbox.chat.version.at_least(9)
    assert (status, body.get("status")) == (401, None if new else "error")


async def test_unknown_routes_are_resource_not_found(api: Api):
    assert await api.get("rooms.upload/x") == (404, {"success": False, "error": "Resource not found"})


async def test_unknown_fields_are_refused(api: Api):
    status, body = await api.post("chat.postMessage", channel="@ana", text="x", blocks=[])
    assert (status, body["errorType"]) == (400, "error-invalid-params")
    status, body = await api.get("chat.syncMessages", roomId="x", foo="1")
    assert (status, body["errorType"]) == (400, "error-invalid-params")


# -- rooms


async def test_a_direct_room_is_made_once(api: Api):
    first = (await api.post("im.create", username="ana"))[1]["room"]
    again = (await api.post("im.create", username="ana"))[1]["room"]
    assert first["_id"] == first["rid"] == again["_id"]
    assert "name" not in first
    assert (await api.post("im.create", username="nobody"))[1]["errorType"] == "error-invalid-user"
    assert [r["_id"] for r in (await api.get("im.list"))[1]["ims"]] == [first["_id"]]


async def test_channels_are_made_found_joined_and_invited_to(api: Api):
    made = (await api.post("channels.create", name="esp-nov16", members=["ana"]))[1]["channel"]
    assert (await api.post("channels.create", name="esp-nov16"))[1]["errorType"] == "error-duplicate-channel-name"
    assert (await api.get("channels.info", roomName="esp-nov16"))[1]["channel"]["_id"] == made["_id"]
    assert (await api.get("rooms.info", roomName="nowhere"))[1]["errorType"] == "error-room-not-found"
    tara = api.sandbox.chat.user("tara")
    assert (await api.post("channels.invite", roomId=made["_id"], userId=tara.id))[0] == 200
    assert tara.id in api.sandbox.room("#esp-nov16").members
    await api.as_user("root").post("channels.join", roomId=made["_id"])
    assert [m["t"] for m in api.sandbox.messages("#esp-nov16")] == ["au", "uj"]


async def test_private_groups_are_invisible_to_others(api: Api):
    made = (await api.post("groups.create", name="licensing"))[1]["group"]
    assert (await api.get("groups.info", roomId=made["_id"]))[0] == 200
    assert (await api.as_user("ana").get("groups.info", roomId=made["_id"]))[1]["errorType"] == "error-room-not-found"


async def test_rooms_get_lists_what_changed_since(api: Api, clock: Hand):
    rid = api.sandbox.direct("ana", "certdesk")
    clock.move(minutes=1)
    since = clock.instant.isoformat()
    assert (await api.get("rooms.get", updatedSince=since))[1]["update"] == []
    clock.move(minutes=1)
    api.sandbox.say("ana", rid, "hello")
    changed = (await api.get("rooms.get", updatedSince=since))[1]["update"]
    assert [(r["_id"], r["lastMessage"]["msg"]) for r in changed] == [(rid, "hello")]
    assert len((await api.get("rooms.get"))[1]["update"]) == 2
    assert (await api.get("rooms.get", updatedSince="soon"))[1]["errorType"] == "error-updatedSince-param-invalid"


async def test_a_thread_reply_moves_the_rooms_change_but_not_its_last_message(api: Api, clock: Hand):
    rid = api.sandbox.direct("ana", "certdesk")
    root = api.sandbox.say("ana", rid, "root")
    clock.move(minutes=1)
    api.sandbox.say("ana", rid, "inside", tmid=root)
    room = (await api.get("rooms.info", roomId=rid))[1]["room"]
    assert (room["msgs"], room["lastMessage"]["_id"], room["lm"]) == (2, root, "2026-11-17T17:02:00.000Z")
    assert room["_updatedAt"] > "2026-11-17T17:03"


async def test_reading_clears_the_unread_count(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    api.sandbox.say("ana", rid, "hello")
    assert (await api.get("subscriptions.getOne", roomId=rid))[1]["subscription"]["unread"] == 1
    await api.post("subscriptions.read", rid=rid)
    assert (await api.get("subscriptions.getOne", roomId=rid))[1]["subscription"]["unread"] == 0


# -- messages


async def test_a_message_id_is_taken_only_once(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    message = {"_id": "qW3rT5yU7iO9pA1sD", "rid": rid, "msg": "once"}
    assert (await api.post("chat.sendMessage", message=message))[0] == 200
    assert await api.post("chat.sendMessage", message=message) == (
        400,
        {"success": False, "error": "Cannot read properties of undefined (reading 'starred')"},
    )
    assert (await api.get("chat.getMessage", msgId=message["_id"]))[1]["message"]["msg"] == "once"
    assert api.sandbox.texts(rid) == ["once"]
    assert await api.get("chat.getMessage", msgId="unknown") == (400, {"success": False})


async def test_post_message_goes_by_name_joins_channels_and_may_double(api: Api):
    api.sandbox.add_channel("random", ["ana"])
    for target in ("@ana", "ana", "#random", "random"):
        status, body = await api.post("chat.postMessage", channel=target, text="  hello ")
        assert (status, body["channel"], body["message"]["msg"]) == (200, target, "hello")
    assert api.sandbox.texts(("ana", "certdesk")) == ["hello", "hello"]
    assert [m.get("t") for m in api.sandbox.messages("#random")] == ["uj", None, None]
    assert (await api.post("chat.postMessage", channel="#nowhere", text="x"))[1]["errorType"] == "invalid-channel"
    assert (await api.post("chat.postMessage", channel="@ana", text="x", tmid="y"))[0] == 400


async def test_alias_belongs_to_bots(api: Api):
    assert (await api.post("chat.postMessage", channel="#wfm", text="x", alias="WFM"))[0] == 200
    status, body = await api.as_user("root").post("chat.postMessage", channel="#wfm", text="x", alias="WFM")
    assert (status, body["error"]) == (400, "Not enough permission [error-not-allowed]")


async def test_long_empty_and_dangerous_messages_are_refused(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    send = [
        {"rid": rid, "msg": "x" * 5001},
        {"rid": rid, "msg": ""},
        {"rid": rid, "msg": "x", "t": "uj"},
        {"rid": rid, "msg": "x", "attachments": [{"actions": [{"type": "button", "url": "javascript:alert(1)"}]}]},
        {"rid": rid, "msg": "x", "attachments": [{"actions": [{"type": "button", "msg_in_chat_window": "yes"}]}]},
        {"rid": "nowhere", "msg": "x"},
        {"msg": "x"},
    ]
    assert [(await api.post("chat.sendMessage", message=m))[0] for m in send] == [400] * len(send)
    assert api.sandbox.texts(rid) == []


async def test_updating_keeps_the_buttons(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    attachments = [
        {"text": "x", "actions": [{"type": "button", "text": "Yes", "msg": "y", "msg_in_chat_window": True}]}
    ]
    await api.post("chat.sendMessage", message={"_id": "card", "rid": rid, "msg": "?", "attachments": attachments})
    _, body = await api.post("chat.update", roomId=rid, msgId="card", text="done")
    assert (body["message"]["msg"], body["message"]["attachments"]) == ("done", attachments)
    assert (await api.post("chat.update", roomId="other", msgId="card", text="x"))[0] == 400


async def test_a_bot_may_not_delete_its_own_messages_by_default(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    await api.post("chat.sendMessage", message={"_id": "m", "rid": rid, "msg": "x"})
    assert (await api.post("chat.delete", roomId=rid, msgId="m"))[1]["errorType"] == "error-action-not-allowed"
    assert (await api.as_user("root").post("chat.delete", roomId=rid, msgId="m"))[0] == 200


async def test_reactions_toggle_unless_told_otherwise(api: Api):
    id = api.sandbox.say("ana", "@certdesk", "hello")
    stored = api.sandbox.chat.messages[id]
    for body, expected in (({}, True), ({}, False), ({"shouldReact": False}, False), ({"shouldReact": True}, True)):
        await api.post("chat.react", messageId=id, emoji="+1", **body)
        assert ("reactions" in stored) is expected


async def test_replies_go_to_the_root_of_the_thread_and_its_room(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    root = api.sandbox.say("ana", rid, "root")
    reply = api.sandbox.say("ana", rid, "one", tmid=root)
    wfm = api.sandbox.room("#wfm").id
    _, body = await api.post("chat.sendMessage", message={"rid": wfm, "msg": "two", "tmid": reply})
    assert (body["message"]["rid"], body["message"]["tmid"]) == (rid, root)


# -- catching up


async def test_sync_by_type_alone_looks_like_nothing_new(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    api.sandbox.say("ana", rid, "hello")
    assert (await api.get("chat.syncMessages", roomId=rid, type="UPDATED"))[1]["result"] == {
        "updated": [],
        "deleted": [],
    }


async def test_sync_pages_through_changes_edits_included(api: Api, clock: Hand):
    rid = api.sandbox.direct("ana", "certdesk")
    ids = []
    for i in range(5):
        clock.move(seconds=1)
        ids.append(api.sandbox.say("ana", rid, str(i)))
    clock.move(seconds=1)
    api.sandbox.edit("ana", ids[0], "changed")
    seen, cursor = [], "1"
    while cursor:
        query = {"roomId": rid, "type": "UPDATED", "next": cursor, "count": "2"}
        result = (await api.get("chat.syncMessages", **query))[1]["result"]
        seen += [m["msg"] for m in result["updated"]]
        cursor = result["cursor"]["next"]
    assert seen == ["1", "2", "3", "4", "changed"]


async def test_ties_at_a_pages_edge_are_skipped(api: Api, clock: Hand):
    rid = api.sandbox.direct("ana", "certdesk")
    clock.move(seconds=1)
    api.sandbox.say("ana", rid, "a")
    api.sandbox.faults.tie(1)
    api.sandbox.say("ana", rid, "b")
    clock.move(seconds=1)
    api.sandbox.say("ana", rid, "c")
    query = {"roomId": rid, "type": "UPDATED", "count": "1"}
    first = (await api.get("chat.syncMessages", next="1", **query))[1]["result"]
    second = (await api.get("chat.syncMessages", next=first["cursor"]["next"], **query))[1]["result"]
    assert [m["msg"] for m in first["updated"] + second["updated"]] == ["a", "c"]


async def test_sync_by_date_is_strict_and_names_deletions(api: Api, clock: Hand):
    rid = api.sandbox.direct("ana", "certdesk")
    gone = api.sandbox.say("ana", rid, "gone")
    clock.move(seconds=1)
    api.sandbox.say("ana", rid, "kept")
    edge = api.sandbox.messages(rid)[-1]["_updatedAt"]
    api.sandbox.delete("ana", gone)
    at = datetime.fromtimestamp(edge / 1000, UTC).isoformat()
    result = (await api.get("chat.syncMessages", roomId=rid, lastUpdate=at))[1]["result"]
    assert ([m["msg"] for m in result["updated"]], [d["_id"] for d in result["deleted"]]) == ([], [gone])


async def test_history_hides_replies_unless_asked(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    root = api.sandbox.say("ana", rid, "root")
    api.sandbox.say("ana", rid, "inside", tmid=root)
    shown = [m["msg"] for m in (await api.get("im.history", roomId=rid))[1]["messages"]]
    asked = [m["msg"] for m in (await api.get("im.history", roomId=rid, showThreadMessages="true"))[1]["messages"]]
    assert (shown, asked) == (["root"], ["inside", "root"])


# -- files


async def test_files_take_two_steps(api: Api):
    rid = api.sandbox.direct("ana", "certdesk")
    form = aiohttp.FormData()
    form.add_field("file", b"%PDF-1.7", filename="cap.pdf", content_type="application/pdf")
    status, body = await api._ask("POST", f"rooms.media/{rid}", data=form)
    assert (status, api.sandbox.texts(rid)) == (200, [])
    path = f"rooms.mediaConfirm/{rid}/{body['file']['_id']}"
    status, confirmed = await api.post(path, msg="the form")
    assert confirmed["message"]["attachments"][0]["format"] == "PDF"
    assert (await api.post(path))[1]["errorType"] == "invalid-file"
    url = api.sandbox.url + body["file"]["url"]
    async with api.http.get(url, headers=api.headers) as answer:
        assert await answer.read() == b"%PDF-1.7"
    async with api.http.get(url) as answer:
        assert answer.status == 403


# -- rate limits and doctoring


async def test_ten_calls_a_minute_for_people_but_not_for_bots(api: Api, clock: Hand):
    assert {(await api.post("im.create", username="ana"))[0] for _ in range(12)} == {200}
    api.as_user("ana")
    answers = [await api.post("im.create", username="tara") for _ in range(11)]
    assert [status for status, _ in answers] == [200] * 10 + [429]
    headers = api.answer_headers
    assert int(headers["X-RateLimit-Reset"]) == int(clock.instant.timestamp() * 1000) + 60_000
    assert "Retry-After" not in headers
    assert answers[-1][1]["error"].endswith("You must wait 60 seconds before trying this endpoint again. "
                                            "[error-too-many-requests]")  # fmt: skip
    clock.move(seconds=60)
    assert (await api.post("im.create", username="tara"))[0] == 200


async def test_five_sends_a_second_when_everybody_is_limited(api: Api):
    api.sandbox.faults.limit_everybody = True
    rid = api.sandbox.direct("ana", "certdesk")
    answers = [await api.post("chat.sendMessage", message={"rid": rid, "msg": "x"}) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [429]


async def test_a_doctor_finds_settings_permissions_and_roles(api: Api):
    name = "Message_AllowUnrecognizedSlashCommand"
    assert (await api.get("settings.public", _id=name))[1]["settings"] == [{"_id": name, "value": True}]
    table = {p["_id"]: p["roles"] for p in (await api.get("permissions.listAll"))[1]["update"]}
    assert "bot" in table["api-bypass-rate-limit"]
    assert "bot" not in table["create-personal-access-tokens"]
    assert (await api.post("users.generatePersonalAccessToken", tokenName="x"))[1]["errorType"] == "not-authorized"
    assert (await api.get("commands.list"))[1]["appsLoaded"] is True
    whole = (await api.as_user("root").get("users.info", username="certdesk"))[1]["user"]
    assert whole["roles"] == ["bot"]
    assert "roles" not in (await api.as_user("ana").get("users.info", username="certdesk"))[1]["user"]


async def test_dates_have_three_digits_of_milliseconds(api: Api):
    id = api.sandbox.say("ana", "@certdesk", "hello")
    message = (await api.get("chat.getMessage", msgId=id))[1]["message"]
    assert message["ts"] == "2026-11-17T17:02:00.000Z"
    assert json.loads(json.dumps(message))["_updatedAt"].endswith("Z")
