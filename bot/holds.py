"""Legal holds: while one stands nothing of that agent is deleted (SPEC 6, 8.15). HR's word alone, by direct message.

A hold is a row of `meta` under "hold:<agent>": every hold the agent ever had, the reasons sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, text

from bot import former
from handlers.words import plain
from store import tables
from store.codec import instant, micros
from store.db import meta_value
from store.seal import Seal
from workflows.people import Role

if TYPE_CHECKING:
    from bot.deciding import Decider
    from bot.former import Asked

PREFIX = "hold:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold of one agent; instants in microseconds since 1970 UTC, `until` None while it stands."""

    since: int
    by: str
    why: str
    until: int | None = None
    ended_by: str = ""


def of(connection: Connection, seal: Seal, agent: str) -> list[Hold]:
    """Every hold of that agent, the oldest first."""
    kept = meta_value(connection, PREFIX + agent)
    return [Hold(**each) for each in json.loads(seal.open(kept))] if kept else []


def standing(connection: Connection, seal: Seal) -> frozenset[str]:
    """The agents of whom nothing is deleted now. Raises KeyFileError for another key file's texts."""
    m = tables.meta.c
    rows = connection.execute(select(m.key, m.value).where(m.key.startswith(PREFIX, autoescape=True)))
    return frozenset(
        row.key.removeprefix(PREFIX)
        for row in rows
        if any(each["until"] is None for each in json.loads(seal.open(row.value)))
    )


def _write(desk: Decider, agent: str, found: list[Hold]) -> None:
    value = desk.world.seal.close(json.dumps([asdict(each) for each in found]))
    desk.world.extra.append((HOLD_IN, [{"key": PREFIX + agent, "value": value}]))


HOLD_IN = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def _asked(desk: Decider, said: str) -> Asked | None:
    """The agent, also one who has gone from the roster, when the sender is his HR rep; else he hears who is."""
    one = former.asked(desk, said, Role.hr_rep)
    if one.agent and one.mine:
        return one
    if not one.agent:
        desk.answer("say/unknown_person", {"said": plain(said, 40)})
        return None
    names = [desk.office.roster.name_of(user) for user in one.keepers]
    desk.decline("not_yours", "house/not_yours", {"who": names, "event": "", "state": "", "duties": []})
    return None


def place(desk: Decider, args: Mapping[str, Any]) -> None:
    """ "hold @ana counsel asked": from now on nothing of the agent is deleted."""
    one, why = _asked(desk, str(args["agent"])), str(args["why"])
    if one is None:
        return
    agent = one.agent
    found = of(desk.world.connection, desk.world.seal, agent)
    desk.verdict = "hold"
    facts = {"name": one.name, "username": agent}
    if open_one := next((each for each in found if each.until is None), None):
        desk.answer("house/hold_stands", {**facts, "since": instant(open_one.since), "by": open_one.by})
        return
    _write(desk, agent, [*found, Hold(since=micros(desk.at), by=desk.letter.actor, why=why)])
    desk.answer("house/hold_placed", facts)


def lift(desk: Decider, args: Mapping[str, Any]) -> None:
    """ "release @ana": what is old enough may be deleted again."""
    one = _asked(desk, str(args["agent"]))
    if one is None:
        return
    agent = one.agent
    found = of(desk.world.connection, desk.world.seal, agent)
    desk.verdict = "hold"
    facts = {"name": one.name, "username": agent}
    if all(each.until is not None for each in found):
        desk.decline("not_so", "house/hold_none", facts)
        return
    ended = {"until": micros(desk.at), "ended_by": desk.letter.actor}
    _write(desk, agent, [Hold(**{**asdict(each), **(ended if each.until is None else {})}) for each in found])
    desk.answer("house/hold_lifted", {**facts, "since": instant(found[-1].since)})
