"""A case whose step holds several days or instants (placed OT sessions, days without a report) had no page: a crash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.casebook_words import value


@dataclass(frozen=True)
class Held:
    missed: tuple[date, ...] = ()
    starts: tuple[datetime, ...] = ()
    pauses: tuple[timedelta, ...] = ()


def test_several_days_and_instants_stand_in_one_line() -> None:
    starts = (datetime(2026, 11, 21, 0, tzinfo=UTC), datetime(2026, 11, 24, 0, tzinfo=UTC))
    held = Held(missed=(date(2026, 11, 24), date(2026, 11, 25)), starts=starts, pauses=(timedelta(hours=1),))
    assert value(held, str, ZoneInfo("America/Denver")) == [
        "missed: 2026-11-24, 2026-11-25",
        "starts: Fri 20 Nov 2026, 17:00, Mon 23 Nov 2026, 17:00",
        "pauses: 1:00:00",
    ]
