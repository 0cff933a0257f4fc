"""Mail handed over by the mail server of the house: "250" is only said when row and raw message are committed.

Speaks LMTP on a local address; whoever may connect there may hand over mail, and its Authentication-Results are
judged as the mail server wrote them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

log = structlog.get_logger()

LARGEST = 64 << 20
"""Bytes of a mail that is taken at all."""

SILENCE = 300.0
"""Seconds after which a server that says nothing is cut off."""

Take = Callable[[bytes, str | None], Awaitable[bool]]
"""(message, envelope sender) -> whether it is committed; False asks the server to come again."""


class LmtpDoor:
    """Listens on HOST:PORT. `take` keeps a mail."""

    def __init__(self, address: str, take: Take) -> None:
        host, _, port = address.rpartition(":")
        self.host, self.port = host.strip("[]") or "127.0.0.1", int(port)
        self._take = take
        self._server: asyncio.Server | None = None
        self._open: set[_Wire] = set()

    async def start(self) -> None:
        """Listen; raises OSError when the address is taken. A port of 0 is chosen and kept."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Wire(self), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Take nothing more; what was not answered is handed over again by the server."""
        if self._server is None:
            return
        self._server.close()
        for wire in list(self._open):
            wire.cut()
        await self._server.wait_closed()
        self._server = None

    async def handle_DATA(self, server: LMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The mail itself: one answer for each recipient, as LMTP wants it."""
        content = envelope.original_content
        raw = content if isinstance(content, bytes) else str(content).encode()
        try:
            taken = await self._take(raw, envelope.mail_from or "")
        except Exception as error:
            log.error("mail_not_taken", error=type(error).__name__, exc_info=error)
            taken = False
        said = "250 2.0.0 kept" if taken else "451 4.3.0 not now, please come again"
        return "\r\n".join([said] * max(1, len(envelope.rcpt_tos)))


class _Wire(LMTP):
    """One connection. Longer lines than the protocol's are a sender's fault, and no reason to lose his mail."""

    line_length_limit = 4 << 20

    def __init__(self, door: LmtpDoor) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            door, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="certdesk", ident="certdesk LMTP",
            timeout=SILENCE, loop=loop,
        )  # fmt: skip
        self._door = door

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._door._open.add(self)

    def connection_lost(self, error: Any) -> None:
        self._door._open.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Drop the line."""
        if self.transport is not None:
            self.transport.close()
