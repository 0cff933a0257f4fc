"""A record as files: what goes into a mail to HR, and what is too large for one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from bot.dossier import reading
from bot.dossier.page import pdf
from bot.papers import Papers
from bot.ports import File
from bot.wording import instant
from store.seal import Seal

RECORD = "record"
"""What the record is called among the files of a mail; the papers are called by their hash."""

EVERYTHING = "all cases on record"
"""What the file of an agent is of."""

MOST = 7 * 1024 * 1024
"""Bytes of attachments in one mail: 10 MB as it travels, a third of which is the way files are written in mail."""


def as_json(record: Mapping[str, Any]) -> bytes:
    """The record as UTF-8 text, its keys in the order of the form."""
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def kept(connection: Connection, seal: Seal, asked: Mapping[str, Any]) -> dict[str, bytes]:
    """The record as it was when it was asked for, as JSON, and the papers it names by their hash."""
    withheld: list[dict[str, str]] = []
    of = f"case {asked['ref']}" if asked["ref"] else EVERYTHING
    if asked["ref"]:
        refs = reading.tied_to(connection, seal, asked["ref"], asked["withheld"])
    else:
        refs, withheld = reading.refs_of(connection, asked["agent"], asked["withheld"])
    record = reading.gather(
        connection, seal, refs, made_at=instant(asked["made_at"]), made_for=asked["made_for"], withheld=withheld, of=of
    )
    return {RECORD: as_json(record), **reading.documents_of(connection, seal, record)}


def agent_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Whom it is about, as the record has him: {username, name, oid, class, site, zone}."""
    found: dict[str, str] = json.loads(files[RECORD])["agent"]
    return found


def enclosed(files: Mapping[str, bytes], name: str, papers: Papers) -> tuple[tuple[File, ...], list[str]]:
    """(what goes with the mail, the names of what is too large for it): the PDF before the JSON before the papers."""
    record = json.loads(files[RECORD])
    _, page = pdf(record, papers)
    wanted = [
        File(name=f"{name}.pdf", type="application/pdf", content=page),
        File(name=f"{name}.json", type="application/json", content=files[RECORD]),
        *(
            File(name=known, type="application/pdf", content=files[digest])
            for digest, known in reading.names_of(record).items()
            if digest in files
        ),
    ]
    room, fits, left = MOST, [], []
    for each in wanted:
        if len(each.content) > room:
            left.append(each.name)
            continue
        room -= len(each.content)
        fits.append(each)
    return tuple(fits), left
