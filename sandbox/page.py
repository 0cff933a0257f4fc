"""The demo page: one person after another, their rooms, their mailbox, and a clock that can be moved.

Serves the static files at / and JSON under /sandbox/; a POST must be JSON, so that no foreign page can make one.
"""

from __future__ import annotations

import asyncio
import inspect
from base64 import b64decode
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web

from sandbox import views
from sandbox.live import Live
from sandbox.mailroom import Mailroom
from sandbox.wire import ChatError, Doc

if TYPE_CHECKING:
    from sandbox.server import Sandbox

STATIC = Path(__file__).with_name("static")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json"}
INLINE = {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", "text/calendar"}
BIGGEST = 10_000_000
"""Bytes of one file that is posted from the page."""
MORNING = time(8, 0)
"""When "next morning" is, site time; weekends are passed over."""

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def add_routes(app: web.Application, sandbox: Sandbox) -> None:
    """Put the page on the sandbox's server."""
    page = Page(sandbox)
    get, post = app.router.add_get, app.router.add_post
    get("/", page.static)
    get("/mails", page.mails)
    get("/static/{name}", page.static)
    get("/sandbox/state", page.state)
    get("/sandbox/rooms", page.rooms)
    get("/sandbox/messages", page.messages)
    get("/sandbox/mailbox", page.mailbox)
    get("/sandbox/letters", page.letters)
    get("/sandbox/mail/{id:\\d+}", page.mail)
    get("/sandbox/mail/{id:\\d+}/{n:\\d+}", page.mail_file)
    get("/sandbox/file/{id}", page.file)
    get("/sandbox/events", page.live.events)
    for deed in (page.say, page.press, page.clock, *page.deeds):
        post(f"/sandbox/{deed.__name__}", partial(page.act, deed))
    app.on_shutdown.append(page.live.close)


class Page:
    """Handlers; each speaks of a person by the key of the cast."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.box = sandbox
        self.live = Live(sandbox.chat.hub, sandbox.mail)
        self._moving = asyncio.Lock()
        room = Mailroom(sandbox)
        self.deeds = (room.write, room.again, room.bounce, room.auto)

    # -- looking

    async def static(self, request: web.Request) -> web.Response:
        """The page's own files."""
        return self._static(request.match_info.get("name", "index.html"))

    async def mails(self, request: web.Request) -> web.Response:
        """The page that shows every mail the bot can write."""
        return self._static("mails.html")

    async def letters(self, request: web.Request) -> web.Response:
        """Every such mail: {"spec", "name", "template", "note", "recipients", "subject", "text", "html"}."""
        if self.box.letters is None:
            raise web.HTTPNotFound
        return _json(await asyncio.to_thread(self.box.letters))

    def _static(self, name: str) -> web.Response:
        path = STATIC / name
        if path.parent != STATIC or path.suffix not in TYPES or not path.is_file():
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer"}
        return web.Response(body=path.read_bytes(), content_type=TYPES[path.suffix], charset="utf-8", headers=headers)

    async def state(self, request: web.Request) -> web.Response:
        """The clock and the cast."""
        box = self.box
        return _json(
            {
                "now": int(box.chat.now().timestamp() * 1000),
                "tz": box.tz,
                "clock": box.advance is not None,
                "bot": box.bot,
                "bot_email": box.bot_email if box.receive is not None else "",
                "run": box.run,
                "letters": box.letters is not None,
                "people": views.people(box.chat, box.mail, list(box.cast)),
            }
        )

    async def rooms(self, request: web.Request) -> web.Response:
        """A person's rooms, the direct one with the bot among them."""
        person = self._person(request.query.get("as", ""))
        user = self.box.chat.find_user(person.get("username") or "")
        bot = self.box.chat.find_user(self.box.bot)
        if user is None:
            return _json([])
        if bot is not None:
            self.box.chat.direct(user, bot)
        return _json(views.rooms(user, self.box.bot))

    async def messages(self, request: web.Request) -> web.Response:
        """A room as one person sees it; seeing it is reading it, unless `peek`."""
        user = self.box.chat.user(str(self._person(request.query.get("as", "")).get("username")))
        room = self.box.chat.rooms.get(request.query.get("room", ""))
        if room is None or not self.box.chat.can_access(user, room):
            raise web.HTTPNotFound
        if "peek" not in request.query:
            self.box.chat.read(user, room)
        return _json(views.messages(self.box.chat, room, user))

    async def mailbox(self, request: web.Request) -> web.Response:
        """A person's mail, newest first; with `sent`, what he wrote himself."""
        person = self._person(request.query.get("as", ""))
        sent = "sent" in request.query
        found = views.sent(self.box.mail, person) if sent else views.mailbox(self.box.mail, person)
        return _json([views.mail_line(m, views.key_of(person), sent=sent) for m in reversed(found)])

    async def mail(self, request: web.Request) -> web.Response:
        """One mail, read by `as`."""
        mail = self._mail(request)
        mail.read_by.add(request.query.get("as", ""))
        return _json(views.mail_page(mail))

    async def mail_file(self, request: web.Request) -> web.Response:
        """An attachment."""
        files, n = self._mail(request).attachments, int(request.match_info["n"])
        if n >= len(files):
            raise web.HTTPNotFound
        return _file(files[n].name, files[n].type, files[n].content, request)

    async def file(self, request: web.Request) -> web.Response:
        """A file posted in chat."""
        file = self.box.chat.uploads.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        return _file(file["name"], file["type"], file["content"], request)

    # -- acting

    async def act(self, what: Any, request: web.Request) -> web.Response:
        """One deed from a JSON body; a person's mistake is {"error": sentence} with status 409."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        try:
            return _json(await what(orjson.loads(await request.read())))
        except ChatError as error:
            return _json({"error": error.reason or error.message}, status=409)
        except (LookupError, ValueError) as error:
            return _json({"error": str(error.args[0] if error.args else error)}, status=409)

    async def say(self, body: Doc) -> Doc:
        """{"as", "room", "text", "thread"?, "files"?: [{"name", "type", "base64"}]}: room is an id, "#name" or
        "@username"."""
        files = [(str(f["name"]), str(f["type"]), b64decode(f["base64"], validate=True)) for f in body.get("files", ())]
        if not str(body["text"]).strip() and not files:
            raise ValueError("nothing to say")
        if any(len(content) > BIGGEST for _, _, content in files):
            raise ValueError("a file may have 10 MB here")
        room = self.box.room(body["room"], self.box.chat.user(body["as"]))
        id = self.box.say(body["as"], room.id, body["text"], body.get("thread") or None, files)
        return {"id": id, "room": room.id}

    async def press(self, body: Doc) -> Doc:
        """{"as", "label", "message"?}: without a message, the newest button so labelled that the person sees."""
        if body.get("message"):
            id = self.box.press(body["as"], body["message"], body["label"])
        else:
            id = self.box.press_newest(body["as"], body["label"])
        return {"id": id, "room": self.box.chat.messages[id]["rid"]}

    async def clock(self, body: Doc) -> Doc:
        """{"advance": seconds | "next_morning"} through the callback the demo gave; one move after another."""
        if self.box.advance is None:
            raise ValueError("this clock cannot be moved")
        async with self._moving:
            now, by = self.box.chat.now(), body["advance"]
            step = until_morning(now, self.box.tz) if by == "next_morning" else timedelta(seconds=float(by))
            if step < timedelta(0):
                raise ValueError("time runs forwards")
            moved = self.box.advance(step)
            if inspect.isawaitable(moved):
                await moved
        self.live.tell({"kind": "clock"})
        return {"now": int(self.box.chat.now().timestamp() * 1000)}

    def _person(self, key: str) -> Doc:
        for person in self.box.cast:
            if views.key_of(person) == key:
                return person
        raise web.HTTPNotFound

    def _mail(self, request: web.Request) -> Any:
        id = int(request.match_info["id"])
        if id >= len(self.box.mail.messages):
            raise web.HTTPNotFound
        return self.box.mail.messages[id]


def until_morning(now: datetime, tz: str) -> timedelta:
    """How far off 08:00 of the next weekday is, site time."""
    zone = ZoneInfo(tz)
    day = now.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo) - now


def _json(doc: Any, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=orjson.dumps(doc), content_type="application/json", status=status, headers=headers)


def _file(name: str, kind: str, content: bytes, request: web.Request) -> web.Response:
    """A download; harmless kinds may be looked at in the browser."""
    shown = kind in INLINE and "download" not in request.query
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=content, content_type=kind if shown else "application/octet-stream", headers=headers)
