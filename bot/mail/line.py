"""One kept connection to an SMTP server, from after the login on: commands in, answers out, in order.

Where the server allows it (PIPELINING, RFC 2920) a mail's commands go out together and cost one journey instead of
one each. Judges no answer; what an answer means for a mail is `smtp.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

LONGEST_ANSWER = 32_768
"""Bytes of one answer, all its lines; whoever says more is no mail server."""

PIECE = 262_144
"""Bytes of a mail handed to the socket at once; the answer time begins anew with each."""

BYTES_A_SECOND = 200_000
"""The answer to a mail may take so much longer for its size: servers look into it."""

GOODBYE = 421

Answer = tuple[int, str]
"""What the server said: code and text, several lines as one."""


class Lost(Exception):
    """The connection is gone, or the server silent or no mail server; the text is one sentence."""


class Line(asyncio.Protocol):
    """The client's end of a session. Takes over a transport that is past greeting, TLS and login."""

    def __init__(self, transport: asyncio.Transport, *, pipelining: bool, sized: bool, seconds: float) -> None:
        """`pipelining` and `sized`: what the server offers; `seconds`: how long one answer may take."""
        self.pipelining, self.sized = pipelining, sized
        self._seconds = seconds
        self._transport = transport
        self._buffer = b""
        self._text: list[str] = []
        self._heard: deque[Answer] = deque()
        self._lost: Lost | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        transport.set_protocol(self)

    @property
    def open(self) -> bool:
        """Whether it can be used: up, and nothing said that nobody asked for."""
        return self._lost is None and not self._transport.is_closing() and not self._heard and not self._buffer

    async def ask(self, commands: Iterable[str]) -> list[Answer]:
        """The answers to these commands, in order; fewer when one of them is 421, the server's goodbye. Raises Lost."""
        lines = [_line(command) for command in commands]
        if not self.pipelining:
            answers: list[Answer] = []
            for line in lines:
                self._write(line)
                answers += await self._answers(1, self._seconds)
                if answers[-1][0] == GOODBYE:
                    break
            return answers
        self._write(b"".join(lines))
        return await self._answers(len(lines), self._seconds)

    async def deliver(self, content: bytes) -> Answer:
        """Hand over a mail after DATA was answered by 354; what the server says to it. Raises Lost."""
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        stuffed += b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"
        for start in range(0, len(stuffed), PIECE):
            self._write(stuffed[start : start + PIECE])
            if not self._writable.is_set():
                await self._flushed()
        (answer,) = await self._answers(1, self._seconds + len(content) / BYTES_A_SECOND)
        return answer

    def close(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._lost is not None or self._transport.is_closing():
            raise self._lost or Lost("the connection is closed")
        self._transport.write(data)

    async def _flushed(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._writable.wait()
        except TimeoutError:
            raise Lost("the server took nothing more") from None
        if self._lost is not None:
            raise self._lost

    async def _answers(self, count: int, seconds: float) -> list[Answer]:
        found: list[Answer] = []
        try:
            async with asyncio.timeout(seconds):
                while len(found) < count:
                    while self._heard and len(found) < count:
                        found.append(self._heard.popleft())
                        if found[-1][0] == GOODBYE:
                            self._lost = Lost("the server said goodbye")
                            self._transport.abort()
                            return found
                    if len(found) < count:
                        if self._lost is not None:
                            raise self._lost
                        self._waiter = asyncio.get_running_loop().create_future()
                        await self._waiter
        except TimeoutError:
            raise Lost("no answer in time") from None
        finally:
            self._waiter = None
        return found

    # -- hooks of asyncio

    def data_received(self, data: bytes) -> None:
        """Answers, or pieces of them."""
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self._read(line)
        if len(self._buffer) > LONGEST_ANSWER:
            self._give_up("an answer without end")
        if self._heard:
            self._wake()

    def _read(self, line: bytes) -> None:
        code, dash = line[:3], line[3:4]
        if not code.isdigit() or len(code) != 3 or sum(map(len, self._text)) > LONGEST_ANSWER:
            self._give_up(f"not an answer of a mail server: {line[:60].decode('ascii', 'replace')!r}")
            return
        self._text.append(line[4:].decode("utf-8", "replace").strip())
        if dash != b"-":
            self._heard.append((int(code), "\n".join(self._text)))
            self._text = []

    def _give_up(self, why: str) -> None:
        self._lost = self._lost or Lost(why)
        self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits hears of it."""
        self._lost = self._lost or Lost(f"the connection was closed{f': {exc}' if exc else ''}")
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        """The socket is full."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """There is room again."""
        self._writable.set()


def _line(command: str) -> bytes:
    """One command; one that would be two is a fault of ours."""
    if any(char < " " or char == "\x7f" for char in command):
        raise ValueError("a command of several lines")
    return command.encode("ascii") + b"\r\n"
