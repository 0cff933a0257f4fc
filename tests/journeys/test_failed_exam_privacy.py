"""Who may know what (SPEC 0.4, 3.1, end of 7.7, 8): looked at over whole stories in both wordings.

`stage.kept_promises` checks channels, other agents and the bot's voice in every rehearsal of the suite.
"""

from __future__ import annotations

import pytest

from tests.journeys.stage import DISCIPLINE, TESTS, Show, play, play_script, press, say, toml_steps, until, whom
from tests.journeys.stories import FIRST, LOCKED, NEW, OLD, OLD_LOCKED, SECOND

KEPT = sorted((TESTS / "rehearsals").glob("*.toml"))
LONG = [
    (LOCKED, False),
    (OLD_LOCKED, True),
    ([*SECOND, press("ana", "Undo", "11-17 13:04")], False),
    ([*FIRST, say("ana", "fail ahip 3", "11-17 10:10"), press("tara", "Wrong number", "11-17 10:12")], False),
    ([*FIRST, say("ana", "fail ahip 2", "11-17 10:10"), press("tara", "Not coached", "11-17 10:12")], False),
    ([*SECOND, say("eve", "nle @ana", "11-17 14:00")], False),
    ([*SECOND, until("11-20 12:00")], False),
]


@pytest.fixture(params=range(len(LONG)), ids=lambda n: f"story {n}")
def story(request: pytest.FixtureRequest) -> Show:
    """A long story, a day and a half further."""
    steps, old = LONG[request.param]
    return play(steps, until("11-20 12:00") if steps[-1] != until("11-20 12:00") else [], old=old)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_rehearsal_says_nothing_in_channels_beyond_the_worded_posts(path) -> None:
    for line in play_script(toml_steps(path)).posts():
        worded = line["id"] in ("C-WFM-END", "C-LIC-PROCTOR", "C-WFM-UNDO")
        assert worded or not DISCIPLINE.search(line["text"]), line["text"]


def test_channels_hear_only_the_worded_posts(story: Show) -> None:
    for line in story.posts():
        assert line["id"] in ("C-WFM-END", "C-LIC-PROCTOR", "C-WFM-UNDO") or not DISCIPLINE.search(line["text"])


def test_the_tracker_never_tells_of_discipline(story: Show) -> None:
    for cell in story.tracker():
        said = f"{cell['value'] or ''} {cell['note'] or ''}"
        assert said.endswith(" - Third attempt not passed; see licensing") or not DISCIPLINE.search(said)


def test_cap_mails_reach_only_those_named(story: Show) -> None:
    allowed = {
        "E-05": {"tara", "hana"},
        "E-06": {"ana", "tara"},
        "E-07": {"hana", "tara"},
        "E-04": {"sam", "hana", "pia", "tara"},
    }
    for mail in story.mails():
        if mail["id"] in allowed:
            assert set(whom([*mail["to"], *mail["cc"]]).split(", ")) <= allowed[mail["id"]]


def test_only_the_named_hear_of_a_cap_by_chat(story: Show) -> None:
    for line in story.chats():
        if (line["ref"] or "").startswith("C-"):
            assert line["to"] in ("@tara", "@hana", "@ana", "@eve", "@sam"), line["text"]


def test_people_with_no_part_in_it_hear_nothing(story: Show) -> None:
    for who in ("ben", "cora", "cole", "cass", "tim", "dev"):
        assert story.chats(f"@{who}") == []


def test_wfm_learns_no_reason(story: Show) -> None:
    assert not DISCIPLINE.search(story.text("@wes").replace("ended", ""))


def test_every_mail_of_a_case_carries_its_ref_first_and_a_human_to_answer(story: Show) -> None:
    for mail in story.mails():
        assert mail["subject"].startswith(f"[{mail['ref']}] ")
        assert mail["reply_to"], mail["subject"]


@pytest.mark.parametrize("far", list(NEW))
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_the_bot_never_says_that_somebody_will_be_terminated(far: str, old: bool) -> None:
    words = play((OLD if old else NEW)[far], old=old).words().lower()
    for phrase in ("will be terminated", "you are terminated", "will be dismissed", "will terminate"):
        assert phrase not in words


def test_an_agents_board_shows_only_his_own() -> None:
    boards = play(
        SECOND, say("ben", "me", "11-17 13:05"), say("ana", "me", "11-17 13:06"), say("ben", "team", "11-17 13:07")
    )
    assert "Ana" not in boards.text("@ben")
    assert "F-1" in boards.at("11-17 13:06").text("@ana")
    assert "C-1" not in boards.at("11-17 13:06").text("@ana"), "a CAP is told in person first"


def test_a_teams_board_shows_only_ones_own_team() -> None:
    boards = play(
        SECOND, say("tara", "team", "11-17 13:05"), say("dev", "team", "11-17 13:06"), say("wes", "team", "11-17 13:07")
    )
    assert "Ana Rivera" in boards.text("@tara")
    assert "Ana" not in boards.text("@dev")
    assert "Ana" not in boards.text("@wes")


def test_e04_reaches_leadership_and_nobody_else() -> None:
    for steps, old in ((LOCKED, False), (OLD_LOCKED, True)):
        (mail,) = play(steps, old=old).mails("E-04")
        assert (whom(mail["to"]), whom(mail["cc"])) == ("sam", "hana, pia, tara")
        assert "ana.rivera@example.com" not in (*mail["to"], *mail["cc"])
