"""The call-cert and TBT packs, typed: call certification, the shared ladder, TBT courses (SPEC 3.5, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.policy import Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """What follows when call certs and TBTs are not complete in time."""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCertPolicy:
    """A call-cert pack."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["call_cert"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    ladder: Ladder
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtPolicy:
    """A TBT pack."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["tbt"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    description: str = ""
