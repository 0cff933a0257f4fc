"""The people of EXAMPLES.md at the desk, and who is addressed when somebody writes in a channel."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.roster import read_roster
from handlers.intents import Act, Confirm, Desk, Intent, Press, Say, Silence, Unknown, Wish
from handlers.router import route
from workflows.calendar import Calendar
from workflows.people import Role, Roster

ROSTER: Roster = read_roster(Path(__file__).parents[1] / "roster.toml")
TUESDAY_10_02 = datetime(2026, 11, 17, 17, 2, tzinfo=UTC)
"""Tuesday 2026-11-17 10:02 in Denver."""


def desk(
    who: str = "ana", *, direct: bool = True, room: str = "", at: datetime = TUESDAY_10_02, roster: Roster = ROSTER
) -> Desk:
    """That person's desk; a direct message unless said otherwise."""
    roles = frozenset({Role.agent}) if who in roster.agents else roster.people[who].roles

    def calendar(agent: str) -> Calendar:
        return Calendar.of(roster.site_of(agent) if agent else roster.sites["slc"])

    return Desk(
        roster=roster, actor=who, roles=roles, at=at, room=room or "@certdesk", direct=direct, calendar=calendar
    )


def say(who: str, text: str, **more: Any) -> list[Intent]:
    """What that person's direct message means."""
    return route(
        text,
        desk(who, **{k: v for k, v in more.items() if k not in ("pending", "ref")}),
        more.get("pending", ""),
        more.get("ref", ""),
    )


def one(kind: type[Intent], who: str, text: str, **more: Any) -> Any:
    """The only intent of a message, of that kind."""
    [intent] = say(who, text, **more)
    assert type(intent) is kind, intent
    return intent


def gist(intent: Intent) -> str:
    """An intent in one line: "ExamFailed(ahip-final, 2) ana", "undo", "say practice"."""
    match intent:
        case Act():
            event = intent.event
            shown = [getattr(event, name) for name in SHOWN.get(type(event).__name__, ())]
            told = f"({', '.join(str(value) for value in shown)})" if shown else ""
            return " ".join(part for part in (type(event).__name__ + told, intent.agent, intent.ref) if part)
        case Confirm():
            return f"confirm {intent.template}"
        case Say():
            return f"say {intent.template}"
        case Wish():
            return " ".join([intent.name, *(str(value) for key, value in intent.args.items() if value and key in TOLD)])
        case Press():
            return f"press {intent.token}"
        case _:
            return type(intent).__name__.lower() + (f" {intent.text}" if hasattr(intent, "text") else "")


SHOWN = {
    "ExamFailed": ("exam", "claimed"),
    "ExamPassed": ("exam",),
    "Coached": ("advised",),
    "ResultEntered": ("passed",),
    "FormDone": ("attempt", "number"),
    "ProctorScheduled": ("proctor",),
    "ProctorCancelled": ("why",),
    "FailRejected": ("why",),
    "OutcomeRecorded": ("outcome",),
    "InhibitorFound": ("category",),
    "CapReturned": ("why",),
    "PassRefused": ("why",),
    "Commented": ("text",),
}
TOLD = {"ref", "topic", "to", "person", "minutes", "why", "agent", "ordinal", "pack"}


def gists(who: str, text: str, **more: Any) -> list[str]:
    """All of a message, in short."""
    return [gist(intent) for intent in say(who, text, **more)]


# -- who is addressed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["!esp fail ahip 1", "/esp fail ahip 1", "@certdesk fail ahip 1", "@certdesk: fail ahip 1", "  !ESP  fail ahip 1"],
)
def test_a_channel_line_that_calls_the_bot_is_heard(text):
    assert gists("ana", text, direct=False) == ["ExamFailed(ahip-final, 1) ana"]


@pytest.mark.parametrize(
    "text",
    [
        "fail ahip 1",
        "I failed ahip !esp",
        "hey @certdesk fail ahip 1",
        "thanks, received the schedule",
        "!espresso anyone?",
        "done",
        "undo",
        "help",
        "> !esp fail ahip 1",
        "",
        "   ",
    ],
)
def test_a_channel_line_that_does_not_call_the_bot_is_left_alone(text):
    assert say("ana", text, direct=False) == [Silence()]


def test_the_bot_called_by_name_and_nothing_else_answers_with_help():
    assert gists("ana", "!esp", direct=False) == gists("ana", "@certdesk", direct=False) == ["help"]


def test_only_the_called_line_of_a_channel_message_is_heard():
    assert gists("ana", "lunch at 12?\n!esp fail ahip 1\nfail aetna 2", direct=False) == [
        "ExamFailed(ahip-final, 1) ana"
    ]


@pytest.mark.parametrize(
    "text", ["done", "Done.", "done ✅", "all done, thanks", "ended", "session ended", "removed", "ok done"]
)
def test_done_in_the_thread_of_a_case_ends_its_session(text):
    assert gists("wes", text, direct=False, room="#wfm", ref="F-12") == ["SessionEnded F-12"]


@pytest.mark.parametrize("text", ["no session", "there was no session today", "No session."])
def test_no_session_in_the_thread_is_said_so(text):
    assert gists("wes", text, direct=False, room="#wfm", ref="F-12") == ["NoSession F-12"]


@pytest.mark.parametrize(
    "text",
    [
        "not done",
        "done with lunch",
        "is it done?",
        "done?",
        "which OID?",
        "fail ahip 1",
        "undo",
        "thanks",
        "F-12",
        "coached ana",
        "no",
        "yes",
    ],
)
def test_other_talk_in_a_thread_is_not_the_bots(text):
    assert say("wes", text, direct=False, room="#wfm", ref="F-12") == [Silence()]


def test_a_time_typed_under_the_request_for_a_proctor_books_it():
    assert gists("lia", "proctor mon 10:00 @lia", direct=False, room="#licensing", ref="F-12") == [
        "ProctorScheduled(lia) F-12"
    ]


def test_receipt_is_only_taken_in_a_direct_message():
    assert gists("ana", "!esp received", direct=False) == ["say direct_only"]
    assert gists("ana", "!esp i'd rather not sign", direct=False) == ["say direct_only"]


def test_buttons_of_a_channel_answer_call_the_bot_themselves():
    [answer] = say("ana", "!esp fail", direct=False)
    assert isinstance(answer, Say)
    assert all(text.startswith("!esp fail ") for _, text in answer.buttons)
    assert not any(text.startswith("/") for _, text in answer.buttons)


# -- several commands ----------------------------------------------------------------------------------------


def test_two_commands_of_one_message_are_both_heard():
    both = ["Coached(True) ana", "FormDone(None, 881) F-12"]
    assert gists("tara", "coached @ana advised\nform F-12 881") == both
    assert gists("tara", "coached @ana advised and form F-12 881") == both
    assert gists("tara", "coached @ana advised, form F-12 881") == both
    assert gists("ana", "passed my ahip but failed aetna 1") == [
        "ExamPassed(ahip-final) ana",
        "ExamFailed(aetna-core, 1) ana",
    ]


def test_the_second_command_is_about_the_same_agent_unless_it_names_one():
    assert gists("tara", "coached ana and form done") == ["Coached(False) ana", "FormDone(None, ) ana"]


def test_two_people_of_one_command_are_two_acts():
    assert gists("tara", "coached @ana @ben advised") == ["Coached(True) ana", "Coached(True) ben"]


def test_the_fourth_command_gets_a_word_and_is_not_done():
    assert gists("tara", "coached @ana\nform F-1\ndelivered C-3\nundo") == [
        "Coached(False) ana",
        "FormDone(None, ) F-1",
        "Delivered C-3",
        "say only_three",
    ]


def test_a_reason_may_hold_commas_and_commands():
    why = "wrong exam, coached her and form done, it does not count"
    assert gists("tara", f"reject F-1 {why}") == [f"FailRejected({why}) F-1"]


def test_one_report_may_run_over_several_lines():
    assert gists("ana", "hi tara told me to write here\nfailed ahip\nsecond time") == ["ExamFailed(ahip-final, 2) ana"]
    assert gists("ana", "failed ahip 2\njust kidding") == ["say not_sure"]


def test_prose_of_many_lines_gets_one_answer():
    [answer] = say("ana", "the weather is nice\nmy cat walks on the keyboard\nand the coffee is cold")
    assert isinstance(answer, Unknown)
