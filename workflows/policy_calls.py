"""The call-cert and TBT packs, typed: call certification, the shared ladder, TBT courses (SPEC 3.5, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from workflows.policy import Notice, Recipient, Sla

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the ladder. `expectation` is what is set from then on, `label` how the history calls the step.

    A CAP needs its `clause` and the time `allowed`; `gate` is HR's part in it: none, inform or approve.
    """

    __pydantic_config__ = _STRICT

    kind: Literal["coaching", "written", "final", "review"]
    source: str
    owner: Recipient
    label: str
    sla: str = ""
    expectation: str = ""
    clause: str = ""
    allowed: str = ""
    gate: Literal["none", "inform", "approve"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """What follows when call certs and TBTs are not complete in time.

    `expect_day` and `miss_day` are days of the phase, at the end of their shift; every later step comes one business
    day after the one before was delivered (`anchor`), or called for. `grace_days` are given anew when a step was
    withdrawn, recorded late, or an item was taken back; `unpaid` names the breaks that are no cert time.
    """

    __pydantic_config__ = _STRICT

    title: str
    subject: str
    items: dict[str, str]
    expect_day: int
    expect_tell: tuple[Recipient, ...]
    miss_day: int
    rung: tuple[Rung, ...]
    anchor: Literal["delivered", "due"] = "delivered"
    grace_days: int = 1
    unpaid: tuple[str, ...] = ("lunch",)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What agents are trained in on a day of the phase, before they are connected."""

    __pydantic_config__ = _STRICT

    day: int
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Who connects a Certifier with an agent, from which half day of the phase on, and who may all the same. The
    coordinator's queue names the `session` of each day."""

    __pydantic_config__ = _STRICT

    by: tuple[Recipient, ...]
    from_day: int
    from_time: time
    early_by: tuple[Recipient, ...]
    equipment_by: tuple[Recipient, ...]
    handover_by: tuple[Recipient, ...]
    session: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The file of all calls: how soon it is wanted, and who hears that it came.

    `handout` says when the Certifier is mailed the sheet to fill in: when "connected", with all there is to fill in
    once all calls are "scored"; `types` are the kinds of call he may choose from.
    """

    __pydantic_config__ = _STRICT

    sla: str
    notice: Notice
    handout: tuple[Literal["connected", "scored"], ...] = ("connected", "scored")
    types: tuple[str, ...] = ("PDP", "MAPD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Who uploads, by which clock, which always begins with the end of that day's shift as its due time."""

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str
    label: str = "Uploaded"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPassed:
    """Who hears that too few calls were passed; `tracker_at_once` writes it before the scorecard is uploaded."""

    __pydantic_config__ = _STRICT

    notice: Notice
    tracker_at_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCertPolicy:
    """A call-cert pack: so many `calls`, each passed at `pass_mark`, together at `pass_rate` percent, in `hours`."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["call_cert"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    ladder: Ladder
    calls: int
    pass_mark: int
    pass_rate: int
    hours: int
    connect: Connect
    pause_by: tuple[Recipient, ...]
    scorecard: Scorecard
    upload: Upload
    not_passed: NotPassed
    reopen_by: tuple[Recipient, ...]
    correct_by: tuple[Recipient, ...] = ("cert_coordinator",)
    passed: str = "Pass"
    failed: str = "Fail"
    description: str = ""
    undo_minutes: int = 10

    @property
    def needed(self) -> int:
        """How many calls must be passed for the rate."""
        return -(-self.pass_rate * self.calls // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One course: its number and title as the Learning Hub shows them."""

    __pydantic_config__ = _STRICT

    number: str
    title: str
    has_exam: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Smes:
    """How many TBT SMEs a class has, and who hears when it has not."""

    __pydantic_config__ = _STRICT

    least: int
    most: int
    owner: Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who looks at a proof (a PDF), by which clock; `suggested` is how its file had better be called. `held_by` looks
    at one that another agent had sent before. Whoever of them looks gets the file by mail, on behalf of the agent;
    `mailed = false` where they find it elsewhere.
    """

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str
    suggested: str
    held_by: Recipient = "licensing"
    mailed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Courses nobody finds: who verifies the screenshots, by which clock. The pack of them is the site day's.

    A screenshot with a side of fewer than `least_pixels` is not taken; 0 takes any, for a cropped line is narrow.
    """

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str
    least_pixels: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retake:
    """A course's exam was not passed: who arranges the retake, and who hears when it happens `alert_at` times."""

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str
    alert_at: int
    alert: tuple[Recipient, ...]
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NNumber:
    """Days after the request of the N-Number at which the agent is to call the client's desk; 0 never."""

    __pydantic_config__ = _STRICT

    escalate_after: int = 0
    desk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TbtPolicy:
    """A TBT pack: the courses, and `hours` of scheduled time for all of them, with a nudge before."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["tbt"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    course: tuple[Course, ...]
    hours: int
    nudge_hours: int
    nudge: tuple[Recipient, ...]
    alert: tuple[Recipient, ...]
    smes: Smes
    proof: Proof
    upload: Upload
    search: Search
    retake: Retake
    unpaid: tuple[str, ...] = ("lunch",)
    nnumber: NNumber = NNumber()
    use_failed_exam_ladder: bool = False
    correct_by: tuple[Recipient, ...] = ("cert_coordinator", "tbt_sme")
    description: str = ""
    undo_minutes: int = 10

    @property
    def numbers(self) -> tuple[str, ...]:
        """The course numbers, in the order of the list."""
        return tuple(course.number for course in self.course)
