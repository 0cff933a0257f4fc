"""The journal of one case in words: who, when, by which rule, what was owed, and what was said to whom.

Reads the store only, so that it is still right when roster, packs and people have changed; names and roles are
those of the roster of that day. The words for single rows are in `bot/casebook_words.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot import casebook_words as words
from bot import roster as roster_files
from bot.machines import DATA, EVENTS
from bot.wording import fingerprint
from store import outbox, tables
from store.codec import instant, micros, parse, reader
from store.seal import Seal
from workflows.people import Roster

DISCIPLINE = ("discipline", "review")
"""Workflows whose letters are quoted from the sealed event alone."""


@dataclass
class Names:
    """Who people are, by the roster in force on a day; later and earlier ones where that one does not know them."""

    rosters: Sequence[tuple[int, Roster]]

    def of(self, user: str, at: datetime | None = None) -> str:
        """The full name of a username, or the username itself."""
        for roster in self._nearest(at):
            known = roster.people.get(user) or roster.agents.get(user)
            if known is not None:
                return known.name
        return user

    def who(self, address: str, at: datetime | None = None) -> str:
        """The same for "@ana"; a channel is its own name."""
        return f"{self.of(address[1:], at)} ({address})" if address.startswith("@") else address

    def agent(self, user: str, at: datetime) -> str:
        """An agent with OID and class."""
        for roster in self._nearest(at):
            if user in roster.agents:
                found = roster.agents[user]
                return f"{found.name} ({user}, OID {found.oid}, class {found.class_name})"
        return user

    def _nearest(self, at: datetime | None) -> Iterator[Roster]:
        now = [each for each in self.rosters if at is None or each[0] <= micros(at)]
        yield from (roster for _, roster in reversed(now))
        yield from (roster for _, roster in self.rosters[len(now) :])


@dataclass
class Casebook:
    """One case as read: its row, its steps, and everything that hangs on them."""

    case: Any
    seal: Seal
    names: Names
    zone: ZoneInfo
    policy: str
    steps: list[Any]
    duties: dict[str, Any]
    notes: list[Any]
    tracked: dict[str, Any]
    letters: dict[str, Any]
    papers: list[Any]
    beside: list[str]
    lines: list[str] = field(default_factory=list)

    # -- the page

    def page(self) -> list[str]:
        """Every line."""
        self._head()
        loose = [note for note in self.notes if not any(self._belongs(note, step) for step in self.steps)]
        for n, step in enumerate(self.steps):
            until = self.steps[n + 1].at if n + 1 < len(self.steps) else None
            self._step(step)
            rest = [note for note in loose if until is None or note.made < until]
            loose = [note for note in loose if note not in rest]
            for note in rest:
                self._aside(note)
        self._foot()
        return self.lines

    def _say(self, line: str, indent: int = 0) -> None:
        self.lines += [(" " * indent + each).rstrip() for each in line.splitlines() or [""]]

    def _when(self, at: int | datetime | None) -> str:
        return words.when(at, self.zone)

    def _head(self) -> None:
        case, opened = self.case, instant(self.case.opened)
        self._say(f"{case.id}  {case.workflow.replace('_', ' ')}  {case.key}".rstrip())
        self._say(f"Agent:  {self.names.agent(case.agent, opened)}")
        self._say(f"Opened: {self._when(opened)} ({self.zone.key})")
        self._say(f"Now:    {case.state}, {'open' if case.live else 'ended'}, last changed {self._when(case.changed)}")
        self._say(f"Policy: {self.policy}")
        if self.beside:
            self._say(f"See also: {', '.join(self.beside)}")

    def _foot(self) -> None:
        data = reader(DATA[self.case.workflow])(parse(self.seal.open(self.case.data_json)))
        self._say("")
        self._say("As it stands:")
        for line in words.value(data, lambda user: self.names.of(user), self.zone):
            self._say(line, 2)
        for paper in self.papers:
            self._say(f"paper kept: {paper.name}, {self._when(paper.at)}, document {fingerprint(paper.hash)}", 2)
            self._say(f"SHA-256 {paper.hash}", 4)
            if not outbox.intact(paper.hash, paper.content, self.seal):
                self._say("ITS BYTES HAVE CHANGED: they no longer give this number", 4)

    # -- one step

    def _step(self, row: Any) -> None:
        at = instant(row.at)
        who = f"{self.names.of(row.actor, at)} ({words.roles(parse(row.by_json))})" if row.actor else "certdesk"
        self._say("")
        self._say(f"{row.seq}. {self._when(at)}  {who}, {words.door(row.source)}")
        if row.unwound_by:
            self._say(f"TAKEN BACK {self._taken_back(row)}", 3)
        self._say(words.event(row.event, EVENTS.get(row.event)), 3)
        letter = self.letters.get(row.source)
        if (
            letter is not None
            and self.case.workflow not in DISCIPLINE
            and (said := words.typed(self.seal.open(letter.text)))
        ):
            self._say(f'in the words "{said}"', 5)
        for line in self._payload(row):
            self._say(line, 5)
        self._say(f"{row.was} -> {row.state}" if row.was != row.state else f"stays {row.state}", 3)
        self._say(f"Rule: {row.row}", 3)
        made = parse(row.made_json)
        self._owed(made["owed"], row.seq)
        for _, key in made["tracked"]:
            if (cell := self.tracked.get(key)) is not None:
                self._say(f"Tracker: {cell.column}: {cell.value or ''} {cell.note or ''}".rstrip(), 3)
        for note in self.notes:
            if self._belongs(note, row):
                self._note(note)

    def _payload(self, row: Any) -> list[str]:
        payload = parse(self.seal.open(row.event_json))
        event: Any = EVENTS.get(row.event)
        value = reader(event)(payload) if event is not None else payload
        return words.value(value, lambda user: self.names.of(user, instant(row.at)), self.zone)

    def _taken_back(self, row: Any) -> str:
        back = next((step for step in self.steps if step.event == "Unwound" and step.source == row.unwound_by), None)
        return f"by {self.names.of(back.actor)}, {self._when(back.at)} (step {back.seq})" if back else "later"

    # -- what hangs on a step

    def _owed(self, ids: Sequence[str], seq: int) -> None:
        for duty in (self.duties[id] for id in ids if id in self.duties):
            owners = ", ".join(self.names.of(user, instant(duty.since)) for user in parse(duty.owners_json))
            due = f", due {self._when(duty.due)}" if duty.due is not None else ""
            self._say(f"Owed: {duty.title} - {owners}{due}", 3)
            self._say(self._outcome(duty), 5)

    def _outcome(self, duty: Any) -> str:
        if duty.open:
            return {"reminded": "still open, reminded", "escalated": "still open, escalated"}.get(
                duty.status, "still open"
            )
        by = f" by {self.names.of(duty.settled_by)}" if duty.settled_by else ""
        at = f", {self._when(duty.settled_at)}" if duty.settled_at is not None else ""
        return f"{(duty.done or 'done') if duty.status == 'done' else 'withdrawn'}{by}{at}"

    def _belongs(self, note: Any, step: Any) -> bool:
        return str(note.key).startswith(f"{step.case_id}:{step.seq}:")

    def _aside(self, note: Any) -> None:
        kind = {"duty/reminder": "Reminder", "duty/escalation": "Escalation", "duty/repeat": "Escalation again"}
        self._say("")
        self._say(f"-  {self._when(note.made)}  {kind.get(note.template, 'Answer')}")
        self._note(note)

    def _note(self, note: Any) -> None:
        body = parse(self.seal.open(note.body_json))
        made = instant(note.made)
        spec = f"{note.spec} " if note.spec else ""
        if note.channel == "mail":
            to, cc = words.addresses(body["to"]), words.addresses(body["cc"])
            head = f"{spec}mail to {to}{f', copy to {cc}' if cc else ''}"
        else:
            head = f"{spec}{'post in' if note.lane.startswith('#') else 'message to'} {self.names.who(note.lane, made)}"
        self._say(f"{words.fate(note, self.zone)}: {head}", 3)
        for line in words.said(note, self.seal):
            self._say(line, 7)


def tell(connection: Connection, seal: Seal, ref: str) -> list[str] | None:
    """The lines of a case's page; None when there is no such case. Raises KeyFileError for another key file."""
    found = read(connection, seal, ref)
    return found.page() if found is not None else None


def read(connection: Connection, seal: Seal, ref: str, known: Names | None = None) -> Casebook | None:
    """A case with everything that hangs on it; None when there is none. `known` spares reading every roster again."""
    case = connection.execute(select(tables.cases).where(tables.cases.c.id == ref)).first()
    if case is None:
        return None
    run, j, n = connection.execute, tables.journal.c, tables.tracker_notes.c
    steps = list(run(select(tables.journal).where(j.case_id == ref).order_by(j.seq)))
    sources = [step.source for step in steps]
    beside = run(select(j.case_id).distinct().where(j.source.in_(sources), j.case_id != ref).order_by(j.case_id))
    o, d, i, p = tables.outbox.c, tables.duties.c, tables.inbox.c, tables.documents.c
    return Casebook(
        case=case,
        seal=seal,
        names=known or names(connection),
        zone=_zone(connection, case),
        policy=_policy(connection, case),
        steps=steps,
        duties={row.id: row for row in run(select(tables.duties).where(d.case_id == ref))},
        notes=list(run(select(tables.outbox).where(o.case_id == ref).order_by(o.made, o.order))),
        tracked={row.id: row for row in run(select(tables.tracker_notes).where(n.id.startswith(f"{ref}:")))},
        letters={row.source: row for row in run(select(tables.inbox).where(i.source.in_(sources)))},
        papers=list(run(select(tables.documents).where(p.case_id == ref).order_by(p.at))),
        beside=list(beside.scalars()),
    )


def names(connection: Connection) -> Names:
    """Who people are, by every roster there was."""
    known = connection.execute(select(tables.rosters).order_by(tables.rosters.c.version))
    return Names([(row.at, roster_files.from_json(row.content)) for row in known])


def _zone(connection: Connection, case: Any) -> ZoneInfo:
    content = connection.execute(select(tables.pins.c.content).where(tables.pins.c.pin == case.calendar)).scalar()
    return ZoneInfo(parse(content)["tz"]) if content else ZoneInfo("UTC")


def _policy(connection: Connection, case: Any) -> str:
    content = connection.execute(select(tables.pins.c.content).where(tables.pins.c.pin == case.pack)).scalar()
    return words.pack(content) if content else case.pack
