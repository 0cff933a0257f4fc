"""The whole sandbox: chat server, mail sink, and the hands of the people in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox import page
from sandbox.chat import Chat
from sandbox.clock import Chance, Now, system_now
from sandbox.ddp import Session
from sandbox.faults import Faults
from sandbox.hands import Hands
from sandbox.mail import MailSink
from sandbox.rest import Rest
from sandbox.wire import Doc, Version

Advance = Callable[[timedelta], Any]
"""Moves the shared clock forward; the demo passes it in."""


Receive = Callable[[str, bytes], Any]
"""Takes a mail to the bot (envelope sender, message) and may say what the bot found; the demo passes it in."""


Letters = Callable[[], Sequence[Doc]]
"""Every mail the bot can write, with example facts, for the page that shows them; the demo passes it in."""


class Sandbox(Hands):
    """A Rocket.Chat look-alike and a mail sink on loopback ports.

    `now` is shared with the bot under test; `heartbeat` is (interval, timeout) in real seconds; `smtp_port`
    None means no mail server; `seed` makes ids repeatable. For the chat page: `cast` (username, name, title,
    group, emails of each person, in order), `advance` to move the clock, `tz` of the site, `bot`'s username and
    address, `receive` for mail to it, `letters` for the page of every mail.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        smtp_port: int | None = 0,
        version: str = "8.9.0",
        now: Now = system_now,
        heartbeat: tuple[float, float] = (15.0, 15.0),
        streamer: bool = False,
        unrecognized_commands: bool = True,
        cast: Sequence[Doc] = (),
        advance: Advance | None = None,
        tz: str = "UTC",
        bot: str = "certdesk",
        bot_email: str = "certdesk@example.com",
        receive: Receive | None = None,
        letters: Letters | None = None,
        seed: int | None = None,
    ) -> None:
        self.host, self.port = "127.0.0.1", port
        chat = Chat(now, Version.of(version), Chance(seed))
        chat.settings["Message_AllowUnrecognizedSlashCommand"] = unrecognized_commands
        super().__init__(chat)
        self.cast, self.advance, self.tz, self.bot = cast, advance, tz, bot
        self.bot_email, self.receive, self.letters = bot_email, receive, letters
        self.run = chat.chance.id()
        """Tells one start of the sandbox from another, so that the page forgets its tour."""
        self.sessions: set[Session] = set()
        self.faults = Faults(chat, self.sessions)
        self.faults.on_switch(self._down, self._up)
        self.mail = MailSink(port=smtp_port or 0, now=now)
        self._with_mail = smtp_port is not None
        self._streamer, self._heartbeat = streamer, heartbeat
        self._rest = Rest(chat, self.faults)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @property
    def url(self) -> str:
        """http://127.0.0.1:<port>, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen for chat and mail; ports are chosen now if they were 0."""
        app = web.Application(client_max_size=128 << 20)
        app.router.add_get("/websocket", self._websocket)
        app.router.add_route("*", "/api/v1/{path:.+}", self._rest.handle)
        app.router.add_route("*", "/api/{path:info}", self._rest.handle)
        app.router.add_get("/file-upload/{id}/{name}", self._file)
        page.add_routes(app, self)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5, handle_signals=False)
        await self._runner.setup()
        await self._up()
        self.chat.settings["Site_Url"] = self.url
        if self._with_mail:
            await self.mail.start()

    async def stop(self) -> None:
        """Cut everything and close the ports."""
        for session in list(self.sessions):
            session.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = self._site = None
        await self.mail.stop()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _down(self) -> None:
        if self._site is not None:
            await self._site.stop()
            self._site = None
        for session in list(self.sessions):
            session.abort()
        server = self._runner.server if self._runner is not None else None
        for connection in list(server.connections) if server is not None else ():
            connection.force_close()

    async def _up(self) -> None:
        if self._site is None and self._runner is not None:
            self._site = web.TCPSite(self._runner, self.host, self.port)
            await self._site.start()
            self.port = self._runner.addresses[0][1]

    async def _websocket(self, request: web.Request) -> web.StreamResponse:
        session = Session(self.chat, self.faults, streamer=self._streamer, heartbeat=self._heartbeat)
        self.sessions.add(session)
        try:
            return await session.run(request)
        finally:
            self.sessions.discard(session)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A download, with the headers of a client or the cookies of a browser."""
        file = self.chat.uploads.get(request.match_info["id"])
        token = request.headers.get("X-Auth-Token") or request.cookies.get("rc_token", "")
        user = self.chat.by_token.get(token)
        if file is None:
            raise web.HTTPNotFound
        if user is None or not self.chat.can_access(user, self.chat.rooms[file["rid"]]):
            raise web.HTTPForbidden
        return web.Response(body=file["content"], content_type=file["type"])
