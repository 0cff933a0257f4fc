"""A mail server that accepts everything, keeps it, and fails on demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.clock import Now, system_now
from sandbox.letters import Attachment, Mail

__all__ = ["Attachment", "Mail", "MailSink"]


class MailSink:
    """SMTP on a loopback port. `messages` holds all mail in order, `mailboxes` by lower-case recipient."""

    def __init__(self, *, port: int = 0, host: str = "127.0.0.1", now: Now = system_now) -> None:
        self.host, self.port, self._now = host, port, now
        self.messages: list[Mail] = []
        self.mailboxes: dict[str, list[Mail]] = defaultdict(list)
        self.arrived = asyncio.Event()
        self.watch: list[Any] = []
        self._server: asyncio.Server | None = None
        self._open: set[_Wire] = set()
        self._refusals: list[tuple[int, str, str]] = []
        self._drops: list[bool] = []
        self.rejected: dict[str, str] = {}
        """What each of these addresses is answered at RCPT, "550 5.1.1 gone", until it is taken out again."""

    @property
    def url(self) -> str:
        """smtp://127.0.0.1:<port>"""
        return f"smtp://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; the port chosen stays the same for later starts."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Wire(self), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and cut what is open."""
        if self._server is not None:
            self._server.close()
            for wire in list(self._open):
                wire.cut()
            await self._server.wait_closed()
            self._server = None

    # -- faults

    def refuse(self, n: int = 1, code: int = 451, text: str = "try again later", stage: str = "data") -> None:
        """The next n mails get this answer at stage "mail", "rcpt" or "data"."""
        self._refusals += [(code, text, stage)] * n

    def drop_after_data(self, n: int = 1, *, stored: bool = True) -> None:
        """The next n mails are cut off after DATA, before the answer; `stored` says whether they were kept."""
        self._drops += [stored] * n

    async def down(self) -> None:
        """Connections are refused until `up`."""
        await self.stop()

    async def up(self) -> None:
        """Listen again on the same port."""
        if self._server is None:
            await self.start()

    # -- what arrived

    def box(self, address: str) -> list[Mail]:
        """The mails one address got, oldest first."""
        return self.mailboxes.get(address.lower(), [])

    async def wait(self, count: int, seconds: float = 10.0) -> list[Mail]:
        """The mails, once there are at least so many; TimeoutError after so many real seconds."""
        async with asyncio.timeout(seconds):
            while len(self.messages) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.messages

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> Mail:
        """Store a mail."""
        mail = Mail(id=len(self.messages), sender=sender, recipients=tuple(recipients), raw=raw, at=self._now())
        self.messages.append(mail)
        for address in recipients:
            self.mailboxes[address.lower()].append(mail)
        self.arrived.set()
        for watcher in self.watch:
            watcher(mail)
        return mail

    # -- SMTP hooks (names fixed by aiosmtpd)

    def _refused(self, stage: str) -> str | None:
        if self._refusals and self._refusals[0][2] == stage:
            code, text, _ = self._refusals.pop(0)
            return f"{code} {text}"
        return None

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        if answer := self._refused("mail"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        if answer := self._refused("rcpt") or self.rejected.get(address.lower()):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The mail itself."""
        if answer := self._refused("data"):
            return answer
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        drop = self._drops.pop(0) if self._drops else None
        if drop is not False:
            self.keep(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        if drop is not None and isinstance(server, _Wire):
            server.cut()
        return "250 OK: queued"


class _Wire(SMTP):
    """One SMTP connection."""

    def __init__(self, sink: MailSink) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(sink, data_size_limit=64 << 20, enable_SMTPUTF8=True, hostname="sandbox", loop=loop)
        self._sink = sink

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._sink._open.add(self)

    def connection_lost(self, error: Any) -> None:
        self._sink._open.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Cut the connection at once."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()
