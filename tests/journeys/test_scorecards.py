"""The scorecard by both doors (SPEC 5.2, R-002-28 to 31): its name, what is inside, the sheet handed out."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from bot.scorecards import workbook
from tests.journeys.stage import TESTS, Show, Step, play, press, say
from tests.mail.steps import BOT, CASS, COLE, mail
from tests.store.test_scorecards import FIVE, SLOTS, TEXTS

DAY = TESTS / "roster-day.toml"
FAKE = b"PK\x03\x04[Content_Types].xmlxl/workbook.xml"
CONNECT = say("cole", "connect @ana @cass force testing", "11-23 13:00")
SCORED = [
    CONNECT,
    *(say("cass", f"score @ana {n} {points} well: warm; down: late; next: recap", f"11-23 13:{10 + n}")
      for n, points in enumerate(FIVE, 1)),
]  # fmt: skip


def by_chat(name: str, content: bytes, who: str = "cass", at: str = "11-23 13:20") -> Step:
    file = {"name": name, "base64": base64.b64encode(content).decode()}
    return {**say(who, "", at), "chat": {"from": who, "text": "", "files": [file]}}


def by_mail(name: str, content: bytes, who: str = CASS, at: str = "11-23 13:20") -> Step:
    file = {"name": name, "base64": base64.b64encode(content).decode()}
    return mail(who, "the scorecard", at, to=(COLE,), cc=(BOT,), attachments=[file])


Door = Callable[[str, bytes], Step]
DOORS = pytest.mark.parametrize("door", [by_chat, by_mail])


def table(*scores: str, agent: str = "", texts: bool = False) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out)
    if agent:
        lines.writerow(("Agent", agent))
    lines.writerow(("Call", "Score", *(("Done well", "Marked down", "Preparation") if texts else ())))
    for n, score in enumerate(scores, 1):
        lines.writerow((n, score, *(TEXTS.values() if texts else ())))
    return out.getvalue().encode()


def sends(door: Door, name: str, content: bytes, *more: Step, before: list[Step] = SCORED) -> Show:
    return play(*before, door(name, content), *more, start="11-23 12:45", roster=DAY)


def answer(show: Show, n: int = len(SCORED)) -> str:
    """What Cass hears, by whichever door."""
    step = show.step(n)
    return " ".join([step.text("@cass"), *(str(each["text"]) for each in step.mails("E-21") + step.mails("E-23"))])


# -- the name


@DOORS
@pytest.mark.parametrize(
    "name",
    ["Rivera_Ana_80%.xlsx", "Rivera_Ana_[80%].xlsx", "rivera_ana_80.xlsx", "RIVERA_ANA_80PCT.XLSX",
     "Rivera_Ana_[ 80 % ].xlsx".replace(" ", ""), "Rivera _ Ana_80 %.xlsx", "Riverá_Aná_80%.xlsx"],
)  # fmt: skip
def test_every_tolerant_form_of_the_name_is_taken(door: Door, name: str) -> None:
    show = sends(door, name, FAKE)
    assert show.state("Q-1") == "SUBMITTED"
    assert len(show.mails("E-23")) == 1


REFUSED = [
    ("Ana_Rivera_80%.xlsx", FAKE, "Last name first"),
    ("Riveira_Ana_80%.xlsx", FAKE, "names somebody else. For Ana Rivera please call it"),
    ("Rivera_Ana_70%.xlsx", FAKE, "it is a multiple of 20"),
    ("Rivera_Ana_60%.xlsx", FAKE, "4 of 5 passed is 80%"),
    ("Rivera_Ana_80%.xlsm", FAKE, "holds macros"),
    ("Rivera_Ana_80%.xlsx", b"PK\x03\x04[Content_Types].xml xl/vbaProject.bin", "holds macros"),
    ("Rivera_Ana_80%.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "save it as an Excel"),
    ("Rivera_Ana_80%.ods", b"PK\x03\x04mimetype", "save it as an Excel"),
    ("Rivera_Ana_80%.xlsx", b"%PDF-1.4 " + b"x" * 50, "not a spreadsheet inside"),
    ("Rivera Ana 80.xlsx", FAKE, "is not the name of this scorecard"),
]


@DOORS
@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_a_name_that_does_not_fit_is_answered_with_the_one_that_does(
    door: Door, name: str, content: bytes, said: str
) -> None:
    show = sends(door, name, content)
    assert show.state("Q-1") == "SCORED"
    assert said in answer(show)
    assert "Rivera_Ana_80%.xlsx" in answer(show)


@DOORS
def test_a_file_without_content_is_asked_for_again_by_its_whole_name(door: Door) -> None:
    show = sends(door, "Rivera_Ana_[80%].xlsx", b"")
    assert show.state("Q-1") == "SCORED"
    assert "Rivera_Ana_[80%].xlsx" in answer(show)
    assert "came without content" in answer(show)


@DOORS
def test_the_scorecard_of_somebody_elses_agent_names_who_submits_it(door: Door) -> None:
    show = sends(door, "Ortiz_Ben_80%.xlsx", FAKE)
    assert not show.of("state", event="ScorecardSubmitted")
    assert "Ben Ortiz is not connected with a Certifier" in answer(show)


@pytest.mark.parametrize("step", [by_chat("Rivera_Ana_80%.xlsx", FAKE, "ana"),
                                  by_mail("Rivera_Ana_80%.xlsx", FAKE, "ana.rivera@example.com")])  # fmt: skip
def test_an_agents_own_scorecard_is_not_his_to_send(step: Step) -> None:
    show = play(*SCORED, step, start="11-23 12:45", roster=DAY)
    assert show.state("Q-1") == "SCORED"
    last = show.step(len(SCORED))
    assert "Scorecards come from the Certifier" in last.text("@ana") + "".join(m["text"] for m in last.mails())


@DOORS
def test_two_sheets_at_once_or_a_bomb_change_nothing(door: Door) -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", "<sheetData>" + " " * 30_000_000)
    show = sends(door, "Rivera_Ana_80%.xlsx", out.getvalue())
    assert show.state("Q-1") == "SCORED"
    assert "unpacks to far more" in answer(show)


# -- what is inside


@DOORS
def test_scores_inside_that_are_those_recorded_are_receipted_as_read(door: Door) -> None:
    show = sends(door, "Rivera_Ana_80%.csv", table("85", "84.990", "90", "88", "100"))
    assert show.state("Q-1") == "SUBMITTED"
    assert "The scores in the file are those recorded" in show.mail("E-23")["text"]
    assert "could not be read" not in show.text("@cole")


@DOORS
def test_where_no_scores_can_be_read_the_name_alone_is_compared_and_everybody_hears_it(door: Door) -> None:
    show = sends(door, "Rivera_Ana_80%.xlsx", FAKE)
    assert show.state("Q-1") == "SUBMITTED"
    assert "could not be read; only the rate in its name was compared" in show.mail("E-23")["text"]
    assert "could not be read by me" in show.text("@cole")


@DOORS
@pytest.mark.parametrize("scores", [("85", "84.99", "92", "88", "100"), ("85", "84.99", "", "88", "100")])
def test_a_score_that_differs_is_named_call_by_call(door: Door, scores: tuple[str, ...]) -> None:
    show = sends(door, "Rivera_Ana_80%.csv", table(*scores))
    assert show.state("Q-1") == "SCORED"
    said = answer(show)
    assert f"call 3 is {scores[2] or 'empty'} in the sheet and 90 recorded" in said
    assert "call 4 is" not in said
    assert show.of("state", event="ScorecardSubmitted") == []


@DOORS
def test_a_rescored_call_lets_the_same_sheet_in(door: Door) -> None:
    again = say("cass", "rescore @ana 3 92", "11-23 13:18")
    show = sends(door, "Rivera_Ana_80%.csv", table("85", "84.99", "92", "88", "100"), before=[*SCORED, again])
    assert show.state("Q-1") == "SUBMITTED"


@DOORS
def test_a_sheet_about_somebody_else_is_refused_under_the_right_name(door: Door) -> None:
    show = sends(door, "Rivera_Ana_80%.csv", table(*FIVE, agent="Ben Ortiz"))
    assert show.state("Q-1") == "SCORED"
    assert "the sheet inside is about “Ben Ortiz”" in answer(show)


@pytest.mark.parametrize("agent", ["Ana Rivera", "Rivera, Ana", "RIVERA ANA", "A. Rivera", "Rivera", "Aná Rivera"])
def test_the_agents_own_name_may_be_written_in_any_way(agent: str) -> None:
    assert sends(by_chat, "Rivera_Ana_80%.csv", table(*FIVE, agent=agent)).state("Q-1") == "SUBMITTED"


# -- scores that are only in the sheet


@DOORS
def test_scores_only_the_sheet_has_are_recorded_when_the_certifier_says_so(door: Door) -> None:
    show = sends(door, "Rivera_Ana_80%.csv", table(*FIVE, texts=True), press("cass", "Yes", "11-23 13:25"),
                 before=[CONNECT])  # fmt: skip
    assert show.step(1).of("state", ref="Q-1") == []
    assert "Record these 5 scores" in show.step(1).text("@cass")
    assert show.state("Q-1") == "SUBMITTED"
    assert "*Call 2: 84.99, not passed.*" in show.step(2).text("@ana")
    assert "What went well: warm opening" in show.step(2).text("@ana")
    assert (show.mail("E-23")["to"], show.mail("E-23")["cc"]) == ([CASS], [COLE])
    assert "scorecard" not in show.owed("Q-1")


def test_a_no_records_nothing() -> None:
    show = sends(by_chat, "Rivera_Ana_80%.csv", table(*FIVE, texts=True), press("cass", "No"), before=[CONNECT])
    assert show.state("Q-1") == "CONNECTED"
    assert "Nothing was recorded" in show.step(2).text("@cass")


def test_scores_without_their_feedback_are_not_offered() -> None:
    show = sends(by_chat, "Rivera_Ana_80%.csv", table(*FIVE), before=[CONNECT])
    assert "not for every call what was done well" in show.step(1).text("@cass")
    assert show.state("Q-1") == "CONNECTED"


def test_under_another_name_the_scores_are_recorded_and_the_file_is_still_owed() -> None:
    show = sends(by_chat, "scores.csv", table(*FIVE, texts=True), press("cass", "Yes"), before=[CONNECT])
    assert show.state("Q-1") == "SCORED"
    assert "Rivera_Ana_80%.xlsx" in show.step(2).text("@cass")
    assert "scorecard" in show.owed("Q-1")


def test_a_score_recorded_before_must_be_that_of_the_sheet() -> None:
    first = say("cass", "score @ana 1 91 well: warm; down: late; next: recap", "11-23 13:11")
    show = sends(by_chat, "Rivera_Ana_80%.csv", table(*FIVE, texts=True), before=[CONNECT, first])
    assert "call 1 is 85 in the sheet and 91 recorded" in show.step(2).text("@cass")


def test_recording_from_the_sheet_can_be_undone_whole() -> None:
    undo = say("cass", "undo", "11-23 13:26")
    show = sends(by_chat, "Rivera_Ana_80%.csv", table(*FIVE, texts=True), press("cass", "Yes", "11-23 13:25"), undo,
                 before=[CONNECT])  # fmt: skip
    assert show.state("Q-1") == "CONNECTED"


# -- the sheet handed out


def handed(show: Show) -> list[dict[str, Any]]:
    return [each for each in show.mails() if each["template"] == "call_cert/sheet"]


def test_the_sheet_comes_with_the_connection_and_filled_in_with_the_last_score() -> None:
    show = play(*SCORED, start="11-23 12:45", roster=DAY)
    first, last = handed(show)
    assert first["to"] == last["to"] == [CASS]
    assert [file["name"] for file in first["attachments"]] == ["Scorecard Rivera Ana.xlsx"]
    assert all(f"Rivera_Ana_{rate}%.xlsx" in first["attachments"][0]["text"] for rate in range(0, 101, 20))
    assert "40111" in first["attachments"][0]["text"]
    (file,) = last["attachments"]
    assert file["name"] == "Rivera_Ana_80%.xlsx"
    assert "84.99" in file["text"]


def test_a_word_brings_it_again_and_only_to_the_certifier() -> None:
    ask, other = say("cass", "scorecard @ana", "11-23 13:05"), say("cole", "scorecard @ana", "11-23 13:06")
    show = play(CONNECT, ask, other, start="11-23 12:45", roster=DAY)
    assert len(handed(show.step(1))) == 1
    assert "on its way to you by mail" in show.step(1).text("@cass")
    assert handed(show.step(2)) == []


@DOORS
def test_the_sheet_handed_out_filled_in_and_sent_back_is_accepted(door: Door) -> None:
    filled = workbook({**SLOTS, "scored": [{"score": score, **TEXTS} for score in FIVE]})
    show = sends(door, "Rivera_Ana_80%.xlsx", filled)
    assert show.state("Q-1") == "SUBMITTED"
    assert "The scores in the file are those recorded" in show.mail("E-23")["text"]
