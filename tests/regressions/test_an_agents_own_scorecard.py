"""An agent who mailed a scorecard was told to connect a Certifier, in a command that is not an agent's."""

from __future__ import annotations

from tests.journeys.stage import TESTS, Step, local, play

DAY = TESTS / "roster-day.toml"


def mails(subject: str, name: str) -> Step:
    sheet = {"name": name, "type": "application/octet-stream", "text": "score"}
    return {
        "at": local("11-23 13:07"),
        "mail": {
            "from": "ana.rivera@example.com", "to": ["cole.carr@example.com"], "subject": subject, "text": "mine",
            "auth": "pass", "attachments": [sheet],
        },
    }  # fmt: skip


def test_it_is_said_whose_it_is_to_send() -> None:
    for subject in ("score", "my scorecard"):
        shown = play(mails(subject, "Rivera_Ana_80%.xlsx"), start="11-23 13:00", roster=DAY)
        assert "Scorecards come from the Certifier" in shown.mail("E-21")["text"]
        assert not [line for line in shown.of("state", workflow="call_cert") if line["at"] > "2026-11-23T20:01"]
