"""The identity map of one batch: everything of the agents it names, read once, changed in memory, written once.

About ten statements whatever the batch holds. What was read is compared when it is written: a case that
somebody else changed meanwhile loses the batch (`Lost`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, text, update

from store import tables
from store.codec import dump, instant, micros, parse, reader
from store.fast import Insert, Many
from store.seal import MARK, Seal
from workflows.machine import Case


class Lost(Exception):
    """Another replica changed, or opened, one of these cases first: take the letters singly."""


@dataclass(slots=True, kw_only=True)
class Duty:
    """Who owes what since when until when. `answers` and `stages` are plain JSON values."""

    id: str
    case_id: str
    workflow: str
    agent: str
    name: str
    title: str
    template: str
    facts: dict[str, Any]
    roles: tuple[str, ...]
    owners: tuple[str, ...]
    answers: list[dict[str, Any]]
    stages: dict[str, Any]
    since: datetime
    due: datetime | None = None
    channel: str = ""
    status: str = "open"
    open: bool = True
    card: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None
    done: str = ""
    version: int = 0


@dataclass(slots=True, kw_only=True)
class Timer:
    """A due time of a case; `event` "" belongs to a duty's clock."""

    case_id: str
    name: str
    agent: str
    due: datetime
    seq: int
    event: str
    payload: Any
    open: bool = True

    @property
    def source(self) -> str:
        """Its name in the inbox."""
        return f"timer:{self.case_id}:{self.name}:{self.seq}:{micros(self.due)}"


@dataclass(slots=True, kw_only=True)
class Question:
    """An open one-line question to a person: a choice among `answers`, or words that fill a field."""

    id: str
    actor: str
    kind: str
    answers: list[dict[str, Any]]
    at: datetime
    case_id: str = ""
    agent: str = ""
    duty: str = ""
    open: bool = True


@dataclass(slots=True, kw_only=True)
class Note:
    """One row of the outbox. `body` is everything frozen at decision; `sealed` is known once it is stored."""

    key: str
    channel: str
    lane: str
    template: str
    body: dict[str, Any]
    made: datetime
    due: datetime
    case_id: str = ""
    agent: str = ""
    spec: str = ""
    tag: str = ""
    state: str = "waiting"
    sent: datetime | None = None
    said: str | None = None
    wire_id: str | None = None
    tries: int = 0
    order: int = 0
    sealed: bool = False


@dataclass(slots=True, kw_only=True)
class Step:
    """One journal row. `made` is what the step did to rows, so that it can be unwound."""

    case_id: str
    seq: int
    at: datetime
    actor: str
    by: list[str]
    source: str
    event: str
    payload: str
    was: str
    state: str
    before: str
    row: str
    made: dict[str, Any]
    after: str | None = None
    unwound_by: str | None = None


@dataclass
class Shelf:
    """Cases as they were last read, so that the next batch need not make them anew: a case never changes, only the
    one of the next `seq` is another. What a batch made itself stands here only once it was read back."""

    room: int = 8192
    _cases: dict[str, Case[Any]] = field(default_factory=dict)

    def get(self, id: str, seq: int) -> Case[Any] | None:
        """That case at that step, if it stands here."""
        known = self._cases.get(id)
        return known if known is not None and known.seq == seq else None

    def put(self, case: Case[Any]) -> Case[Any]:
        """Keep it; the oldest make room."""
        self._cases.pop(case.id, None)
        self._cases[case.id] = case
        if len(self._cases) > self.room:
            for id in list(self._cases)[: self.room // 4]:
                del self._cases[id]
        return case


@dataclass(kw_only=True)
class World:
    """All that one batch may touch.

    `data_types` gives the data class of a workflow, `sealed` which are sealed, `lasting` those whose ended cases
    still matter to a decision: a closed exam, a filed CAP. `tick` gives a number greater than any before it, by
    which steps and messages of one instant keep their order.
    """

    connection: Connection
    seal: Seal
    data_types: Mapping[str, type]
    sealed: Callable[[str], bool]
    lease: Callable[[datetime], datetime] = lambda at: at
    tick: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    lasting: tuple[str, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    cases: dict[str, Case[Any]] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    agents: set[str] = field(default_factory=set)
    live: dict[str, bool] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    extra: list[tuple[Any, Any]] = field(default_factory=list)
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
    _new_duties: set[str] = field(default_factory=set)
    _changed_duties: set[str] = field(default_factory=set)
    _changed_timers: set[tuple[str, str]] = field(default_factory=set)
    _new_questions: set[str] = field(default_factory=set)
    _changed_questions: set[str] = field(default_factory=set)
    _changed_cases: dict[str, datetime] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _withdrawn: list[str] = field(default_factory=list)
    _unwound: dict[str, str] = field(default_factory=dict)

    # -- reading

    def seen(self, sources: Iterable[str]) -> set[str]:
        """Which of these sources the inbox holds."""
        wanted = list(sources)
        if not wanted:
            return set()
        return set(self.connection.execute(_SEEN, {"sources": wanted}).scalars())

    def ask_of(self, actors: Iterable[str]) -> None:
        """Load the open questions to these people."""
        wanted = list(set(actors))
        if not wanted:
            return
        for row in self.connection.execute(_QUESTIONS, {"actors": wanted}):
            self.questions[row.id] = self._question(row)

    def agents_of(self, refs: Iterable[str]) -> dict[str, str]:
        """The agents of these cases."""
        wanted = list(set(refs))
        if not wanted:
            return {}
        return {row.id: row.agent for row in self.connection.execute(_AGENTS_OF, {"ids": wanted})}

    def agents_owing(self, person: str) -> list[str]:
        """Agents about whom this person has an open duty, oldest first, at most twenty."""
        found = self.connection.execute(_OWING, {"owner": f'%"{person}"%'}).scalars().all()
        return list(dict.fromkeys(found))[:20]

    def load(self, agents: Iterable[str]) -> None:
        """Load the cases of these agents, once; their open duties and armed timers come when first looked at."""
        wanted = sorted(set(agents) - self.agents)
        if not wanted:
            return
        self.agents.update(wanted)
        for row in self.connection.execute(_CASES, {"agents": wanted, "lasting": self.lasting}).all():
            self._put_loaded(row)
        self._no_duties_yet.update(wanted)
        self._no_timers_yet.update(wanted)

    def recall(self, ids: Iterable[str]) -> None:
        """Load these cases too, whoever they are about, ended ones of any workflow as well."""
        wanted = sorted(set(ids) - self.cases.keys())
        if wanted:
            rows = self.connection.execute(_BY_ID, {"ids": wanted}).all()
            self.load(row.agent for row in rows)
            for row in rows:
                if row.id not in self.cases:
                    self._put_loaded(row)

    # Duties and timers are read when the first of the batch is looked at, for the whole batch, and made into
    # objects for the agent whose own they are: many letters look at none.

    def duties_of(self, agent: str) -> list[Duty]:
        """The duties of an agent known to this batch, open ones first loaded, in order of age."""
        if agent in self._no_duties_yet:
            wanted = sorted(self._no_duties_yet)
            self._no_duties_yet.clear()
            for row in self.connection.execute(_DUTIES, {"agents": wanted}).all():
                self._raw_duties.setdefault(row.agent, []).append(row)
        for row in self._raw_duties.pop(agent, ()):
            if row.id not in self._duties:
                self._keep_duty(self._duty(row))
        return self._duties_of.get(agent, [])

    def timers_of(self, agent: str) -> list[Timer]:
        """The timers of an agent known to this batch."""
        if agent in self._no_timers_yet:
            wanted = sorted(self._no_timers_yet)
            self._no_timers_yet.clear()
            for row in self.connection.execute(_TIMERS, {"agents": wanted}).all():
                self._raw_timers.setdefault(row.agent, []).append(row)
        for row in self._raw_timers.pop(agent, ()):
            if (row.case_id, row.name) not in self._timers:
                self._keep_timer(_timer(row))
        return self._timers_of.get(agent, [])

    @property
    def duties(self) -> dict[str, Duty]:
        """Every duty known to this batch by its id, in order of age."""
        for agent in self.agents:
            self.duties_of(agent)
        return dict(sorted(self._duties.items(), key=lambda each: (each[1].since, each[0])))

    def cases_of(self, agent: str) -> list[Case[Any]]:
        """The cases of an agent, in order of opening."""
        return [self.cases[id] for id in self._of_agent.get(agent, ())]

    def timer(self, case_id: str, name: str) -> Timer | None:
        """A timer of a case, armed or not any more."""
        self.timers_of(self.cases[case_id].agent if case_id in self.cases else "")
        return self._timers.get((case_id, name))

    def soonest(self) -> datetime | None:
        """When the first timer armed by this batch is due."""
        return min((timer.due for id in self._changed_timers if (timer := self._timers[id]).open), default=None)

    @property
    def withdrawn(self) -> list[str]:
        """Outbox rows of earlier batches that are not to be sent any more."""
        return self._withdrawn

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

    def _put_loaded(self, row: Any) -> None:
        self.cases[row.id] = self.shelf.get(row.id, row.seq) or self.shelf.put(self._case(row))
        self.live[row.id] = bool(row.live)
        self._loaded[row.id] = row.seq
        self._of_agent.setdefault(row.agent, []).append(row.id)

    def _case(self, row: Any) -> Case[Any]:
        return Case(
            id=row.id,
            workflow=row.workflow,
            key=row.key,
            agent=row.agent,
            pack=row.pack,
            calendar=row.calendar,
            state=row.state,
            data=reader(self.data_types[row.workflow])(parse(self.seal.open(row.data_json))),
            opened=instant(row.opened),
            seq=row.seq,
        )

    def _duty(self, row: Any) -> Duty:
        return Duty(
            id=row.id,
            case_id=row.case_id,
            workflow=row.workflow,
            agent=row.agent,
            name=row.name,
            title=row.title,
            template=row.template,
            facts=parse(self.seal.open(row.facts_json)),
            roles=tuple(parse(row.roles_json)),
            owners=tuple(parse(row.owners_json)),
            answers=parse(self.seal.open(row.answers_json)),
            stages=parse(row.sla_json),
            since=instant(row.since),
            due=instant(row.due) if row.due is not None else None,
            channel=row.channel,
            status=row.status,
            open=bool(row.open),
            card=row.card,
            settled_by=row.settled_by,
            settled_at=instant(row.settled_at) if row.settled_at is not None else None,
            done=row.done,
            version=row.version,
        )

    def duty(self, id: str) -> Duty | None:
        """One duty, open or settled."""
        case_id = id.partition(":")[0]
        if case_id in self.cases:
            self.duties_of(self.cases[case_id].agent)
        if id not in self._duties:
            row = self.connection.execute(select(tables.duties).where(tables.duties.c.id == id)).first()
            if row is None:
                return None
            self._keep_duty(self._duty(row))
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
        return mine + [self._duty(row) for row in rows if row.id not in known]

    def _question(self, row: Any) -> Question:
        return Question(
            id=row.id,
            actor=row.actor,
            kind=row.kind,
            answers=parse(self.seal.open(row.answers_json)),
            at=instant(row.at),
            case_id=row.case_id,
            agent=row.agent,
            duty=row.duty,
            open=bool(row.open),
        )

    def question(self, id: str) -> Question | None:
        """One question, open or answered."""
        if id not in self.questions:
            row = self.connection.execute(select(tables.asks).where(tables.asks.c.id == id)).first()
            if row is None:
                return None
            self.questions[id] = self._question(row)
        return self.questions[id]

    def notes_of(self, case_id: str, tag: str | None = None, keys: Iterable[str] | None = None) -> list[Note]:
        """Outbox rows of a case, oldest first: those under a tag, or with these keys."""
        query = select(tables.outbox).where(tables.outbox.c.case_id == case_id)
        if tag is not None:
            query = query.where(tables.outbox.c.tag == tag)
        if keys is not None:
            query = select(tables.outbox).where(tables.outbox.c.key.in_(list(keys)))
        stored = [self._note(row) for row in self.connection.execute(query.order_by(tables.outbox.c.order))]
        wanted = set(keys) if keys is not None else None
        fresh = [
            note
            for note in self.notes.values()
            if (
                note.key in wanted
                if wanted is not None
                else note.case_id == case_id and (tag is None or note.tag == tag)
            )
        ]
        return stored + fresh

    def _note(self, row: Any) -> Note:
        return Note(
            key=row.key,
            channel=row.channel,
            lane=row.lane,
            template=row.template,
            body=parse(self.seal.open(row.body_json)),
            made=instant(row.made),
            due=instant(row.due),
            case_id=row.case_id,
            agent=row.agent,
            spec=row.spec,
            tag=row.tag,
            state=row.state,
            sent=instant(row.sent) if row.sent is not None else None,
            said=row.said,
            wire_id=row.wire_id,
            tries=row.tries,
            order=row.order,
        )

    stored_note = _note

    def steps_of(self, *, source: str | None = None, case_id: str | None = None) -> list[Step]:
        """Journal rows of one letter, or of one case, oldest first."""
        query = select(tables.journal)
        query = (
            query.where(tables.journal.c.source == source)
            if source is not None
            else query.where(tables.journal.c.case_id == case_id)
        )
        stored = [
            self._step(row)
            for row in self.connection.execute(query.order_by(tables.journal.c.order, tables.journal.c.seq))
        ]
        fresh = [
            step for step in self.steps if (step.source == source if source is not None else step.case_id == case_id)
        ]
        return stored + fresh

    def _step(self, row: Any) -> Step:
        return Step(
            case_id=row.case_id,
            seq=row.seq,
            at=instant(row.at),
            actor=row.actor,
            by=parse(row.by_json),
            source=row.source,
            event=row.event,
            payload=self.seal.open(row.event_json),
            was=row.was,
            state=row.state,
            before=self.seal.open(row.before_json),
            row=row.row,
            made=parse(row.made_json),
            after=self.seal.open(row.after_json) if row.after_json else None,
            unwound_by=row.unwound_by or self._unwound.get(row.source),
        )

    def newest_steps_by(self, actor: str, since: datetime) -> list[Step]:
        """The newest steps of that person, at most fifty: newest letter first, each letter in its order."""
        mine = [step for step in reversed(self.steps) if step.actor == actor]
        j = tables.journal.c
        query = select(tables.journal).where(j.actor == actor, j.at >= micros(since)).order_by(j.order.desc()).limit(50)
        letters: dict[str, list[Step]] = {}
        for step in (*mine, *(self._step(row) for row in self.connection.execute(query))):
            letters.setdefault(step.source, []).insert(0, step)
        return [step for steps in letters.values() for step in steps]

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

    def unwind(self, source: str, by: str) -> None:
        """What this letter did is taken back by that one."""
        self._unwound[source] = by
        for step in self.steps:
            if step.source == source:
                step.unwound_by = step.unwound_by or by
        self.extra.append((_UNWOUND, [{"source": source, "by": by}]))

    def hold(self, source: str, by: str) -> None:
        """What this letter did holds again: the one that took it back is taken back itself."""
        self._unwound.pop(source, None)
        for step in self.steps:
            if step.source == source and step.unwound_by == by:
                step.unwound_by = None
        self.extra.append((_HELD, [{"source": source, "by": by}]))

    def thread(self, case_id: str, lane: str) -> str | None:
        """Our own id of the first post of a case in a room."""
        t = tables.threads.c
        return self.connection.execute(select(t.wire_id).where(t.case_id == case_id, t.lane == lane)).scalar()

    # -- changing

    def number(self, letter: str) -> str:
        """The next free reference of a letter ("F-1043")."""
        if letter not in self._numbers:
            self.connection.execute(_COUNTER, {"letter": letter})
            self._numbers[letter] = self.connection.execute(_COUNT, {"letter": letter}).scalar() or 1
        n = self._numbers[letter]
        self._numbers[letter] = n + 1
        self._used.add(letter)
        return f"{letter}-{n}"

    def put_case(self, case: Case[Any], live: bool, at: datetime) -> None:
        """The case as it is now."""
        if case.id not in self.cases:
            self._of_agent.setdefault(case.agent, []).append(case.id)
        self.cases[case.id] = case
        self.live[case.id] = live
        self._changed_cases[case.id] = at

    def add_duty(self, duty: Duty) -> None:
        """A new duty."""
        self.duties_of(duty.agent)
        self._keep_duty(duty)
        self._new_duties.add(duty.id)

    def touch_duty(self, duty: Duty) -> None:
        """This duty was changed."""
        if duty.id not in self._new_duties:
            self._changed_duties.add(duty.id)

    def put_timer(self, timer: Timer) -> None:
        """A timer armed, or changed."""
        self.timers_of(timer.agent)
        self._keep_timer(timer)
        self._changed_timers.add((timer.case_id, timer.name))

    def add_question(self, question: Question) -> None:
        """A new question; older ones to the same person that wait for words are closed."""
        for older in self.questions.values():
            if older.actor == question.actor and older.open and older.kind != "choice" and question.kind != "choice":
                self.close_question(older)
        self.questions[question.id] = question
        self._new_questions.add(question.id)

    def close_question(self, question: Question) -> None:
        """Answered or moot."""
        question.open = False
        if question.id not in self._new_questions:
            self._changed_questions.add(question.id)

    def add_note(self, note: Note) -> None:
        """Something to send. Notes keep their order."""
        note.order = self.tick()
        self.notes[note.key] = note

    def withdraw_note(self, key: str) -> None:
        """Not to be sent, if it has not been."""
        note = self.notes.get(key)
        if note is not None:
            note.state = "withdrawn"
        else:
            self._withdrawn.append(key)

    def open_duties(self, case_id: str) -> list[Duty]:
        """The open duties of a case; none of one that was refused before it began."""
        if case_id not in self.cases:
            return []
        return [duty for duty in self.duties_of(self.cases[case_id].agent) if duty.case_id == case_id and duty.open]

    def armed(self, case_id: str) -> list[Timer]:
        """The armed timers of a case; none of one that was refused before it began."""
        if case_id not in self.cases:
            return []
        return [timer for timer in self.timers_of(self.cases[case_id].agent) if timer.case_id == case_id and timer.open]

    # -- writing

    def save(self) -> None:
        """Write everything back: one statement a table. Raises Lost when a case was changed by somebody else."""
        run = self.connection.execute
        if self.letters:
            _INBOX_IN.run(self.connection, self._inbox_rows())
        for letter in self._used:
            run(_COUNTED, {"letter": letter, "next": self._numbers[letter]})
        self._save_cases()
        if self.steps:
            _JOURNAL_IN.run(self.connection, [self._step_row(step) for step in self.steps])
        if self.notes:
            _OUTBOX_IN.run(self.connection, [self._note_row(note) for note in self.notes.values()])
        if self._withdrawn:
            run(_WITHDRAW, [{"b_key": key} for key in self._withdrawn])
        if self._new_duties:
            _DUTY_IN.run(self.connection, [self._duty_row(self._duties[id]) for id in sorted(self._new_duties)])
        if self._changed_duties:
            rows = [self._duty_row(self._duties[id]) for id in sorted(self._changed_duties)]
            if _DUTY_UP.run(self.connection, rows) != len(rows):
                raise Lost("a duty was settled by another replica")
        if self._changed_timers:
            _TIMER_IN.run(self.connection, [_timer_row(self._timers[id]) for id in sorted(self._changed_timers)])
        if self._new_questions:
            _ASK_IN.run(self.connection, [self._question_row(self.questions[id]) for id in sorted(self._new_questions)])
        if self._changed_questions:
            run(_ASK_UP, [{"b_id": id} for id in sorted(self._changed_questions)])
        for statement, rows in self.extra:
            run(statement, rows)

    def _save_cases(self) -> None:
        new, old = [], []
        for id, at in sorted(self._changed_cases.items()):  # in one order, so that replicas do not lock each other out
            row = self._case_row(self.cases[id], at)
            if id in self._loaded:
                old.append(
                    {
                        "b_id": id,
                        "b_seq": self._loaded[id],
                        "b_state": row["state"],
                        "b_live": row["live"],
                        "b_data": row["data_json"],
                        "b_new": row["seq"],
                        "b_changed": row["changed"],
                        "b_pack": row["pack"],
                    }
                )
            else:
                new.append(row)
        if new:
            _CASE_IN.run(self.connection, new)
        if old and _CASE_UP.run(self.connection, old) != len(old):
            raise Lost("a case was changed by another replica")

    def _close(self, workflow: str, content: str) -> str:
        return self.seal.close(content) if self.sealed(workflow) else content

    def _speaks_of_private(self, note: Note, body: str) -> bool:
        """Whether a card or board, which may speak of several cases, speaks of a sealed one."""
        facts = note.body["facts"]
        if "items" not in facts and "rows" not in facts:
            return False
        return any(f'"ref":"{id}"' in body for id, case in self.cases.items() if self.sealed(case.workflow))

    def _inbox_rows(self) -> list[dict[str, Any]]:
        """The letters, in one order for every replica; what was said to a sealed case, or looks sealed, is sealed."""
        private = {step.source for step in self.steps if self._private(step.case_id)} | {
            note.key[3:].rpartition(":")[0]
            for note in self.notes.values()
            if note.key.startswith("in:") and self._private(note.case_id)
        }
        rows = [
            {**letter, "text": self.seal.close(letter["text"])}
            if letter["source"] in private or letter["text"].startswith(MARK)
            else letter
            for letter in self.letters
        ]
        return sorted(rows, key=lambda row: str(row["source"]))

    def _private(self, case_id: str) -> bool:
        """Whether what is said about this case is sealed."""
        return case_id in self.cases and self.sealed(self.cases[case_id].workflow)

    def _case_row(self, case: Case[Any], at: datetime) -> dict[str, Any]:
        return {
            "id": case.id,
            "workflow": case.workflow,
            "key": case.key,
            "agent": case.agent,
            "pack": case.pack,
            "calendar": case.calendar,
            "state": case.state,
            "live": self.live[case.id],
            "data_json": self._close(case.workflow, dump(case.data)),
            "seq": case.seq,
            "opened": micros(case.opened),
            "changed": micros(at),
        }

    def _step_row(self, step: Step) -> dict[str, Any]:
        workflow = self.cases[step.case_id].workflow
        return {
            "case_id": step.case_id,
            "seq": step.seq,
            "at": micros(step.at),
            "actor": step.actor,
            "by_json": dump(step.by),
            "source": step.source,
            "event": step.event,
            "event_json": self._close(workflow, step.payload),
            "was": step.was,
            "state": step.state,
            "before_json": self._close(workflow, step.before),
            "after_json": self._close(workflow, step.after) if step.after else None,
            "row": step.row,
            "made_json": dump(step.made),
            "unwound_by": step.unwound_by,
            "order": self.tick(),
        }

    def _note_row(self, note: Note) -> dict[str, Any]:
        waiting = note.state == "waiting"
        body = dump(note.body)
        note.sealed = self._private(note.case_id) or self._speaks_of_private(note, body)
        return {
            "key": note.key,
            "channel": note.channel,
            "lane": note.lane,
            "case_id": note.case_id,
            "agent": note.agent,
            "template": note.template,
            "spec": note.spec,
            "tag": note.tag,
            "body_json": self.seal.close(body) if note.sealed else body,
            "state": note.state,
            "open": waiting,
            "due": micros(self.lease(note.due)),
            "order": note.order,
            "made": micros(note.made),
            "sent": None,
            "tries": 0,
            "error": None,
            "wire_id": note.wire_id,
            "said": note.said,
            "raw": None,
        }

    def _question_row(self, question: Question) -> dict[str, Any]:
        answers = dump(question.answers)
        meant = {(each.get("intent") or each).get("workflow") or "" for each in question.answers}
        return {
            "id": question.id,
            "actor": question.actor,
            "kind": question.kind,
            "case_id": question.case_id,
            "agent": question.agent,
            "duty": question.duty,
            "answers_json": self.seal.close(answers) if any(self.sealed(each) for each in meant) else answers,
            "at": micros(question.at),
            "open": question.open,
        }

    def _duty_row(self, duty: Duty) -> dict[str, Any]:
        return {
            "id": duty.id,
            "case_id": duty.case_id,
            "workflow": duty.workflow,
            "agent": duty.agent,
            "name": duty.name,
            "title": duty.title,
            "template": duty.template,
            "facts_json": self._close(duty.workflow, dump(duty.facts)),
            "roles_json": dump(duty.roles),
            "owners_json": dump(duty.owners),
            "answers_json": self._close(duty.workflow, dump(duty.answers)),
            "sla_json": dump(duty.stages),
            "channel": duty.channel,
            "status": duty.status,
            "open": duty.open,
            "since": micros(duty.since),
            "due": micros(duty.due) if duty.due else None,
            "card": duty.card,
            "settled_by": duty.settled_by,
            "settled_at": micros(duty.settled_at) if duty.settled_at else None,
            "done": duty.done,
            "version": duty.version + 1,
            "was": duty.version,
        }


def family(name: str) -> str:
    """ "form" of "form:2"."""
    return name.partition(":")[0]


def _timer(row: Any) -> Timer:
    return Timer(
        case_id=row.case_id,
        name=row.name,
        agent=row.agent,
        due=instant(row.due),
        seq=row.seq,
        event=row.event,
        payload=parse(row.event_json),
        open=bool(row.open),
    )


def _timer_row(timer: Timer) -> dict[str, Any]:
    due = micros(timer.due)
    return {
        "case_id": timer.case_id,
        "name": timer.name,
        "agent": timer.agent,
        "due": due,
        "claim": due,
        "seq": timer.seq,
        "open": timer.open,
        "event": timer.event,
        "event_json": dump(timer.payload),
    }


_c, _d, _t = tables.cases.c, tables.duties.c, tables.timers.c


def _many(name: str) -> Any:
    return bindparam(name, expanding=True)


_SEEN = select(tables.inbox.c.source).where(tables.inbox.c.source.in_(_many("sources")))
_QUESTIONS = (
    select(tables.asks)
    .where(tables.asks.c.actor.in_(_many("actors")), tables.still_open(tables.asks))
    .order_by(tables.asks.c.at)
)
_AGENTS_OF = select(_c.id, _c.agent).where(_c.id.in_(_many("ids")))
_OWING = (
    select(_d.agent)
    .where(tables.still_open(tables.duties), _d.owners_json.like(bindparam("owner")))
    .order_by(_d.since)
    .limit(60)
)
_CASES = select(tables.cases).where(_c.agent.in_(_many("agents")), or_(_c.live, _c.workflow.in_(_many("lasting"))))
_BY_ID = select(tables.cases).where(_c.id.in_(_many("ids")))
_DUTIES = (
    select(tables.duties)
    .where(_d.agent.in_(_many("agents")), tables.still_open(tables.duties))
    .order_by(_d.since, _d.id)
)
_TIMERS = select(tables.timers).where(_t.agent.in_(_many("agents")), tables.still_open(tables.timers))
_COUNTER = text("INSERT INTO counters (letter, next) VALUES (:letter, 1) ON CONFLICT (letter) DO NOTHING")
_COUNT = text("UPDATE counters SET next = next WHERE letter = :letter RETURNING next")
_COUNTED = text("UPDATE counters SET next = :next WHERE letter = :letter")
_INBOX_IN = Insert(tables.inbox)
_JOURNAL_IN = Insert(tables.journal)
_OUTBOX_IN = Insert(tables.outbox)
_CASE_IN = Insert(tables.cases)
_CASE_UP = Many(
    "UPDATE cases SET state = ?, live = ?, data_json = ?, seq = ?, changed = ?, pack = ? WHERE id = ? AND seq = ?",
    ("b_state", "b_live", "b_data", "b_new", "b_changed", "b_pack", "b_id", "b_seq"),
)
_WITHDRAW = (
    update(tables.outbox)
    .where(tables.outbox.c.key == bindparam("b_key"), tables.outbox.c.open)
    .values(state="withdrawn", open=False)
)
_DUTY_IN = Insert(tables.duties)
_DUTY_UP = Many(
    "UPDATE duties SET owners_json = ?, status = ?, open = ?, due = ?, settled_by = ?, settled_at = ?, done = ?,"
    " version = ?, card = ? WHERE id = ? AND version = ?",
    ("owners_json", "status", "open", "due", "settled_by", "settled_at", "done", "version", "card", "id", "was"),
)
_TIMER_IN = Insert(
    tables.timers,
    "ON CONFLICT (case_id, name) DO UPDATE SET agent = excluded.agent, due = excluded.due, claim = excluded.claim,"
    " seq = excluded.seq, open = excluded.open, event = excluded.event, event_json = excluded.event_json"
    " WHERE timers.seq <= excluded.seq",  # one armed anew meanwhile stays: an older step knew nothing of it
)
_ASK_IN = Insert(tables.asks)
_ASK_UP = update(tables.asks).where(tables.asks.c.id == bindparam("b_id")).values(open=False)
THREAD_IN = text(
    "INSERT INTO threads (case_id, lane, wire_id) VALUES (:case_id, :lane, :wire_id)"
    " ON CONFLICT (case_id, lane) DO NOTHING"
)
_UNWOUND = text("UPDATE journal SET unwound_by = :by WHERE source = :source AND unwound_by IS NULL")
_HELD = text("UPDATE journal SET unwound_by = NULL WHERE source = :source AND unwound_by = :by")
DOCUMENT_IN = text(
    "INSERT INTO documents (hash, name, type, content, source, case_id, at)"
    " VALUES (:hash, :name, :type, :content, :source, :case_id, :at) ON CONFLICT (hash) DO NOTHING"
)
STANDING_IN = text(
    "INSERT INTO standings (agent, status, since, by) VALUES (:agent, :status, :since, :by)"
    " ON CONFLICT (agent) DO UPDATE SET status = excluded.status, since = excluded.since, by = excluded.by"
)
NOTE_IN = text(
    'INSERT INTO tracker_notes (id, agent, "column", value, note, at, by, open)'
    " VALUES (:id, :agent, :column, :value, :note, :at, :by, :open)"
    " ON CONFLICT (id) DO NOTHING"
)
CELL_IN = text(
    'INSERT INTO tracker (agent, "column", value, version, at, by) VALUES (:agent, :column, :value, 1, :at, :by)'
    ' ON CONFLICT (agent, "column") DO UPDATE SET value = excluded.value, version = tracker.version + 1,'
    " at = excluded.at, by = excluded.by"
)
