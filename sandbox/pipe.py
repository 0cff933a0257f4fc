"""The sending half of a websocket: a queue, one writer, and the ways a wire can die."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from aiohttp import WSMsgType, web

from sandbox.faults import Faults
from sandbox.wire import Doc, ddp_json

log = logging.getLogger("sandbox.ddp")


class Pipe:
    """Frames out, in order. `mute` is a half-open socket: it stays, and nothing passes any more."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.ws = web.WebSocketResponse(heartbeat=None, autoping=True, compress=False, max_msg_size=4 << 20)
        self.mute = False
        self.held: list[bytes] = []
        self._out: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._closing: int | None = None
        self._request: web.Request | None = None

    def start_writing(self) -> asyncio.Task[None]:
        """Begin to send what is queued."""
        writer = asyncio.create_task(self._write())
        writer.add_done_callback(_swallow)
        return writer

    def push(self, frame: bytes) -> None:
        """Queue a frame as it is."""
        if not self.mute:
            self._out.append(frame)
            self._more.set()

    def push_event(self, frame: bytes) -> None:
        """Queue a stream event, unless a fault repeats, loses or overtakes with it."""
        for copy in self.faults.on_event(frame):
            self.push(copy)
        if self.held:
            held, self.held = self.held, []
            for late in held:
                self.push(late)

    def send(self, doc: Doc) -> None:
        """Queue a frame."""
        self.push(ddp_json(doc))

    def close(self, code: int = 1000) -> None:
        """Close after what is queued has gone."""
        self._closing = code
        self._more.set()

    def abort(self) -> None:
        """Cut the wire without a word."""
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()

    def freeze(self) -> None:
        """Become half-open: the socket stays, but nothing is read or sent any more."""
        self.mute = True
        self._out.clear()
        if self._request is not None and self._request.transport is not None:
            self._request.transport.pause_reading()

    async def _write(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._out:
                await self.ws.send_frame(self._out.popleft(), WSMsgType.TEXT)
            if self._closing is not None:
                await self.ws.close(code=self._closing)
                return


def _swallow(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.debug("socket gone while writing: %r", error)
