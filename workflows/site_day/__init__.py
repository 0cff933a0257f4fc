"""The routine of a site's business day (SPEC 7; R-001-42/46/47, R-002-14/16/23, R-003-18/31/34, R-004-15/18).

One case a site and business day. It only rings the bells of its pack: what there is to say is gathered by the shell
from the cases of the day. Evening reports are shown first, can be held, and go out by themselves.
"""

from workflows.site_day.data import (
    CLOSED,
    DRAFTED,
    HELD,
    LEFT_OUT,
    NONE,
    OPEN,
    SENT,
    WAITING,
    BoardDue,
    ChecklistDue,
    DraftDue,
    Outgoing,
    QueueDue,
    ReportHeld,
    ReportLeftOut,
    ReportReleased,
    SearchPackDue,
    SendDue,
    SiteDay,
    SiteDayBegan,
    SiteDayEnded,
    SiteDayOver,
    SummaryDue,
    TouchBaseDue,
    TrackerChecked,
    WeeklyDue,
)
from workflows.site_day.effects import is_first_of_week
from workflows.site_day.table import machine

__all__ = [
    "CLOSED",
    "DRAFTED",
    "HELD",
    "LEFT_OUT",
    "NONE",
    "OPEN",
    "SENT",
    "WAITING",
    "BoardDue",
    "ChecklistDue",
    "DraftDue",
    "Outgoing",
    "QueueDue",
    "ReportHeld",
    "ReportLeftOut",
    "ReportReleased",
    "SearchPackDue",
    "SendDue",
    "SiteDay",
    "SiteDayBegan",
    "SiteDayEnded",
    "SiteDayOver",
    "SummaryDue",
    "TouchBaseDue",
    "TrackerChecked",
    "WeeklyDue",
    "is_first_of_week",
    "machine",
]
