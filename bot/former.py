"""Agents whom the roster does not know any more: what they were called, and which HR rep may still ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from bot import roster as roster_files
from store import tables
from workflows.people import CLASS_, SITE_, Role, Roster

if TYPE_CHECKING:
    from bot.deciding import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of whom HR asks: username on record ("" for nobody), name, whose HR reps answer for it, and whether the sender
    is one of them."""

    agent: str
    name: str
    keepers: tuple[str, ...]
    mine: bool


def asked(desk: Decider, said: str, hr: Role) -> Asked:
    """The agent of that username, of this roster or of an earlier one."""
    roster, actor = desk.office.roster, desk.letter.actor
    if said in roster.agents:
        mine = hr in desk.office.roles(actor, said, desk.at)
        return Asked(agent=said, name=roster.name_of(said), keepers=desk.recipients(hr, None, said), mine=mine)
    about = said if said.startswith((CLASS_, SITE_)) else on_record(desk.world.connection, said)
    former = last_roster(desk.world.connection, about) if about else None
    known = keepers(roster, former, about, hr)
    mine = actor in {*known, *(desk.office.stand_in(user, hr, "", desk.at) for user in known)}
    name = former.name_of(about) if former is not None else about
    return Asked(agent=about, name=name, keepers=known, mine=mine)


def on_record(connection: Connection, said: str) -> str:
    """The username, as it is on record, of the agent somebody means by "@ana"; "" for one without a case."""
    c = tables.cases.c
    found = select(c.agent).where(func.lower(c.agent) == said.casefold(), ~c.agent.contains(":"))
    return connection.execute(found.order_by(c.opened.desc()).limit(1)).scalar() or ""


def last_roster(connection: Connection, agent: str) -> Roster | None:
    """The newest roster that knew the agent."""
    r, mark = tables.rosters.c, f'"{agent}"'.encode()
    for version in connection.execute(select(r.version).order_by(r.version.desc())).scalars().all():
        content = connection.execute(select(r.content).where(r.version == version)).scalar_one()
        if mark in content and agent in (found := roster_files.from_json(content)).agents:
            return found
    return None


def keepers(roster: Roster, former: Roster | None, agent: str, hr: Role) -> tuple[str, ...]:
    """Who may have the file of one who has gone: his HR rep, HR at his last site, or all of HR."""
    every = roster.by_role(hr)
    if agent.startswith((CLASS_, SITE_)):
        return ()
    if former is None:
        return every
    site = former.class_of(agent).site
    here = roster.assigned(f"{SITE_}{site}", hr) if site in roster.sites else ()
    return tuple(user for user in former.assigned(agent, hr) if user in every) or here or every
