"""Where a round of call certification can stand."""

from __future__ import annotations

NONE, WAITING, CONNECTED, SCORING, SCORED = "NONE", "WAITING", "CONNECTED", "SCORING", "SCORED"
SUBMITTED, UPLOADED = "SUBMITTED", "UPLOADED"
REOPENED, CLOSED_MOVED, CLOSED_LEFT, VOID = "REOPENED", "CLOSED_MOVED", "CLOSED_LEFT", "VOID"
"""REOPENED: another round has begun; the scorecard of this one may still come. CLOSED_MOVED: gone to production."""

RUNNING = (CONNECTED, SCORING)
OPEN = (WAITING, *RUNNING, SCORED, SUBMITTED)
ENDS = frozenset({UPLOADED, REOPENED, CLOSED_MOVED, CLOSED_LEFT, VOID})

PASSED, FAILED_PROGRAM = "PASSED", "FAILED_PROGRAM"
"""What a round came to, once all calls are scored; no states."""

SPEC = "SPEC 3.5"
