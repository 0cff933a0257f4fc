"""Where a course, and where all of an agent's courses together, can stand.

The case stands where its least advanced course does; a course that is not found, or whose exam was not passed, is open.
"""

from __future__ import annotations

NONE, OPEN, CLAIMED, PROOF_OK, UPLOADED = "NONE", "OPEN", "CLAIMED", "PROOF_OK", "UPLOADED"
NOT_FOUND = "NOT_FOUND"
"""Of a course only: the agent does not find it."""

CLOSED_MOVED, CLOSED_LEFT, VOID = "CLOSED_MOVED", "CLOSED_LEFT", "VOID"

GOING = (OPEN, CLAIMED, PROOF_OK)
ENDS = frozenset({UPLOADED, CLOSED_MOVED, CLOSED_LEFT, VOID})
RANK = {OPEN: 0, NOT_FOUND: 0, CLAIMED: 1, PROOF_OK: 2, UPLOADED: 3}
SPEC = "SPEC 3.6"
