"""What a report says and what a day remembers of it; states and the merging of later words into earlier ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from workflows.effects import Evidence
from workflows.policy_floor import ProgressLimits
from workflows.schedule import Shift

NONE, DUE, REPORTED, LATE, MISSING, EXCUSED = "NONE", "DUE", "REPORTED", "LATE", "MISSING", "EXCUSED"
CLOSED_LEFT, VOID = "CLOSED_LEFT", "VOID"
OPEN, ASKED, CLOSED = "OPEN", "ASKED", "CLOSED"
"""States of a class's day; the others are those of one agent's report."""

ALL_OF_THEM = -1
"""In place of a count: "all tbts"."""

SETS, COUNTS = ("modules", "quizzes"), ("tbt", "calls")
FLAGS = ("ahip", "aetna", "checkmarks", "product", "equipment")
NAMES = (*SETS, *FLAGS, *COUNTS)
"""The fields of a report, in the order in which they are read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What a report says; None or () is not mentioned.

    `modules` and `quizzes` are numbers, `tbt` and `calls` counts (`ALL_OF_THEM` for all), `ahip` "passed", "failed" or
    "not started", `blockers` and `note` the agent's own words; `hushed` keeps the note out of the tracker.
    """

    modules: tuple[int, ...] = ()
    quizzes: tuple[int, ...] = ()
    ahip: str | None = None
    aetna: bool | None = None
    checkmarks: bool | None = None
    product: bool | None = None
    tbt: int | None = None
    calls: int | None = None
    equipment: bool | None = None
    blockers: str | None = None
    note: str = ""
    hushed: bool = False
    evidence: tuple[Evidence, ...] = ()
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report as it came in, with what could be taken of it."""

    at: datetime
    by: str
    door: str
    said: Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A class's reporting day."""

    day: date
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One agent's day: every report as it came, and what they say together.

    `cutoff` is None where nothing was due; `missed` are earlier days without a report; `talk` is "", "suggested",
    "wanted", "put off", "held" or "dropped".
    """

    day: date
    fields: Fields = Fields()
    entries: tuple[Entry, ...] = ()
    right: bool = False
    excuse: str = ""
    missed: tuple[date, ...] = ()
    talk: str = ""


def says_something(fields: Fields) -> bool:
    """Whether there is anything in it at all."""
    return replace(fields, unclear=(), hushed=False) != Fields()


def mentioned(fields: Fields) -> Iterator[str]:
    """The names of the fields it speaks of."""
    return (name for name in NAMES if getattr(fields, name) not in (None, ()))


def beyond(fields: Fields, limits: ProgressLimits) -> Iterator[tuple[str, int, int]]:
    """What cannot be: (field, how many there are, how many were said)."""
    for name in SETS:
        if too_many := max((n for n in getattr(fields, name) if n > getattr(limits, name)), default=0):
            yield name, getattr(limits, name), too_many
    for name in COUNTS:
        if (getattr(fields, name) or 0) > getattr(limits, name):
            yield name, getattr(limits, name), getattr(fields, name)


def taken(fields: Fields, limits: ProgressLimits) -> Fields:
    """What can be taken of it: without what cannot be, "all" as a number."""
    known: dict[str, Any] = {name: within(getattr(fields, name), getattr(limits, name)) for name in SETS}
    known |= {name: _count(getattr(fields, name), getattr(limits, name)) for name in COUNTS}
    return replace(fields, **known)


def within(numbers: Iterable[int], most: int) -> tuple[int, ...]:
    """The numbers that are there; of a run that leads beyond the last one ("1-7" of five) none is sure."""
    said = set(numbers)
    sure, n = {each for each in said if 1 <= each <= most}, most
    while n in said and most + 1 in said:
        sure.discard(n)
        n -= 1
    return tuple(sorted(sure))


def _count(said: int | None, most: int) -> int | None:
    if said is None or said > most:
        return None
    return most if said == ALL_OF_THEM else said


def merged(old: Fields, new: Fields, *, exact: bool) -> Fields:
    """The later report supersedes the earlier one, field by field.

    Numbers that say less than before take back ("module 1" after "modules 1-3"); numbers that are new are added,
    unless the later report is `exact`.
    """
    told = {name: getattr(new, name) for name in (*FLAGS, *COUNTS, "blockers") if getattr(new, name) is not None}
    for name in SETS:
        was, now = set(getattr(old, name)), set(getattr(new, name))
        if now:
            told[name] = tuple(sorted(now if exact or now <= was else now | was))
    if new.note:
        told |= {"note": new.note, "hushed": new.hushed}
    return replace(old, **told, evidence=(*old.evidence, *(e for e in new.evidence if e not in old.evidence)))


def skipped(modules: Iterable[int]) -> tuple[int, ...]:
    """The modules before the last one that nobody has spoken of."""
    done = set(modules)
    return tuple(n for n in range(1, max(done, default=0)) if n not in done)
