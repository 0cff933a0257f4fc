"""What a round remembers: who is connected, the calls, the clock, the scorecard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from workflows.effects import Evidence
from workflows.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One scored call; `score` is the decimal as typed, `earlier` the scores it had before."""

    score: str
    passed: bool
    well: str
    down: str
    prepare: str
    at: datetime
    by: str
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCert:
    """One round of call certification. `equipment` is "", "ok" or "issue"; `result` PASSED or FAILED_PROGRAM once
    all calls are scored; `override` says why somebody connected all the same."""

    last: str
    first: str
    watch: Stopwatch
    round: int = 1
    equipment: str = ""
    certifier: str = ""
    certifier_name: str = ""
    link: str = ""
    override: str = ""
    connected_at: datetime | None = None
    calls: tuple[Call, ...] = ()
    alerted: bool = False
    result: str = ""
    rate: int = 0
    scored_at: datetime | None = None
    file: Evidence | None = None
    submitted_at: datetime | None = None
    uploaded_at: datetime | None = None
    uploaded_by: str = ""
    paused_why: str = ""

    @property
    def title(self) -> str:
        """What the case is about."""
        return "call certification" + (f", round {self.round}" if self.round > 1 else "")

    @property
    def n(self) -> int:
        """How many calls are scored."""
        return len(self.calls)

    @property
    def passes(self) -> int:
        """How many calls are passed."""
        return sum(call.passed for call in self.calls)
