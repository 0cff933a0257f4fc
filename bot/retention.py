"""What has been kept long enough goes, at night: raw mails, what was said, pictures of payment pages (SPEC 6).

Journal, cases, papers, records of coaching and CAPs are not touched, so that every journal still folds. Nothing of an
agent under a legal hold goes, nothing an open case was told by, and no source is ever forgotten: a mail that comes
once more years later is still "seen".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, text, update
from sqlalchemy.sql.selectable import Select

from bot import former, heavy, holds
from bot.machines import DATA
from bot.premises import roster_in_force
from store import tables
from store.codec import micros, parse, reader
from store.db import meta_value
from store.seal import Seal

LAST = "retention:last"
"""Key of `meta`: when it last ran and how much went."""

AT_ONCE = 500
"""Rows of a kind that go in one commit: nobody waits for his answer behind them."""

PIECES_AT_ONCE = 25
"""Pieces of a mail that go in one commit; each is a megabyte."""

i, d, c, j, o = tables.inbox.c, tables.documents.c, tables.cases.c, tables.journal.c, tables.outbox.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """After how many days what goes; 0 keeps it for ever. Counsel sets the numbers."""

    raw_mail: int = 90
    said: int = 90
    inbox: int = 365
    payment_pictures: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How much of each kind went, or would go."""

    raw_mails: int = 0
    texts: int = 0
    inbox: int = 0
    pictures: int = 0
    pieces: int = 0

    @property
    def total(self) -> int:
        """Of all kinds."""
        return self.raw_mails + self.texts + self.inbox + self.pictures + self.pieces

    def lines(self) -> list[str]:
        """In words, for an operator; no name and no text."""
        said = (
            (self.raw_mails, "raw mail"), (self.texts, "kept wording"), (self.inbox, "sender of an old message"),
            (self.pictures, "picture of a payment page"), (self.pieces, "piece of a mail that never came whole"),
        )  # fmt: skip
        return [f"{n} x {name}" for n, name in said]


def _before(now: datetime, days: int) -> int:
    """Instants before that are old enough; nothing is for 0 days."""
    return micros(now - timedelta(days=days)) if days else 0


# -- what may not go -----------------------------------------------------------------------------------------


def _free(connection: Connection, held: Iterable[str]) -> ColumnElement[bool]:
    """Rows of the inbox that may go: told to no open case, and of nobody under a hold."""
    names = sorted(held)
    told = select(j.source).join(tables.cases, c.id == j.case_id).where(or_(c.live, c.agent.in_(names)))
    roster = roster_in_force(connection)
    rosters = (
        (name, roster if roster and name in roster.agents else former.last_roster(connection, name)) for name in names
    )
    agents = [known.agents[name] for name, known in rosters if known is not None]
    mailboxes = [address for one in agents for address in (one.email, one.personal_email) if address]
    return and_(i.source.not_in(told), i.actor.not_in(names), i.room.not_in(mailboxes))


def _mails(free: ColumnElement[bool], before: int) -> Select[Any]:
    return select(i.source, i.raw).where(i.at < before, i.kind == "mail", i.raw != "", free).order_by(i.at)


def _unnamed(free: ColumnElement[bool], held: frozenset[str], before: int) -> Select[Any]:
    """Raw mails no row of the inbox names: those from before rows did. Row and mail were kept with one instant."""
    row = select(i.source).where(i.at == d.at, i.kind == "mail")
    named = select(i.raw).where(i.raw != "")
    found = select(d.hash).where(
        d.type == heavy.RAW, d.at < before, ~row.where(or_(i.raw == d.hash, ~free)).exists(), d.hash.not_in(named)
    )  # fmt: skip
    if held:  # one without a row might be anybody's
        found = found.where(row.exists())
    return found.order_by(d.at)


def _texts(free: ColumnElement[bool], before: int) -> Select[Any]:
    return select(i.source).where(i.at < before, i.text != "", free).order_by(i.at)


def _senders(free: ColumnElement[bool], before: int) -> Select[Any]:
    known = or_(i.actor != "", i.room != "", i.content != "")
    return select(i.source).where(i.at < before, known, free).order_by(i.at)


def _pictures(connection: Connection, seal: Seal, held: frozenset[str], before: int) -> list[str]:
    """Hashes of files that only ended tickets about payment hold."""
    tickets = select(c.id, c.data_json).where(c.workflow == "ticket", ~c.live, c.agent.not_in(sorted(held)))
    found: dict[str, set[str]] = {}
    for row in connection.execute(tickets):
        data = reader(DATA["ticket"])(parse(seal.open(row.data_json)))
        for file in data.evidence if data.kind == "payment" else ():
            found.setdefault(file.hash, set()).add(row.id)
    old = [hash_ for hash_ in sorted(found) if _age(connection, hash_, before)]
    return [hash_ for hash_ in old if not _elsewhere(connection, seal, hash_, found[hash_])]


def _age(connection: Connection, hash_: str, before: int) -> bool:
    return connection.execute(select(d.hash).where(d.hash == hash_, d.at < before)).first() is not None


def _elsewhere(connection: Connection, seal: Seal, hash_: str, tickets: set[str]) -> bool:
    """Whether another case, or a mail that waits, still needs the file."""
    if connection.execute(select(o.key).where(o.open, o.body_json.contains(hash_)).limit(1)).first():
        return True
    cases = select(c.id, c.data_json).where(c.id.not_in(sorted(tickets)))
    likely = or_(c.data_json.contains(hash_), c.data_json.startswith("~"))
    return any(hash_ in seal.open(row.data_json) for row in connection.execute(cases.where(likely)))


# -- the work ------------------------------------------------------------------------------------------------


def due(connection: Connection, seal: Seal, ages: Ages, now: datetime) -> Gone:
    """What would go now; changes nothing. Raises KeyFileError for another key file's texts."""
    held = holds.standing(connection, seal)
    free = _free(connection, held)

    def count(query: Select[Any]) -> int:
        return connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar() or 0

    return Gone(
        raw_mails=count(_mails(free, _before(now, ages.raw_mail)))
        + count(_unnamed(free, held, _before(now, ages.raw_mail))),
        texts=count(_texts(free, _before(now, ages.said))),
        inbox=count(_senders(free, _before(now, ages.inbox))),
        pictures=len(_pictures(connection, seal, held, _before(now, ages.payment_pictures))),
        pieces=count(select(d.hash).where(heavy.torn(now))),
    )


def sweep(connection: Connection, seal: Seal, ages: Ages, now: datetime) -> Gone:
    """One commit's worth of it, in the caller's transaction; to be called until nothing is left."""
    held = holds.standing(connection, seal)
    free = _free(connection, held)
    mails = connection.execute(_mails(free, _before(now, ages.raw_mail)).limit(AT_ONCE)).all()
    _blank(connection, [row.source for row in mails], raw="")
    _drop_unused(connection, [row.raw for row in mails])
    unnamed = connection.execute(_unnamed(free, held, _before(now, ages.raw_mail)).limit(AT_ONCE)).scalars().all()
    _drop_unused(connection, unnamed)
    texts = connection.execute(_texts(free, _before(now, ages.said)).limit(AT_ONCE)).scalars().all()
    _blank(connection, texts, text="")
    senders = connection.execute(_senders(free, _before(now, ages.inbox)).limit(AT_ONCE)).scalars().all()
    _blank(connection, senders, actor="", room="", content="")
    pictures = _pictures(connection, seal, held, _before(now, ages.payment_pictures))[:AT_ONCE]
    if pictures:
        connection.execute(delete(tables.documents).where(d.hash.in_(pictures)))
    pieces = connection.execute(select(d.hash).where(heavy.torn(now)).limit(PIECES_AT_ONCE)).scalars().all()
    if pieces:
        connection.execute(delete(tables.documents).where(d.hash.in_(pieces)))
    return Gone(
        raw_mails=len(mails) + len(unnamed),
        texts=len(texts),
        inbox=len(senders),
        pictures=len(pictures),
        pieces=len(pieces),
    )


def _blank(connection: Connection, sources: Sequence[str], **values: str) -> None:
    if sources:
        connection.execute(update(tables.inbox).where(i.source.in_(sources)).values(**values))


def _drop_unused(connection: Connection, hashes: Sequence[str]) -> None:
    """Raw messages no row of the inbox points at any more."""
    if hashes:
        used = set(connection.execute(select(i.raw).where(i.raw.in_(hashes))).scalars())
        gone = sorted(set(hashes) - used)
        connection.execute(delete(tables.documents).where(d.hash.in_(gone)))
        connection.execute(delete(tables.documents).where(heavy.parts_of(gone)))


def noted(connection: Connection, gone: Gone, now: datetime) -> None:
    """When it ran and how much went, for `certdesk retention`: numbers only."""
    row = {"key": LAST, "value": json.dumps({"at": micros(now), "lines": gone.lines()})}
    connection.execute(_NOTED, row)


_NOTED = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


def last(connection: Connection) -> tuple[int, list[str]] | None:
    """When it last ran (microseconds since 1970 UTC) and what it said; None before the first night."""
    kept = meta_value(connection, LAST)
    if kept is None:
        return None
    found = json.loads(kept)
    return int(found["at"]), list(found["lines"])


def added(one: Gone, other: Gone) -> Gone:
    """Both together."""
    return Gone(
        raw_mails=one.raw_mails + other.raw_mails,
        texts=one.texts + other.texts,
        inbox=one.inbox + other.inbox,
        pictures=one.pictures + other.pictures,
        pieces=one.pieces + other.pieces,
    )
