"""A report as text, page, spreadsheet or CSV. Cells are text in every one, and never a formula."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
from markupsafe import Markup

from bot import scorecards
from bot.reports.sheet import Report, Table

FOLDER = Path(__file__).parent.parent.parent / "templates" / "report"
WIDE = 150
"""Characters of a line; a table that is wider is written as a list."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
LONGEST_CELL = 32_767
"""Characters a spreadsheet's cell may hold."""
SHEET_NAME = 31
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_text(report: Report) -> str:
    """For a terminal or a plain mail."""
    out = [f"{report.title}, {report.day:%a %Y-%m-%d}, {report.about}", *report.head]
    for table in report.tables:
        out += ["", *([table.title] if len(report.tables) > 1 else []), *table_lines(table)]
    for picture in report.pictures:
        out += ["", picture.alt]
    return "\n".join(out) + "\n"


def table_lines(table: Table) -> list[str]:
    """The table as lines: columns side by side where they fit, else a block a row."""
    if not table.rows:
        return ["(no rows)"]
    rows = [[cell.replace("\n", " | ") for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(table.columns))]
    if sum(widths) + 2 * len(widths) > WIDE:
        return list(_blocks(table))
    rule = ["-" * width for width in widths]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in
            (rows[0], rule, *rows[1:])]  # fmt: skip


def _blocks(table: Table) -> Iterator[str]:
    for n, row in enumerate(table.rows):
        if n:
            yield ""
        for column, cell in zip(table.columns, row, strict=True):
            first, *rest = cell.split("\n")
            if first:
                yield f"{column}: {first}"
            yield from (f"    {line}" for line in rest)


def as_csv(report: Report) -> bytes:
    """The first table, UTF-8 with a mark at its head (Excel asks for it), quoted, no cell a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for table in report.tables[:1]:
        for row in (table.columns, *table.rows):
            writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell with a quote before what a spreadsheet would work out."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_xlsx(report: Report) -> bytes:
    """A workbook: a sheet a table, text cells only; the same bytes for the same report."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": report.title, "created": datetime(2026, 1, 1)})  # noqa: DTZ001 - a property, no time
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    quoted = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True})
    taken: set[str] = set()
    for table in report.tables or (Table(title=report.title, columns=()),):
        sheet = book.add_worksheet(_sheet_name(table.title, taken))
        sheet.freeze_panes(1, 0)
        for n, row in enumerate((table.columns, *table.rows)):
            for column, cell in enumerate(row):
                form = bold if n == 0 else quoted if cell.startswith(FORMULA) else plain
                sheet.write_string(n, column, cell[:LONGEST_CELL], form)
        for column, name in enumerate(table.columns):
            longest = max((len(line) for row in table.rows for line in row[column].split("\n")), default=0)
            sheet.set_column(column, column, max(8, min(48, max(len(name), longest) + 2)))
    if report.head:
        sheet = book.add_worksheet(_sheet_name("Summary", taken))
        sheet.set_column(0, 0, 90)
        for n, line in enumerate((f"{report.title}, {report.day.isoformat()}, {report.about}", *report.head)):
            sheet.write_string(n, 0, line, quoted if line.startswith(FORMULA) else plain)
    book.close()
    return out.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    name = "".join(char for char in title if char not in "[]:*?/\\'")[:SHEET_NAME] or "Sheet"
    while name.casefold() in taken:
        name = f"{name[: SHEET_NAME - 2]} 2"
    taken.add(name.casefold())
    return name


def words_of(workbook: bytes) -> str:
    """The cells of a workbook, a line a row, for tests and for searching; "" for one nobody can open, or is to."""
    import python_calamine

    if not scorecards.fits(workbook):
        return ""
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    except python_calamine.CalamineError:  # what somebody sent goes on as it came
        return ""
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return "\n".join("\t".join(str(cell) for cell in row) for row in rows)


def as_html(report: Report) -> str:
    """One page by itself: nothing remote, no scripts, the pictures drawn inside."""
    page = _templates().get_template("page.html.j2")
    return page.render(
        report=report,
        pictures=[{"svg": Markup(each.svg), "alt": each.alt} for each in report.pictures],  # noqa: S704 - ours
    )


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


FORMATS: Mapping[str, Callable[[Report], Any]] = MappingProxyType(
    {"text": as_text, "html": as_html, "xlsx": as_xlsx, "csv": as_csv}
)
"""By the name of `--format`; text and pages are str, files are bytes."""
