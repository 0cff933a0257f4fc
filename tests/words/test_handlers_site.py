"""What people say to the site's day: evening reports, the checklist, the board; and what must not be taken for it."""

from __future__ import annotations

import pytest

from handlers.intents import Act, Say, Wish
from tests.words.test_handlers_cast import say
from workflows.site_day import ReportHeld, ReportLeftOut, ReportReleased, TrackerChecked

CALL, TBT = "call", "tbt"


@pytest.mark.parametrize(
    ("text", "event", "ref"),
    [
        ("eod call send", ReportReleased(report=CALL), ""),
        ("/esp eod tbt send", ReportReleased(report=TBT), ""),
        ("EOD TBT SEND!!", ReportReleased(report=TBT), ""),
        ("eod call hold", ReportHeld(report=CALL), ""),
        ("eod hold call pls", ReportHeld(report=CALL), ""),
        ("eod calls send Y-3", ReportReleased(report=CALL), "Y-3"),
        ("eod tbts drop y3", ReportLeftOut(report=TBT), "Y-3"),
        ("eod tbt skip", ReportLeftOut(report=TBT), ""),
        ("hold the call report", ReportHeld(report=CALL), ""),
        ("send the tbt report now", ReportReleased(report=TBT), ""),
        ("please send eod call", ReportReleased(report=CALL), ""),
        ("dont send the call report", ReportHeld(report=CALL), ""),
        ("dont send the tbt report yet", ReportHeld(report=TBT), ""),
        ("drop the tbt report", ReportLeftOut(report=TBT), ""),
    ],
)
def test_an_evening_report_is_sent_held_or_left_out(text: str, event: object, ref: str) -> None:
    (act,) = say("cole", text)
    assert isinstance(act, Act)
    assert (act.event, act.workflow, act.agent, act.ref) == (event, "site_day", "site:slc", ref)


@pytest.mark.parametrize("text", ["eod send", "eod call", "eod", "eod tbt call send", "send the report"])
def test_half_a_command_is_asked_about(text: str) -> None:
    (asked,) = say("cole", text)
    assert isinstance(asked, Say)
    assert asked.template == "which_report"


@pytest.mark.parametrize(
    "text", ["can i log off", "Can I log off?", "am i done for today", "checklist", "log off", "can I go home?"]
)
def test_one_may_ask_whether_one_can_log_off(text: str) -> None:
    assert say("tara", text) == [Wish(name="checklist")]


@pytest.mark.parametrize(
    "text", ["tracker checked", "tracker is right", "the tracker is up to date", "Tracker is fine."]
)
def test_the_tracker_is_said_to_be_right(text: str) -> None:
    (act,) = say("lia", text)
    assert isinstance(act, Act)
    assert act.event == TrackerChecked()


@pytest.mark.parametrize("text", ["board", "the board", "How are my classes?"])
def test_the_manager_asks_for_the_board(text: str) -> None:
    assert say("eve", text) == [Wish(name="board")]


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("ana", "progress report tbt 3"),
        ("tara", "hold the door"),
        ("tara", "send ana to me"),
        ("cole", "what does the call report say?"),
        ("ana", "send my progress report to cole"),
        ("tara", "on board with that"),
    ],
)
def test_everyday_words_send_and_hold_nothing(who: str, text: str) -> None:
    for intent in say(who, text):
        assert not (isinstance(intent, Act) and intent.workflow == "site_day"), intent
