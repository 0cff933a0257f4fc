"""The outbox as whoever delivers sees it: claimed by a lease, put off, hurried, given back.

A row is open until it is sent, withdrawn or given up. Its `due` says when it may be tried next, or, while some
process has it in hand, until when that process is believed. Knows nothing of wires, waits and words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, TextClause, bindparam, func, select, text

from store import tables
from store.fast import Insert, Many
from store.seal import KeyFileError, Seal

Lane = tuple[str, str]
"""A channel ("chat", "mail") and the room or mailbox in which order is kept."""

_CHUNK = 500


def claim(connection: Connection, channel: str, now: int, lease: int, limit: int) -> Sequence[Row[Any]]:
    """At most so many rows due at `now`, ours until `lease` (both micros), in order of decision."""
    values = {"channel": channel, "now": now, "lease": lease, "limit": limit}
    rows = connection.execute(_claiming(connection.dialect.name), values).all()
    return sorted(rows, key=lambda row: row.order)


def soonest(connection: Connection, channel: str) -> int | None:
    """When the next row of a channel is due (micros), or a claimed one comes back."""
    due: int | None = connection.execute(_SOONEST, {"channel": channel}).scalar()
    return due


def line_up(connection: Connection) -> dict[Lane, int]:
    """For a process that begins: nothing is due before what stands before it in its lane.

    A killed process leaves rows in hand, whose lease may run longer than what waits behind them. Gives `lanes`.
    """
    connection.execute(_LINE_UP)
    return lanes(connection)


def lanes(connection: Connection, channel: str | None = None) -> dict[Lane, int]:
    """Every lane in which something is open, and when the last of it is due (micros)."""
    query = _LANES if channel is None else _LANES.where(_o.channel == channel)
    return {(row.channel, row.lane): row.due for row in connection.execute(query)}


def put_off(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Open rows are due later: each with its `key`, `due` (micros), `tries` and `error`."""
    _PUT_OFF.run(connection, rows)


def hurry(connection: Connection, channel: str, now: int, until: int) -> None:
    """What was put off after a failure until some time before `until` is due at `now`.

    Lanes keep their order: one whose first is in the hands of a process, living or dead (claiming clears the
    `error` by which a row put off is known), or was refused for now (it has `tries`), is left as it is.
    """
    connection.execute(_HURRY, {"channel": channel, "now": now, "until": until})


def renew(connection: Connection, keys: Iterable[str], lease: int) -> set[str]:
    """Keep these rows until `lease` (micros); those of them that are still open."""
    return _each(connection, keys, lease)


def give_back(connection: Connection, keys: Iterable[str], now: int) -> None:
    """Whoever claims next may have these."""
    _each(connection, keys, now)


def _each(connection: Connection, keys: Iterable[str], due: int) -> set[str]:
    wanted, found = list(keys), set()
    for start in range(0, len(wanted), _CHUNK):
        values = {"keys": wanted[start : start + _CHUNK], "due": due}
        found |= set(connection.execute(_RENEW, values).scalars())
    return found


def add(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """New rows that no case decided; one whose key is there already is left as it is."""
    _ADD.run(connection, rows)


def documents(connection: Connection, hashes: Sequence[str], seal: Seal) -> dict[str, bytes]:
    """The contents of files somebody sent and of papers of ours, by their hash.

    All are sealed; a file of the days before that is told by its own hash.
    """
    d = tables.documents.c
    rows = connection.execute(select(d.hash, d.content).where(d.hash.in_(hashes)))
    return {row.hash: _opened(row.hash, row.content, seal) for row in rows}


def _opened(digest: str, content: bytes, seal: Seal) -> bytes:
    return content if hashlib.sha256(content).hexdigest() == digest else seal.open_bytes(content)


def intact(digest: str, content: bytes, seal: Seal) -> bool:
    """Whether the bytes kept under that hash still give it."""
    try:
        return hashlib.sha256(_opened(digest, content, seal)).hexdigest() == digest
    except KeyFileError:
        return False


def size(digest: str, content: bytes, seal: Seal) -> int:
    """Bytes of what is kept under that hash."""
    return len(_opened(digest, content, seal))


def count_documents(connection: Connection) -> int:
    """How many are kept."""
    return connection.execute(select(func.count()).select_from(tables.documents)).scalar() or 0


def changed(connection: Connection, seal: Seal) -> Iterator[tuple[str, str, str]]:
    """(hash, name, case) of every document whose bytes are not those it was kept with; each is read by itself."""
    d = tables.documents.c
    every = connection.execute(select(d.hash, d.name, d.case_id).order_by(d.at, d.hash)).all()
    for row in every:
        content = connection.execute(select(d.content).where(d.hash == row.hash)).scalar()
        if content is not None and not intact(row.hash, content, seal):
            yield row.hash, row.name, row.case_id


_o = tables.outbox.c
_CLAIM = (
    "UPDATE outbox SET due = :lease, error = NULL WHERE key IN (SELECT key FROM outbox WHERE open AND due <= :now"
    ' AND channel = :channel ORDER BY due, "order" LIMIT :limit{lock}) RETURNING *'
)


@cache
def _claiming(dialect: str) -> TextClause:
    return text(_CLAIM.format(lock="" if dialect == "sqlite" else " FOR UPDATE SKIP LOCKED"))


_SOONEST = (
    select(_o.due).where(tables.still_open(tables.outbox), _o.channel == bindparam("channel")).order_by(_o.due).limit(1)
)
_LANES = (
    select(_o.channel, _o.lane, func.max(_o.due).label("due"))
    .where(tables.still_open(tables.outbox))
    .group_by(_o.channel, _o.lane)
)
_LINE_UP = text(
    "UPDATE outbox SET due = ahead.due FROM"
    ' (SELECT key, max(due) OVER (PARTITION BY channel, lane ORDER BY "order") AS due FROM outbox WHERE open) AS ahead'
    " WHERE outbox.key = ahead.key AND outbox.due < ahead.due"
)
_PUT_OFF = Many(
    "UPDATE outbox SET due = ?, tries = ?, error = ? WHERE key = ? AND open", ("due", "tries", "error", "key")
)
_HURRY = text(
    "UPDATE outbox SET due = :now WHERE open AND channel = :channel AND error IS NOT NULL"
    " AND due > :now AND due < :until AND lane NOT IN"
    " (SELECT lane FROM outbox WHERE open AND channel = :channel AND (error IS NULL OR tries > 0) AND due > :now)"
)
_RENEW = text("UPDATE outbox SET due = :due WHERE open AND key IN :keys RETURNING key").bindparams(
    bindparam("keys", expanding=True)
)
_ADD = Insert(tables.outbox, "ON CONFLICT (key) DO NOTHING")
