"""What a case remembers: what is claimed and verified, what was beyond the agent's control, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.effects import Evidence
from workflows.schedule import Shift, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An item the agent says is done; `verified_at` when licensing agreed."""

    item: str
    at: datetime
    by: str
    evidence: tuple[Evidence, ...] = ()
    verified_at: datetime | None = None
    verified_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Time beyond the agent's control; `until` when it ended, `ends` when it will end by itself."""

    reason: str
    since: datetime
    by: str
    until: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A block somebody proposed and nobody has granted or refused yet."""

    number: int
    reason: str
    since: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A checkpoint that was missed: its name, when it was due and what was open."""

    name: str
    due: datetime
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierCert:
    """One agent's way to the carrier certification.

    `judged` of the pack's checkpoints are behind him, the first `skipped` of them unwatched. `overdue_at` is when the
    window ended, `ot` the extra sessions, `hours_used_at` when the extension's hours were used up,
    `waived` who let the whole of it pass.
    """

    shift: Shift
    started: bool = False
    claims: tuple[Claim, ...] = ()
    judged: int = 0
    skipped: int = 0
    misses: tuple[Miss, ...] = ()
    blocks: tuple[Block, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    proposed: int = 0
    overdue_at: datetime | None = None
    cap: str = ""
    cap_delivered_at: datetime | None = None
    ot: tuple[Span, ...] = ()
    hours_used_at: datetime | None = None
    expired: bool = False
    form: str = ""
    review: str = ""
    waived: str = ""

    @property
    def open_blocks(self) -> tuple[Block, ...]:
        """What stops the agent now."""
        return tuple(block for block in self.blocks if block.until is None)

    def holes(self, at: datetime) -> tuple[Span, ...]:
        """All time up to `at` that does not count."""
        return tuple((block.since, block.until or at) for block in self.blocks if block.since < (block.until or at))

    def claim(self, item: str) -> Claim | None:
        """The agent's claim of an item."""
        return next((claim for claim in self.claims if claim.item == item), None)
