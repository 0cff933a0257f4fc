"""What is a link, when it is late, and which moments a class's case waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.machines import machine_for
from tests.core import walks
from tests.core.samples_pace import SETTING, SHIFT
from tests.core.story import packs
from workflows import session_link
from workflows.effects import Arm, Mail, Owe, Tell
from workflows.machine import Case, Stepped
from workflows.people import Role

DENVER = ZoneInfo("America/Denver")
POLICY: Any = packs().get("licensing-training-new").policy
MACHINE = machine_for("session_link", POLICY)
LIC = frozenset({Role.licensing})
MONDAY = replace(SETTING, shift=replace(SHIFT, first=date(2026, 11, 16)), agents=("ana", "ben"))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=DENVER).astimezone(UTC)


def step(case: Case[Any] | None, event: Any, when: datetime, by: frozenset[Role] = LIC) -> Stepped[Any]:
    case = case or walks._blank(MACHINE, event, POLICY)
    taken = MACHINE.step(walks.moment(case, event, when, by, POLICY))
    assert isinstance(taken, Stepped), taken
    return taken


def rings(taken: Stepped[Any]) -> dict[str, str]:
    return {
        effect.name: f"{effect.due.astimezone(DENVER):%m-%d %H:%M}"
        for effect in taken.effects
        if isinstance(effect, Arm)
    }


@pytest.mark.parametrize(
    "url",
    ["https://meet.example.com/a", "https://x.example", "https://a-b.example.com:8443/x?y=1#z", "https://1.2.3.4/x"],
)
def test_a_secure_address_of_a_host_is_a_link(url: str) -> None:
    assert session_link.is_link(url)


@pytest.mark.parametrize(
    "url",
    ["", "foo", "http://meet.example.com/a", "https://", "https://localhost/x", "https://a b.example.com",
     "https://.example.com", "https://evil@example..com", "javascript:alert(1)", "https://exa\nmple.com"],
)  # fmt: skip
def test_anything_else_is_none(url: str) -> None:
    assert not session_link.is_link(url)


def test_the_moments_before_a_monday_class_lie_on_the_weekend() -> None:
    taken = step(None, session_link.ClassAhead(setting=MONDAY), at(9, 0))
    assert rings(taken) == {
        "missing:48": "11-14 08:00", "missing:25": "11-15 07:00", "latest": "11-15 08:00", "morning:1": "11-16 08:00",
        "morning:2": "11-17 08:00", "morning:3": "11-18 08:00", "morning:4": "11-19 08:00",
    }  # fmt: skip
    owed = [effect for effect in taken.effects if isinstance(effect, Owe)]
    assert {(effect.duty, effect.due) for effect in owed} == {
        (f"prepare:{name}", at(13, 8)) for name in ("training", "report", "share")
    }


@pytest.mark.parametrize(
    ("first", "missing", "latest"),
    [
        (date(2026, 11, 2), "10-31 09:00", "11-01 08:00"),  # 48 hours elapsed over the hour that is twice
        (date(2026, 3, 9), "03-07 07:00", "03-08 08:00"),  # and over the one that is not
        (date(2026, 11, 27), "11-25 08:00", "11-26 08:00"),  # the day before is a holiday
    ],
)
def test_hours_before_the_start_are_elapsed_hours(first: date, missing: str, latest: str) -> None:
    setting = replace(MONDAY, shift=replace(SHIFT, first=first))
    early = datetime.combine(first, time(8), DENVER).astimezone(UTC) - timedelta(days=7)
    found = rings(step(None, session_link.ClassAhead(setting=setting), early))
    assert (found["missing:48"], found["latest"]) == (missing, latest)


def test_what_has_passed_is_not_made_up() -> None:
    taken = step(None, session_link.ClassAhead(setting=MONDAY), at(17, 9))
    assert set(rings(taken)) == {"morning:3", "morning:4"}
    assert not [effect for effect in taken.effects if isinstance(effect, Owe)]


def test_a_link_given_before_the_case_opened_is_kept_and_what_is_to_be_ready_still_asked() -> None:
    given = step(None, session_link.LinkGiven(url="https://meet.example.com/a", setting=MONDAY), at(2, 9))
    assert given.case.state == "SENT"
    assert len([effect for effect in given.effects if isinstance(effect, Mail)]) == 2
    ahead = step(given.case, session_link.ClassAhead(setting=MONDAY), at(9, 0))
    assert len([effect for effect in ahead.effects if isinstance(effect, Owe)]) == 3
    again = step(ahead.case, session_link.ClassAhead(setting=MONDAY), at(9, 0))
    assert not [effect for effect in again.effects if isinstance(effect, Owe)]


def test_who_joined_meanwhile_gets_the_link_a_day_before() -> None:
    given = step(None, session_link.LinkGiven(url="https://meet.example.com/a", setting=MONDAY), at(10, 9))
    joined = replace(MONDAY, agents=("ana", "ben", "cora"))
    last = step(given.case, session_link.LastCall(setting=joined), at(15, 8), frozenset({Role.bot}))
    assert [effect.about for effect in last.effects if isinstance(effect, Mail)] == ["cora"]
    assert [effect.to for effect in last.effects if isinstance(effect, Tell)] == ["@cora"]


def test_only_a_shadowing_reminds() -> None:
    called = session_link.MeetingCalled(
        kind="side", url="https://meet.example.com/s", people=("ana",), setting=MONDAY, at=at(17, 14)
    )
    ahead = step(None, session_link.ClassAhead(setting=MONDAY), at(16, 9)).case
    assert "meeting:1" not in rings(step(ahead, called, at(17, 10)))
    assert rings(step(ahead, replace(called, kind="shadow"), at(17, 10)))["meeting:1"] == "11-17 13:45"
    assert "meeting:1" not in rings(step(ahead, replace(called, kind="shadow"), at(17, 13, 50)))
