"""The identity map of one batch: everything of the agents it names, read once, changed in memory, written once.

About ten statements whatever the batch holds. What was read is compared when it is written: a case that
somebody else changed meanwhile loses the batch (`Lost`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store import statements, tables
from store.codec import dump, micros
from store.fast import Insert, Many
from store.known import Known
from store.rows import Duty, Note, Question, Step, Timer, case_row
from store.seal import MARK
from workflows.machine import Case


class Lost(Exception):
    """Another replica changed, or opened, one of these cases first: take the letters singly."""


@dataclass(kw_only=True)
class World(Known):
    """All that one batch may touch: what it knows, what it says, and what it changed.

    `sealed` tells which workflows are sealed. `tick` gives a number greater than any before it, by which steps and
    messages of one instant keep their order. `lease` gives, for a message's due time, until when this
    process has it in hand.
    """

    sealed: Callable[[str], bool]
    lease: Callable[[datetime], datetime] = lambda at: at
    tick: Callable[[], int] = field(default_factory=lambda: itertools.count(1).__next__)
    notes: dict[str, Note] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    extra: list[tuple[Any, Any]] = field(default_factory=list)
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
    _sealed_among: int = 0
    _sealed_cases: list[str] = field(default_factory=list)

    # -- what was said and done, before and in this batch

    def notes_of(self, case_id: str, tag: str | None = None, keys: Iterable[str] | None = None) -> list[Note]:
        """Outbox rows of a case, oldest first: those under a tag, or with these keys."""
        query = select(tables.outbox).where(tables.outbox.c.case_id == case_id)
        if tag is not None:
            query = query.where(tables.outbox.c.tag == tag)
        if keys is not None:
            query = select(tables.outbox).where(tables.outbox.c.key.in_(list(keys)))
        stored = [Note.read(row, self.seal) for row in self.connection.execute(query.order_by(tables.outbox.c.order))]
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

    def steps_of(self, *, source: str | None = None, case_id: str | None = None) -> list[Step]:
        """Journal rows of one letter, or of one case, oldest first."""
        query = select(tables.journal)
        query = (
            query.where(tables.journal.c.source == source)
            if source is not None
            else query.where(tables.journal.c.case_id == case_id)
        )
        stored = [
            self._stored_step(row)
            for row in self.connection.execute(query.order_by(tables.journal.c.order, tables.journal.c.seq))
        ]
        fresh = [
            step for step in self.steps if (step.source == source if source is not None else step.case_id == case_id)
        ]
        return stored + fresh

    def newest_steps_by(self, actor: str, since: datetime) -> list[Step]:
        """The newest steps of that person, at most fifty: newest letter first, each letter in its order."""
        mine = [step for step in reversed(self.steps) if step.actor == actor]
        j = tables.journal.c
        query = select(tables.journal).where(j.actor == actor, j.at >= micros(since)).order_by(j.order.desc()).limit(50)
        letters: dict[str, list[Step]] = {}
        for step in (*mine, *(self._stored_step(row) for row in self.connection.execute(query))):
            letters.setdefault(step.source, []).insert(0, step)
        return [step for steps in letters.values() for step in steps]

    def _stored_step(self, row: Any) -> Step:
        step = Step.read(row, self.seal)
        step.unwound_by = step.unwound_by or self._unwound.get(step.source)
        return step

    def unwind(self, source: str, by: str) -> None:
        """What this letter did is taken back by that one."""
        self._unwound[source] = by
        for step in self.steps:
            if step.source == source:
                step.unwound_by = step.unwound_by or by
        self.extra.append((statements.UNWOUND, [{"source": source, "by": by}]))

    def hold(self, source: str, by: str) -> None:
        """What this letter did holds again: the one that took it back is taken back itself."""
        self._unwound.pop(source, None)
        for step in self.steps:
            if step.source == source and step.unwound_by == by:
                step.unwound_by = None
        self.extra.append((statements.HELD, [{"source": source, "by": by}]))

    @property
    def changed(self) -> list[Case[Any]]:
        """The cases this batch opened or moved."""
        return [self.cases[id] for id in self._changed_cases]

    @property
    def withdrawn(self) -> list[str]:
        """Outbox rows of earlier batches that are not to be sent any more."""
        return self._withdrawn

    def soonest(self) -> datetime | None:
        """When the first timer armed by this batch is due."""
        return min((timer.due for id in self._changed_timers if (timer := self._timers[id]).open), default=None)

    # -- changing

    def number(self, letter: str) -> str:
        """The next free reference of a letter ("F-1043")."""
        if letter not in self._numbers:
            self._numbers[letter] = statements.COUNT.all(self.connection, letter)[0][0]
        n = self._numbers[letter]
        self._numbers[letter] = n + 1
        self._used.add(letter)
        return f"{letter}-{n}"

    def give_back(self, ref: str) -> None:
        """A number nothing was opened under is free again, as long as it is the newest."""
        letter, _, n = ref.partition("-")
        if ref not in self.cases and self._numbers.get(letter) == int(n) + 1:
            self._numbers[letter] = int(n)

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

    # -- writing

    def save(self) -> None:
        """Write everything back: one statement a table. Raises Lost when a case was changed by somebody else."""
        if self.letters:
            statements.INBOX_IN.run(self.connection, self._inbox_rows())
        for letter in self._used:
            statements.COUNTED.run(self.connection, [{"letter": letter, "next": self._numbers[letter]}])
        self._save_cases()
        if self.steps:
            statements.JOURNAL_IN.run(self.connection, [self._step_row(step) for step in self.steps])
        if self.notes:
            statements.OUTBOX_IN.run(self.connection, [self._note_row(note) for note in self.notes.values()])
        if self._withdrawn:
            statements.WITHDRAW.run(self.connection, [{"key": key} for key in self._withdrawn])
        if self._new_duties:
            statements.DUTY_IN.run(
                self.connection, [self._duties[id].as_row(self._close) for id in sorted(self._new_duties)]
            )
        if self._changed_duties:
            rows = [self._duties[id].as_row(self._close) for id in sorted(self._changed_duties)]
            if statements.DUTY_UP.run(self.connection, rows) != len(rows):
                raise Lost("a duty was settled by another replica")
        if self._changed_timers:
            statements.TIMER_IN.run(self.connection, [self._timers[id].as_row() for id in sorted(self._changed_timers)])
        if self._new_questions:
            statements.ASK_IN.run(
                self.connection, [self._question_row(self.questions[id]) for id in sorted(self._new_questions)]
            )
        if self._changed_questions:
            statements.ASK_UP.run(self.connection, [{"id": id} for id in sorted(self._changed_questions)])
        together: dict[Many | Insert, list[Any]] = {}
        for statement, rows in self.extra:
            if isinstance(statement, Many | Insert):
                together.setdefault(statement, []).extend(rows)
            else:
                self.connection.execute(statement, rows)
        for many, rows in together.items():
            many.run(self.connection, rows)

    def _save_cases(self) -> None:
        new, old = [], []
        for id, at in sorted(self._changed_cases.items()):  # in one order, so that replicas do not lock each other out
            row = case_row(self.cases[id], self.live[id], at, self._close)
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
            statements.CASE_IN.run(self.connection, new)
        if old and statements.CASE_UP.run(self.connection, old) != len(old):
            raise Lost("a case was changed by another replica")

    def _close(self, workflow: str, content: str) -> str:
        return self.seal.close(content) if self.sealed(workflow) else content

    def _private(self, case_id: str) -> bool:
        """Whether what is said about this case is sealed."""
        return case_id in self.cases and self.sealed(self.cases[case_id].workflow)

    def _speaks_of_private(self, note: Note, body: str) -> bool:
        """Whether a card or board, which may speak of several cases, speaks of a sealed one."""
        facts = note.body["facts"]
        if "items" not in facts and "rows" not in facts:
            return False
        return any(f'"ref":"{id}"' in body for id in self._sealed_ids())

    def _sealed_ids(self) -> list[str]:
        """The sealed cases of this batch, looked for again when there are more cases than there were."""
        if self._sealed_among != len(self.cases):
            self._sealed_among = len(self.cases)
            self._sealed_cases = [id for id, case in self.cases.items() if self.sealed(case.workflow)]
        return self._sealed_cases

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

    def _step_row(self, step: Step) -> dict[str, Any]:
        return step.as_row(self.cases[step.case_id].workflow, self._close, self.tick())

    def _note_row(self, note: Note) -> dict[str, Any]:
        body = dump(note.body)
        note.sealed = (
            bool(note.body.get("sealed")) or self._private(note.case_id) or self._speaks_of_private(note, body)
        )
        return note.as_row(self.seal.close(body) if note.sealed else body, micros(self.lease(note.due)))

    def _question_row(self, question: Question) -> dict[str, Any]:
        answers = dump(question.answers)
        private = any(self.sealed(each) for each in question.meant)
        return question.as_row(self.seal.close(answers) if private else answers)
