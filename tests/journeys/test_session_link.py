"""A class's session link as rehearsals: asked for, sent, late, changed; prepared before; mornings; side meetings."""

from __future__ import annotations

from functools import cache

import pytest

from tests.journeys.pace import of, pace, templates
from tests.journeys.stage import Show, press, restart, say, until, when

LINK, OTHER = "https://meet.example.com/nov16?pwd=a1", "https://meet.example.com/second"
AGENTS = ("ana", "ben", "cora", "dan", "eli", "fay")


def before(*steps: object, start: str = "11-12 09:00") -> Show:
    """The days before the class begins on Monday 11-16 08:00; only what its own case says."""
    return of(pace(*steps, start=start), "L")


@cache
def never() -> Show:
    return before(until("11-16 08:05"))


def test_the_case_opens_seven_days_before() -> None:
    show = of(pace(until("11-09 00:01"), start="11-08 12:00"), "L")
    (line,) = show.of("state")
    assert (when(line["at"]), line["agent"], line["to"]) == ("11-09 00:00", "class:NOV16", "WAITING")


def test_a_missing_link_is_asked_for_at_48_and_25_hours_even_on_a_weekend() -> None:
    asked = [line for line in never().chats("@lia") if line["template"] == "session_link/missing"]
    assert [when(line["at"]) for line in asked] == ["11-14 08:00", "11-15 07:00"]
    assert "there is no session link for nov16 yet; it starts mon 16 nov, 08:00" in asked[0]["text"].lower()
    assert never().mails() == []


def test_a_link_goes_to_everybody_at_once_one_mail_each_to_both_addresses() -> None:
    show = before(say("lia", f"link {LINK}", "11-12 10:00"), until("11-16 07:59"))
    mails = show.mails("E-10")
    assert [mail["to"] for mail in mails] == [
        [f"{name}.{last}@example.com", f"{name}@home.example.net"]
        for name, last in zip(AGENTS, ("rivera", "ortiz", "lund", "kim", "voss", "roe"), strict=True)
    ]
    assert all(mail["cc"] == [] for mail in mails)
    assert {mail["subject"] for mail in mails} == {"[L-1] Your session link for Mon 16 Nov 2026"}
    for words in (LINK, "Mon 16 Nov, 08:00", "Break: 10:00 to 10:15", "Lunch: 12:00 to 12:30"):
        assert words in mails[0]["text"]
    assert LINK.replace("&", "&amp;") in mails[0]["html"]
    assert all(templates(show, f"@{name}") == ["session_link/link"] for name in AGENTS)
    assert LINK in show.text("@ana")
    assert {when(mail["at"]) for mail in mails} == {"11-12 10:00"}
    assert [line for line in show.chats("@lia") if line["template"] == "session_link/missing"] == []
    assert "Late" not in show.text("@lia")


def test_a_link_on_a_sunday_evening_goes_at_once_and_is_flagged_late() -> None:
    show = before(say("lia", f"link {LINK}", "11-15 18:00"), until("11-16 07:59"))
    assert len(show.mails("E-10")) == 6
    assert "sorry that it comes late" in show.mails("E-10")[0]["text"]
    assert "Late, so it went at once" in show.text("@lia")


def test_the_last_minute_in_time_is_not_late() -> None:
    assert "Late" not in before(say("lia", f"link {LINK}", "11-15 08:00")).text("@lia")
    assert "Late" in before(say("lia", f"link {LINK}", "11-15 08:01")).text("@lia")


def test_a_changed_link_is_sent_again_and_says_what_it_replaces() -> None:
    show = before(say("lia", f"link {LINK}", "11-12 10:00"), say("lia", f"link {OTHER}", "11-13 10:00"))
    second = [mail for mail in show.mails("E-10") if when(mail["at"]) == "11-13 10:00"]
    assert len(second) == 6
    assert "this link replaces the one you got before" in second[0]["text"]
    assert second[0]["subject"] == "[L-1] Changed: your session link for Mon 16 Nov 2026"
    assert "this one replaces the old one" in show.at("11-13 10:00").text("@ben")


def test_the_same_link_twice_is_sent_once() -> None:
    show = before(say("lia", f"link {LINK}", "11-12 10:00"), say("lia", f"link {LINK}", "11-12 10:05"))
    assert len(show.mails("E-10")) == 6
    assert "has already" in show.text("@lia")


@pytest.mark.parametrize("text", ["link", "link foo", "link http://meet.example.com/x", "link https://localhost/x"])
def test_a_link_that_is_not_a_link_is_refused(text: str) -> None:
    show = pace(say("lia", text, "11-12 10:00"), start="11-12 09:00")
    assert [line["reason"] for line in show.declined()] == ["not_so"]
    assert show.mails() == []


def test_an_agent_or_a_certifier_gives_no_link() -> None:
    show = pace(
        say("ana", f"link {LINK}", "11-12 10:00"), say("cass", f"link {LINK}", "11-12 10:01"), start="11-12 09:00"
    )
    assert [line["reason"] for line in show.declined()] == ["not_yours"]
    assert show.mails() == []


def test_a_link_taken_back_is_corrected_to_exactly_those_told() -> None:
    show = before(say("lia", f"link {LINK}", "11-12 10:00"), press("lia", "Undo", "11-12 10:03"))
    assert sorted(to for mail in show.mails("E-08") for to in mail["to"]) == sorted(
        to for mail in show.mails("E-10") for to in mail["to"]
    )
    assert show.state("L-1") == "WAITING"
    assert set(show.armed("L-1")) >= {"missing:48", "missing:25", "latest"}


def test_the_reminders_come_once_though_the_bot_was_down() -> None:
    show = before(restart("30h", at="11-14 06:00"), until("11-16 07:59"), start="11-13 09:00")
    asked = [line for line in show.chats("@lia") if line["template"] == "session_link/missing"]
    assert [when(line["at"]) for line in asked][-1] == "11-15 12:00"
    assert len(asked) == 2


# -- before and on the class's mornings --------------------------------------------------------------------


def test_what_is_to_be_ready_is_licensing_s_a_business_day_before() -> None:
    show = before(
        press("lia", "Session ready", "11-12 10:00", ref="L-1"),
        press("lia", "Report ready", "11-12 10:01", ref="L-1"),
        press("lia", "Report shared", "11-12 10:02", ref="L-1"),
        until("11-13 09:00"),
        start="11-11 09:00",
    )
    opened = [line for line in show.of("duty") if line["status"] == "open"]
    assert {(line["duty"], when(line["due"]), line["owner"]) for line in opened} == {
        (f"prepare:{name}", "11-13 08:00", "lia") for name in ("training", "report", "share")
    }
    assert show.owed("L-1") == {}


def test_what_is_not_ready_is_reminded_of_and_told_to_the_esp_manager() -> None:
    kinds = [
        (when(line["at"]), line["to"], line["template"]) for line in never().chats() if "duty/" in line["template"]
    ]
    assert ("11-13 08:00", "@eve", "duty/escalation") in kinds


def test_every_morning_the_class_reads_the_pace_and_what_matters_that_day() -> None:
    show = of(pace(until("11-20 08:30"), start="11-16 07:00"), "L")
    posts = show.posts("#esp-nov16")
    assert [when(post["at"]) for post in posts] == ["11-16 08:00", "11-17 08:00", "11-18 08:00", "11-19 08:00"]
    first, _, third, _ = (post["text"] for post in posts)
    assert "never your NPN" in first
    assert "K1, Mon 16 Nov, 16:30: modules 1-2 and quiz screenshots 1-2" in first
    assert "K4, Thu 19 Nov, 12:00: Aetna product modules" in first
    assert "13 green checkmarks, your name and the date" in third
    assert all("before you log off, every evening" in post["text"] for post in posts)


def test_the_old_wording_has_its_own_mornings() -> None:
    show = of(pace(until("11-20 08:30"), start="11-16 07:00", pack="licensing-training-old"), "L")
    posts = show.posts("#esp-nov16")
    assert len(posts) == 3
    assert "cannot be emphasised enough" in posts[0]["text"]


def test_licensing_is_reminded_in_the_morning_of_what_only_people_can_do() -> None:
    show = of(pace(until("11-20 08:30"), start="11-16 07:00"), "L")
    told = [line for line in show.chats("@lia") if line["template"] == "session_link/today"]
    assert [when(line["at"]) for line in told] == ["11-16 08:00", "11-17 08:00"]
    assert "get to the AHIP guide and the Aetna guide" in told[0]["text"]
    assert "13 green checkmarks" in told[1]["text"]
    assert "session_link/today" not in templates(show, "@tara")


def test_under_the_old_wording_the_tl_has_a_list_for_the_first_morning_too() -> None:
    show = of(pace(until("11-20 08:30"), start="11-16 07:00", pack="licensing-training-old"), "L")
    (told,) = (line for line in show.chats("@tara") if line["template"] == "session_link/today")
    assert when(told["at"]) == "11-16 08:00"
    for words in ("introduce yourself", "no detailed review", "N-Number, not NPN", "completion screenshots"):
        assert words in told["text"]


def test_a_class_that_is_over_asks_for_nothing() -> None:
    show = pace(until("11-23 12:00"), start="11-20 09:00")
    assert show.of("state", workflow="session_link") == []


# -- side meetings -----------------------------------------------------------------------------------------


def test_a_shadowing_reaches_those_named_and_reminds_them_a_quarter_of_an_hour_before() -> None:
    show = of(
        pace(
            say("cass", f"meet shadow {OTHER} @ana @ben 14:00", "11-23 10:00"),
            until("11-23 14:05"),
            start="11-23 09:00",
        ),
        "L",
    )
    for name in ("ana", "ben"):
        lines = show.chats(f"@{name}")
        assert [when(line["at"]) for line in lines] == ["11-23 10:00", "11-23 13:45"]
        assert all(OTHER in line["text"] for line in lines)
    assert show.chats("@cora") == []
    assert show.mails() == []


def test_a_side_room_is_for_now_and_an_agent_calls_none() -> None:
    show = pace(
        say("tara", f"meet side {OTHER} @ana", "11-17 10:00"),
        say("ben", f"meet side {OTHER} @ana", "11-17 10:01"),
        start="11-17 09:00",
    )
    mine = of(show, "L")
    assert len(mine.chats("@ana")) == 1
