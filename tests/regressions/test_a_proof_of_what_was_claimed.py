"""`tbt done 211629` with its PDF, said after the course was claimed, was refused and the PDF lost."""

from __future__ import annotations

from tests.journeys.stage import TESTS, Step, local, play, say

DAY = TESTS / "roster-day.toml"
PDF = {"name": "Rivera_Ana_TBT.pdf", "type": "application/pdf", "text": "%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"}


def sends(text: str, at: str) -> Step:
    return {"at": local(at), "chat": {"from": "ana", "text": text, "files": [PDF]}}


def test_the_pdf_is_the_proof_of_the_claimed_course() -> None:
    steps = (say("ana", "tbt done 211629", "11-23 09:05"), sends("tbt done 211629", "11-23 09:06"))
    shown = play(*steps, start="11-23 09:00", roster=DAY).step(-1)
    assert "It stands for 211629" in shown.text("@ana")
    assert "Is it good?" in shown.text("@tim")


def test_claimed_and_new_courses_share_the_pdf() -> None:
    steps = (say("ana", "tbt done 211629", "11-23 09:05"), sends("tbt done 211629 211633", "11-23 09:06"))
    shown = play(*steps, start="11-23 09:00", roster=DAY).step(-1)
    assert "It stands for 211629 and 211633" in shown.text("@ana")


def test_a_whole_command_is_no_reason() -> None:
    steps = (
        say("ana", "tbt done 211629", "11-23 09:05"),
        sends("tbt done 211629", "11-23 09:06"),
        say("tim", "tbt redo @ana 211629", "11-23 09:07"),
        say("tim", "tbt redo @ana 211629 blurry", "11-23 09:08"),
    )
    told = play(*steps, start="11-23 09:00", roster=DAY).step(-1).text("@ana")
    assert "once more: blurry" in told


def test_an_agent_who_says_proof_is_told_how_to_send_one() -> None:
    shown = play(say("eli", "proof", "11-23 09:05"), start="11-23 09:00", roster=DAY)
    assert "picture or a PDF" in shown.text("@eli")
    assert "@ana" not in shown.text("@eli")
