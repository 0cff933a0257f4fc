"""A story's database, kept with its key and a configuration, so that commands can be tried on it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from bot.rehearse import Rehearsal
from bot.roster import read_roster
from bot.script import Script
from tests.journeys.stage import blank, local

DAY = Path(__file__).parents[1] / "roster-day.toml"


class Kept(Rehearsal):
    """A rehearsal whose key outlives it, beside its database."""

    async def _play_steps(self) -> None:
        await super()._play_steps()
        shutil.copyfile(self._folder / "key", Path(self.url.removeprefix("sqlite:///")).parent / "key")


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
    rehearsal = Kept(
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
