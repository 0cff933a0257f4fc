"""What one batch knows: everything of the agents it names, read once and kept under its id.

A few statements whatever the batch holds. Reads rows and changes none; what a batch does with it is
`store/world.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from store import statements, tables
from store.rows import Duty, Question, Timer, read_case
from store.seal import Seal
from store.shelf import Shelf
from workflows.machine import Case


@dataclass(kw_only=True)
class Known:
    """The cases, duties, timers and questions of a batch.

    `data_types` gives the data class of a workflow, `lasting` those whose ended cases still matter to a decision: a
    closed exam, a filed CAP.
    """

    connection: Connection
    seal: Seal
    data_types: Mapping[str, type]
    lasting: tuple[str, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    cases: dict[str, Case[Any]] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    live: dict[str, bool] = field(default_factory=dict)
    _loaded: dict[str, int] = field(default_factory=dict)
    _duties: dict[str, Duty] = field(default_factory=dict)
    _timers: dict[tuple[str, str], Timer] = field(default_factory=dict)
    _of_agent: dict[str, list[str]] = field(default_factory=dict)
    _duties_of: dict[str, list[Duty]] = field(default_factory=dict)
    _timers_of: dict[str, list[Timer]] = field(default_factory=dict)
    _no_duties_yet: set[str] = field(default_factory=set)
    _no_timers_yet: set[str] = field(default_factory=set)
    _raw_duties: dict[str, list[Any]] = field(default_factory=dict)
    _raw_timers: dict[str, list[Any]] = field(default_factory=dict)

    # -- cases

    def load(self, agents: Iterable[str]) -> None:
        """Load the cases of these agents, once; their open duties and armed timers come when first looked at."""
        wanted = sorted(set(agents) - self.agents)
        if not wanted:
            return
        self.agents.update(wanted)
        for case, live in self._standing(statements.CASES.all(self.connection, wanted, self.lasting)):
            self._put(case, live)
        self._no_duties_yet.update(wanted)
        self._no_timers_yet.update(wanted)

    def recall(self, ids: Iterable[str]) -> None:
        """Load these cases too, whoever they are about, ended ones of any workflow as well."""
        wanted = sorted(set(ids) - self.cases.keys())
        if wanted:
            rows = statements.BY_ID.all(self.connection, wanted)
            self.load(row.agent for row in rows)
            for row in rows:
                if row.id not in self.cases:
                    self._put(self._case(row), bool(row.live))

    def cases_of(self, agent: str) -> list[Case[Any]]:
        """The cases of an agent, in order of opening."""
        return [self.cases[id] for id in self._of_agent.get(agent, ())]

    def cases_in(self, workflow: str, agents: Iterable[str]) -> dict[str, list[Case[Any]]]:
        """The cases of one workflow by agent, as `load` would give them: for whoever looks at many and at little."""
        wanted = list(agents)
        found = {each: [case for case in self.cases_of(each) if case.workflow == workflow] for each in wanted}
        if rest := [each for each in wanted if each not in self.agents]:
            rows = statements.CASES_IN.all(self.connection, rest, workflow, workflow in self.lasting)
            for case, _ in self._standing(rows):
                found[case.agent].append(case)
        return found

    def _standing(self, found: list[tuple[Any, ...]]) -> Iterator[tuple[Case[Any], bool]]:
        """Cases known by (id, seq, live): most stand on the shelf as they are; the others are read whole."""
        known = {id: self.shelf.get(id, seq) for id, seq, _ in found}
        missing = [id for id, case in known.items() if case is None]
        whole = {row.id: row for row in statements.BY_ID.all(self.connection, missing)} if missing else {}
        for id, _, live in found:
            case = known[id]
            if case is not None:
                yield case, bool(live)
            else:
                yield self._case(whole[id]), bool(whole[id].live)

    def _put(self, case: Case[Any], live: bool) -> None:
        self.cases[case.id] = case
        self.live[case.id] = live
        self._loaded[case.id] = case.seq
        self._of_agent.setdefault(case.agent, []).append(case.id)

    def _case(self, row: Any) -> Case[Any]:
        """The case of a row, from the shelf, or made anew and put there."""
        return self.shelf.get(row.id, row.seq) or self.shelf.put(
            read_case(row, self.data_types[row.workflow], self.seal)
        )

    # -- duties and timers: read when the first of the batch is looked at, for the whole batch, and made into objects
    # for the agent whose own they are: many letters look at none.

    def duties_of(self, agent: str) -> list[Duty]:
        """The duties of an agent known to this batch, open ones first loaded, in order of age."""
        if agent in self._no_duties_yet:
            wanted = sorted(self._no_duties_yet)
            self._no_duties_yet.clear()
            for row in statements.DUTIES.all(self.connection, wanted):
                self._raw_duties.setdefault(row.agent, []).append(row)
        for row in self._raw_duties.pop(agent, ()):
            if row.id not in self._duties:
                self._keep_duty(Duty.read(row, self.seal))
        return self._duties_of.get(agent, [])

    def timers_of(self, agent: str) -> list[Timer]:
        """The timers of an agent known to this batch."""
        if agent in self._no_timers_yet:
            wanted = sorted(self._no_timers_yet)
            self._no_timers_yet.clear()
            for row in statements.TIMERS.all(self.connection, wanted):
                self._raw_timers.setdefault(row.agent, []).append(row)
        for row in self._raw_timers.pop(agent, ()):
            if (row.case_id, row.name) not in self._timers:
                self._keep_timer(Timer.read(row))
        return self._timers_of.get(agent, [])

    @property
    def duties(self) -> dict[str, Duty]:
        """Every duty known to this batch by its id, in order of age."""
        for agent in self.agents:
            self.duties_of(agent)
        return dict(sorted(self._duties.items(), key=lambda each: (each[1].since, each[0])))

    def duty(self, id: str) -> Duty | None:
        """One duty, open or settled."""
        case_id = id.partition(":")[0]
        if case_id in self.cases:
            self.duties_of(self.cases[case_id].agent)
        if id not in self._duties:
            row = self.connection.execute(select(tables.duties).where(tables.duties.c.id == id)).first()
            if row is None:
                return None
            self._keep_duty(Duty.read(row, self.seal))
        return self._duties[id]

    def settled_duties(self, case_id: str) -> list[Duty]:
        """The duties of a case that people have settled."""
        case = self.cases.get(case_id)
        if case is None:  # a case that was refused before it began
            return []
        here = [duty for duty in self.duties_of(case.agent) if duty.case_id == case_id]
        mine = [duty for duty in here if not duty.open and duty.settled_by]
        known = {duty.id for duty in here}
        d = tables.duties.c
        rows = self.connection.execute(
            select(tables.duties).where(d.case_id == case_id, d.open.is_(False), d.settled_by != "")
        )
        return mine + [Duty.read(row, self.seal) for row in rows if row.id not in known]

    def open_duties(self, case_id: str) -> list[Duty]:
        """The open duties of a case; none of one that was refused before it began."""
        if case_id not in self.cases:
            return []
        return [duty for duty in self.duties_of(self.cases[case_id].agent) if duty.case_id == case_id and duty.open]

    def timer(self, case_id: str, name: str) -> Timer | None:
        """A timer of a case, armed or not any more."""
        self.timers_of(self.cases[case_id].agent if case_id in self.cases else "")
        return self._timers.get((case_id, name))

    def armed(self, case_id: str) -> list[Timer]:
        """The armed timers of a case; none of one that was refused before it began."""
        if case_id not in self.cases:
            return []
        return [timer for timer in self.timers_of(self.cases[case_id].agent) if timer.case_id == case_id and timer.open]

    def _keep_duty(self, duty: Duty) -> None:
        self._duties[duty.id] = duty
        self._duties_of.setdefault(duty.agent, []).append(duty)

    def _keep_timer(self, timer: Timer) -> None:
        known = self._timers.get((timer.case_id, timer.name))
        self._timers[timer.case_id, timer.name] = timer
        mine = self._timers_of.setdefault(timer.agent, [])
        if known is not None and known is not timer:
            mine.remove(known)
        if known is not timer:
            mine.append(timer)

    # -- questions

    def ask_of(self, actors: Iterable[str]) -> None:
        """Load the open questions to these people."""
        wanted = list(set(actors))
        if not wanted:
            return
        for row in statements.QUESTIONS.all(self.connection, wanted):
            self.questions[row.id] = Question.read(row, self.seal)

    def question(self, id: str) -> Question | None:
        """One question, open or answered."""
        if id not in self.questions:
            row = self.connection.execute(select(tables.asks).where(tables.asks.c.id == id)).first()
            if row is None:
                return None
            self.questions[id] = Question.read(row, self.seal)
        return self.questions[id]

    # -- what else stands in the tables

    def seen(self, sources: Iterable[str]) -> set[str]:
        """Which of these sources the inbox holds."""
        wanted = list(sources)
        if not wanted:
            return set()
        return {source for (source,) in statements.SEEN.all(self.connection, wanted)}

    def agents_of(self, refs: Iterable[str]) -> dict[str, str]:
        """The agents of these cases."""
        wanted = list(set(refs))
        if not wanted:
            return {}
        return dict(statements.AGENTS_OF.all(self.connection, wanted))

    def agents_owing(self, person: str) -> list[str]:
        """Agents about whom this person has an open duty, oldest first, at most twenty."""
        found = statements.OWING.all(self.connection, f'%"{person}"%')
        return list(dict.fromkeys(agent for (agent,) in found))[:20]

    def cell_before(self, agent: str, column: str, key: str) -> str | None:
        """What stood in a tracker cell before that row of its history; None when that row changed no cell."""
        t = tables.tracker_notes.c
        rows = self.connection.execute(
            select(t.id, t.value).where(t.agent == agent, t.column == column, t.value.is_not(None)).order_by(t.at, t.id)
        ).all()
        ids = [row.id for row in rows]
        if key not in ids:
            return None
        earlier = rows[: ids.index(key)]
        return str(earlier[-1].value) if earlier else ""

    def thread(self, case_id: str, lane: str) -> str | None:
        """Our own id of the first post of a case in a room."""
        rows = statements.THREAD.all(self.connection, case_id, lane)
        return rows[0][0] if rows else None
