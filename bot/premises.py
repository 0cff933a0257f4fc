"""Opening the house: database, key, packs, engine and writer, the same for every command.

Nothing is opened at import; whoever opens closes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from bot import roster as roster_files
from bot.clock import Clock, fresh_secret
from bot.engine import Engine
from bot.letters import Letter
from bot.packs import Packs, load_packs
from bot.papers import load as load_papers
from bot.render import Renderer
from bot.writer import Writer
from handlers.intents import Wish
from store import migrate, tables
from store.codec import micros
from store.db import Database
from store.seal import Seal, read_key
from workflows.people import Roster


@dataclass(kw_only=True)
class Premises:
    """Everything a running certdesk holds besides its wires."""

    database: Database
    seal: Seal
    packs: Packs
    renderer: Renderer
    engine: Engine
    writer: Writer

    def close(self) -> None:
        """Give everything back."""
        self.writer.close()
        self.database.close()


def open_premises(
    *,
    url: str,
    key_file: Path,
    clock: Clock,
    policies: Path | None = None,
    papers: Path | None = None,
    packs: Mapping[str, str] | None = None,
    per_minute: int = 10,
    create: bool = False,
) -> Premises:
    """Open the database at `url`; `create` migrates it first. Raises SchemaError, KeyFileError, PackErrors,
    PaperErrors."""
    renderer = Renderer()
    loaded = load_packs(policies, lambda name: renderer.exists(name, "mail"))
    sheets = load_papers(papers)
    database = Database(url)
    try:
        if create:
            migrate.upgrade(database, fresh_secret(16).hex())
        else:
            database.check()
        seal = Seal(read_key(key_file, fresh_secret()))
    except BaseException:
        database.close()
        raise
    engine = Engine(
        clock=clock, seal=seal, packs=loaded, override=dict(packs or {}), per_minute=per_minute, papers=sheets
    )
    return Premises(
        database=database,
        seal=seal,
        packs=loaded,
        renderer=renderer,
        engine=engine,
        writer=Writer(database=database, engine=engine),
    )


def keep_roster(connection: Connection, roster: Roster, now: datetime) -> bool:
    """Make this the roster in force; False when it is already. Inside the caller's transaction."""
    content = roster_files.to_json(roster)
    r = tables.rosters.c
    newest = connection.execute(select(r.content).order_by(r.version.desc()).limit(1)).scalar()
    if newest == content:
        return False
    version = (connection.execute(select(func.max(r.version))).scalar() or 0) + 1
    connection.execute(tables.rosters.insert(), {"version": version, "at": micros(now), "content": content})
    touch_office(connection)
    return True


def moves(connection: Connection, now: datetime) -> list[Letter]:
    """A letter for each agent with open duties whom the newest roster version has not been told of yet."""
    version = roster_version(connection)
    open_ = tables.still_open(tables.duties)
    agents = connection.execute(select(tables.duties.c.agent).where(open_).distinct()).scalars().all()
    wanted = {f"roster:{version}:{agent}": agent for agent in agents}
    i = tables.inbox.c
    known = set(connection.execute(select(i.source).where(i.source.in_(list(wanted)))).scalars()) if wanted else set()
    return [
        Letter(source=source, kind="command", at=now, intents=(Wish(name="moved", args={"agent": agent}),))
        for source, agent in sorted(wanted.items())
        if source not in known
    ]


def roster_version(connection: Connection) -> int:
    """The number of the roster in force; 0 before the first."""
    return connection.execute(select(func.max(tables.rosters.c.version))).scalar() or 0


def roster_in_force(connection: Connection) -> Roster | None:
    """The newest roster, or None before the first import."""
    r = tables.rosters.c
    content = connection.execute(select(r.content).order_by(r.version.desc()).limit(1)).scalar()
    return roster_files.from_json(content) if content is not None else None


def touch_office(connection: Connection) -> None:
    """Tell every process to read roster and absences anew."""
    connection.execute(text("UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'office'"))
