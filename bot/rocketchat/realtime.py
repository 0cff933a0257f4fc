"""One DDP session: connect, login, subscribe, then listen until it ends. Nothing but login, sub and ping.

Knows frames, not messages: what arrives for us is handed on at once, unread. Rocket.Chat 9 removed most
methods, streams stayed (PROTOCOL 1), so everything else is REST's.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
import structlog

from bot.ports import Down, Refused, Transient, WireError
from bot.rocketchat.rest import Account

Doc = dict[str, Any]
Hear = Callable[[Doc, Doc], None]
"""Gets a message document and the access object that came with it ({} if none did)."""

_STREAM, _EVENT = "stream-room-messages", "__my_messages__"
_LARGEST = 16 * 1024 * 1024
_TEXTS = (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a silence is borne; seconds, and ticks of `tick` seconds.

    With these values a ping goes out 25 to 30 s after the last frame and the session is given up 35 to
    40 s after it, so a half-open socket is noticed within 45 s.
    """

    handshake: float = 10.0
    tick: float = 5.0
    ping_after: int = 5
    drop_after: int = 7


class Session:
    """A socket on which we are logged in and subscribed; made by `connect`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, hear: Hear, patience: Patience, sub: str) -> None:
        self._socket, self._hear, self._patience, self._sub = socket, hear, patience, sub
        self._silent = 0
        self._ended = asyncio.Event()

    async def open(self, account: Account) -> None:
        """Until `ready`; raises Refused for a token not accepted, Transient or Down for everything else."""
        await self._say({"msg": "connect", "version": "1", "support": ["1"]})
        await self._until("connected")
        await self._say({"msg": "method", "method": "login", "id": "login", "params": [{"resume": account.token}]})
        result = await self._until("result", id="login")
        if result.get("error"):
            raise _login_error(_object(result["error"]))
        # With some other user's token our own words would come back to us as theirs.
        if (who := _object(result.get("result")).get("id")) and who != account.user_id:
            raise Refused("[rocketchat] token belongs to another user than user_id")
        options = {"useCollection": False, "args": []}
        await self._say({"msg": "sub", "id": self._sub, "name": _STREAM, "params": [_EVENT, options]})
        await self._until("ready")

    async def listen(self) -> None:
        """Hear until the session ends, which it says by raising Down or Transient."""
        watch = asyncio.create_task(self._watch())
        try:
            while True:
                await self._frame()
        finally:
            self._ended.set()
            watch.cancel()

    async def _until(self, msg: str, *, id: str | None = None) -> Doc:
        while True:
            frame = await self._frame()
            if frame.get("msg") != msg or (id is not None and frame.get("id") != id):
                continue
            if msg != "ready" or self._sub in (frame.get("subs") or ()):
                return frame

    async def _frame(self) -> Doc:
        """The next frame, after doing with it what is always done."""
        message = await self._socket.receive()
        if message.type not in _TEXTS:
            raise Down(f"the chat session ended ({message.type.name}, close code {self._socket.close_code})")
        self._silent = 0
        try:
            frame = orjson.loads(message.data)
        except orjson.JSONDecodeError:
            frame = None
        if type(frame) is not dict:
            log.warning("chat.unreadable_frame", size=len(message.data))
            return {}
        match frame.get("msg"):
            case "changed":
                self._changed(frame)
            case "ping":
                await self._say({"msg": "pong", "id": frame["id"]} if "id" in frame else {"msg": "pong"})
            case "nosub" if frame.get("id") == self._sub:
                raise _nosub(_object(frame.get("error")))
            case "failed":
                raise Transient(f"the chat server speaks DDP version {frame.get('version')}, not 1")
            case "error":
                # A protocol error names no request; the handshake's watchdog does the rest.
                log.warning("chat.protocol_error", reason=frame.get("reason"))
        return frame

    def _changed(self, frame: Doc) -> None:
        # Routed on collection and eventName; the id is "id" in every one of them (2.6).
        if frame.get("collection") != _STREAM:
            return
        fields = _object(frame.get("fields"))
        match fields.get("args"):
            case [dict() as doc, *rest] if fields.get("eventName") == _EVENT:
                self._hear(doc, _object(rest[0]) if rest else {})

    async def _watch(self) -> None:
        """Notice a peer that fell silent: neither a closed socket nor the system's keep-alive tells of it."""
        while True:
            try:
                async with asyncio.timeout(self._patience.tick):
                    await self._ended.wait()
                return
            except TimeoutError:
                self._silent += 1
            if self._silent == self._patience.ping_after:
                with suppress(Down):  # a broken socket ends the reader, which says so
                    await self._say({"msg": "ping"})
            elif self._silent >= self._patience.drop_after:
                log.warning("chat.half_open", silent_for=self._silent * self._patience.tick)
                await self._socket.close()
                return

    async def _say(self, frame: Doc) -> None:
        try:
            await self._socket.send_str(orjson.dumps(frame).decode())
        except (aiohttp.ClientError, OSError) as error:
            raise Down(f"the chat session broke: {error}") from error


class Realtime:
    """Makes sessions; ids are fresh in each, because a re-used one is ignored without a word (2.5)."""

    def __init__(self, account: Account, patience: Patience | None = None) -> None:
        self._account = account
        self._patience = patience or Patience()
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def connect(self, http: aiohttp.ClientSession, hear: Hear) -> AsyncIterator[Session]:
        """A session that is `ready`; raises WireError, Refused among them, if it does not come to that.

        `hear` may be called before this returns: messages are allowed to overtake `ready`.
        """
        url = self._account.at("websocket")
        try:
            async with asyncio.timeout(self._patience.handshake):
                # ws_close: on a dead line the closing handshake would otherwise cost ten seconds.
                socket = await http.ws_connect(
                    "ws" + url.removeprefix("http"),
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                    max_msg_size=_LARGEST,
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Down(f"no chat session with {self._account.url}: {type(error).__name__} {error}") from error
        try:
            session = Session(socket, hear, self._patience, f"messages-{next(self._numbers)}")
            try:
                async with asyncio.timeout(self._patience.handshake):
                    await session.open(self._account)
            except TimeoutError as error:
                raise Down(f"the chat session was not ready within {self._patience.handshake:g} s") from error
            yield session
        finally:
            await socket.close()


def _login_error(error: Doc) -> WireError:
    code, reason = error.get("error"), str(error.get("reason") or "")
    if code == 403:
        return Refused(f"Rocket.Chat does not accept [rocketchat] token: {reason}")
    return _limited(error) or Transient(f"the chat login failed: {code} {reason}")


def _nosub(error: Doc) -> WireError:
    return _limited(error) or Transient(f"the chat subscription ended: {error.get('error') or 'without a reason'}")


def _object(value: Any) -> Doc:
    """What should be an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def _limited(error: Doc) -> WireError | None:
    if error.get("error") != "too-many-requests":
        return None
    told = _object(error.get("details")).get("timeToReset")
    after = told / 1000 if isinstance(told, int | float) else 10.0
    return Transient(f"the chat session is limited for {after:.1f} s", after=max(after, 0.5), refused=True)
