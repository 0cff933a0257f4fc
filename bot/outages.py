"""When the bot could not hear or speak: kept in the database, so that nobody is judged by what was not asked.

A heartbeat is written while a chat session stands; a gap between two of them, or up to now, is an outage, whether the
chat, this process or the machine was away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from store.codec import dump, instant, micros, parse
from store.db import meta_value

ALIVE, OUTAGES = "chat_alive", "outages"
BEAT = 10.0
"""Seconds between two heartbeats."""

GAP = timedelta(seconds=25)
"""Without a heartbeat for longer, the bot was away."""

MEMORY = timedelta(days=3)
"""How long an outage is remembered: windows are judged the day they are in."""


def beat(connection: Connection, now: datetime) -> None:
    """A chat session stands now (UTC); what has been too quiet since the last heartbeat was an outage."""
    last = meta_value(connection, ALIVE)
    if last and now - (since := instant(int(last))) > GAP:
        note(connection, since, now)
    connection.execute(_KEEP, {"key": ALIVE, "value": str(micros(now))})


def awake(connection: Connection, now: datetime) -> None:
    """A clock moved by hand stands here now; what it passed over was no silence."""
    connection.execute(_KEEP, {"key": ALIVE, "value": str(micros(now))})


def note(connection: Connection, since: datetime, until: datetime) -> None:
    """Nothing was heard or said in this stretch."""
    kept = [[a, b] for a, b in _known(connection) if b > until - MEMORY]
    spans = [[micros(a), micros(b)] for a, b in (*kept, (since, until))]
    connection.execute(_KEEP, {"key": OUTAGES, "value": dump(spans)})


def between(connection: Connection, a: datetime, b: datetime, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The outages that touch the stretch from `a` to `b`, the running one included."""
    spans = _known(connection)
    last = meta_value(connection, ALIVE)
    if last and now - (since := instant(int(last))) > GAP:
        spans = [*spans, (since, now)]
    return tuple((since, until) for since, until in spans if since < b and until > a)


def _known(connection: Connection) -> list[tuple[datetime, datetime]]:
    value = meta_value(connection, OUTAGES)
    return [(instant(a), instant(b)) for a, b in parse(value)] if value else []


_KEEP = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
