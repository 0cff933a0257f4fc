"""Business time in stories: SLAs over nights, weekends, holidays and both DST changes; restarts and late reminders."""

from __future__ import annotations

from tests.journeys.stage import play, press, restart, say, until, when
from tests.journeys.stories import COACHED, FIRST, OLD_COACHED, READY, RECEIVED, SECOND

CLASS_IN_MARCH = {
    "start           = 2026-11-16 ": "start           = 2027-03-08 ",
    "call_cert_start = 2026-11-20": "call_cert_start = 2027-03-12",
}


def reminded(show, who: str, template: str = "duty/reminder") -> list[str]:
    """When somebody was reminded (site local)."""
    return [when(line["at"]) for line in show.chats(f"@{who}") if line["template"] == template]


def test_a_report_at_night_is_reminded_the_next_morning() -> None:
    night = play(say("ana", "fail ahip 1", "11-17 22:00"), until("11-18 12:00"))
    assert reminded(night, "tara") == ["11-18 08:15"]
    assert reminded(night, "eve", "duty/escalation") == ["11-18 09:00"]


def test_a_report_on_friday_evening_is_reminded_on_monday() -> None:
    weekend = play(say("ana", "fail ahip 1", "11-20 16:50"), until("11-23 12:00"))
    assert reminded(weekend, "tara") == ["11-23 08:05"]
    assert reminded(weekend, "eve", "duty/escalation") == ["11-23 08:50"]


def test_thanksgiving_is_skipped_and_the_friday_after_is_not() -> None:
    holiday = play(say("ana", "fail ahip 1", "11-26 10:00"), until("11-27 12:00"), start="11-26 09:00")
    assert reminded(holiday, "tara") == ["11-27 08:15"]


def test_the_closing_minute_belongs_to_the_next_day() -> None:
    closing = play(say("ana", "fail ahip 1", "11-17 17:00"), until("11-18 12:00"))
    assert reminded(closing, "tara") == ["11-18 08:15"]
    opening = play(say("ana", "fail ahip 1", "11-18 08:00"), until("11-18 12:00"))
    assert reminded(opening, "tara") == ["11-18 08:15"]


def test_one_work_day_keeps_the_wall_clock_over_the_spring_change() -> None:
    """Friday 03-12 at 13:00 MST to Monday 03-15 at 13:00 MDT: the clocks go forward on Sunday."""
    story = [
        say("ana", "fail ahip 1", "2027-03-11 10:02"),
        press("will", "Coached", "2027-03-11 10:05"),
        press("will", "Form done", "2027-03-11 10:06"),
        say("ana", "fail ahip 2", "2027-03-12 13:00"),
        until("2027-03-15 14:00"),
    ]
    spring = play(story, old=True, start="2027-03-11 09:00", changed=CLASS_IN_MARCH)
    (opened, *_) = spring.of("duty", duty="cap")
    assert opened["due"] == "2027-03-15T19:00:00Z"
    assert reminded(spring, "tara") == ["2027-03-15 09:00"]


def test_one_work_day_keeps_the_wall_clock_over_the_autumn_change() -> None:
    """Friday 2027-11-05 MDT to Monday 11-08 MST."""
    story = [
        say("ana", "fail ahip 1", "2027-11-04 10:02"),
        press("will", "Coached", "2027-11-04 10:05"),
        say("ana", "fail ahip 2", "2027-11-05 13:00"),
    ]
    autumn = play(story, old=True, start="2027-11-04 09:00")
    (cap,) = autumn.of("duty", duty="cap")
    assert cap["due"] == "2027-11-08T20:00:00Z"


def test_the_daily_repeat_keeps_the_local_time_over_the_change() -> None:
    silent = play(say("ana", "fail ahip 1", "2027-03-11 10:02"), until("2027-03-16 12:00"), start="2027-03-11 09:00")
    assert reminded(silent, "eve", "duty/repeat") == ["2027-03-12 11:02", "2027-03-15 11:02", "2027-03-16 11:02"]


def test_a_cap_due_over_christmas_is_due_on_the_next_business_day() -> None:
    story = [
        say("ana", "fail ahip 1", "12-23 10:02"),
        press("will", "Coached", "12-23 10:05"),
        say("ana", "fail ahip 2", "12-24 15:00"),
    ]
    xmas = play(story, old=True, start="12-23 09:00")
    (cap,) = xmas.of("duty", duty="cap")
    assert when(cap["due"]) == "12-28 15:00"


def test_new_years_eve_counts_for_the_old_year_and_new_years_day_for_the_new() -> None:
    turn = play(
        say("ana", "fail ahip 1", "12-31 16:00"), say("ana", "fail ahip 1", "2027-01-01 00:30"), start="12-31 09:00"
    )
    assert turn.state("F-1") == "F1_COACHING"
    assert turn.state("F-2") == "F1_COACHING"


# -- restarts ----------------------------------------------------------------------------------------------


def test_a_restart_keeps_every_clock() -> None:
    kept = play(FIRST, restart(at="11-17 10:10"), until("11-17 11:10"))
    assert reminded(kept, "tara") == ["11-17 10:17"]
    assert reminded(kept, "eve", "duty/escalation") == ["11-17 11:02"]


def test_what_fell_due_while_the_bot_was_down_fires_once_late() -> None:
    down = play(FIRST, restart("100m", at="11-17 10:10"), until("11-17 15:00"))
    assert reminded(down, "tara") == ["11-17 11:50"]
    (late,) = [line for line in down.chats("@tara") if line["template"] == "duty/reminder"]
    assert "late" in late["text"]
    (escalated,) = [line for line in down.chats("@eve") if line["template"] == "duty/escalation"]
    assert when(escalated["at"]) == "11-17 11:50"
    assert "ate" in escalated["text"]


def test_nobody_is_chased_for_an_answer_given_while_the_bot_was_down() -> None:
    caught = play(
        FIRST,
        restart("100m", at="11-17 10:10"),
        press("tara", "Coached", "11-17 10:30"),
        press("tara", "Form done", "11-17 10:31"),
        until("11-17 15:00"),
    )
    assert caught.state("F-1") == "F1_CLEARED"
    assert reminded(caught, "tara") == []
    assert reminded(caught, "eve", "duty/escalation") == []


def test_what_was_said_meanwhile_counts_from_when_it_was_said() -> None:
    caught = play(
        COACHED,
        restart("100m", at="11-17 12:50"),
        say("ana", "fail ahip 2", "11-17 13:00"),
        until("11-17 14:40"),
    )
    assert caught.state("F-1") == "F2_PROCTOR"
    assert "13:00" in caught.mail("E-05")["attachments"][0]["text"]
    assert "13:00" in caught.mails("E-01")[-1]["text"]
    assert reminded(caught, "tara") == [], "duties start when the report is processed, at 14:30"
    assert caught.armed("C-1")["cap/0-remind"] == "11-17 14:45"


def test_the_same_line_heard_before_and_after_a_restart_is_recorded_once() -> None:
    once = play(FIRST, restart("5m", at="11-17 10:03"), say("ana", "fail ahip 1", "11-17 10:05"))
    assert len(once.mails("E-01")) == 1
    assert once.states("F-1") == ["F1_COACHING"]


def test_a_restart_sends_nothing_again() -> None:
    for story, at in (
        (FIRST, "11-17 10:04"),
        (SECOND, "11-17 13:11"),
        (RECEIVED, "11-17 13:11"),
        (READY, "11-17 13:11"),
    ):
        whole = play(story, restart(at=at), until("11-17 13:12") if at > "11-17 13" else until("11-17 10:10"))
        assert whole.between(at, "11-17 13:13").sent() == []


def test_buttons_shown_before_a_restart_work_after_it() -> None:
    pressed = play(FIRST, restart(at="11-17 10:03"), press("tara", "Coached", "11-17 10:05"))
    assert pressed.state("F-1") == "F1_CLEARED"


def test_a_restart_over_the_night_repeats_no_escalation_twice() -> None:
    story = play(FIRST, restart("20h", at="11-17 11:30"), restart("1m", at="11-18 11:30"), until("11-18 16:00"))
    assert reminded(story, "eve", "duty/repeat") == ["11-18 11:02"]


def test_a_long_outage_gathers_the_repeats_into_one() -> None:
    story = play(FIRST, restart("72h", at="11-17 11:30"), until("11-20 16:00"))
    assert len(reminded(story, "eve", "duty/repeat")) == 1


def test_a_sitting_missed_by_an_outage_is_announced_late_once_and_still_asks_for_its_result() -> None:
    story = play(READY, restart("24h", at="11-17 14:00"))
    told = [line["template"] for line in story.at("11-18 14:00").chats()]
    assert told.count("duty/card") == 1
    assert "failed_exam/slot_near" not in told, "the sitting is over"
    assert story.owed("F-1")["result:2"] == "lia"


def test_a_sitting_announced_late_says_so() -> None:
    far = play(RECEIVED, say("lia", "proctor F-1 thu 10:00 @lia", "11-17 13:10"), restart("24h", at="11-17 14:30")).at(
        "11-18 14:30"
    )
    assert [line["template"] for line in far.chats("@ana")] == ["failed_exam/slot_near"]
    assert "late" in far.text("@ana").lower()
    assert "10:00" in far.text("@ana")


def test_old_cases_run_on_after_the_packs_changed_over_a_restart() -> None:
    story = play(OLD_COACHED, restart(at="11-17 12:00"), say("ana", "fail ahip 2", "11-17 13:00"), old=True)
    assert "E-02 to pia cc tara" in story.sent()
