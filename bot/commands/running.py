"""`run` and `demo`: the bot at work."""

from __future__ import annotations

from pathlib import Path

from bot import config as configuration
from bot import logs
from bot.commands import entrance


def run(config: Path | None) -> int:
    """The bot until it is told to stop. Raises ConfigErrors for what it cannot work without."""
    settings = entrance.settings(config)
    if missing := settings.missing():
        raise configuration.ConfigErrors(missing)
    entrance.packs(settings.policies)
    entrance.papers(settings.papers)
    entrance.database(settings).close()
    logs.configure()
    from bot.app import run as run_bot

    return run_bot(settings)


def demo(port: int) -> int:
    """Everything in one process, with nothing kept."""
    from bot.demo import demo as stage

    return stage(port)
