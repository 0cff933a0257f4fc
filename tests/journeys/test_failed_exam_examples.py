"""The worked examples S-01, S-02, S-03, S-06, S-18 and S-21, held to the letter (EXAMPLES.md)."""

from __future__ import annotations

import pytest

from tests.journeys.stage import TESTS, Show, play, play_script, say, toml_steps, until, when, whom

REHEARSALS = TESTS / "rehearsals"
STATEMENT = "agent advised that failing a second attempt will result in a Final CAP"


def show(name: str) -> Show:
    """The example of that name."""
    (path,) = REHEARSALS.glob(f"{name}-*.toml")
    return play_script(toml_steps(path))


@pytest.mark.parametrize("path", sorted(REHEARSALS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_kept_rehearsal_plays_to_its_end(path) -> None:
    script = toml_steps(path)
    assert play_script(script).lines[-1]["step"] == len(script.steps) - 1


# -- S-01 --------------------------------------------------------------------------------------------------


def test_s01_the_first_fail_opens_one_case_in_coaching() -> None:
    first = show("s01")
    assert first.states("F-1") == ["F1_COACHING"]
    (opened,) = first.of("state")
    assert (opened["agent"], opened["workflow"], opened["event"]) == ("ana", "failed_exam", "ExamFailed")


def test_s01_tells_exactly_those_of_the_new_wording_and_nobody_else() -> None:
    first = show("s01")
    assert first.sent() == [
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@tara duty/card [Coached – advised 2nd fail = Final CAP] [Form done]",
        "E-01 to LIC, pia, tara cc ana",
    ]
    mail = first.mail("E-01")
    assert mail["subject"] == "[F-1] Failed attempt 1: AHIP Final - Ana Rivera"
    assert whom([mail["reply_to"]]) == "ana"
    assert "first" in mail["text"]
    answer = first.text("@ana")
    assert "wait for coaching before attempt 2" in answer
    assert "F-1" in answer


def test_s01_arms_the_two_reminders_and_the_two_escalations_and_no_other_clock() -> None:
    assert show("s01").armed("F-1") == {
        "form:1/0-remind": "11-17 10:17",
        "form:1/1-escalate": "11-17 11:02",
        "coach:1/0-remind": "11-17 10:17",
        "coach:1/1-escalate": "11-17 11:02",
    }


def test_s01_escalates_to_the_esp_manager() -> None:
    silent = play(say("ana", "/esp fail ahip 1", "11-17 10:02"), until("11-17 11:30"))
    assert silent.between("11-17 10:03", "11-17 11:30").sent() == [
        "@eve duty/escalation",
        "@tara duty/reminder [Coached – advised 2nd fail = Final CAP] [Form done]",
    ]
    assert [when(line["at"]) for line in silent.chats("@eve")] == ["11-17 11:02"]
    assert [when(line["at"]) for line in silent.chats("@tara")] == ["11-17 10:02", "11-17 10:17"]


# -- S-02 --------------------------------------------------------------------------------------------------


def test_s02_coached_without_the_statement_is_asked_for_it_and_moves_nothing() -> None:
    asked = show("s02").at("11-17 10:20")
    assert asked.sent() == ["@tara failed_exam/ask_statement [Coached – advised 2nd fail = Final CAP] [Not advised]"]
    assert asked.of("state") == asked.of("duty") == asked.of("timer") == []


def test_s02_the_statement_clears_the_agent_and_nothing_else_happens() -> None:
    whole = show("s02")
    cleared = whole.at("11-17 10:21")
    assert whole.state("F-1") == "F1_CLEARED"
    assert cleared.sent() == ["@ana failed_exam/cleared", "@tara failed_exam/coached [Undo]"]
    assert "You may take attempt 2" in cleared.text("@ana")
    assert [(line["duty"], line["status"]) for line in cleared.of("duty")] == [("coach:1", "done")]
    assert whole.owed("F-1") == {"form:1": "tara"}


def test_s02_stops_the_coaching_clock_and_keeps_the_forms() -> None:
    whole = show("s02")
    assert whole.armed("F-1") == {"form:1/1-escalate": "11-17 11:02"}
    assert [line["name"] for line in whole.at("11-17 10:21").of("timer")] == ["coach:1/1-escalate"]


# -- S-03 --------------------------------------------------------------------------------------------------


def test_s03_the_second_fail_tells_exactly_these_people() -> None:
    second = show("s03").at("11-17 13:00")
    assert second.sent() == [
        "#licensing C-LIC-PROCTOR [Schedule]",
        "#wfm C-WFM-END [Ended] [No session]",
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@tara duty/card [CAP delivered] [Form done]",
        "E-01 to LIC, pia, tara cc ana",
        "E-03 to LIC cc tara",
        "E-05 to tara cc hana",
    ]
    assert show("s03").state("F-1") == "F2_PROCTOR"


def test_s03_the_posts_name_only_what_their_readers_need() -> None:
    second = show("s03")
    (wfm,) = second.posts("#wfm")
    assert wfm["text"] == "Please end today's cert session for Ana Rivera (OID 40111) in TeleOpti. Ref F-1."
    (licensing,) = second.posts("#licensing")
    assert licensing["text"] == "Ana Rivera: proctored final attempt needed for AHIP Final. Ref F-1."


def test_s03_the_mails_carry_the_second_attempt_and_the_right_reply_to() -> None:
    second = show("s03").at("11-17 13:00")
    assert second.mail("E-01")["subject"] == "[F-1] Failed attempt 2: AHIP Final - Ana Rivera"
    assert "second" in second.mail("E-01")["text"]
    assert whom([second.mail("E-01")["reply_to"]]) == "ana"
    assert whom([second.mail("E-03")["reply_to"]]) == "tara"
    draft = second.mail("E-05")
    assert [file["type"] for file in draft["attachments"]] == ["application/pdf"]
    paper = draft["attachments"][0]["text"]
    assert "Ana Rivera" in paper
    assert "40111" in paper
    assert "AHIP Final: attempt 2 not passed" in paper


def test_s03_the_agent_is_told_to_stop_and_who_schedules() -> None:
    answer = show("s03").at("11-17 13:00").text("@ana")
    assert "Please stop" in answer
    assert "licensing" in answer
    assert "attempt 3" in answer.lower()


def test_s03_arms_exactly_these_clocks() -> None:
    assert show("s03").armed() == {
        "F-1 form:2/0-remind": "11-17 13:15",
        "F-1 form:2/1-escalate": "11-17 14:00",
        "C-1 cap/0-remind": "11-17 13:15",
        "C-1 cap/1-escalate": "11-17 14:00",
        "F-1 proctor:2/0-remind": "11-18 13:00",
    }


# -- S-06 --------------------------------------------------------------------------------------------------


def test_s06_the_third_fail_waits_for_a_persons_word() -> None:
    third = show("s06").at("11-18 11:00")
    assert third.sent() == [
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@lia duty/card [Confirm third fail] [Not correct]",
        "@tara duty/card [Confirm third fail] [Form done] [Not correct]",
        "E-01 to LIC, pia, tara cc ana",
    ]
    assert third.states("F-1") == ["F3_CONFIRM"]
    assert "third" in third.mail("E-01")["text"]


def test_s06_the_confirmation_tells_the_site_director_and_creates_nothing_else() -> None:
    confirmed = show("s06").at("11-18 11:05")
    assert confirmed.sent() == [
        "@ana failed_exam/locked_agent",
        "@lia duty/card [Record inhibitor]",
        "@lia failed_exam/confirmed [Undo]",
        "E-04 to sam cc hana, pia, tara",
        "tracker ana AHIP/Aetna Status: Lia Cruz - 11/18/2026 - Third attempt not passed; see licensing",
    ]
    assert confirmed.states("F-1") == ["F3_LOCKED"]
    mail = confirmed.mail("E-04")
    assert whom([mail["reply_to"]]) == "tara"
    assert "may result in termination" in mail["text"]
    assert "will be terminated" not in mail["text"] + mail["html"]


def test_s06_a_second_confirmation_is_told_who_was_first() -> None:
    again = show("s06").at("11-18 11:06")
    (answer,) = again.chats()
    assert answer["to"] == "@tara"
    assert "Already confirmed by Lia Cruz at 11:05" in answer["text"]
    assert len(show("s06").mails("E-04")) == 1


# -- S-18 --------------------------------------------------------------------------------------------------


def test_s18_the_clock_runs_only_in_business_hours() -> None:
    slow = show("s18")
    assert [when(line["at"]) for line in slow.chats("@tara")] == ["11-25 16:50", "11-27 08:05"]
    assert [when(line["at"]) for line in slow.chats("@eve")] == ["11-27 08:50"]


def test_s18_a_restart_sends_no_second_reminder() -> None:
    slow = show("s18")
    assert len([line for line in slow.chats("@tara") if line["template"] == "duty/reminder"]) == 1
    assert "late" not in slow.text("@eve").lower()


# -- S-21 --------------------------------------------------------------------------------------------------


def test_s21_the_old_wording_tells_exactly_these_people() -> None:
    second = show("s21").at("11-25 14:00")
    assert second.sent() == [
        "#wfm C-WFM-END [Ended] [No session]",
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@pia duty/card [Schedule]",
        "@tara duty/card [CAP delivered]",
        "@will duty/card [Form done]",
        "E-01 to will cc ana",
        "E-02 to pia cc tara",
        "E-05 to tara",
    ]
    assert show("s21").state("F-1") == "F2_PROCTOR"


def test_s21_the_written_cap_is_due_after_the_holiday_at_the_same_hour() -> None:
    whole = show("s21")
    (cap,) = whole.of("duty", duty="cap")
    assert cap["due"] == "2026-11-27T21:00:00Z"
    clocks = whole.armed("C-1")
    assert clocks["cap/0-remind"] == "11-27 10:00"
    (draft,) = whole.mail("E-05")["attachments"]
    said = " ".join(draft["text"].split())
    assert "understands that failing the third attempt may result in termination of employment" in said
