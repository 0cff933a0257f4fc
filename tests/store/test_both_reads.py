"""What is read past SQLAlchemy, on the driver's own cursor: the same rows, the same errors, the same transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from store import tables
from store.db import Database
from store.fast import Insert, Many, Read

CELL = {"agent": "ana", "column": "AHIP", "value": "50%", "version": 1, "at": 7, "by": "lia"}


@pytest.fixture
def database(url: str) -> Database:
    return Database(url)


def test_lists_and_single_values_stand_in_their_order(database: Database) -> None:
    with database.connect() as connection:
        Insert(tables.tracker).run(connection, [CELL, {**CELL, "agent": "ben"}, {**CELL, "agent": "cora", "at": 8}])
        read = Read("SELECT agent FROM tracker WHERE agent IN (?*) AND at = ? AND by IN (?*) ORDER BY agent")
        assert read.all(connection, ["ana", "ben", "cora"], 7, ("lia",)) == [("ana",), ("ben",)]
    database.close()


def test_an_empty_list_finds_nothing(database: Database) -> None:
    with database.connect() as connection:
        Insert(tables.tracker).run(connection, [CELL])
        assert Read("SELECT agent FROM tracker WHERE agent IN (?*)").all(connection, []) == []
        assert Read("SELECT agent FROM tracker WHERE agent IN (?*) OR at = ?").all(connection, [], 7) == [("ana",)]
    database.close()


def test_whole_rows_have_the_names_of_their_columns(database: Database) -> None:
    with database.connect() as connection:
        Insert(tables.tracker).run(connection, [CELL])
        [row] = Read.whole(tables.tracker, "WHERE value LIKE ?").all(connection, "%0%")
        assert row._asdict() == CELL
    database.close()


def test_what_is_written_and_read_goes_with_the_transaction(database: Database) -> None:
    read = Read("SELECT value FROM tracker")
    with database.connect() as connection:
        Insert(tables.tracker).run(connection, [CELL])
        assert Many("UPDATE tracker SET value = ? WHERE agent = ?", ("value", "agent")).run(
            connection, [{"agent": "ana", "value": "done"}, {"agent": "nobody", "value": "done"}]
        ) == 1  # fmt: skip
        assert read.all(connection) == [("done",)]
        connection.rollback()
        assert read.all(connection) == []
    database.close()


def test_an_error_quotes_no_value(database: Database) -> None:
    secret = {**CELL, "value": "final CAP for Ana"}
    broken = "INSERT INTO tracker (value, nothing) VALUES (:value, 1)"
    with database.connect() as connection:
        with pytest.raises(DBAPIError) as fast:
            Many("INSERT INTO tracker (value, nothing) VALUES (?, 1)", ("value",)).run(connection, [secret])
        connection.rollback()
        with pytest.raises(DBAPIError) as slow:
            connection.execute(text(broken), secret)
    assert "nothing" in str(fast.value)
    assert "CAP" not in str(fast.value) + str(slow.value)
    database.close()


def test_what_goes_wrong_is_said_as_sqlalchemy_says_it(database: Database) -> None:
    with database.connect() as connection:
        with pytest.raises(DBAPIError):
            Read("SELECT nothing FROM nowhere").all(connection)
        connection.rollback()
        Insert(tables.tracker).run(connection, [CELL])
        with pytest.raises(DBAPIError) as twice:
            Insert(tables.tracker).run(connection, [CELL])
        assert type(twice.value).__name__ == "IntegrityError"
        assert not isinstance(twice.value, ProgrammingError)
        connection.rollback()
    database.close()
