"""The scorecard the bot hands to a certifier: one sheet, a line a call, names filled in, the file's name worked out.

The same facts give the same bytes. Every text of a person is written as text and never as a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

TITLE = "Call Certification Scorecard"
COLUMNS = ("Call", "Call type", "Score", "Passed", "Done well", "Marked down", "Preparation")
HEAD_ROW = 9
"""The row of the table's head, counted from 0."""

_WIDTHS = (16, 12, 9, 9, 38, 38, 38)
_HOW = (
    "Score every call from 0 to 100 and say what was done well, what was marked down and what to prepare: "
    "at least one good thing a call."
)
_THEN = "When all calls are scored, mail it to the Cert Coordinator at once, or send it to the bot."


def workbook(slots: Mapping[str, Any]) -> bytes:
    """The sheet as XLSX.

    `slots`: last, first, agent, oid, certifier and date as text; calls, pass_mark and rates as numbers; names, the
    file's name for each rate, least first; types to choose from; scored, per call recorded so far a mapping of score,
    well, down, prepare.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": TITLE, "created": datetime(2026, 1, 1)})  # noqa: DTZ001 - a property, no time
    sheet = book.add_worksheet("Scorecard")
    forms = {
        "title": book.add_format({"bold": True, "font_size": 15}),
        "label": book.add_format({"font_color": "#444444"}),
        "text": book.add_format({"num_format": "@"}),
        "name": book.add_format({"bold": True, "num_format": "@"}),
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "top"}),
        "fixed": book.add_format({"border": 1, "valign": "top"}),
        "fill": book.add_format(
            {"border": 1, "valign": "top", "text_wrap": True, "bg_color": "#FFFBE6", "locked": False}
        ),
        "note": book.add_format({"text_wrap": True, "valign": "top", "font_color": "#444444"}),
    }
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _heading(sheet, slots, forms)
    _table(sheet, slots, forms)
    _foot(sheet, slots, forms)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    book.close()
    return out.getvalue()


def _heading(sheet: Any, slots: Mapping[str, Any], forms: Mapping[str, Any]) -> None:
    sheet.write_string(0, 0, TITLE, forms["title"])
    lines = (
        ("Agent", slots["agent"]), ("Agent OID", slots["oid"]), ("Certifier", slots["certifier"]),
        ("Date", slots["date"]), ("Round", str(slots["round"])),
    )  # fmt: skip
    for row, (label, value) in enumerate(lines, 1):
        sheet.write_string(row, 0, label, forms["label"])
        sheet.write_string(row, 1, str(value), forms["text"])
    sheet.merge_range(7, 0, 7, len(COLUMNS) - 1, _HOW, forms["note"])
    sheet.set_row(7, 32)


def _table(sheet: Any, slots: Mapping[str, Any], forms: Mapping[str, Any]) -> None:
    calls, mark, scored = slots["calls"], slots["pass_mark"], slots["scored"]
    for column, title in enumerate(COLUMNS):
        sheet.write_string(HEAD_ROW, column, title, forms["head"])
    for n in range(calls):
        row, known = HEAD_ROW + 1 + n, scored[n] if n < len(scored) else {}
        sheet.set_row(row, 48)
        sheet.write_string(row, 0, f"Call {n + 1}", forms["fixed"])
        sheet.write_blank(row, 1, None, forms["fill"])
        score = known.get("score", "")
        if score:
            sheet.write_number(row, 2, float(score), forms["fill"])
        else:
            sheet.write_blank(row, 2, None, forms["fill"])
        place = f"C{row + 1}"
        said = "" if not score else "yes" if float(score) >= mark else "no"
        sheet.write_formula(row, 3, f'=IF({place}="","",IF({place}>={mark},"yes","no"))', forms["fixed"], said)
        for column, name in enumerate(("well", "down", "prepare"), 4):
            sheet.write_string(row, column, known.get(name, ""), forms["fill"])
    first, last = HEAD_ROW + 1, HEAD_ROW + calls
    sheet.data_validation(
        first, 2, last, 2,
        {
            "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100,
            "error_title": "Score", "error_message": f"A score is a number from 0 to 100; {mark} passes.",
        },
    )  # fmt: skip
    sheet.data_validation(first, 1, last, 1, {"validate": "list", "source": list(slots["types"])})


def _foot(sheet: Any, slots: Mapping[str, Any], forms: Mapping[str, Any]) -> None:
    """The rate and the name of the file, worked out while the calls are scored; and all the names there can be."""
    calls, names, scored = slots["calls"], slots["names"], slots["scored"]
    area = f"C{HEAD_ROW + 2}:C{HEAD_ROW + 1 + calls}"
    passes = f'COUNTIF({area},">={slots["pass_mark"]}")'
    good = sum(float(each["score"]) >= slots["pass_mark"] for each in scored)
    whole = len(scored) == calls
    row = HEAD_ROW + 2 + calls
    sheet.write_string(row, 0, "Pass rate", forms["label"])
    rate = f'=IF(COUNT({area})<{calls},"score all {calls} calls first",INT(100*{passes}/{calls})&"%")'
    sheet.write_formula(row, 1, rate, None, slots["rates"][good] if whole else f"score all {calls} calls first")
    sheet.write_string(row + 1, 0, "Save it as", forms["label"])
    chosen = ",".join(_quoted(name) for name in names)
    file = f'=IF(COUNT({area})<{calls},"",CHOOSE({passes}+1,{chosen}))'
    sheet.write_formula(row + 1, 1, file, forms["name"], names[good] if whole else "")
    sheet.write_string(row + 3, 0, "The name says how many calls were passed:", forms["label"])
    for n, name in enumerate(names):
        sheet.write_string(row + 4 + n, 0, f"{n} of {calls}", forms["label"])
        sheet.write_string(row + 4 + n, 1, name, forms["text"])
    sheet.write_string(row + 5 + len(names), 0, _THEN, forms["label"])


def _quoted(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'
