"""Attendance (D003 R-003-07 to 12; SPEC 3.3): occurrences are suggested, and a person confirms, excuses or dismisses.

Read it in this order: data (events, and which occurrences the facts come to), changes, table.
"""

from workflows.attendance.data import (
    AttendanceConfirmed,
    AttendanceDay,
    AttendanceDismissed,
    AttendanceEntered,
    Occurrence,
    cell,
    fallen,
    occurrences,
    pending,
)
from workflows.attendance.table import machine

__all__ = [
    "AttendanceConfirmed",
    "AttendanceDay",
    "AttendanceDismissed",
    "AttendanceEntered",
    "Occurrence",
    "cell",
    "fallen",
    "machine",
    "occurrences",
    "pending",
]
