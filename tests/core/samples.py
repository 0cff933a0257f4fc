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

SAMPLES: Mapping[type[Event], Sample] = MappingProxyType({**samples_calls.SAMPLES, **samples_classroom.SAMPLES, **samples_floor.SAMPLES, **samples_ladder.SAMPLES, **samples_pace.SAMPLES, **samples_site.SAMPLES})
OPENERS: Mapping[type[Event], Event] = MappingProxyType({**samples_calls.OPENERS, **samples_classroom.OPENERS, **samples_floor.OPENERS, **samples_ladder.OPENERS, **samples_pace.OPENERS, **samples_site.OPENERS})
WORN: Mapping[str, tuple[Event, ...]] = MappingProxyType(dict(samples_classroom.WORN))
"""What a TL says one after another to bring a case of that workflow where chance seldom gets."""
OWN: Mapping[str, Mapping[type[Event], Sample]] = MappingProxyType({"carrier_cert": samples_pace.SHARED})
"""Hand-overs as a case of that workflow hears them, where several hear the same."""
FINDS: Mapping[str, Callable[[Any, Any], Iterator[tuple[Case[Any], datetime]]]] = MappingProxyType(
    {"carrier_cert": samples_pace.finds}
)
"""(machine, policy) -> cases where chance seldom gets, each with its time."""
