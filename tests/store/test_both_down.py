"""A database that cannot be written is said so, leaves nothing half done, and is used again when it is back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from bot.letters import Letter
from bot.writer import Job, StoreDown
from tests.store.both import House, say

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def reports(words: str = "fail ahip 1") -> list[Letter]:
    return [say(who, who, words) for who in ("ben", "cora", "dan", "eli", "fay")]


@pytest.fixture
def full(fresh: Callable[[str], str], replica: Callable[[str], House]) -> House:
    """A house whose disk has no room for another page."""
    house = replica(fresh("sqlite"))
    house.take(say("1", "ana", "fail ahip 1"))
    pages = house.run(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())
    house.run(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").scalar())
    return house


def room(house: House) -> None:
    house.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1000000").scalar())


def test_a_batch_that_finds_the_disk_full_leaves_nothing_half_done(full: House) -> None:
    before = full.rows()
    told = full.together(*(Job(letters=[letter]) for letter in reports("fail ahip 1 " + "x" * 3500)))
    down = [each for each in told if isinstance(each, StoreDown)]
    assert down
    assert "full" in str(down[0])
    after, written = full.rows(), len(told) - len(down)  # what still fitted by itself is whole
    assert len(after["cases"]) == len(before["cases"]) + written
    assert len(after["inbox"]) == len(before["inbox"]) + written
    assert not full.replayed()


def test_what_was_asked_while_the_disk_was_full_can_be_asked_again(full: House) -> None:
    letters = reports("fail ahip 1 " + "x" * 3500)
    full.together(*(Job(letters=[letter]) for letter in letters))
    room(full)
    receipts = full.take(*letters)
    assert {receipt.verdict for receipt in receipts} <= {"done", "seen"}
    assert len(full.rows()["cases"]) == 6
    assert len(full.rows()["pins"]) == 2


def test_nobody_is_told_that_a_letter_was_poisoned_because_the_disk_was_full(full: House) -> None:
    full.together(*(Job(letters=[letter]) for letter in reports("fail ahip 1 " + "x" * 3500)))
    room(full)
    found = full.rows()
    assert not [row for row in found["inbox"] if row["verdict"].startswith("poisoned")]
    assert not [row for row in found["outbox"] if row["template"] == "house/poisoned"]


def test_a_connection_the_server_drops_is_opened_anew(
    fresh: Callable[[str], str], replica: Callable[[str], House]
) -> None:
    house = replica(fresh("postgresql"))
    house.take(say("1", "ana", "fail ahip 1"))
    with house.database.connect() as other:
        other.execute(text(KILL))
        other.commit()
    with pytest.raises(StoreDown):
        house.take(reports()[0])
    receipts = house.take(*reports())
    assert [receipt.verdict for receipt in receipts] == ["done"] * 5
    assert len(house.rows()["cases"]) == 6


def test_a_batch_that_meets_a_dropped_connection_is_taken_on_a_new_one(
    fresh: Callable[[str], str], replica: Callable[[str], House]
) -> None:
    house = replica(fresh("postgresql"))
    house.take(say("1", "ana", "fail ahip 1"))
    with house.database.connect() as other:
        other.execute(text(KILL))
        other.commit()
    assert [receipt.verdict for receipt in house.take(*reports())] == ["done"] * 5
    assert len(house.rows()["cases"]) == 6


def test_a_connection_dropped_in_the_middle_of_a_decision_takes_the_decision_with_it(
    fresh: Callable[[str], str], replica: Callable[[str], House]
) -> None:
    house = replica(fresh("postgresql"))
    house.take(say("1", "ana", "fail ahip 1"))
    before = house.rows()
    with house.database.connect() as connection, house.database.connect() as other:
        house.engine.handle(connection, reports())
        other.execute(text(KILL))
        other.commit()
        with pytest.raises(Exception, match=r"terminat|closed"):
            connection.commit()
        connection.invalidate()
    assert house.rows() == before
    assert [receipt.verdict for receipt in house.take(*reports())] == ["done"] * 5
