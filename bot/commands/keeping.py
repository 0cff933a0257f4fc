"""`retention`: what has been kept long enough, deleted now or only told."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from bot import holds, retention
from bot.clock import Clock, SystemClock
from bot.commands import entrance
from bot.nights import ages_of
from bot.premises import roster_in_force
from bot.wording import when
from store.codec import instant


def run(config: Path | None, *, dry: bool, clock: Clock | None = None) -> None:
    """What goes, a line a kind; `dry` changes nothing. The running bot does the same every night."""
    settings = entrance.settings(config)
    seal, ages, now = entrance.seal(settings), ages_of(settings.retention), (clock or SystemClock()).now()
    database = entrance.database(settings)
    try:
        if dry:
            with database.reading() as connection:
                gone, held = retention.due(connection, seal, ages, now), holds.standing(connection, seal)
                before, roster = retention.last(connection), roster_in_force(connection)
            zone = ZoneInfo(next(iter(roster.sites.values())).tz if roster else "UTC")
            print("Would go now:" if gone.total else "Nothing is old enough to go.")
            print("\n".join(f"  {line}" for line in gone.lines() if gone.total))
            print(f"Held by HR: {len(held)} {'agent' if len(held) == 1 else 'agents'}.")
            if before is not None:
                print(f"Last run: {when(instant(before[0]).astimezone(zone))}: {', '.join(before[1])}.")
            return
        whole = retention.Gone()
        while True:
            with database.connect() as connection:
                gone = retention.sweep(connection, seal, ages, now)
                retention.noted(connection, retention.added(whole, gone), now)
                connection.commit()
            if not gone.total:
                break
            whole = retention.added(whole, gone)
        print("Gone:" if whole.total else "Nothing is old enough to go.")
        print("\n".join(f"  {line}" for line in whole.lines() if whole.total))
    finally:
        database.close()
