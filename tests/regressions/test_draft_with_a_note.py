"""A draft that says "attempt 2 was taken before coaching was recorded" had a line without a time and never went out."""

from __future__ import annotations

from tests.journeys.stage import play, press, say
from tests.journeys.stories import FIRST


def test_the_draft_of_an_uncoached_second_fail_goes_out() -> None:
    released = play(
        FIRST, say("ana", "fail ahip 2", "11-17 10:10"), press("tara", "Not coached", "11-17 10:12"), press("hana", "Proceed", "11-17 10:20")
    )  # fmt: skip
    said = " ".join(released.mail("E-05")["attachments"][0]["text"].split())
    assert "attempt 2 was taken before coaching was recorded" in said
