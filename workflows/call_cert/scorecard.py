"""The scorecard's file name (SPEC 5.2 SC-NAME): what it says, whether it fits, and the one to offer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflows.effects import Evidence
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


def misfit(file: Evidence, last: str, first: str, rate: int, rates: tuple[int, ...]) -> str:
    """Why this is not that agent's scorecard: macros, name, swapped, person, rate, recorded, content; "" if it is."""
    if file.type == MACROS or file.name.lower().endswith(".xlsm"):
        return "macros"
    said = named(file.name)
    if said is None:
        return "name"
    if (fold(said.last), fold(said.first)) != (fold(last), fold(first)):
        swapped = (fold(said.first), fold(said.last)) == (fold(last), fold(first))
        return "swapped" if swapped else "person"
    if said.rate not in rates:
        return "rate"
    if said.rate != rate:
        return "recorded"
    return "" if file.type in (_TYPES[said.kind], "text/plain" if said.kind == "csv" else "") else "content"
