"""Letters taken together leave what they would have left one by one, and one that breaks spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from bot.letters import Letter
from tests.store.both import TUESDAY, House, say, without

ORDER = {"outbox": ("order",), "journal": ("order",), "duties": ("version",)}
"""What may differ: places in the queue, and how often a row was written."""

AFTERNOON = (
    ("ana", "fail ahip 1"), ("ben", "fail ahip 1"), ("cora", "fail ahip"), ("ana", "me"), ("zed", "hello"),
    ("tara", "coached @ana advised"), ("tara", "form F-1 88231"), ("ben", "undo"), ("dan", "fail aetna 1"), ("ana", "fail ahip 2"),
    ("tara", "coached @ben"), ("eli", "what is this"), ("eli", "fail ahip 1"), ("eli", "fail ahip 1"), ("fay", "pass ahip"),
    ("tara", "delivered C-1"), ("ana", "ack C-1"), ("ana", "comment C-1 nobody told me"), ("lia", "proctor F-1 wed 10:00 @lia"),
    ("wes", "ended F-1"), ("tara", "team"), ("zed", "hello?"), ("cora", "undo"), ("dan", "wrong number"), ("dan", "yes"),
    ("lia", "inhibit @ben release"), ("ana", "fail ahip 3"), ("tara", "forms"), ("lia", "void F-4 1 carrier reset it"),
    ("eli", "fail aetna 1"), ("eli", "oops wrong"), ("tara", "coached"), ("ben", "fail ahip 1"), ("ben", "fail aetna 2"),
    ("tara", "coached @dan advised"), ("cora", "fail ahip 1"), ("lia", "confirm F-1"), ("will", "me"), ("fay", "no"),
    ("hana", "nonsense"), ("pia", "proctor F-3 thu 10:00"), ("ana", "help"), ("tara", "confirm F-1"), ("wes", "no session F-2"),
    ("dan", "fail for @ana ahip"), ("ana", "undo"), ("tara", "form F-2"), ("ben", "ack"), ("cora", "pass aetna"), ("lia", "done"),
)  # fmt: skip
"""Fifty lines of everything: reports, answers, undo, questions, strangers, boards and nonsense."""


def letters(lines: Sequence[tuple[str, str]] = AFTERNOON) -> list[Letter]:
    """A second apart, until now."""
    first = TUESDAY - timedelta(seconds=len(lines))
    return [say(str(n), who, words, first + timedelta(seconds=n)) for n, (who, words) in enumerate(lines)]


@pytest.fixture
def two(request: pytest.FixtureRequest, fresh: Callable[[str], str], replica: Callable[[str], House]) -> list[House]:
    """Two houses with a database each, of one kind."""
    return [replica(fresh(request.param)) for _ in range(2)]


on_both = pytest.mark.parametrize("two", ["sqlite", "postgresql"], indirect=True)


@on_both
def test_fifty_letters_at_once_leave_what_they_leave_one_by_one(two: list[House]) -> None:
    batch, single = two
    at_once, alone = batch.take(*letters()), single.singly(*letters())
    assert batch.engine.asked == 1
    assert [each.verdict for each in at_once] == [each.verdict for each in alone] == ["done"] * 50
    found, wanted = without(batch.rows(), **ORDER), without(single.rows(), **ORDER)
    for table, rows in wanted.items():
        assert found[table] == rows, table
    assert len(wanted["journal"]) > 20
    assert len(wanted["cases"]) > 6
    for one, other in zip(at_once, alone, strict=True):
        assert one.lines == other.lines


CAP = (("ana", "fail ahip 1"), ("tara", "coached @ana advised"), ("ana", "fail ahip 2"), ("tara", "delivered C-1"))

# What one letter changes the next one in the same batch already meets.
SOON_AFTER = {
    "a delegate and then a fail": (("tara", "delegate @dev until fri"), ("ana", "fail ahip 1"), ("tara", "back"), ("ben", "fail ahip 1")),
    "a question and then its answer": (("ana", "fail ahip 1"), ("tara", "coached @ana"), ("tara", "yes"), ("ana", "fail ahip 2")),
    "an agent who left and then reports": (("eve", "nle @ben"), ("ben", "fail ahip 1")),
}  # fmt: skip


@on_both
@pytest.mark.parametrize("name", SOON_AFTER)
def test_what_a_letter_changes_the_next_of_its_batch_meets(two: list[House], name: str) -> None:
    batch, single = two
    at_once, alone = batch.take(*letters(SOON_AFTER[name])), single.singly(*letters(SOON_AFTER[name]))
    found, wanted = without(batch.rows(), **ORDER), without(single.rows(), **ORDER)
    for table, rows in wanted.items():
        assert found[table] == rows, table
    assert [each.lines for each in at_once] == [each.lines for each in alone]


@on_both
def test_a_comment_in_the_batch_of_its_button_is_a_comment(two: list[House]) -> None:
    for house in two:
        house.singly(*letters(CAP))
    (duty,) = [row for row in two[0].rows()["duties"] if row["name"] == "ack"]
    token = two[0].engine.setting().tokens.button("d", duty["id"], "1")
    lines = [say("press", "ana", f"Add a comment C-1 {token}"), say("words", "ana", "nobody told me on monday")]
    two[0].take(*lines)
    two[1].singly(*lines)
    assert "nobody told me" in next(row["data_json"] for row in two[1].rows()["cases"] if row["id"] == "C-1")
    assert without(two[0].rows(), **ORDER) == without(two[1].rows(), **ORDER)


def test_a_batch_that_is_redone_does_not_use_up_anybodys_ten_commands(
    database_url: str, replica: Callable[..., House]
) -> None:
    house = replica(database_url, per_minute=10)
    broken = say("broken", "ben", "fail ahip 1", intents=("not an intent",))
    receipts = house.take(*(say(str(n), "ana", "me") for n in range(8)), broken)
    assert [each.verdict for each in receipts] == ["done"] * 8 + ["poisoned"]
    assert [row["template"] for row in house.rows()["outbox"] if row["lane"] == "@ana"] == ["house/me"] * 8
