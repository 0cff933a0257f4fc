"""What is known of an agent's courses: a record each, the proofs, the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from workflows.effects import Evidence
from workflows.stopwatch import Stopwatch
from workflows.tbt.states import CLAIMED, NOT_FOUND, OPEN, PROOF_OK, RANK, UPLOADED


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A screenshot of a course that is not found, and who verified it."""

    evidence: Evidence
    at: datetime
    verified_at: datetime | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One course. `counted` was claimed by a mere count, `proof` is the number of the proof that shows it (0: none)."""

    number: str
    title: str
    state: str = OPEN
    counted: bool = False
    proof: int = 0
    fails: int = 0
    search: Search | None = None
    uploaded_at: datetime | None = None

    @property
    def standing(self) -> str:
        """Its state, or FAILED_EXAM(n) while it is open again after a failed exam."""
        return f"FAILED_EXAM({self.fails})" if self.fails and self.state == OPEN else self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A file sent as proof."""

    evidence: Evidence
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tbt:
    """All courses of one agent; `loose` is the number of a proof that came before any course was named, `waived` who
    let them pass.
    """

    last: str
    first: str
    watch: Stopwatch
    records: tuple[Record, ...] = ()
    proofs: tuple[Proof, ...] = ()
    loose: int = 0
    nudged: bool = False
    alerted: bool = False
    requested: date | None = None
    known: bool = False
    waived: str = ""

    @property
    def title(self) -> str:
        """What the case is about."""
        return "TBTs"

    @property
    def done(self) -> int:
        """Courses the agent has done, by his own word or better."""
        return self.count(CLAIMED, PROOF_OK, UPLOADED)

    @property
    def proved(self) -> int:
        """Courses whose proof is accepted."""
        return self.count(PROOF_OK, UPLOADED)

    @property
    def uploaded(self) -> int:
        """Courses that are in the form."""
        return self.count(UPLOADED)

    @property
    def remaining(self) -> tuple[str, ...]:
        """The numbers of courses that are still to be done."""
        return self.numbers(OPEN, NOT_FOUND)

    @property
    def searched(self) -> tuple[str, ...]:
        """The numbers of courses whose search was verified."""
        return tuple(record.number for record in self.records if record.search and record.search.verified_at)

    def count(self, *states: str) -> int:
        """How many courses stand there."""
        return sum(record.state in states for record in self.records)

    def numbers(self, *states: str) -> tuple[str, ...]:
        """The courses that stand there."""
        return tuple(record.number for record in self.records if record.state in states)

    def record(self, number: str) -> Record:
        """One course by its number."""
        return next(record for record in self.records if record.number == number)

    def held(self, number: int) -> bool:
        """Whether that proof is a file another agent had sent before."""
        return bool(number and self.proofs[number - 1].evidence.seen_from)

    def shown_by(self, proof: int) -> tuple[str, ...]:
        """The courses a proof shows, as long as it waits."""
        return tuple(r.number for r in self.records if r.proof == proof and r.state == CLAIMED) if proof else ()


def standing(records: Iterable[Record]) -> str:
    """Where the case stands: with its least advanced course."""
    least = min((RANK[record.state] for record in records), default=0)
    return (OPEN, CLAIMED, PROOF_OK, UPLOADED)[least]
