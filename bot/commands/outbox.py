"""`outbox`: what waits to be sent, what failed and why; sent again or never. A running bot sees it within seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, or_, select, update

from bot.clock import SystemClock
from bot.commands import entrance
from bot.commands.entrance import Failed, Wrong
from bot.premises import roster_in_force
from bot.wording import when
from store import tables
from store.codec import instant, micros

o = tables.outbox.c
DROPPED = "dropped by the operator"


def listing(config: Path | None, *, everything: bool) -> None:
    """A line a row, oldest first: key, state, where to, which template, since when, and why it is still here."""
    with _open(config) as connection:
        zone = _zone(connection)
        query = select(tables.outbox).order_by(o.made, o.order)
        if not everything:
            query = query.where(or_(o.open, o.state == "dead"))
        found = 0
        for found, row in enumerate(connection.execute(query.execution_options(yield_per=500)), 1):  # noqa: B007
            print(_line(row, zone))
    if not found:
        print("Nothing waits and nothing failed." if not everything else "The outbox is empty.")


def _line(row: Any, zone: Any) -> str:
    state = "failed" if row.state == "dead" else row.state
    about = [f"made {when(instant(row.made).astimezone(zone))}"]
    if row.open and row.tries:
        about.append(f"{row.tries} tries, next {when(instant(row.due).astimezone(zone))}")
    if row.sent:
        about.append(f"sent {when(instant(row.sent).astimezone(zone))}")
    if row.error:
        about.append(" ".join(row.error.split()))
    return f"{row.key}  {state}  {row.channel} to {row.lane}  {row.template}  {'; '.join(about)}"


def _zone(connection: Connection) -> Any:
    """Site time; UTC before the first roster."""
    from zoneinfo import ZoneInfo

    roster = roster_in_force(connection)
    return ZoneInfo(next(iter(roster.sites.values())).tz if roster else "UTC")


def retry(config: Path | None, key: str, *, everything: bool) -> None:
    """Due now, with a fresh count of tries. Raises Wrong for an unknown key, Failed for one that went out."""
    now = micros(SystemClock().now())
    again = {"state": "waiting", "open": True, "due": now, "tries": 0}
    print(f"{_change(config, key, everything, 'retry', again)}; a running bot sends within seconds.")


def drop(config: Path | None, key: str, *, everything: bool) -> None:
    """Withdrawn for good. Raises Wrong for an unknown key, Failed for one that went out."""
    gone = {"state": "withdrawn", "open": False, "error": DROPPED}
    print(f"{_change(config, key, everything, 'drop', gone)}.")


def _change(config: Path | None, key: str, everything: bool, verb: str, values: dict[str, Any]) -> str:
    if bool(key) == everything:
        raise Wrong(f"outbox {verb}: give one KEY, or --all for everything that failed")
    with _open(config) as connection:
        if everything:
            count = connection.execute(update(tables.outbox).where(o.state == "dead").values(values)).rowcount
            connection.commit()
            return f"{count} {'row' if count == 1 else 'rows'}"
        row = connection.execute(select(o.state, o.open).where(o.key == key)).first()
        if row is None:
            raise Wrong(f"outbox {verb}: there is no row {key}; `certdesk outbox list` shows the keys")
        if row.state in ("sent", "withdrawn"):
            raise Failed(f"outbox {verb}: {key} was {row.state} already")
        connection.execute(update(tables.outbox).where(o.key == key, o.state != "sent").values(values))
        connection.commit()
        return key


@contextmanager
def _open(config: Path | None) -> Iterator[Connection]:
    database = entrance.database(entrance.settings(config))
    try:
        with database.connect() as connection:
            yield connection
    finally:
        database.close()
