"""What nobody has confirmed on a live server, tried on this one: `certdesk doctor --live` (docs/going-live.md 8).

Everything happens in the bot's direct room with itself, so nobody is written to; what the server lets a bot
delete is deleted afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.checkup import Finding
from bot.clock import SystemClock, fresh_token
from bot.ports import WireError
from bot.rocketchat import Account, Rest
from bot.rocketchat.realtime import Realtime
from bot.rocketchat.rest import Rejected

BURST = 12
"""More messages than a user without the bot's rights may send in a minute."""
RECENT, MANY = timedelta(hours=1), 2000
"""How far, and through how many messages, the trial of catching up reads back."""
NOBODY = "certdesk-nobody-has-this-name"


def fresh_id() -> str:
    """A message id nobody has used: 17 letters and digits."""
    return fresh_token().replace("-", "x").replace("_", "y")[:17]


@dataclass
class Trial:
    """One server being tried; `posted` is what has to be deleted."""

    rest: Rest
    rid: str = ""
    posted: list[str] = field(default_factory=list)

    async def post(self, text: str, **more: str) -> str:
        """A message in our own room; its id."""
        id = fresh_id()
        await self.rest.post("chat.sendMessage", {"message": {"_id": id, "rid": self.rid, "msg": text, **more}})
        self.posted.append(id)
        return id

    async def delete(self, id: str) -> None:
        """Take one back."""
        await self.rest.post("chat.delete", {"roomId": self.rid, "msgId": id})


async def live(account: Account) -> AsyncIterator[Finding]:
    """Every fact that a program can try, and what the server did."""
    async with Rest(account, SystemClock()) as rest:
        trial = Trial(rest)
        try:
            me = await rest.me()
            trial.rid = str((await rest.post("im.create", {"username": me["username"]}))["room"]["_id"])
        except WireError as error:
            yield Finding(level="warn", about="live", said=f"nothing could be tried: {error}")
            return
        try:
            for name, attempt in _TRIALS.items():
                yield await _tried(name, attempt, trial)
        finally:
            for id in trial.posted:
                try:
                    await trial.delete(id)
                except WireError:
                    continue


async def _tried(name: str, attempt: Callable[[Trial], Awaitable[tuple[bool, str]]], trial: Trial) -> Finding:
    try:
        as_expected, said = await attempt(trial)
    except (WireError, KeyError, TypeError, TimeoutError) as error:
        as_expected, said = False, f"could not be tried: {type(error).__name__} {error}"
    return Finding(level="ok" if as_expected else "warn", about=f"live {name}", said=said)


async def _repeat(trial: Trial) -> tuple[bool, str]:
    id = await trial.post("certdesk doctor: the same id twice")
    body = {"message": {"_id": id, "rid": trial.rid, "msg": "certdesk doctor: again"}}
    reply = await trial.rest.ask("POST", "chat.sendMessage", body=body)
    kept = (await trial.rest.get("chat.getMessage", msgId=id))["message"]["msg"]
    code = (reply.body or {}).get("errorType")
    expected = reply.status == 400 and not code and "the same id twice" in kept
    return (
        expected,
        f"a second message with the same id is answered {reply.status} {code or 'without errorType'}; kept: {kept!r}",
    )


async def _rate(trial: Trial) -> tuple[bool, str]:
    for n in range(BURST):
        try:
            await trial.post(f"certdesk doctor: {n + 1} of {BURST}")
        except WireError as error:
            return False, f"message {n + 1} of {BURST} was held back: {error}"
    return True, f"{BURST} messages in a row were taken"


async def _orphan(trial: Trial) -> tuple[bool, str]:
    try:
        await trial.post("certdesk doctor: a reply to a post that is gone", tmid=fresh_id())
    except Rejected as error:
        return True, f"a reply to a post that is gone is refused ({error.status} {error.code or 'without errorType'})"
    return True, "a reply to a post that is gone is taken"


async def _nobody(trial: Trial) -> tuple[bool, str]:
    try:
        await trial.rest.post("im.create", {"username": NOBODY})
    except Rejected as error:
        return True, f"a direct room with an unknown user is refused ({error.status} {error.code or error.text})"
    return False, "a direct room with an unknown user is made"


async def _stream(trial: Trial) -> tuple[bool, str]:
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(document: dict[str, Any], _: dict[str, Any]) -> None:
        heard.put_nowait(str(document.get("_id")))

    async with Realtime(trial.rest.account).connect(trial.rest.http, hear) as session:
        listening = asyncio.create_task(session.listen())
        try:
            id = await trial.post("certdesk doctor: heard by myself?")
            async with asyncio.timeout(5):
                while await heard.get() != id:
                    pass
        except TimeoutError:
            return False, "the session is open, but a new message did not come over __my_messages__ within 5 s"
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    return True, "connect, login with the token, sub; a new message comes over __my_messages__"


async def _catch_up(trial: Trial) -> tuple[bool, str]:
    id = await trial.post("certdesk doctor: read back")
    ids: list[str] = []
    cursor = str(int((SystemClock().now() - RECENT).timestamp() * 1000))
    while cursor and len(ids) < MANY:
        answer = await trial.rest.get("chat.syncMessages", roomId=trial.rid, type="UPDATED", next=cursor, count="100")
        ids += [str(each["_id"]) for each in answer["result"]["updated"]]
        cursor = str((answer["result"].get("cursor") or {}).get("next") or "")
    return id in ids, f"chat.syncMessages brings {'the newest message' if id in ids else 'not the newest message'}"


async def _plain(trial: Trial) -> tuple[bool, str]:
    room = (await trial.rest.get("rooms.info", roomId=trial.rid))["room"]
    encrypted = bool(room.get("encrypted"))
    return (
        not encrypted,
        f"a new direct room is {'encrypted: the bot can read nothing there' if encrypted else 'not encrypted'}",
    )


_TRIALS: dict[str, Callable[[Trial], Awaitable[tuple[bool, str]]]] = {
    "repeat": _repeat,
    "rate limit": _rate,
    "thread": _orphan,
    "unknown user": _nobody,
    "session": _stream,
    "catch-up": _catch_up,
    "encryption": _plain,
}
