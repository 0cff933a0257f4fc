"""Events that make a difference to a case, by kind: each area adds its own, `walks` tries them all.

`OPENERS` are what begins a case on a walk; `SAMPLES` what may be said to one at an instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.core import samples_calls, samples_classroom, samples_floor, samples_ladder, samples_pace, samples_site
from workflows.machine import Case, Event

Sample = Callable[[Case[Any], Any, datetime], Iterator[Event]]
"""(case, policy, now) -> events of one kind."""

_AREAS: tuple[Any, ...] = (
    samples_calls,
    samples_classroom,
    samples_floor,
    samples_ladder,
    samples_pace,
    samples_site,
)
SAMPLES: Mapping[type[Event], Sample] = MappingProxyType(
    {event: sample for area in _AREAS for event, sample in area.SAMPLES.items()}
)
OPENERS: Mapping[type[Event], Event] = MappingProxyType(
    {event: opener for area in _AREAS for event, opener in area.OPENERS.items()}
)
WORN: Mapping[str, tuple[Event, ...]] = MappingProxyType(dict(samples_classroom.WORN))
"""What a TL says one after another to bring a case of that workflow where chance seldom gets."""
OWN: Mapping[str, Mapping[type[Event], Sample]] = MappingProxyType({"carrier_cert": samples_pace.SHARED})
"""Hand-overs as a case of that workflow hears them, where several hear the same."""
FINDS: Mapping[str, Callable[[Any, Any], Iterator[tuple[Case[Any], datetime]]]] = MappingProxyType(
    {"carrier_cert": samples_pace.finds}
)
"""(machine, policy) -> cases where chance seldom gets, each with its time."""
