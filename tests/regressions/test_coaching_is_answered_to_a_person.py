"""An agent's objection to a coaching record was read as an equipment issue: his words stood in the tracker and on a
draft for IT."""

from __future__ import annotations

import pytest

from tests.journeys.stage import TESTS, Show, play, say
from tests.mail.steps import BOT, TARA, mail

BEN = "ben.ortiz@example.com"
COACHED = say("tara", "coached @ben", "11-24 16:45")
START, DAY = "11-24 16:00", TESTS / "roster-day.toml"


def answered(text: str) -> Show:
    sent = play(COACHED, start=START, roster=DAY).of("mail")
    number = next(n for n, each in enumerate(sent, 1) if each["id"] == "E-09")
    reply = mail(
        BEN, text, "11-24 16:46", to=(TARA,), cc=(BOT,), subject="Re: Coaching record", in_reply_to=f"mail:{number}"
    )
    return play(COACHED, reply, start=START, roster=DAY).at("11-24 16:46")


@pytest.mark.parametrize(
    "said",
    [
        "I disagree, I had no laptop until Monday",
        "my headset was broken, that is why",
        "I did modules 1-5 and 9 TBTs and nobody saw it",
        "I failed ahip a second time only because of this",
        "received, but this is not what happened",
    ],
)
def test_what_an_agent_says_to_a_coaching_goes_nowhere_else(said: str) -> None:
    shown = answered(said)
    assert [each["kind"] for each in shown.lines if each["kind"] in ("state", "tracker", "duty", "chat")] == []
    (told,) = shown.mails("E-21")
    assert told["to"] == [BEN]
    assert "kept as it came" in told["text"]
