"""The scorecard (SPEC 5.2 SC-NAME): what its name says, whether name and scores inside fit, and the name to offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from workflows.effects import Evidence, Marks
from workflows.people import fold

_NAME = re.compile(
    r"(?P<last>[^_]+)_(?P<first>[^_]+)_\[?(?P<rate>\d{1,3})\s*(%|pct)?\]?\.(?P<kind>xlsx|csv)", re.IGNORECASE
)
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
MACROS = "application/vnd.ms-excel.sheet.macroenabled.12"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a file name says."""

    last: str
    first: str
    rate: int
    kind: str


def named(name: str) -> Named | None:
    """What the file name says, None when it is no scorecard's."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    return Named(
        last=found["last"].strip(), first=found["first"].strip(), rate=int(found["rate"]), kind=found["kind"].lower()
    )


def shown(name: str) -> str:
    """A file name with nothing in it but letters, digits and the signs of a name: fit to be shown as code."""
    return "".join(c for c in name if c.isalnum() or c in " _-.,'()[]%+")


def wanted(last: str, first: str, rate: int, kind: str = "xlsx") -> str:
    """The name to give the file: "Rivera_Ana_80%.xlsx"; brackets round the rate are taken too."""
    return shown(f"{last}_{first}_{rate}%.{kind}")


OTHER_KINDS = re.compile(r"\.(?:xls|xlsb|ods|numbers|tsv|pdf|docx?|txt|png|jpe?g)\Z", re.IGNORECASE)
"""What is to be saved as .xlsx first."""


def misfit(file: Evidence, last: str, first: str) -> str:
    """Why this is no scorecard of that agent by its name: macros, format, name, swapped, person, content; or ""."""
    if file.type == MACROS or re.search(r"\.xl(?:sm|tm|am)\Z", file.name, re.IGNORECASE):
        return "macros"
    if OTHER_KINDS.search(file.name):
        return "format"
    said = named(file.name)
    if said is None:
        return "name"
    if (fold(said.last), fold(said.first)) != (fold(last), fold(first)):
        swapped = (fold(said.first), fold(said.last)) == (fold(last), fold(first))
        return "swapped" if swapped else "person"
    return "" if file.type in (_TYPES[said.kind], "text/plain" if said.kind == "csv" else "") else "content"


def rate_misfit(file: Evidence, rate: int, calls: int) -> str:
    """Why the rate in the name is not that of the scores: rate (there is no such one), recorded; or ""."""
    said = named(file.name)
    if said is None or said.rate == rate:
        return ""
    return "recorded" if said.rate in {100 * n // calls for n in range(calls + 1)} else "rate"


# -- what is inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A call whose score in the sheet ("" for none) is another than the one recorded."""

    call: int
    sheet: str
    recorded: str


def readable(marks: Marks | None, calls: int) -> bool:
    """Whether the sheet's scores are those of the calls, so that they may be compared at all."""
    return marks is not None and (len(marks.scores) == calls or marks.numbered)


def differences(marks: Marks, recorded: Sequence[str], calls: int) -> tuple[Difference, ...]:
    """Call by call, where sheet and record do not agree; a call that nobody has recorded yet does not differ."""
    inside = (*marks.scores, *[""] * (calls - len(marks.scores)))
    return tuple(
        Difference(call=n, sheet=sheet, recorded=known)
        for n, (sheet, known) in enumerate(zip(inside, recorded, strict=False), 1)
        if not _equal(sheet, known)
    )


def _equal(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def of_another(marks: Marks, last: str, first: str, certifier: str) -> str:
    """The name of another agent the sheet gives; "" where it gives none, his own, or part of it."""
    said = fold(marks.agent).split()
    own = {*fold(last).split(), *fold(first).split()}
    if not said or set(said) <= own or own <= set(said) or said == fold(certifier).split():
        return ""
    lasts = set(fold(last).split())
    initials = {word[0] for word in fold(first).split()}
    if lasts <= set(said) and all(word in own or (len(word) == 1 and word in initials) for word in said):
        return ""
    return shown(marks.agent)[:60]
