"""What the pace clock and a class's link say: every event to every case of a few stories, two steps deep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tests.core import samples_pace, walks
from tests.core.story import CALENDAR
from workflows.effects import Ask, Mail, Owe, Post, Tell
from workflows.machine import Case, Declined, Machine, Moment
from workflows.people import Role

ROLES = (Role.agent, Role.tl, Role.licensing, Role.wfm, Role.bot)
NAMES = {Role.agent: "ana", Role.tl: "tara", Role.licensing: "lia", Role.wfm: "wes", Role.bot: ""}
DEEP = 2

Found = tuple[Any, Case[Any], str]
"""(effect, case, actor)."""


def spoken(machine: Machine[Any], policy: Any) -> Iterator[Found]:
    """Every effect of every event at the ends of the stories, and one step further."""
    begun = [(walks._blank(machine, kind, policy), walks.NOON) for kind in machine.opens]
    edge = [*begun, *(samples_pace.finds(machine, policy) if machine.name == "carrier_cert" else ())]
    seen: set[tuple[str, str, int]] = set()
    for depth in range(DEEP):
        further: list[tuple[Case[Any], datetime]] = []
        for case, at in edge:
            for effect, after, actor in _all(machine, policy, case, at):
                yield effect, after, actor
            for after in _nexts(machine, policy, case, at):
                key = (case.state, after.state, len(str(after.data)) // 80 * 10 + depth)
                if key not in seen:
                    seen.add(key)
                    further.append((after, at + walks.HOUR))
        edge = further


def _moments(machine: Machine[Any], policy: Any, case: Case[Any], at: datetime) -> Iterator[Moment[Any]]:
    for kind in machine.events:
        for event in walks.samples(kind, case, policy, at):
            for role in ROLES:
                yield Moment(
                    case=case, was=case, event=event, at=at, actor=NAMES[role], by=frozenset({role}), policy=policy,
                    calendar=CALENDAR,
                )  # fmt: skip


def _all(machine: Machine[Any], policy: Any, case: Case[Any], at: datetime) -> Iterator[Found]:
    for moment in _moments(machine, policy, case, at):
        done = machine.step(moment)
        if isinstance(done, Declined):
            said = machine.refusal(moment, done)
            effects: tuple[Any, ...] = said if isinstance(said, tuple) else (said,)
            after = case
        else:
            effects, after = done.effects, done.case
        for effect in effects:
            if isinstance(effect, Ask | Mail | Owe | Post | Tell):
                yield effect, after, moment.actor


def _nexts(machine: Machine[Any], policy: Any, case: Case[Any], at: datetime) -> Iterator[Case[Any]]:
    for moment in _moments(machine, policy, case, at):
        done = machine.step(moment)
        if not isinstance(done, Declined) and done.case.state not in machine.ends:
            yield done.case
