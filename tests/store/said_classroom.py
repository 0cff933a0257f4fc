"""What a class's day, an agent's checks and his attendance say: long walks over everything that may be said to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from tests.core import walks
from tests.core.story import CALENDAR
from workflows.effects import Ask, Mail, Owe, Post, Tell
from workflows.machine import Case, Declined, Machine, Moment
from workflows.people import Role

NAMES = {
    Role.agent: "agent", Role.tl: "tara", Role.host: "lia", Role.licensing: "lia", Role.hr_rep: "hana",
    Role.esp_manager: "eve", Role.wfm: "wes", Role.bot: "",
}  # fmt: skip
TIMES = (timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=2), timedelta(days=1))
LONGEST = 40

Found = tuple[Any, Case[Any], str]
"""(effect, case, actor)."""


def spoken(machine: Machine[Any], policy: Any, walks_: int = 150, seed: int = 7) -> Iterator[Found]:
    """Every effect, and every refusal, met on the way."""
    dice = Random(seed)
    for _ in range(walks_):
        yield from _walk(machine, policy, dice)


def _walk(machine: Machine[Any], policy: Any, dice: Random) -> Iterator[Found]:
    case, at = walks._blank(machine, dice.choice(machine.opens), policy), walks.NOON
    for _ in range(LONGEST):
        if case.state in machine.ends and not machine.remembers:
            return
        at += dice.choice(TIMES)
        heard = [event for event in machine.events if machine.rows_for(case.state, event)]
        kind = dice.choice(heard if heard and dice.random() < 0.8 else machine.events)
        events = list(walks.samples(kind, case, policy, at))
        if not events:
            continue
        event = dice.choice(events)
        may = [role for row in machine.rows_for(case.state, kind) for role in row.by if role in NAMES]
        role = dice.choice(may if may and dice.random() < 0.8 else list(NAMES))
        moment = Moment(
            case=case, was=case, event=event, at=at, actor=NAMES[role], by=frozenset({role}), policy=policy,
            calendar=CALENDAR,
        )  # fmt: skip
        done = machine.step(moment)
        ending = not isinstance(done, Declined) and done.case.state in machine.ends and not machine.remembers
        if ending and dice.random() < 0.9:
            continue
        if isinstance(done, Declined):
            said = machine.refusal(moment, done)
            effects: tuple[Any, ...] = said if isinstance(said, tuple) else (said,)
        else:
            effects, case = done.effects, done.case
        for effect in effects:
            if isinstance(effect, Ask | Mail | Owe | Post | Tell):
                yield effect, case, moment.actor
