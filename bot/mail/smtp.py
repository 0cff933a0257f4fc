"""The mail wire out: ready bytes to one SMTP server over a few kept connections.

How a server's words become our errors:

    no connection, greeting or handshake        Down
    530, 534, 535, 538; no AUTH, no STARTTLS    Refused
    4xx                                         Transient(refused=True)
    5xx to the sender or DATA                   Permanent
    all recipients refused, for good or now     AllRefused (Permanent), Deferred (Transient)
    4xx or 5xx to some recipients               PartlyRefused, after the others got it
    552, 5.3.4, or more than its SIZE           TooLarge
    silence or a drop once talking              Transient
    the same after DATA                         Unanswered (Transient): the mail may have arrived, and its
                                                Message-ID makes the repeat recognisable
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import errors

from bot.mail.compose import checked_email
from bot.mail.line import Answer, Line, Lost
from bot.ports import Down, Permanent, RawMail, Refused, Transient, WireError

CONNECTIONS = 3
"""As many as the strictest of the large servers allows one account; a kill doubles no more mails than that."""
CONNECT_SECONDS = 10.0
"""For each of connecting, greeting and logging in."""
ANSWER_SECONDS = 30.0
"""For one answer of the server; below the 45 s within which a half-open socket must be noticed."""
FRESH_SECONDS = 20.0
"""A connection that rested longer is asked with NOOP before it is used."""
NOOP_SECONDS = 5.0

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_NO_LOGIN = (530, 534, 535, 538)
TAKEN = (250, 251, 252)
"""What a server says to a recipient it takes."""


class PartlyRefused(Permanent):
    """The recipients fared differently; those that are not named here have the mail.

    `refused` maps each bare address that will never get it to the server's sentence, `later` each one
    the server refused for now (4xx): send to those again and to nobody else. Either may be empty.
    """

    def __init__(self, text: str, *, refused: dict[str, str], later: dict[str, str]) -> None:
        super().__init__(text)
        self.refused = refused
        self.later = later


class AllRefused(Permanent):
    """No recipient will ever get it: `refused` as above."""

    def __init__(self, text: str, *, refused: dict[str, str]) -> None:
        super().__init__(text)
        self.refused = refused


class Deferred(Transient):
    """Every recipient was refused for now: `later` as above."""

    def __init__(self, text: str, *, later: dict[str, str]) -> None:
        super().__init__(text, refused=True)
        self.later = later


class Unanswered(Transient):
    """The mail was handed over and no answer came: it may have arrived, so it is not to be repeated in haste."""


class TooLarge(Permanent):
    """The mail is larger than the server takes; `most` is how many bytes it takes, where it said so."""

    def __init__(self, text: str, *, most: int | None = None) -> None:
        super().__init__(text)
        self.most = most


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
        self._resting: list[tuple[Line, float]] = []
        """Each with the loop's time (s) since when it rests."""
        self._most: int | None = None
        """The largest mail the server takes, in bytes, as it last said."""

    async def send(self, mail: RawMail) -> None:
        """Hand the mail to the server; raises WireError as the top of this file says."""
        _check(mail)
        async with self._places:
            line, rested = await self._line()
            try:
                try:
                    said = await self._offer(line, mail)
                    gone = rested and said[-1][0] == 421
                except Lost:
                    gone = rested
                    if not gone:
                        raise
                if gone:  # the server hung up while it rested; nothing was handed over yet
                    line.close()
                    line = await self._open()
                    said = await self._offer(line, mail)
                refused = await self._settle(line, mail, said)
            except Lost as lost:
                line.close()
                raise Transient(f"{self.server.host} stopped talking: {_sentence(str(lost))}") from lost
            except WireError:
                await self._forget(line)
                raise
            except BaseException:
                line.close()
                raise
            if len(refused) == len(mail.recipients):
                await self._forget(line)
            else:
                self._rest(line)
        _judge(refused, len(refused) < len(mail.recipients))

    async def greet(self) -> None:
        """Connect, say EHLO and log in, as before a mail; raises WireError."""
        self._rest((await self._line())[0])

    async def close(self) -> None:
        """Say goodbye on every resting connection; the next send opens new ones."""
        while self._resting:
            line, _ = self._resting.pop()
            with contextlib.suppress(Lost, TimeoutError):
                async with asyncio.timeout(NOOP_SECONDS):
                    await line.ask(["QUIT"])
            line.close()

    async def _line(self) -> tuple[Line, bool]:
        """A connection that was alive a moment ago and True, or a new one and False."""
        while self._resting:
            line, since = self._resting.pop()
            if line.open and (self._now() - since <= self._fresh_seconds or await self._answers(line)):
                return line, True
            line.close()
        return await self._open(), False

    @staticmethod
    async def _answers(line: Line) -> bool:
        try:
            async with asyncio.timeout(NOOP_SECONDS):
                return (await line.ask(["NOOP"]))[0][0] == 250
        except (Lost, TimeoutError):
            return False

    async def _open(self) -> Line:
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
        transport = client.protocol.transport if client.protocol is not None else None
        if transport is None or transport.is_closing():
            raise Down(f"{server.host}:{server.port} cannot be reached: it hung up after the greeting")
        size = client.esmtp_extensions.get("size", "").strip() if client.supports_extension("size") else None
        self._most = int(size) if size and size.isdigit() and int(size) else None
        return Line(
            cast(asyncio.Transport, transport),
            pipelining=client.supports_extension("pipelining"),
            sized=size is not None,
            seconds=self._answer_seconds,
        )

    async def _offer(self, line: Line, mail: RawMail) -> list[Answer]:
        """What the server says to MAIL, each RCPT and, if it may be sent along, DATA; it ends with a 421."""
        if self._most is not None and len(mail.content) > self._most:
            raise TooLarge(f"552 {self.server.host} takes {self._most} bytes, not {len(mail.content)}", most=self._most)
        size = f" SIZE={len(mail.content)}" if line.sized else ""
        commands = [f"MAIL FROM:<{mail.sender}>{size}", *(f"RCPT TO:<{each}>" for each in mail.recipients)]
        return await line.ask([*commands, "DATA"] if line.pipelining else commands)

    async def _settle(self, line: Line, mail: RawMail, said: list[Answer]) -> dict[str, Answer]:
        """Send the mail to the recipients the server took; what it said to the others."""
        answers = dict(zip(mail.recipients, said[1:], strict=False))
        refused = {who: answer for who, answer in answers.items() if answer[0] not in TAKEN}
        whole = [said[0]] if said[0][0] != 250 else [each for each in said if each[0] in (421, *_NO_LOGIN)]
        begin = said[-1] if line.pipelining else None
        if whole:  # meant for the mail or the connection, not for a recipient
            if begin is not None and begin[0] == 354:
                line.close()  # what we say next would be taken for a mail
            raise _meaning(*whole[0])
        if len(refused) == len(answers):
            if begin is not None and begin[0] == 354:
                await line.deliver(b"")  # it would take a mail for nobody
            return refused
        if begin is None:
            (begin,) = await line.ask(["DATA"])
        if begin[0] != 354:
            raise _meaning(*begin)
        try:
            answer = await line.deliver(mail.content)
        except Lost as lost:
            line.close()  # what it says later would be taken for an answer to something else
            raise Unanswered(f"{self.server.host} stopped talking: {_sentence(str(lost))}") from lost
        if answer[0] != 250:
            raise _meaning(*answer)
        return refused

    async def _forget(self, line: Line) -> None:
        """Leave the half-said mail and keep the connection, if the server lets us."""
        try:
            (answer,) = await line.ask(["RSET"])
        except Lost:
            line.close()
        else:
            self._rest(line) if answer[0] == 250 else line.close()

    def _rest(self, line: Line) -> None:
        self._resting.append((line, self._now()))

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
    raise AllRefused(text, refused=never) if never else Deferred(text, later=later)


def _meaning(code: int, message: str) -> WireError:
    """The error a whole-mail answer amounts to."""
    if code in _NO_LOGIN:
        return Refused(_answer(code, message))
    if message.startswith(("5.3.4", "5.2.3")) or (code == 552 and not message.startswith("5.2.2")):  # 5.2.2: full
        return TooLarge(_answer(code, message))
    if code >= 500:
        return Permanent(_answer(code, message))
    return Transient(_answer(code, message), refused=code >= 400)


def _answer(code: int, message: str) -> str:
    return f"{code} {_sentence(message)}".strip()


def _sentence(text: str) -> str:
    """What a server said, on one line of at most 300 characters, safe to store: no database keeps a NUL."""
    seen = "".join(char for char in text.encode("utf-8", "replace").decode() if char.isprintable() or char.isspace())
    return " ".join(seen.split())[:300]
