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

from bot import logs

log = structlog.get_logger()

LARGEST = 64 << 20
"""Bytes of a mail that is taken at all."""

AT_ONCE = 8
"""Mails that are taken at once: each is in memory several times until it is kept. More wait for their turn to hand
over, and what the mail server does not wait for stays in its queue."""

CONNECTIONS = 100
"""Connections at once, as many as Postfix opens by itself; whoever comes besides is asked to come again."""

SILENCE = 300.0
"""Seconds after which a server that says nothing is cut off."""

_DOT, _END = b".\r\n", b"\r\n.\r\n"

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
        self._turns = asyncio.Semaphore(AT_ONCE)

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
        """The mail itself; the answers."""
        content = envelope.original_content
        raw = content if isinstance(content, bytes) else str(content).encode()
        try:
            taken = await self._take(raw, envelope.mail_from or "")
        except Exception as error:  # noqa: BLE001 - the server keeps it and comes again
            log.error("mail_not_taken", error=logs.blame(error))
            taken = False
        return _to_all("250 2.0.0 kept" if taken else "451 4.3.0 not now, please come again", envelope)


def _to_all(said: str, envelope: Envelope) -> str:
    """One answer for each recipient, as LMTP wants it."""
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

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """The mail in large pieces: the library's own way, line by line, holds up everybody for a large mail."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope, session = self.envelope, self.session
        if envelope is None or session is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        async with self._door._turns:
            self._reset_timeout()
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            try:
                content = await self._content()
            except asyncio.CancelledError:  # the server hung up in the middle
                self._writer.close()
                raise
            if content is None:
                said = _to_all("552 5.3.4 too large", envelope)
            else:
                envelope.content = envelope.original_content = content
                said = await self._door.handle_DATA(self, session, envelope)
                del content
            self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push(said)

    async def _content(self) -> bytes | None:
        """All up to the lone dot, which may have more behind it; None when it is larger than we take."""
        pieces: list[bytes] = []
        size, end = 0, b""
        while end != _END and (size, end) != (len(_DOT), _DOT):
            try:
                piece = bytes(await self._reader.readuntil(_DOT))
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.read(error.consumed)
            size, end = size + len(piece), (end + piece[-len(_END) :])[-len(_END) :]
            if size <= LARGEST:
                pieces.append(piece)
            else:
                pieces.clear()
        if size > LARGEST:
            return None
        content = b"".join(pieces)[: -len(_DOT)]
        return (content[1:] if content.startswith(b".") else content).replace(b"\r\n.", b"\r\n")

    def connection_made(self, transport: Any) -> None:
        self._door._open.add(self)
        self._welcome = len(self._door._open) <= CONNECTIONS
        super().connection_made(transport)

    async def _handle_client(self) -> None:
        if self._welcome:
            await super()._handle_client()
        elif self.transport is not None:
            await self.push("421 4.3.2 too many at once, please come again")
            self.transport.close()

    def connection_lost(self, error: Any) -> None:
        self._door._open.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Drop the line."""
        if self.transport is not None:
            self.transport.close()
