"""TBTs as rehearsals: done, proved, uploaded; not found; not passed; the hours (SPEC 3.6, 3.14)."""

from __future__ import annotations

import re

from bot.script import Script
from tests.journeys.stage import Show, Step, local, play_script, press, say, until, whom

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def show(*steps: Step, start: str = "11-20 07:00", **more: str) -> Show:
    """These steps with TBTs on."""
    packs = {"tbt": "tbt", **more}
    return play_script(Script.model_validate({"start": local(start), "packs": packs, "step": list(steps)}))


def send(who: str, name: str, text: str = "", at: str = "", **content: str) -> Step:
    """A file by direct message; a PDF unless it is said otherwise."""
    file = {"name": name, **(content or {"text": "%PDF-1.7 proof"})}
    return {**({"at": local(at)} if at else {}), "chat": {"from": who, "text": text, "files": [file]}}


def cells(told: Show) -> list[tuple[str, str]]:
    """The tracker's cells in order."""
    return [(line["column"], line["value"]) for line in told.tracker()]


def test_all_courses_done_proved_and_uploaded_are_complete() -> None:
    told = show(
        say("ana", "tbt done all", "11-20 10:00"),
        send("ana", "Rivera_Ana_TBT.pdf"),
        press("tim", "OK"),
        press("cole", "Uploaded"),
    )
    assert told.states("T-1") == ["OPEN", "CLAIMED", "PROOF_OK", "UPLOADED"]
    assert cells(told) == [("TBT Status (x/N)", "15/15"), ("TBT Status (x/N)", "15/15"), ("All TBTs Complete?", "Yes")]
    assert re.fullmatch(r"11/20/2026 - Cole Carr - .+", told.tracker()[-1]["note"])
    assert "Rivera_Ana_TBT.pdf" in told.step(1).text("@tim")
    assert told.owed("T-1") == {}
    assert told.armed("T-1") == {}


def test_a_file_that_is_no_pdf_is_asked_for_again() -> None:
    told = show(say("ana", "tbt done 211629", "11-20 10:00"), send("ana", "tbt_proof.docx", base64="UEsDBA=="))
    assert "not a PDF inside" in told.step(1).text("@ana")
    assert told.chats("@tim") == []


def test_the_sme_takes_what_is_good_and_asks_for_the_rest() -> None:
    told = show(
        say("ana", "tbt done 211629 211633", "11-20 10:00"),
        send("ana", "proof.pdf"),
        say("tim", "tbt ok @ana 211629"),
        press("tim", "Redo"),
        say("tim", "page 2 is cut off"),
        say("cole", "uploaded @ana tbt"),
    )
    assert cells(told)[0] == ("TBT Status (x/N)", "1/15")
    assert "211633 once more: page 2 is cut off" in told.text("@ana")
    assert "211629 of Ana Rivera uploaded, 1 of 15" in told.text("@cole")
    assert told.state("T-1") == "OPEN"


def test_a_proof_may_come_before_the_words() -> None:
    told = show(send("ana", "proof.pdf", at="11-20 10:00"), say("ana", "tbt done 211629"))
    assert "Which courses does it show?" in told.step(0).text("@ana")
    assert "as proof of 211629" in told.step(1).text("@tim")


def test_illegal_words_name_what_is_wrong() -> None:
    told = show(
        say("ana", "tbt done 17", "11-20 10:00"),
        say("ana", "tbt done 999999"),
        say("cole", "uploaded @ana tbt"),
        say("tim", "tbt ok @ana 211629"),
        say("tim", "searched @ana 211629"),
        say("ben", "tbt ok @ana 211629"),
    )
    assert "There are 15 courses; you said 17." in told.step(0).text("@ana")
    assert "999999 is no course of the list" in told.step(1).text("@ana")
    assert "Not proved yet" in told.step(2).text("@cole")
    assert "Ana sends a PDF first" in told.step(3).text("@tim")
    assert "No search" in told.step(4).text("@tim")
    assert told.tracker() == []


def test_a_course_nobody_finds_takes_a_picture_of_both_searches() -> None:
    told = show(
        say("ana", "cant find tbt 211648", "11-20 10:00"),
        send("ana", "s.png", base64=PNG),
        press("ana", "Only number"),
        send("ana", "s2.png", text="tbt missing 211648", base64=PNG),
        press("ana", "Number and name"),
        say("tim", "searched @ana 211648"),
    )
    assert "*by number and by name*" in told.step(0).text("@ana")
    assert "search for TBT 211648 by name too" in told.step(2).text("@ana")
    assert told.step(0, 1, 2, 3).chats("@tim") == []
    assert cells(told) == [("Searched by Course Number", "Yes")]
    assert re.fullmatch(r"11/20/2026 - Tim Bex - TBT 211648 .+", told.tracker()[0]["note"])


def test_the_pack_goes_out_at_half_past_four_once_with_the_pictures() -> None:
    told = show(
        send("ana", "s.png", text="tbt missing 211648 by number and name", at="11-20 10:00", base64=PNG),
        say("tim", "searched @ana 211648"),
        until("11-23 17:00"),
        site_day="site_day",
    )
    mail = told.mail("E-19")
    assert told.at("11-20 16:30").mails("E-19") == [mail]
    assert mail["to"] == ["tbt-one@example.com", "tbt-two@example.com", "tbt-three@example.com"]
    assert whom(mail["cc"]) == "cole, tim"
    assert [file["name"] for file in mail["attachments"]] == ["Rivera_Ana_211648_s.png"]


def test_an_exam_that_was_not_passed_gets_a_room_and_at_the_third_time_an_alert() -> None:
    told = show(
        say("ana", "failed tbt 211629", "11-20 10:00"),
        press("tim", "Room is open"),
        say("ana", "failed tbt 211629"),
        say("ana", "failed tbt 211629 again"),
    )
    assert "A room is open" in told.step(1).text("@ana")
    mail = told.mail("E-21")
    assert told.step(3).mails() == [mail]
    assert whom(mail["to"]) == "LIC, tara"
    assert [line["template"] for line in told.step(3).chats("@lia")] == ["tbt/failed_often"]
    assert [line for line in told.of("state") if line["workflow"] == "failed_exam"] == []


def test_the_hours_stand_still_on_a_call_and_are_told_once() -> None:
    told = show(
        say("cole", "connect @ana @cass", "11-23 13:00"),
        until("11-24 12:00"),
        start="11-23 07:00",
        call_cert="call-cert-new",
    )
    assert "T-1 hours" not in told.armed()
    alone = show(until("11-23 12:00"))
    assert [line["to"] for line in alone.at("11-20 14:30").chats() if line["ref"] == "T-1"] == ["@ana"]
    (list_,) = alone.at("11-20 14:30").chats("@tim")
    assert all(name in list_["text"] for name in ("Ana Rivera", "Ben Ortiz", "Fay Roe")), "one list, not six messages"
    told_of = [line["to"] for line in alone.at("11-20 16:30").chats() if line["template"] == "tbt/hours_used_many"]
    assert told_of == ["@tim", "@cole"]


def test_one_agent_alone_is_told_of_as_before() -> None:
    others = [say(who, "tbt done all", "11-20 09:00") for who in ("ben", "cora", "dan", "eli", "fay")]
    alone = show(*others, until("11-20 14:31"))
    (line,) = alone.at("11-20 14:30").chats("@tim")
    assert (line["template"], line["ref"]) == ("tbt/nudge_sme", "T-1")


def test_one_who_has_done_all_is_not_nudged() -> None:
    told = show(say("ana", "tbt done all", "11-20 10:00"), until("11-20 15:00"))
    assert [line for line in told.at("11-20 14:30").chats("@ana") if line["ref"] == "T-1"] == []


def test_a_list_shows_where_each_course_stands() -> None:
    told = show(say("ana", "tbt done 211629", "11-20 10:00"), say("ana", "failed tbt 211633"), say("ana", "tbt list"))
    words = told.step(2).text("@ana")
    assert "1 of 15 done" in words
    assert "`211633` Scope of Appointment by Telephone (exam): another try at the exam" in words


def test_undo_takes_a_claim_back() -> None:
    told = show(say("ana", "tbt done 211629", "11-20 10:00"), press("ana", "Undo"), say("ana", "tbt list"))
    assert "0 of 15 done" in told.step(2).text("@ana")
