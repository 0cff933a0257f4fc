"""Reads one agent's record out of the store: plain values, nothing changed, nothing left out but what is restricted."""

from __future__ import annotations

import email
import email.policy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot import casebook, packs
from bot import casebook_words as words
from bot.attachments import safe_name
from bot.casebook import Casebook
from bot.machines import DATA, EVENTS
from bot.packs import PackErrors
from store import outbox, tables
from store.codec import instant, micros, parse, reader
from store.seal import Seal

FORMAT = "certdesk-dossier/1"
GIVEN = "house/export"
"""The template of the mail that gives HR a file."""

TIED = ("coaching", "discipline", "review")
"""Workflows whose cases belong to the case that called for them."""


def refs_of(connection: Connection, agent: str, withheld: Sequence[str] = ()) -> tuple[list[str], list[dict[str, str]]]:
    """Every case of an agent, oldest first, and those that are restricted to the people named in them."""
    c = tables.cases.c
    rows = connection.execute(select(c.id, c.workflow).where(c.agent == agent).order_by(c.opened, c.id)).all()
    mine = [row.id for row in rows if row.workflow not in withheld]
    return mine, [{"ref": row.id, "workflow": row.workflow} for row in rows if row.workflow in withheld]


def tied_to(connection: Connection, seal: Seal, ref: str, withheld: Sequence[str] = ()) -> list[str]:
    """The case, and the coachings, CAPs and reviews it called for, oldest first, but for those of withheld workflows;
    empty when there is none."""
    c = tables.cases.c
    agent = connection.execute(select(c.agent).where(c.id == ref)).scalar()
    if agent is None:
        return []
    wanted = [workflow for workflow in TIED if workflow not in withheld]
    rows = connection.execute(
        select(c.id, c.data_json).where(c.agent == agent, c.workflow.in_(wanted), c.id != ref).order_by(c.opened, c.id)
    )
    return [ref, *(row.id for row in rows if _cause(parse(seal.open(row.data_json))) == ref)]


def _cause(data: Any) -> str:
    return str((data.get("due") or {}).get("cause", "")) if isinstance(data, dict) else ""


def gather(
    connection: Connection,
    seal: Seal,
    refs: Sequence[str],
    *,
    made_at: datetime,
    made_for: str = "",
    of: str = "",
    withheld: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """The record of these cases of one agent up to `made_at`. Raises KeyFileError for another key file."""
    known = casebook.names(connection)
    books = [book for ref in refs if (book := casebook.read(connection, seal, ref, known)) is not None]
    until = micros(made_at)
    cases = [_Reading(book, seal, until).case() for book in books]
    return {
        "format": FORMAT,
        "made_at": utc(made_at),
        "made_for": made_for,
        "of": of or (f"case {refs[0]}" if refs else ""),
        "agent": _agent(books[0]) if books else {},
        "cases": cases,
        "policies": list(_policies(connection, books)),
        "documents": [_document(row, seal) for row in _documents(books, until)],
        "withheld": list(withheld),
        "given": list(_given(connection, seal, books[0].case.agent, until)) if books else [],
    }


def _given(connection: Connection, seal: Seal, agent: str, until: int) -> Iterator[dict[str, Any]]:
    """Who had a file of this agent made before, by mail."""
    o = tables.outbox.c
    rows = connection.execute(
        select(tables.outbox).where(o.agent == agent, o.template == GIVEN, o.made < until).order_by(o.made)
    )
    for row in rows:
        body = parse(seal.open(row.body_json))
        yield {"to": [_address(pair) for pair in body["to"]], "at": utc(row.made), "of": body["facts"]["subject"]}


def documents_of(connection: Connection, seal: Seal, record: Mapping[str, Any]) -> dict[str, bytes]:
    """The papers named in a record, as they were sent, by their hash; those whose bytes have changed are left out."""
    return outbox.documents(connection, [each["hash"] for each in record["documents"] if each["intact"]], seal)


def names_of(record: Mapping[str, Any]) -> dict[str, str]:
    """File names of its documents by their hash, each name once."""
    found: dict[str, str] = {}
    for each in record["documents"]:
        name = safe_name(each["name"])
        stem, dot, ending = name.rpartition(".")
        found[each["hash"]] = f"{stem}_{each['hash'][:8]}{dot}{ending}" if name in found.values() else name
    return found


def utc(at: int | datetime | None) -> str | None:
    """ISO 8601 in UTC to the second, "Z" at its end; None stays None."""
    if at is None:
        return None
    known = instant(at) if isinstance(at, int) else at
    return f"{known.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def _agent(book: Casebook) -> dict[str, str]:
    """Who it is, by the newest roster that knows him."""
    user = book.case.agent
    for _, roster in reversed(book.names.rosters):
        if user in roster.agents:
            known = roster.agents[user]
            return {
                "username": user, "name": known.name, "oid": known.oid, "class": known.class_name,
                "site": roster.class_of(user).site, "zone": book.zone.key,
            }  # fmt: skip
    return {"username": user, "name": user, "oid": "", "class": "", "site": "", "zone": book.zone.key}


def _documents(books: Sequence[Casebook], until: int) -> list[Any]:
    every = {row.hash: row for book in books for row in book.papers if row.at <= until}
    return sorted(every.values(), key=lambda row: (row.at, row.name))


def _document(row: Any, seal: Seal) -> dict[str, Any]:
    sound = outbox.intact(row.hash, row.content, seal)
    return {
        "hash": row.hash,
        "name": row.name,
        "type": row.type,
        "size": outbox.size(row.hash, row.content, seal) if sound else None,
        "case": row.case_id,
        "kept_at": utc(row.at),
        "intact": sound,
    }


def _policies(connection: Connection, books: Sequence[Casebook]) -> Iterator[dict[str, Any]]:
    for pin in dict.fromkeys(book.case.pack for book in books):
        content = connection.execute(select(tables.pins.c.content).where(tables.pins.c.pin == pin)).scalar()
        if content is None:
            yield {"pin": pin, "id": "", "title": "", "version": "", "source": "", "words": []}
            continue
        try:
            pack = packs.parse_pack(content)
        except PackErrors:  # some other version of this program wrote it
            yield {"pin": pin, "id": "", "title": "", "version": "", "source": "", "words": content.splitlines()}
            continue
        yield {
            "pin": pin,
            "id": pack.id,
            "title": pack.policy.title,
            "version": f"{pack.policy.effective_from:%Y-%m-%d}",
            "source": pack.policy.source,
            "words": packs.describe(pack).splitlines()[2:],
        }


class _Reading:
    """One case of the record."""

    def __init__(self, book: Casebook, seal: Seal, until: int) -> None:
        self.book, self.seal, self.until = book, seal, until
        self.data = reader(DATA[book.case.workflow])(parse(seal.open(book.case.data_json)))

    def name(self, user: str, at: datetime | None = None) -> str:
        return self.book.names.of(user, at)

    def person(self, user: str, at: int | datetime | None) -> dict[str, str]:
        when = instant(at) if isinstance(at, int) else at
        return {"username": user, "name": self.name(user, when)} if user else {"username": "", "name": ""}

    def case(self) -> dict[str, Any]:
        row, data = self.book.case, self.data
        due = getattr(data, "due", None)
        return {
            "ref": row.id,
            "workflow": row.workflow,
            "about": str(
                getattr(data, "exam_name", "") or getattr(data, "title", "") or getattr(due, "subject", "") or row.key
            ),
            "opened_at": utc(row.opened),
            "changed_at": utc(row.changed),
            "state": row.state,
            "open": bool(row.live),
            "outcome": self.outcome(),
            "policy": row.pack,
            "called_for_by": str(getattr(due, "cause", "")),
            "see_also": list(self.book.beside),
            "steps": [self.step(each) for each in self.book.steps if each.at <= self.until],
            "messages": [self.message(each) for each in self.book.notes if each.made <= self.until],
            "duties": [self.duty(each) for each in self.book.duties.values() if each.since <= self.until],
            "acknowledgement": self.acknowledgement(),
            "tracker": [
                {"column": each.column, "value": each.value, "note": each.note, "at": utc(each.at)}
                for each in self.book.tracked.values()
                if each.at <= self.until
            ],
            "data": parse(self.seal.open(row.data_json)),
        }

    def outcome(self) -> dict[str, Any] | None:
        """What people decided, where it is a review."""
        data = self.data
        if not getattr(data, "decided_by", ""):
            return None
        return {
            "outcome": data.outcome,
            "text": data.text,
            "decided_by": self.person(data.decided_by, data.decided_at),
            "decided_at": utc(data.decided_at),
        }

    def step(self, row: Any) -> dict[str, Any]:
        at = instant(row.at)
        event: Any = EVENTS.get(row.event)
        payload = parse(self.seal.open(row.event_json))
        value = reader(event)(payload) if event is not None else payload
        letter = self.book.letters.get(row.source)
        said = words.typed(self.seal.open(letter.text)) if letter is not None else ""
        return {
            "seq": row.seq,
            "at": utc(row.at),
            "by": {**self.person(row.actor, at), "roles": list(parse(row.by_json))},
            "door": words.door(row.source),
            "source": row.source,
            "event": row.event,
            "meaning": words.event(row.event, event).removesuffix(f" ({row.event})"),
            "words": said,
            "details": words.value(value, lambda user: self.name(user, at), self.book.zone),
            "from": row.was,
            "to": row.state,
            "rule": row.row,
            "taken_back": self.taken_back(row),
        }

    def taken_back(self, row: Any) -> dict[str, Any] | None:
        if not row.unwound_by:
            return None
        back = next((s for s in self.book.steps if s.event == "Unwound" and s.source == row.unwound_by), None)
        if back is None:
            return {"by": {"username": "", "name": ""}, "at": None, "step": None}
        return {"by": self.person(back.actor, back.at), "at": utc(back.at), "step": back.seq}

    def message(self, note: Any) -> dict[str, Any]:
        body = parse(self.seal.open(note.body_json))
        made = instant(note.made)
        mail = note.channel == "mail"
        to = [_address(pair) for pair in body["to"]] if mail else [self.book.names.who(note.lane, made)]
        sent = note.sent if note.sent is not None and note.sent <= self.until else None
        subject, text, attached = self.said(note)
        return {
            "key": note.key,
            "id": note.spec or None,
            "template": note.template,
            "channel": note.channel,
            "to": to,
            "cc": [_address(pair) for pair in body["cc"]] if mail else [],
            "subject": subject,
            "text": text,
            "attachments": attached,
            "made_at": utc(note.made),
            "sent_at": utc(sent),
            "state": note.state if sent is not None or note.state != "sent" else "waiting",
            "error": note.error,
        }

    def said(self, note: Any) -> tuple[str, str, list[dict[str, str]]]:
        """(subject, words, attachments) as they went out; nothing for what was never sent."""
        if note.raw is not None:
            plain = note.raw if b"\n" in note.raw else self.seal.open_bytes(note.raw)
            message = email.message_from_bytes(plain, policy=email.policy.default)
            body: Any = message.get_body(("plain",))
            files = []
            for each in message.iter_attachments():
                content = each.get_payload(decode=True)
                whole = content if isinstance(content, bytes) else b""
                name = each.get_filename() or each.get_content_type()
                files.append({"name": name, "hash": hashlib.sha256(whole).hexdigest()})
            return str(message["Subject"] or ""), body.get_content().strip() if body is not None else "", files
        return "", (self.seal.open(note.said).strip() if note.state == "sent" and note.said else ""), []

    def duty(self, row: Any) -> dict[str, Any]:
        since = instant(row.since)
        return {
            "title": row.title,
            "owners": [self.person(user, since) for user in parse(row.owners_json)],
            "since": utc(row.since),
            "due": utc(row.due),
            "status": row.status,
            "settled_at": utc(row.settled_at),
            "settled_by": self.person(row.settled_by, row.settled_at) if row.settled_by else None,
            "done": row.done or "",
        }

    def acknowledgement(self) -> dict[str, Any] | None:
        """How a CAP was handed over and answered."""
        data = self.data
        if self.book.case.workflow != "discipline" or data.delivered_at is None:
            return None
        return {
            "kind": data.due.kind,
            "delivered_at": utc(data.delivered_at),
            "delivered_by": self.person(data.delivered_by, data.delivered_at),
            "method": data.method,
            "present": data.present,
            "document": data.answered_to or data.document,
            "answer": data.answer,
            "answered_at": utc(data.answered_at),
            "way": data.way,
            "proof": data.proof,
            "witness": data.witness,
            "comment": data.comment,
        }


def _address(pair: Sequence[str]) -> str:
    name, address = pair
    return f"{name} <{address}>" if name else address
