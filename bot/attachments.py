"""Files people send: told by their content, named safely, kept in the database under their hash.

Nothing here opens a file further than its first bytes, and none is ever run.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.ports import File
from store.codec import micros
from workflows.effects import Evidence

LARGEST = 10 * 1024 * 1024
"""Bytes of a file that is kept."""

LONGEST_NAME = 120
UNKNOWN = "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
)


def evidence(file: File) -> Evidence:
    """What is known of a file without opening it."""
    kind = type_of(file)
    width, height = pixels(file.content, kind)
    return Evidence(
        name=safe_name(file.name),
        type=kind,
        size=len(file.content),
        hash=hashlib.sha256(file.content).hexdigest(),
        width=width,
        height=height,
    )


def type_of(file: File) -> str:
    """The media type its content shows; what is said of it counts for plain text only."""
    content = file.content
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"PK\x03\x04"):
        if b"xl/vbaProject.bin" in content:
            return XLSM
        return XLSX if b"xl/" in content and b"[Content_Types].xml" in content else "application/zip"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return UNKNOWN
    if "\x00" in text:
        return UNKNOWN
    return "text/csv" if file.name.lower().endswith(".csv") else "text/plain"


def pixels(content: bytes, kind: str) -> tuple[int, int]:
    """Width and height of a picture; (0, 0) for anything else."""
    if kind == "image/png" and len(content) >= 24:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if kind == "image/gif" and len(content) >= 10:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    if kind == "image/jpeg":
        at = 2
        while at + 9 < len(content) and content[at] == 0xFF:
            marker = content[at + 1]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
            at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0, 0


def safe_name(name: str) -> str:
    """The name without path, leading dots, control or direction characters; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp"))
    return kept.strip().lstrip(".")[:LONGEST_NAME] or "file"


def rows(files: Iterable[File], at: datetime) -> list[dict[str, Any]]:
    """Rows of `documents` for files small enough to keep."""
    return [
        {
            "hash": hashlib.sha256(file.content).hexdigest(),
            "name": safe_name(file.name),
            "type": type_of(file),
            "content": file.content,
            "source": None,
            "case_id": "",
            "at": micros(at),
        }
        for file in files
        if len(file.content) <= LARGEST
    ]
