"""The pace of carrier certification as rehearsals: from day 1 to COMPLETE, and to the request for a review (SPEC 3.4)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.journeys.pace import GREEN, mails_of, of, pace, sent_in, shows, templates
from tests.journeys.stage import Show, press, restart, say, until, when, whom

ALL_BEHIND = "carrier_cert/behind_tl_many"
FOUR_DAYS = (
    say("ana", "progress m1 m2 q1 q2", "11-16 16:00"),
    say("ana", "progress m3 m4 q3 q4", "11-17 16:00"),
    say("ana", "progress m5 q5 ahip passed aetna", "11-18 15:00"),
)


@cache
def whole() -> Show:
    """Ana from the first morning to COMPLETE and the form."""
    return pace(
        *FOUR_DAYS,
        shows("ana", "progress 13 checkmarks", "11-18 15:30"),
        shows("ana", "progress 13 checkmarks", "11-18 15:35", GREEN),
        press("lia", "OK: AHIP final", "11-18 15:40", ref="P-1"),
        restart(at="11-18 16:00"),
        say("lia", "anas checkmarks are good", "11-18 16:05"),
        say("ana", "progress product modules", "11-19 11:59"),
        say("lia", "proof @ana ok", "11-19 12:10"),
        press("lia", "Submitted", "11-19 12:30", ref="P-1"),
        until("11-19 12:45"),
        start="11-16 07:00",
    )


def test_from_the_first_morning_to_complete() -> None:
    show = whole()
    assert show.states("P-1") == ["NOT_STARTED", "ON_TRACK", "COMPLETE"]
    assert show.armed("P-1") == {}
    assert show.owed("P-1") == {}
    assert mails_of(show, "P-1") == ["carrier_cert/claimed"]


def test_an_agent_on_pace_hears_nothing_of_the_checkpoints() -> None:
    show = whole()
    assert not {"carrier_cert/behind", "carrier_cert/overdue_agent"} & set(templates(of(show, "P-1"), "@ana"))
    assert "Ana" not in "\n".join(line["text"] for line in show.chats("@tara") if "behind_tl" in line["template"])


def test_the_screenshot_is_asked_for_and_reaches_licensing_by_mail() -> None:
    show = whole()
    assert "Attach the screenshot or email it to licensing." in show.text("@ana")
    (mail,) = [line for line in show.mails() if line["template"] == "carrier_cert/claimed"]
    assert whom(mail["to"]) == "LIC"
    assert mail["cc"] == []
    assert mail["reply_to"] == "ana.rivera@example.com"
    assert [(file["name"], file["type"]) for file in mail["attachments"]] == [("green.png", "image/png")]


def test_every_proof_has_its_card_and_the_tracker_follows_the_verdict() -> None:
    show = whole()
    cards = [line for line in of(show, "P-1").chats("@lia") if line["template"] == "duty/card"]
    assert [line["buttons"] for line in cards] == [
        ["OK: AHIP final", "Redo: AHIP final"],
        ["OK: 13 green checkmarks", "Redo: 13 green checkmarks"],
        ["OK: Aetna product modules", "Redo: Aetna product modules"],
        ["Submitted"],
    ]
    cells = [
        (line["column"], line["value"], line["note"])
        for line in show.tracker()
        if line["agent"] == "ana" and line["column"].startswith("AHIP")
    ]
    assert cells == [
        ("AHIP/Aetna Status", "In progress", "Lia Cruz - 11/18/2026 - Verified: AHIP final"),
        ("AHIP/Aetna Status", "In progress", "Lia Cruz - 11/18/2026 - Verified: 13 green checkmarks"),
        ("AHIP/Aetna Status", "Complete", "Lia Cruz - 11/19/2026 - Verified: Aetna product modules"),
        ("AHIP+Aetna Completion", "Complete", "Lia Cruz - 11/19/2026 - Carrier Cert Completion Form submitted"),
    ]


def test_complete_is_told_to_agent_tl_and_the_completion_of_esp() -> None:
    show = whole()
    assert "licensing has verified everything, AHIP and Aetna are complete" in show.text("@ana")
    assert "Ana Rivera is complete for AHIP and Aetna" in show.text("@tara")
    assert any(line["event"] == "ItemChanged" for line in of(show, "Z").of("state", agent="ana"))


def test_the_form_is_due_within_sixty_business_minutes() -> None:
    (form,) = [line for line in whole().of("duty", ref="P-1", duty="form") if line["status"] == "open"]
    assert when(form["due"]) == "11-19 13:10"


# -- behind and overdue ------------------------------------------------------------------------------------


@cache
def missed() -> Show:
    """Ana forgets quiz 4 and never comes to the product modules; HR returns the draft once."""
    return pace(
        say("ana", "progress m1 m2 q1 q2", "11-16 16:00"),
        say("ana", "progress m3 m4 q3", "11-17 16:00"),
        say("ana", "progress q4", "11-17 16:40"),
        shows("ana", "progress m5 q5 ahip passed aetna 13 checkmarks", "11-18 15:00", GREEN),
        until("11-19 12:05"),
        say("hana", "cap return C-1 name the open modules", "11-19 12:30"),
        press("tara", "Send again", "11-19 12:35", ref="C-1"),
        say("tara", "the Aetna product modules, see the list"),
        say("hana", "cap approve C-1", "11-19 12:50"),
        say("wes", "ot P-1 11/20 17:00, 11/23 17:00", "11-19 13:00"),
        say("wes", "ot P-1 11/20 17:00, 11/23 17:00, 11/24 16:00", "11-19 13:01"),
        say("wes", "ot P-1 11/20 17:00, 11/23 17:00, 11/24 17:00", "11-19 13:02"),
        say("tara", "delivered C-1 in person", "11-20 15:00"),
        say("ana", "received", "11-20 15:10"),
        restart(at="11-23 18:00"),
        until("11-24 20:05"),
        start="11-16 07:00",
    )


def test_behind_is_told_to_agent_and_tl_and_nothing_else_follows() -> None:
    at_k2 = of(missed().at("11-17 16:30"), "P-1")
    assert at_k2.sent() == ["@ana carrier_cert/behind"]
    assert "quiz screenshot 4" in at_k2.text("@ana")
    (listed,) = (line["text"] for line in missed().at("11-17 16:30").chats("@tara") if line["template"] == ALL_BEHIND)
    assert "Ana Rivera, K2 (Tue 17 Nov, 16:30): quiz screenshot 4 (P-1)" in listed
    assert "you are back on pace" in missed().at("11-17 16:40").text("@ana")


def test_overdue_is_e12_the_final_cap_for_hr_and_three_sessions_from_wfm() -> None:
    show = missed().at("11-19 12:00")
    mine = of(show, "P-1", "C-1")
    (mail,) = mine.mails("E-12")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("tara", "hana")
    assert mail["subject"] == "[P-1] Ana Rivera: 3.5-day window ended"
    for words in (
        "Aetna product modules",
        "AHIP final and 13 green checkmarks",
        "Blocked time granted: none",
        "8 hours",
    ):
        assert words in mail["text"]
    (post,) = mine.posts("#wfm")
    assert post["text"] == (
        "OT request: Ana Rivera (OID 40111), three 3-hour cert sessions, to be placed between 11/20 and 11/24. Ref P-1."
    )
    assert (post["id"], post["buttons"]) == ("C-WFM-OT", [])
    assert mine.text("@ana").startswith("Your TL will meet you; extra sessions are being scheduled.")
    assert mine.states("C-1") == ["HR_REVIEW"]
    assert mine.owed("C-1") == {"approve": "hana"}
    draft = mine.mail("E-05")
    assert (whom(draft["to"]), whom(draft["cc"])) == ("tara", "hana")
    assert "may result in termination of employment" in draft["attachments"][0]["text"]


def test_hr_s_approval_lets_the_cap_be_delivered_and_not_before() -> None:
    show = missed()
    assert show.states("C-1") == ["HR_REVIEW", "DRAFT", "HR_REVIEW", "READY", "DELIVERED", "ACKED", "FILED"]
    early = pace(until("11-19 12:05"), say("tara", "delivered C-1"), start="11-19 11:00")
    assert early.state("C-1") == "HR_REVIEW"


def test_the_extension_counts_the_sessions_from_the_delivery_on() -> None:
    show = missed()
    assert show.states("P-1") == [
        "NOT_STARTED",
        "ON_TRACK",
        "BEHIND",
        "ON_TRACK",
        "OVERDUE",
        "EXTENSION",
        "EXT_EXPIRED",
    ]
    rings = [line for line in show.of("timer", ref="P-1", name="extension") if line["status"] == "armed"]
    assert {when(line["due"]) for line in rings} == {"11-24 20:00"}
    assert "Tue 24 Nov, 16:00 is in Ana's regular shift" in show.text("@wes")
    assert [line["status"] for line in show.of("duty", ref="P-1", duty="ot")][-1] == "done"


def test_the_end_of_the_hours_asks_people_and_decides_nothing() -> None:
    show = missed().at("11-24 20:00")
    mail = show.mail("E-22")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("hana", "pia, sam, tara")
    for words in (
        "No decision has been made",
        "CAP C-1 delivered",
        "not verified yet: AHIP final, 13 green checkmarks",
    ):
        assert words in mail["text"]
    assert "the CAP was delivered" in mail["text"]
    assert sent_in(show, "P-1") == []


def test_no_word_of_discipline_reaches_channel_or_tracker() -> None:
    words = "\n".join(line["text"] for line in missed().posts() if line["ref"] == "P-1")
    assert "CAP" not in words
    assert all("CAP" not in f"{line['value']}{line['note']}" for line in missed().tracker())


def test_the_old_wording_tells_the_esp_manager() -> None:
    show = pace(until("11-20 12:05"), start="11-18 08:30", pack="licensing-training-old")
    assert show.states("P-1") == ["ON_TRACK", "BEHIND"]
    mine = of(show, "P-1")
    mail = mine.mail("E-11")
    assert (whom(mail["to"]), whom(mail["cc"])) == ("eve", "tara")
    assert mail["subject"] == "[P-1] Ana Rivera: Agent Timeframe Expectations not met"
    assert mine.posts() == []
    assert show.of("state", workflow="discipline") == []


def test_a_checkpoint_missed_while_the_bot_was_down_says_that_it_is_late() -> None:
    show = pace(restart("60m", at="11-16 16:00"), until("11-16 17:05"), start="11-16 15:00")
    (line,) = [line for line in of(show, "P-1").chats("@ana") if line["template"] == "carrier_cert/behind"]
    assert line["text"].startswith("Late: ")
    assert "(Mon 16 Nov, 16:30)" in line["text"]


# -- proofs ------------------------------------------------------------------------------------------------


def test_redo_asks_why_and_tells_the_agent() -> None:
    show = pace(
        shows("ana", "progress 13 checkmarks", "11-16 09:00", GREEN),
        press("lia", "Redo", "11-16 09:10", ref="P-1"),
        say("lia", "the date is cut off", "11-16 09:11"),
        start="11-16 08:30",
    )
    assert "Licensing asks for this again: 13 green checkmarks. Reason: the date is cut off." in show.text("@ana")
    assert show.owed("P-1") == {}


def test_proof_redo_reaches_a_passed_exam_where_the_pace_waits_for_nothing() -> None:
    show = pace(
        say("ana", "fail ahip 1", "11-16 09:00"),
        say("ana", "pass ahip", "11-16 09:05"),
        say("lia", "proof @ana redo blurred", "11-16 09:10"),
        start="11-16 08:30",
    )
    assert show.states("F-1") == ["F1_COACHING", "PASSED", "F1_COACHING"]


def test_a_reverted_proof_reopens_and_the_completion_hears_it() -> None:
    show = pace(
        say("lia", "proof @ana ok final and checkmarks and product", "11-16 09:00"),
        say("lia", "proof @ana redo checkmarks it was ben's", "11-16 10:00"),
        start="11-16 08:30",
    )
    assert show.states("P-1") == ["ON_TRACK", "COMPLETE", "ON_TRACK"]
    assert show.owed("P-1") == {}
    assert [line["event"] for line in of(show, "Z").of("state", agent="ana")].count("ItemChanged") == 2


@pytest.mark.parametrize(("who", "names"), [("tara", "Lia"), ("ana", "Lia")])
def test_only_licensing_verifies(who: str, names: str) -> None:
    show = pace(say("ana", "progress ahip passed", "11-16 09:00"), say(who, "proof @ana ok"), start="11-16 08:30")
    assert [line["reason"] for line in show.declined()] == ["not_yours"]
    assert names in show.text(f"@{who}")


def test_licensing_may_take_its_word_back() -> None:
    show = pace(
        say("ana", "progress ahip passed", "11-16 09:00"),
        press("lia", "OK", "11-16 09:05", ref="P-1"),
        press("lia", "Undo", "11-16 09:06", ref="P-1"),
        start="11-16 08:30",
    )
    assert show.owed("P-1") == {"proof:final": "lia"}


# -- blocks ------------------------------------------------------------------------------------------------


def test_an_agent_proposes_and_licensing_grants() -> None:
    show = pace(
        say("ben", "i still have no n number", "11-16 09:00"),
        press("lia", "Grant", "11-16 09:20", ref="P-2"),
        say("tara", "unblock ben", "11-16 11:00"),
        say("tara", "unblock ben", "11-16 11:01"),
        start="11-16 08:30",
    )
    assert show.states("P-2") == ["ON_TRACK", "BLOCKED", "ON_TRACK"]
    cards = show.at("11-16 09:00")
    assert [line["buttons"] for line in of(cards, "P-2").chats("@tara")] == [["Grant", "Not now"]]
    assert [line["buttons"] for line in of(cards, "P-2").chats("@lia")] == [["Grant", "Not now"]]
    assert "K1 Tue 17 Nov, 10:00" in show.at("11-16 11:00").text("@tara")
    assert show.at("11-16 11:01").text("@tara") == "No block is active."


def test_two_grants_are_one() -> None:
    show = pace(
        say("ben", "block nnumber", "11-16 09:00"),
        press("lia", "Grant", "11-16 09:20", ref="P-2"),
        press("tara", "Grant", "11-16 09:21", ref="P-2"),
        start="11-16 08:30",
    )
    assert "Already granted by Lia Cruz at 09:20" in show.at("11-16 09:21").text("@tara")


def test_a_delegate_grants_for_the_tl_who_is_away() -> None:
    show = pace(
        say("tara", "delegate @dev until fri", "11-16 08:40"),
        say("dev", "block @ben login", "11-16 09:00"),
        start="11-16 08:30",
    )
    assert show.state("P-2") == "BLOCKED"


def test_an_open_ticket_proposes_a_block() -> None:
    show = pace(
        shows("ana", "issue payment", "11-16 09:00", GREEN), press("tara", "Grant", "11-16 09:20", ref="P-1"),
        start="11-16 08:30",
    )  # fmt: skip
    assert show.state("P-1") == "BLOCKED"


def test_approved_leave_stops_the_clock_until_its_end() -> None:
    show = pace(
        say("ana", "progress m1 m2 q1 q2", "11-16 15:00"),
        say("eve", "leave @ana until tue", "11-16 16:00"),
        until("11-18 09:00"),
        start="11-16 08:30",
    )
    assert show.states("P-1") == ["ON_TRACK", "BLOCKED", "ON_TRACK"]
    assert show.armed("P-1") == {"checkpoint": "11-19 08:30"}  # half an hour of Monday and all of Tuesday later
    assert not any("absence" in line["text"] for line in show.chats() if line["ref"] == "P-1")


def test_who_is_back_early_goes_on_at_once() -> None:
    show = pace(
        say("eve", "leave @ana until fri", "11-16 10:00"), say("ana", "back", "11-16 12:00"), start="11-16 08:30"
    )
    assert show.states("P-1") == ["ON_TRACK", "BLOCKED", "ON_TRACK"]


def test_a_block_granted_after_the_window_asks_what_becomes_of_the_cap() -> None:
    show = pace(
        until("11-19 12:05"), say("tara", "block @ana nnumber from 09:00", "11-19 12:20"),
        press("tara", "Withdraw", "11-19 12:30", ref="C-1"), start="11-19 08:30",
    )  # fmt: skip
    assert show.states("P-1") == ["ON_TRACK", "OVERDUE", "BLOCKED"]
    assert show.states("C-1") == ["HR_REVIEW", "WITHDRAWN"]
    assert "beyond the agent's control" in show.text("@tara")
    posts = [line["text"] for line in of(show, "P-1").posts("#wfm")]
    assert posts[-1] == "OT no longer needed: Ana Rivera (OID 40111). Ref P-1."


def test_who_leaves_has_no_sessions_and_no_clock() -> None:
    show = pace(
        until("11-19 12:05"),
        say("wes", "ot P-1 11/20 17:00, 11/23 17:00, 11/24 17:00"),
        say("eve", "nle @ana", "11-19 14:00"),
        until("11-25 12:00"),
        start="11-19 08:30",
    )
    assert show.states("P-1") == ["ON_TRACK", "OVERDUE", "CLOSED_LEFT"]
    assert show.armed("P-1") == {}
    last = of(show, "P-1").posts("#wfm")[-1]["text"]
    assert last.startswith("OT no longer needed: Ana Rivera (OID 40111): Fri 20 Nov, 17:00 to 20:00")
    assert sent_in(show.between("11-19 14:01", "11-25 12:00"), "P-1") == []
