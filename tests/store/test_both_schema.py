"""A database is made by its migrations, the same on both, and another program's schema is refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from bot.commands import schema
from bot.commands.entrance import Failed
from store import migrate, tables
from store.db import HEAD, Database, SchemaError


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, fresh: Callable[..., str]) -> Iterator[Database]:
    """A database without anything in it."""
    database = Database(fresh(request.param, empty=True))
    yield database
    database.close()


def stamp(database: Database, version: str) -> None:
    with database.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        connection.commit()


def drawn(connection: Connection) -> dict[str, object]:
    """Every column and index as the database itself describes them."""
    seen = inspect(connection)
    if connection.dialect.name == "sqlite":
        indexes = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    else:
        indexes = text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    found: dict[str, object] = {
        f"{table}.{column['name']}": (str(column["type"]), column["nullable"], column["default"])
        for table in seen.get_table_names()
        for column in seen.get_columns(table)
    }
    found |= {
        f"{table} key": tuple(seen.get_pk_constraint(table)["constrained_columns"]) for table in tables.metadata.tables
    }
    return found | {
        name: " ".join(sql.replace('"', "").split())
        for name, sql in connection.execute(indexes)
        if "alembic" not in name
    }


def test_migrations_make_an_empty_database_the_newest_and_do_nothing_the_second_time(empty: Database) -> None:
    assert empty.version() is None
    migrate.upgrade(empty, "first")
    assert empty.version() == HEAD
    empty.check()
    migrate.upgrade(empty, "second")
    with empty.reading() as connection:
        stored = {row.key: row.value for row in connection.execute(tables.meta.select())}
    assert stored == {"salt": "first", "office": "1"}


def test_what_the_migrations_make_is_what_the_tables_say(empty: Database) -> None:
    migrate.upgrade(empty, "salt")
    with empty.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_column_and_every_partial_index_is_the_one_of_the_tables(kind: str, fresh: Callable[..., str]) -> None:
    migrated, declared = Database(fresh(kind, empty=True)), Database(fresh(kind, empty=True))
    migrate.upgrade(migrated, "salt")
    tables.metadata.create_all(declared.engine)
    with migrated.connect() as one, declared.connect() as other:
        found = {name: value for name, value in drawn(one).items() if "alembic" not in name}
        assert found == drawn(other)
        assert [name for name in found if name.startswith(("ix_", "uq_"))]
    migrated.close()
    declared.close()


def test_an_empty_database_is_refused_with_the_command_that_helps(empty: Database) -> None:
    with pytest.raises(SchemaError, match=r"run `certdesk migrate`$"):
        empty.check()


def test_an_older_schema_is_refused_with_the_command_that_helps(empty: Database) -> None:
    migrate.upgrade(empty, "salt")
    stamp(empty, "0000")
    with pytest.raises(SchemaError, match=r"older than this program: run `certdesk migrate`$"):
        empty.check()


def test_a_newer_schema_is_refused_in_one_sentence_that_names_both(empty: Database) -> None:
    migrate.upgrade(empty, "salt")
    stamp(empty, "9999")
    with pytest.raises(SchemaError) as refused:
        empty.check()
    said = str(refused.value)
    assert "9999" in said
    assert HEAD in said
    assert "newer" in said
    assert "\n" not in said


def test_migrate_check_only_tells_and_migrate_makes(
    empty: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "certdesk.toml"
    url = empty.url.render_as_string(hide_password=False)
    config.write_text(f'[database]\nurl = "{url}"\n[security]\nkey_file = "key"\n')
    with pytest.raises((SchemaError, Failed), match="certdesk migrate"):
        schema.migrate(config, check=True)
    assert empty.version() is None
    schema.migrate(config, check=False)
    schema.migrate(config, check=False)
    schema.migrate(config, check=True)
    assert capsys.readouterr().out.splitlines() == [
        f"The schema is now {HEAD}.", f"The schema is {HEAD}, as before.", f"The schema is {HEAD}, the newest.",
    ]  # fmt: skip
    stamp(empty, "9999")
    for check in (True, False):
        with pytest.raises((SchemaError, Failed), match="newer than this program"):
            schema.migrate(config, check=check)
    assert empty.version() == "9999"


# -- from an older one with what it holds


CONTENT = "0123456789abcdef" * 2
MAILS = (
    ("mail:<one@x>#" + CONTENT, "mail", "ana", "done", CONTENT),
    ("mail:<f\u00fcnf%@x>#" + CONTENT, "mail", "ana", "act", CONTENT),
    ("mail:<two@x>#" + CONTENT, "mail", "ana", "duplicate", ""),
    ("mail:<three@x>#" + CONTENT, "mail", "", "quarantined", ""),
    ("mail:short#abc", "mail", "ana", "done", ""),
    ("rc:one#" + CONTENT, "chat", "ana", "done", ""),
)


def of_0003(database: Database) -> None:
    """A database as the program before this one left it, with mail in it."""
    with database.connect() as connection:
        command.upgrade(migrate._config(connection), "0003")
        for source, kind, actor, verdict, _ in MAILS:
            connection.execute(
                text(
                    "INSERT INTO inbox (source, kind, at, actor, room, text, verdict)"
                    " VALUES (:source, :kind, 1, :actor, 'ana@example.com', '', :verdict)"
                ),
                {"source": source, "kind": kind, "actor": actor, "verdict": verdict},
            )
        connection.execute(
            text("INSERT INTO documents (hash, name, type, content, case_id, at) VALUES ('h', 'n', 't', :c, '', 1)"),
            {"c": b"bytes"},
        )
        connection.commit()


def test_what_mails_said_before_is_known_after_the_migration(empty: Database) -> None:
    of_0003(empty)
    migrate.upgrade(empty, "salt")
    i, d = tables.inbox.c, tables.documents.c
    with empty.reading() as connection:
        found = {row.source: (row.content, row.raw) for row in connection.execute(select(i.source, i.content, i.raw))}
        assert connection.execute(select(d.sender, d.content)).all() == [("", b"bytes")]
    assert found == {source: (content, "") for source, _, _, _, content in MAILS}


AS_ANOTHER = """
import sys
from store import migrate
from store.db import Database
database = Database(sys.argv[1])
print("there", flush=True)
migrate.upgrade(database, "salt")
print(database.version(), flush=True)
"""


def test_two_that_migrate_at_once_both_find_the_newest(empty: Database) -> None:
    of_0003(empty)
    url = empty.url.render_as_string(hide_password=False)
    with empty.connect() as connection:
        connection.execute(text("UPDATE inbox SET text = ''"))  # neither gets further than here while it is ours
        twins = [
            subprocess.Popen([sys.executable, "-c", AS_ANOTHER, url], stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for twin in twins:
            assert twin.stdout is not None
            assert twin.stdout.readline() == "there\n"
        time.sleep(1)
        connection.commit()
    assert [twin.communicate(timeout=60)[0] for twin in twins] == [f"{HEAD}\n"] * 2
