"""What can happen to an agent's TBTs. Courses are named as people say them: by number, or by place in the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.effects import Evidence
from workflows.machine import Due, Fact, Request
from workflows.schedule import Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtStarted(Fact):
    """The first day of the phase. `requested` is the day the N-Number was asked for, `known` that it is there. For one
    agent of each class `smes` counts the class's TBT SMEs and `blanks` names agents without a request; else -1."""

    last: str
    first: str
    shift: Shift
    requested: date | None = None
    known: bool = False
    class_name: str = ""
    smes: int = -1
    blanks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesDone(Request):
    """The agent has done these courses ("all" is every one); `evidence` is the PDF that came with the words."""

    courses: tuple[str, ...]
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesCounted(Request):
    """The agent has done so many courses, whichever."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtProofSent(Request):
    """A file that shows courses done: those named, else all claimed without a proof."""

    evidence: Evidence
    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtProofAccepted(Request):
    """The proof is good: of a card's `proof`, of the courses named, or of all that wait."""

    proof: int = 0
    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtProofRefused(Request):
    """The proof has to be sent again."""

    proof: int = 0
    courses: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursesUploaded(Request):
    """Proved courses are in the TBT Tracking Form: those named, else all."""

    courses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseMissing(Request):
    """The agent does not find a course. The screenshot must show the search by number and by name (None: not asked)."""

    course: str
    evidence: Evidence | None = None
    by_number: bool | None = None
    by_name: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchVerified(Request):
    """The screenshot shows both searches, and the course is in neither."""

    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRefused(Request):
    """The course is there after all, or the screenshot is not enough."""

    course: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFailed(Request):
    """The exam at the end of a course was not passed."""

    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetakeArranged(Request):
    """A breakout room is there for the retake."""

    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtNudgeCame(Due):
    """Not much is left of the hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtHoursUsed(Due):
    """The hours of the pack are used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NNumberLate(Due):
    """The N-Number has been awaited for as long as the pack allows; `known` says that it has come."""

    known: bool = False
