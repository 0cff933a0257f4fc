"""Carrier tickets (D001 R-001-27, 28, 39, 42; D003 R-003-21 to 26, 31; SPEC 3.8).

The agent is told what to try; what is left becomes a draft for the TL, who submits it before logging off.
"""

from workflows.ticket.data import Ticket, kind_of
from workflows.ticket.events import (
    CLOSED_LEFT,
    DRAFT,
    LONGEST,
    NONE,
    OPEN,
    REJECTED,
    RESOLVED,
    SUBMITTED,
    TRIAGE,
    VOID,
    WITH_CARRIER,
    CarrierHasIt,
    CarrierIssue,
    DayOneListed,
    DayOneOver,
    IssueSolved,
    PictureCame,
    ProfileRight,
    StillStuck,
    TicketRejected,
    TicketResolved,
    TicketSubmitted,
)
from workflows.ticket.table import machine

__all__ = [
    "CLOSED_LEFT",
    "DRAFT",
    "LONGEST",
    "NONE",
    "OPEN",
    "REJECTED",
    "RESOLVED",
    "SUBMITTED",
    "TRIAGE",
    "VOID",
    "WITH_CARRIER",
    "CarrierHasIt",
    "CarrierIssue",
    "DayOneListed",
    "DayOneOver",
    "IssueSolved",
    "PictureCame",
    "ProfileRight",
    "StillStuck",
    "Ticket",
    "TicketRejected",
    "TicketResolved",
    "TicketSubmitted",
    "kind_of",
    "machine",
]
