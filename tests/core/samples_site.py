"""What may be said to a site's day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from workflows import site_day
from workflows.machine import Case, Event

DAY = site_day.SiteDayBegan(day=date(2026, 11, 17))


def began(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
    """The day of the walks."""
    yield DAY


def reported(kind: Any) -> Any:
    """Both evening reports, and one there is not."""

    def events(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        yield from (kind(report=name) for name in ("call", "tbt", "odd"))

    return events


def falling_due(kind: Any) -> Any:
    """Both evening reports, to a known list and to a new one."""

    def events(case: Case[Any], policy: Any, at: datetime) -> Iterator[Event]:
        yield from (kind(report=name, known=known) for name in ("call", "tbt") for known in (True, False))

    return events


SAMPLES = {
    site_day.SiteDayBegan: began,
    site_day.DraftDue: falling_due(site_day.DraftDue),
    site_day.SendDue: falling_due(site_day.SendDue),
    site_day.ReportReleased: reported(site_day.ReportReleased),
    site_day.ReportHeld: reported(site_day.ReportHeld),
    site_day.ReportLeftOut: reported(site_day.ReportLeftOut),
}
OPENERS = {site_day.SiteDayBegan: DAY}
