"""When the server pings and when it gives a silent client up (PROTOCOL 2.3). Real time, not the workspace's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.ddp import Session


class Heartbeat:
    """Every `interval` s: a ping if nothing was heard since the last tick; `timeout` s later the socket closes."""

    def __init__(self, session: Session, interval: float, timeout: float) -> None:
        self._session, self._interval, self._timeout = session, interval, timeout
        self._seen = False
        self._tick: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to count; a timeout of 0 or less means no heartbeat at all."""
        if self._interval > 0:
            self._tick = asyncio.get_running_loop().call_later(self._interval, self._beat)

    def heard(self) -> None:
        """Any inbound frame counts as a pong."""
        self._seen = True
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def stop(self) -> None:
        """The socket is gone."""
        for handle in (self._tick, self._end):
            if handle is not None:
                handle.cancel()
        self._tick = self._end = None

    def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._seen and self._end is None and not self._session.mute:
            self._session.send({"msg": "ping"})
            self._end = loop.call_later(self._timeout, self._give_up)
        self._seen = False
        self._tick = loop.call_later(self._interval, self._beat)

    def _give_up(self) -> None:
        if not self._session.mute:
            self._session.close(4000 if self._session.streamer else 1000)
