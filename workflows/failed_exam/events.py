"""What can happen to a failed exam, in the past tense: facts, requests and due timers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from workflows.machine import Due, Fact, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamFailed(Fact):
    """An attempt was not passed. `claimed` is the ordinal the reporter named; `sure` answers an earlier
    question: "same" (that one again) or "new"; `door` is "chat" or "mail"; `told` are addresses the
    reporter's own mail reached; `crashed` says that he calls it a technical failure."""

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    claimed: int | None = None
    sure: str = ""
    door: str = "chat"
    told: tuple[str, ...] = ()
    crashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamPassed(Fact):
    """The exam was passed after all; `shown` when a file came with the word."""

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEntered(Request):
    """The proctor says how the proctored attempt ended."""

    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDone(Request):
    """The tracking form of an attempt was filed; `attempt` is its number, None the only open one."""

    attempt: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coached(Request):
    """The owner coached; `advised` says the policy's statement was made; `on` is the time he names."""

    advised: bool = False
    on: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAdvised(Request):
    """The owner coached but did not make the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCoached(Request):
    """There was no coaching before that attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapProceeds(Request):
    """HR: the CAP goes ahead although coaching was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachInstead(Request):
    """HR: coach now, no CAP for this attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorScheduled(Request):
    """A time for the proctored attempt, set or moved. `starts` is UTC; `forced` allows closed hours."""

    overt: ClassVar[bool] = True
    starts: datetime
    proctor: str
    proctor_name: str
    link: str = ""
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorWanted(Request):
    """The agent asks for a time; others schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProctorCancelled(Request):
    """The slot will not be used."""

    overt: ClassVar[bool] = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailConfirmed(Request):
    """A person confirms the last fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailRejected(Request):
    """A person says the last fail is not so."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierConfirmed(Request):
    """The missing earlier fails did happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongNumber(Request):
    """The reported ordinal was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptVoided(Fact):
    """An attempt does not count (None: the newest); licensing has the evidence."""

    ordinal: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptTechnical(Fact):
    """An attempt was a technical failure: the carrier counts it, the ladder does not. `ordinal` is how the carrier
    counts (None: the newest); a button names the attempt by its `number` instead."""

    ordinal: int | None = None
    number: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalReported(Request):
    """The agent says that an attempt was a technical failure; a person looks at it."""

    ordinal: int | None = None
    number: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalRefused(Request):
    """It was no technical failure."""

    ordinal: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptCounts(Request):
    """A technical failure counts on the ladder after all; it takes a word of the owner or TL and one of licensing."""

    ordinal: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalKept(Request):
    """A technical failure stays one."""

    ordinal: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRefused(Request):
    """Licensing does not accept the proof: the exam is not passed."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(Request):
    """WFM ended today's session."""

    overt: ClassVar[bool] = True
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSession(Request):
    """WFM: there was no session to end."""

    overt: ClassVar[bool] = True
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorRecorded(Request):
    """Licensing records that the agent may not be able to sell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierDiffers(Request):
    """The carrier's page shows something else than we do: tell licensing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotNear(Due):
    """The proctored attempt is close: "24h" or "15m"."""

    near: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotEnded(Due):
    """The slot is over and no result was entered."""
