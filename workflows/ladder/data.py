"""States, events and data of the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.machine import Due, Fact
from workflows.schedule import Shift

# -- states ------------------------------------------------------------------------------------------------

NONE, IN_WINDOW, EXPECT_MISSED, BLOCKED = "NONE", "IN_WINDOW", "EXPECT_MISSED", "BLOCKED"
DONE, CLOSED_LEFT, VOID = "DONE", "CLOSED_LEFT", "VOID"
_CALLED = {"coaching": "COACH_DUE", "written": "WRITTEN_DUE", "final": "FINAL_DUE", "review": "REVIEW_DUE"}
_HELD = {"coaching": "COACHED", "written": "WRITTEN", "final": "FINAL"}


def called_state(kind: str) -> str:
    """Where a case stands when a step of that kind is called for and not delivered yet."""
    return _CALLED[kind]


def held_state(kind: str) -> str:
    """Where a case stands when a step of that kind was delivered and its business day runs."""
    return _HELD[kind]


def further(kind: str, furthest: str) -> bool:
    """Whether a step of that kind comes after the furthest one delivered ("" for none)."""
    order = list(_CALLED)
    return not furthest or order.index(kind) > order.index(furthest)


# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderBegun(Fact):
    """The agent's call-cert phase has begun; `shift` begins on his day 1."""

    shift: Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationDue(Due):
    """The day by whose end both are expected is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderDue(Due):
    """The running deadline is over."""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that was called for; `number` is its place among all that were, `missed_at` the deadline behind it."""

    number: int
    kind: str
    missed_at: datetime
    called_at: datetime
    delivered_at: datetime | None = None
    by: str = ""
    ref: str = ""
    withdrawn: bool = False

    @property
    def pending(self) -> bool:
        """Whether it still waits to be delivered."""
        return self.delivered_at is None and not self.withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Cert time that does not count: blocked from `since` until before `until` (None: still)."""

    reason: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderData:
    """One agent's phase. The running deadline counts from `since` to `limit`, moved by what was blocked meanwhile.

    `done` are the items complete; `expect` is the end of the expected days, None once it is past.
    """

    shift: Shift | None = None
    done: tuple[str, ...] = ()
    since: datetime | None = None
    limit: datetime | None = None
    expect: datetime | None = None
    amber: bool = False
    steps: tuple[Step, ...] = ()
    holes: tuple[Hole, ...] = ()
    history: tuple[tuple[datetime, str], ...] = ()
    outcome: str = ""
    moved: bool = False

    @property
    def delivered(self) -> tuple[Step, ...]:
        """The steps that were delivered, in order."""
        return tuple(step for step in self.steps if step.delivered_at is not None)

    @property
    def furthest(self) -> str:
        """The kind of the furthest step that was delivered; "" for none."""
        return max((step.kind for step in self.delivered), key=list(_CALLED).index, default="")

    @property
    def pending(self) -> Step | None:
        """The step that is called for and not delivered."""
        return next((step for step in reversed(self.steps) if step.pending), None)

    @property
    def blocked(self) -> bool:
        """Whether a block has not ended."""
        return any(hole.until is None for hole in self.holes)

    def step(self, number: int) -> Step | None:
        """The step of that number."""
        return next((step for step in self.steps if step.number == number), None)
