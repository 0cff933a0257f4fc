"""What people say in and about the classroom, tired words included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.intents import Act, Fill, Say, Silence, Unknown, Wish
from tests.words.test_handlers_cast import ROSTER, desk, one, say
from workflows.attendance import AttendanceConfirmed, AttendanceDismissed, AttendanceEntered
from workflows.engagement import (
    AgentExcused,
    ArrivalEntered,
    ExcuseEnded,
    HandsRecorded,
    HelpWanted,
    Here,
    MarkedMia,
    WasHere,
)
from workflows.handoffs import Excused
from workflows.people import Roster

TODAY = date(2026, 11, 17)
CLASSROOM = "#esp-nov16"


def local(hour: int, minute: int = 0, day: int = 17) -> datetime:
    """In November 2026, Denver."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=7)


START, END = local(8), local(16, 30)


def act(who: str, text: str, **more: Any) -> tuple[Any, str]:
    """The event of the only act, and whom it is about."""
    intent = one(Act, who, text, **more)
    return intent.event, intent.agent


# -- an agent is here --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "here", "Here!", "HERE", "im here", "I'm here", "i am here", "✋", "✋ I'm here", ":raised_hand:", "🙋‍♀️", "✋🏽",
        "yes im here", "Sorry, I'm here!", "hello, I am here", "present", "still here", "im right here", "/esp here",
        "!esp here",
    ],
)  # fmt: skip
def test_an_agent_is_here(text: str) -> None:
    assert act("ben", text) == (Here(day=TODAY), "ben")


@pytest.mark.parametrize("text", ["here", "im here", "✋", "@certdesk here", "hey im here", ":hand:"])
def test_a_word_in_the_classs_own_channel_counts_addressed_or_not(text: str) -> None:
    [found] = say("ben", text, direct=False, room=CLASSROOM)
    assert found == Wish(name="here", args={"idle": False}) or getattr(found, "event", None) == Here(day=TODAY)


@pytest.mark.parametrize("text", ["back", "im back", "Back!", "back from lunch"])
def test_back_in_the_channel_counts_only_where_somebody_waits(text: str) -> None:
    assert say("ben", text, direct=False, room=CLASSROOM) == [Wish(name="here", args={"idle": True})]


@pytest.mark.parametrize("text", ["is anybody here?", "here is my screenshot", "who is back", "the cat is here too"])
def test_talk_in_the_channel_is_not_the_bots(text: str) -> None:
    assert say("ben", text, direct=False, room=CLASSROOM) == [Silence()]


def test_a_word_elsewhere_and_a_tls_own_are_not_an_agents_answer() -> None:
    assert say("ben", "here", direct=False, room="#general") == [Silence()]
    assert say("tara", "here", direct=False, room=CLASSROOM) == [Silence()]


@pytest.mark.parametrize("text", ["help me", "Help me please", "help me!!", "i need help", "please help me"])
def test_an_agent_wants_a_room(text: str) -> None:
    assert act("ben", text) == (HelpWanted(agent="ben"), "ben")


def test_help_is_still_help() -> None:
    assert one(Wish, "ben", "help").name == "help"
    assert one(Wish, "tara", "help me").name == "help"


# -- hands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "missing", "pause"),
    [
        ("hands b1 @ben @cora", ("ben", "cora"), "b1"),
        ("/esp hands b1 @ben @cora", ("ben", "cora"), "b1"),
        ("hands lunch ben, cora", ("ben", "cora"), "lunch"),
        ("hands b2 Ben Ortiz and Cora Lund", ("ben", "cora"), "b2"),
        ("hands break 2 @ben", ("ben",), "b2"),
        ("hands first break @ben", ("ben",), "b1"),
        ("hands b1", (), "b1"),
        ("hands", (), ""),
        ("hands @ben", ("ben",), ""),
        ("no hand ben cora", ("ben", "cora"), ""),
        ("no hands from ben and cora", ("ben", "cora"), ""),
        ("No hand: Ben", ("ben",), ""),
        ("no hand ben lunch", ("ben",), "lunch"),
        ("ben didnt raise his hand", ("ben",), ""),
        ("all hands up", (), ""),
        ("everybody raised", (), ""),
        ("hands NOV16 b1 @ben", ("ben",), "b1"),
    ],
)
def test_the_host_names_the_hands_that_were_missing(text: str, missing: tuple[str, ...], pause: str) -> None:
    assert act("lia", text) == (HandsRecorded(missing=missing, pause=pause), "class:NOV16")


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("hands b1 @nobody", "unknown_person"),
        ("hands b1 bob", "unknown_person"),
        ("hands b4 @ben", "which_break"),
    ],
)
def test_hands_nobody_can_read_are_asked_about(text: str, template: str) -> None:
    assert one(Say, "lia", text).template == template


@pytest.mark.parametrize("text", ["hands b1 yesterday @ben", "hands b1 11/16 @ben"])
def test_hands_of_a_day_that_is_over_are_the_managers_to_correct(text: str) -> None:
    asked = one(Wish, "lia", text)
    assert (asked.name, asked.args) == ("closed_day", {"klass": "NOV16", "day": date(2026, 11, 16)})


def two_classes() -> Roster:
    """The same people with a second class beside it."""
    klass, fay = ROSTER.classes["NOV16"], ROSTER.agents["fay"]
    later = replace(klass, name="DEC07", channel="#esp-dec07")
    return Roster.build(
        sites=ROSTER.sites.values(),
        classes=(klass, later),
        people=ROSTER.people.values(),
        agents=(
            *(agent for agent in ROSTER.agents.values() if agent.username != "fay"),
            replace(fay, class_name="DEC07"),
        ),
        exams=ROSTER.exams.values(),
        channels=dict(ROSTER.channels),
    )


def test_a_host_of_two_classes_is_asked_which_and_records_one_at_a_time() -> None:
    roster = two_classes()
    asked = one(Say, "lia", "hands b1", roster=roster)
    assert (asked.template, [label for label, _ in asked.buttons]) == ("which_class", ["DEC07", "NOV16"])
    assert [act("lia", text, roster=roster)[1] for _, text in asked.buttons] == ["class:DEC07", "class:NOV16"]
    assert one(Say, "lia", "hands b1 @ben @fay", roster=roster).template == "other_class"
    assert act("lia", "hands b1 @fay", roster=roster)[1] == "class:DEC07"
    assert act("lia", "!esp hands b1", direct=False, room="#esp-dec07", roster=roster)[1] == "class:DEC07"


@pytest.mark.parametrize(
    ("text", "missing"), [("@ben @cora", ("ben", "cora")), ("ben", ("ben",)), ("none", ()), ("all raised", ())]
)
def test_the_answer_to_whose_hands_were_missing(text: str, missing: tuple[str, ...]) -> None:
    assert one(Fill, "lia", text, pending="missing") == Fill(kind="missing", value=missing)


def test_a_stranger_is_nobodys_hand() -> None:
    assert one(Say, "lia", "bob", pending="missing").template == "unknown_person"


# -- excuses and marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("excuse @ben breakout", AgentExcused(agent="ben", why="breakout")),
        ("excuse @ben on a call with support", AgentExcused(agent="ben", why="support")),
        ("excuse @ben breakout 30", AgentExcused(agent="ben", why="breakout", until=local(10, 32))),
        ("excuse @ben feeling sick", AgentExcused(agent="ben", why="other")),
        ("excuse @ben over", ExcuseEnded(agent="ben")),
        ("excuse @ben is back", ExcuseEnded(agent="ben")),
    ],
)
def test_a_host_excuses_by_hand(text: str, event: Any) -> None:
    assert act("lia", text) == (event, "ben")


def test_a_mark_by_hand_and_a_word_that_he_was_there() -> None:
    assert act("lia", "mia @ben camera off, no answer") == (
        MarkedMia(day=TODAY, why="camera off, no answer", starts=START, ends=END),
        "ben",
    )
    assert act("tara", "here @ben he answered by voice") == (WasHere(why="he answered by voice"), "ben")
    assert act("tara", "here @ben") == (WasHere(), "ben")
    assert one(Say, "lia", "mia").template == "whom"


# -- attendance --------------------------------------------------------------------------------------------


def arrived(hour: int, minute: int, agent: str = "dan") -> ArrivalEntered:
    """Today's arrival, entered by a person."""
    return ArrivalEntered(agent=agent, day=TODAY, on=local(hour, minute))


def entered(day: int = 17, **said: Any) -> AttendanceEntered:
    """An entry about a whole day or its end."""
    return AttendanceEntered(day=date(2026, 11, day), starts=local(8, day=day), ends=local(16, 30, day=day), **said)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("attend @dan in 08:09", arrived(8, 9)),
        ("attend @dan in at 8:09am", arrived(8, 9)),
        ("attend dan arrived 08:09", arrived(8, 9)),
        ("attend @dan late 12", arrived(8, 12)),
        ("dan 12 late", arrived(8, 12)),
        ("dan is 12 min late", arrived(8, 12)),
        ("Dan Kim was late 12", arrived(8, 12)),
        ("dan came in 12 minutes late", arrived(8, 12)),
        ("attend @dan out 09:20", entered(left=local(9, 20))),
        ("attend @dan left 09:20", entered(left=local(9, 20))),
        ("attend @dan early 20", entered(left=local(16, 10))),
        ("dan left 20 early", entered(left=local(16, 10))),
        ("attend @dan absent", entered(absent=True)),
        ("dan is absent", entered(absent=True)),
        ("attend @dan no show", entered(absent=True)),
        ("attend @dan late 12 yesterday", entered(16, arrived=local(8, 12, 16))),
        ("attend @dan in 08:09 yesterday", entered(16, arrived=local(8, 9, 16))),
        ("attend @dan absent 11/16", entered(16, absent=True)),
        ("attend @dan absent sunday", AttendanceEntered(day=date(2026, 11, 15), absent=True)),
        ("attend @dan in 08:09 sunday", AttendanceEntered(day=date(2026, 11, 15), arrived=local(8, 9, 15))),
        ("attend @dan excuse dentist, called at 7", Excused(why="dentist, called at 7", day=TODAY)),
        ("attend @dan excused", Excused(day=TODAY)),
        ("attend @dan confirm", AttendanceConfirmed()),
        ("attend @dan dismiss", AttendanceDismissed()),
    ],
)
def test_what_a_tl_says_of_attendance(text: str, event: Any) -> None:
    assert act("tara", text) == (event, "dan")


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("attend", "attend_how"),
        ("attend @dan", "attend_how"),
        ("attend @dan banana", "attend_how"),
        ("attend @dan late", "attend_how"),
        ("attend @dan late 0", "attend_how"),
        ("attend @dan in", "need_time"),
        ("attend @dan absent tomorrow", "time_to_come"),
        ("attend @dan in 15:30", "time_to_come"),
        ("attend @nobody late 12", "unknown_person"),
        ("attend @dev late 12", "unknown_person"),
    ],
)
def test_what_is_missing_is_asked(text: str, template: str) -> None:
    assert one(Say, "tara", text).template == template


def test_before_the_class_began_nobody_was_scheduled() -> None:
    event, _ = act("tara", "attend @dan absent 11/13")
    assert event.starts is None


@pytest.mark.parametrize("text", ["im 12 late", "i will be 20 late", "ben 12 late"])
def test_an_agent_enters_nobodys_attendance(text: str) -> None:
    assert isinstance(say("ana", text)[0], Unknown | Say | Silence)


def test_a_shift_follows_its_class_not_the_agents_own_zone() -> None:
    assert ROSTER.agents["ben"].tz == "America/Phoenix"
    july = datetime(2027, 7, 6, 16, tzinfo=UTC)  # Denver is on summer time, Phoenix is not
    found: Any = one(Act, "tara", "attend @ben late 12", at=july)
    assert found.event.on == datetime(2027, 7, 6, 14, 12, tzinfo=UTC)


def test_the_desk_of_a_morning() -> None:
    assert desk("tara").at == local(10, 2)
