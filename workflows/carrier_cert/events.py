"""What can happen to an agent's carrier certification. Blocks, reports, CAPs and reviews come from handoffs.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from workflows.machine import Due, Fact, Request
from workflows.schedule import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceBegun(Fact):
    """The first day of the agent's class. `leave_until` when he is on approved leave just now."""

    shift: Shift
    leave_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceStarted(Due):
    """The first session begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointDue(Due):
    """A checkpoint's time has come."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursUsed(Due):
    """The hours of the extension are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockOver(Due):
    """An approved leave is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofAccepted(Request):
    """Licensing has seen the proof. No items: all that is claimed."""

    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRefused(Request):
    """Licensing asks for it again, with the reason. No items: all that is claimed, else all that was verified."""

    items: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionFormFiled(Request):
    """The completion form is submitted; `number` is its receipt's."""

    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockAsked(Request):
    """Somebody says that the agent is blocked; the word of some grants it. `since` in UTC, None for now."""

    reason: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGranted(Request):
    """A proposed block is granted."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRefused(Request):
    """A proposed block is not granted now."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockAsked(Request):
    """Nothing stops the agent any more, or not for that reason. `until` in UTC, None for now."""

    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPlanned(Request):
    """WFM has placed extra sessions; they take the place of those not begun yet. `agreed`: closed days are meant."""

    overt: ClassVar[bool] = True
    starts: tuple[datetime, ...] = ()
    agreed: bool = False
