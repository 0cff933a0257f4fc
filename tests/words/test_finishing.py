"""The end of ESP, notes and red flags in tired people's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers import router
from handlers.intents import Act, Desk, Intent, Say, Unknown, Wish
from handlers.lexicon import SEALED_TALK
from tests.store.said import CALENDAR, ROSTER
from workflows.completion import (
    CompletionAsked,
    HoldReleased,
    ItemWaived,
    Noted,
    RtsSet,
    Transitioned,
    TransitionHeld,
)
from workflows.concern import RedFlagRaised
from workflows.people import Role

AT = datetime(2026, 11, 25, 18, tzinfo=UTC)


def heard(who: str, text: str, *, direct: bool = True, pending: str = "") -> list[Intent]:
    person = ROSTER.people.get(who)
    desk = Desk(
        roster=ROSTER, actor=who, roles=person.roles if person else frozenset({Role.agent}), at=AT,
        room=f"@{who}" if direct else "#esp-nov16", direct=direct, calendar=lambda agent: CALENDAR,
    )  # fmt: skip
    return router.route(text, desk, pending=pending)


def act(who: str, text: str, **more: Any) -> Act:
    (intent,) = heard(who, text, **more)
    assert isinstance(intent, Act), intent
    return intent


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("rts @ana yes", True), ("RTS ana yes!!", True), ("no more forms ana", True), ("no more forms for ana", True),
        ("ana is ready to sell", True), ("anas ready to sell", True), ("rts yes for ana", True), ("rts @ana ok", True),
        ("rts @ana no", False), ("rts ana not yet", False), ("ana is not ready to sell", False),
        ("rts @ana pending", False), ("rts @ana forms missing", False),
    ],
)  # fmt: skip
def test_rts_in_a_tired_persons_words(text: str, yes: bool) -> None:
    assert act("lia", text) == Act(event=RtsSet(yes=yes), workflow="completion", agent="ana")


def test_rts_without_yes_or_no_is_asked_about() -> None:
    (ask,) = heard("lia", "rts @ana")
    assert isinstance(ask, Say)
    assert ask.buttons == (("Yes", "rts @ana yes"), ("No", "rts @ana no"))


def test_rts_of_two_is_said_of_each() -> None:
    assert [intent.agent for intent in heard("lia", "rts @ana @ben yes") if isinstance(intent, Act)] == ["ana", "ben"]


def test_rts_names_somebody() -> None:
    assert heard("lia", "rts yes")[0] == Say(template="whom", facts={"example": "rts @ana yes"})
    (ask,) = heard("lia", "rts zorro yes")
    assert isinstance(ask, Say)
    assert ask.template == "unknown_person"


def test_an_agent_who_says_rts_is_heard_and_refused_by_the_workflow() -> None:
    assert act("ana", "rts yes").agent == "ana"
    assert act("ana", "im ready to sell").agent == "ana"
    assert heard("ana", "am i rts?") == [Wish(name="help", args={"topic": "licensing"})]


@pytest.mark.parametrize(
    "text", ["transition @ana", "transitioned ana", "ana moved to production", "ana is in production now"]
)
def test_a_move_to_production(text: str) -> None:
    assert act("pia", text) == Act(event=Transitioned(), workflow="completion", agent="ana", duty="transition")


@pytest.mark.parametrize("text", ["hold @ana no seat yet", "hold ana no seat yet", "please hold ana: no seat yet"])
def test_a_hold_with_its_reason(text: str) -> None:
    assert act("pia", text).event == TransitionHeld(why="no seat yet")


def test_a_hold_without_reason_or_without_anybody() -> None:
    (ask,) = heard("pia", "hold @ana")
    assert isinstance(ask, Say)
    assert ask.template == "need_why"
    (unknown,) = heard("pia", "hold on a sec")
    assert isinstance(unknown, Unknown)


@pytest.mark.parametrize("text", ["release @ana", "release ana", "unhold ana"])
def test_a_release(text: str) -> None:
    assert act("pia", text).event == HoldReleased()


@pytest.mark.parametrize(
    ("text", "item", "why"),
    [
        ("waive @ana equipment own laptop", "equipment", "own laptop"),
        ("waive equipment for ana because own laptop", "equipment", "own laptop"),
        ("waive ana tbts done elsewhere", "tbt", "done elsewhere"),
        ("waive @ana aetna: certified last month", "ahip", "certified last month"),
        ("waive @ana call certs done in may", "call", "done in may"),
    ],
)
def test_a_waiver_with_item_and_reason(text: str, item: str, why: str) -> None:
    assert act("eve", text).event == ItemWaived(item=item, why=why)


@pytest.mark.parametrize(
    ("text", "template"),
    [("waive @ana rts", "need_why"), ("waive @ana badge lost", "waive_what"), ("waive rts agreed", "whom")],
)
def test_a_waiver_that_lacks_something_is_asked_about(text: str, template: str) -> None:
    (ask,) = heard("eve", text)
    assert isinstance(ask, Say)
    assert ask.template == template


@pytest.mark.parametrize("text", ["complete @ana", "complete ana", "mark ana complete", "set ana as complete"])
def test_completion_by_hand_reaches_the_one_who_can_say_what_is_missing(text: str) -> None:
    assert act("tara", text).event == CompletionAsked()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("note @ana laptop on its way", "laptop on its way"),
        ("note for ana: laptop, then badge", "laptop, then badge"),
        ('note @ana said "tomorrow", maybe\nor friday', 'said "tomorrow", maybe or friday'),
        ("note @ana =1+1", "=1+1"),
    ],
)
def test_a_note_in_its_own_words(text: str, note: str) -> None:
    assert act("tara", text).event == Noted(text=note)


def test_a_note_is_no_longer_than_a_cell() -> None:
    event = act("tara", f"note @ana {'x' * 900}").event
    assert isinstance(event, Noted)
    assert len(event.text) == 300


@pytest.mark.parametrize(
    "text", ["coached twice", "Final CAP given", "failed ahip", "red flag", "written warning", "terminated soon"]
)
def test_discipline_is_no_note(text: str) -> None:
    (ask,) = heard("tara", f"note @ana {text}")
    assert ask == Say(template="note_discipline")


# -- red flags ---------------------------------------------------------------------------------------------


def flagged(who: str, text: str, **more: Any) -> tuple[str, str]:
    found = act(who, text, **more)
    assert isinstance(found.event, RedFlagRaised)
    return found.agent, found.event.text


@pytest.mark.parametrize(
    ("text", "agent", "said"),
    [
        ("redflag @ana background check came back", "ana", "background check came back"),
        ("red flag ana: talked to her about caps", "ana", "talked to her about caps"),
        ("red-flag for ben he was arrested, and coached ana", "ben", "he was arrested, and coached ana"),
        ("ana red flag arrested", "ana", "arrested"),
        ('redflag @ben he said "x"\nfailed ahip', "ben", 'he said "x" failed ahip'),
    ],
)
def test_a_red_flag_is_one_thing_whatever_else_it_seems_to_say(text: str, agent: str, said: str) -> None:
    assert flagged("tara", text) == (agent, said)


def test_a_red_flag_never_answers_an_open_question() -> None:
    assert flagged("tara", "redflag ben something odd", pending="why") == ("ben", "something odd")


@pytest.mark.parametrize("text", ["redflag", "redflag zorro did it", "redflag @zorro did it", "redflag @ana"])
def test_a_question_about_a_red_flag_repeats_nothing(text: str) -> None:
    assert heard("tara", text) == [Say(template="flag_whom")]


@pytest.mark.parametrize("text", ["!esp redflag @ana background", "!esp red flag ana background"])
def test_in_a_channel_it_is_refused_and_asked_for_directly(text: str) -> None:
    assert heard("tara", text, direct=False) == [Say(template="flag_direct")]


def test_whatever_speaks_of_a_red_flag_is_not_kept_in_plain() -> None:
    assert all(SEALED_TALK.search(text) for text in ("redflag x", "Red Flag x", "red-flags", "a red  flag", "redfalg"))
    assert not SEALED_TALK.search("flagged red")
