"""S-41 and S-47 held to the letter, red flags, and what no channel, tracker cell or agent may ever read."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from bot.rehearse import Rehearsal
from bot.roster import read_roster
from bot.script import Script
from tests.journeys.stage import (
    DISCIPLINE,
    FAST,
    TESTS,
    Show,
    blank,
    play,
    play_script,
    press,
    restart,
    say,
    toml_steps,
    until,
    whom,
)

DAY = TESTS / "roster-day.toml"
REHEARSALS = TESTS / "rehearsals"


@cache
def show(name: str, roster: Path = DAY) -> Show:
    """The kept rehearsal of that name, with every workflow on."""
    (path,) = REHEARSALS.glob(f"{name}.toml")
    return play_script(toml_steps(path), roster=roster)


def ladder_of(shown: Show, agent: str) -> str:
    """The reference of an agent's ladder."""
    return next(line["ref"] for line in shown.of("state", workflow="ladder") if line["agent"] == agent)


def about(shown: Show, agent: str, kind: str) -> list[str]:
    """The references of an agent's cases of a workflow, in order."""
    return list(dict.fromkeys(line["ref"] for line in shown.of("state", workflow=kind) if line["agent"] == agent))


def mails(shown: Show, spec: str, ref: str) -> list[tuple[str, str]]:
    """(to, cc) of the mails of one name about one case."""
    return [(whom(line["to"]), whom(line["cc"])) for line in shown.mails(spec) if line["ref"] == ref]


# -- S-41 --------------------------------------------------------------------------------------------------


def test_s41_each_step_falls_due_one_business_day_after_the_delivery() -> None:
    shown = show("s41-ladder-over-the-holiday")
    ref = ladder_of(shown, "ben")
    steps = [(line["at"], line["to"]) for line in shown.of("state", ref=ref) if line["to"] != line["from"]]
    assert steps[1:] == [
        ("2026-11-24T23:30:00Z", "COACH_DUE"),
        ("2026-11-24T23:45:00Z", "COACHED"),
        ("2026-11-25T23:30:00Z", "WRITTEN_DUE"),
        ("2026-11-25T23:50:00Z", "WRITTEN"),
        ("2026-11-27T23:30:00Z", "FINAL_DUE"),
        ("2026-11-27T23:40:00Z", "FINAL"),
        ("2026-11-30T23:30:00Z", "REVIEW_DUE"),
    ]
    deadlines = [line["due"] for line in shown.of("timer", ref=ref, name="deadline") if line["status"] == "armed"]
    assert deadlines == [
        "2026-11-24T23:30:00Z",
        "2026-11-25T23:30:00Z",
        "2026-11-27T23:30:00Z",
        "2026-11-30T23:30:00Z",
    ]


def test_s41_writes_to_exactly_those_the_example_names() -> None:
    shown = show("s41-ladder-over-the-holiday")
    written, final = about(shown, "ben", "discipline")
    (review,) = about(shown, "ben", "review")
    (coaching,) = about(shown, "ben", "coaching")
    assert mails(shown, "E-09", coaching) == [("tara", "ben")]
    assert mails(shown, "E-05", written) == [("tara", "")]
    assert mails(shown, "E-05", final) == [("tara", "hana")]
    assert mails(shown, "E-22", review) == [("hana", "pia, sam, tara")]
    assert [line["to"] for line in shown.of("chat", template="duty/card", ref=coaching)] == ["@tara"]


def test_s41_papers_hold_the_clause_the_facts_and_the_steps_before() -> None:
    shown = show("s41-ladder-over-the-holiday")
    written, final = about(shown, "ben", "discipline")
    (coaching,) = about(shown, "ben", "coaching")
    (first,) = (line for line in shown.mails("E-05") if line["ref"] == written)
    (second,) = (line for line in shown.mails("E-05") if line["ref"] == final)
    one, two = (" ".join(mail["attachments"][0]["text"].split()) for mail in (first, second))
    assert "may result in a Final CAP" in one
    assert f"documented coaching {coaching}" in one
    assert "One business day after delivery" in one
    assert "may result in termination of employment" in two
    assert f"Written CAP {written}" in two
    (review,) = shown.mails("E-22")
    assert "No decision has been made" in review["text"]
    assert "Final CAP delivered by Tara Lee" in review["text"]


def test_s41_coached_late_moves_the_deadline_and_tells_the_esp_manager() -> None:
    shown = show("s41-ladder-coached-late")
    ref = ladder_of(shown, "ben")
    (coaching,) = about(shown, "ben", "coaching")
    clocks = {line["name"]: line["due"] for line in shown.of("timer", ref=coaching) if line["status"] == "armed"}
    assert clocks["coach/0-remind"] == "2026-11-24T23:45:00Z"
    assert clocks["coach/1-escalate"] == "2026-11-25T15:30:00Z"
    (told,) = shown.of("chat", ref=coaching, template="duty/escalation")
    assert (told["to"], told["at"]) == ("@eve", "2026-11-25T15:30:00Z")
    due = [line for line in shown.of("state", ref=ref) if line["to"] == "WRITTEN_DUE"]
    assert [line["at"] for line in due] == ["2026-11-27T23:30:00Z"]


def test_the_expectation_missed_is_a_word_to_the_lead_and_nothing_else() -> None:
    shown = play(until("11-23 16:35"), start="11-23 16:00", roster=DAY)
    ref = ladder_of(shown, "ben")
    assert shown.state(ref) == "EXPECT_MISSED"
    assert [line for line in shown.chats() if line["ref"] == ref] == []
    (told,) = (line for line in shown.chats("@tara") if line["template"] == "ladder/amber_many")
    assert f"Ben Ortiz: not complete: call certs and TBTs; until Tue 24 Nov, 16:30 ({ref})" in told["text"]
    assert not shown.of("mail", ref=ref)
    assert not DISCIPLINE.search(told["text"])


def test_a_restart_over_the_deadline_calls_for_the_step_once() -> None:
    shown = play(restart("90m", at="11-24 16:00"), until("11-24 17:30"), start="11-24 15:00", roster=DAY)
    assert shown.states(ladder_of(shown, "ben")) == ["IN_WINDOW", "COACH_DUE"]


# -- S-47 --------------------------------------------------------------------------------------------------


def test_s47_rts_yes_no_and_yes_again() -> None:
    shown = show("s47-completion")
    ref = about(shown, "ana", "completion")[0]
    sent = [
        (line["at"], line["id"], whom(line["to"]), whom(line["cc"])) for line in shown.mails() if line["ref"] == ref
    ]
    assert sent == [
        ("2026-11-25T18:20:00Z", "E-16", "pia", "tara"),
        ("2026-11-25T18:25:00Z", "E-08", "pia", "tara"),
        ("2026-11-25T18:40:00Z", "E-16", "pia", "tara"),
    ]
    assert shown.states(ref) == [
        "IN_ESP", "COMPLETE", "PM_NOTIFIED", "IN_ESP", "COMPLETE", "PM_NOTIFIED", "TRANSITIONED",
    ]  # fmt: skip
    card = next(line for line in shown.chats("@pia") if line["template"] == "duty/card" and line["ref"] == ref)
    assert card["buttons"] == ["Transitioned", "Hold"]
    assert "All ESP tasks complete; your PM will take it from here." in shown.text("@ana")
    texts = [line["text"] for line in shown.declined()]
    assert any(text.startswith("Only Lia Cruz or delegate can do that") for text in texts)
    assert "Completion is computed; missing: RTS." in texts
    assert any("no longer needed (move to production)" in text for text in texts)


def test_s47_the_tracker_says_yes_no_yes_in_licensings_order() -> None:
    cells = [
        (line["value"], line["note"])
        for line in show("s47-completion").tracker()
        if line["column"] == "RTS/No More Forms Status"
    ]
    note = "Lia Cruz - 11/25/2026 - RTS / No More Forms: "
    assert cells == [("Yes", f"{note}Yes"), ("No", f"{note}No"), ("Yes", f"{note}Yes")]


def test_s47_with_every_item_completed_by_those_who_answer_for_it() -> None:
    shown = show("s47-through-the-whole-house")
    (ref,) = about(shown, "ana", "completion")
    assert mails(shown, "E-16", ref) == [("pia", "tara")]
    assert shown.state(ref) == "PM_NOTIFIED"
    assert shown.state(ladder_of(shown, "ana")) == "DONE"
    (mail,) = (line for line in shown.mails("E-16"))
    for name in ("AHIP/Aetna", "TBTs", "Call certs", "Equipment", "RTS"):
        assert f"- {name}: complete, Mon 23 Nov" in mail["text"]


WAIVED = [say("eve", f"waive @ana {item} shown to me", "11-25 11:00") for item in ("ahip", "tbt", "call", "equipment")]
READY = [*WAIVED, say("lia", "rts @ana yes", "11-25 11:20")]


def test_a_silent_pm_is_reminded_and_then_the_site_director_hears_it() -> None:
    shown = play(READY, until("11-27 12:00"), start="11-25 10:50", roster=DAY)
    told = [
        (line["to"], line["at"][5:16])
        for line in shown.of("chat", ref="Z-1")
        if line["template"] in ("duty/reminder", "duty/escalation")
    ]
    assert told == [("@pia", "11-25T19:20"), ("@sam", "11-27T18:20")]


def test_a_hold_with_its_reason_and_its_release() -> None:
    shown = play(
        READY,
        press("pia", "Hold", "11-25 11:30", ref="Z-1"),
        say("pia", "no seat before monday", "11-25 11:31"),
        say("pia", "release @ana", "11-25 11:40"),
        say("pia", "transition @ana", "11-25 11:50"),
        start="11-25 10:50",
        roster=DAY,
    )
    assert shown.states("Z-1")[-4:] == ["PM_NOTIFIED", "HELD", "PM_NOTIFIED", "TRANSITIONED"]
    assert "on hold: no seat before monday" in shown.text("@tara")
    assert "no seat" not in shown.text("@ana")
    status = [line["value"] for line in shown.tracker() if line["column"] == "Status"]
    assert status == ["Complete", "Complete, on hold", "Complete", "Production"]


def test_in_production_the_pace_clock_stops_and_an_undo_brings_it_back() -> None:
    moved = [*READY, say("pia", "transition @ana", "11-25 11:30")]
    shown = play(moved, until("11-25 11:45"), start="11-24 10:00", roster=DAY)
    (ref,) = about(shown, "ana", "carrier_cert")
    assert shown.state(ref) == "CLOSED_LEFT"
    back = play(moved, press("pia", "Undo", "11-25 11:35"), start="11-24 10:00", roster=DAY)
    assert back.state(ref) == "COMPLETE", "waived before"
    assert back.state("Z-1") == "PM_NOTIFIED"


def test_an_undone_rts_corrects_everybody() -> None:
    shown = play(READY, press("lia", "Undo", "11-25 11:25"), start="11-25 10:50", roster=DAY)
    assert [line["id"] for line in shown.mails() if line["ref"] == "Z-1"] == ["E-16", "E-08"]
    assert shown.state("Z-1") == "IN_ESP"
    assert "transition" not in shown.owed("Z-1")


def test_a_note_is_one_line_and_no_formula() -> None:
    shown = play(
        say("tara", "note @ana =HYPERLINK(1) laptop\non its way", "11-25 11:00"), start="11-25 10:50", roster=DAY
    )
    (note,) = (line for line in shown.tracker() if line["column"] == "Notes")
    assert note["note"] == "11/25/2026 - Tara Lee - '=HYPERLINK(1) laptop on its way"


# -- red flags ---------------------------------------------------------------------------------------------

SECRET = "zebra crossing arrest record"
FLAG = [
    say("tara", f"redflag @ben {SECRET}", "11-25 11:00"),
    say("tara", f"!esp redflag @ben {SECRET}", "11-25 11:01", room="#esp-nov16"),
    say("tara", f"redflag zorro {SECRET}", "11-25 11:02"),
    press("eve", "I have it", "11-25 11:05"),
    press("eve", "Close", "11-25 11:10"),
]


def test_a_red_flag_is_a_call_and_its_text_is_nowhere() -> None:
    shown = play(FLAG, start="11-25 10:50", roster=DAY)
    assert shown.states("X-1") == ["OPEN", "WITH_MANAGER", "CLOSED"]
    (mail,) = shown.mails("E-14")
    assert (whom(mail["to"]), mail["cc"]) == ("eve, pia", [])
    assert mail["subject"] == "[X-1] Confidential: please call about X-1"
    assert "Ben" not in mail["text"] + mail["html"]
    assert "zebra" not in repr(shown.lines)
    assert not shown.posts("#esp-nov16") or "redflag" not in shown.text("#esp-nov16")
    assert "belongs in a direct message" in shown.text("@tara")


def test_a_red_flags_text_is_in_no_file_in_plain() -> None:
    folder = Path(tempfile.mkdtemp(dir=FAST))
    database = folder / "stage.db"
    shutil.copyfile(blank(), database)
    script = Script.model_validate({"start": FLAG[0]["at"], "step": FLAG})
    asyncio.run(
        Rehearsal(script=script, roster=read_roster(DAY), emit=lambda line: None, url=f"sqlite:///{database}").play()
    )
    kept = b"".join(path.read_bytes() for path in folder.iterdir())
    shutil.rmtree(folder)
    assert b"zebra" not in kept
    assert b"X-1" in kept


# -- what nobody reads -------------------------------------------------------------------------------------

WORDS = re.compile(r"\b(?:caps?|coach\w*|disciplin\w*|corrective|terminat\w*|written|final cap|review\w*)\b", re.I)


@pytest.mark.parametrize("name", ["s41-ladder-over-the-holiday", "s41-ladder-coached-late", "s47-completion"])
def test_no_channel_cell_or_report_speaks_of_the_ladder(name: str) -> None:
    for line in show(name).lines:
        shared = line["kind"] == "chat" and line["to"].startswith("#")
        report = line["kind"] == "mail" and line["id"] in ("E-17", "E-18", "E-20")
        if line["kind"] == "tracker":
            assert not WORDS.search(f"{line['value']} {line['note']}"), line
        elif shared or report:
            assert not WORDS.search(line["text"]), line


def test_a_step_that_waits_when_all_is_complete_is_the_leads_to_withdraw() -> None:
    """Ben completes everything while his Written CAP waits; it is offered back, and nobody is chased."""
    late = toml_steps(REHEARSALS / "s47-through-the-whole-house.toml")
    steps = [{"chat": step.chat.model_dump(by_alias=True)} for step in late.steps if step.chat is not None]
    shown = play(
        say("tara", "coached @ana", "11-24 16:45"),
        until("11-25 16:40"),
        steps[:-1],
        until("11-27 10:00"),
        press("tara", "Withdraw"),
        start="11-24 16:00",
        roster=DAY,
    )
    assert shown.states(ladder_of(shown, "ana"))[-2:] == ["WRITTEN_DUE", "DONE"]
    (cap,) = about(shown, "ana", "discipline")
    assert shown.state(cap) == "WITHDRAWN"
    assert "all call certs and TBTs are complete" in shown.text("@tara")
