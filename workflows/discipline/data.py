"""What a CAP and a review remember."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows import handoffs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """One CAP: what called for it, what it says, and what became of it."""

    due: handoffs.CapDue
    drafted_at: datetime | None = None
    returned: str = ""
    delivered_at: datetime | None = None
    delivered_by: str = ""
    method: str = ""
    present: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    witness: str = ""
    comment: str = ""
    fell: str = ""
    document: str = ""
    size: int = 0
    answered_to: str = ""
    way: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewData:
    """One review: what is asked, and what a person decided."""

    due: handoffs.ReviewDue
    outcome: str = ""
    text: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
