"""Agents out of a CSV or XLSX sheet: one row each, under the names of the roster file's keys.

A sheet says who the agents are and nothing else; they join, or replace, those of the roster in force.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.roster import PackLength, RosterErrors, read_tables
from bot.roster_export import to_toml
from bot.roster_form import AgentForm
from workflows.people import Roster

SUFFIXES = (".csv", ".xlsx")
COLUMNS = ("username", *(about.alias or name for name, about in AgentForm.model_fields.items() if name != "ot"))
"""What a column may be called; OT slots are not for a sheet."""

NAMELESS = "line {}"
"""Stands for the username of a row without one, so that the rest of it is judged; no username holds a space."""

CALLED = {"last_name": "last", "first_name": "first", "user": "username", "class_name": "class", "e_mail": "email"}
"""Other names of columns that people use."""


def read_sheet(path: Path, known: Roster, *, pack_length: PackLength | None = None) -> Roster:
    """The roster `known` with the agents of the sheet. Raises RosterErrors with everything that is wrong."""
    rows = list(_rows(path))
    if not rows:
        raise RosterErrors([f"{path.name}: is empty"])
    (_, head), *body = rows
    columns = [
        CALLED.get(each, each) for each in ("_".join(cell.casefold().replace("-", " ").split()) for cell in head)
    ]
    problems = [
        f"{path.name}: unknown column {cell!r}"
        for cell, column in zip(head, columns, strict=True)
        if cell and column not in COLUMNS
    ]
    if "username" not in columns:
        problems.append(f"{path.name}: there is no column username")
    if problems:
        problems.append(f"{path.name}: a column is one of {', '.join(COLUMNS)}")
    if "username" not in columns:
        raise RosterErrors(problems)
    raw = tomllib.loads(to_toml(known))
    agents, seen, nameless = raw.setdefault("agent", {}), dict[str, int](), dict[str, int]()
    for line, cells in body:
        row = {column: cell for column, cell in zip(columns, cells, strict=False) if column in COLUMNS}
        username = row.pop("username", "")
        if not username:
            problems.append(f"{path.name}:{line}: the username is missing")
            nameless[NAMELESS.format(line)] = line
            agents[NAMELESS.format(line)] = {key: value for key, value in row.items() if value != ""}
        elif username in seen:
            problems.append(f"{path.name}:{line}: {username} is there twice, first on line {seen[username]}")
        elif username:
            seen[username] = line
            whole = {**agents.get(username, {}), **row}  # what the sheet has no column for stays
            agents[username] = {key: value for key, value in whole.items() if value != ""}
    try:
        roster = read_tables(raw, pack_length=pack_length)
    except RosterErrors as error:
        said = [each for each in error.problems if each.partition(": ")[0].removeprefix("agent.") not in nameless]
        problems += _placed(path, said, seen | nameless, sure=not problems)
    if problems:
        raise RosterErrors(problems)
    return roster


def _placed(path: Path, said: list[str], lines: dict[str, int], *, sure: bool) -> Iterator[str]:
    """What is wrong with the roster the sheet makes, each with its line; keys may be missing by the sheet's own fault.

    "agent.gus.tl: nobody ..." becomes "class.csv:2: agent.gus.tl: nobody ...".
    """
    for each in said:
        place, _, what = each.partition(": ")
        table, _, rest = place.partition(".")
        named = [u for u in lines if table == "agent" and f"{rest}.".startswith(f"{u}.")]
        if not named:
            yield each
        elif sure or what != "missing":
            yield f"{path.name}:{lines[max(named, key=len)]}: {each}"


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells as text, blank lines left out."""
    cells = _csv(path) if path.suffix.casefold() == ".csv" else _xlsx(path)
    for line, row in enumerate(cells, 1):
        plain = [_plain(cell) for cell in row]
        if any(plain):
            yield line, plain


def _csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise RosterErrors([f"{path}: cannot be read: {reason}"]) from None
    first = text.partition("\n")[0]
    return list(csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count)))


def _xlsx(path: Path) -> Sequence[Sequence[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())).get_sheet_by_index(0).to_python()
    except OSError as error:
        raise RosterErrors([f"{path}: cannot be read: {error.strerror}"]) from None
    except CalamineError as error:
        raise RosterErrors([f"{path}: is not an XLSX sheet: {error}"]) from None


def _plain(cell: Any) -> str:
    """A cell as one would type it: 40111.0 is an OID, not a fraction."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return str(cell).strip()
