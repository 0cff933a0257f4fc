"""The same proof from two agents is held for licensing (SPEC 5.2): nobody is accused, nothing counts by itself."""

from __future__ import annotations

import base64

import pytest

from tests.journeys.stage import TESTS, Show, Step, play, press, say
from tests.mail.steps import BOT, LIC, mail

DAY = TESTS / "roster-day.toml"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x02\x00\x00\x00"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"
NUMBERS = "211607"


def by_chat(who: str, text: str, content: bytes, at: str, name: str = "proof.png") -> Step:
    file = {"name": name, "base64": base64.b64encode(content).decode()}
    return {**say(who, text, at), "chat": {"from": who, "text": text, "files": [file]}}


def by_mail(who: str, text: str, content: bytes, at: str, name: str = "proof.png") -> Step:
    file = {"name": name, "base64": base64.b64encode(content).decode()}
    sender = {"ana": "ana.rivera", "ben": "ben.ortiz"}[who] + "@example.com"
    return mail(sender, text, at, to=(LIC,), cc=(BOT,), attachments=[file])


CHECKMARKS = "here are my 13 checkmarks"
DOORS = [(by_chat, by_chat), (by_mail, by_mail), (by_chat, by_mail), (by_mail, by_chat)]


def both(*more: Step, doors: tuple = (by_chat, by_chat), second: bytes = PNG) -> Show:
    first, other = doors
    return play(
        first("ana", CHECKMARKS, PNG, "11-18 14:00"), other("ben", CHECKMARKS, second, "11-18 14:10", "other.png"),
        *more, start="11-18 13:50", roster=DAY,
    )  # fmt: skip


def card(show: Show, step: int = 1) -> str:
    return show.step(step).text("@lia")


@pytest.mark.parametrize("doors", DOORS)
def test_licensing_alone_hears_that_it_is_the_same_file_and_of_whom(doors: tuple) -> None:
    show = both(doors=doors)
    ana, ben = (
        next(line["ref"] for line in show.of("state", workflow="carrier_cert", agent=who)) for who in ("ana", "ben")
    )
    assert f"the very same file that Ana Rivera had sent, ref {ana}" in card(show)
    assert ben in card(show)
    for room in ("@ana", "@ben", "@tara", "#licensing", "#esp-nov16", "#wfm", "#esp-bot-ops"):
        assert "same file" not in show.step(1).text(room)
    assert all(LIC not in each["to"] for each in show.step(1).mails())
    assert "Ana" not in show.step(1).text("@ben")
    assert "Licensing looks at the file itself" in show.step(1).text("@ben") + "".join(
        each["text"] for each in show.step(1).mails("E-21")
    )
    assert all("same" not in (line.get("note") or "") for line in show.step(1).tracker())


def test_ok_counts_it_and_redo_asks_for_the_own_page() -> None:
    took = both(press("lia", "OK: 13 green checkmarks", "11-18 14:20"))
    assert any("Verified" in (line.get("note") or "") for line in took.step(2).tracker() if line["agent"] == "ben")
    asked = both(press("lia", "Redo", "11-18 14:20"), say("lia", "please show your own page", "11-18 14:21"))
    assert "please show your own page" in asked.step(3).text("@ben")


def test_ones_own_proof_sent_again_is_no_matter() -> None:
    show = play(
        by_chat("ana", CHECKMARKS, PNG, "11-18 14:00"), by_mail("ana", CHECKMARKS, PNG, "11-18 14:10"),
        start="11-18 13:50", roster=DAY,
    )  # fmt: skip
    assert "same file" not in show.text("@lia")


def test_another_file_is_an_ordinary_claim() -> None:
    show = both(second=PNG + b"1")
    assert "same file" not in show.text("@lia")
    assert any(each["to"] == [LIC] for each in show.step(1).mails())


def test_what_staff_sent_first_is_nobodys_proof() -> None:
    show = play(
        by_chat("tara", "look at this", PNG, "11-18 13:55"), by_chat("ana", CHECKMARKS, PNG, "11-18 14:00"),
        by_chat("ben", CHECKMARKS, PNG, "11-18 14:10"), start="11-18 13:50", roster=DAY,
    )  # fmt: skip
    assert "same file" not in card(show, 1)
    assert "Ana Rivera had sent" in card(show, 2)


def test_the_first_who_sent_it_is_still_known_after_a_restart() -> None:
    show = play(
        by_chat("ana", CHECKMARKS, PNG, "11-18 14:00"), {"restart": True},
        by_chat("ben", CHECKMARKS, PNG, "11-18 14:10"), start="11-18 13:50", roster=DAY,
    )  # fmt: skip
    assert "Ana Rivera had sent" in card(show, 2)


def test_a_tbt_proof_of_another_is_licensings_to_judge_and_not_the_smes() -> None:
    show = play(
        by_chat("ana", f"tbt done {NUMBERS}", PDF, "11-23 10:00", "Rivera_Ana_TBT.pdf"),
        by_chat("ben", f"tbt done {NUMBERS}", PDF, "11-23 10:10", "Ortiz_Ben_TBT.pdf"),
        say("tim", f"tbt ok @ben {NUMBERS}", "11-23 10:15"),
        press("lia", "OK", "11-23 10:20"),
        start="11-23 09:50", roster=DAY,
    )  # fmt: skip
    assert "the very same file that Ana Rivera had sent" in card(show)
    assert "Is it good?" not in show.step(1).text("@tim")
    assert "Licensing looks at your PDF itself" in show.step(1).text("@ben")
    assert show.step(2).of("state", workflow="tbt") == []
    assert "TbtProofAccepted" in {line["event"] for line in show.step(3).of("state", workflow="tbt", agent="ben")}


def test_a_file_refused_at_the_door_is_said_once_and_the_words_still_count() -> None:
    exe = b"MZ\x90\x00" + b"\x00" * 60
    chat = play(by_chat("ana", "progress m1", exe, "11-18 14:00", "proof.pdf.exe"), start="11-18 13:50", roster=DAY)
    assert chat.text("@ana").count("`proof.pdf.exe` is a program, whatever its name says") == 1
    assert "Noted: module 1" in chat.text("@ana")
    mailed = play(by_mail("ana", CHECKMARKS, exe, "11-18 14:00", "proof.pdf.exe"), start="11-18 13:50", roster=DAY)
    assert mailed.mail("E-21")["text"].count("is a program, whatever its name says") == 1
    assert "13 green checkmarks" not in mailed.text("@lia")


def test_a_picture_of_a_stamp_is_no_proof_at_any_door_and_a_narrow_line_of_an_error_is_taken() -> None:
    tiny = PNG[:16] + (199).to_bytes(4) + (480).to_bytes(4) + PNG[24:]
    for step in (by_chat("ana", CHECKMARKS, tiny, "11-18 14:00"), by_mail("ana", CHECKMARKS, tiny, "11-18 14:00")):
        show = play(step, start="11-18 13:50", roster=DAY)
        assert "too small" in show.text("@ana") + "".join(each["text"] for each in show.mails("E-21"))
        assert "13 green checkmarks" not in show.text("@lia")
    ticket = play(by_chat("ana", "ahip wants me to pay", tiny, "11-18 14:00"), start="11-18 13:50", roster=DAY)
    assert "large enough to read" not in ticket.text("@ana")
    assert [line["to"] for line in ticket.of("state") if line["workflow"] == "ticket"]
