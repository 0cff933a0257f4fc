"""Break and engagement checks (D001; SPEC 3.2): a class's day, and each agent's checks of that day.

Read it in this order: data, events; for the class checks (questions and changes), morning (effects), class_day (the
table); for the agent runs (the rule), mia (effects and table). Lateness and absence are handed to `attendance`.
"""

from workflows.engagement.class_day import class_day_machine
from workflows.engagement.data import AgentDay, Arrival, Check, ClassDay, Excuse, Result, Window
from workflows.engagement.events import (
    AgentExcused,
    ArrivalEntered,
    Arrived,
    CheckClosed,
    Checked,
    CheckOpened,
    ClassDayBegan,
    ClassDayOver,
    CorrectedLate,
    DayClosed,
    ExcuseEnded,
    ExcuseGiven,
    HandsRecorded,
    HelpWanted,
    Here,
    MarkedMia,
    Pause,
    PresenceDue,
    Present,
    RoomOpened,
    Seen,
    SessionBegan,
    SessionNear,
    ShiftEnded,
    WasHere,
)
from workflows.engagement.mia import machine

__all__ = [
    "AgentDay",
    "AgentExcused",
    "Arrival",
    "ArrivalEntered",
    "Arrived",
    "Check",
    "CheckClosed",
    "CheckOpened",
    "Checked",
    "ClassDay",
    "ClassDayBegan",
    "ClassDayOver",
    "CorrectedLate",
    "DayClosed",
    "Excuse",
    "ExcuseEnded",
    "ExcuseGiven",
    "HandsRecorded",
    "HelpWanted",
    "Here",
    "MarkedMia",
    "Pause",
    "PresenceDue",
    "Present",
    "Result",
    "RoomOpened",
    "Seen",
    "SessionBegan",
    "SessionNear",
    "ShiftEnded",
    "WasHere",
    "Window",
    "class_day_machine",
    "machine",
]
