"""Statements run as executemany on the driver's own cursor: compiled once, rows as plain tuples.

SQLAlchemy builds a parameter set per row and asks its types about each value; on the hot path that costs more
than the database does. Values here are already what the drivers take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table


class Insert:
    """INSERT of whole rows; `conflict` is what to do about a row that is there."""

    def __init__(self, table: Table, conflict: str = "") -> None:
        self.columns = tuple(column.name for column in table.columns)
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join("?" for _ in self.columns)
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {conflict}"  # noqa: S608 - our own tables' names
        self._statement = Many(sql.rstrip(), self.columns)

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Insert these rows; how many the driver counted."""
        return self._statement.run(connection, rows)


class Many:
    """Any statement with `?` for the named values, in their order."""

    def __init__(self, sql: str, names: tuple[str, ...]) -> None:
        self.names = names
        self._sql = {"sqlite": sql, "postgresql": sql.replace("%", "%%").replace("?", "%s")}

    def run(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run it once for each row; the number of rows touched."""
        names = self.names
        values = [tuple([row[name] for name in names]) for row in rows]
        return connection.exec_driver_sql(self._sql[connection.dialect.name], values).rowcount
