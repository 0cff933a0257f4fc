"""`certdesk demo`: the sandbox, the bot and two seeded classes in one process, and one URL to open.

The only room that knows both the bot and the sandbox. The clock, shared by both, starts on Tuesday
10:00 of the younger class's first week; what happened before then was played through the same engine.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import logs, outages, preview_mails
from bot.app import App
from bot.clock import Clock, HandClock, ShiftedClock
from bot.config_form import InboundSettings
from bot.demo import postman
from bot.demo.cast import cast, seed
from bot.demo.past import Past
from bot.dispatch import Address
from bot.mail.compose import checked_email
from bot.premises import open_premises
from bot.roster import read_roster
from bot.script import Script, read_script
from sandbox.server import Sandbox
from sandbox.writing import AUTHSERV_ID

SANDBOX = Path(__file__).parents[2] / "sandbox"
CLASS, YESTERDAY = SANDBOX / "class.toml", SANDBOX / "yesterday.toml"
START = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
"""Tuesday of the seeded week, 10:00 in Denver."""

BOT_EMAIL = "certdesk@example.com"

TRIES = 100
"""How often a walk looks whether what is due there has been seen to."""


@dataclass
class Stage:
    """The one clock: standing while the past is played, then running from START, and moved by the page's buttons."""

    script: Script
    app: App | None = None

    def __post_init__(self) -> None:
        self.past = HandClock(self.script.start)
        self.clock: Clock = self.past

    def now(self) -> datetime:
        """What time it is on the stage."""
        return self.clock.now()

    async def advance(self, by: timedelta) -> None:
        """Walk there, stopping wherever something falls due."""
        target, app, idle = self.now() + by, self.app, 0
        while app is not None and (due := await app.alarm.next()) is not None and due <= target and idle < TRIES:
            await self._jump(due)
            if await app.alarm.fire():
                idle = 0
            else:  # the alarm itself was quicker, and is at work on it
                idle += 1
                await self.clock.sleep(0.02)
            await app.courier.idle()
        await self._jump(target)
        if app is not None:
            app.alarm.ring()
            app.courier.ring()

    async def receive(self, sender: str, raw: bytes) -> str:
        """A mail written on the page comes in by the bot's own door; what it found."""
        return await postman.deliver(self.app, BOT_EMAIL, sender, raw) if self.app is not None else ""

    async def _jump(self, to: datetime) -> None:
        """A moved clock is not an outage: nobody was away in between."""
        assert isinstance(self.clock, ShiftedClock)
        self.clock.advance(max(to - self.now(), timedelta()))
        if self.app is not None:
            await self.app.premises.writer.run(lambda connection: outages.awake(connection, self.now()))


async def stage(port: int, folder: Path, opened: Callable[[str], None], stop: asyncio.Event) -> None:
    """Run the demo in `folder` until `stop`; `opened` gets the URL when everything is up."""
    roster, script = read_roster(CLASS), read_script(YESTERDAY)
    scene = Stage(script)
    url, key = f"sqlite:///{folder / 'demo.db'}", folder / "demo.key"
    async with Sandbox(
        port=port,
        smtp_port=0,
        now=scene.now,
        cast=cast(roster),
        advance=scene.advance,
        tz=next(iter(roster.sites.values())).tz,
        bot_email=BOT_EMAIL,
        receive=scene.receive,
        letters=lambda: [asdict(mail) for mail in preview_mails.shown()],
    ) as sandbox:
        account = seed(sandbox, roster)
        await Past(
            script=script, roster=roster, emit=lambda line: None, url=url, key=key, sandbox=sandbox, hands=scene.past
        ).play()
        scene.clock = clock = ShiftedClock(START)
        house = open_premises(url=url, key_file=key, clock=clock, per_minute=0)
        scene.app = App(
            premises=house,
            clock=clock,
            account=account,
            smtp=sandbox.mail.url,
            sender=Address(name="certdesk", email=checked_email(BOT_EMAIL, "sender")),
            inbound=InboundSettings(lmtp="127.0.0.1:0", authserv_id=AUTHSERV_ID),
            ready=lambda: opened(sandbox.url),
        )
        try:
            await scene.app.run(stop)
        finally:
            house.close()


def demo(port: int) -> int:
    """`certdesk demo`: 0 when it is ended by hand, 1 when the port is taken."""
    logs.configure(quiet=True)

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        with tempfile.TemporaryDirectory(prefix="certdesk-demo-") as folder:
            await stage(
                port,
                Path(folder),
                lambda url: print(f"\n  certdesk demo: open {url}\n  (Ctrl-C ends it; nothing is kept)\n", flush=True),
                stop,
            )

    try:
        asyncio.run(main())
    except OSError as error:
        print(f"certdesk demo: port {port} cannot be used ({error.strerror}); try --port {port + 1}", file=sys.stderr)
        return 1
    return 0
