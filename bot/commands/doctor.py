"""`doctor`: what would keep the bot from its work, a line each; 1 when something is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from bot import checkup, checkup_live, logs
from bot.checkup import Finding
from bot.commands import entrance
from bot.config import ConfigErrors, Settings
from bot.packs import Packs
from workflows.people import Roster


def doctor(config: Path | None, *, live: bool) -> int:
    """Look at everything and say it. Raises ConfigErrors when the file named cannot be read."""
    logs.configure(quiet=True)
    sheet = Sheet()
    try:
        settings = entrance.settings(config)
    except ConfigErrors as error:
        if config is not None and not config.is_file():
            raise
        sheet.add(Finding(level="fail", about="configuration", said=problem) for problem in error.problems)
        return 1
    sheet.add(checkup.configuration(settings))
    packs, found = checkup.policies(settings)
    sheet.add(found)
    sheet.add(checkup.templates())
    sheet.add(checkup.papers(settings))
    roster = _store(settings, packs, sheet)
    asyncio.run(_wires(settings, roster, sheet, live=live))
    return 1 if sheet.failed else 0


class Sheet:
    """Says each finding at once and remembers whether one was bad."""

    failed = False

    def add(self, findings: Iterable[Finding]) -> None:
        """Print them."""
        for each in findings:
            self.failed = self.failed or each.level == "fail"
            print(f"{each.level:<4}  {each.about}: {each.said}", flush=True)


def _store(settings: Settings, packs: Packs | None, sheet: Sheet) -> Roster | None:
    """Database, key file and roster; the roster in force."""
    database = entrance.unchecked_database(settings)
    try:
        found = list(checkup.database(database))
        sheet.add(found)
        if any(each.level == "fail" for each in found):
            sheet.add(checkup.key_file(settings, None))
            return None
        with database.reading() as connection:
            sheet.add(checkup.key_file(settings, connection))
            roster, findings = checkup.roster(connection, packs)
        sheet.add(findings)
        return roster
    finally:
        database.close()


async def _wires(settings: Settings, roster: Roster | None, sheet: Sheet, *, live: bool) -> None:
    chat = settings.rocketchat
    if chat.url and chat.user_id and chat.secret_token:
        sheet.add(await checkup.rocketchat(settings, roster))
        if live:
            async for each in checkup_live.live(checkup.account(settings)):
                sheet.add([each])
    if settings.mail.smtp:
        sheet.add(await checkup.mail(settings))
    if settings.mail.inbound is not None:
        sheet.add(await checkup.mail_in(settings))
