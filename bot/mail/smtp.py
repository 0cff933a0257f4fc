"""The mail wire out: ready bytes to one SMTP server over a few kept connections.

How a server's words become our errors:

    no connection, greeting or handshake        Down
    530, 534, 535, 538; no AUTH, no STARTTLS    Refused
    4xx                                         Transient(refused=True)
    5xx to the sender, all recipients, DATA     Permanent
    4xx or 5xx to some recipients               PartlyRefused, after the others got it
    silence or a drop once talking              Transient; after DATA the mail may have arrived,
                                                and its Message-ID makes the repeat recognisable
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import errors

from bot.mail.compose import checked_email
from bot.ports import Down, Permanent, RawMail, Refused, Transient, WireError

CONNECTIONS = 4
CONNECT_SECONDS = 10.0
"""For each of connecting, greeting and logging in."""
ANSWER_SECONDS = 30.0
"""For one answer of the server; below the 45 s within which a half-open socket must be noticed."""
FRESH_SECONDS = 20.0
"""A connection that rested longer is asked with NOOP before it is used."""
NOOP_SECONDS = 5.0

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_NO_LOGIN = (530, 534, 535, 538)


class PartlyRefused(Permanent):
    """The recipients fared differently; those that are not named here have the mail.

    `refused` maps each bare address that will never get it to the server's sentence, `later` each one
    the server refused for now (4xx): send to those again and to nobody else. Either may be empty.
    """

    def __init__(self, text: str, *, refused: dict[str, str], later: dict[str, str]) -> None:
        super().__init__(text)
        self.refused = refused
        self.later = later


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail goes: scheme smtp, smtp+starttls or smtps; user and password or both None."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> Server:
        """Read smtp://, smtp+starttls:// or smtps://[user:password@]host[:port]; ValueError, without the secret."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            raise ValueError(f"mail.smtp: the scheme is one of {', '.join(_PORTS)}, not {parts.scheme!r}")
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("mail.smtp: write scheme://[user:password@]host[:port] and nothing else")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:
            raise ValueError("mail.smtp: the port is a number from 1 to 65535") from None
        user, password = (unquote(word) if word is not None else None for word in (parts.username, parts.password))
        if (user is None) != (password is None):
            raise ValueError("mail.smtp: user and password go together")
        return cls(scheme=parts.scheme, host=parts.hostname, port=port, user=user, password=password)

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"


@dataclass(slots=True)
class _Line:
    """A kept connection and the loop's time (s) at which it was last used; `used` once a mail went over it."""

    client: aiosmtplib.SMTP
    rested: float
    used: bool = False


class Smtp:
    """The MailPort over SMTP. Connections open when needed, at most `connections`, and are kept until `close`."""

    def __init__(
        self, url: str, *, connections: int = CONNECTIONS, helo: str = "", tls: ssl.SSLContext | None = None,
        answer_seconds: float = ANSWER_SECONDS, fresh_seconds: float = FRESH_SECONDS,
    ) -> None:  # fmt: skip
        """`url` as `Server.of` reads it (ValueError); `helo` is our own host name, the machine's unless given."""
        self.server = Server.of(url)
        self._helo = helo or re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()) or "localhost"
        self._tls = tls
        self._answer_seconds = answer_seconds
        self._fresh_seconds = fresh_seconds
        self._places = asyncio.Semaphore(connections)
        self._resting: list[_Line] = []

    async def send(self, mail: RawMail) -> None:
        """Hand the mail to the server; raises WireError as the top of this file says."""
        _check(mail)
        async with self._places:
            line = await self._line()
            try:
                try:
                    await self._greet(line, mail)
                except (errors.SMTPServerDisconnected, errors.SMTPTimeoutError, errors.SMTPSenderRefused) as lost:
                    if not line.used or getattr(lost, "code", 421) != 421:
                        raise
                    line.client.close()  # the server hung up while it rested; nothing was handed over yet
                    line = await self._open()
                    await self._greet(line, mail)
                kept, refused = await self._offer(line, mail)
                if kept:
                    await line.client.data(mail.content)
            except errors.SMTPResponseException as answer:
                await self._forget(line)
                raise _meaning(answer.code, answer.message) from answer
            except (errors.SMTPException, OSError) as lost:
                line.client.close()
                raise Transient(f"{self.server.host} stopped talking: {_sentence(str(lost))}") from lost
            except BaseException:
                line.client.close()
                raise
            if not kept:
                await self._forget(line)
            else:
                self._rest(line)
        _judge(refused, bool(kept))

    async def greet(self) -> None:
        """Connect, say EHLO and log in, as before a mail; raises WireError."""
        self._rest(await self._line())

    async def close(self) -> None:
        """Say goodbye on every resting connection; the next send opens new ones."""
        while self._resting:
            client = self._resting.pop().client
            try:
                await client.quit(timeout=NOOP_SECONDS)
            except (errors.SMTPException, OSError):
                client.close()

    async def _line(self) -> _Line:
        """A connection that was alive a moment ago, or a new one."""
        while self._resting:
            line = self._resting.pop()
            if not line.client.is_connected:
                line.client.close()
                continue
            if self._now() - line.rested <= self._fresh_seconds:
                return line
            try:
                await line.client.noop(timeout=NOOP_SECONDS)
            except (errors.SMTPException, OSError):
                line.client.close()
                continue
            return line
        return await self._open()

    async def _open(self) -> _Line:
        server = self.server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.scheme == "smtps",
            start_tls=server.scheme == "smtp+starttls",
            tls_context=self._tls,
            local_hostname=self._helo,
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except errors.SMTPAuthenticationError as answer:
            if answer.code < 500:
                raise Transient(_answer(answer.code, answer.message), refused=True) from answer
            raise Refused(f"{server.host} does not accept our login: {_sentence(answer.message)}") from answer
        except (errors.SMTPResponseException, errors.SMTPConnectError, errors.SMTPServerDisconnected) as lost:
            raise Down(f"{server.host}:{server.port} cannot be reached: {_sentence(str(lost))}") from lost
        except (errors.SMTPTimeoutError, OSError) as lost:
            raise Down(f"{server.host}:{server.port} cannot be reached: {_sentence(str(lost))}") from lost
        except errors.SMTPException as unfit:  # no AUTH, no STARTTLS: an operator must change the url or the server
            raise Refused(f"{server.host}: {_sentence(unfit.message)}") from unfit
        client.timeout = self._answer_seconds
        return _Line(client, self._now())

    async def _greet(self, line: _Line, mail: RawMail) -> None:
        """MAIL FROM, with the size for a server that wants to know it."""
        size = [f"SIZE={len(mail.content)}"] if line.client.supports_extension("size") else []
        await line.client.mail(mail.sender, options=size)

    async def _offer(self, line: _Line, mail: RawMail) -> tuple[list[str], dict[str, tuple[int, str]]]:
        """The recipients the server took, and what it said to the others."""
        kept: list[str] = []
        refused: dict[str, tuple[int, str]] = {}
        for recipient in mail.recipients:
            try:
                await line.client.rcpt(recipient)
                kept.append(recipient)
            except errors.SMTPRecipientRefused as answer:
                if answer.code in (421, *_NO_LOGIN):  # meant for the connection, not for the recipient
                    raise
                refused[recipient] = (answer.code, answer.message)
        return kept, refused

    async def _forget(self, line: _Line) -> None:
        """Leave the half-said mail and keep the connection, if the server lets us."""
        try:
            await line.client.rset()
        except (errors.SMTPException, OSError):
            line.client.close()
        else:
            self._rest(line)

    def _rest(self, line: _Line) -> None:
        line.rested, line.used = self._now(), True
        self._resting.append(line)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _check(mail: RawMail) -> None:
    """Addresses as strict as when composing; the library would quietly read one out of "a@b.c>, ..."."""
    if not mail.recipients:
        raise Permanent("the mail has no recipient")
    try:
        for address in (mail.sender, *mail.recipients):
            checked_email(address, "envelope")
    except ValueError as wrong:
        raise Permanent(str(wrong)) from None


def _judge(refused: dict[str, tuple[int, str]], some_got_it: bool) -> None:
    """Raise what the refusals of single recipients amount to; nothing when there were none."""
    if not refused:
        return
    never = {who: _answer(*answer) for who, answer in refused.items() if answer[0] >= 500}
    later = {who: _answer(*answer) for who, answer in refused.items() if answer[0] < 500}
    text = "; ".join(f"{who}: {said}" for who, said in {**never, **later}.items())
    if some_got_it or (never and later):
        raise PartlyRefused(text, refused=never, later=later)
    raise Permanent(text) if never else Transient(text, refused=True)


def _meaning(code: int, message: str) -> WireError:
    """The error a whole-mail answer amounts to."""
    if code in _NO_LOGIN:
        return Refused(_answer(code, message))
    if code >= 500:
        return Permanent(_answer(code, message))
    return Transient(_answer(code, message), refused=code >= 400)


def _answer(code: int, message: str) -> str:
    return f"{code} {_sentence(message)}".strip()


def _sentence(text: str) -> str:
    """What a server said, on one line of at most 300 characters, safe to store."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:300]
