"""A story's database, kept, and the reports one prints of it: `certdesk report` without its process, at a time by hand."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.clock import HandClock
from bot.commands import reporting
from bot.rehearse import Rehearsal
from bot.roster import read_roster
from bot.script import Script
from tests.journeys.stage import blank, local

DAY = Path(__file__).parents[1] / "roster-day.toml"


def keep(folder: Path, *steps: Any, start: str, changed: dict[str, str] | None = None) -> Path:
    """Play the steps with every workflow on and keep the database in `folder`; its configuration file is returned."""
    database = folder / "kept.db"
    shutil.copyfile(blank(), database)
    text = DAY.read_text(encoding="utf-8")
    for old, new in (changed or {}).items():
        assert old in text, f"the roster does not say {old!r}"
        text = text.replace(old, new)
    (folder / "roster.toml").write_text(text, encoding="utf-8")
    flat = [step for each in steps for step in (each if isinstance(each, list | tuple) else [each])]
    rehearsal = Rehearsal(
        script=Script.model_validate({"start": local(start), "packs": {}, "step": flat}),
        roster=read_roster(folder / "roster.toml"),
        emit=lambda line: None,
        url=f"sqlite:///{database}",
    )
    asyncio.run(rehearsal.play())
    config = folder / "certdesk.toml"
    config.write_text(
        f'data_dir = "{folder}"\n[database]\nurl = "sqlite:///{database}"\n'
        '[rocketchat]\nurl = "https://chat.example.com"\nuser_id = "x"\ntoken = "x"\n'
        '[mail]\nsmtp = "smtp://127.0.0.1:1025"\nfrom = "certdesk@example.com"\n'
        f'[security]\nkey_file = "{folder / "key"}"\n',
        encoding="utf-8",
    )
    return config


@contextmanager
def stood(folder: Path, *steps: Any, start: str, now: str, **more: Any) -> Iterator[Any]:
    """`report(name, on, form, klass, send)` of that story's database, with the clock at `now`."""
    from datetime import datetime

    config = keep(folder, *steps, start=start, **more)

    def report(name: str, on: str = "", form: str = "text", klass: str = "", *, send: bool = False) -> None:
        day = datetime.strptime(on, "%Y-%m-%d") if on else None
        reporting.report(config, name, day, klass, form, send=send, clock=HandClock(local(now)))

    yield report
