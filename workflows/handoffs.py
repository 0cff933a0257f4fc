"""Events one workflow gives another. Workflows do not import each other; they meet here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workflows.effects import Evidence
from workflows.machine import Fact, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDue(Fact):
    """A corrective action plan is called for.

    `cause` is the reference of the case that calls for it and `step` its place there; `sla` and `due` come
    from the sender's pack; `owner` is the role that delivers it; `facts` and `prior` are (time, text).
    """

    cause: str
    cause_workflow: str
    step: int
    kind: str
    owner: str
    gate: str
    clause: str
    expectation: str
    allowed: str
    policy: str
    subject: str
    facts: tuple[tuple[datetime, str], ...]
    prior: tuple[str, ...]
    sla: str
    sla_pack: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDelivered(Fact):
    """The supervisor met the agent and handed the CAP over."""

    cap: str
    step: int
    delivered_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapWithdrawn(Fact):
    """The CAP will not be delivered."""

    cap: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseFell(Fact):
    """What a CAP was drafted for no longer stands: passed, corrected, or decided otherwise.

    `withdraw` takes an undelivered draft back at once (the report behind it was a mistake).
    """

    cause: str
    step: int
    reason: str
    withdraw: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDue(Fact):
    """People are asked to review a matter; nothing is decided by the bot.

    `owner` is the role that sees to it and `sla` its clock, of the sender's pack; "" leaves both to discipline.
    """

    cause: str
    cause_workflow: str
    step: int
    subject: str
    timeline: tuple[tuple[datetime, str], ...]
    contrary: tuple[str, ...] = ()
    owner: str = ""
    sla: str = ""
    sla_pack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Fact):
    """A named person has decided a review; `proceed` says the agent may go on."""

    review: str
    step: int
    outcome: str
    proceed: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitorFound(Fact):
    """Something may inhibit the agent's ability to sell; `category` is all that is ever told."""

    category: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLeft(Fact):
    """The agent is no longer employed, confirmed by HRIS."""

    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingDue(Fact):
    """An expectation was missed: the agent is to be coached and the coaching documented (R-001-43).

    `cause` is the reference of the case that calls for it and `step` its place there; `owner`, `sla` and the
    statement that must be said (`expectation`) come from the sender's pack; `record` sends E-09 when it is done.
    `policy` is the title of the pack that calls for it, with its id in brackets; `prior` are earlier steps, by id,
    `allowed` the time it gives.
    """

    cause: str
    cause_workflow: str
    step: int
    subject: str
    owner: str
    expectation: str
    facts: tuple[tuple[datetime, str], ...]
    sla: str
    sla_pack: str
    record: bool = True
    policy: str = ""
    prior: tuple[str, ...] = ()
    allowed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingDelivered(Fact):
    """The coaching took place."""

    coaching: str
    step: int
    delivered_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingWithdrawn(Fact):
    """The coaching will not take place: a person took it back."""

    coaching: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked(Fact):
    """Something beyond the agent's control stops him from `since` on; clocks of scheduled time stand still.

    `reason` is a key of the pack ("nnumber", "payment", "login", "outage", "equipment", "absence", "other"); `ends` is
    when it ends by itself (an approved leave), None when somebody has to say so.
    """

    reason: str
    since: datetime
    by: str
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblocked(Fact):
    """It no longer stops him, from `until` on. `reason` is which of several; "" all but an absence."""

    until: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockProposed(Fact):
    """Somebody, or an open ticket, proposes that the agent is blocked; a TL or licensing grants it."""

    reason: str
    since: datetime
    cause: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy(Fact):
    """The agent of that name cannot answer prompts: `why` is "call", "proctor", "leave", "breakout" or "gone"."""

    agent: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Free(Fact):
    """The agent of that name can answer prompts again."""

    agent: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChanged(Fact):
    """One of the things an agent needs to finish ESP is done, or is not any more (SPEC 3.10).

    `item` is "ahip", "tbt", "call", "equipment", "rts" or "inhibitor"; `ref` the case that says so.
    """

    item: str
    done: bool
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamSaidPassed(Fact):
    """Somebody says that the agent passed an exam (its key and its name in the roster); not `passed`: not any more."""

    exam: str
    name: str
    passed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LetPass(Fact):
    """A person has waived one of the things an agent needs (an item of `ItemChanged`): nothing waits for it."""

    item: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedToProduction(Fact):
    """The agent has left ESP for production; his ESP clocks stop."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Fact):
    """What an agent's own progress report says, for those whose clocks it concerns. None: not mentioned.

    `modules` and `quizzes` are numbers 1 to 5; `tbt` and `calls` counts; `checkmarks`, `product`, `aetna` yes or no;
    `ahip` "passed", "failed" or "not started"; `producer_world` registered; `evidence` files that came with it.
    """

    modules: tuple[int, ...] = ()
    quizzes: tuple[int, ...] = ()
    ahip: str | None = None
    aetna: bool | None = None
    checkmarks: bool | None = None
    product: bool | None = None
    tbt: int | None = None
    calls: int | None = None
    producer_world: bool | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayExcused(Fact):
    """Nothing is expected of the agent on that day of his class: he is absent or on approved leave."""

    day: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentSaid(Fact):
    """What an agent's own progress report says of his equipment; `text` are his words for what does not work."""

    works: bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen(Fact):
    """Nobody has seen the agent since his shift began, and by now that is late (UTC)."""

    day: date
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLate(Fact):
    """The agent arrived, late; `word` says that a person told it, else it was his own first message."""

    day: date
    starts: datetime
    ends: datetime
    arrived: datetime
    word: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenInTime(Fact):
    """A person says that the agent arrived in time."""

    day: date
    arrived: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverSeen(Fact):
    """The shift is over and nobody has seen the agent in it."""

    day: date
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLifted(Fact):
    """The mark of a missing agent was taken from the tracker's cell of that day."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused(Request):
    """A person says that what was suggested of the agent is excused; the reason is not shown to others."""

    why: str = ""
    day: date | None = None
