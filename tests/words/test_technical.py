"""The words for technical failures, in tired people's variants."""

from __future__ import annotations

import pytest

from handlers.intents import Act
from tests.words.test_handlers_cast import say
from workflows.failed_exam import (
    AttemptCounts,
    AttemptTechnical,
    ExamFailed,
    TechnicalKept,
    TechnicalRefused,
    TechnicalReported,
)

SAID = [
    ("lia", "technical F-12 2 computer crashed", AttemptTechnical(ordinal=2, why="computer crashed")),
    ("lia", "technical f12 crashed", AttemptTechnical(why="crashed")),
    ("tara", "technical F-12 2nd attempt: launcher froze", AttemptTechnical(ordinal=2, why="launcher froze")),
    ("lia", "technical F-12 2 no internet", AttemptTechnical(ordinal=2, why="no internet")),
    ("lia", "technical F-12 2 kept freezing", AttemptTechnical(ordinal=2, why="kept freezing")),
    ("lia", "mark F-12 2 as technical", AttemptTechnical(ordinal=2, why="mark F-12 2 as technical")),
    ("lia", "technical F-12 2 counts", AttemptCounts(ordinal=2)),
    ("tara", "technical F-12 it counts after all", AttemptCounts()),
    ("lia", "technical F-12 2 stays technical", TechnicalKept(ordinal=2)),
    ("lia", "technical F-12 2 not technical", TechnicalRefused(ordinal=2)),
    ("ana", "technical F-12 2 computer crashed", TechnicalReported(ordinal=2, why="computer crashed")),
    ("ana", "my second attempt was technical", TechnicalReported(ordinal=2, why="my second attempt was technical")),
]


@pytest.mark.parametrize(("who", "text", "event"), SAID)
def test_a_technical_failure_is_understood(who: str, text: str, event: object) -> None:
    (act,) = say(who, text)
    assert isinstance(act, Act)
    assert act.event == event


@pytest.mark.parametrize(("text", "crashed"), [("fail ahip 2 technical", True), ("failed ahip 2, laptop froze", True), ("fail ahip 2", False)])  # fmt: skip
def test_a_report_carries_the_word_that_it_crashed(text: str, crashed: bool) -> None:
    (act,) = say("ana", text)
    assert isinstance(act, Act)
    assert isinstance(act.event, ExamFailed)
    assert (act.event.claimed, act.event.crashed) == (2, crashed)


@pytest.mark.parametrize(("text", "asked"), [("technical", "need_ref"), ("technical F-12", "need_why"), ("technical F-12 0 x", "odd_ordinal")])  # fmt: skip
def test_what_is_missing_is_asked(text: str, asked: str) -> None:
    (said,) = say("lia", text)
    assert getattr(said, "template", "") == asked
