"""`roster`: a roster comes into force, all or nothing, or goes out as a file."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from bot import roster as roster_files
from bot.clock import SystemClock
from bot.commands import entrance
from bot.commands.entrance import Failed, Wrong
from bot.premises import keep_roster, roster_in_force
from bot.roster import PackLength
from bot.roster_sheet import SUFFIXES, read_sheet
from store import tables
from workflows.people import Roster

NOT_YET = "there is no roster yet: run `certdesk roster import FILE`"


def bring_in(config: Path | None, file: Path, *, dry_run: bool) -> None:
    """Show what the file changes, and change it. Raises RosterErrors, PackErrors, SchemaError, Failed."""
    settings = entrance.settings(config)
    packs = entrance.packs(settings.policies)
    database = entrance.database(settings)
    try:
        with database.connect() as connection:
            old = roster_in_force(connection)
            with entrance.naming(file):
                new = _read(file, old, packs.length)
            lines = _changes(old, new, connection)
            for line in lines:
                print(line)
            if dry_run:
                if not lines:
                    print("Nothing would change.")
                print("Nothing was written.")
                return
            changed = keep_roster(connection, new, SystemClock().now())
            connection.commit()
    finally:
        database.close()
    print("This roster is in force now." if changed else "Nothing changes: this roster is in force already.")


def _read(file: Path, old: Roster | None, pack_length: PackLength) -> Roster:
    if file.suffix.casefold() not in SUFFIXES:
        return roster_files.read_roster(file, pack_length=pack_length)
    if old is None:
        raise Wrong(f"{file}: a sheet holds agents only; import the whole roster as TOML first")
    return read_sheet(file, old, pack_length=pack_length)


def _changes(old: Roster | None, new: Roster, connection: Connection) -> list[str]:
    """What changes, a line each; and agents who leave the roster while a case of theirs is open."""
    if old is None:
        counts = {"site": new.sites, "class": new.classes, "agent": new.agents, "exam": new.exams}
        plural = {"class": "classes"}
        said = [
            f"{len(them)} {what if len(them) == 1 else plural.get(what, what + 's')}" for what, them in counts.items()
        ]
        return [f"The first roster: {', '.join(said)}, {len(new.people)} people."]
    lines = roster_files.difference(old, new)
    gone = sorted(set(old.agents) - set(new.agents))
    c = tables.cases.c
    rows = connection.execute(select(c.agent, c.id).where(c.live, c.agent.in_(gone)).order_by(c.id)) if gone else ()
    for row in rows:
        lines.append(
            f"Look out: {old.agents[row.agent].name} leaves the roster with an open case ({row.id}); `nle` closes it"
        )
    return lines


def export(config: Path | None, file: Path) -> None:
    """Write the roster in force as TOML. Raises Failed when there is none, Wrong for a file that is named otherwise."""
    if file.suffix.casefold() != ".toml":
        raise Wrong(f"{file}: a roster is written as TOML; name the file something.toml")
    settings = entrance.settings(config)
    database = entrance.database(settings)
    try:
        with database.reading() as connection:
            found = roster_in_force(connection)
    finally:
        database.close()
    if found is None:
        raise Failed(NOT_YET)
    try:
        roster_files.write_roster(found, file)
    except OSError as error:
        raise Wrong(f"{file}: cannot be written: {error.strerror}") from None
    print(f"{file}: {len(found.agents)} agents, {len(found.people)} people.")
