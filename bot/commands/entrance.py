"""What every command needs: settings, the database, the key, a progress bar, and the way errors become one line.

Exit codes: 0 done, 1 the work failed, 2 wrong input.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot import config
from bot.config import Settings

if TYPE_CHECKING:
    from bot.packs import Packs
    from bot.papers import Papers
    from store.db import Database
    from store.seal import Seal

T = TypeVar("T")


class Wrong(Exception):
    """The person who typed it can mend it: exit 2."""


class Failed(Exception):
    """The work could not be done: exit 1."""


def settings(path: Path | None) -> Settings:
    """The settings of `--config`. Raises ConfigErrors."""
    return config.load(path)


def database(found: Settings) -> Database:
    """The database, known to have the schema of this program; the caller closes it. Raises SchemaError, Failed."""
    opened = unchecked_database(found)
    if opened.sqlite and not Path(opened.url.database or "").is_file():
        raise Failed(f"[database] url: there is no database at {opened.url.database}: run `certdesk migrate`")
    try:
        opened.check()
    except BaseException:
        opened.close()
        raise
    return opened


def unchecked_database(found: Settings) -> Database:
    """The database as it is. Failed when its folder cannot be made."""
    from store.db import Database

    try:
        return Database(found.database.url)
    except OSError as error:
        raise Failed(f"[database] url: {error.filename}: {error.strerror}") from None


def key_beside(url: str) -> Path | None:
    """The key of a rehearsal kept in an SQLite file: beside it, of the same name."""
    path = url.removeprefix("sqlite:///")
    return Path(path).with_suffix(".key") if "://" not in path and path != ":memory:" else None


def seal(found: Settings) -> Seal:
    """What opens sealed texts, for reading only: a missing key file is not made anew. Raises KeyFileError."""
    from store.seal import KeyFileError, Seal, read_key

    path = found.security.key_file
    rehearsed = key_beside(found.database.url)
    if not path.exists() and rehearsed is not None and rehearsed.exists():
        path = rehearsed

    class Keyless(Seal):
        """Opens plain texts only."""

        def open(self, text: str) -> str:
            if text.startswith("~"):
                raise KeyFileError(f"[security] key_file {path}: there is none; restore the one of this database")
            return text

    return Seal(read_key(path, b"")) if path.exists() else Keyless(b"")


def packs(folder: Path | None) -> Packs:
    """The built-in packs and those of the folder, all right. Raises PackErrors."""
    from bot.packs import load_packs
    from bot.render import Renderer

    renderer = Renderer()
    return load_packs(folder, lambda name: renderer.exists(name, "mail"))


def papers(folder: Path | None) -> Papers:
    """The papers in force, looked at. Raises PaperErrors."""
    from bot import papers as sheets

    return sheets.load(folder)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Roster problems inside say which file they are in."""
    from bot.roster import RosterErrors

    try:
        yield
    except RosterErrors as error:
        said = (each if each.startswith((str(file), file.name)) else f"{file}: {each}" for each in error.problems)
        raise RosterErrors(list(said)) from None


def progress(things: Iterable[T], total: int, label: str) -> Iterator[T]:
    """The things, with a bar on standard error while a person looks on and there is something to wait for."""
    if total < 2 or not sys.stderr.isatty():
        yield from things
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(things, description=label, total=total, console=Console(stderr=True), transient=True)


def explain(error: BaseException) -> tuple[int, list[str]] | None:
    """Exit code and lines for a person; None for a fault of the program itself."""
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    from bot.packs import PackErrors
    from bot.papers import PaperErrors
    from bot.roster import RosterErrors
    from bot.writer import StoreDown
    from store.db import SchemaError
    from store.seal import KeyFileError

    match error:
        case config.ConfigErrors() | RosterErrors() | PackErrors() | PaperErrors():
            return 2, error.problems
        case Failed() | SchemaError() | KeyFileError():
            return 1, [_first_line(str(error))]
        case StoreDown():
            return 1, [f"[database] {error}"]
        case ArgumentError() | NoSuchModuleError():
            return 2, [f"[database] url: {error}"]
        case DBAPIError():
            return 1, [f"[database] {_first_line(str(error.orig))}"]
        case OSError() if error.errno == errno.ENOSPC:
            return 1, [f"no space left on the disk{f' for {error.filename}' if error.filename else ''}"]
        case OSError() if error.filename:
            return 1, [f"{error.filename}: {error.strerror}"]
        case _:
            return None


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "the database answered nothing"
