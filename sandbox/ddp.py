"""One websocket session: connect, login, sub, unsub, ping, as Meteor's server does it (PROTOCOL 2).

With `streamer` it behaves like the microservice server instead (table 2.1). Methods other than login, logout
and typing answer 404: after 9.0 nothing else may be relied on, so a client that calls them fails here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from sandbox import ddp_login, ddp_subs
from sandbox.chat import Chat
from sandbox.faults import Faults
from sandbox.heartbeat import Heartbeat
from sandbox.limits import DdpLimiter
from sandbox.people import User
from sandbox.pipe import Pipe
from sandbox.streams import Sub
from sandbox.wire import ChatError, Doc, ddp_json


class Session(Pipe):
    """The server's side of one socket. Frames in are handled strictly in order, pings at once."""

    def __init__(self, chat: Chat, faults: Faults, *, streamer: bool, heartbeat: tuple[float, float]) -> None:
        super().__init__(faults)
        self.chat, self.streamer = chat, streamer
        self.user: User | None = None
        self.token: str | None = None
        self.connected = False
        self.subs: dict[str, Sub] = {}
        self._waiting: deque[Doc] = deque()
        self._limiter = DdpLimiter()
        self._heart = Heartbeat(self, *heartbeat)

    # -- in

    async def run(self, request: web.Request) -> web.WebSocketResponse:
        """Serve the socket until it ends."""
        self._request = request
        await self.ws.prepare(request)
        writer = self.start_writing()
        if self.streamer:
            self.send({"msg": "server_id", "server_id": "0"})
        self._heart.start()
        try:
            async for message in self.ws:
                if message.type is WSMsgType.TEXT and not self.mute:
                    self._heart.heard()
                    self._receive(message.data)
        finally:
            self._heart.stop()
            writer.cancel()
            self.logout()
        return self.ws

    def _receive(self, raw: str) -> None:
        try:
            frame = orjson.loads(raw)
        except orjson.JSONDecodeError:
            self._protocol_error("Parse error", raw)
            return
        if not isinstance(frame, dict) or not isinstance(frame.get("msg"), str):
            self._protocol_error("Bad request", frame)
        elif frame["msg"] == "connect":
            self._connect(frame)
        elif not self.connected:
            self._protocol_error("Must connect first", frame)
        elif frame["msg"] == "ping":
            self.send({"msg": "pong"} | ({"id": frame["id"]} if "id" in frame else {}))
        elif frame["msg"] != "pong":
            self._waiting.append(frame)
            if len(self._waiting) == 1:
                self._work()

    def _work(self) -> None:
        while self._waiting:
            if (delay := self.faults.method_delay(self._waiting[0])) > 0:
                asyncio.get_running_loop().call_later(delay, self._work)
                return
            self._handle(self._waiting[0])
            self._waiting.popleft()

    def _handle(self, frame: Doc) -> None:
        kind = frame["msg"]
        if kind == "method":
            if isinstance(frame.get("id"), str) and isinstance(frame.get("method"), str):
                self._method(frame["id"], frame["method"], frame.get("params") or [])
            else:
                self._protocol_error("Malformed method invocation", frame)
        elif kind == "sub":
            if isinstance(frame.get("id"), str) and isinstance(frame.get("name"), str):
                self._sub(frame["id"], frame["name"], frame.get("params") or [])
            else:
                self._protocol_error("Malformed subscription", frame)
        elif kind == "unsub":
            known = self.subs.pop(str(frame.get("id")), None)
            if known is not None:
                self.chat.hub.remove(known)
            if known is not None or not self.streamer:
                self.send({"msg": "nosub", "id": frame.get("id")})
        else:
            self._protocol_error("Bad request", frame)

    def _connect(self, frame: Doc) -> None:
        if self.connected:
            self._protocol_error("Already connected", frame)
        elif frame.get("version") != "1" and not self.streamer:
            self.send({"msg": "failed", "version": "1"})
            self.close()
        else:
            self.connected = True
            self.send({"msg": "connected", "session": self.chat.chance.id()})

    def _protocol_error(self, reason: str, frame: Any) -> None:
        if self.streamer:
            self.close(1002)
        else:
            self.send({"msg": "error", "reason": reason, "offendingMessage": frame})

    # -- methods and subs

    def _method(self, id: str, name: str, params: list[Any]) -> None:
        refused = self._limiter.refuses(name, asyncio.get_running_loop().time())
        answer: Doc = {"msg": "result", "id": id}
        try:
            if refused:
                raise refused
            result = ddp_login.call(self, name, params)
            if result is not None:
                answer["result"] = result
        except ChatError as error:
            answer["error"] = error.meteor()
        updated = {"msg": "updated", "methods": [id]}
        for frame in (answer, updated) if self.streamer else (updated, answer):
            self.send(frame)

    def _sub(self, id: str, name: str, params: list[Any]) -> None:
        if id in self.subs:
            return  # a live id again: no ready, no nosub, for ever
        try:
            if refused := self.faults.on_sub() or self._limiter.refuses(name, asyncio.get_running_loop().time()):
                raise refused
            sub = ddp_subs.open_sub(self, id, name, params)
        except ChatError as error:
            self.send({"msg": "nosub", "id": id, "error": error.meteor()})
            return
        self.subs[id] = sub
        self.chat.hub.add(sub)
        if not sub.args:
            fields = {"eventName": sub.event}
            self.send({"msg": "added", "collection": name, "id": "id", "fields": fields})
        ready = ddp_json({"msg": "ready", "subs": [id]})
        if self.faults.holds_ready():
            self.held.append(ready)
        elif not self.faults.loses_ready():
            self.push(ready)

    def logout(self) -> None:
        """Forget the user and every subscription."""
        for sub in self.subs.values():
            self.chat.hub.remove(sub)
        self.subs.clear()
        self.user = self.token = None
