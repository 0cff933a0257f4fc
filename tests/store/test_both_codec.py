"""What is written to either database is read back as it was: instants, and every event and case by its type hints."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum, StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.machines import DATA, EVENTS
from store import codec
from workflows.people import Site

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
INSTANTS = st.integers(0, 7_258_118_400_000_000).map(
    lambda n: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=n)
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS, int: st.integers(-(2**53), 2**53), bool: st.booleans(), float: st.floats(allow_nan=False, width=32),
    datetime: INSTANTS, date: st.dates(), time: st.times().map(lambda at: at.replace(microsecond=0)), Any: PLAIN, type(None): st.none(),
}  # fmt: skip
"""Hours of a site are whole seconds; orjson 3.13 writes 10 to 99 ms of a bare `time` wrongly."""


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type, by its hints."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return st.builds(hint, **{field.name: values(hints[field.name]) for field in fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    origin, inner = typing.get_origin(hint), [values(each) for each in typing.get_args(hint) if each is not Ellipsis]
    if origin in (types.UnionType, typing.Union):
        return st.one_of(inner)
    if origin is tuple:
        return st.lists(inner[0], max_size=3).map(tuple) if Ellipsis in typing.get_args(hint) else st.tuples(*inner)
    if origin is frozenset:
        return st.frozensets(inner[0], max_size=3)
    raise TypeError(f"no values for {hint}")


STORED: dict[str, Any] = {**{f"event {name}": cls for name, cls in EVENTS.items()}, **DATA, "site": Site}
few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", STORED)
def test_everything_that_is_stored_reads_back_as_it_was(name: str) -> None:
    @few
    @given(values(STORED[name]))
    def holds(value: Any) -> None:
        assert codec.load(STORED[name], codec.dump(value)) == value

    holds()


@given(INSTANTS)
def test_an_instant_is_the_same_after_micros_and_back(at: datetime) -> None:
    assert codec.instant(codec.micros(at)) == at
    assert codec.instant(codec.micros(at)).tzinfo is UTC


@given(INSTANTS, st.integers(-(14 * 60), 14 * 60))
def test_micros_know_no_time_zone(at: datetime, minutes: int) -> None:
    assert codec.micros(at.astimezone(timezone(timedelta(minutes=minutes)))) == codec.micros(at)


@given(INSTANTS, INSTANTS)
def test_micros_order_as_instants_do(one: datetime, other: datetime) -> None:
    assert (codec.micros(one) < codec.micros(other)) == (one < other)
    assert codec.micros(one) - codec.micros(other) == (one - other) // timedelta(microseconds=1)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        codec.micros(datetime(2026, 11, 17, 10, tzinfo=UTC).replace(tzinfo=None))


@given(PLAIN)
def test_plain_values_are_themselves(value: Any) -> None:
    assert codec.parse(codec.dump(value)) == value


def test_a_set_is_written_in_one_order() -> None:
    class Colour(StrEnum):
        red = "red"
        blue = "blue"

    assert codec.dump(frozenset({Colour.red, Colour.blue})) == codec.dump({"blue", "red"}) == '["blue","red"]'
    assert codec.load(frozenset[Colour], '["red","blue"]') == {Colour.red, Colour.blue}


def test_what_cannot_be_read_back_is_not_written() -> None:
    class Odd(Enum):
        one = object()

    for value in (object(), Odd.one, b"bytes"):
        with pytest.raises(TypeError):
            codec.dump(value)


@few
@given(values(next(iter(EVENTS.values()))))
def test_fields_a_newer_program_added_are_left_alone(event: Any) -> None:
    text = codec.dump({**codec.parse(codec.dump(event)), "of_tomorrow": 1})
    assert codec.load(type(event), text) == event
