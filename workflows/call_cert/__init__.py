"""Call certification of one agent, one round (D002; SPEC 3.5): five calls with a Certifier, a scorecard, a result.

Read it in this order: states, events, data, scorecard, guards, changes, effects, refusals, table. What follows when it
takes too long is the ladder's business; nothing here is discipline.
"""

from workflows.call_cert.data import Call, CallCert
from workflows.call_cert.events import (
    AgentConnected,
    CallCertReopened,
    CallCertStarted,
    CallDayBegan,
    CallHoursUsed,
    CallPaused,
    CallResumed,
    CallScored,
    ScorecardSubmitted,
    ScorecardUploaded,
    ScorecardWanted,
    SheetLeft,
    SheetTaken,
)
from workflows.call_cert.guards import phase_day, points
from workflows.call_cert.scorecard import named, wanted
from workflows.call_cert.states import FAILED_PROGRAM, PASSED, RUNNING
from workflows.call_cert.table import machine

__all__ = [
    "FAILED_PROGRAM",
    "PASSED",
    "RUNNING",
    "AgentConnected",
    "Call",
    "CallCert",
    "CallCertReopened",
    "CallCertStarted",
    "CallDayBegan",
    "CallHoursUsed",
    "CallPaused",
    "CallResumed",
    "CallScored",
    "ScorecardSubmitted",
    "ScorecardUploaded",
    "ScorecardWanted",
    "SheetLeft",
    "SheetTaken",
    "machine",
    "named",
    "phase_day",
    "points",
    "wanted",
]
