"""Every number of the five documents is in the list, and everything the list names is there."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot import requirements
from bot.requirements import DOCUMENTS, HUMAN, ROOT, WORDINGS, lost, read, wanted

FOUND = read()
REMINDED = [each for each in FOUND if any(met.startswith(f"{HUMAN}:") for met in each.met)]


@functools.cache
def named_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(each.name for each in functions if each.name.startswith("test_"))


def test_every_number_is_there_once_and_in_order() -> None:
    assert [each.id for each in FOUND] == list(wanted())
    assert Counter(each.document for each in FOUND) == {doc: count for doc, (_, count) in DOCUMENTS.items()}
    assert len(FOUND) == 182


def test_each_says_what_it_asks_in_few_words() -> None:
    assert {each.wording for each in FOUND} == set(WORDINGS)
    for each in FOUND:
        assert 10 < len(each.says) <= 120, each.id
        assert each.says.endswith("."), each.id
        assert not each.partly.endswith("."), each.id


def test_each_names_what_meets_it_and_a_test_that_proves_it() -> None:
    assert [each.id for each in FOUND if not each.met or not each.test] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_everything_named_is_there(document: str) -> None:
    gone = [f"{each.id} {met}" for each in FOUND if each.document == document for met in each.met if lost(met)]
    assert gone == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_named_is_there(document: str) -> None:
    gone = []
    for each in FOUND:
        for test in each.test if each.document == document else ():
            path, _, name = test.partition("::")
            if not (ROOT / path).is_file() or name not in named_in(ROOT / path):
                gone.append(f"{each.id} {test}")
    assert gone == []


def test_what_people_do_alone_has_its_reminder() -> None:
    assert {"R-000-10", "R-001-03", "R-001-07", "R-001-22", "R-001-29", "R-002-14", "R-003-15"} <= {
        each.id for each in REMINDED
    }


@pytest.mark.parametrize(
    "reference",
    [
        "row:failed_exam:D000 newer",
        "row:failed_exams:D000 new",
        "row:failed_exam:",
        "timer:failed_exam:SlotFar",
        "timer:failed_exam:ExamFailed",
        "duty:failed_exam:coaching",
        "duty:nowhere:coach",
        "template:failed_exam/coaches",
        "human:failed_exam/coaches",
        "route:flunk it",
        "report:eod",
        "gathering:queues",
        "column:CAP",
        "role:boss",
        "paper:term",
        "pack:failed-exams-new:attempt.9",
        "pack:failed-exams-new:attempt.0",
        "pack:failed-exams:attempt.1",
        "page:x",
        "",
    ],
)
def test_what_is_not_there_is_noticed(reference: str) -> None:
    assert lost(reference)


def pack(name: str) -> Any:
    """A built-in pack as it is written."""
    return tomllib.loads((ROOT / "policies" / f"{name}.toml").read_text(encoding="utf-8"))


def test_what_comes_from_a_superseded_page_says_so() -> None:
    assert "superseded page" in pack("attendance")["source"]
    assert "superseded" in DOCUMENTS["003"][0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("licensing-training-new", ("muted", "share the page", "all day", "Go To Training Expectations")),
        ("licensing-training-old", ("muted", "share the page", "all day", "chatter")),
    ],
)
def test_hosts_are_reminded_of_what_only_they_can_do(name: str, words: tuple[str, ...]) -> None:
    said = " ".join(pack(name)["engagement"]["host_reminders"])
    assert [word for word in words if word not in said] == []


def test_the_page_shows_every_number_with_what_is_missing() -> None:
    told = "\n".join(" | ".join(row) for _, rows in requirements.sections(FOUND) for row in rows)
    for each in FOUND:
        assert f"{each.id} | {each.wording} | {each.says}" in told
        assert each.partly in told
    assert f"{len([each for each in FOUND if each.partly])} are met in part" in requirements.lead(FOUND)
