"""`migrate`: the database is made, or brought to the newest schema."""

from __future__ import annotations

from pathlib import Path

from bot import logs
from bot.clock import fresh_secret
from bot.commands import entrance
from bot.commands.entrance import Failed
from store import migrate as migrations
from store.db import HEAD, SchemaError


def migrate(config: Path | None, *, check: bool) -> None:
    """Bring it up to date; with `check` only tell. Raises SchemaError for a newer schema, Failed for an older one."""
    logs.configure(quiet=True)
    settings = entrance.settings(config)
    if check:
        entrance.database(settings).close()
        print(f"The schema is {HEAD}, the newest.")
        return
    database = entrance.unchecked_database(settings)
    try:
        found = database.version()
        if found is not None and found > HEAD:
            database.check()
        migrations.upgrade(database, fresh_secret(16).hex())
        database.check()
    except SchemaError as error:
        raise Failed(str(error)) from None
    finally:
        database.close()
    print(f"The schema is {HEAD}, as before." if found == HEAD else f"The schema is now {HEAD}.")
