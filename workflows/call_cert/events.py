"""What can happen to a round of call certification."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.effects import Evidence
from workflows.machine import Due, Fact, Request
from workflows.schedule import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCertStarted(Fact):
    """The agent's call-cert phase begins, or another round of it; `shift` begins with day 1 of the phase."""

    last: str
    first: str
    shift: Shift
    round: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnected(Request):
    """A Certifier is connected with the agent. `issue` is the reference of an equipment issue that is open ("" for
    none), `busy_with` the agent the Certifier is connected with already; `forced` wants a `why`."""

    certifier: str
    certifier_name: str
    link: str = ""
    forced: bool = False
    why: str = ""
    issue: str = ""
    busy_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScored(Request):
    """The score of a call, as typed; `call` 0 means the next one. The three texts are the feedback."""

    call: int = 0
    score: str = ""
    well: str = ""
    down: str = ""
    prepare: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPaused(Request):
    """The agent dropped out in the middle: the clock stops."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResumed(Request):
    """The agent is back: the clock runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardSubmitted(Request):
    """The file with all calls has come, by "chat" or "mail"."""

    evidence: Evidence
    source: str = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTaken(Request):
    """The scores a sheet holds are to be recorded as they stand in it."""

    evidence: Evidence
    source: str = "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLeft(Request):
    """They are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardWanted(Request):
    """The Certifier wants the sheet to fill in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardUploaded(Request):
    """It is uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCertReopened(Request):
    """A person wants another round."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHoursUsed(Due):
    """The hours of the pack are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDayBegan(Due):
    """Another day begins with the agent still connected."""
