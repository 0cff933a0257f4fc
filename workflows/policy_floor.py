"""The packs of the floor's other procedures, typed: attendance, progress, equipment, tickets, completion, coaching,
red flags and the site's day (SPEC 3.3, 3.7 to 3.11, 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.policy import Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendancePolicy:
    """An attendance pack."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["attendance"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    description: str = ""
