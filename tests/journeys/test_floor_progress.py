"""The daily self-report, held to SPEC 3.7: asked, in time, late, missing, excused, counted, listed."""

from __future__ import annotations

import base64
from typing import Any

from tests.journeys.stage import TESTS, Show, Step, local, play, press, restart, say, until, when

DAY = TESTS / "roster-day.toml"
QUIET = {
    'licensing_training = "licensing-training-new"': 'licensing_training = "off"',
    'call_cert   = "call-cert-new"': 'call_cert   = "off"',
    'attendance  = "attendance"': 'attendance  = "off"',
}
"""The roster's day with nothing but TBTs and the floor."""
AGENTS = ("ana", "ben", "cora", "dan", "eli", "fay")
OTHERS = AGENTS[1:]


def floor(
    *steps: Step | list[Step], start: str = "11-17 09:00", changed: dict[str, str] | None = None, **more: Any
) -> Show:
    """The floor's day, with only its own workflows."""
    return play(*steps, start=start, roster=DAY, changed={**QUIET, **(changed or {})}, **more)


def sends(who: str, text: str, at: str, *files: dict[str, str]) -> Step:
    """A line with files."""
    return {"at": local(at), "chat": {"from": who, "text": text, "files": list(files)}}


PNG = {
    "name": "shot.png",
    "type": "image/png",
    "base64": base64.b64encode(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x03\x20\x00\x00\x02\x58" + b"\x00" * 40
    ).decode(),
}
EXE = {"name": "shot.png", "type": "image/png", "base64": base64.b64encode(b"MZ" + b"\x00" * 60).decode()}


def only(show: Show, *areas: str) -> list[str]:
    """What left the house from these templates' folders."""
    said = (line for line in show.lines if line["kind"] in ("chat", "mail") and line["template"].split("/")[0] in areas)
    return sorted(f"{line['to'] if line['kind'] == 'chat' else line['to'][0]} {line['template']}" for line in said)


def state(show: Show, agent: str, workflow: str = "progress") -> str:
    """Where an agent's newest case of a workflow stands."""
    found: str = show.of("state", workflow=workflow, agent=agent)[-1]["to"]
    return found


def reports(*agents: str, at: str) -> list[Step]:
    """These agents say that module 1 is done."""
    return [say(agent, "progress m1", at) for agent in agents]


# -- asked, in time, missing -------------------------------------------------------------------------------


def test_at_four_those_who_have_not_reported_are_asked_and_the_channel_once() -> None:
    show = floor(say("ana", "progress m1", "11-17 15:00"), until("11-17 16:05")).between("11-17 15:59", "11-17 16:05")
    assert only(show, "progress") == ["#esp-nov16 progress/asked", *(f"@{agent} progress/prompt" for agent in OTHERS)]
    assert {when(line["at"]) for line in show.chats()} == {"11-17 16:00"}


def test_at_half_past_four_the_missing_hear_by_both_doors_and_each_lead_gets_one_list() -> None:
    show = floor(*reports("ana", "ben", at="11-17 16:10"), until("11-17 16:45")).at("11-17 16:30")
    assert only(show, "progress") == sorted(
        [
            *(f"@{agent} progress/missing" for agent in AGENTS[2:]),
            *(
                f"{agent}@example.com progress/missing_mail"
                for agent in ("cora.lund", "dan.kim", "eli.voss", "fay.roe")
            ),
            "@cole progress/digest",
            "@tara progress/digest",
        ]
    )
    assert "Cora Lund, Dan Kim, Eli Voss and Fay Roe" in show.text("@tara")
    assert {line["id"] for line in show.mails()} == {"E-20"}
    assert {line["subject"].partition("] ")[2] for line in show.mails()} == {"Please report your progress"}
    assert show.tracker() == []


def test_when_nobody_is_missing_nobody_hears_of_it() -> None:
    show = floor(*reports(*AGENTS, at="11-17 15:00"), until("11-17 16:45")).between("11-17 15:30", "11-17 16:45")
    assert only(show, "progress") == []


def test_a_report_is_in_time_before_the_end_of_the_shift_and_late_from_then_until_midnight() -> None:
    show = floor(
        say("ana", "progress m1", "11-17 16:29"),
        say("ben", "progress m1", "11-17 16:30"),
        say("cora", "progress m1", "11-17 23:59"),
        until("11-18 00:05"),
    )
    assert [state(show, agent) for agent in ("ana", "ben", "cora", "dan")] == ["REPORTED", "LATE", "LATE", "MISSING"]
    assert "Noted, late" in show.text("@ben")


def test_after_midnight_it_is_the_next_days_report() -> None:
    show = floor(until("11-17 16:45"), say("ana", "progress m1", "11-18 00:00"))
    first, second = dict.fromkeys(line["ref"] for line in show.of("state", workflow="progress", agent="ana"))
    assert (show.state(first), show.state(second)) == ("MISSING", "REPORTED")


def test_every_report_makes_a_note_by_date_name_and_words() -> None:
    show = floor(say("ana", "progress m1 m2 q1 q2 tbt 3/15 calls 0", "11-17 15:00"))
    assert [(line["column"], line["value"], line["note"]) for line in show.tracker() if line["column"] == "Notes"] == [
        (
            "Notes",
            None,
            "11/17/2026 - Ana Rivera - Progress: modules 1-2; quiz screenshots 1-2; TBTs 3/15; call certs 0/5",
        )
    ]
    (line,) = [line for line in show.chats("@ana") if line["template"] == "progress/echo"]
    assert line["buttons"] == ["Undo", "Right", "Fix"]


def test_what_is_nobodys_business_stays_out_of_the_tracker() -> None:
    show = floor(say("ana", "progress m1, ahip: failed; note: my tl gave me a cap for it", "11-17 15:00"))
    (note,) = [line["note"] for line in show.tracker() if line["column"] == "Notes"]
    assert note == "11/17/2026 - Ana Rivera - Progress: module 1"


# -- two reports, fixes ------------------------------------------------------------------------------------


def test_a_later_report_supersedes_field_by_field_and_both_are_kept() -> None:
    show = floor(
        say("ana", "progress m1 m2 tbt 3 calls 1", "11-17 15:00"),
        say("ana", "finished module 3, 5 tbts", "11-17 16:10"),
    )
    assert "modules 1-3; TBTs 5/15; call certs 1/5" in show.chats("@ana")[-1]["text"]
    assert len([line for line in show.tracker() if line["column"] == "Notes"]) == 2


def test_fix_replaces_what_was_noted_and_right_says_so() -> None:
    show = floor(
        say("ana", "progress m1 m2 m3", "11-17 15:00"),
        press("ana", "Fix"),
        say("ana", "progress fix modules 2"),
        press("ana", "Right"),
    )
    assert "Noted: module 2." in show.text("@ana")
    assert show.chats("@ana")[-1]["template"] == "progress/right"


def test_undo_takes_the_report_back() -> None:
    show = floor(say("ana", "progress m1", "11-17 15:00"), press("ana", "Undo"), until("11-17 16:45"))
    assert state(show, "ana") == "MISSING"


def test_a_count_that_cannot_be_is_refused_with_its_sentence_and_the_rest_is_taken() -> None:
    show = floor(say("ana", "progress m1 tbt 17", "11-17 15:00"), say("ben", "progress tbt 17", "11-17 15:01"))
    assert show.text("@ana").startswith("There are 15 courses; you said 17.")
    assert "Noted: module 1." in show.text("@ana")
    assert "There are 15 courses; you said 17.\nNothing was recorded." in show.text("@ben")
    assert show.of("state", workflow="progress", agent="ben") == []


def test_tomorrow_and_other_people_are_refused() -> None:
    show = floor(
        say("ana", "progress for tomorrow m1", "11-17 15:00"),
        say("ana", "progress @ben m1"),
        say("tara", "progress @ana m1"),
    )
    assert show.of("state", workflow="progress") == []
    assert "today only" in show.text("@ana")
    assert "Only Ben Ortiz" in show.text("@ana")


def test_module_five_alone_is_taken_with_a_question() -> None:
    show = floor(say("ana", "progress module 5", "11-17 15:00"))
    assert "Noted: module 5." in show.text("@ana")
    assert "progress m1 m2 m3 m4" in show.text("@ana")


def test_a_list_of_lines_is_one_report() -> None:
    said = "Hi Cole,\nmodules: 1-3\nTBT 7/15\nahip passed\nthanks"
    show = floor(say("ana", said, "11-17 15:00"))
    assert len(show.of("state", workflow="progress")) == 1
    assert "modules 1-3; AHIP final passed; TBTs 7/15" in show.text("@ana")


def test_a_failed_exam_in_a_report_is_still_reported_as_one() -> None:
    show = floor(say("ana", "finished module 5 and failed ahip 1", "11-17 15:00"))
    assert show.states("F-1") == ["F1_COACHING"]
    assert state(show, "ana") == "REPORTED"


def test_pictures_are_kept_and_renamed_programs_refused_kindly() -> None:
    show = floor(sends("ana", "13 checkmarks", "11-17 15:00", PNG), sends("ben", "progress m1", "11-17 15:01", EXE))
    assert "Kept with it: one file." in show.text("@ana")
    assert "`shot.png` is a program, whatever its name says, and was not taken." in show.text("@ben")
    assert "Noted: module 1." in show.text("@ben")


# -- excused, closed days, restarts ------------------------------------------------------------------------


def test_nobody_on_leave_is_asked_or_missed() -> None:
    show = floor(say("eve", "leave @ana until fri", "11-17 12:00"), until("11-17 16:45"))
    assert state(show, "ana") == "EXCUSED"
    assert only(show, "progress").count("@ana progress/prompt") == 0
    assert "Ana Rivera" not in show.text("@tara")


def test_who_has_left_is_neither_asked_nor_listed() -> None:
    show = floor(say("eve", "nle @ana", "11-17 16:10"), until("11-17 16:45"))
    assert state(show, "ana") == "CLOSED_LEFT"
    assert "Ana Rivera" not in show.text("@tara")


def test_holidays_and_weekends_have_no_reporting_day_but_a_report_is_kept() -> None:
    show = floor(
        until("11-26 12:00"), say("ana", "progress m1", "11-26 12:00"), until("11-30 00:00"), start="11-25 18:00"
    )
    days = [when(line["at"]) for line in show.of("state", workflow="progress_day", to="OPEN")]
    assert days == ["11-27 00:00", "11-30 00:00"]
    assert "Nothing is due today" in show.text("@ana")
    assert state(show.between("11-26 00:00", "11-27 00:00"), "ana") == "REPORTED"


def test_the_day_keeps_its_wall_clock_over_both_changes_of_the_clocks() -> None:
    for start, prompt in (("2027-03-12 17:00", "2027-03-15 16:00"), ("2027-11-05 17:00", "2027-11-08 16:00")):
        show = floor(until(prompt), start=start)
        assert [when(line["at"]) for line in show.chats("@ana") if line["template"] == "progress/prompt"] == [prompt]


def test_a_first_start_in_the_afternoon_judges_only_what_is_still_to_come() -> None:
    late = floor(until("11-17 16:45"), start="11-17 16:35")
    assert only(late, "progress") == []
    between = floor(until("11-17 16:45"), start="11-17 16:10")
    assert only(between, "progress").count("@ana progress/prompt") == 0
    assert only(between, "progress").count("@ana progress/missing") == 1


def test_a_bot_that_was_down_over_the_cutoff_believes_the_time_of_the_message() -> None:
    show = floor(
        restart("60m", at="11-17 15:50"), say("ana", "progress m1", "11-17 16:20"), say("ben", "progress m1", "11-17 16:40"),
        until("11-17 17:30"),
    )  # fmt: skip
    assert [state(show, agent) for agent in ("ana", "ben", "cora")] == ["REPORTED", "LATE", "MISSING"]
    assert only(show, "progress").count("@cora progress/missing") == 1
    assert "late, because I was not running" in show.text("@tara")


# -- the third one -----------------------------------------------------------------------------------------


def absent_three_days() -> list[Step]:
    return [
        step
        for day in ("17", "18", "19")
        for step in (*reports(*OTHERS, at=f"11-{day} 15:00"), until(f"11-{day} 17:00"))
    ]


def test_the_third_missing_report_in_five_days_is_a_suggestion_and_nothing_more() -> None:
    show = floor(absent_three_days())
    (card,) = [line for line in show.chats("@tara") if line["buttons"] == ["Coach", "Not now"]]
    assert when(card["at"]) == "11-19 16:30"
    assert "11/17, 11/18 and 11/19: 3 times within 5 business days" in card["text"]
    assert show.of("state", workflow="coaching") == []
    assert not [line for line in show.chats() if line["to"].startswith("#") and "coach" in line["text"].lower()]


def test_coach_calls_for_a_coaching_and_not_now_for_nothing() -> None:
    coached = floor(absent_three_days(), press("tara", "Coach"), say("tara", "coached @ana", "11-19 17:10"))
    assert state(coached, "ana", "coaching") == "DELIVERED"
    put_off = floor(absent_three_days(), press("tara", "Not now"), until("11-20 17:00"))
    assert put_off.of("state", workflow="coaching") == []
    assert len([line for line in put_off.chats("@tara") if line["buttons"] == ["Coach", "Not now"]]) == 1


def test_a_late_report_takes_the_suggestion_off_the_list() -> None:
    show = floor(absent_three_days(), say("ana", "progress m1", "11-19 18:00"))
    assert not [name for name in show.owed() if name.endswith("suggest")]


def test_two_missing_reports_suggest_nothing() -> None:
    assert not [line for line in floor(absent_three_days()[:12]).chats("@tara") if "Coach" in line["buttons"]]


# -- licensing ---------------------------------------------------------------------------------------------


def test_licensing_gets_names_oids_and_addresses_for_the_sheet() -> None:
    show = floor(say("lia", "report new", "11-17 10:00"), say("ana", "report new", "11-17 10:01"))
    text = show.text("@lia")
    assert text.startswith("*ESP Agent Progress Report - NOV16*")
    assert "Rivera, Ana, OID 40111, `ana.rivera@example.com`, `ana@home.example.net`" in text
    assert "Every OID is there, none twice." in text
    assert "40112" not in show.text("@ana")
