"""The form of every report: lines above, a table or two, a picture with the same in words. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from bot.mail.compose import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under columns; a cell may hold several lines."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()

    def picked(self, column: str, value: str) -> Table:
        """The rows with that value in that column."""
        n = self.columns.index(column)
        return replace(self, rows=tuple(row for row in self.rows if row[n] == value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing of ours; `alt` says in words what it shows."""

    svg: str
    alt: str


class Drawn(Sequence[Picture]):
    """Pictures that are drawn when somebody looks at them, while its day can still be read: a draft shows none."""

    def __init__(self, draw: Callable[[], Iterable[Picture]]) -> None:
        self._draw = draw

    @cached_property
    def _all(self) -> tuple[Picture, ...]:
        return tuple(self._draw())

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, n: Any) -> Any:
        return self._all[n]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report of one day. `head` are the lines above the table; `empty` says that there was no activity."""

    name: str
    title: str
    day: date
    about: str
    head: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: Sequence[Picture] = ()
    empty: bool = False

    @property
    def file(self) -> str:
        """What its file is called, without the ending: "eod-call 2026-11-23 NOV16"."""
        kept = "".join(char if char.isalnum() or char in "-_ ." else "-" for char in self.about)
        return f"{self.name} {self.day.isoformat()} {kept}".strip()


def text(value: object) -> str:
    """A value as a cell says it: nothing for None, one line."""
    return "" if value is None else one_line(str(value))


def lines(values: object) -> str:
    """Several lines in one cell."""
    return "\n".join(text(value) for value in values) if isinstance(values, list | tuple) else text(values)


def frozen(report: Report) -> dict[str, Any]:
    """The report as plain values, to be kept with the message that carries it."""
    return {
        "name": report.name,
        "title": report.title,
        "day": report.day.isoformat(),
        "about": report.about,
        "head": list(report.head),
        "tables": [
            {"title": table.title, "columns": list(table.columns), "rows": [list(row) for row in table.rows]}
            for table in report.tables
        ],
    }


def thawed(kept: Mapping[str, Any]) -> Report:
    """The report of those values, without its pictures."""
    return Report(
        name=kept["name"],
        title=kept["title"],
        day=date.fromisoformat(kept["day"]),
        about=kept["about"],
        head=tuple(kept["head"]),
        tables=tuple(
            Table(title=each["title"], columns=tuple(each["columns"]), rows=tuple(tuple(row) for row in each["rows"]))
            for each in kept["tables"]
        ),
    )
