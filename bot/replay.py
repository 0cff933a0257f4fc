"""Folds every stored journal from its events and compares what comes out with the stored case.

Needs no roster and no file but the key: packs and calendars are those pinned in the store. Says which fields
differ, never what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from bot.deciding import event_of
from bot.machines import DATA, EVENTS, machine_for
from bot.packs import PackErrors, Packs
from store import tables
from store.codec import instant, parse, reader
from store.seal import Seal
from workflows.calendar import Calendar
from workflows.machine import Case, Declined, Machine, Moment
from workflows.people import Role, Site
from workflows.policy import Policy

AT_ONCE = 200
"""Cases read together."""

c, j = tables.cases.c, tables.journal.c
_NEXT = select(tables.cases).where(c.id > bindparam("after")).order_by(c.id).limit(AT_ONCE)
_ROWS = select(tables.journal).where(j.case_id.in_(bindparam("ids", expanding=True))).order_by(j.case_id, j.seq)


class Differs(Exception):
    """The journal does not fold to what was stored; the text says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One case: `wrong` is "" when its journal gives it, else where they differ."""

    ref: str
    steps: int
    wrong: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The pinned packs and calendars of a store."""

    packs: Packs
    calendars: Mapping[str, Calendar]

    def policy(self, pin: str) -> Policy:
        """The pack of that pin. Differs when the store does not hold it."""
        try:
            return self.packs.by_pin(pin).policy
        except KeyError:
            raise Differs(f"pack: the store does not hold {pin}") from None

    def calendar(self, pin: str) -> Calendar:
        """The calendar of that pin. Differs when the store does not hold it."""
        if pin not in self.calendars:
            raise Differs(f"calendar: the store does not hold {pin}")
        return self.calendars[pin]


def read_pins(connection: Connection) -> Pins:
    """All pins; a pack that does not read any more is left out, and its cases say so."""
    packs, calendars = Packs(), {}
    for row in connection.execute(select(tables.pins)):
        if row.kind == "calendar":
            calendars[row.pin] = Calendar.of(reader(Site)(parse(row.content)))
            continue
        try:
            packs.add_text(row.id, row.content)
        except PackErrors:
            continue
    return Pins(packs=packs, calendars=calendars)


def count(connection: Connection) -> int:
    """How many cases there are."""
    return connection.execute(select(func.count()).select_from(tables.cases)).scalar() or 0


def replay(connection: Connection, seal: Seal) -> Iterator[Replayed]:
    """Every case of the store, in order of its reference. Raises KeyFileError for another key file's texts."""
    pins = read_pins(connection)
    after = ""
    while stored := connection.execute(_NEXT, {"after": after}).all():
        after = stored[-1].id
        rows: dict[str, list[Any]] = {row.id: [] for row in stored}
        for row in connection.execute(_ROWS, {"ids": list(rows)}):
            rows[row.case_id].append(row)
        for case in stored:
            yield _one(case, rows[case.id], pins, seal)


def _one(stored: Any, rows: Sequence[Any], pins: Pins, seal: Seal) -> Replayed:
    try:
        folded = fold(stored, rows, pins, seal)
        wrong = ", ".join(_differences(stored, folded, pins, seal))
    except Differs as error:
        wrong = str(error)
    except (TypeError, ValueError, KeyError, AttributeError) as error:  # a row some other version wrote
        wrong = f"journal: does not read ({type(error).__name__})"
    return Replayed(ref=stored.id, steps=len(rows), wrong=wrong)


def fold(stored: Any, rows: Sequence[Any], pins: Pins, seal: Seal) -> Case[Any]:
    """The case as its journal gives it: the stored one lends only its key, agent and pins. Raises Differs."""
    if not rows:
        raise Differs("journal: is empty")
    repinned = [parse(row.event_json) for row in rows if row.event == "Repinned"]
    pack = repinned[0].get("was", stored.pack) if repinned else stored.pack
    calendar = pins.calendar(stored.calendar)
    case = Case(
        id=stored.id, workflow=stored.workflow, key=stored.key, agent=stored.agent, pack=pack,
        calendar=stored.calendar, state=_machine(stored.workflow, pins.policy(pack)).start,
        data=None, opened=instant(stored.opened),
    )  # fmt: skip
    for n, row in enumerate(rows, 1):
        if row.seq != n:
            raise Differs(f"journal: step {n} is missing")
        case = _taken(case, row, pins, calendar, seal)
        if case.state != row.state:
            raise Differs(f"step {n} ({row.event}): state")
    return case


def _taken(case: Case[Any], row: Any, pins: Pins, calendar: Calendar, seal: Seal) -> Case[Any]:
    """The case after one journal row: by the table, or as recorded where no table decided."""
    if row.after_json:
        data = reader(DATA[case.workflow])(parse(seal.open(row.after_json)))
        pack = parse(row.event_json).get("now", case.pack) if row.event == "Repinned" else case.pack
        return replace(case, state=row.state, data=data, seq=row.seq, pack=pack)
    if row.event not in EVENTS:
        raise Differs(f"step {row.seq}: this program knows no event {row.event}")
    event = event_of([row.event, parse(seal.open(row.event_json))])
    policy = pins.policy(case.pack)
    machine = _machine(case.workflow, policy)
    if case.data is None:
        case = replace(case, data=machine.fresh(event))
    moment = Moment(
        case=case, was=case, event=event, at=instant(row.at), actor=row.actor, source=row.source,
        by=frozenset(Role(role) for role in parse(row.by_json)), policy=policy, calendar=calendar,
    )  # fmt: skip
    chosen = machine.choose(moment)
    if isinstance(chosen, Declined):
        raise Differs(f"step {row.seq} ({row.event}): the table declines it, {chosen.reason}")
    return machine.follow(chosen, moment)


def _machine(workflow: str, policy: Policy) -> Machine[Any]:
    return machine_for(workflow, policy)


def _differences(stored: Any, folded: Case[Any], pins: Pins, seal: Seal) -> Iterator[str]:
    """The names of the fields in which the two differ."""
    machine = _machine(stored.workflow, pins.policy(folded.pack))
    for name in ("state", "seq", "pack"):
        if getattr(stored, name) != getattr(folded, name):
            yield name
    if bool(stored.live) != (folded.state not in machine.ends):
        yield "live"
    data = reader(DATA[stored.workflow])(parse(seal.open(stored.data_json)))
    for each in fields(data):
        if getattr(data, each.name) != getattr(folded.data, each.name):
            yield f"data.{each.name}"
