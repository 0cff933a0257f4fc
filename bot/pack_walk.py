"""Any pack in plain words, by a walk through its typed form: keys made readable, people, clocks and times as words.

For packs that have no sentences of their own in `bot/pack_words.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

from workflows.people import Role
from workflows.policy import Notice, Offset, SlaStep

HEAD = ("id", "workflow", "title", "source", "effective_from", "description", "sla")
"""What every pack has, told elsewhere."""
UNITS = {"minutes": "minutes", "hours": "hours", "days": "days", "percent": "percent"}
NAMED_BY = ("key", "name", "number", "kind", "role", "title", "day", "n")
"""The field by which one of several tables is called."""
ROLES = frozenset(role.value for role in Role)
UPPER = {
    "tl": "TL",
    "pm": "PM",
    "hr": "HR",
    "cc": "copy",
    "mia": "MIA",
    "tbt": "TBT",
    "tbts": "TBTs",
    "rts": "RTS",
    "wfm": "WFM",
    "oids": "OIDs",
    "sla": "deadline",
    "eos": "end of shift",
    "npn": "NPN",
    "sme": "SME",
    "smes": "SMEs",
    "ahip": "AHIP",
    "cap": "CAP",
    "ot": "OT",
    "nnumber": "N-Number",
    "ops": "Ops",
}

Named = Callable[[str], str]
Noticed = Callable[[Notice], str]
Timed = Callable[[str], str]
Long = Callable[[Offset | SlaStep], str]


class Walk:
    """One walk; `name`, `notice`, `by` and `length` are the words of `bot/pack_words.py`."""

    def __init__(self, name: Named, notice: Noticed, by: Timed, length: Long) -> None:
        self.name, self.notice, self.by, self.length = name, notice, by, length

    def aspects(self, policy: Any) -> dict[str, str]:
        """Every key of a pack but those told elsewhere: place -> "pace, checkpoint K1, day: 1"."""
        return {".".join(place): f"{said(place)}: {words}" for place, words in self._all(policy)}

    def paragraphs(self, policy: Any) -> list[str]:
        """The same, a line a table: "pace, checkpoint K1: day 1; items M1 and M2"."""
        tables: dict[tuple[str, ...], list[str]] = {}
        for place, words in self._all(policy):
            colon = "" if place[1:] else ":"
            tables.setdefault(place[:-1], []).append(f"{said(place[-1:])}{colon} {words}")
        lines = tables.pop((), [])
        return lines + [f"{said(table)}: {'; '.join(keys)}" for table, keys in tables.items()]

    def _all(self, policy: Any) -> Iterator[tuple[tuple[str, ...], str]]:
        for each in fields(policy):
            if each.name not in HEAD:
                yield from self._value(each.name, (each.name,), getattr(policy, each.name))

    def _value(self, key: str, place: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
        if isinstance(value, Notice):
            yield place, self.notice(value)
        elif isinstance(value, Offset | SlaStep):
            yield place, self.length(value)
        elif is_dataclass(value):
            for each in fields(value):
                if each.name not in NAMED_BY or str(getattr(value, each.name)) != place[-1]:
                    yield from self._value(each.name, (*place, each.name), getattr(value, each.name))
        elif isinstance(value, Mapping):
            for name, one in value.items():
                yield from self._value(str(name), (*place, str(name)), one)
        elif isinstance(value, tuple | list) and any(is_dataclass(one) for one in value):
            for n, one in enumerate(value, 1):
                yield from self._value(key, (*place, called(one, n)), one)
        elif (words := self._plain(key, value)) is not None:
            yield place, words

    def _plain(self, key: str, value: Any) -> str | None:
        """A value in words; None for one that says nothing."""
        if value is None or value == "" or value == ():
            return None
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}"
        if isinstance(value, tuple | list):
            words = [self._plain(key, one) or "" for one in value]
            return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
        if isinstance(value, str):
            return self._text(key, value)
        return str(value)

    def _text(self, key: str, value: str) -> str:
        if key == "sla" or key.endswith("_sla"):
            return self.by(value)
        if value in ROLES or value.endswith(("_team", "_leadership", "_management")) or key in ("to", "cc"):
            return self.name(value)
        return f'"{value}"' if " " in value or not value.isascii() else value


def said(place: Sequence[str]) -> str:
    """A place as a person says it: "pace, checkpoint K1, quiz required"."""
    return ", ".join(" ".join(UPPER.get(word, word) for word in part.split("_")) for part in place)


def called(one: Any, n: int) -> str:
    """What one of several tables is called: by its name, else by its place."""
    for name in NAMED_BY:
        value = getattr(one, name, None)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return str(n)
