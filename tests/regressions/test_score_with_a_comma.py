""" "score @ana 2 85,5" was recorded as 85, "84,99" as 84: what stood behind the comma was lost without a word."""

from __future__ import annotations

import pytest

from tests.journeys.classroom import show
from tests.journeys.stage import say

WORDS = "well: calm; down: recap; next: recap first"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("85,5", "85.5, pass"), ("84,99", "84.99, fail"), ("84.99", "84.99, fail"), ("095", "95, pass"), ("0", "0, fail")],
)
def test_a_comma_is_a_decimal_point(typed: str, kept: str) -> None:
    shown = show(
        say("cole", "connect @ana @cass", "11-23 13:00"),
        say("cass", f"score @ana 1 {typed} {WORDS}", "11-23 13:10"),
        start="11-23 12:50",
        call_cert="call-cert-new",
    )
    assert shown.step(-1).text("@cass").startswith(f"Call 1: {kept}.")


@pytest.mark.parametrize("typed", ["1, 92", "1,92", "1 92"])
def test_a_comma_between_call_and_score_parts_them(typed: str) -> None:
    shown = show(
        say("cole", "connect @ana @cass", "11-23 13:00"),
        say("cass", f"score @ana {typed} {WORDS}", "11-23 13:10"),
        start="11-23 12:50",
        call_cert="call-cert-new",
    )
    assert shown.step(-1).text("@cass").startswith("Call 1: 92, pass.")
