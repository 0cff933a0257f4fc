"""A roster on its way out: as a TOML file, as bytes for the store, and compared with another in plain words.

Nothing is checked here; that is `bot/roster.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from workflows.people import ASSIGNED, Agent, Exam, Person, Roster, Site, TrainingClass

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# -- TOML


def write_roster(roster: Roster, path: Path | str) -> None:
    """Write the TOML file that reads back as an equal roster, in order of keys (UTF-8; OSError as it comes)."""
    Path(path).write_text(to_toml(roster), encoding="utf-8")


def to_toml(roster: Roster) -> str:
    """The TOML text that reads back as an equal roster."""
    tables: list[str] = []
    for s in roster.sites.values():
        hours = {"days": [WEEK[d] for d in sorted(s.days)], "open": s.open, "close": _end(s.close)}
        tables += _table("site", s.key, {"name": s.name, "tz": s.tz, "hours": hours, "holidays": sorted(s.holidays)})
    for c in roster.classes.values():
        row = {k: getattr(c, k) for k in ("site", "channel", "start", "call_cert_start")}
        row["shift"] = {"start": c.shift_start, "end": _end(c.shift_end)}
        row["breaks"] = [{"name": b.name, "start": b.start, "end": _end(b.end)} for b in c.breaks]
        tables += _table("class", c.name, row | {"host": c.host, "tbt_smes": c.tbt_smes, "tz": c.tz})
    for p in roster.people.values():
        tables += _table("person", p.username, {k: v for k, v in _row(p).items() if k != "username"})
    for a in roster.agents.values():
        row = {"class" if k == "class_name" else k: v for k, v in _row(a).items() if k not in ("username", "ot")}
        tables += _table("agent", a.username, row | {"ot": [{"start": s, "end": e} for s, e in a.ot] or None})
    for e in roster.exams.values():
        tables += _table("exam", e.key, {k: v for k, v in _row(e).items() if k != "key"})
    contacts = {k: v[0] if len(v) == 1 else v for k, v in roster.contacts.items()}
    for name, plain in (("channels", roster.channels), ("contacts", contacts), ("packs", roster.packs)):
        tables += _table(name, None, plain)
    return "\n".join(tables)


def _row(thing: Any) -> dict[str, Any]:
    return {f.name: getattr(thing, f.name) for f in fields(thing)}


def _end(wall: time) -> str:
    """A closing or end time; midnight is the end of the day."""
    return "24:00" if wall == time(0) else wall.strftime("%H:%M")


def _table(name: str, key: str | None, row: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{name}]" if key is None else f"[{name}.{_key(key)}]"
    yield from (f"{_key(k)} = {_toml(v)}" for k, v in row.items() if v is not None)
    yield ""


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: Any) -> str:
    match value:
        case str():
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case time():
            return f'"{value:%H:%M}"'
        case dict():
            return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
        case frozenset():
            return _toml(sorted(value))
        case list() | tuple():
            return "[" + ", ".join(_toml(v) for v in value) + "]"
    raise TypeError(f"no TOML for {value!r}")


# -- bytes for the store

_LISTS = {"sites": Site, "classes": TrainingClass, "people": Person, "agents": Agent, "exams": Exam}
_PLAIN = ("channels", "contacts", "packs")
_READ: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(list[kind]) for name, kind in _LISTS.items()}  # type: ignore[valid-type]


def to_json(roster: Roster) -> bytes:
    """The roster as JSON; equal rosters give equal bytes."""
    content = {name: list(getattr(roster, name).values()) for name in _LISTS}
    plain = {name: dict(getattr(roster, name)) for name in _PLAIN}
    return orjson.dumps(content | plain, default=sorted, option=orjson.OPT_SORT_KEYS)


def from_json(content: bytes) -> Roster:
    """The roster that gave these bytes; ValueError when they are none."""
    raw = orjson.loads(content)
    read = {name: adapter.validate_python(raw[name]) for name, adapter in _READ.items()}
    read["agents"] = [
        replace(a, ot=tuple((s.astimezone(UTC), e.astimezone(UTC)) for s, e in a.ot)) for a in read["agents"]
    ]
    contacts = {key: tuple(addresses) for key, addresses in raw["contacts"].items()}
    return Roster.build(**read, channels=raw["channels"], contacts=contacts, packs=raw["packs"])


# -- in words

_CALLED = {
    "tl": "TL",
    "workshop_lead": "Workshop Lead",
    "pm": "PM",
    "site_director": "SD",
    "hr_rep": "HR rep",
    "esp_manager": "ESP Manager",
    "cert_coordinator": "Cert Coordinator",
    "class_name": "class",
    "oid": "OID",
    "npn": "NPN",
    "n_number": "N-Number",
    "ot": "OT",
    "tz": "time zone",
    "email": "e-mail",
    "personal_email": "personal e-mail",
    "tbt_smes": "TBT SMEs",
    "call_cert_start": "call certs start",
}
_NAMES_PEOPLE = {*ASSIGNED, "manager", "host", "tbt_smes"}
_KINDS = {"sites": "site", "classes": "class", "people": "person", "agents": "agent", "exams": "exam"}


def difference(old: Roster, new: Roster) -> list[str]:
    """What changes from `old` to `new`, a line each: "Ana Rivera: TL Tara Lee -> Dev Shah"."""
    lines: list[str] = []
    for table, kind in _KINDS.items():
        before, after = getattr(old, table), getattr(new, table)
        lines += [f"{before[k].name} ({kind} {k}): no longer there" for k in before if k not in after]
        lines += [f"{after[k].name} ({kind} {k}): new" for k in after if k not in before]
        for key in (k for k in after if k in before and after[k] != before[k]):
            then, now = _row(before[key]), _row(after[key])
            lines += [f"{before[key].name}: {_change(f, then[f], now[f], old, new)}" for f in now if then[f] != now[f]]
    for table in _PLAIN:
        before, after = getattr(old, table), getattr(new, table)
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                lines.append(f"{table}: {_change(key, before.get(key), after.get(key), old, new)}")
    return lines


def _change(field: str, then: Any, now: Any, old: Roster, new: Roster) -> str:
    label = _CALLED.get(field, field.replace("_", " "))
    named = field in _NAMES_PEOPLE
    if isinstance(now, (frozenset, tuple)) and isinstance(then, (frozenset, tuple)):
        gone = [f"{_say(v, field, old if named else None)} removed" for v in _in_order(then) if v not in now]
        come = [f"{_say(v, field, new if named else None)} added" for v in _in_order(now) if v not in then]
        return f"{label} {'; '.join(gone + come) or 'in another order'}"
    return f"{label} {_say(then, field, old if named else None)} -> {_say(now, field, new if named else None)}"


def _in_order(values: Any) -> list[Any]:
    return sorted(values) if isinstance(values, frozenset) else list(values)


def _say(value: Any, field: str, roster: Roster | None) -> str:
    """A value in words; people by name."""
    match value:
        case None:
            return "none"
        case str() if roster is not None:
            return roster.name_of(value)
        case Enum():
            return str(_CALLED.get(value.value, value.value.replace("_", " ")))
        case int() if field == "days":
            return WEEK[value]
        case time():
            return f"{value:%H:%M}"
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        case tuple() | list():
            return ", ".join(_say(v, field, roster) for v in value)
    if hasattr(value, "__dataclass_fields__"):
        return " ".join(_say(v, field, None) for v in asdict(value).values())
    return str(value)
