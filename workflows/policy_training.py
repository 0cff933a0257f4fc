"""The licensing-training packs, typed: engagement checks, certification pace, session links (SPEC 3.2, 3.4, 3.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.policy import Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Prompts around the breaks of a class day."""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Checkpoints of carrier certification."""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLinks:
    """When a class's session link is asked for and sent."""

    __pydantic_config__ = _STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPolicy:
    """A licensing-training pack."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["licensing_training"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    engagement: Engagement
    pace: Pace
    session_link: SessionLinks
    description: str = ""
