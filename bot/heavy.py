"""A mail too heavy for one commit: its bytes and its files are laid down piece by piece before its letter enters.

Between two pieces everybody else is served. What was laid down for a letter that never came, because the process died
in between, is swept a day later; its mail server hands the mail over once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, text

from bot import attachments
from bot.letters import Letter
from store import tables
from store.codec import micros
from store.seal import Seal

RAW = "message/rfc822"
"""The type of a raw mail in `documents`; one of no bytes has its bytes in pieces."""

PART = "message/partial"
"""The type of a piece: its name in `documents` is the mail's, a colon and its number."""

HASH_SIGNS = 64
PIECE = 1 << 20
"""Bytes of a raw mail that are written at once."""

TORN = timedelta(days=1)
"""After so long pieces without their mail are swept: laying them down takes seconds."""

Run = Callable[[Callable[[Connection], Any]], Awaitable[Any]]


async def laid_down(letter: Letter, seal: Seal, run: Run) -> Letter:
    """The letter, with what is heavy in it kept already, each piece in a commit of its own. Raises StoreDown."""
    post = letter.mail
    if post is None or len(post.raw) <= PIECE:
        return letter
    count = -(-len(post.raw) // PIECE)
    for n in range(count):
        content = await asyncio.to_thread(seal.close_bytes, post.raw[n * PIECE : (n + 1) * PIECE])
        row = {
            "hash": _piece(post.received.raw_hash, n), "name": f"{n + 1} of {count}", "type": PART, "content": content,
            "source": None, "case_id": "", "at": micros(post.now or letter.at),
        }  # fmt: skip
        await run(partial(_insert, row))
    if post.sealed:
        rows = await asyncio.to_thread(attachments.rows, post.received.files, letter.at, seal, "", post.sealed)
        for each in rows:
            await run(partial(_insert_file, each))
    return replace(letter, mail=replace(post, pieces=count))


def _insert(row: dict[str, Any], connection: Connection) -> None:
    connection.execute(_PIECE_IN, [row])


def _insert_file(row: dict[str, Any], connection: Connection) -> None:
    connection.execute(attachments.FILE_IN, [row])


def raw_of(connection: Connection, seal: Seal, hash: str) -> bytes | None:
    """The bytes of a raw mail; None when it is not kept (any more)."""
    d = tables.documents.c
    row = connection.execute(select(d.content).where(d.hash == hash)).first()
    if row is None:
        return None
    if whole := seal.open_bytes(row.content):
        return whole
    pieces: list[bytes] = []
    while found := connection.execute(select(d.content).where(d.hash == _piece(hash, len(pieces)))).first():
        pieces.append(seal.open_bytes(found.content))
    return b"".join(pieces) or None


def _piece(hash: str, n: int) -> str:
    """The name of a piece. Asked for by itself: where ":" stands among other signs differs from server to server."""
    return f"{hash}:{n:03}"


def parts_of(hashes: Iterable[str]) -> ColumnElement[bool]:
    """Rows of `documents` that are pieces of these raw mails."""
    d = tables.documents.c
    return and_(d.type == PART, func.substr(d.hash, 1, HASH_SIGNS).in_(list(hashes)))


def torn(now: datetime) -> ColumnElement[bool]:
    """Rows of `documents` that are pieces of a mail that never came whole, and was laid down a day before `now`."""
    d = tables.documents.c
    whole = select(d.hash).where(d.type == RAW)
    return and_(d.type == PART, d.at < micros(now - TORN), func.substr(d.hash, 1, HASH_SIGNS).not_in(whole))


_PIECE_IN = text(  # one that is left of an earlier attempt counts as laid down now
    "INSERT INTO documents (hash, name, type, content, source, case_id, at)"
    " VALUES (:hash, :name, :type, :content, :source, :case_id, :at) ON CONFLICT (hash) DO UPDATE SET at = excluded.at"
)
