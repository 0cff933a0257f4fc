"""States of a carrier ticket, and what can happen to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.effects import Evidence
from workflows.machine import Due, Fact, Request
from workflows.schedule import Shift

NONE, TRIAGE, DRAFT, SUBMITTED, WITH_CARRIER = "NONE", "TRIAGE", "DRAFT", "SUBMITTED", "WITH_CARRIER"
RESOLVED, REJECTED, CLOSED_LEFT, VOID = "RESOLVED", "REJECTED", "CLOSED_LEFT", "VOID"
OPEN = (TRIAGE, DRAFT, SUBMITTED, WITH_CARRIER)

LONGEST = 1200
"""Characters of the words kept with a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierIssue(Fact):
    """Something stands in the way at the carrier's. `kind` "" is told from the words; `day` is the local date and
    `shift` the class's."""

    kind: str
    text: str
    day: date
    shift: Shift
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCame(Fact):
    """The agent sends a file without a word."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSolved(Request):
    """What was to be tried has helped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillStuck(Request):
    """It has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRight(Request):
    """The agent has compared his profile, and all of it is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSubmitted(Request):
    """The form is filed; `number` is the form's, `unnumbered` says that it showed none."""

    number: str = ""
    unnumbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierHasIt(Request):
    """The carrier works on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketResolved(Request):
    """The carrier has solved it."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRejected(Request):
    """The carrier, or whoever looked at it, says no."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOneListed(Due):
    """The hour at which the first day's open tickets are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOneOver(Due):
    """The first day ends."""
