"""The form of a policy pack: reads parsed TOML into the typed policy, or says which keys and values do not fit.

What must be true between the keys is in `bot/pack_check.py`.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from workflows.policy import ConcernPolicy, DisciplinePolicy, FailedExamPolicy, Policy
from workflows.policy_calls import CallCertPolicy, TbtPolicy
from workflows.policy_floor import (
    AttendancePolicy,
    CoachingPolicy,
    CompletionPolicy,
    EquipmentPolicy,
    ProgressPolicy,
    SiteDayPolicy,
    TicketPolicy,
)
from workflows.policy_training import TrainingPolicy

POLICIES: Mapping[str, type[Policy]] = types.MappingProxyType(
    {
        "failed_exam": FailedExamPolicy,
        "discipline": DisciplinePolicy,
        "concern": ConcernPolicy,
        "licensing_training": TrainingPolicy,
        "call_cert": CallCertPolicy,
        "tbt": TbtPolicy,
        "attendance": AttendancePolicy,
        "site_day": SiteDayPolicy,
        "coaching": CoachingPolicy,
        "completion": CompletionPolicy,
        "progress": ProgressPolicy,
        "equipment": EquipmentPolicy,
        "ticket": TicketPolicy,
    }
)
"""The workflows a pack may be written for, and the form of each."""

Problem = tuple[str, str]
"""(key, what is wrong with it)."""

_adapters: dict[type[Policy], TypeAdapter[Policy]] = {}


def read(data: Mapping[str, Any]) -> Policy:
    """The typed policy of parsed TOML that is known to be right (or was, when it was stored)."""
    return _adapter(POLICIES[data["workflow"]]).validate_json(orjson.dumps(data), strict=True)


def _adapter(form: type[Policy]) -> TypeAdapter[Policy]:
    if form not in _adapters:
        _adapters[form] = TypeAdapter(form)
    return _adapters[form]


def misshapen(form: type[Policy], data: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that are missing or too many, and values of the wrong kind."""
    try:
        read(data)
    except orjson.JSONEncodeError:
        yield "the file", "holds a number that is too large"
    except ValidationError as error:
        for one in error.errors(include_url=False):
            yield _key(*one["loc"]), _plain(form, one)


def _key(*place: str | int) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in place) or "the file"


def _plain(form: type[Policy], error: Mapping[str, Any]) -> str:
    kind, value, place = error["type"], error["input"], error["loc"]
    if kind in ("missing", "missing_argument", "missing_keyword_only_argument"):
        return "is missing"
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        keys = _keys_at(form, place[:-1])
        return f"is not a key of this table; it has {', '.join(keys)}{near(place[-1], keys)}"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{value!r} is not one of {', '.join(allowed)}{near(value, allowed)}"
    wanted = {
        "int": "a whole number",
        "string": "a text",
        "bool": "true or false",
        "date": "a day such as 2026-01-01",
        "time": "a time such as 16:15",
        "tuple": "a list",
        "dict": "a table",
        "dataclass": "a table",
    }
    for word, said in wanted.items():
        if kind.startswith(word):
            return f"must be {said}, not {value!r}"
    return str(error["msg"])


def _keys_at(form: Any, place: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys of the table at that place."""
    for step in place:
        if is_dataclass(form):
            form = _bare(typing.get_type_hints(form)[str(step)])
        else:  # tuple[X, ...] and dict[str, X]
            form = _bare(typing.get_args(form)[-1 if isinstance(step, str) else 0])
    return tuple(field.name for field in fields(form)) if is_dataclass(form) else ()


def _bare(hint: Any) -> Any:
    if isinstance(hint, types.UnionType):
        return next(arg for arg in typing.get_args(hint) if arg is not type(None))
    return hint


def near(word: object, known: Iterable[str]) -> str:
    """What a word was probably meant to be, as the end of a sentence; "" when nothing is like it."""
    names = [str(name) for name in known]
    close = get_close_matches(word.casefold(), names, n=1, cutoff=0.7) if isinstance(word, str) else []
    return f"; did you mean {close[0]!r}?" if close and close[0] != word else ""
