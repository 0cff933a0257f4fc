"""Equipment that must work (D002 R-002-10, 11, 15; D003 R-003-20; D004 R-004-20, 21; SPEC 3.8).

The agent is asked on the first day of call certs, or says what is broken; an owner sees it through with IT; it is over
when the agent, or the owner for him, says that it works.
"""

from workflows.equipment.data import Equipment
from workflows.equipment.events import (
    BROKEN,
    CLOSED_LEFT,
    ISSUE_OPEN,
    NONE,
    OK,
    ONGOING,
    RESOLVED,
    UNKNOWN,
    VOID,
    WAITING_SHIPMENT,
    WITH_IT,
    AllWorks,
    CallPhaseBegun,
    CitrixSaid,
    IssueFound,
    IssueResolved,
    NudgeCame,
    PollCame,
    SentToIt,
    ShipmentAwaited,
    StillBroken,
    WithIt,
)
from workflows.equipment.table import machine

__all__ = [
    "BROKEN",
    "CLOSED_LEFT",
    "ISSUE_OPEN",
    "NONE",
    "OK",
    "ONGOING",
    "RESOLVED",
    "UNKNOWN",
    "VOID",
    "WAITING_SHIPMENT",
    "WITH_IT",
    "AllWorks",
    "CallPhaseBegun",
    "CitrixSaid",
    "Equipment",
    "IssueFound",
    "IssueResolved",
    "NudgeCame",
    "PollCame",
    "SentToIt",
    "ShipmentAwaited",
    "StillBroken",
    "WithIt",
    "machine",
]
