"""What the call-cert team, TBT SMEs and agents write, and what it means (SPEC 4, 3.5, 3.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.intents import Act, Fill, Intent, Say, Wish
from handlers.router import route
from tests.words.test_handlers_cast import desk, say
from workflows.effects import Evidence

PDF = Evidence(name="Rivera_Ana_TBT.pdf", type="application/pdf", size=1, hash="0")
PNG = Evidence(name="shot.png", type="image/png", size=1, hash="0", width=900, height=600)
SHEET = Evidence(name="Rivera_Ana_[80%].xlsx", type="application/vnd.ms-excel", size=1, hash="0")


def with_files(who: str, text: str, *files: Evidence, pending: str = "") -> list[Intent]:
    """What that person's direct message with these files means."""
    return route(text, replace(desk(who), files=files), pending)


def event(who: str, text: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    """The only event of a message: its name, about whom, and its fields that say something."""
    [intent] = say(who, text, **more)
    assert isinstance(intent, Act), intent
    fields = {name: getattr(intent.event, name) for name in intent.event.__dataclass_fields__}
    return type(intent.event).__name__, intent.agent, {k: v for k, v in fields.items() if v not in ("", (), None, 0)}


@pytest.mark.parametrize(
    ("who", "text", "args"),
    [
        ("cole", "connect @ana @cass", {"agent": "ana", "certifier": "cass"}),
        ("cole", "/esp connect ana cass", {"agent": "ana", "certifier": "cass"}),
        ("cole", "pair ana with cass", {"agent": "ana", "certifier": "cass"}),
        ("cole", "please connect Ana Rivera and Cass Moy", {"agent": "ana", "certifier": "cass"}),
        ("cass", "connect me with ana", {"agent": "ana", "certifier": "cass"}),
        ("cole", "connect @cass @ana https://meet.example.com/x", {"agent": "ana", "certifier": "cass", "link": "https://meet.example.com/x"}),
        ("cole", "connect @ana @cass force new headset, tested with IT", {"agent": "ana", "certifier": "cass", "forced": True, "why": "new headset, tested with IT"}),
    ],
)  # fmt: skip
def test_connecting(who: str, text: str, args: dict[str, Any]) -> None:
    [wish] = say(who, text)
    assert isinstance(wish, Wish), wish
    assert (wish.name, {k: v for k, v in wish.args.items() if v}) == ("connect", args)


SCORES = [
    ("score @ana 3 92 well: warm; down: no recap; next: recap", {"call": 3, "score": "92", "well": "warm", "down": "no recap", "prepare": "recap"}),
    ("ana call 3 92", {"call": 3, "score": "92"}),
    ("ana call 3: 84.99", {"call": 3, "score": "84.99"}),
    ("score ana 92", {"score": "92"}),
    ("score @ana 3", {"call": 3}),
    ("rescore @ana 3 90", {"call": 3, "score": "90"}),
    ("score @ana 5 100%", {"call": 5, "score": "100"}),
    ("score @ana 2 -3", {"call": 2, "score": "-3"}),
    ("score @ana call 2 was 88/100", {"call": 2, "score": "88"}),
    ("score @ana 1 90 did well: calm, clear; marked down: said \"um\" a lot; to prepare: the disclaimer", {"call": 1, "score": "90", "well": "calm, clear", "down": "said um a lot", "prepare": "the disclaimer"}),
    ("score @ana 1 90\nwell: calm\ndown: late\nnext: recap", {"call": 1, "score": "90", "well": "calm", "down": "late", "prepare": "recap"}),
    ("score @ana 1 90 well: coached the caller and confirmed the plan; down: none; next: go on", {"call": 1, "score": "90", "well": "coached the caller and confirmed the plan", "down": "none", "prepare": "go on"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SCORES, ids=[text[:40] for text, _ in SCORES])
def test_scoring(text: str, said: dict[str, Any]) -> None:
    assert event("cass", text) == ("CallScored", "ana", said)


@pytest.mark.parametrize(
    ("who", "text", "name", "fields"),
    [
        ("cass", "pause @ana headset died", "CallPaused", {"why": "headset died"}),
        ("cass", "resume @ana", "CallResumed", {}),
        ("cole", "uploaded @ana call", "ScorecardUploaded", {}),
        ("cole", "uploaded the scorecard of ana", "ScorecardUploaded", {}),
        ("cole", "reopen callcert @ana agreed with the TL", "CallCertReopened", {"why": "agreed with the TL"}),
        ("cole", "reopen call cert ana second round", "CallCertReopened", {"why": "second round"}),
        ("cole", "uploaded @ana tbt", "CoursesUploaded", {}),
        ("cole", "uploaded ana tbt 211629", "CoursesUploaded", {"courses": ("211629",)}),
        ("ana", "tbt done 211629", "CoursesDone", {"courses": ("211629",)}),
        ("ana", "tbt 211629 done", "CoursesDone", {"courses": ("211629",)}),
        ("ana", "finished tbt 211629 and 211633", "CoursesDone", {"courses": ("211629", "211633")}),
        ("ana", "passed tbt 211629!!", "CoursesDone", {"courses": ("211629",)}),
        ("ana", "tbt done all", "CoursesDone", {"courses": ("all",)}),
        ("ana", "tbt missing 211629", "CourseMissing", {"course": "211629"}),
        ("ana", "cant find tbt 211629", "CourseMissing", {"course": "211629"}),
        ("ana", "tbt missing 211629 searched by number and name", "CourseMissing", {"course": "211629", "by_number": True, "by_name": True}),
        ("ana", "failed tbt 211629", "CourseFailed", {"course": "211629"}),
        ("ana", "bombed tbt 211629 again :(", "CourseFailed", {"course": "211629"}),
        ("tim", "tbt ok @ana 211629", "TbtProofAccepted", {"courses": ("211629",)}),
        ("tim", "ana tbt good", "TbtProofAccepted", {}),
        ("tim", "tbt ok @ana", "TbtProofAccepted", {}),
        ("tim", "tbt redo @ana 211629 page 2, cut off", "TbtProofRefused", {"courses": ("211629",), "why": "page 2, cut off"}),
        ("tim", "tbt redo @ana blurred", "TbtProofRefused", {"why": "blurred"}),
        ("tim", "searched @ana 211629", "SearchVerified", {"course": "211629"}),
    ],
)  # fmt: skip
def test_the_other_words(who: str, text: str, name: str, fields: dict[str, Any]) -> None:
    said, agent, told = event(who, text)
    assert (said, agent) == (name, "ana")
    assert {k: v for k, v in told.items() if v is not False} == fields


@pytest.mark.parametrize("text", ["tbt 211629 not done yet", "i did not finish tbt 211629", "tbt not ok @ana"])
def test_a_no_is_no_claim(text: str) -> None:
    who = "tim" if "@" in text else "ana"
    assert all(isinstance(intent, Say) for intent in say(who, text))


def test_a_count_of_tbts_is_only_a_count() -> None:
    assert event("ana", "tbt 7/15") == ("CoursesCounted", "ana", {"count": 7})


@pytest.mark.parametrize(
    ("text", "wish"),
    [("queue", "queue"), ("who is waiting", "queue"), ("whos next?", "queue"), ("tbt list", "tbt_list")],
)
def test_boards(text: str, wish: str) -> None:
    [found] = say("ana" if "tbt" in text else "cass", text)
    assert isinstance(found, Wish)
    assert found.name == wish


def test_uploaded_alone_asks_what() -> None:
    [asked] = say("cole", "uploaded @ana")
    assert isinstance(asked, Say)
    assert [words for _, words in asked.buttons] == ["uploaded @ana call", "uploaded @ana tbt"]


def test_a_file_alone_is_told_by_its_content_and_its_sender() -> None:
    [proof] = with_files("ana", "", PDF)
    [card] = with_files("cass", "here you go", SHEET)
    assert isinstance(proof, Act)
    assert isinstance(card, Act)
    assert (type(proof.event).__name__, proof.agent) == ("TbtProofSent", "ana")
    assert (type(card.event).__name__, card.agent, card.duty) == ("ScorecardSubmitted", "ana", "scorecard")
    [own] = with_files("ana", "", SHEET)
    assert isinstance(own, Say)
    assert own.template == "not_your_scorecard"


def test_a_certificate_of_something_else_is_no_tbt_proof() -> None:
    other = replace(PDF, name="AHIP_certificate.pdf")
    for text, file in (("", other), ("my ahip final", PDF)):
        assert not any(
            isinstance(i, Act) and type(i.event).__name__ == "TbtProofSent" for i in with_files("ana", text, file)
        )


def test_words_that_see_to_a_file_keep_it() -> None:
    [done] = with_files("ana", "tbt done 211629", PDF)
    [lost] = with_files("ana", "tbt missing 211629", PNG)
    assert isinstance(done, Act)
    assert isinstance(lost, Act)
    assert done.event.evidence == PDF  # type: ignore[attr-defined]
    assert lost.event.evidence == PNG  # type: ignore[attr-defined]


def test_a_file_that_was_asked_for_answers_the_question() -> None:
    assert with_files("ana", "", PNG, pending="evidence") == [Fill(kind="evidence", value=PNG)]
    assert not isinstance(say("ana", "help", pending="evidence")[0], Fill)
