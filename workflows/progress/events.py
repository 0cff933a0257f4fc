"""What can happen to a class's reporting day and to one agent's report of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.machine import Due, Fact, Request
from workflows.progress.data import Fields
from workflows.schedule import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An agent on a reporting day: why nothing is expected of him ("" = it is), whether his
    is there already, on which days within the pack's window
    no report came, and whether a talk was already suggested for one of them."""

    agent: str
    excuse: str = ""
    reported: bool = False
    missed: tuple[date, ...] = ()
    suggested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressDayBegun(Fact):
    """A business day of a class has begun."""

    day: date
    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCame(Due):
    """It is time to ask for the day's reports; who is expected is filled in when it is due."""

    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoffCame(Due):
    """The shift is over; who is expected is filled in when it is due."""

    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressAsked(Fact):
    """The agent is to report this day; `excuse` says why he need not."""

    day: date
    shift: Shift
    excuse: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutoffPassed(Fact):
    """The shift of that day is over for this agent."""

    day: date
    shift: Shift
    excuse: str = ""
    missed: tuple[date, ...] = ()
    suggested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReported(Request):
    """An agent reports his own progress of `day`.

    `exact` says that what he names replaces what he named before ("fix"); `shift` is his class's; `door` is "chat" or
    "mail".
    """

    day: date
    shift: Shift
    said: Fields
    exact: bool = False
    door: str = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRight(Request):
    """The agent has read what was understood, and it is right."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkWanted(Request):
    """The TL takes up the suggestion to coach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPutOff(Request):
    """The TL does not, now."""
