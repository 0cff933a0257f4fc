"""Bringing a database to the newest schema, and what every database of ours holds from its first minute."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, text

from store import tables
from store.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x63657274
"""The advisory lock of PostgreSQL that whoever migrates holds until it is committed."""


def upgrade(database: Database, salt: str) -> None:
    """Run every migration that is missing; `salt` marks a database that has none yet."""
    from alembic import command  # 11 MB that a running bot does not need

    with database.connect() as connection:
        if not database.sqlite:  # which lets one in at a time by itself; here a second would find columns half made
            connection.execute(text("SELECT pg_advisory_xact_lock(:ours)"), {"ours": ONE_AT_A_TIME})
        command.upgrade(_config(connection), "head")
        for key, value in (("salt", salt), ("office", "1")):
            if connection.execute(select(tables.meta.c.value).where(tables.meta.c.key == key)).scalar() is None:
                connection.execute(tables.meta.insert(), {"key": key, "value": value})
        connection.commit()


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def draft(database: Database, message: str, revision: str) -> None:
    """Write a new migration from what the tables have become (for developers)."""
    from alembic import command

    with database.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision)
