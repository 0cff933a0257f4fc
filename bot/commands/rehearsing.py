"""`rehearse`: a script played through the real bot, with nothing leaving this machine."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot import logs
from bot.commands import entrance
from bot.commands.entrance import Wrong
from bot.packs import Packs
from bot.rehearse import Rehearsal, as_text
from bot.rehearse import as_json as json_line
from bot.rehearse import rehearse as play
from bot.roster import OWN_PACKS, PACKS_IN_FORCE, read_roster
from bot.script import BrokenScript, Script, read_script
from store.db import HEAD, Database


def rehearse(
    config: Path | None, file: Path, roster_file: Path, policies: Path | None, url: str, *, as_json: bool
) -> None:
    """Play it and print every line. Raises Wrong naming file, step and reason."""
    logs.configure(quiet=True)
    settings = entrance.settings(config)
    folder = policies or settings.policies
    packs = entrance.packs(folder)
    try:
        script = read_script(file)
        _known_packs(script, packs)
        with entrance.naming(roster_file):
            roster = read_roster(roster_file, pack_length=packs.length, packs=script.packs)
        zone = next(iter(roster.sites.values())).tz
        if url:
            _usable(url)

        def emit(line: Mapping[str, Any]) -> None:
            sys.stdout.write((json_line(line) if as_json else as_text(line, zone)) + "\n")

        key = entrance.key_beside(url) if url else None
        play(
            Rehearsal(
                script=script, roster=roster, emit=emit, policies=folder, papers=settings.papers, url=url, key=key
            )
        )
    except BrokenScript as error:
        sys.stdout.flush()
        where = f"{file}: step {error.step}" if error.step >= 0 else str(file)
        raise Wrong(f"{where}: {error.reason}") from None


def _known_packs(script: Script, packs: Packs) -> None:
    """That `[packs]`, at the head and in steps, names packs there are, for what there is."""
    for step, chosen in ((-1, script.packs), *((n, step.packs or {}) for n, step in enumerate(script.steps))):
        for key, pack in chosen.items():
            if key not in (*PACKS_IN_FORCE, *OWN_PACKS):
                raise BrokenScript(step, f"packs: unknown key {key}; there are {', '.join(PACKS_IN_FORCE)}")
            if pack not in packs:
                raise BrokenScript(step, f"packs.{key}: there is no pack {pack}; there are {', '.join(packs.ids())}")
            if packs.get(pack).workflow != key:
                raise BrokenScript(step, f"packs.{key}: {pack} is for {packs.get(pack).workflow}")


def _usable(url: str) -> None:
    """That `--database` names a database we can open and do not have to go back for."""
    try:
        database = Database(url)
        found = database.version()
        database.close()
    except (ArgumentError, NoSuchModuleError) as error:
        raise Wrong(f"--database: {error}") from None
    if found is not None and found > HEAD:
        raise Wrong(f"--database: its schema ({found}) is newer than this program ({HEAD})")
