"""Builds everything once and runs it: chat, courier, alarm and web as the loops of one TaskGroup.

The alarm starts only after the first catch-up is committed, so that nobody is escalated for an answer given
while the bot was down. SIGTERM drains and stops within 10 s.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import func, select

from bot import heavy, mailroom, nights, outages, waits
from bot import premises as houses
from bot.alarm import Alarm
from bot.almanac import Almanac
from bot.clock import Clock, SystemClock
from bot.config_form import InboundSettings
from bot.courier import Courier
from bot.dispatch import Address
from bot.engine import NoRoster, Outcome
from bot.letters import Letter
from bot.mail.imap import ImapDoor, Mailbox
from bot.mail.lmtp import LmtpDoor
from bot.mail.smtp import Smtp
from bot.memory import Memory
from bot.office import Mails
from bot.ports import Inbound, Refused, WireError
from bot.premises import Premises
from bot.retention import Ages
from bot.rocketchat import Account, Gateway, Rest
from bot.rocketchat.gateway import Manners
from bot.writer import StoreDown
from store import tables
from store.db import SchemaError
from store.seal import KeyFileError
from web import health

log = structlog.get_logger()

ROOMS_EVERY = 60.0
"""Seconds between looks whether a new roster wants new direct rooms."""

DRAIN_SECONDS = 6.0
"""How long a stopping bot goes on sending what it has decided."""

MAIL_FIRST_SECONDS = 10.0
"""How long the alarm waits for the mailbox to be read through once."""

GOODBYE_SECONDS = 1.0
"""How long it takes leave of pages and mail servers after that."""


@dataclass
class Counts:
    """What /metrics tells: letters, deliveries, waiting rows. No names, no texts, nothing about discipline."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.letters = Counter("certdesk_letters", "Letters taken, by verdict", ["verdict"], registry=self.registry)
        self.sent = Counter("certdesk_sent", "Messages delivered, by channel", ["channel"], registry=self.registry)
        self.waiting = Gauge("certdesk_outbox_waiting", "Outbox rows not delivered yet", registry=self.registry)
        self.timers = Gauge("certdesk_timers_open", "Timers armed", registry=self.registry)


@dataclass
class App:
    """One running certdesk. `ready` is called once, when nothing said is lost any more."""

    premises: Premises
    clock: Clock
    account: Account
    smtp: str
    sender: Address
    listen: str = ""
    inbound: InboundSettings | None = None
    night: str = "02:30"
    ages: Ages = field(default_factory=Ages)
    ready: Callable[[], None] = lambda: None
    counts: Counts = field(default_factory=Counts)
    manners: Manners = field(default_factory=Manners)
    lmtp: LmtpDoor | None = field(default=None, init=False)
    imap: ImapDoor | None = field(default=None, init=False)

    # -- doors

    async def hear(self, lines: Sequence[Inbound]) -> None:
        """Chat lines become letters; returns once they are committed."""
        receipts = await self.premises.writer.accept([letter(line) for line in lines])
        for receipt in receipts:
            self.counts.letters.labels(receipt.verdict).inc()

    async def keep(self, raw: bytes, at: datetime | None = None, envelope: str | None = None) -> bool:
        """A mail becomes a letter; True once row and raw message are committed, False when it must come again."""
        assert self.inbound is not None
        now, authserv = self.clock.now(), self.inbound.authserv_id

        def read() -> Letter:
            found = mailroom.letter(raw, min(at or now, now), authserv, envelope, now=now)
            return mailroom.sealed(found, self.premises.seal, self.premises.engine.setting().roster)

        mail = await asyncio.to_thread(read)
        try:
            mail = await heavy.laid_down(mail, self.premises.seal, self.premises.writer.run)
            receipts = await self.premises.writer.accept([mail])
        except StoreDown as error:
            log.error("store_down", error=str(error))
            return False
        for receipt in receipts:
            self.counts.letters.labels(receipt.verdict).inc()
        return True

    def _heard(self, outcome: Outcome) -> None:
        """Called in the writer thread after each commit."""
        self._loop.call_soon_threadsafe(self._after_commit, outcome)

    def _after_commit(self, outcome: Outcome) -> None:
        self.courier.drop(outcome.withdrawn)
        self.courier.take(outcome.notes)
        if outcome.next_due is not None:
            self.alarm.ring()

    # -- life

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Run until cancelled, or until `stop` is set; then drain. Raises Refused, NoRoster."""
        self._loop = asyncio.get_running_loop()
        house = self.premises
        house.writer.heard = self._heard
        house.writer.start()
        if self.inbound is not None:
            house.engine.mails = mails_of(self.inbound)
        try:
            await house.writer.run(house.engine.refresh)
            async with Rest(self.account, self.clock) as rest:
                await self._run_wires(rest, stop or asyncio.Event())
        finally:
            await house.writer.stop()

    async def _run_wires(self, rest: Rest, stop: asyncio.Event) -> None:
        house = self.premises
        self.smtp_port = Smtp(self.smtp)
        memory = Memory(house.writer)
        self.gateway = Gateway(
            rest,
            accept=self.hear,
            memory=memory,
            clock=self.clock,
            channels=self._channels,
            on_session=self._session,
            manners=self.manners,
        )
        self.courier = Courier(
            writer=house.writer,
            renderer=house.renderer,
            seal=house.seal,
            clock=self.clock,
            office=self.premises.engine.setting,
            ports={"chat": self.gateway, "mail": self.smtp_port},
            sender=self.sender,
            sent=lambda note, parcel: self.counts.sent.labels(note.channel).inc(),
            desk=ThreadPoolExecutor(1, "papers"),
        )
        self.alarm = Alarm(house.writer, self.clock, Almanac(engine=house.engine))
        await self.courier.begin()
        runner = await self._serve()
        await self._open_mail()
        try:
            async with asyncio.TaskGroup() as group:
                chat = group.create_task(self.gateway.run(), name="chat")
                loops = [
                    chat,
                    group.create_task(self.courier.run(), name="courier"),
                    group.create_task(self._after_ready(), name="alarm"),
                    group.create_task(self._reach_mail(), name="mail"),
                    *([group.create_task(self.imap.run(), name="imap")] if self.imap else []),
                ]
                await stop.wait()
                await self._drain(chat)
                for loop in loops:
                    loop.cancel()
        finally:
            if self.lmtp is not None:
                await self.lmtp.stop()
            await self.courier.stop()
            if runner is not None:
                await runner.cleanup()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.smtp_port.close()

    async def _open_mail(self) -> None:
        """The door by which mail comes in, where there is one."""
        inbound = self.inbound
        if inbound is None:
            return
        self.premises.engine.mailbox = self.sender.email.lower()
        self.premises.renderer.by_mail = True
        if inbound.lmtp:
            self.lmtp = LmtpDoor(inbound.lmtp, lambda raw, envelope: self.keep(raw, envelope=envelope))
            await self.lmtp.start()
        else:
            self.imap = ImapDoor(mailbox=mailbox_of(inbound), take=self.keep, clock=self.clock)

    async def _after_ready(self) -> None:
        await self.gateway.ready.wait()
        self.ready()
        if self.imap is not None:  # nobody is escalated for an answer that lies in the mailbox
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MAIL_FIRST_SECONDS):
                    await self.imap.caught_up.wait()
        log.info("ready")
        await self._beat()  # before anything falls due: what was missed while we were away is known
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beats(), name="beats")
            group.create_task(self.alarm.run(), name="alarm")
            group.create_task(self._follow_roster(), name="roster")
            group.create_task(self._retain(), name="retention")

    async def _beat(self) -> None:
        """Note that chat is heard now."""
        with contextlib.suppress(StoreDown):
            await self.premises.writer.run(lambda connection: outages.beat(connection, self.clock.now()))

    async def _beats(self) -> None:
        """Note it as long as it is so."""
        while True:
            await self.clock.sleep(outages.BEAT)
            if self.gateway.up:
                await self._beat()

    async def _retain(self) -> None:
        """Every night what has been kept long enough goes, a little at a time."""
        while True:
            now = self.clock.now()
            night = nights.next_night(nights.zone_of(self.premises), self.night, now)
            await self.clock.sleep((night - now).total_seconds())
            with contextlib.suppress(StoreDown):
                await nights.clean(self.premises, self.ages, self.clock)

    async def _follow_roster(self) -> None:
        """A new roster moves open duties and makes its direct rooms now, not when two hundred prompts are due."""
        known: frozenset[str] = frozenset()
        run, moved = self.premises.writer.run, 0
        while True:
            with contextlib.suppress(WireError, StoreDown):  # tried again in a minute
                roster = (await run(self.premises.engine.refresh)).roster
                version = await run(houses.roster_version)
                if version != moved:  # asking who has open duties looks at all of them
                    if letters := await run(lambda connection: houses.moves(connection, self.clock.now())):
                        await self.premises.writer.accept(letters)
                    moved = version
                people = frozenset((*roster.people, *roster.agents))
                if missing := sorted(people - known):
                    self.gateway.look_again()
                    failed = await self.gateway.create_directs(missing)
                    known = people - frozenset(failed)
            await self.clock.sleep(ROOMS_EVERY)

    async def _drain(self, chat: asyncio.Task[None]) -> None:
        """Hear nothing more, finish what was decided."""
        chat.cancel()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.courier.idle()

    async def _reach_mail(self) -> None:
        """Until the mail server was reached once; whether it is there later, the courier learns by sending."""
        wait = waits.FIRST
        while True:
            try:
                await self.smtp_port.greet()
            except WireError as error:
                if self.courier.down("mail"):
                    log.warning("mail.down", why=str(error))
                await self.clock.sleep(wait)
                wait = min(wait * 2, waits.LONGEST)
            else:
                break
        await self.courier.back("mail")

    def _session(self) -> None:
        """A chat session is up: what waited for one goes now."""
        self._ringing = self._loop.create_task(self.courier.back("chat"))

    def _channels(self) -> list[str]:
        roster = self.premises.engine.setting().roster
        return [*roster.channels.values(), *(klass.channel for klass in roster.classes.values())]

    # -- the open pages

    async def _serve(self) -> web.AppRunner | None:
        if not self.listen:
            return None
        host, _, port = self.listen.rpartition(":")
        application = health.application(self._wires_up, self.measure, self.counts.registry)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=GOODBYE_SECONDS)
        await runner.setup()
        await web.TCPSite(runner, host or "127.0.0.1", int(port)).start()
        return runner

    def _wires_up(self) -> dict[str, bool]:
        """Which wires are up; `mailbox` only where mail is fetched from one."""
        wires = {"chat": self.gateway.up, "mail": self.courier.up("mail")}
        return wires if self.imap is None else {**wires, "mailbox": self.imap.up}

    def measure(self) -> None:
        """Count what waits, for the metrics page."""
        with self.premises.database.reading() as connection:
            self.counts.waiting.set(connection.execute(select(func.count()).where(tables.outbox.c.open)).scalar() or 0)
            self.counts.timers.set(connection.execute(select(func.count()).where(tables.timers.c.open)).scalar() or 0)


def mails_of(inbound: InboundSettings) -> Mails:
    """How much is taken from mail, as the settings say."""
    return Mails(
        duplicate_hours=inbound.duplicate_hours,
        stale_hours=inbound.stale_hours,
        per_hour=inbound.per_hour,
        asked_per_hour=inbound.asked_per_hour,
        away_days=inbound.away_days,
        cover_days=inbound.cover_days,
    )


def mailbox_of(inbound: InboundSettings) -> Mailbox:
    """Where mail is read, as the settings say."""
    return Mailbox.of(
        inbound.imap,
        done_folder=inbound.done_folder,
        password=inbound.password,
        token_command=inbound.oauth2_token_command,
    )


def letter(line: Inbound) -> Letter:
    """A chat line as a letter."""
    return Letter(
        source=line.source,
        kind="chat",
        at=line.at,
        actor=line.actor,
        actor_id=line.actor_id,
        room=line.room,
        text=line.text,
        thread=line.thread or "",
        files=line.files,
        edited=line.edited,
        encrypted=line.encrypted,
    )


def run(settings: Any) -> int:
    """`certdesk run`: 0 after a clean stop, 1 with one line on standard error when it cannot work."""
    try:
        house = houses.open_premises(
            url=settings.database.url,
            key_file=Path(settings.security.key_file),
            clock=SystemClock(),
            policies=Path(settings.policies) if settings.policies else None,
            papers=settings.papers,
            per_minute=settings.chat.per_minute,
        )
    except (SchemaError, KeyFileError) as error:
        print(f"certdesk: {error}", file=sys.stderr)
        return 1
    app = App(
        premises=house,
        clock=SystemClock(),
        account=Account(
            url=settings.rocketchat.url, user_id=settings.rocketchat.user_id, token=settings.rocketchat.secret_token
        ),
        smtp=settings.mail.smtp,
        sender=Address(name="certdesk", email=settings.mail.sender),
        listen=settings.web.listen,
        inbound=settings.mail.inbound,
        night=settings.retention.at,
        ages=nights.ages_of(settings.retention),
        ready=lambda: print("ready", flush=True),
    )
    try:
        asyncio.run(_until_told(app))
    except BaseExceptionGroup as group:
        return _explain(first(group))
    except (NoRoster, OSError) as error:
        return _explain(error)
    finally:
        house.close()
    return 0


def _explain(error: BaseException) -> int:
    """One line for the operator; anything that is not his to mend is raised again."""
    if not isinstance(error, Refused | NoRoster | OSError):
        raise error
    place = (
        "[rocketchat] token: "
        if isinstance(error, Refused)
        else "[web] listen or [mail.inbound] lmtp: "
        if isinstance(error, OSError)
        else ""
    )
    print(f"certdesk: {place}{error}", file=sys.stderr)
    return 1


def first(group: BaseExceptionGroup[Any]) -> BaseException:
    """The first error inside a group."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _until_told(app: App) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await app.run(stop)
