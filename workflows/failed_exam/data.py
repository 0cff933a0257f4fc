"""What a failed-exam case remembers: attempts, what followed each, sittings, a disputed ordinal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.machine import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One reported fail; `voided` says why it no longer counts; `form` is what the form receipt said.

    `flags` say what it was taken without; `dispute` is the number of the dispute it came out of. `crashed`: the agent
    says it was a technical failure; `technical` is why the carrier alone counts it; `words` are those who said that it
    counts here too, as (username, side).
    """

    at: datetime
    by: str
    sources: tuple[str, ...] = ()
    door: str = "chat"
    late: bool = False
    flags: tuple[str, ...] = ()
    form: str = ""
    voided: str = ""
    voided_by: str = ""
    dispute: int = 0
    crashed: bool = False
    technical: str = ""
    technical_by: str = ""
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A proctored sitting; `attempt` is the number of the fail that called for it."""

    starts: datetime
    proctor: str
    proctor_name: str
    minutes: int
    link: str = ""
    sequence: int = 0
    attempt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done after the n-th fail.

    `cap` is "", "held" (was there coaching?), "asked" (HR), "due", "delivered" or "withdrawn"; `review` is "",
    "asked", "proceed" or another outcome; `number` is that of the attempt they were called for.
    """

    coached_at: datetime | None = None
    coached_by: str = ""
    statement: str = ""
    coach_instead: bool = False
    cap: str = ""
    cap_ref: str = ""
    cap_delivered_at: datetime | None = None
    slot: Slot | None = None
    review: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A reported ordinal that does not fit the record, and how it was reported."""

    claimed: int
    at: datetime
    by: str
    source: str
    door: str = "chat"
    told: tuple[str, ...] = ()
    crashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedExam:
    """The attempts of one agent at one exam in one plan year, and what followed each.

    An attempt's number is its place among all ever reported. The carrier counts all that are not voided: by these
    people name an attempt, and these use up the exam. The ladder counts those of them that were no technical failure.
    Duties, CAPs and what people were told go by the number, so that a recount mixes nothing up. `aside` are the steps
    that fell away with a technical failure, by the number of the attempt that had called for them.
    """

    exam: str
    exam_name: str
    carrier: str
    plan_year: int
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    dispute: Dispute | None = None
    disputes: int = 0
    passed_at: datetime | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    slots: int = 0
    inhibited: bool = False
    aside: tuple[Step, ...] = ()

    @property
    def taken(self) -> tuple[int, ...]:
        """The numbers of the attempts the carrier counts, in order."""
        return tuple([number for number, attempt in enumerate(self.attempts, 1) if not attempt.voided])

    @property
    def used(self) -> int:
        """How many attempts the carrier counts."""
        return len(self.taken)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the attempts that count on the ladder, in order."""
        return tuple([n for n, each in enumerate(self.attempts, 1) if not (each.voided or each.technical)])

    @property
    def live(self) -> tuple[Attempt, ...]:
        """The attempts that count on the ladder, in order."""
        return tuple([each for each in self.attempts if not (each.voided or each.technical)])

    @property
    def count(self) -> int:
        """How many fails are on the ladder."""
        return len(self.numbers)

    @property
    def number(self) -> int:
        """The number of the newest attempt on the ladder; 0 for none."""
        return self.numbers[-1] if self.numbers else 0

    @property
    def claimed(self) -> int:
        """The ordinal in dispute; 0 for none."""
        return self.dispute.claimed if self.dispute else 0

    @property
    def sitting(self) -> Slot | None:
        """The proctored sitting in question: the one to come, or the one the newest fail was taken in."""
        n = self.count
        return self.step(n).slot or self.step(n - 1).slot

    def step(self, n: int) -> Step:
        """What followed the n-th fail."""
        return self.steps[n - 1] if 1 <= n <= len(self.steps) else Step()


def proctor_of(case: Case[FailedExam]) -> str:
    """The username of whoever proctors, or proctored, the attempt in question; "" when nobody does."""
    return case.data.sitting.proctor if case.data.sitting else ""
