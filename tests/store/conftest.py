"""Databases for the store floor: every promise is kept on SQLite and on PostgreSQL.

A PostgreSQL that does not start is a failure; CERTDESK_WITHOUT_POSTGRES=1 leaves its half out, aloud.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.store import both
from tests.store.both import House, Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server of the session."""
    if os.environ.get("CERTDESK_WITHOUT_POSTGRES") == "1":
        pytest.skip("left out by CERTDESK_WITHOUT_POSTGRES=1")
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes a new migrated database, "sqlite" or "postgresql", and gives its address."""
    made: list[str] = []
    numbers = count(1)

    def make(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path / f"certdesk{next(numbers)}.db"
            shutil.copyfile(both.blank_file(), path)
            return f"sqlite:///{path}"
        made.append(request.getfixturevalue("postgres").fresh())
        return made[-1]

    yield make
    for url in made:
        request.getfixturevalue("postgres").drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, fresh: Callable[[str], str]) -> str:
    """A fresh migrated database, once on each."""
    return fresh(request.param)


@pytest.fixture
def houses(fresh: Callable[[str], str]) -> Iterator[Callable[[str], House]]:
    """Opens replicas. At the end what each database holds is replayed: every journal gives its case."""
    opened: list[House] = []

    def open_house(url: str, **more: object) -> House:
        opened.append(House(url, **more))  # type: ignore[arg-type]
        return opened[-1]

    yield open_house
    wrong = [line for house in opened for line in house.replayed()]
    for house in opened:
        house.close()
    assert not wrong


@pytest.fixture
def house(database_url: str, houses: Callable[[str], House]) -> House:
    """One replica on a fresh database."""
    return houses(database_url)
