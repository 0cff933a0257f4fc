"""What `certdesk doctor` asks a Rocket.Chat server: version, token, role, rights, channels, settings.

The package rocketchat_API serves here, in a thread; it drops rate limits and does not quote what it puts
into addresses (PROTOCOL 11), so it must not come near the message path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException, RocketBadStatusCodeException
from rocketchat_API.rocketchat import RocketChat

from bot.rocketchat.rest import Account

OLDEST, TOO_NEW = (8, 5), (10, 0)
"""Versions we know: from 8.5 up to, not including, 10.0 (PROTOCOL 1)."""
LONGEST_TEXT = 2000
"""Characters our longest cards may need."""
_PATIENCE = 10
_PAGE = 100

RIGHTS = {
    "create-d": "open direct rooms with people",
    "view-d-room": "read direct rooms",
    "view-c-room": "see public channels",
    "view-joined-room": "read the rooms it was invited to",
    "join-without-join-code": "join public channels by itself",
    "send-many-messages": "answer many people at once",
    "api-bypass-rate-limit": "send more than ten messages a minute",
}
WISHES = {"view-full-other-user-info": "see who else is a bot, and stay silent towards it"}


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer; `needed` is False where the bot only works less well without it."""

    name: str
    ok: bool
    sentence: str
    needed: bool = True


async def check(account: Account, channels: Iterable[str] = ()) -> list[Check]:
    """All checks; joins those public `channels` (with or without "#") the bot is not in yet. Never raises."""
    return await asyncio.to_thread(_check_all, account, [name.removeprefix("#") for name in channels])


def _check_all(account: Account, channels: list[str]) -> list[Check]:
    with requests.Session() as session:
        chat = RocketChat(
            auth_token=account.token,
            user_id=account.user_id,
            server_url=account.url.rstrip("/"),
            timeout=_PATIENCE,
            session=session,
        )
        checks = _asked("version", _version, chat)
        if any(one.name == "reachable" for one in checks):
            return checks
        return [*checks, *_account(chat, channels)]


def _account(chat: RocketChat, channels: list[str]) -> Iterator[Check]:
    try:
        me = chat.me()
    except (RocketApiException, RocketBadStatusCodeException, requests.RequestException) as error:
        yield Check("token", False, f"the server does not accept [rocketchat] user_id and token: {error}")
        return
    username = me.get("username")
    yield Check("token", True, f"the token is {username}'s")
    roles = list(me.get("roles") or ())
    yield Check("role", "bot" in roles, f"{username} has the roles {', '.join(roles) or 'none'}; it needs the role bot")
    yield from _asked("permissions", _permissions, chat, roles)
    yield from _asked("settings", _settings, chat)
    for channel in channels:
        yield from _asked(f"#{channel}", _channel, chat, channel)


def _asked(name: str, question: Callable[..., Iterable[Check]], *args: Any) -> list[Check]:
    """The question's answers, or one that says why it could not be answered."""
    try:
        return list(question(*args))
    except requests.RequestException as error:
        why = getattr(getattr(error.args[0], "reason", None), "args", ())[-1:] if error.args else ()
        return [Check("reachable", False, f"the server cannot be reached: {why[0] if why else error}")]
    except (RocketApiException, RocketBadStatusCodeException, KeyError, TypeError, AttributeError, ValueError) as error:
        return [Check(name, False, f"could not be found out: {error}")]


def _version(chat: RocketChat) -> Iterator[Check]:
    text = str(chat.info()["version"])
    major, minor = (int(part) for part in text.split(".")[:2])
    known = OLDEST <= (major, minor) < TOO_NEW
    yield Check("version", known, f"Rocket.Chat {text}" + ("" if known else "; known to work are 8.5 to 9.x"))


def _permissions(chat: RocketChat, roles: list[str]) -> Iterator[Check]:
    granted = {entry["_id"]: set(entry.get("roles") or ()) for entry in chat.permissions_list_all()["update"]}
    for rights, needed in ((RIGHTS, True), (WISHES, False)):
        for right, purpose in rights.items():
            ok = bool(granted.get(right, set()) & set(roles))
            yield Check(right, ok, f"the bot {'may' if ok else 'needs this permission to'} {purpose}", needed)


def _settings(chat: RocketChat) -> Iterator[Check]:
    wanted = {"Message_AllowUnrecognizedSlashCommand", "E2E_Enabled_Default_DirectRooms", "Message_MaxAllowedSize"}
    values: dict[str, Any] = {}
    for setting in chat.settings_public(count=_PAGE):
        if setting.get("_id") in wanted:
            values[setting["_id"]] = setting.get("value")
            if len(values) == len(wanted):
                break
    slash = values.get("Message_AllowUnrecognizedSlashCommand") is True
    yield Check(
        "Message_AllowUnrecognizedSlashCommand",
        slash,
        '"/esp ..." reaches the bot' if slash else 'off: "/esp ..." does not reach the bot, plain words and "!esp" do',
        needed=False,
    )
    plain = not values.get("E2E_Enabled_Default_DirectRooms")
    yield Check(
        "E2E_Enabled_Default_DirectRooms",
        plain,
        "direct rooms are readable"
        if plain
        else "on: new direct rooms are encrypted and the bot can read nothing there",
    )
    size = int(values.get("Message_MaxAllowedSize") or 5000)
    ok = size >= LONGEST_TEXT
    yield Check("Message_MaxAllowedSize", ok, f"{size} characters" + ("" if ok else f"; cards need {LONGEST_TEXT}"))


def _channel(chat: RocketChat, name: str) -> Iterator[Check]:
    label = f"#{name}"
    try:
        room = chat.rooms_info(room_name=quote(name, safe="")).get("room")
    except RocketApiException:
        room = None
    if not room:
        yield Check(label, False, "there is no such channel, or it is private and the bot was not invited")
    elif chat.subscriptions_get_one(room["_id"]).get("subscription"):
        yield Check(label, True, "the bot is a member")
    elif room.get("t") == "c":
        chat.call_api_post("channels.join", roomId=room["_id"])
        yield Check(label, True, "the bot joined just now")
    else:
        yield Check(label, False, "private: somebody in it must invite the bot")
