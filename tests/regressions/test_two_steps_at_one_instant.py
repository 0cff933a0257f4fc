"""Two steps at one instant got the source of the first one in the dossier of a review."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.review_desk import sources
from store.rows import Step

AT = datetime(2026, 11, 17, 17, 0, tzinfo=UTC)


def step(actor: str, source: str, case_id: str = "F-1", seq: int = 1) -> Step:
    return Step(
        case_id=case_id, seq=seq, at=AT, actor=actor, by=[], source=source, event="x", payload="", was="", state="",
        before="", row="", made={},
    )  # fmt: skip


ANA = step("ana", "mail:<1@example.com>")
TARA = step("tara", "rc:1", seq=2)
TIMER = step("", "timer:F-1:due:1", seq=3)
CAP = step("dev", "rc:2", case_id="C-1")
BY = {"ana": "@ana, by e-mail", "tara": "@tara, by chat", "": "certdesk, by a timer", "dev": "@dev, by chat"}


@pytest.mark.parametrize(
    ("lines", "steps", "who"),
    [
        (["AHIP: attempt 1 not passed"], [ANA], ["ana"]),
        (["AHIP: attempt 1 not passed", "coached by @tara"], [ANA, TARA], ["ana", "tara"]),
        (["coached by @tara; advised", "the time was up"], [TIMER, TARA], ["tara", ""]),
        (["CAP C-1 delivered", "AHIP: attempt 2 not passed"], [ANA, CAP], ["dev", "ana"]),
        (["reported: quiz 4", "checkpoint 2: open quiz 5"], [ANA, TIMER], ["ana", ""]),
        (["coached by @tara", "coached by @tara once more"], [TARA, TARA], ["tara", "tara"]),
        (["attempt 1 not passed", "attempt 2 not passed"], [ANA, ANA], ["ana", "ana"]),
    ],
)
def test_each_line_has_the_source_of_its_own_step(lines: list[str], steps: list[Step], who: list[str]) -> None:
    assert sources(lines, steps) == [BY[each] for each in who]


def test_where_steps_and_lines_do_not_go_up_every_source_is_named() -> None:
    assert sources(["AHIP: attempt 1 not passed"], [ANA, TIMER]) == ["@ana, by e-mail; certdesk, by a timer"]


def test_without_a_step_there_is_no_source() -> None:
    assert sources(["extra session"], []) == [""]
