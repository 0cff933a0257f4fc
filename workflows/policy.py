"""What a policy pack says, typed: the numbers, recipients and ladders of one wording of one policy.

The files are read and checked by `bot/packs.py`; a case is pinned to the content it was opened under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Unit = Literal["business_minutes", "business_days", "hours"]
Recipient = str
"""A role ("tl"), "agent", or a contact of the roster ("licensing_team")."""

_STRICT = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    """A distance in time: `offset` may be negative (before the anchor)."""

    __pydantic_config__ = _STRICT

    offset: int
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStep:
    """One reminder: `offset` `unit` from the `anchor`, to the owner, his delegate, his manager, or another role."""

    __pydantic_config__ = _STRICT

    offset: int
    unit: Unit
    anchor: Literal["start", "due"] = "start"
    to: Literal["owner", "delegate", "manager", "cert_coordinator"] = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """When a duty is due, who is reminded when, and how often silence is repeated to the manager."""

    __pydantic_config__ = _STRICT

    due: Offset
    steps: tuple[SlaStep, ...] = ()
    repeat: Offset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail: who gets it, on whose behalf, and its name in the specification."""

    __pydantic_config__ = _STRICT

    to: tuple[Recipient, ...]
    cc: tuple[Recipient, ...] = ()
    behalf: Recipient = "agent"
    id: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Who files the tracking form, how soon."""

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coach:
    """Who coaches before the next attempt. `statement` must have been said ("" = none); `label` is the button; `asks`
    is a question for the talk."""

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str
    label: str = "Coached"
    statement: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """Which CAP by when. `gate`: none, inform (HR gets a copy), approve (HR first)."""

    __pydantic_config__ = _STRICT

    kind: Literal["written", "final"]
    owner: Recipient
    sla: str
    clause: str
    expectation: str
    gate: Literal["none", "inform", "approve"] = "none"
    allowed: str = "None beyond the next attempt"
    before_next: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Proctor:
    """Who schedules and proctors the next attempt."""

    __pydantic_config__ = _STRICT

    by: Recipient
    sla: str
    notice: Notice
    says: str
    post: str = ""
    minutes: int = 120
    result_sla: str = "immediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """People decide before the next attempt."""

    __pydantic_config__ = _STRICT

    owner: Recipient
    sla: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Who may confirm the last fail, who gets the card, and the mail that follows."""

    __pydantic_config__ = _STRICT

    by: tuple[Recipient, ...]
    cards: tuple[Recipient, ...]
    sla: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What follows when the attempts are used up."""

    __pydantic_config__ = _STRICT

    notice: Notice
    tracker: str
    inhibitor: Recipient = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRule:
    """What the n-th failed attempt calls for. `n` may say which one, for the reader; the order decides."""

    __pydantic_config__ = _STRICT

    source: str
    notice: Notice
    form: Form | None = None
    coach: Coach | None = None
    cap: Cap | None = None
    proctor: Proctor | None = None
    review: Review | None = None
    end_session: bool = False
    confirm: Confirm | None = None
    lock: Lock | None = None
    n: int | None = None

    @property
    def stops(self) -> bool:
        """Whether the agent is told to stop: the next attempt waits for more than a coaching."""
        held = self.cap is not None and self.cap.before_next
        return self.proctor is not None or held or self.review is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedExamPolicy:
    """A failed-exam pack: attempts of any length, 1 to n in order."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["failed_exam"]
    title: str
    source: str
    effective_from: date
    owner: Recipient
    correct_by: tuple[Recipient, ...]
    sla: dict[str, Sla]
    attempt: tuple[AttemptRule, ...]
    description: str = ""
    uncoached: Literal["hold", "go"] = "hold"
    merge_hours: int = 24
    echo_minutes: int = 60
    undo_minutes: int = 10

    @property
    def last(self) -> int:
        """The number of attempts the pack allows."""
        return len(self.attempt)

    def rule(self, ordinal: int) -> AttemptRule:
        """The rule of the n-th fail, counted from 1."""
        return self.attempt[ordinal - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisciplinePolicy:
    """How coaching records, CAPs and reviews are handled."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["discipline"]
    title: str
    source: str
    effective_from: date
    sla: dict[str, Sla]
    deliver_by: tuple[Recipient, ...]
    hr: Recipient = "hr_rep"
    final_cc: tuple[Recipient, ...] = ("hr_rep",)
    review_to: tuple[Recipient, ...] = ("hr_rep",)
    review_cc: tuple[Recipient, ...] = ("site_director", "pm", "tl")
    decide_by: tuple[Recipient, ...] = ("hr_rep", "site_director")
    concurrent_notice: bool = True
    consequence: str
    support: str
    personal_receipts: bool = False
    export_withholds: tuple[str, ...] = ("red_flag",)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernPolicy:
    """Who hears of something that may inhibit an agent's ability to sell, and of a red flag (`flag_...`)."""

    __pydantic_config__ = _STRICT

    id: str
    workflow: Literal["concern"]
    title: str
    source: str
    effective_from: date
    notice: Notice
    by: tuple[Recipient, ...]
    flag_by: tuple[Recipient, ...]
    flag_notice: Notice
    flag_owner: Recipient
    flag_close_by: tuple[Recipient, ...]
    flag_sla: str
    flag_open_sla: str
    sla: dict[str, Sla]
    description: str = ""


class Policy(Protocol):
    """What every pack has; the others are typed in `policy_training`, `policy_calls` and `policy_floor`."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def workflow(self) -> str:
        """What it is written for."""
        ...

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    @property
    def source(self) -> str:
        """The page its wording comes from."""
        ...

    @property
    def effective_from(self) -> date:
        """From when on it may be in force."""
        ...

    @property
    def description(self) -> str:
        """What it is about, in a sentence."""
        ...

    @property
    def sla(self) -> dict[str, Sla] | None:
        """Its clocks by name."""
        ...
