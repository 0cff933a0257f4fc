"""The server's instants: whole milliseconds since 1970, UTC, as Rocket.Chat counts them.

Integers, because cursors are compared and stepped by one millisecond; a datetime only at the edge.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

OVERLAP = 30_000
"""ms by which every look back reaches behind the cursor: servers' clocks differ, frames overtake each other."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


def stamp(value: object) -> int | None:
    """Milliseconds from {"$date": ms} (DDP), an ISO text (REST) or a number; None for anything else."""
    if type(value) is dict:
        value = value.get("$date")
    if isinstance(value, int | float):
        return int(value)
    if isinstance(value, str):
        try:
            return of(datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def of(instant: datetime) -> int:
    """Milliseconds of an instant; one without a zone is taken for UTC, as the server means it."""
    return (instant.replace(tzinfo=instant.tzinfo or UTC) - _EPOCH) // _MS


def moment(ms: int) -> datetime:
    """The instant, aware, UTC, exact to the millisecond."""
    return _EPOCH + timedelta(milliseconds=ms)


def iso(ms: int) -> str:
    """As the REST api wants it: 2026-11-21T09:20:00.021Z."""
    return moment(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
