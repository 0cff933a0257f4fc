"""Statements run on the driver's own cursor: written once, rows as plain tuples.

SQLAlchemy builds a parameter set per statement and row, asks its types about each value, and makes an object of each
row; on the hot path that costs more than the database does. Values here are already what the drivers take.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError


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
        sql = self._sql[connection.dialect.name]
        cursor = _cursor(connection)
        try:
            cursor.executemany(sql, values)
            return int(cursor.rowcount)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _said(connection, error, sql, values) from error
        finally:
            cursor.close()


class Read:
    """A query with `?` for single values and `(?*)` for lists of them, in their order."""

    def __init__(self, sql: str, names: Sequence[str] = ()) -> None:
        self._lists = "(?*)" in sql
        self._sql = {"sqlite": sql, "postgresql": sql.replace("%", "%%").replace("?", "%s")}
        row: Any = namedtuple("Row", names) if names else None
        self._make = row._make if names else None

    @classmethod
    def whole(cls, table: Table, rest: str) -> Read:
        """Whole rows of a table, each value under its column's name; `rest` begins with WHERE."""
        names = [column.name for column in table.columns]
        columns = ", ".join(f'"{name}"' for name in names)
        return cls(f"SELECT {columns} FROM {table.name} {rest}", names)  # noqa: S608 - our own tables' names

    def words(self, dialect: str, *values: Any) -> tuple[str, tuple[Any, ...]]:
        """The statement for these values as the driver gets it."""
        sql = self._sql[dialect]
        return _spread(sql, values) if self._lists else (sql, values)

    def all(self, connection: Connection, *values: Any) -> list[Any]:
        """The rows: plain tuples, or by name where names were given. Booleans may be 0 and 1."""
        sql, given = self.words(connection.dialect.name, *values)
        cursor = _cursor(connection)
        try:
            cursor.execute(sql, given)
            rows = cursor.fetchall()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _said(connection, error, sql, given) from error
        finally:
            cursor.close()
        return rows if self._make is None else list(map(self._make, rows))


def _cursor(connection: Connection) -> Any:
    """The driver's own cursor, in the connection's transaction."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _said(connection: Connection, error: Exception, sql: str, given: Any) -> BaseException:
    """What went wrong as SQLAlchemy says it, which is what the writer knows; a lost connection is given up."""
    dialect, errors = connection.dialect, connection.dialect.loaded_dbapi.Error
    lost = dialect.is_disconnect(error, connection.connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, given, error, errors, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )


def _spread(sql: str, values: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """A mark for each value of a list, and NULL for an empty one, which no row equals."""
    mark = "?" if "(?*)" in sql else "%s"
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list | tuple):
            sql = sql.replace(f"({mark}*)", f"({', '.join([mark] * len(value)) or 'NULL'})", 1)
            flat.extend(value)
        else:
            flat.append(value)
    return sql, tuple(flat)
