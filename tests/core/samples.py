"""Events that make a difference to a case, by kind: each area adds its own, `walks` tries them all.

`OPENERS` are what begins a case on a walk; `SAMPLES` what may be said to one at an instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tests.core import samples_pace
from workflows.machine import Case, Event

Sample = Callable[[Case[Any], Any, datetime], Iterator[Event]]
"""(case, policy, now) -> events of one kind."""

SAMPLES: Mapping[type[Event], Sample] = MappingProxyType({**samples_pace.SAMPLES})
OPENERS: Mapping[type[Event], Event] = MappingProxyType({**samples_pace.OPENERS})
