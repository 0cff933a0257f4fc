"""Mail fetched from a mailbox: waits with IDLE, keeps each message, moves it to the done folder, deletes nothing.

The library is synchronous and runs in a thread of its own (`bot/mail/mailbox.py`); a message is only moved once it
is committed, so one that is fetched twice is recognised at the door.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot import logs, waits
from bot.mail.mailbox import Line, Mailbox, short, token
from bot.ports import Down, Refused, Transient, WireError

if TYPE_CHECKING:
    from bot.clock import Clock

__all__ = ["ImapDoor", "Mailbox", "look", "token"]

log = structlog.get_logger()

IDLE_SECONDS = 25
"""How long one IDLE lasts before the server is asked whether it is still there; below 45 s."""

AT_ONCE = 20
"""Messages fetched before the mailbox is looked at again."""

REFUSALS = 2
"""After so many times that the server keeps a message back it is set aside."""

AGAIN = timedelta(hours=1)
"""After so long a message that was set aside is tried once more; at the next line too, when that is sooner."""

Take = Callable[[bytes, datetime | None], Awaitable[bool]]
"""(message, when the server got it) -> whether it is committed."""


@dataclass
class ImapDoor:
    """Reads one mailbox until it is cancelled. `take` keeps a message; `up` says whether the mailbox is reached."""

    mailbox: Mailbox
    take: Take
    clock: Clock
    tls: ssl.SSLContext | None = None
    idle_seconds: int = IDLE_SECONDS
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    up: bool = False
    _line: Line | None = None
    _leaving: Line | None = None
    _busy: bool = False
    _odd: dict[str, datetime] = field(default_factory=dict)
    _kept_back: dict[str, int] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)
    _grumbled: datetime | None = None

    async def run(self) -> None:
        """Read, wait, come back when the line is lost; a refused login is tried every 30 s."""
        wait = waits.FIRST
        try:
            while True:
                try:
                    await self._in_thread(self._enter)
                    self.up = True
                    log.info("mailbox.up", folder=self.mailbox.folder, done_folder=self._there.done)
                    self._odd.clear()
                    await self._round()
                    wait = waits.FIRST
                    await self._stay()
                except Refused as error:
                    pause = waits.LOGIN
                    self._said(error)
                except WireError as error:
                    pause, wait = wait, min(wait * 2, waits.LONGEST)
                    self._said(error)
                self.up = False
                self._cut()
                await self.clock.sleep(pause)
        finally:
            self.up = False
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
        """Take what lies there, oldest first; how many that were, without those that are tried once more."""
        tried = self.clock.now() - AGAIN
        there = await self._in_thread(self._waiting)
        uids = [uid for uid in there if uid not in self._odd or self._odd[uid] <= tried]
        again = 0
        for uid in uids[:AT_ONCE]:
            try:
                fetched = await self._in_thread(partial(self._fetch, uid))
            except Transient as error:
                if not error.refused:
                    raise
                again += self._refused(uid)
                continue
            if fetched is None:
                self._odd[uid] = self.clock.now()  # somebody else took it; we do not go on asking
                continue
            raw, at = fetched
            try:
                kept = await self.take(raw, at)
            except Exception as error:  # noqa: BLE001 - one nobody can read must not hold up those behind it
                self._set_aside(uid, logs.blame(error))
                continue
            if not kept:
                raise Down("a mail could not be kept; it stays in the mailbox")
            await self._in_thread(partial(self._put_away, uid))
            self._odd.pop(uid, None)
            self._kept_back.pop(uid, None)
        return len(uids) - again

    def _refused(self, uid: str) -> bool:
        """The server keeps a message back; whether it is asked for once more before it is set aside."""
        self._kept_back[uid] = self._kept_back.get(uid, 0) + 1
        if self._kept_back[uid] < REFUSALS:
            return True
        self._set_aside(uid, "the server does not hand it out")
        return False

    def _set_aside(self, uid: str, why: str) -> None:
        """Those behind it go on; named in the log once."""
        self._odd[uid] = self.clock.now()
        if uid not in self._named:
            self._named.add(uid)
            log.error("mail_not_taken", uid=uid, error=why)

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
                said = short(error)
                said = "" if "unexpected" in said else f" {said}"  # what comes out of turn may be a piece of a mail
                problem = Down(f"{self.mailbox.host} stopped talking: {type(error).__name__}{said}")
            self._busy = False
            if self._leaving is not None:
                self._leaving.close()
            try:
                loop.call_soon_threadsafe(told, value, problem)
            except RuntimeError:
                return  # the program has ended meanwhile

        self._busy = True
        threading.Thread(target=body, name="imap", daemon=True).start()
        return await done

    def _enter(self) -> None:
        """Connect, log in, open the folder."""
        line = self._line = Line(self.mailbox, self.tls)
        line.enter()

    def _waiting(self) -> list[str]:
        return self._there.waiting()

    def _fetch(self, uid: str) -> tuple[bytes, datetime | None] | None:
        return self._there.fetch(uid)

    def _put_away(self, uid: str) -> None:
        self._there.put_away(uid)

    def _wait(self) -> None:
        self._there.wait(self.idle_seconds)

    @property
    def _there(self) -> Line:
        if self._line is None:
            raise Down("the line was cut")
        return self._line

    def _cut(self) -> None:
        """Drop the line, also under a thread that waits on it."""
        line, self._line = self._line, None
        if line is None:
            return
        self._leaving = line  # a thread that waits on it closes it when it wakes
        line.shut()
        if not self._busy:
            line.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look into the mailbox found: how many wait, the done folder's name here, whether it was made now."""

    waiting: int
    done: str
    made: bool


async def look(mailbox: Mailbox, clock: Clock) -> Seen:
    """Enter once as `run` does, for `doctor`; raises WireError."""
    door = ImapDoor(mailbox=mailbox, take=_nothing, clock=clock)
    try:
        await door._in_thread(door._enter)
        waiting = len(await door._in_thread(door._waiting))
        return Seen(waiting, door._there.done, door._there.made)
    finally:
        door._cut()


async def _nothing(raw: bytes, at: datetime | None) -> bool:
    return False
