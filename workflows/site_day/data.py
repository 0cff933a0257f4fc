"""States, events and data of a site's day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from workflows.machine import Due, Fact, Request

# -- states ------------------------------------------------------------------------------------------------

NONE, OPEN, WAITING, CLOSED = "NONE", "OPEN", "WAITING", "CLOSED"
"""WAITING: the day is over, but a report of it is held or waits for its first [Send now]."""

DRAFTED, HELD, SENT, LEFT_OUT = "drafted", "held", "sent", "left out"
"""How a report of the evening stands; "" before its draft."""

# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDayBegan(Fact):
    """A business day of the site has begun."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDue(Due):
    """The Cert Coordinators look at the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchBaseDue(Due):
    """The morning's touch base with the Certifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardDue(Due):
    """TLs look who is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistDue(Due):
    """Can I log off?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPackDue(Due):
    """What was compiled of courses not found goes to the named contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryDue(Due):
    """WFM's summary of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyDue(Due):
    """The week before this one, for the managers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDue(Due):
    """A report is shown before it goes. `known`: this list has had one of these before."""

    report: str
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDue(Due):
    """A report goes out unless it is held. `known` as above."""

    report: str
    known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDayEnded(Due):
    """The date is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDayOver(Due):
    """What was not sent by now is overtaken by the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReleased(Request):
    """A person sends a report now ([Send now])."""

    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHeld(Request):
    """A person holds a report ([Hold])."""

    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLeftOut(Request):
    """A person decides that this one is not sent at all."""

    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerChecked(Request):
    """Somebody looked his tracker columns through and there is nothing to change today."""


# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One evening report: how it stands, since when, by whom ("" the bot)."""

    report: str
    status: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDay:
    """One day: its reports, and who has looked his tracker columns through."""

    day: date
    reports: tuple[Outgoing, ...] = ()
    checked: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What a question about two days calls this one."""
        return f"{self.day:%a %m/%d}"

    def of(self, report: str) -> Outgoing | None:
        """How that report stands."""
        return next((each for each in self.reports if each.report == report), None)

    @property
    def waits(self) -> bool:
        """Whether a report was shown and neither sent nor left out."""
        return any(each.status in (DRAFTED, HELD) for each in self.reports)
