"""Two replicas on one database meet in the middle of a decision: one is first, the other reads again and decides anew.

The first holds its transaction open until the other waits for it; the sum of both is what one alone would have made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection, text

from bot import alarm
from bot.letters import Letter, Receipt
from bot.machines import DATA
from bot.office import Office
from store.world import Lost, World
from tests.store.both import TUESDAY, House, say

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
QUARTER = TUESDAY + timedelta(minutes=15)
"""When the first reminders are due."""


@pytest.fixture
def two(database_url: str, replica: Callable[[str], House]) -> list[House]:
    """Two replicas on one database."""
    return [replica(database_url), replica(database_url)]


def race(first: House, ahead: Sequence[Letter], second: House, behind: Sequence[Letter]) -> list[Receipt]:
    """Both decide at once; the first commits when the second waits for it. What the second answers."""
    with ThreadPoolExecutor(1) as pool, first.database.connect() as connection:
        first.engine.handle(connection, ahead)
        second.engine.asked = 0
        answer = pool.submit(second.take, *behind)
        for _ in range(200):
            if second.database.sqlite or second.value(WAITING):
                break
            sleep(0.01)
        connection.commit()
        return answer.result(timeout=10)


def redone(house: House) -> bool:
    """Whether it had to decide again: on SQLite it waits before it reads, and need not."""
    return house.engine.asked == (1 if house.database.sqlite else 2)


def steps(house: House, case: str = "F-1") -> list[tuple[int, str]]:
    return [(row["seq"], row["event"]) for row in house.rows()["journal"] if row["case_id"] == case]


def timers(house: House, at: Any = QUARTER) -> list[Letter]:
    house.clock.move_to(at)
    return house.run(lambda connection: alarm.claim(connection, at))


def test_the_same_letter_is_taken_by_one_and_seen_by_the_other(two: list[House]) -> None:
    letter = say("1", "ana", "fail ahip 1")
    (receipt,) = race(two[0], [letter], two[1], [letter])
    assert receipt.verdict == "seen"
    assert [line["kind"] for line in receipt.lines] == ["seen"]
    assert redone(two[1])
    assert steps(two[0]) == [(1, "ExamFailed")]
    assert len(two[0].rows()["outbox"]) == 3


def test_two_doors_open_one_case_and_the_second_is_one_more_source_of_the_same_fact(two: list[House]) -> None:
    race(two[0], [say("1", "ana", "fail ahip 1")], two[1], [say("2", "tara", "fail ahip 1 for @ana")])
    (case,) = two[0].rows()["cases"]
    assert redone(two[1])
    assert '"sources":["rc:1","rc:2"]' in case["data_json"]
    assert steps(two[0]) == [(1, "ExamFailed"), (2, "ExamFailed")]
    assert len([row for row in two[0].rows()["outbox"] if row["channel"] == "mail"]) == 1


def test_references_are_given_once_though_both_open_cases(two: list[House]) -> None:
    race(
        two[0],
        [say("1", "ana", "fail ahip 1")],
        two[1],
        [say("2", "ben", "fail ahip 1"), say("3", "cora", "fail ahip 1")],
    )
    assert {row["id"]: row["agent"] for row in two[0].rows()["cases"]} == {"F-1": "ana", "F-2": "ben", "F-3": "cora"}


def test_who_decided_on_an_older_case_decides_again_on_the_newer_one(two: list[House]) -> None:
    two[0].take(say("1", "ana", "fail ahip 1"))
    race(two[0], [say("2", "tara", "coached @ana advised")], two[1], [say("3", "tara", "form F-1 88231")])
    assert redone(two[1])
    assert steps(two[0]) == [(1, "ExamFailed"), (2, "Coached"), (3, "FormDone")]
    assert [row["status"] for row in two[0].rows()["duties"]] == ["done", "done"]


def test_in_a_batch_that_loses_the_other_letters_go_through(two: list[House]) -> None:
    two[0].take(say("1", "ana", "fail ahip 1"))
    same = say("2", "tara", "coached @ana advised")
    receipts = race(two[0], [same], two[1], [say("3", "ben", "fail ahip 1"), same, say("4", "cora", "fail ahip 1")])
    assert [receipt.verdict for receipt in receipts] == ["done", "seen", "done"]
    assert {row["agent"] for row in two[0].rows()["cases"]} == {"ana", "ben", "cora"}


def test_a_reminder_that_meets_the_settling_of_its_duty_lets_it_stay_settled(two: list[House]) -> None:
    two[0].take(say("1", "ana", "fail ahip 1"))
    race(two[0], timers(two[0]), two[1], [say("2", "tara", "coached @ana advised")])
    assert redone(two[1])
    duty = next(row for row in two[0].rows()["duties"] if row["name"].startswith("coach"))
    assert (duty["status"], duty["open"], duty["settled_by"]) == ("done", False, "tara")
    assert not [row for row in two[0].rows()["timers"] if row["open"] and row["name"].startswith("coach:1/")]


def test_the_settling_of_a_duty_that_meets_its_reminder_silences_it(two: list[House]) -> None:
    two[0].take(say("1", "ana", "fail ahip 1"))
    coach = [letter for letter in timers(two[1]) if letter.timer.startswith("coach")]
    (receipt,) = race(two[0], [say("2", "tara", "coached @ana advised")], two[1], coach)
    assert receipt.verdict == "done"
    assert not [row for row in two[0].rows()["outbox"] if row["template"].startswith("duty/reminder")]
    duty = next(row for row in two[0].rows()["duties"] if row["name"].startswith("coach"))
    assert (duty["status"], duty["open"]) == ("done", False)


def test_a_timer_fired_by_two_is_fired_once(two: list[House]) -> None:
    two[0].take(say("1", "ana", "fail ahip 1"))
    due = timers(two[0])
    receipts = race(two[0], due, two[1], due)
    assert {receipt.verdict for receipt in receipts} == {"seen"}
    assert len([row for row in two[0].rows()["outbox"] if row["template"] == "duty/reminder"]) == 1


class Interrupted(House):
    """A replica that another one overtakes between its reading and its writing, again and again."""

    def overtaken(self, other: House, letters: list[Letter]) -> None:
        decide = self.engine._decide

        def slowly(office: Office, world: World, fresh: list[tuple[Letter, Receipt]], now: Any) -> int:
            decided = decide(office, world, fresh, now)
            if letters:
                other.take(letters.pop(0))
            return decided

        self.engine._decide = slowly  # type: ignore[method-assign]


def test_a_letter_that_is_overtaken_again_and_again_still_goes_through(
    fresh: Callable[[str], str], replica: Callable[[str], House]
) -> None:
    url = fresh("postgresql")  # on SQLite nobody writes while another one decides
    quick = replica(url)
    slow = Interrupted(url)
    quick.take(say("1", "ana", "fail ahip 1"))
    again = [replace(say("1", "tara", "fail ahip 1 for @ana"), source=f"rc:again{n}") for n in range(4)]
    slow.overtaken(quick, again)
    (receipt,) = slow.take(say("2", "tara", "coached @ana advised"))
    assert receipt.verdict == "done"
    assert slow.engine.asked == 5
    assert [event for _, event in steps(quick)] == ["ExamFailed"] * 5 + ["Coached"]
    slow.close()


def test_two_replicas_that_lock_each_other_out_are_not_taken_for_a_lost_server(
    fresh: Callable[[str], str], replica: Callable[[str], House]
) -> None:
    house = replica(fresh("postgresql"))
    house.singly(say("1", "ana", "fail ahip 1"), say("2", "tara", "coached @ana advised"))
    house.run(lambda connection: connection.exec_driver_sql("SET deadlock_timeout = '100ms'"))
    house.run(lambda connection: connection.exec_driver_sql("INSERT INTO counters (letter, next) VALUES ('C', 1)"))
    with ThreadPoolExecutor(1) as pool, house.database.connect() as other:
        other.exec_driver_sql("SET LOCAL deadlock_timeout = '10s'")
        other.execute(text("UPDATE cases SET changed = changed WHERE id = 'F-1'"))
        house.engine.asked = 0
        answer = pool.submit(house.take, say("3", "ana", "fail ahip 2"))
        while not house.value(WAITING):
            sleep(0.005)
        other.execute(text("UPDATE counters SET next = next WHERE letter = 'C'"))  # each holds what the other wants
        other.commit()
        (receipt,) = answer.result(timeout=10)
    assert receipt.verdict == "done"
    assert house.engine.asked == 2
    assert {row["id"]: row["agent"] for row in house.rows()["cases"]} == {"F-1": "ana", "C-1": "ana"}


def test_a_timer_armed_anew_is_not_put_out_by_one_who_knew_only_the_older(
    database_url: str, replica: Callable[[str], House]
) -> None:
    house = replica(database_url)
    house.take(say("1", "ana", "fail ahip 1"))

    def stale(connection: Connection) -> None:
        world = World(connection=connection, seal=house.seal, data_types=DATA, sealed=lambda workflow: False)
        world.load(["ana"])
        timer = world.timers_of("ana")[0]
        connection.execute(text("UPDATE timers SET seq = seq + 1, due = due + 1"))
        timer.open = False
        world.put_timer(timer)
        world.save()

    house.run(stale)
    assert {(row["open"], row["seq"]) for row in house.rows()["timers"]} == {(True, 2)}


def test_a_stale_writer_is_told_that_it_lost(database_url: str, replica: Callable[[str], House]) -> None:
    house = replica(database_url)
    house.take(say("1", "ana", "fail ahip 1"))

    def stale(change: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            world = World(
                connection=connection, seal=house.seal, data_types=DATA, sealed=lambda workflow: False
            )  # fmt: skip
            world.load(["ana"])
            (case,), duty = world.cases_of("ana"), world.duties_of("ana")[0]
            connection.execute(text(change))
            world.put_case(replace(case, seq=case.seq + 1), True, TUESDAY)
            world.touch_duty(duty)
            world.save()

        return work

    for change in ("UPDATE cases SET seq = seq + 1", "UPDATE duties SET version = version + 1"):
        before = house.rows()
        with pytest.raises(Lost):
            house.run(stale(change))
        assert house.rows() == before
