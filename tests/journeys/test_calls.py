"""Call certification as rehearsals: S-38, who may what when, the clock, the file, another round (SPEC 3.5, 3.14)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.script import Script
from tests.journeys.stage import TESTS, Show, Step, local, play_script, press, say, toml_steps, until, whom

XLSX = "UEsDBFtDb250ZW50X1R5cGVzXS54bWx4bC93b3JrYm9vay54bWw="
MACROS = "UEsDBFtDb250ZW50X1R5cGVzXS54bWx4bC93b3JrYm9vay54bWx4bC92YmFQcm9qZWN0LmJpbg=="
TEXTS = "well: calm; down: late; next: recap"


def show(*steps: Step, start: str = "11-23 12:50", pack: str = "call-cert-new", **more: str) -> Show:
    """These steps with call certification on, and nothing else but failed exams."""
    packs = {"call_cert": pack, **more}
    return play_script(Script.model_validate({"start": local(start), "packs": packs, "step": list(steps)}))


def send(who: str, name: str, at: str = "", content: str = XLSX, text: str = "") -> Step:
    """A file by direct message."""
    step: Step = {"chat": {"from": who, "text": text, "files": [{"name": name, "base64": content}]}}
    return {**({"at": local(at)} if at else {}), **step}


CONNECT = say("cole", "connect @ana @cass", "11-23 13:00")


def scores(*values: str) -> list[Step]:
    """These scores in order, with feedback."""
    return [say("cass", f"score @ana {n} {value} {TEXTS}") for n, value in enumerate(values, 1)]


def about(lines: Show, ref: str = "Q-1") -> list[str]:
    """What was said of a round, each as "room template"."""
    return [f"{line['to']} {line['template']}" for line in lines.chats() if line["ref"] == ref]


# -- S-38 ----------------------------------------------------------------------------------------------------


def s38() -> Show:
    return play_script(toml_steps(TESTS / "rehearsals" / "s38-call-certification.toml"))


def test_s38_calls_are_passed_from_85_on_and_four_of_five_are_enough() -> None:
    told = s38()
    assert told.states("Q-1") == ["WAITING", "CONNECTED", "SCORING", "SCORED", "SUBMITTED", "UPLOADED"]
    heard = [line["text"].split("\n")[0] for line in told.chats("@ana") if line["template"] == "call_cert/score"]
    assert heard == [
        "*Call 1: 85, pass.*",
        "*Call 2: 84.99, not passed.*",
        "*Call 3: 90, pass.*",
        "*Call 4: 88, pass.*",
        "*Call 5: 100, pass.*",
    ]
    assert "4 of 5 passed, 80%" in told.text("@ana")
    for words in ("good questions", "talked over the caller", "pause more", "close with a summary"):
        assert words in told.text("@ana")


def test_s38_an_empty_did_well_is_refused_until_something_is_said() -> None:
    third = s38().step(3)
    assert third.of("state") == []
    assert third.chats("@ana") == []
    assert [line["actor"] for line in third.declined()] == ["cass"]
    assert "What did Ana do well?" in third.text("@cass")


def test_s38_cass_is_reminded_after_15_minutes_and_told_the_name_of_the_file() -> None:
    told = s38()
    assert "`Rivera_Ana_80%.xlsx`" in told.text("@cass")
    (reminder,) = (line for line in told.at("11-23 15:00").chats("@cass"))
    assert reminder["template"] == "duty/reminder"


def test_s38_the_scorecard_is_receipted_and_its_upload_tracked() -> None:
    told = s38()
    mail = told.mail("E-23")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("cass", "cole")
    assert mail["subject"] == "[Q-1] Scorecard received Ana Rivera 80%"
    (cell,) = told.tracker()
    assert (cell["agent"], cell["column"], cell["value"]) == ("ana", "Call Cert Status", "Pass 80%")
    assert re.fullmatch(r"11/23/2026 - Cole Carr - .+", cell["note"])
    assert told.mails("E-24") == []
    assert told.owed("Q-1") == {}
    assert told.armed("Q-1") == {}


@pytest.mark.parametrize(
    "name", ["rivera_ana_80.xlsx", "Rivera_Ana_80%.xlsx", "RIVERA_ANA_80pct.csv", "Rivera_Aná_[80%].XLSX"]
)
def test_other_ways_to_write_the_name_are_taken(name: str) -> None:
    content = "YSxiLGM=" if name.endswith("csv") else XLSX
    told = show(CONNECT, *scores("85", "84", "90", "88", "100"), send("cass", name, content=content))
    assert told.state("Q-1") == "SUBMITTED"


# -- who, when -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "reason"),
    [("11-20 13:00", "Too early: it is phase day 1"), ("11-23 11:59", "Too early: it is phase day 2")],
)
def test_nobody_is_connected_before_the_second_half_of_day_two_without_a_reason(at: str, reason: str) -> None:
    told = show(
        say("cole", "connect @ana @cass", at),
        say("cole", "connect @ana @cass force"),
        say("cole", "connect @ana @cass force the client is on site today"),
        start="11-20 07:00",
    )
    assert reason in told.step(0).text("@cole")
    assert "needs its reason" in told.step(1).text("@cole")
    assert told.step(0, 1).of("state", ref="Q-1") == [
        line for line in told.step(0, 1).of("state", ref="Q-1") if line["to"] == "WAITING"
    ]
    assert told.state("Q-1") == "CONNECTED"
    assert "the client is on site today" in told.text("@cole")


def test_at_noon_of_day_two_the_connecting_begins() -> None:
    assert show(say("cass", "connect @ana", "11-23 12:00"), start="11-23 11:00").state("Q-1") == "CONNECTED"


def test_a_certifier_has_one_agent_and_an_agent_one_certifier() -> None:
    told = show(
        CONNECT,
        say("cole", "pair ben with cass"),
        say("cole", "connect @ana @tim"),
        say("cole", "connect @ana @tim force cass is ill"),
        say("tim", f"score @ana 1 90 {TEXTS}"),
        say("cass", f"score @ana 2 90 {TEXTS}"),
        say("cole", "connect @ben @cass"),
    )
    assert "Cass Moy is connected with Ana Rivera already" in told.step(1).text("@cole")
    assert "Ana Rivera is connected with Cass Moy since Mon 23 Nov, 13:00" in told.step(2).text("@cole")
    assert "go on with Tim Bex" in told.step(3).text("@cass")
    assert told.step(4).states("Q-1") == ["SCORING"]
    assert "Only Tim Bex scores these calls" in told.step(5).text("@cass")
    assert told.state("Q-2") == "CONNECTED"


def test_tls_agents_and_strangers_to_the_team_do_not_connect_or_score() -> None:
    told = show(
        say("tara", "connect @ana @cass", "11-23 13:00"),
        say("cole", "connect @ana @dev"),
        CONNECT,
        say("cole", f"score @ana 1 90 {TEXTS}"),
        say("ana", f"score @ana 1 100 {TEXTS}"),
    )
    assert told.state("Q-1") == "CONNECTED"
    assert "Dev Shah is no Certifier" in told.step(1).text("@cole")
    assert "Only Cass Moy scores" in told.step(3).text("@cole")


# -- illegal events (SPEC 3.14) ----------------------------------------------------------------------------------


def test_each_illegal_step_is_answered_with_the_missing_one() -> None:
    told = show(
        say("cass", f"score @ana 1 90 {TEXTS}", "11-23 12:55"),
        CONNECT,
        say("cass", f"score @ana 1 100.01 {TEXTS}"),
        say("cass", f"score @ana 1 -1 {TEXTS}"),
        say("cass", f"score @ana 3 90 {TEXTS}"),
        say("cole", "uploaded @ana call"),
        *scores("85", "86", "87", "88", "89"),
        say("cass", f"score @ana 90 {TEXTS}"),
        say("cass", f"score @ana 6 90 {TEXTS}"),
        say("cole", "uploaded @ana call"),
        send("cass", "Rivera_Ana_[100%].xlsx"),
        say("cass", f"score @ana 1 10 {TEXTS}"),
        send("cass", "Rivera_Ana_[100%].xlsx"),
    )
    assert "not connected yet" in told.step(0).text("@cass")
    assert "from 0 to 100; you said 100.01" in told.step(2).text("@cass")
    assert "from 0 to 100; you said -1" in told.step(3).text("@cass")
    assert "Call 1 comes next; you said 3" in told.step(4).text("@cass")
    assert "0 of 5 calls" in told.step(5).text("@cole")
    assert "All 5 calls are scored" in told.step(11).text("@cass")
    assert "There are 5 calls; you said 6" in told.step(12).text("@cass")
    assert "Cass Moy submits `Rivera_Ana_100%.xlsx` first" in told.step(13).text("@cole")
    assert "scores do not change any more" in told.step(15).text("@cass")
    assert "is there already" in told.step(16).text("@cass")
    assert len(told.mails("E-23")) == 1


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("Ana_Rivera_[80%].xlsx", XLSX, "Last name first"),
        ("Rivera_Ana_[70%].xlsx", XLSX, "cannot be"),
        ("Rivera_Ana_[60%].xlsx", XLSX, "says another rate than the scores"),
        ("Rivera_Ana_[80%].xlsm", MACROS, "holds macros"),
        ("Rivera_Ana_[80%].xlsx", MACROS, "holds macros"),
        ("Rivera_Ana_[80%].xlsx", "YSxiLGM=", "not a spreadsheet inside"),
        ("scores ana.xlsx", XLSX, "not the name of this scorecard"),
    ],
)
def test_a_file_that_is_not_the_scorecard_is_refused_with_the_right_name(name: str, content: str, why: str) -> None:
    told = show(CONNECT, *scores("85", "84", "90", "88", "100"), send("cass", name, content=content))
    assert told.state("Q-1") == "SCORED"
    assert why in told.step(-1).text("@cass")
    assert "Rivera_Ana_80%.xlsx" in told.step(-1).text("@cass")


def test_an_agent_and_another_certifier_submit_nothing() -> None:
    told = show(
        CONNECT,
        *scores("85", "84", "90", "88", "100"),
        send("ana", "Rivera_Ana_[80%].xlsx"),
        send("tim", "Rivera_Ana_[80%].xlsx"),
    )
    assert told.state("Q-1") == "SCORED"
    assert "Scorecards come from the Certifier" in told.step(6).text("@ana")
    assert "Only Cass Moy submits" in told.step(7).text("@tim")


# -- results ---------------------------------------------------------------------------------------------------


def test_too_few_passes_are_told_to_tl_and_coordinator_and_no_cap_follows() -> None:
    told = show(CONNECT, *scores("90", "60", "84.99", "88", "100"))
    assert "5/5 can no longer reach 80 %; complete all five for the record." in told.step(3).text("@cass")
    assert "can no longer" not in told.step(1, 2, 4, 5).text("@cass")
    mail = told.mail("E-24")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("cole, tara", "pia")
    assert mail["subject"] == "[Q-1] Ana Rivera: call certification 60%"
    assert "terminat" not in mail["text"]
    assert [(line["column"], line["value"]) for line in told.tracker()] == [("Call Cert Status", "Fail 60%")]
    assert [line for line in told.of("state") if line["workflow"] == "discipline"] == []


def test_a_rescored_call_keeps_its_old_score_and_takes_a_wrong_notice_back() -> None:
    told = show(
        CONNECT,
        *scores("90", "60", "84.99", "88", "100"),
        press("cass", "Rescore"),
        say("cass", "rescore @ana 3 85"),
        send("cass", "Rivera_Ana_[80%].xlsx"),
    )
    assert "This replaces 84.99" in told.step(7).text("@ana")
    correction = told.step(7).mail("E-08")
    assert (whom(correction["to"]), whom(correction["cc"])) == ("cole, tara", "pia")
    assert told.state("Q-1") == "SUBMITTED"


def test_another_round_waits_for_a_certifier_and_the_old_scorecard_may_still_come() -> None:
    told = show(
        CONNECT,
        *scores("90", "60", "50", "88", "100"),
        say("tara", "reopen callcert @ana please"),
        say("cole", "reopen callcert @ana"),
        say("cole", "reopen callcert @ana agreed with Tara"),
        send("cass", "Rivera_Ana_[60%].xlsx"),
        press("cole", "Uploaded"),
    )
    assert told.step(6, 7).of("state") == []
    assert told.states("Q-1")[-1] == "REOPENED"
    again = [
        ref for ref in ("Q-7", "Q-2") if told.of("state", ref=ref) and told.of("state", ref=ref)[0]["agent"] == "ana"
    ]
    assert told.state(again[0]) == "WAITING"
    assert told.tracker()[-1]["value"] is None
    assert "round 1" in told.tracker()[-1]["note"]


# -- the clock -------------------------------------------------------------------------------------------------


def test_four_hours_are_shift_time_without_lunch_and_both_are_told_once() -> None:
    told = show(CONNECT, until("11-24 17:00"))
    assert told.armed("Q-1") == {"day": "11-25 08:00"}
    assert about(told.at("11-24 08:30")) == ["@cass call_cert/hours_used", "@cole call_cert/hours_used"]
    assert len([line for line in told.chats() if line["template"] == "call_cert/hours_used"]) == 2


def test_a_pause_stops_the_clock_and_leaves_no_discipline_behind() -> None:
    told = show(
        CONNECT,
        say("cass", "pause @ana", "11-23 14:00"),
        say("cass", "pause @ana her headset died"),
        say("cass", "pause @ana again"),
        say("cass", "resume @ana", "11-24 10:00"),
        say("cass", "resume @ana"),
        until("11-24 17:00"),
    )
    assert "add the reason" in told.step(1).text("@cass")
    assert "paused after 1 h" in told.step(2).text("@cass")
    assert "paused already" in told.step(3).text("@cass")
    assert told.step(4).armed("Q-1")["hours"] == "11-24 13:30"
    assert "not paused" in told.step(5).text("@cass")
    assert about(told.at("11-24 13:30")) == ["@cass call_cert/hours_used", "@cole call_cert/hours_used"]


def test_scored_before_the_hours_are_over_nobody_is_told() -> None:
    told = show(CONNECT, *scores("90", "90", "90", "90", "90"), until("11-25 12:00"))
    assert "call_cert/hours_used" not in [line["template"] for line in told.chats()]


# -- presses, corrections, packs --------------------------------------------------------------------------------


def test_a_second_press_changes_nothing() -> None:
    told = show(
        CONNECT,
        *scores("85", "84", "90", "88", "100"),
        send("cass", "Rivera_Ana_[80%].xlsx"),
        press("cole", "Uploaded"),
        press("cole", "Uploaded"),
    )
    assert "Already uploaded by Cole Carr" in told.step(8).text("@cole")
    assert len(told.tracker()) == 1


def test_a_score_taken_back_is_corrected_where_it_was_told() -> None:
    told = show(
        CONNECT, say("cass", f"score @ana 1 58 {TEXTS}"), press("cass", "Undo"), say("cass", f"score @ana 1 85 {TEXTS}")
    )
    assert told.step(2).states("Q-1") == ["CONNECTED"]
    assert any(line["template"] == "house/correction" for line in told.step(2).chats("@ana"))
    assert "Call 1: 85, pass" in told.step(3).text("@ana")


def test_the_old_wording_wants_the_upload_by_the_end_of_the_day() -> None:
    done: list[Any] = [CONNECT, *scores("85", "85", "85", "85", "85"), send("cass", "Rivera_Ana_[100%].xlsx")]
    old = show(*done, until("11-23 17:00"), pack="call-cert-old")
    assert [line["template"] for line in old.at("11-23 16:15").chats("@cole") if line["ref"] == "Q-1"] == [
        "duty/reminder"
    ]
    assert [line["template"] for line in old.at("11-23 16:30").chats("@eve") if line["ref"] == "Q-1"] == [
        "duty/escalation"
    ]
    new = show(*done, until("11-23 17:00"))
    assert [line["template"] for line in new.at("11-23 16:30").chats("@cole") if line["ref"] == "Q-1"] == [
        "duty/reminder"
    ]
    assert [line for line in new.chats("@eve") if line["ref"] == "Q-1"] == []


def test_the_coordinator_hears_of_a_scorecard_an_hour_late() -> None:
    told = show(CONNECT, *scores("85", "85", "85", "85", "85"), until("11-23 15:00"))
    assert [line["template"] for line in told.at("11-23 13:15").chats("@cass")] == ["duty/reminder"]
    assert [line["template"] for line in told.at("11-23 14:00").chats("@cole")] == ["duty/escalation"]
    assert told.chats("@eve") == []


@pytest.mark.parametrize("pack", ["call-cert-new", "call-cert-old"])
def test_the_coordinator_s_queue_names_the_sessions_of_the_first_two_days(pack: str) -> None:
    def told(day: str) -> str:
        return show(say("cole", "queue", f"{day} 08:15"), start=f"{day} 08:05", pack=pack).text("@cole")

    assert "Today: systems and scripting training, for Ana Rivera" in told("11-20").replace("*", "")
    assert "Today: role plays and call shadowing until 12:00, for Ana Rivera" in told("11-23").replace("*", "")
    assert "Today" not in told("11-24")


def test_the_agent_hears_what_the_calls_are_for() -> None:
    assert "prepares you for live calls: 5 calls, each passed at 85" in show(CONNECT).text("@ana")


def test_the_queue_shows_who_waits_and_who_is_connected() -> None:
    told = show(CONNECT, say("cass", "queue", "11-23 14:30"), say("tara", "queue"))
    board = told.step(1).text("@cass")
    assert "*Waiting (5)*" in board
    assert "Ana Rivera with Cass Moy since Mon 23 Nov, 13:00: 0/5 calls, 1.5 of 4 h" in board
    assert "for Certifiers" in told.step(2).text("@tara")


def test_leaving_closes_the_round_and_frees_the_certifier() -> None:
    told = show(CONNECT, say("eve", "nle @ana"), say("cole", "connect @ben @cass"))
    assert told.states("Q-1")[-1] == "CLOSED_LEFT"
    assert told.armed("Q-1") == {}
    assert told.state("Q-2") == "CONNECTED"
