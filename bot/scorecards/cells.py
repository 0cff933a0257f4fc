"""From the bytes of a spreadsheet to rows of cells, measured before a reader opens them.

A sheet may lie about its size, unpack without end, or put one cell at the end of the world: none of it is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from bot import filetypes
from bot.scorecards import extent, marks
from workflows.effects import Marks

Rows = list[list[Any]]

LARGEST_PART, LARGEST_WHOLE = 4 * 1024 * 1024, 12 * 1024 * 1024
"""Bytes one sheet, and all of a workbook, may unpack to; a scorecard has a few thousand."""

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 2_000, 200, 30
MOST_CELLS = 100_000
"""Cells of all sheets, the empty ones between others too: the reader makes room for each."""

MOST_SHARED = 32 * 1024 * 1024
"""Characters that cells with a shared text may come to: the reader writes it out for each of them."""

LONGEST_CSV = 256 * 1024
_DIRECTORY_ENDS = b"PK\x05\x06"
_TELLING = re.compile(rb"sheetData|[<:]si[\s/>]")
"""What a sheet, and the texts that cells share, cannot do without."""


class Trap(Enum):
    """In place of marks: what the file is, when it is none to be opened."""

    BURSTS = "it unpacks to more than it says, or than any scorecard holds"


def read(content: bytes, kind: str) -> Marks | Trap | None:
    """What a spreadsheet says as a scorecard; None where that is not plain."""
    if kind == filetypes.CSV:
        return marks.of([_csv(content)]) if len(content) <= LONGEST_CSV else None
    measured = _measured(content)
    if measured != "fits":
        return Trap.BURSTS if measured == "bursts" else None
    return marks.of(_xlsx(content))


def fits(content: bytes) -> bool:
    """Whether a workbook is small enough, by its own measure, for a reader to open."""
    return _measured(content) == "fits"


def _measured(content: bytes) -> str:
    """Whether a workbook "fits", "bursts", or is "odd": broken, or with cells nobody's scorecard has."""
    parts = filetypes.directory(content)
    if parts is None or content.count(_DIRECTORY_ENDS) != 1:  # of two directories the reader may take the other
        return "odd"
    named = {part: part.name.lower().endswith((".xml", ".rels", ".vml")) for part in parts}
    wanted = [part.size for part, known in named.items() if known]
    if any(size > LARGEST_PART for size in wanted) or sum(wanted) > LARGEST_WHOLE:
        return "bursts"
    measures = []
    for part, known in named.items():  # a sheet may have any name: the reader goes where it is sent
        inside = filetypes.unpacked(content, part, LARGEST_PART if known else filetypes.MOST_UNPACKED)
        if inside is None:
            return "bursts" if known else "odd"  # it holds more than its directory says, or cannot be unpacked at all
        if _TELLING.search(inside):
            measure = extent.of(inside) if len(inside) <= LARGEST_PART else None
            if measure is None or measure.rows > MOST_ROWS or measure.columns > MOST_COLUMNS:
                return "odd"
            measures.append(measure)
    fits = (
        sum(each.cells > 0 for each in measures) <= MOST_SHEETS
        and sum(each.rows * each.columns for each in measures) <= MOST_CELLS
        and sum(each.shared for each in measures) * max((each.longest for each in measures), default=0) <= MOST_SHARED
    )
    return "fits" if fits else "odd"


def _xlsx(content: bytes) -> list[Rows]:
    """The sheets people see, each as rows."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        return [book.get_sheet_by_name(name).to_python() for name in shown]
    except BaseException as error:  # a panic of the reader is no Exception, and means that it cannot be read
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return []
        raise


def _csv(content: bytes) -> Rows:
    """Rows of a CSV parted by comma, semicolon or tab, whichever parts most lines alike."""
    for code in ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            text = content.decode(code)
            break
        except UnicodeDecodeError:
            continue
    else:
        return []
    lines = text.splitlines(keepends=True)[:MOST_ROWS]  # a cell may hold several
    if lines and re.fullmatch(r"sep=.", lines[0].strip()):
        return _parted(lines[1:], lines[0].strip()[4])
    return max((_parted(lines, sign) for sign in ";\t,"), key=_regular)


def _parted(lines: Iterable[str], sign: str) -> Rows:
    try:
        return [list(row[:MOST_COLUMNS]) for row in csv.reader(lines, delimiter=sign)]
    except csv.Error:
        return []


def _regular(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How much a separator parts: lines of more than one cell, and all cells."""
    return sum(len(row) > 1 for row in rows), sum(len(row) for row in rows)
