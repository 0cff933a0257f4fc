"""How far a sheet reaches, and how long the texts are that its cells share, told before a reader makes room for them.

Read by a strict parser: what is no XML has no extent, so that nothing is hidden in what a lenient one passes over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

_PLACE = re.compile(r"([A-Za-z]{1,4})(\d{1,9})")


@dataclass(slots=True)
class Extent:
    """One part of a workbook: the last row and column with a cell, counted from 1; how many cells there are and how
    many of them have a shared text; characters of the longest text it shares."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    shared: int = 0
    longest: int = 0


class _Odd(Exception):
    """A place no sheet has, or a definition of one's own words."""


def of(inside: bytes) -> Extent | None:
    """The extent of a part; None where it is no plain XML."""
    reader = _Reader()
    try:
        reader.parser.Parse(inside, True)
    except (expat.ExpatError, _Odd, ValueError):
        return None
    return reader.found


class _Reader:
    """Follows rows and cells as the reader of workbooks does: those without a place of their own come next."""

    def __init__(self) -> None:
        self.found = Extent()
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._said
        self.parser.StartDoctypeDeclHandler = self._defined
        self._row = self._column = 0
        self._text = -1

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            said = attributes.get("r", "")
            self._row, self._column = int(said[:10]) if said else self._row + 1, 0
            self._reached()
        elif kind == "c":
            self.found.cells += 1
            self.found.shared += attributes.get("t") == "s"
            self._column += 1
            if place := attributes.get("r"):
                self._row, self._column = _place(place)
            self._reached()
        elif kind == "si":
            self._text = 0

    def _ended(self, name: str) -> None:
        if name.rpartition(":")[2] == "si":
            self.found.longest, self._text = max(self.found.longest, self._text), -1

    def _said(self, text: str) -> None:
        if self._text >= 0:
            self._text += len(text)

    def _defined(self, *_: object) -> None:
        raise _Odd

    def _reached(self) -> None:
        self.found.rows = max(self.found.rows, self._row)
        self.found.columns = max(self.found.columns, self._column)


def _place(said: str) -> tuple[int, int]:
    """Row and column of "B7", counted from 1."""
    found = _PLACE.fullmatch(said)
    if found is None:
        raise _Odd
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column
