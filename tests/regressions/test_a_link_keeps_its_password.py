"""A meeting link is taken whole: what follows its question mark is the way in."""

from __future__ import annotations

from tests.journeys.stage import play, say
from tests.journeys.stories import SECOND


def test_a_proctored_attempt_keeps_the_link_with_its_password() -> None:
    link = "https://meet.example.com/j/99?pwd=aB3&x=1"
    booked = play(SECOND, say("lia", f"proctor F-1 mon 10:00 @lia {link}", "11-17 14:00"))
    assert link in booked.step(-1).mails("E-25")[0]["text"]
