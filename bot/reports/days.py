"""What stood at the end of a day, or stands now: the roster of that day, cases folded from the journal, tracker cells.

Reads rows, changes none. Only the workflows named in `REPORTED` are ever read: coaching, CAPs and reviews are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from bot import roster as roster_files
from bot.machines import DATA, WORKFLOWS
from bot.office import Office
from store import tables
from store.codec import instant, micros, parse, reader
from store.fast import Read
from store.seal import Seal
from store.shelf import Shelf
from workflows.calendar import Calendar
from workflows.machine import Case
from workflows.people import CLASS_, SITE_, Agent, Roster, TrainingClass

REPORTED = (
    "failed_exam",
    "carrier_cert",
    "call_cert",
    "tbt",
    "ladder",
    "progress",
    "attendance",
    "engagement",
    "equipment",
    "ticket",
    "completion",
    "concern",
    "site_day",
)
"""Workflows a report may look at; those of discipline and red flags are none of them."""

DAY = timedelta(days=1)
NOON = time(12)
AT_ONCE = 500
"""Cases read in one statement."""
Date = date
"""A day's own field is called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a tracker cell says, since when, by whom."""

    value: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A tracker note as it is written, without the day's author being told twice."""

    column: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of one class or site. `until` (UTC, excluded) is its end, or now where that is earlier.

    `fresh` are cases of a decision under way, which stand before what is stored.
    """

    connection: Connection
    seal: Seal
    office: Office
    subject: str
    date: date
    until: datetime
    fresh: Mapping[str, Case[Any]] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)

    # -- who

    @cached_property
    def roster(self) -> Roster:
        """The roster in force at the end of that day; the first one for a day before any."""
        r = tables.rosters.c
        newest = self.connection.execute(select(r.version).order_by(r.version.desc()).limit(1)).scalar()
        then = self.connection.execute(
            select(r.version).where(r.at < micros(self.until)).order_by(r.version.desc()).limit(1)
        ).scalar()
        if then is None or then == newest:
            return self.office.roster
        content = self.connection.execute(select(r.content).where(r.version == then)).scalar()
        return roster_files.from_json(content or b"") if content else self.office.roster

    @cached_property
    def calendar(self) -> Calendar:
        """The business calendar of the site."""
        return Calendar.of(self.roster.site_of(self.subject))

    @cached_property
    def agents(self) -> tuple[Agent, ...]:
        """The agents of the class or site, by last name."""
        found = (self.roster.agents[user] for user in self.roster.members(self.subject))
        return tuple(sorted(found, key=lambda agent: (agent.last.casefold(), agent.first.casefold(), agent.oid)))

    @property
    def about(self) -> str:
        """What people call the class or site."""
        kind, _, name = self.subject.partition(":")
        return f"class {name}" if f"{kind}:" == CLASS_ else self.roster.sites[name].name

    def klass(self, agent: Agent) -> TrainingClass:
        """The class of an agent."""
        return self.roster.classes[agent.class_name]

    @cached_property
    def _standings(self) -> dict[str, str]:
        rows = self.connection.execute(select(tables.standings))
        return {row.agent: row.status for row in rows if row.since < micros(self.until)}

    def standing(self, agent: str) -> str:
        """ "left", "production" or "" for active."""
        return self._standings.get(agent, "")

    def begun(self, agent: Agent) -> bool:
        """Whether his class had begun by that day."""
        return self.klass(agent).start <= self.date

    # -- cases

    @cached_property
    def _read(self) -> dict[tuple[str, str], dict[str, list[Case[Any]]]]:
        return {}

    def _of(self, workflow: str, key: str = "") -> dict[str, list[Case[Any]]]:
        """The cases of one workflow (and key) by whom they are about, read when first asked for."""
        if workflow not in REPORTED:
            raise KeyError(f"no report looks at {workflow}")
        if (workflow, key) not in self._read:
            found: dict[str, list[Case[Any]]] = {}
            for case in self._load(workflow, key) if workflow in WORKFLOWS else ():
                found.setdefault(case.agent, []).append(case)
            self._read[workflow, key] = found
        return self._read[workflow, key]

    def _load(self, workflow: str, key: str) -> Iterator[Case[Any]]:
        subjects = [*(agent.username for agent in self.agents), *self._shared()]
        until = micros(self.until)
        found = _STOOD.all(self.connection, until, subjects, workflow, until, key)
        stood = self._stood(found)
        for id, _, pack, after in found:
            if after is None and id in self.fresh:
                yield self.fresh[id]
            elif stood[id].state != self.office.machine(workflow, pack).start:
                yield stood[id] if stood[id].pack == pack else replace(stood[id], pack=pack)
        for case in self.fresh.values():
            mine = case.workflow == workflow and case.agent in subjects and key in ("", case.key)
            if mine and case.id not in stood:
                yield case

    def _stood(self, found: Iterable[tuple[str, int, str, int | None]]) -> dict[str, Case[Any]]:
        """These cases by id, as they are or as they were before a later step; what no shelf holds is read."""
        stood = {
            id: self.shelf.get(id, seq) if after is None else self.shelf.before(id, after)
            for id, seq, _, after in found
        }
        later = {id for id, _, _, after in found if after is not None}
        missing = [id for id, case in stood.items() if case is None]
        until = micros(self.until)
        for start in range(0, len(missing), AT_ONCE):
            ids = missing[start : start + AT_ONCE]
            whole = {row.id: row for row in _WHOLE.all(self.connection, ids)}
            for id, after, was, before in _BEFORE.all(self.connection, ids, until, until):
                stood[id] = self.shelf.put_before(self._case(whole[id], was, before), after)
            for id in ids:
                if id not in later:
                    stood[id] = self.shelf.put(self._case(whole[id], whole[id].state, whole[id].data_json))
        return {id: case for id, case in stood.items() if case is not None}

    def _case(self, row: Any, state: str, data: str) -> Case[Any]:
        return Case(
            id=row.id,
            workflow=row.workflow,
            key=row.key,
            agent=row.agent,
            pack=row.pack,
            calendar=row.calendar,
            state=state,
            data=reader(DATA[row.workflow])(parse(self.seal.open(data))),
            opened=instant(row.opened),
            seq=row.seq,
        )

    def _shared(self) -> list[str]:
        """The class and site cases of these agents."""
        classes = {agent.class_name for agent in self.agents}
        sites = {self.roster.classes[name].site for name in classes}
        return [*(f"{CLASS_}{name}" for name in sorted(classes)), *(f"{SITE_}{key}" for key in sorted(sites))]

    def cases(self, workflow: str, agent: str = "") -> list[Case[Any]]:
        """The cases of a workflow as they stood, in order of opening: all, or those of one agent."""
        found = self._of(workflow)
        if agent:
            return list(found.get(agent, ()))
        return sorted((case for mine in found.values() for case in mine), key=lambda case: (case.opened, case.id))

    def cases_of_day(self, workflow: str, agent: str) -> list[Case[Any]]:
        """The agent's cases of a workflow that has one a day: those of this day."""
        return list(self._of(workflow, self.date.isoformat()).get(agent, ()))

    def case(self, workflow: str, agent: str) -> Case[Any] | None:
        """The newest case of an agent, but for those taken back."""
        mine = [case for case in self.cases(workflow, agent) if case.state != "VOID"]
        return mine[-1] if mine else None

    def runs(self, workflow: str) -> bool:
        """Whether that workflow is known and in force."""
        return workflow in WORKFLOWS and self.office.runs(workflow)

    def earlier(self, on: Date) -> Day:
        """An earlier day of the same class or site."""
        return Day(
            connection=self.connection,
            seal=self.seal,
            office=self.office,
            subject=self.subject,
            date=on,
            until=self.calendar.midnight(on + DAY),
            shelf=self.shelf,
        )

    # -- the tracker

    @cached_property
    def _entries(self) -> list[Any]:
        n = tables.tracker_notes.c
        users = [agent.username for agent in self.agents]
        rows = self.connection.execute(
            select(tables.tracker_notes).where(n.agent.in_(users), n.at < micros(self.until), n.open)
        ).all()
        return sorted(rows, key=lambda row: (row.at, _order(row.id)))

    @cached_property
    def _cells(self) -> dict[tuple[str, str], Cell]:
        return {
            (row.agent, row.column): Cell(value=row.value, at=instant(row.at), by=row.by)
            for row in self._entries
            if row.value is not None
        }

    def cell(self, agent: str, column: str) -> Cell | None:
        """A tracker cell as it stood."""
        return self._cells.get((agent, column))

    def value(self, agent: str, column: str) -> str:
        """What it said."""
        found = self.cell(agent, column)
        return found.value if found else ""

    def remarks(self, agent: str) -> list[Remark]:
        """The agent's notes, newest first."""
        return [
            Remark(column=row.column, text=row.note, at=instant(row.at))
            for row in reversed(self._entries)
            if row.agent == agent and row.note
        ]

    def touched(self, agent: str, column: str) -> bool:
        """Whether a cell was written or noted on that day."""
        return (agent, column) in self._today

    @cached_property
    def _today(self) -> frozenset[tuple[str, str]]:
        start = micros(self.calendar.midnight(self.date))
        return frozenset((row.agent, row.column) for row in self._entries if row.at >= start)

    # -- time

    def local(self, at: datetime) -> str:
        """The site's clock: "08:09", with the day when it is another one."""
        here = self.calendar.local(at)
        return f"{here:%H:%M}" if here.date() == self.date else f"{here:%m/%d %H:%M}"

    def on(self, at: datetime | None) -> bool:
        """Whether that was on this day."""
        return at is not None and self.calendar.local(at).date() == self.date

    def days_in(self, agent: Agent) -> int:
        """Which business day of ESP it is for the agent's class: 1 on its first."""
        return self.calendar.day_number(self.klass(agent).start, self.calendar.at(self.date, NOON))


def day(
    connection: Connection,
    seal: Seal,
    office: Office,
    subject: str,
    on: date,
    now: datetime,
    fresh: Iterable[Case[Any]] = (),
    shelf: Shelf | None = None,
) -> Day:
    """That day of a class or site, as far as it has gone by `now`."""
    calendar = Calendar.of(office.roster.site_of(subject))
    end = calendar.midnight(on + DAY)
    until = min(end, now + timedelta(microseconds=1))
    cases = {case.id: case for case in fresh} if now < end else {}
    return Day(
        connection=connection,
        seal=seal,
        office=office,
        subject=subject,
        date=on,
        until=until,
        fresh=cases,
        shelf=shelf or Shelf(),
    )


def _order(id: str) -> tuple[int, ...]:
    """ "Q-1:5:2" in order of step and effect."""
    return tuple(int("".join(char for char in part if char.isdigit()) or 0) for part in id.split(":")[1:])


_STOOD = Read(
    "SELECT id, seq, pack, (SELECT min(seq) FROM journal WHERE case_id = cases.id AND at >= ?) FROM cases"
    " WHERE agent IN (?*) AND workflow = ? AND opened < ? AND ? IN ('', key) ORDER BY opened, id"
)
"""The cases of a day, all or those of one key, each with the number of its first step thereafter."""
_WHOLE = Read.whole(tables.cases, "WHERE id IN (?*)")
_BEFORE = Read(
    "SELECT case_id, seq, was, before_json FROM journal WHERE case_id IN (?*) AND at >= ? AND seq ="
    " (SELECT min(later.seq) FROM journal AS later WHERE later.case_id = journal.case_id AND later.at >= ?)"
)
