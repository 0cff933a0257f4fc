"""Server-sent events for the chat page: only what changed and where, so that the page asks again."""

from __future__ import annotations

import asyncio

import orjson
from aiohttp import web

from sandbox.letters import Mail
from sandbox.mail import MailSink
from sandbox.rooms import Room
from sandbox.streams import Hub
from sandbox.wire import Doc


class Live:
    """All open event streams."""

    def __init__(self, hub: Hub, mail: MailSink) -> None:
        self._streams: set[asyncio.Queue[Doc | None]] = set()
        hub.watch.append(self._heard)
        mail.watch.append(self._arrived)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """One page listening until it leaves or the server stops."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        stream = web.StreamResponse(headers=headers)
        await stream.prepare(request)
        queue: asyncio.Queue[Doc | None] = asyncio.Queue()
        self._streams.add(queue)
        try:
            await stream.write(b": welcome\n\n")
            while (event := await queue.get()) is not None:
                await stream.write(b"data: " + orjson.dumps(event) + b"\n\n")
        except ConnectionResetError:
            pass  # the page went away
        finally:
            self._streams.discard(queue)
        return stream

    def tell(self, event: Doc) -> None:
        """Send an event to every page."""
        for queue in self._streams:
            queue.put_nowait(event)

    async def close(self, _: web.Application) -> None:
        """End the streams, so that the server can stop."""
        for queue in self._streams:
            queue.put_nowait(None)

    def _heard(self, kind: str, room: Room | None, doc: Doc) -> None:
        if self._streams:
            self.tell({"kind": kind, "room": room.id if room else "", "id": doc.get("_id", "")})

    def _arrived(self, mail: Mail) -> None:
        self.tell({"kind": "mail", "id": mail.id})
