"""Opening the database: SQLite in a file, or PostgreSQL by another URL; one connection that writes.

Traps behind the settings: sqlite3's own transactions let DDL escape a rollback, and a deferred read that
writes later is refused at once; so we begin ourselves, and begin IMMEDIATE. An error would quote the values, which
are people's words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from store import tables

HEAD = "0005"
"""The newest migration."""


class SchemaError(Exception):
    """The database is not the one this program expects; the text says what to do."""


class Database:
    """An engine with our settings; `sqlite` tells which of the two it is."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url if "://" in url else f"sqlite:///{url}")
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database and self.url.database != ":memory:":
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        if self.sqlite:
            self.engine, self._readers = _sqlite(self.url, "BEGIN IMMEDIATE"), _sqlite(self.url, "BEGIN")
        else:
            self.engine = self._readers = create_engine(
                self.url, poolclass=QueuePool, pool_size=4, hide_parameters=True
            )

    def connect(self) -> Connection:
        """A connection; the caller closes it."""
        return self.engine.connect()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reports and pages, never the writer's; what it writes is rolled back."""
        with self._readers.connect() as connection:
            try:
                yield connection
            finally:
                connection.rollback()

    def version(self) -> str | None:
        """The migration this database stands at, or None when it is empty."""
        with self.engine.connect() as connection:
            names = inspect(connection).get_table_names()
            if "alembic_version" not in names:
                return None
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def check(self) -> None:
        """Raise SchemaError unless the schema is the newest one this program knows."""
        try:
            found = self.version()
        except OperationalError as error:
            raise SchemaError(f"[database] url: cannot be opened: {error.orig}") from None
        if found == HEAD:
            return
        if found is None or found < HEAD:
            raise SchemaError("[database] the schema is older than this program: run `certdesk migrate`")
        raise SchemaError(
            f"[database] the schema ({found}) is newer than this program ({HEAD}): install the newer certdesk"
        )

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._readers.dispose()


def _sqlite(url: Any, begin: str) -> Engine:
    given = {"check_same_thread": False, "timeout": 10}
    engine = create_engine(url, poolclass=NullPool, connect_args=given, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=10000",
            "temp_store=MEMORY",
            "cache_size=-8000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def meta_value(connection: Connection, key: str) -> str | None:
    """One value of the meta table."""
    value: str | None = connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar()
    return value
