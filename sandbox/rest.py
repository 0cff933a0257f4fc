"""The way of one REST request: faults, route, token, rate limit, schema, action, answer.

Bodies are exactly `application/json`; every answer carries X-Instance-ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox import api, rest_admin, rest_chat, rest_files, rest_mine, rest_rooms, rest_sync, rest_users
from sandbox.chat import Chat
from sandbox.faults import Faults
from sandbox.faults_rest import HTML, Spoil
from sandbox.limits import RestLimiter, limit_headers, too_many
from sandbox.wire import ChatError, Doc, rest_json

if TYPE_CHECKING:
    from sandbox.people import User

REGISTERED = (rest_admin, rest_chat, rest_files, rest_mine, rest_rooms, rest_sync, rest_users)
"""Importing them fills the table of routes."""


class Rest:
    """Answers everything under /api/."""

    def __init__(self, chat: Chat, faults: Faults) -> None:
        self.chat, self.faults = chat, faults
        self.instance = chat.chance.id()
        self.limiter = RestLimiter(sends_per_second=chat.version.at_least(8, 8))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request to one answer."""
        path = request.match_info["path"]
        spoil = self.faults.take(path) if self.faults.rest else None
        if spoil is not None and (early := await self._spoilt(request, spoil)) is not None:
            return early
        answer = await self._answer(request, path)
        if spoil is not None and spoil.kind == "after":
            _cut(request)
        return answer

    async def _answer(self, request: web.Request, path: str) -> web.Response:
        name, *tail = path.split("/")
        route = api.ROUTES.get((request.method, name))
        if route is None:
            return self.json(404, {"success": False, "error": "Resource not found"})
        user = self._who(request)
        if user is None and route.auth:
            return self.json(401, api.not_logged_in(self.chat))
        headers: dict[str, str] = {}
        call = api.Call(
            chat=self.chat,
            faults=self.faults,
            user=user or self.chat.cat,
            token=request.headers.get("X-Auth-Token", ""),
            tail=tail,
            query=dict(request.query),
        )
        try:
            if route.limited and not self._exempt(call, name):
                address = request.remote or ""
                now = self.chat.at()
                headers, over = self.limiter.count(address, name, now, self.chat.settings)
                if over:
                    raise over
            await _read(request, call)
            route.check(call, call.query if request.method == "GET" else call.body)
            return self.json(200, {**route.handler(call), "success": True}, headers)
        except api.Bare as bare:
            return self.json(bare.status, bare.doc, headers)
        except ChatError as error:
            return self.json(*api.refusal(self.chat, error), headers)

    def _who(self, request: web.Request) -> User | None:
        user = self.chat.by_token.get(request.headers.get("X-Auth-Token", ""))
        same = user is not None and user.id == request.headers.get("X-User-Id") and user.active
        return user if same else None

    def _exempt(self, call: api.Call, name: str) -> bool:
        if not self.chat.settings["API_Enable_Rate_Limiter"]:
            return True
        if self.faults.limit_everybody:
            return False
        many = name == "chat.sendMessage" and self.chat.version.at_least(8, 8)
        return self.chat.may(call.user, "api-bypass-rate-limit") or (
            many and self.chat.may(call.user, "send-many-messages")
        )

    async def _spoilt(self, request: web.Request, spoil: Spoil) -> web.Response | None:
        if spoil.kind == "429":
            reset = self.chat.at() + int(spoil.seconds * 1000)
            error = too_many(int(spoil.seconds * 1000))
            return self.json(*api.refusal(self.chat, error), limit_headers(5, 0, reset))
        if spoil.kind == "before":
            await request.read()
            _cut(request)
            return web.Response(status=500)
        if spoil.kind == "hang":
            await self.faults.wait(spoil.seconds)
        if spoil.kind == "fail" and spoil.html:
            title = f"{spoil.status} {'Bad Gateway' if spoil.status == 502 else 'Server Error'}"
            return web.Response(status=spoil.status, text=HTML.format(title), content_type="text/html")
        if spoil.kind == "fail":
            return self.json(spoil.status, {"success": False, "error": "Internal server error"})
        return None

    def json(self, status: int, doc: Doc, headers: dict[str, str] | None = None) -> web.Response:
        """A JSON answer with Rocket.Chat's headers."""
        all_headers = {"Content-Type": "application/json", "X-Instance-ID": self.instance, **(headers or {})}
        return web.Response(status=status, body=rest_json(doc), headers=all_headers)


async def _read(request: web.Request, call: api.Call) -> None:
    """The body: JSON, or the `file` part of a form."""
    if request.method == "GET":
        return
    if request.content_type == "multipart/form-data":
        form = await request.post()
        part: Any = form.get("file")
        if isinstance(part, web.FileField):
            call.upload = api.Upload(part.filename, part.content_type, part.file.read())
        return
    raw = await request.read()
    if not raw:
        return
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ChatError("invalid-json", "Invalid JSON", plain=True) from None
    if not isinstance(body, dict):
        raise call.invalid("must be object")
    call.body = body


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
