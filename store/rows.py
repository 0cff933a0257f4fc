"""What stands in the rows of cases, duties, timers, questions, outbox and journal, and how it is read and written.

A row comes as the driver gives it and goes as a mapping of column to value. Nothing here runs a statement. Long,
because each column is named three times: kept, read and written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.codec import dump, instant, micros, parse, reader
from store.seal import MARK, Seal
from workflows.machine import Case

Close = Callable[[str, str], str]
"""A workflow and a text of it to that text as it is stored: sealed where the workflow's are."""


def read_case(row: Any, data_type: type, seal: Seal) -> Case[Any]:
    """The case of a row of `cases`, whose data are of that class."""
    return Case(
        id=row.id,
        workflow=row.workflow,
        key=row.key,
        agent=row.agent,
        pack=row.pack,
        calendar=row.calendar,
        state=row.state,
        data=reader(data_type)(parse(seal.open(row.data_json))),
        opened=instant(row.opened),
        seq=row.seq,
    )


def case_row(case: Case[Any], live: bool, at: datetime, close: Close) -> dict[str, Any]:
    """Its row of `cases`, changed at that instant."""
    return {
        "id": case.id,
        "workflow": case.workflow,
        "key": case.key,
        "agent": case.agent,
        "pack": case.pack,
        "calendar": case.calendar,
        "state": case.state,
        "live": live,
        "data_json": close(case.workflow, dump(case.data)),
        "seq": case.seq,
        "opened": micros(case.opened),
        "changed": micros(at),
    }


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

    @classmethod
    def read(cls, row: Any, seal: Seal) -> Duty:
        """The duty of a row of `duties`."""
        return cls(
            id=row.id,
            case_id=row.case_id,
            workflow=row.workflow,
            agent=row.agent,
            name=row.name,
            title=row.title,
            template=row.template,
            facts=parse(seal.open(row.facts_json)),
            roles=tuple(parse(row.roles_json)),
            owners=tuple(parse(row.owners_json)),
            answers=parse(seal.open(row.answers_json)),
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

    def as_row(self, close: Close) -> dict[str, Any]:
        """Its row of `duties`, and the version it was read at."""
        return {
            "id": self.id,
            "case_id": self.case_id,
            "workflow": self.workflow,
            "agent": self.agent,
            "name": self.name,
            "title": self.title,
            "template": self.template,
            "facts_json": close(self.workflow, dump(self.facts)),
            "roles_json": dump(self.roles),
            "owners_json": dump(self.owners),
            "answers_json": close(self.workflow, dump(self.answers)),
            "sla_json": dump(self.stages),
            "channel": self.channel,
            "status": self.status,
            "open": self.open,
            "since": micros(self.since),
            "due": micros(self.due) if self.due else None,
            "card": self.card,
            "settled_by": self.settled_by,
            "settled_at": micros(self.settled_at) if self.settled_at else None,
            "done": self.done,
            "version": self.version + 1,
            "was": self.version,
        }


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

    @classmethod
    def read(cls, row: Any) -> Timer:
        """The timer of a row of `timers`."""
        return cls(
            case_id=row.case_id,
            name=row.name,
            agent=row.agent,
            due=instant(row.due),
            seq=row.seq,
            event=row.event,
            payload=parse(row.event_json),
            open=bool(row.open),
        )

    def as_row(self) -> dict[str, Any]:
        """Its row of `timers`."""
        due = micros(self.due)
        return {
            "case_id": self.case_id,
            "name": self.name,
            "agent": self.agent,
            "due": due,
            "claim": due,
            "seq": self.seq,
            "open": self.open,
            "event": self.event,
            "event_json": dump(self.payload),
        }


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

    @property
    def meant(self) -> set[str]:
        """The workflows its answers speak of, "" for an answer that names none."""
        return {(each.get("intent") or each).get("workflow") or "" for each in self.answers}

    @classmethod
    def read(cls, row: Any, seal: Seal) -> Question:
        """The question of a row of `asks`."""
        return cls(
            id=row.id,
            actor=row.actor,
            kind=row.kind,
            answers=parse(seal.open(row.answers_json)),
            at=instant(row.at),
            case_id=row.case_id,
            agent=row.agent,
            duty=row.duty,
            open=bool(row.open),
        )

    def as_row(self, answers: str) -> dict[str, Any]:
        """Its row of `asks`; `answers` is their text as it is stored."""
        return {
            "id": self.id,
            "actor": self.actor,
            "kind": self.kind,
            "case_id": self.case_id,
            "agent": self.agent,
            "duty": self.duty,
            "answers_json": answers,
            "at": micros(self.at),
            "open": self.open,
        }


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
    raw: bytes | None = field(default=None, repr=False)
    """The exact bytes of a mail that was tried before."""

    @classmethod
    def read(cls, row: Any, seal: Seal) -> Note:
        """The note of a row of `outbox`, but for the bytes of a mail, which only the courier wants."""
        return cls(
            key=row.key,
            channel=row.channel,
            lane=row.lane,
            template=row.template,
            body=parse(seal.open(row.body_json)),
            made=instant(row.made),
            due=instant(row.due),
            case_id=row.case_id,
            agent=row.agent,
            spec=row.spec,
            tag=row.tag,
            state=row.state,
            sent=instant(row.sent) if row.sent is not None else None,
            said=seal.open(row.said or "") or None,
            wire_id=row.wire_id,
            tries=row.tries,
            order=row.order,
            sealed=row.body_json.startswith(MARK),
        )

    def as_row(self, body: str, due: int) -> dict[str, Any]:
        """Its row of `outbox`; `body` is its text as it is stored, `due` in micros."""
        return {
            "key": self.key,
            "channel": self.channel,
            "lane": self.lane,
            "case_id": self.case_id,
            "agent": self.agent,
            "template": self.template,
            "spec": self.spec,
            "tag": self.tag,
            "body_json": body,
            "state": self.state,
            "open": self.state == "waiting",
            "due": due,
            "order": self.order,
            "made": micros(self.made),
            "sent": None,
            "tries": 0,
            "error": None,
            "wire_id": self.wire_id,
            "said": self.said,
            "raw": None,
        }


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

    @classmethod
    def read(cls, row: Any, seal: Seal) -> Step:
        """The step of a row of `journal`."""
        return cls(
            case_id=row.case_id,
            seq=row.seq,
            at=instant(row.at),
            actor=row.actor,
            by=parse(row.by_json),
            source=row.source,
            event=row.event,
            payload=seal.open(row.event_json),
            was=row.was,
            state=row.state,
            before=seal.open(row.before_json),
            row=row.row,
            made=parse(row.made_json),
            after=seal.open(row.after_json) if row.after_json else None,
            unwound_by=row.unwound_by,
        )

    def as_row(self, workflow: str, close: Close, order: int) -> dict[str, Any]:
        """Its row of `journal`."""
        return {
            "case_id": self.case_id,
            "seq": self.seq,
            "at": micros(self.at),
            "actor": self.actor,
            "by_json": dump(self.by),
            "source": self.source,
            "event": self.event,
            "event_json": close(workflow, self.payload),
            "was": self.was,
            "state": self.state,
            "before_json": close(workflow, self.before),
            "after_json": close(workflow, self.after) if self.after else None,
            "row": self.row,
            "made_json": dump(self.made),
            "unwound_by": self.unwound_by,
            "order": order,
        }


def family(name: str) -> str:
    """ "form" of "form:2"."""
    return name.partition(":")[0]
