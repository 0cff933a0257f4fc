"""The ESP tracker's columns and how its notes are written (SPEC 6, 7.1; A13). Never discipline."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType

COLUMNS = (
    "Class",
    "Last Name",
    "First Name",
    "OID",
    "Status",
    "Training Start Date",
    "TL",
    "PM",
    "Attendance (today)",
    "Date of N Number Request",
    "AHIP/Aetna Status",
    "AHIP+Aetna Completion",
    "Searched by Course Number",
    "TBT Status (x/N)",
    "All TBTs Complete?",
    "Call Cert Status",
    "Equipment Status",
    "RTS/No More Forms Status",
    "Inhibitors",
    "Notes",
)
"""In the order of SPEC 7.1."""

DATE_FIRST = frozenset(
    {
        "Date of N Number Request",
        "Searched by Course Number",
        "TBT Status (x/N)",
        "All TBTs Complete?",
        "Call Cert Status",
        "Notes",
    }
)
"""Columns of the cert team, whose notes run Date - Name - Note; all others run Name - Date - Note."""

BOT = "ESP Bot"
"""Who signs a note that was made in nobody's name."""

LONGEST = 300
"""Characters of a note's text."""

PRIVATE = re.compile(
    r"\b(?:caps?(?![\s-]?lock)|coach(?:ed|ing|ings)?|disciplin\w*|terminat\w*|(?:written|final) warning)\b",
    re.IGNORECASE,
)
"""Words of somebody's own that must not stand in the tracker (SPEC 0.4)."""

FORMULA = MappingProxyType(dict.fromkeys("=+-@", "'"))


def note(column: str, author: str, day: date, text: str) -> str:
    """A note as it is stored: in the order of its column, on one line, never a formula for a spreadsheet."""
    said = "said in words that are not for the tracker" if PRIVATE.search(text) else plain(text)[:LONGEST]
    written = f"{day:%m/%d/%Y}"
    first, second = (written, author) if column in DATE_FIRST else (author, written)
    return f"{first} - {second} - {said}"


def plain(text: str) -> str:
    """Text for a cell: one line, and no beginning that a spreadsheet would work out."""
    line = " ".join(text.split())
    return FORMULA.get(line[:1], "") + line
