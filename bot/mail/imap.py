"""Mail fetched from a mailbox: waits with IDLE, keeps each message, moves it to the done folder, deletes nothing.

The library is synchronous and runs in a thread of its own; a message is only moved once it is committed, so one
that is fetched twice is recognised at the door.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import re
import shlex
import socket
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import imap_tools
import structlog
from imap_tools.errors import ImapToolsError

from bot import waits
from bot.ports import Down, Refused, WireError

if TYPE_CHECKING:
    from bot.clock import Clock

log = structlog.get_logger()

CONNECT_SECONDS = 20.0
IDLE_SECONDS = 25
"""How long one IDLE lasts before the server is asked whether it is still there; below 45 s."""

TOKEN_SECONDS = 30
AT_ONCE = 20
"""Messages fetched before the mailbox is looked at again."""

_FETCHED = re.compile(rb'INTERNALDATE "([^"]+)"')
Take = Callable[[bytes, datetime | None], Awaitable[bool]]
"""(message, when the server got it) -> whether it is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where mail lies and how we get in: a password, or a command that prints a token."""

    host: str
    port: int
    secure: bool
    user: str
    folder: str
    done_folder: str
    password: str = field(default="", repr=False)
    token_command: str = ""

    @classmethod
    def of(cls, url: str, *, done_folder: str, password: str = "", token_command: str = "") -> Mailbox:
        """Read imaps://user@host[:port]/FOLDER."""
        parts = urlsplit(url)
        secure = parts.scheme == "imaps"
        return cls(
            host=parts.hostname or "", port=parts.port or (993 if secure else 143), secure=secure,
            user=unquote(parts.username or ""), folder=unquote(parts.path.strip("/")) or "INBOX",
            done_folder=done_folder, password=password, token_command=token_command,
        )  # fmt: skip


@dataclass
class ImapDoor:
    """Reads one mailbox until it is cancelled. `take` keeps a message; `changed` hears whether it is reached."""

    mailbox: Mailbox
    take: Take
    clock: Clock
    changed: Callable[[bool], None] = lambda up: None
    tls: ssl.SSLContext | None = None
    idle_seconds: int = IDLE_SECONDS
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    _line: Any = None
    _leaving: Any = None
    _busy: bool = False
    _grumbled: datetime | None = None

    async def run(self) -> None:
        """Read, wait, come back when the line is lost; a refused login is tried every 30 s."""
        wait = waits.FIRST
        try:
            while True:
                try:
                    await self._in_thread(self._enter)
                    self.changed(True)
                    wait = waits.FIRST
                    await self._stay()
                except Refused as error:
                    pause = waits.LOGIN
                    self._said(error)
                except WireError as error:
                    pause, wait = wait, min(wait * 2, waits.LONGEST)
                    self._said(error)
                self.changed(False)
                self._cut()
                await self.clock.sleep(pause)
        finally:
            self._cut()

    def _said(self, error: WireError) -> None:
        """One line in the log a minute."""
        now = self.clock.now()
        if self._grumbled is None or now - self._grumbled >= waits.GRUMBLE:
            self._grumbled = now
            log.warning("mailbox.down", why=str(error))

    async def _stay(self) -> None:
        while True:
            taken = await self._round()
            if not taken:
                self.caught_up.set()
                await self._in_thread(self._wait)

    async def _round(self) -> int:
        """Take what lies there, oldest first; how many that were."""
        uids = await self._in_thread(self._waiting)
        for uid in uids[:AT_ONCE]:
            fetched = await self._in_thread(partial(self._fetch, uid))
            if fetched is None:
                continue  # somebody else took it
            raw, at = fetched
            if not await self.take(raw, at):
                raise Down("a mail could not be kept; it stays in the mailbox")
            await self._in_thread(partial(self._put_away, uid))
        return len(uids)

    # -- in the thread

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        """Run it in a thread that does not hold up the end of the program; raises WireError."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def told(value: Any, error: BaseException | None) -> None:
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(value)

        def body() -> None:
            value, problem = None, None
            try:
                value = work()
            except WireError as error:
                problem = error
            except Exception as error:  # noqa: BLE001 - whatever the library does with half a line, we come back
                problem = Down(f"{self.mailbox.host} stopped talking: {type(error).__name__} {_short(error)}")
            self._busy = False
            if self._leaving is not None:
                _close(self._leaving)
            try:
                loop.call_soon_threadsafe(told, value, problem)
            except RuntimeError:
                return  # the program has ended meanwhile

        self._busy = True
        threading.Thread(target=body, name="imap", daemon=True).start()
        return await done

    def _enter(self) -> None:
        """Connect, log in, make the done folder, open the other."""
        box = self.mailbox
        try:
            if box.secure:
                context = self.tls or ssl.create_default_context()
                line: Any = imap_tools.MailBox(box.host, box.port, timeout=CONNECT_SECONDS, ssl_context=context)
            else:
                line = imap_tools.MailBoxUnencrypted(box.host, box.port, timeout=CONNECT_SECONDS)
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise Down(f"{box.host}:{box.port} cannot be reached: {_short(error)}") from error
        self._line = line
        try:
            if box.token_command:
                line.xoauth2(box.user, token(box.token_command), initial_folder=None)
            else:
                line.login(box.user, box.password, initial_folder=None)
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            raise Refused(f"{box.host} does not accept our login") from error
        if not line.folder.exists(box.done_folder):
            line.folder.create(box.done_folder)
        line.folder.set(box.folder)

    def _waiting(self) -> list[str]:
        found: list[str] = self._line.uids("ALL")
        return sorted(found, key=int)

    def _fetch(self, uid: str) -> tuple[bytes, datetime | None] | None:
        """The bytes of a message and when the server got it; it is not marked as read."""
        status, data = self._line.client.uid("fetch", uid, "(INTERNALDATE BODY.PEEK[])")
        if status != "OK":
            raise Down(f"{self.mailbox.host} does not hand out a message")
        for each in data:
            if isinstance(each, tuple):
                return each[1], _internal_date(b" ".join(piece for piece in data if isinstance(piece, bytes)) + each[0])
        return None

    def _put_away(self, uid: str) -> None:
        self._line.move(uid, self.mailbox.done_folder)

    def _wait(self) -> None:
        """Until the server says that something came, or for a while."""
        if "IDLE" in self._line.client.capabilities:
            self._line.idle.start()
            self._line.idle.poll(timeout=self.idle_seconds)
            self._line.client.sock.settimeout(CONNECT_SECONDS)
            self._line.idle.stop()
        else:
            threading.Event().wait(min(self.idle_seconds, 10))
            self._line.client.noop()

    def _cut(self) -> None:
        """Drop the line, also under a thread that waits on it."""
        line, self._line = self._line, None
        if line is None:
            return
        self._leaving = line  # a thread that waits on it closes it when it wakes
        with contextlib.suppress(OSError, AttributeError):
            line.client.sock.shutdown(socket.SHUT_RDWR)
        if not self._busy:
            _close(line)


def _close(line: Any) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError, imaplib.IMAP4.error):
        line.client.shutdown()


async def look(mailbox: Mailbox, clock: Clock) -> int:
    """Enter once and count what waits, for `doctor`; raises WireError."""
    door = ImapDoor(mailbox=mailbox, take=_nothing, clock=clock)
    try:
        await door._in_thread(door._enter)
        return len(await door._in_thread(door._waiting))
    finally:
        door._cut()


async def _nothing(raw: bytes, at: datetime | None) -> bool:
    return False


def token(command: str) -> str:
    """What the command prints; raises Refused, without its words."""
    try:
        ran = subprocess.run(  # noqa: S603 - the operator's own command, from his own settings
            shlex.split(command), capture_output=True, timeout=TOKEN_SECONDS, check=False, text=True
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Refused(f"oauth2_token_command could not be run: {type(error).__name__}") from None
    said = ran.stdout.strip()
    if ran.returncode or not said:
        raise Refused(f"oauth2_token_command ended with {ran.returncode} and printed no token")
    return said


def _internal_date(said: bytes) -> datetime | None:
    found = _FETCHED.search(said)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, UnicodeDecodeError):
        return None


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
