"""States of an agent's equipment, and what can happen to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workflows.effects import Evidence
from workflows.machine import Due, Fact, Request
from workflows.schedule import Shift

NONE, UNKNOWN, OK, ISSUE_OPEN, WITH_IT = "NONE", "UNKNOWN", "OK", "ISSUE_OPEN", "WITH_IT"
WAITING_SHIPMENT, RESOLVED, CLOSED_LEFT, VOID = "WAITING_SHIPMENT", "RESOLVED", "CLOSED_LEFT", "VOID"
BROKEN = (ISSUE_OPEN, WITH_IT, WAITING_SHIPMENT)
ONGOING = (*BROKEN, RESOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPhaseBegun(Fact):
    """The agent's first day of call certs; `day` is that day."""

    day: date
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCame(Due):
    """It is time to ask whether everything works; on leave it is asked `again` then (UTC)."""

    again: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NudgeCame(Due):
    """The day's nudge to the owner; on leave nobody is nudged."""

    hushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFound(Fact):
    """Something does not work, in the reporter's words; `calls` says that the call-cert phase has begun."""

    text: str
    calls: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AllWorks(Request):
    """The agent, or the owner for him, says that everything works; `calls` as above."""

    calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StillBroken(Request):
    """The agent says that it does not work yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentToIt(Request):
    """The owner has the draft sent to IT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithIt(Request):
    """IT has it; `number` is theirs."""

    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentAwaited(Request):
    """Something is on its way."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueResolved(Request):
    """It should work again; the agent is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CitrixSaid(Request):
    """Whether the agent can log in to Citrix from a device of his own."""

    access: bool
