"""Frozen dataclasses to JSON text and back, by their type hints; and instants to numbers.

Writing is orjson's own; reading is a function built once per class. Nothing here knows a workflow.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Any

import orjson

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_readers: dict[Any, Callable[[Any], Any]] = {}


def micros(at: datetime) -> int:
    """Microseconds since 1970, UTC: how instants are stored, so that both databases order and compare them."""
    return (at - _EPOCH) // _US


def instant(micros: int) -> datetime:
    """The aware UTC instant of so many microseconds."""
    return _EPOCH + timedelta(microseconds=micros)


def dump(value: Any) -> str:
    """JSON text of dataclasses, enums, aware datetimes, tuples and frozensets."""
    return orjson.dumps(value, default=_odd).decode()


def parse(text: str | bytes) -> Any:
    """Plain JSON values."""
    return orjson.loads(text)


def _odd(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"cannot store a {type(value).__name__}")


def load(cls: type[Any], text: str | bytes) -> Any:
    """The value of that class whose JSON this is."""
    return reader(cls)(orjson.loads(text))


def reader(hint: Any) -> Callable[[Any], Any]:
    """A function from plain JSON values to values of this type, built once."""
    known = _readers.get(hint)
    if known is None:
        known = _readers[hint] = _reader(hint)
    return known


def _reader(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass_reader(hint)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        kinds = [arg for arg in args if arg is not type(None)]
        inner = reader(kinds[0]) if len(kinds) == 1 else _same
        return _same if inner is _same else lambda value: None if value is None else inner(value)
    if origin is tuple:
        if len(args) == 2 and args[1] is Ellipsis:
            item = reader(args[0])
            return tuple if item is _same else lambda value: tuple([item(each) for each in value])
        items = tuple(reader(arg) for arg in args)
        return lambda value: tuple(read(each) for read, each in zip(items, value, strict=True))
    if origin is frozenset:
        item = reader(args[0])
        return lambda value: frozenset(item(each) for each in value)
    if hint is datetime or hint is date or hint is time:
        moment: Callable[[Any], Any] = hint.fromisoformat
        return moment
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _same


def _same(value: Any) -> Any:
    return value


def _dataclass_reader(cls: type[Any]) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(cls)
    readers = {field.name: reader(hints[field.name]) for field in fields(cls)}
    names = readers.keys()
    made = [(name, read) for name, read in readers.items() if read is not _same]

    def read(value: Mapping[str, Any]) -> Any:
        known = dict(value) if value.keys() <= names else {name: value[name] for name in names & value.keys()}
        for name, make in made:
            if name in known:
                known[name] = make(known[name])
        return cls(**known)

    return read
