"""SPEC 3.1, rows 1 to 11 and 14, row by row under both wordings: states, exact recipients, clocks, nothing else."""

from __future__ import annotations

import pytest

from tests.journeys.stage import play, press, say, until, when, whom
from tests.journeys.stories import (
    DELIVERED,
    FIRST,
    LOCKED,
    NEW,
    OLD,
    OLD_LOCKED,
    OLD_READY,
    OLD_RECEIVED,
    OLD_SECOND,
    OLD_THIRD,
    READY,
    RECEIVED,
    SECOND,
    THIRD,
)

ADVISED = "Coached – advised 2nd fail = Final CAP"

# -- rows 1 to 3: the first fail ---------------------------------------------------------------------------


def test_row_1_old_the_workshop_lead_hears_of_the_first_fail() -> None:
    first = play(FIRST, old=True)
    assert first.sent() == [
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@will duty/card [Coached] [Form done]",
        "E-01 to will cc ana",
    ]
    assert first.owed() == {"F-1 form:1": "will", "F-1 coach:1": "will"}
    assert first.armed("F-1") == {
        "form:1/0-remind": "11-17 10:17",
        "form:1/1-escalate": "11-17 11:02",
        "coach:1/0-remind": "11-17 10:17",
        "coach:1/1-escalate": "11-17 11:02",
    }


@pytest.mark.parametrize("reporter", ["tara", "will", "lia"])
def test_row_1_a_colleague_may_report_for_the_agent(reporter: str) -> None:
    first = play(say(reporter, "fail ahip 1 for @ana", "11-17 10:02"))
    assert first.states("F-1") == ["F1_COACHING"]
    mail = first.mail("E-01")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("LIC, pia, tara", "ana")
    assert "wait for coaching before attempt 2" in first.text("@ana")
    assert any(line["template"] == "failed_exam/recorded_for" for line in first.chats(f"@{reporter}"))
    assert not [line for line in first.chats("@ana") if "Undo" in line["buttons"]], "the reporter takes it back"


def test_row_2_the_form_is_ticked_off_by_its_owner_and_nothing_else_moves() -> None:
    filed = play(FIRST, say("tara", "form F-1 88231", "11-17 10:05")).step(1).at("11-17 10:05")
    assert filed.sent() == ["@tara failed_exam/form_done [Undo]"]
    assert filed.states("F-1") == []
    assert [(line["duty"], line["status"]) for line in filed.of("duty")] == [("form:1", "done")]


def test_row_3_old_coaching_needs_no_statement() -> None:
    coached = play(FIRST, say("will", "coached @ana", "11-17 10:05"), old=True).step(1).at("11-17 10:05")
    assert coached.states("F-1") == ["F1_CLEARED"]
    assert coached.sent() == ["@ana failed_exam/cleared", "@will failed_exam/coached [Undo]"]


def test_row_3_new_one_line_with_the_statement_is_enough() -> None:
    coached = play(FIRST, say("tara", "coached @ana advised", "11-17 10:05"))
    assert coached.state("F-1") == "F1_CLEARED"
    assert "will result in a Final CAP" in coached.text("@tara")


def test_row_3_an_open_form_is_still_chased_after_the_coaching() -> None:
    coached = play(FIRST, press("tara", "Coached", "11-17 10:05"), until("11-17 11:30"))
    assert coached.owed() == {"F-1 form:1": "tara"}
    assert coached.between("11-17 10:06", "11-17 11:30").sent() == [
        "@eve duty/escalation",
        "@tara duty/reminder [Form done]",
    ]


def test_row_3_not_advised_records_nothing_and_asks_to_advise_first() -> None:
    story = play(FIRST, say("tara", "coached @ana", "11-17 10:05"), press("tara", "Not advised", "11-17 10:06"))
    assert story.states("F-1") == ["F1_COACHING"]
    assert story.at("11-17 10:06").sent() == ["@tara failed_exam/advise_first"]
    assert "F-1 coach:1" in story.owed()


# -- rows 4 and 5: the second fail -------------------------------------------------------------------------


def test_row_4_old_a_written_cap_and_a_production_manager() -> None:
    second = play(OLD_SECOND, old=True)
    assert second.at("11-17 13:00").sent() == [
        "#wfm C-WFM-END [Ended] [No session]",
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@pia duty/card [Schedule]",
        "@tara duty/card [CAP delivered]",
        "@will duty/card [Form done]",
        "E-01 to will cc ana",
        "E-02 to pia cc tara",
        "E-05 to tara",
    ]
    assert whom([second.mail("E-02")["reply_to"]]) == "will"
    assert second.armed() == {
        "C-1 cap/0-remind": "11-18 09:00",
        "C-1 cap/1-escalate": "11-18 13:00",
        "F-1 form:2/0-remind": "11-17 13:15",
        "F-1 form:2/1-escalate": "11-17 14:00",
        "F-1 proctor:2/0-remind": "11-18 13:00",
    }
    (cap,) = second.of("duty", duty="cap")
    assert when(cap["due"]) == "11-18 13:00"
    answer = second.at("11-17 13:00").text("@ana")
    assert "a Production Manager will contact you. Your TL will meet you." in answer


def test_row_4_new_the_final_cap_is_due_at_once() -> None:
    second = play(SECOND)
    assert "Final" in second.mail("E-05")["subject"]
    assert second.mail("E-05")["to"] == ["tara.lee@example.com"]
    answer = second.at("11-17 13:00").text("@ana")
    assert "Please stop. Attempt 3 is proctored; licensing will contact you. Your TL will meet you." in answer


@pytest.mark.parametrize(
    ("at", "ended"),
    [("11-17 07:30", True), ("11-17 13:00", True), ("11-17 16:29", True), ("11-17 16:30", False), ("11-17 18:00", False), ("11-21 10:00", False)],
)  # fmt: skip
def test_row_4_wfm_is_asked_only_while_a_session_is_running_or_still_to_come_today(at: str, ended: bool) -> None:
    second = play(
        say("ana", "fail ahip 1", "11-16 10:02"),
        press("tara", "Coached", "11-16 10:05"),
        say("ana", "fail ahip 2", at),
        start="11-16 08:00",
    )
    assert len(second.posts("#wfm")) == int(ended)
    assert second.state("F-1") == "F2_PROCTOR"


def test_row_4_the_agent_is_protected_at_any_hour_and_people_are_chased_in_theirs() -> None:
    night = play(FIRST, press("tara", "Coached", "11-17 10:05"), say("ana", "fail ahip 2", "11-18 06:00"))
    assert "Please stop" in night.text("@ana")
    assert len(night.posts("#wfm")) == 1
    assert night.armed("C-1") == {"cap/0-remind": "11-18 08:15", "cap/1-escalate": "11-18 09:00"}


def test_row_5_without_coaching_the_cap_waits_for_the_answer_and_hr_is_informed() -> None:
    second = play(FIRST, say("ana", "fail ahip 2", "11-17 10:10"))
    assert second.state("F-1") == "F2_PROCTOR"
    assert second.at("11-17 10:10").sent() == [
        "#licensing C-LIC-PROCTOR [Schedule]",
        "#wfm C-WFM-END [Ended] [No session]",
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@hana failed_exam/cap_held",
        "@tara duty/card [Form done] [I did coach at …] [Not coached]",
        "E-01 to LIC, pia, tara cc ana",
        "E-03 to LIC cc tara",
    ]
    assert second.of("state", workflow="discipline") == []
    assert "F-1 coach:1" not in second.owed()
    assert second.owed()["F-1 form:1"] == "tara", "a form is owed for every attempt"


def test_row_5_i_did_coach_releases_the_draft_with_the_sentence() -> None:
    second = play(
        FIRST,
        say("ana", "fail ahip 2", "11-17 10:10"),
        press("tara", "I did coach", "11-17 10:12"),
        say("tara", "10:05", "11-17 10:13"),
    )
    released = second.at("11-17 10:13")
    draft = released.mail("E-05")
    assert (whom(draft["to"]), whom(draft["cc"])) == ("tara", "hana")
    said = draft["text"] + " ".join(draft["attachments"][0]["text"].split())
    assert "attempt 2 was taken before coaching was recorded" in said
    assert second.owed("C-1") == {"cap": "tara"}
    assert second.armed("C-1") == {"cap/0-remind": "11-17 10:28", "cap/1-escalate": "11-17 11:13"}


def test_row_5_not_coached_lets_hr_choose_and_nothing_is_drafted_meanwhile() -> None:
    second = play(FIRST, say("ana", "fail ahip 2", "11-17 10:10"), press("tara", "Not coached", "11-17 10:12"))
    asked = second.at("11-17 10:12")
    assert asked.sent() == [
        "@hana duty/card [Coach instead] [Proceed with CAP]",
        "@tara failed_exam/not_coached [Undo]",
    ]
    assert second.mails("E-05") == []


def test_row_5_hr_proceeds_with_the_cap() -> None:
    second = play(
        FIRST,
        say("ana", "fail ahip 2", "11-17 10:10"),
        press("tara", "Not coached", "11-17 10:12"),
        press("hana", "Proceed", "11-17 10:20"),
    )
    assert len(second.at("11-17 10:20").mails("E-05")) == 1
    assert second.owed("C-1") == {"cap": "tara"}


def test_row_5_hr_has_the_agent_coached_instead() -> None:
    second = play(
        FIRST,
        say("ana", "fail ahip 2", "11-17 10:10"),
        press("tara", "Not coached", "11-17 10:12"),
        press("hana", "Coach instead", "11-17 10:20"),
        say("lia", "proctor F-1 wed 10:00 @lia", "11-17 10:21"),
        press("tara", "Coached", "11-17 10:25"),
    )
    assert second.mails("E-05") == []
    assert second.states("F-1") == ["F1_COACHING", "F2_PROCTOR", "F2_READY"]
    assert second.of("state", workflow="discipline") == []


# -- rows 6 to 8: the proctored attempt --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "proctor", "old"), [(RECEIVED, "lia", False), (OLD_RECEIVED, "pia", True)], ids=["new", "old"]
)
def test_rows_6_and_8_a_slot_and_a_delivered_cap_make_it_ready(story, proctor: str, old: bool) -> None:
    ready = play(story, say(proctor, f"proctor F-1 wed 10:00 @{proctor}", "11-17 13:10"), old=old)
    assert ready.state("F-1") == "F2_READY"
    assert ready.at("11-17 13:10").sent() == [
        "@ana failed_exam/ready",
        f"@{proctor} failed_exam/scheduled [Undo]",
        "@tara failed_exam/slot_tl",
        f"E-25 to ana, {proctor} cc tara",
    ]
    assert "Final attempt is set for" in ready.at("11-17 13:10").text("@ana")
    assert ready.armed("F-1") == {"slot_15m": "11-18 09:45", "slot_end": "11-18 12:00"}
    (invitation,) = ready.mail("E-25")["attachments"]
    assert invitation["type"] == "text/calendar"
    assert "METHOD:REQUEST" in invitation["text"]


def test_row_6_a_slot_far_away_is_announced_a_day_and_a_quarter_of_an_hour_before() -> None:
    ready = play(RECEIVED, say("lia", "proctor F-1 fri 10:00 @lia", "11-17 13:10"), until("11-20 09:50"))
    near = [line for line in ready.chats() if line["template"].startswith("failed_exam/slot_near")]
    assert [(when(line["at"]), line["to"]) for line in near] == [
        ("11-19 10:00", "@ana"), ("11-19 10:00", "@lia"), ("11-20 09:45", "@ana"), ("11-20 09:45", "@lia"),
    ]  # fmt: skip


def test_row_6_a_slot_before_the_cap_is_delivered_waits_for_it() -> None:
    waiting = play(SECOND, say("lia", "proctor F-1 wed 10:00 @lia", "11-17 13:02"))
    assert waiting.state("F-1") == "F2_PROCTOR"
    assert "@ana failed_exam/slot_agent" in waiting.at("11-17 13:02").sent()


def test_row_8_the_cap_delivered_after_the_slot_makes_it_ready() -> None:
    ready = play(
        SECOND,
        say("lia", "proctor F-1 wed 10:00 @lia", "11-17 13:02"),
        press("tara", "CAP delivered", "11-17 13:08"),
    )
    assert ready.state("F-1") == "F2_READY"
    assert "@ana failed_exam/ready" in ready.at("11-17 13:08").sent()


def test_row_6_times_are_said_in_both_zones_when_they_differ() -> None:
    for_ben = [
        {**step, kind: {k: v.replace("ana", "ben") if isinstance(v, str) else v for k, v in step[kind].items()}}
        for step in RECEIVED
        for kind in step
        if kind != "at"
    ]
    ready = play(for_ben, say("lia", "proctor F-1 thu 10:00 @lia", "11-17 13:10"))
    assert ready.of("state")[0]["agent"] == "ben"
    # Phoenix keeps no summer time; in November both clocks show the same hour, so only one is said
    assert ready.at("11-17 13:10").text("@ben").count("10:00") == 1
    in_june = play(
        say("ben", "fail ahip 1", "2027-06-14 10:02"),
        press("tara", "Coached", "2027-06-14 10:05"),
        say("ben", "fail ahip 2", "2027-06-14 11:00"),
        press("tara", "CAP delivered", "2027-06-14 11:05"),
        say("lia", "proctor F-1 wed 10:00 @lia", "2027-06-14 11:10"),
        start="2027-06-14 09:00",
        changed={"start           = 2026-11-16 ": "start           = 2027-06-14 ", "call_cert_start = 2026-11-20": "call_cert_start = 2027-06-18"},
    )  # fmt: skip
    assert "10:00" in in_june.text("@ben")
    assert "09:00" in in_june.text("@ben") or "9:00" in in_june.text("@ben")
    assert "09:00" in in_june.text("@tara") or "9:00" in in_june.text("@tara")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("proctor F-1 mon 10:00 @ana", "proctor"),
        ("proctor F-1 wed 19:00 @lia", "hours"),
        ("proctor F-1 11/16 10:00 @lia", "past"),
    ],
)
def test_row_6_a_slot_that_does_not_fit_is_refused_and_changes_nothing(words: str, why: str) -> None:
    refused = play(RECEIVED, say("lia", words, "11-17 13:10"))
    assert refused.state("F-1") == "F2_PROCTOR"
    assert refused.at("11-17 13:10").mails() == []
    assert [line["to"] for line in refused.at("11-17 13:10").chats()] == ["@lia"]
    assert "F-1 proctor:2" in refused.owed()


def test_row_6_closed_hours_can_be_forced() -> None:
    forced = play(RECEIVED, say("lia", "proctor F-1 wed 19:00 @lia force", "11-17 13:10"))
    assert forced.state("F-1") == "F2_READY"


def test_row_7_the_agent_is_asked_for_receipt_when_the_cap_is_delivered() -> None:
    delivered = play(DELIVERED).at("11-17 13:08")
    assert delivered.sent() == [
        "@ana duty/card [Add a comment] [I received this] [I'd rather not sign]",
        "@tara discipline/delivered [Undo]",
        "E-06 to ana cc tara",
    ]


# -- rows 9 and 10: the third fail -------------------------------------------------------------------------


def test_row_9_old_cards_go_to_the_production_manager_and_the_workshop_lead() -> None:
    third = play(OLD_THIRD, old=True)
    assert third.state("F-1") == "F3_CONFIRM"
    assert third.at("11-18 11:00").sent() == [
        "@ana failed_exam/recorded [Undo] [Wrong number]",
        "@pia duty/card [Confirm third fail] [Not correct]",
        "@will duty/card [Confirm third fail] [Form done] [Not correct]",
        "E-01 to will cc ana",
    ]
    assert "Recorded, being confirmed." in third.at("11-18 11:00").text("@ana")


def test_row_9_new_licensing_hears_too_when_somebody_else_proctors() -> None:
    third = play(
        RECEIVED,
        say("lia", "proctor F-1 wed 10:00 @pia", "11-17 13:10"),
        say("ana", "fail ahip 3", "11-18 11:00"),
    ).at("11-18 11:00")
    assert {line["to"] for line in third.chats() if "Not correct" in line["buttons"]} == {"@pia", "@tara", "@lia"}


@pytest.mark.parametrize(("story", "proctor", "old"), [(READY, "lia", False), (OLD_READY, "pia", True)])
def test_rows_9_and_10_the_proctors_own_result_is_report_and_confirmation(story, proctor: str, old: bool) -> None:
    done = play(story, say(proctor, "result F-1 fail", "11-18 11:00"), old=old)
    assert done.state("F-1") == "F3_LOCKED"
    sent = done.at("11-18 11:00").sent()
    assert "E-04 to sam cc hana, pia, tara" in sent
    assert [line for line in sent if line.startswith("E-01")] == [
        f"E-01 to {'will' if old else 'LIC, pia, tara'} cc ana"
    ]
    assert "F-1 form:3" in done.owed()
    assert "F-1 confirm" not in done.owed()


@pytest.mark.parametrize("who", ["lia", "tara"])
def test_row_10_new_proctor_licensing_or_tl_confirm(who: str) -> None:
    done = play(THIRD, say(who, "confirm F-1", "11-18 11:05"))
    assert done.state("F-1") == "F3_LOCKED"
    assert len(done.mails("E-04")) == 1


@pytest.mark.parametrize("who", ["pia", "will", "tara", "lia"])
def test_row_10_old_proctor_workshop_lead_tl_or_licensing_confirm(who: str) -> None:
    done = play(OLD_THIRD, say(who, "confirm F-1", "11-18 11:05"), old=True)
    assert done.state("F-1") == "F3_LOCKED"
    assert whom([done.mail("E-04")["reply_to"]]) == "will"


@pytest.mark.parametrize("who", ["ana", "ben", "wes", "cole", "hana"])
def test_row_10_nobody_else_confirms(who: str) -> None:
    refused = play(THIRD, say(who, "confirm F-1", "11-18 11:05"))
    assert refused.state("F-1") == "F3_CONFIRM"
    assert refused.mails("E-04") == []
    assert {line["to"] for line in refused.at("11-18 11:05").chats()} <= {f"@{who}"}


@pytest.mark.parametrize(("story", "old"), [(LOCKED, False), (OLD_LOCKED, True)], ids=["new", "old"])
def test_row_10_e04_states_the_facts_and_recommends_nothing(story, old: bool) -> None:
    locked = play(story, old=old)
    mail = locked.mail("E-04")
    assert mail["subject"] == "[F-1] Third attempt not passed: Ana Rivera, AHIP Final"
    for fact in (
        "10:02",
        "13:00",
        "11:00",
        "C-1",
        "Lia Cruz" if not old else "Will Lane",
        "cannot sell",
        "may result in termination",
    ):
        assert fact in mail["text"], fact
    for word in ("recommend", "should be", "will be terminated", "will result in termination"):
        assert word not in mail["text"].lower(), word
    assert locked.tracker()[0]["note"].endswith("11/18/2026 - Third attempt not passed; see licensing")
    assert locked.tracker()[0]["column"] == "AHIP/Aetna Status"


def test_row_10_the_inhibitor_is_offered_and_set_only_by_the_tap() -> None:
    offered = play(LOCKED)
    assert offered.mails("E-13") == []
    tapped = play(LOCKED, press("lia", "Record inhibitor", "11-18 11:10")).at("11-18 11:10")
    mail = tapped.mail("E-13")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("OPSMGMT", "LIC, tara")
    for word in ("fail", "attempt", "CAP", "coach"):
        assert word.lower() not in (mail["subject"] + mail["text"]).lower(), word


# -- row 11: passed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", ["first", "coached"])
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_row_11_a_pass_closes_the_case_and_stops_every_clock(far: str, old: bool) -> None:
    story = (OLD if old else NEW)[far]
    passed = play(story, say("ana", "pass ahip", "11-17 10:10"), old=old)
    assert passed.state("F-1") == "PASSED"
    assert passed.armed() == {}
    owner = "will" if old else "tara"
    told = passed.at("11-17 10:10")
    assert told.sent() == ["@ana failed_exam/passed [Undo]", f"@{owner} failed_exam/passed_owner"]
    assert "completion screenshot" in told.text("@ana")


def test_row_11_a_pass_before_the_cap_is_delivered_lets_people_choose() -> None:
    passed = play(SECOND, say("ana", "pass ahip", "11-17 13:30"))
    assert passed.state("F-1") == "PASSED"
    cards = [line for line in passed.at("11-17 13:30").chats() if "Deliver anyway" in line["buttons"]]
    assert {line["to"] for line in cards} == {"@tara", "@hana"}
    assert passed.state("C-1") == "READY"
    withdrawn = play(SECOND, say("ana", "pass ahip", "11-17 13:30"), press("tara", "Withdraw", "11-17 13:40"))
    assert withdrawn.state("C-1") == "WITHDRAWN"
    assert withdrawn.armed() == {}
    kept = play(
        SECOND,
        say("ana", "pass ahip", "11-17 13:30"),
        press("hana", "Deliver anyway", "11-17 13:40"),
        press("tara", "CAP delivered", "11-17 13:45"),
    )
    assert kept.state("C-1") == "DELIVERED"


def test_row_11_a_delivered_cap_stays() -> None:
    passed = play(RECEIVED, say("ana", "pass ahip", "11-17 13:30"))
    assert passed.state("C-1") == "FILED"
    assert not [line for line in passed.chats() if "Withdraw" in line["buttons"]]


def test_row_11_a_sitting_to_come_is_cancelled_aloud() -> None:
    passed = play(READY, say("ana", "pass ahip", "11-17 14:00"))
    told = passed.at("11-17 14:00")
    assert "E-25 to ana, lia cc tara" in told.sent()
    assert "METHOD:CANCEL" in told.mail("E-25")["attachments"][0]["text"]
    assert passed.armed() == {}
    assert "@lia failed_exam/slot_cancelled" in told.sent()


def test_row_11_the_proctor_enters_a_pass() -> None:
    passed = play(READY, say("lia", "result F-1 pass", "11-18 11:00"))
    assert passed.state("F-1") == "PASSED"
    assert passed.armed() == {}
    assert {"@ana", "@tara", "@lia"} == {line["to"] for line in passed.at("11-18 11:00").chats()}


# -- row 14: the agent leaves ------------------------------------------------------------------------------


@pytest.mark.parametrize("far", list(NEW))
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_row_14_an_agent_who_left_is_written_to_no_more(far: str, old: bool) -> None:
    story = (OLD if old else NEW)[far]
    left = play(story, say("eve", "nle @ana", "11-18 11:30"), until("11-23 12:00"), old=old)
    assert left.state("F-1") == ("F3_LOCKED" if far == "locked" else "CLOSED_LEFT")
    assert left.armed() == {}
    after = left.between("11-18 11:30", "11-23 12:00")
    assert after.chats("@ana") == []
    assert not [mail for mail in after.mails() if "ana.rivera@example.com" in (*mail["to"], *mail["cc"])]
    assert left.owed() == {}


def test_row_14_the_proctor_hears_that_the_sitting_is_off() -> None:
    left = play(READY, say("hana", "nle @ana", "11-17 14:00")).at("11-17 14:00")
    assert "E-25 to lia cc tara" in left.sent()
    assert "@lia failed_exam/slot_cancelled" in left.sent()


@pytest.mark.parametrize("who", ["tara", "ana", "lia", "pia", "ben"])
def test_row_14_only_the_esp_manager_or_hr_say_so(who: str) -> None:
    refused = play(FIRST, say(who, "nle @ana", "11-17 10:10"))
    assert refused.state("F-1") == "F1_COACHING"


def test_row_14_nothing_more_is_recorded_of_somebody_who_left() -> None:
    story = play(FIRST, say("eve", "nle @ana", "11-17 10:10"), say("ana", "fail ahip 2", "11-17 10:20"))
    assert story.state("F-1") == "CLOSED_LEFT"
    assert [line["to"] for line in story.at("11-17 10:20").chats()] == ["@ana"]
    assert story.at("11-17 10:20").mails() == []
