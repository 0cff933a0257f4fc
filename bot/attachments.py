"""Files people send: told by their content, named safely, kept in the database under their hash, sealed.

What is read of a file is plain values of its `Evidence`; no file is ever run. What a file is, and why one is not
taken, is `bot/filetypes.py`; what a scorecard holds is `bot/scorecards`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot import filetypes, scorecards
from bot.filetypes import UNKNOWN, XLSM, XLSX
from bot.ports import File
from store.codec import micros
from store.seal import Seal
from workflows.effects import Evidence

if TYPE_CHECKING:
    from bot.letters import Letter
    from bot.office import Office
    from store.world import World

__all__ = ["LARGEST", "UNKNOWN", "XLSM", "XLSX", "evidence", "keep", "pixels", "rows", "safe_name", "type_of"]

LARGEST = 10 * 1024 * 1024
"""Bytes of a file that is kept."""

LONGEST_NAME, LONGEST_NAME_BYTES = 120, 220
"""Characters of a name, and bytes of it in UTF-8: a disk takes 255, and what is written beside it is called longer."""

MOST_SEGMENTS = 20_000
"""Pieces of a JPEG that are passed over on the way to its size; a camera writes a few hundred."""

_ENDING = re.compile(r"(?:\.[\w-]{1,12}){1,2}\Z")
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d|CONIN\$|CONOUT\$)(?:\.|\Z)", re.IGNORECASE)
_UNFIT = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def evidence(file: File) -> Evidence:
    """What is known of a file; a spreadsheet's scores are read, a picture's size."""
    name, kind = safe_name(file.name), type_of(file)
    size = pixels(file.content, kind)
    trouble = file.missing or filetypes.trouble_of(name, file.content, kind, size, LARGEST)
    marks = scorecards.read(file.content, kind) if not trouble and kind in (XLSX, filetypes.CSV) else None
    if isinstance(marks, scorecards.Trap):
        trouble, marks = "bomb", None
    return Evidence(
        name=name,
        type=kind,
        size=len(file.content),
        hash=hashlib.sha256(file.content).hexdigest(),
        width=size[0],
        height=size[1],
        trouble=trouble,
        marks=marks,
    )


def type_of(file: File) -> str:
    """The media type its content shows; what is said of it counts for plain text only."""
    return filetypes.type_of(file.name, file.content)


def pixels(content: bytes, kind: str) -> tuple[int, int]:
    """Width and height of a picture; (0, 0) for anything else."""
    if kind == "image/png" and len(content) >= 24:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if kind == "image/gif" and len(content) >= 10:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    if kind == "image/webp":
        return _webp(content)
    if kind == "image/jpeg":
        at = 2
        for _ in range(MOST_SEGMENTS):
            if at + 9 >= len(content) or content[at] != 0xFF:
                break
            marker = content[at + 1]
            if marker == 0xFF:  # filling between segments
                at += 1
                continue
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0, 0


def _webp(content: bytes) -> tuple[int, int]:
    """The size in the first chunk: plain, without loss, or of the newer form."""

    def little(a: int, b: int) -> int:
        return int.from_bytes(content[a:b], "little")

    chunk = content[12:16]
    if chunk == b"VP8X" and len(content) >= 30:
        return little(24, 27) + 1, little(27, 30) + 1
    if chunk == b"VP8L" and len(content) >= 25:
        return (little(21, 25) & 0x3FFF) + 1, (little(21, 25) >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(content) >= 30:
        return little(26, 28) & 0x3FFF, little(28, 30) & 0x3FFF
    return 0, 0


def safe_name(name: str) -> str:
    """The name without path, leading dots, control or direction characters, and fit for any disk; never empty.

    Its ending is what it really ends in: a long name is shortened before it.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
    kept = " ".join(kept.translate(_UNFIT).split()).lstrip(". ").rstrip(". ")
    if len(kept) > LONGEST_NAME or len(kept.encode()) > LONGEST_NAME_BYTES:
        ending = found[0] if (found := _ENDING.search(kept)) else ""
        stem = kept[: LONGEST_NAME - len(ending)].encode()[: LONGEST_NAME_BYTES - len(ending.encode())]
        kept = stem.decode(errors="ignore").rstrip(". ") + ending
    return f"_{kept}" if _DEVICES.match(kept) else kept or "file"


# -- kept


def rows(
    files: Iterable[File], at: datetime, seal: Seal, sender: str = "", sealed: Mapping[str, bytes] | None = None
) -> list[dict[str, Any]]:
    """Rows of `documents` for the files that are taken; `sender` is the agent who sent them, "" for anybody else.

    `sealed` are contents that were sealed before, by their hash.
    """
    found = []
    for file in files:
        name, kind = safe_name(file.name), type_of(file)
        if file.missing or filetypes.trouble_of(name, file.content, kind, pixels(file.content, kind), LARGEST):
            continue
        content = hashlib.sha256(file.content).hexdigest()
        found.append(
            {
                "hash": content,
                "name": name,
                "type": kind,
                "content": (sealed or {}).get(content) or seal.close_bytes(file.content),
                "case_id": "",
                "sender": sender,
                "at": micros(at),
            }
        )
    return found


def keep(office: Office, world: World, letter: Letter) -> None:
    """What a letter's files are goes into the database with it."""
    sender = letter.actor if letter.actor in office.roster.agents else ""
    post = letter.mail
    if post is not None and post.pieces and post.sealed:  # they are here already, see bot/heavy.py
        world.extra.append((SENT_BY, [{"hash": hash, "sender": sender} for hash in post.sealed]))
        return
    if found := rows(letter.files, letter.at, world.seal, sender, post.sealed if post else None):
        world.extra.append((FILE_IN, found))


FILE_IN = text(  # the first agent who sent it is remembered, whoever else sent it before or after
    "INSERT INTO documents (hash, name, type, content, case_id, sender, at)"
    " VALUES (:hash, :name, :type, :content, :case_id, :sender, :at)"
    " ON CONFLICT (hash) DO UPDATE SET sender = excluded.sender WHERE documents.sender = ''"
)
SENT_BY = text("UPDATE documents SET sender = :sender WHERE hash = :hash AND sender = ''")
