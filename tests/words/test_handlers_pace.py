"""What people say about the pace of certification and a class's session, tired words included."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.intents import Act, Say, Wish
from tests.words.test_handlers_cast import ROSTER, desk, one, say
from workflows.carrier_cert import BlockAsked, ProofAccepted, SessionsPlanned, UnblockAsked
from workflows.people import Roster
from workflows.session_link import LinkGiven, MeetingCalled

LINK = "https://meet.example.com/a-b?c=1"


def act(who: str, text: str, **more: Any) -> tuple[Any, str, str]:
    """The event of the only act, its agent and ref."""
    intent = one(Act, who, text, **more)
    return intent.event, intent.agent, intent.ref


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, Denver."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=7)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("proof @ana ok", ()),
        ("proof ana ok", ()),
        ("Proof @ana OK!", ()),
        ("proof @ana ok final", ("final",)),
        ("proof @ana ok checkmarks", ("checkmarks",)),
        ("proof @ana ok product", ("product",)),
        ("proof @ana final ok", ("final",)),
        ("anas checkmarks are good", ("checkmarks",)),
        ("ana's checkmarks look good", ("checkmarks",)),
        ("13 checkmarks of ana are fine", ("checkmarks",)),
        ("proof @ana ok final and product", ("final", "product")),
    ],
)
def test_a_proof_is_right(text: str, items: tuple[str, ...]) -> None:
    assert act("lia", text) == (ProofAccepted(items=items), "ana", "")


@pytest.mark.parametrize(
    ("text", "items", "why"),
    [
        ("proof @ana redo too blurred", [], "too blurred"),
        ("proof @ana redo", [], ""),
        ("proof @ana redo checkmarks the date is missing", ["checkmarks"], "the date is missing"),
        ("proof @ana checkmarks redo name cut off", ["checkmarks"], "name cut off"),
        ("anas checkmarks are not good", ["checkmarks"], ""),
    ],
)
def test_a_proof_is_asked_for_again(text: str, items: list[str], why: str) -> None:
    wish = one(Wish, "lia", text)
    assert (wish.name, dict(wish.args)) == ("proof", {"agent": "ana", "ref": "", "items": items, "why": why})


def test_a_proof_may_name_its_case_and_needs_somebody() -> None:
    assert act("lia", "proof P-12 ok final") == (ProofAccepted(items=("final",)), "", "P-12")
    assert one(Wish, "lia", "proof F-3 redo blurred").args["ref"] == "F-3"
    assert one(Say, "lia", "proof @ana").template == "proof_how"
    assert one(Say, "lia", "proof ok").template == "whom"


@pytest.mark.parametrize(
    ("who", "text", "reason", "agent"),
    [
        ("tara", "block @ben nnumber", "nnumber", "ben"),
        ("tara", "block ben n-number", "nnumber", "ben"),
        ("tara", "block ben n number", "nnumber", "ben"),
        ("tara", "ben still no n number", "nnumber", "ben"),
        ("tara", "ben has no n-number yet", "nnumber", "ben"),
        ("tara", "still waiting on n number for ben", "nnumber", "ben"),
        ("tara", "block @ben login", "login", "ben"),
        ("tara", "block @ben equipment", "equipment", "ben"),
        ("tara", "block @ben payment", "payment", "ben"),
        ("tara", "block @ben outage", "outage", "ben"),
        ("tara", "block @ben other", "other", "ben"),
        ("tara", "block @ben", "", "ben"),
        ("ana", "block nnumber", "nnumber", "ana"),
        ("ana", "i still have no n number", "nnumber", "ana"),
    ],
)
def test_a_block_is_said(who: str, text: str, reason: str, agent: str) -> None:
    assert act(who, text) == (BlockAsked(reason=reason), agent, "")


def test_a_block_may_begin_earlier_but_not_later() -> None:
    event, _, _ = act("tara", "block @ben nnumber from 09:00")
    assert event == BlockAsked(reason="nnumber", since=local(17, 9))
    event, _, _ = act("tara", "block @ben nnumber from mon 14:30")
    assert event.since == local(16, 14, 30)
    assert one(Say, "tara", "block @ben nnumber from 14:00").template == "time_to_come"
    assert one(Say, "tara", "block nnumber").template == "whom"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("unblock @ben", ""), ("unblock ben", ""), ("unblock @ben nnumber", "nnumber"), ("unblocked ben", "")],
)
def test_a_block_ends(text: str, reason: str) -> None:
    assert act("tara", text) == (UnblockAsked(reason=reason), "ben", "")


def test_wfm_names_the_sessions_by_day_and_clock() -> None:
    event, agent, ref = act("wes", "ot P-12 11/20 17:00, 11/23 17:00, 11/24 17:00")
    assert event == SessionsPlanned(starts=(local(20, 17), local(23, 17), local(24, 17)))
    assert (agent, ref) == ("", "P-12")
    event, agent, ref = act("wes", "ot @ana fri 17:00, mon 17:00")
    assert (event.starts, agent) == ((local(20, 17), local(23, 17)), "ana")
    assert act("wes", "ot 11/20 17:00", direct=False, ref="P-12")[2] == "P-12"


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("ot P-12", "need_time"),
        ("ot 11/20 17:00", "need_ref"),
        ("ot P-12 11/20", "need_time"),
        ("ot P-12 11/16 17:00", "time_past"),
        ("ot P-12 13/40 17:00", "bad_time"),
    ],
)
def test_sessions_without_a_case_or_a_time_to_come_are_asked_back(text: str, template: str) -> None:
    assert one(Say, "wes", text).template == template


# -- the session -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f"link {LINK}", f"link NOV16 {LINK}", f"Link: {LINK}", f"session link for nov16 is {LINK}"]
)
def test_a_link_is_the_class_s(text: str) -> None:
    event, agent, _ = act("lia", text)
    assert (event.url, agent) == (LINK, "class:NOV16")
    assert isinstance(event, LinkGiven)
    assert event.setting.agents == tuple(ROSTER.agents_of("NOV16"))
    assert event.setting.breaks[1][0] == "lunch"


@pytest.mark.parametrize(
    ("text", "url"), [("link", ""), ("link foo", ""), ("link http://a.example", "http://a.example"),
                      ("link meet.example.com/x", "meet.example.com/x")],
)  # fmt: skip
def test_what_is_no_link_reaches_the_case_and_is_refused_there(text: str, url: str) -> None:
    event, _, _ = act("lia", text)
    assert event.url.endswith(url.removeprefix("http://"))
    assert not event.url.startswith("https://")


def two_classes() -> Roster:
    """NOV16 and another one."""
    first = ROSTER.classes["NOV16"]
    other = replace(first, name="NOV30", channel="#esp-nov30")
    return Roster.build(
        sites=ROSTER.sites.values(), classes=(first, other), people=ROSTER.people.values(),
        agents=ROSTER.agents.values(), exams=ROSTER.exams.values(),
    )  # fmt: skip


def test_with_several_classes_the_link_names_its_class() -> None:
    roster = two_classes()
    assert act("lia", f"link NOV30 {LINK}", roster=roster)[1] == "class:NOV30"
    assert act("lia", f"!esp link {LINK}", roster=roster, room="#esp-nov30", direct=False)[1] == "class:NOV30"
    asked = one(Say, "lia", f"link {LINK}", roster=roster)
    assert asked.template == "which_class"
    assert asked.buttons == (("NOV16", f"link NOV16 {LINK}"), ("NOV30", f"link NOV30 {LINK}"))


@pytest.mark.parametrize(
    ("text", "kind", "people", "at"),
    [
        (f"meet side {LINK} @ana @ben", "side", ("ana", "ben"), None),
        (f"meet callcert {LINK} @ana", "callcert", ("ana",), None),
        (f"meet shadow {LINK} @ana @ben 14:00", "shadow", ("ana", "ben"), local(17, 14)),
        (f"shadow room link {LINK} @ana fri 10:00", "shadow", ("ana",), local(20, 10)),
        (f"meet {LINK} ana and ben", "side", ("ana", "ben"), None),
    ],
)
def test_a_side_meeting_names_its_people(text: str, kind: str, people: tuple[str, ...], at: datetime | None) -> None:
    event, agent, _ = act("tara", text)
    assert isinstance(event, MeetingCalled)
    assert (event.kind, event.url, event.people, event.at, agent) == (kind, LINK, people, at, "class:NOV16")


def test_a_side_meeting_without_people_is_asked_back() -> None:
    assert one(Say, "tara", f"meet side {LINK}").template == "whom"


@pytest.mark.parametrize("text", ["what does block mean?", "how do i unblock?", "ot?"])
def test_questions_get_help(text: str) -> None:
    assert [intent.name for intent in say("tara", text) if isinstance(intent, Wish)] == ["help"]


@pytest.mark.parametrize("topic", ["blocks", "session", "licensing"])
def test_every_topic_has_its_page(topic: str) -> None:
    from handlers.helping import page

    said = page(topic, desk("lia"))
    assert said.facts["topic"] == topic
    assert said.facts["lines"]
