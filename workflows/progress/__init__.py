"""The daily self-report (D001 R-001-53 to 60, D002 R-002-18 to 22, D004 R-004-11 to 14; SPEC 3.7).

`progress_day` is a class's day: it asks and closes. `progress` is one agent's day: its cases are the rows of the
Agent Progress Report. Missing a report is no discipline by itself.
"""

from workflows.progress.data import (
    ALL_OF_THEM,
    ASKED,
    CLOSED,
    CLOSED_LEFT,
    DUE,
    EXCUSED,
    LATE,
    MISSING,
    NAMES,
    NONE,
    OPEN,
    REPORTED,
    VOID,
    Day,
    Entry,
    Fields,
    Progress,
    merged,
)
from workflows.progress.day import day_machine
from workflows.progress.events import (
    CutoffCame,
    CutoffPassed,
    Expected,
    ProgressAsked,
    ProgressDayBegun,
    ProgressReported,
    PromptCame,
    ReportRight,
    TalkPutOff,
    TalkWanted,
)
from workflows.progress.report import machine

__all__ = [
    "ALL_OF_THEM",
    "ASKED",
    "CLOSED",
    "CLOSED_LEFT",
    "DUE",
    "EXCUSED",
    "LATE",
    "MISSING",
    "NAMES",
    "NONE",
    "OPEN",
    "REPORTED",
    "VOID",
    "CutoffCame",
    "CutoffPassed",
    "Day",
    "Entry",
    "Expected",
    "Fields",
    "Progress",
    "ProgressAsked",
    "ProgressDayBegun",
    "ProgressReported",
    "PromptCame",
    "ReportRight",
    "TalkPutOff",
    "TalkWanted",
    "day_machine",
    "machine",
    "merged",
]
