"""The routine of a site's day, played: checklists, boards, the WFM summary, evening reports held, approved and sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.stage import DISCIPLINE, Line, Show, play, press, restart, say, until, when

ROOT = Path(__file__).parents[2]
DAY = ROOT / "tests" / "roster-day.toml"
EVENING = "11-17 16:10"


def site(*steps: object, start: str = EVENING, **more: object) -> Show:
    """A story with every workflow on."""
    return play(*steps, start=start, roster=DAY, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def careful(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Show]:
    """The same under a pack that lets the first report to the client's list wait for a press (SPEC 8.12)."""
    folder = tmp_path_factory.mktemp("packs")
    text = (ROOT / "policies" / "site-day.toml").read_text(encoding="utf-8")
    text = text.replace('"site_day"', '"site_day_careful"', 1).replace("approve_first = false", "approve_first = true")
    (folder / "careful.toml").write_text(text, encoding="utf-8")
    packs = {"[packs]  ": '[packs]\nsite_day = "site_day_careful"\n#'}

    def site_of(*steps: object, start: str = EVENING) -> Show:
        return site(*steps, start=start, policies=folder, changed=packs)

    return site_of


def of(show: Show, name: str) -> list[Line]:
    """The messages of the site's day of that name, and duties' cards about them."""
    return [line for line in show.lines if line.get("template") == f"site_day/{name}"]


def report_mails(show: Show) -> list[tuple[str, str, list[str], list[str]]]:
    """(site time, name, to, cc) of the evening reports."""
    return [(when(m["at"]), m["id"], m["to"], m["cc"]) for m in show.mails() if m["id"] in ("E-17", "E-18")]


# -- the morning -------------------------------------------------------------------------------------------


def test_the_coordinator_is_reminded_each_morning_to_touch_base_with_the_certifiers() -> None:
    show = site(until("11-20 08:20"), start="11-20 07:50")
    (told,) = of(show, "touch_base")
    assert (when(told["at"]), told["to"]) == ("11-20 08:15", "@cole")
    assert (
        "Touch base with the Certifiers, 15 minutes: six agents waiting for a call, no agents connected" in told["text"]
    )
    assert "Free: Cass Moy and Tim Bex" in told["text"]


# -- the evening -------------------------------------------------------------------------------------------


def test_at_a_quarter_past_four_everyone_who_logs_off_gets_one_checklist() -> None:
    show = site(until("11-17 16:20"))
    assert sorted(line["to"] for line in of(show, "checklist")) == ["@cole", "@lia", "@tara"]
    (tara,) = (line for line in of(show, "checklist") if line["to"] == "@tara")
    assert tara["text"].startswith("*Can I log off? Not yet, Tara.*")
    assert "🔴 Tracker, RTS/No More Forms Status: nothing today for any of your 6 agents" in tara["text"]
    assert tara["buttons"] == ["Tracker is right", "Check again"]
    (cole,) = (line for line in of(show, "checklist") if line["to"] == "@cole")
    assert cole["text"].startswith("✅ *You can log off, Cole.*")
    assert cole["buttons"] == []


def test_each_red_line_carries_its_button_and_pressing_them_makes_it_green() -> None:
    show = site(
        say("ana", "fail ahip 1", "11-17 15:30"),
        until("11-17 16:16"),
        press("tara", "Form done", "11-17 16:17"),
        press("tara", "Coached", "11-17 16:18"),
        press("tara", "Tracker is right", "11-17 16:19"),
        press("tara", "Check again", "11-17 16:20"),
        start="11-17 15:20",
    )
    first = next(line for line in of(show, "checklist") if line["to"] == "@tara")
    assert "🔴 form: Ana Rivera (F-1), due Tue 17 Nov, 16:30" in first["text"]
    assert "🔴 coaching: Ana Rivera (F-1)" in first["text"]
    assert {"Form done", "Coached – advised 2nd fail = Final CAP"} <= set(first["buttons"])
    last = [line for line in of(show, "checklist") if line["to"] == "@tara"][-1]
    assert last["text"].startswith("✅ *You can log off, Tara.*")
    assert "Ana" not in "".join(line["text"] for line in of(show, "checklist") if line["to"] != "@tara")


def test_a_held_cap_is_on_the_tls_own_checklist_and_nowhere_else() -> None:
    show = site(
        say("ana", "fail ahip 1", "11-17 14:00"),
        press("tara", "Coached", "11-17 14:10"),
        say("ana", "fail ahip 2", "11-17 15:00"),
        until("11-17 18:30"),
        start="11-17 13:50",
    )
    lists = {line["to"]: line["text"] for line in of(show, "checklist")}
    assert "CAP" in lists["@tara"]
    assert not any("CAP" in text for to, text in lists.items() if to != "@tara")
    told = [line for line in show.lines if line.get("template", "").startswith("site_day/")]
    others = [line for line in told if line["template"] != "site_day/checklist"]
    for line in others:
        assert not DISCIPLINE.search(line["text"].replace("It is the first one", "").replace("0 passed", "")), line


def test_the_word_can_be_asked_for_at_any_hour_and_only_by_those_it_is_for() -> None:
    show = site(
        say("tara", "am i done for today?", "11-17 10:00"),
        say("wes", "can i log off", "11-17 10:01"),
        say("ana", "can I log off", "11-17 10:02"),
        start="11-17 09:50",
    )
    assert len(of(show, "checklist")) == 1
    assert [line["to"] for line in of(show, "no_checklist")] == ["@wes", "@ana"]


def test_wfm_reads_one_line_at_a_quarter_past_five() -> None:
    show = site(
        say("ana", "fail ahip 1", "11-17 13:00"),
        press("tara", "Coached", "11-17 13:10"),
        say("ana", "fail ahip 2", "11-17 14:00"),
        until("11-17 17:20"),
        start="11-17 12:50",
    )
    (post,) = of(show, "wfm_summary")
    assert (post["to"], when(str(post["at"]))) == ("#wfm", "11-17 17:15")
    assert post["text"] == (
        "WFM summary Tue 17 Nov 2026: one session ended early; no occurrences; no OT requests open."
    )


# -- the reports -------------------------------------------------------------------------------------------


def test_both_reports_are_shown_at_half_past_five_and_the_house_list_gets_its_own_at_six(
    careful: Callable[..., Show],
) -> None:
    show = careful(until("11-17 18:05"))
    drafts = of(show, "draft")
    assert [(line["to"], when(str(line["at"])), line["buttons"]) for line in drafts] == [
        ("@cole", "11-17 17:30", ["Send now", "Hold"]),
        ("@cole", "11-17 17:30", ["Send now", "Hold"]),
    ]
    assert "It goes to Ops Leadership at 18:00 unless you hold it." in drafts[0]["text"]
    assert "it waits for your [Send now]" in drafts[1]["text"]
    assert report_mails(show) == [
        ("11-17 18:00", "E-17", ["ops-leadership@example.com"], ["cole.carr@example.com"]),
    ]
    mail = show.mail("E-17")
    assert mail["subject"] == "[Y-1] Call Cert report 11/17/2026"
    assert "No activity." in mail["text"]
    assert mail["reply_to"] == "cole.carr@example.com"
    assert show.owed("Y-1") == {"report:tbt": "cole"}


def test_both_reports_go_at_six_unless_held() -> None:
    assert [mail[:2] for mail in report_mails(site(until("11-17 18:05")))] == [
        ("11-17 18:00", "E-17"),
        ("11-17 18:00", "E-18"),
    ]


def test_a_report_that_is_held_does_not_go_until_somebody_sends_it() -> None:
    show = site(
        until("11-17 17:31"),
        say("cole", "eod call hold", "11-17 17:40"),
        until("11-17 18:30"),
        say("cole", "eod call send", "11-17 19:00"),
        say("cole", "eod call send", "11-17 19:01"),
    )
    assert [mail[:2] for mail in report_mails(show)] == [("11-17 18:00", "E-18"), ("11-17 19:00", "E-17")]
    (again,) = show.declined()
    assert again["text"].startswith("The Call Cert report has gone already, Tue 17 Nov, 19:00, sent by Cole Carr.")


def test_the_clients_list_waits_once_and_never_again(careful: Callable[..., Show]) -> None:
    show = careful(
        until("11-17 18:01"),
        press("cole", "Send now", "11-17 18:02"),
        until("11-18 18:30"),
    )
    client = [mail for mail in report_mails(show) if mail[1] == "E-18"]
    assert client == [
        ("11-17 18:02", "E-18", ["aetna-leadership@example.com"], ["cole.carr@example.com"]),
        ("11-18 18:00", "E-18", ["aetna-leadership@example.com"], ["cole.carr@example.com"]),
    ]
    assert not show.owed("Y-1")


def test_a_report_nobody_released_is_asked_for_in_the_morning_and_overtaken_in_the_evening(
    careful: Callable[..., Show],
) -> None:
    show = careful(until("11-18 18:30"))
    (asked,) = of(show, "unsent")
    assert (asked["to"], when(str(asked["at"]))) == ("@cole", "11-18 08:10")
    assert asked["buttons"] == ["Send Tue 11/17", "Leave out Tue 11/17"]
    assert show.states("Y-1") == ["OPEN", "WAITING", "CLOSED"]
    assert "report:tbt" not in show.owed("Y-1")
    escalated = [line for line in show.of("duty", ref="Y-1") if line["status"] == "escalated"]
    assert escalated, "silence goes up to the ESP Manager"


@pytest.mark.parametrize(
    "words", ["eod tbt send", "send the tbt report", "EOD TBT SEND please", "please send tbt report now"]
)
def test_tired_words_send_a_report(words: str) -> None:
    show = site(until("11-17 17:31"), say("cole", words, "11-17 17:35"))
    assert [mail[:2] for mail in report_mails(show)] == [("11-17 17:35", "E-18")]


@pytest.mark.parametrize("words", ["eod call hold", "hold the call report", "dont send the call cert report"])
def test_tired_words_hold_a_report(words: str) -> None:
    show = site(until("11-17 17:31"), say("cole", words, "11-17 17:35"), until("11-17 18:05"))
    assert [mail[1] for mail in report_mails(show)] == ["E-18"]
    assert [line["to"] for line in of(show, "held")] == ["@cole"]


@pytest.mark.parametrize("who", ["tara", "lia", "wes", "cass"])
def test_nobody_else_sends_or_holds_one(who: str) -> None:
    show = site(until("11-17 17:31"), say(who, "eod tbt send", "11-17 17:35"), until("11-17 17:40"))
    assert report_mails(show) == []
    assert [line["actor"] for line in show.declined()] == [who]


def test_half_a_command_is_asked_about() -> None:
    show = site(say("cole", "eod send", "11-17 17:35"), say("cole", "eod call", "11-17 17:36"))
    assert [line["template"] for line in show.chats("@cole") if line["template"].startswith("say/")] == [
        "say/which_report",
        "say/which_report",
    ]


# -- other days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["11-21", "11-22", "11-26"], ids=["saturday", "sunday", "Thanksgiving"])
def test_a_closed_day_has_no_routine(day: str) -> None:
    show = site(until(f"{day} 23:00"), start=f"{day} 00:30")
    assert not [line for line in show.lines if line.get("workflow") == "site_day" and line["from"] == "NONE"]
    assert not report_mails(show)


def test_a_report_that_was_kept_waiting_by_an_outage_says_late() -> None:
    show = site(until("11-17 17:31"), restart("90m", at="11-17 17:45"), until("11-17 19:30"))
    assert show.mail("E-17")["subject"] == "[Y-1] Call Cert report 11/17/2026 (late)"


def test_the_board_is_silent_while_everyone_is_on_pace_and_shows_a_tl_only_his_own() -> None:
    show = site(until("11-16 16:00"), start="11-16 07:30")
    assert of(show, "board") == []
    late = site(until("11-18 11:05"), start="11-17 07:30")
    (board,) = of(late, "board")
    assert (board["to"], when(str(board["at"]))) == ("@tara", "11-18 11:00")
    assert board["text"].startswith("*Who is behind: 6 of your 6 agents*")


def test_on_monday_the_managers_get_the_week_before_in_sums() -> None:
    show = site(until("11-23 09:00"), start="11-23 07:00")
    (mail,) = (line for line in show.mails() if line["template"] == "site_day/report")
    assert (mail["to"], mail["cc"]) == (["sam.dean@example.com", "eve.marsh@example.com"], [])
    assert "Week of 11/16/2026 to 11/20/2026" in mail["text"]
    assert not any(agent in mail["text"] + mail["html"] for agent in ("Ana", "Rivera", "Ben", "40111"))


# -- boards ------------------------------------------------------------------------------------------------


def test_an_agent_sees_all_of_his_own_and_nothing_of_others() -> None:
    show = site(
        say("ana", "progress m1 m2 q1 q2", "11-17 10:00"),
        say("ana", "where am i", "11-17 10:05"),
        say("ben", "me", "11-17 10:06"),
        start="11-17 09:00",
    )
    ana, ben = (
        next(line for line in show.chats(f"@{who}") if line["template"] == "house/me") for who in ("ana", "ben")
    )
    assert "Carrier certification 4/14" in ana["text"]
    assert "next checkpoint Tue 17 Nov, 16:30" in ana["text"]
    assert "(P-" in ana["text"]
    assert "Carrier certification 0/14" in ben["text"]
    assert "Ana" not in ben["text"]


def test_the_manager_sees_every_class_and_others_hear_where_to_look() -> None:
    show = site(say("eve", "board", "11-18 10:00"), say("wes", "board", "11-18 10:01"), start="11-17 07:30")
    (board,) = (line for line in show.lines if line.get("template") == "house/board")
    assert (board["to"], board["text"].splitlines()[0]) == ("@eve", "*NOV16: 6 of 6 agents behind*")
    assert "The board of all classes is the ESP Manager's" in show.text("@wes")
    asked = site(say("pia", "board", "11-18 10:00"), say("sam", "team", "11-18 10:01"), start="11-17 07:30")
    assert "`team` shows your agents" in asked.text("@pia")
    assert "`board` shows the classes" in asked.text("@sam")


@pytest.mark.parametrize("who", ["sam", "hana"])
def test_director_and_hr_see_the_classes_in_numbers_and_no_name(who: str) -> None:
    show = site(say(who, "board", "11-18 10:00"), start="11-17 07:30")
    (board,) = (line for line in show.lines if line.get("template") == "house/board")
    assert "*NOV16: 6 of 6 agents behind" in board["text"]
    assert "Behind in: carrier certification (6)." in board["text"]
    assert not [name for name in ("Ana", "Ben", "Cora", "Dan", "Eli", "Fay") if name in board["text"]]


def test_who_is_behind_shows_the_slowest_first() -> None:
    show = site(
        say("fay", "progress m1 m2 m3 m4 q1 q2 q3 q4", "11-17 10:00"),
        say("tara", "who is behind", "11-18 10:00"),
        start="11-17 07:30",
    )
    (team,) = (line for line in show.lines if line.get("template") == "house/team")
    assert "Fay Roe" in team["text"].splitlines()[-1], team["text"]


# -- what the mail holds -----------------------------------------------------------------------------------


def test_the_report_is_in_the_mail_as_table_file_and_picture() -> None:
    feedback = "well: clear; down: none; next: more"
    show = site(
        say("cole", "connect @ana @cass", "11-23 13:00"),
        say("cass", f"score @ana 1 92 {feedback}", "11-23 13:20"),
        until("11-23 18:05"),
        start="11-23 07:00",
    )
    mail = show.mail("E-17")
    assert "<td" in mail["html"]
    assert "Ana Rivera" in mail["html"]
    (sheet,) = mail["attachments"]
    assert sheet["name"] == "eod-call 2026-11-23 SLC.xlsx"
    assert sheet["text"].startswith("Agent\tTL\tCertifier\tCalls n/5")
    assert mail["pictures"] == ["picture1.png", "picture2.png"]
    assert 'src="cid:picture1@certdesk"' in mail["html"]
    assert 'alt="The cohort by status, day by day.' in mail["html"]
    assert "The cohort by status, day by day." in mail["text"]


def test_a_report_of_an_earlier_day_is_named_by_its_reference(careful: Callable[..., Show]) -> None:
    show = careful(
        until("11-18 08:15"),
        press("cole", "Send Tue 11/17", "11-18 08:20"),
        until("11-18 18:05"),
    )
    assert [mail["subject"] for mail in show.mails("E-18")] == [
        "[Y-1] TBT Completion report 11/17/2026",
        "[Y-2] TBT Completion report 11/18/2026",
    ]
