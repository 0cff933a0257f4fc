"""The TBT courses of one agent (D004; SPEC 3.6): done, proved, uploaded; not found, or their exam not passed.

Read it in this order: states, events, data, guards, changes, effects, refusals, table. What follows when they take too
long is the ladder's business; a TBT exam is on no ladder of failed exams (SPEC A15).
"""

from workflows.tbt.data import Proof, Record, Search, Tbt, standing
from workflows.tbt.events import (
    CourseFailed,
    CourseMissing,
    CoursesCounted,
    CoursesDone,
    CoursesUploaded,
    NNumberLate,
    RetakeArranged,
    SearchRefused,
    SearchVerified,
    TbtHoursUsed,
    TbtNudgeCame,
    TbtProofAccepted,
    TbtProofRefused,
    TbtProofSent,
    TbtStarted,
)
from workflows.tbt.guards import PDF
from workflows.tbt.table import machine

__all__ = [
    "PDF",
    "CourseFailed",
    "CourseMissing",
    "CoursesCounted",
    "CoursesDone",
    "CoursesUploaded",
    "NNumberLate",
    "Proof",
    "Record",
    "RetakeArranged",
    "Search",
    "SearchRefused",
    "SearchVerified",
    "Tbt",
    "TbtHoursUsed",
    "TbtNudgeCame",
    "TbtProofAccepted",
    "TbtProofRefused",
    "TbtProofSent",
    "TbtStarted",
    "machine",
    "standing",
]
