"""The site's day as a table: its bells, its reports, who may send and hold them (SPEC 7, 8.12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.core.story import CALENDAR, packs
from tests.core.walks import moment
from workflows import site_day
from workflows.calendar import Calendar
from workflows.effects import Arm, Mail, Owe, Tell
from workflows.machine import Case, Declined, Stepped
from workflows.people import Role
from workflows.policy_floor import SiteDayPolicy
from workflows.site_day import (
    ChecklistDue,
    DraftDue,
    ReportHeld,
    ReportLeftOut,
    ReportReleased,
    SendDue,
    SiteDayBegan,
    SiteDayEnded,
    SiteDayOver,
    TrackerChecked,
)

BUILT_IN: SiteDayPolicy = packs().get("site_day").policy  # type: ignore[assignment]
POLICY = replace(  # the client's list waits for its first word here, as a house may want it (SPEC 8.12)
    BUILT_IN, report=tuple(replace(one, approve_first=one.key == "tbt") for one in BUILT_IN.report)
)
MACHINE = site_day.machine(POLICY)
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
COLE = frozenset({Role.cert_coordinator})
BOT = frozenset({Role.bot})
MIDNIGHT = datetime(2026, 11, 17, 7, tzinfo=UTC)


def began(day: date = TUESDAY, at: datetime = MIDNIGHT) -> Stepped[Any]:
    """A day that has begun."""
    event = SiteDayBegan(day=day)
    case: Case[Any] = Case(
        id="Y-1",
        workflow="site_day",
        key=day.isoformat(),
        agent="site:slc",
        pack="p",
        calendar="c",
        state="NONE",
        data=MACHINE.fresh(event),
        opened=at,
    )
    stepped = MACHINE.step(moment(case, event, at, BOT, POLICY))
    assert isinstance(stepped, Stepped)
    return stepped


def play(*said: Any, by: frozenset[Role] = COLE, day: date = TUESDAY) -> Any:
    """The last step after a day began and these events were taken."""
    last: Any = began(day)
    for n, event in enumerate(said):
        who = by if isinstance(event, ReportReleased | ReportHeld | ReportLeftOut | TrackerChecked) else BOT
        last = MACHINE.step(moment(last.case, event, MIDNIGHT + timedelta(hours=10, minutes=n), who, POLICY))
    return last


def armed(day: date, at: datetime | None = None) -> dict[str, str]:
    """The bells of a day, in site time."""
    stepped = began(day, at or CALENDAR.midnight(day))
    bells = [effect for effect in stepped.effects if isinstance(effect, Arm)]
    return {bell.name: f"{CALENDAR.local(bell.due):%m-%d %H:%M}" for bell in bells}


def test_every_bell_of_the_day_rings_at_its_hour() -> None:
    assert armed(TUESDAY) == {
        "queue": "11-17 08:10",
        "touch-base": "11-17 08:15",
        "board:1": "11-17 11:00",
        "board:2": "11-17 15:00",
        "checklist": "11-17 16:15",
        "search-pack": "11-17 16:30",
        "summary": "11-17 17:15",
        "draft:call": "11-17 17:30",
        "draft:tbt": "11-17 17:30",
        "send:call": "11-17 18:00",
        "send:tbt": "11-17 18:00",
        "end": "11-18 00:00",
        "over": "11-18 17:30",
    }


def test_what_fell_due_before_the_first_start_is_not_made_up() -> None:
    late = armed(TUESDAY, datetime(2026, 11, 17, 23, 15, tzinfo=UTC))  # 16:15 itself is past
    assert sorted(late) == sorted(
        ["search-pack", "summary", "draft:call", "draft:tbt", "send:call", "send:tbt", "end", "over"]
    )


@pytest.mark.parametrize(
    ("day", "first"),
    [(MONDAY, True), (TUESDAY, False), (date(2026, 11, 27), False)],
    ids=["monday", "tuesday", "friday after Thanksgiving"],
)
def test_the_weekly_goes_on_the_first_business_day_of_the_week(day: date, first: bool) -> None:
    assert ("weekly" in armed(day)) is first


def test_after_a_monday_off_the_weekly_goes_on_tuesday() -> None:
    closed = Calendar.of(replace(CALENDAR.site, holidays=CALENDAR.site.holidays | {MONDAY}))
    assert site_day.is_first_of_week(closed, TUESDAY)
    assert not site_day.is_first_of_week(closed, date(2026, 11, 18))


@pytest.mark.parametrize(("day", "utc"), [(date(2026, 10, 30), 22), (date(2026, 11, 2), 23)], ids=["MDT", "MST"])
def test_the_checklist_is_at_a_quarter_past_four_on_both_sides_of_the_change_of_clocks(day: date, utc: int) -> None:
    (bell,) = (e for e in began(day, CALENDAR.midnight(day)).effects if isinstance(e, Arm) and e.name == "checklist")
    assert bell.due == datetime(day.year, day.month, day.day, utc, 15, tzinfo=UTC)


def test_a_friday_report_is_overtaken_on_monday_evening() -> None:
    assert armed(date(2026, 11, 20))["over"] == "11-23 17:30"
    assert armed(date(2026, 11, 25))["over"] == "11-27 17:30", "Thanksgiving is no evening for a report"


def test_a_report_is_shown_and_then_goes() -> None:
    shown = play(DraftDue(report="call", known=True))
    (card,) = shown.effects
    assert isinstance(card, Tell)
    assert card.more == (("Send now", "eod call send Y-1"), ("Hold", "eod call hold Y-1"))
    went = play(DraftDue(report="call", known=True), SendDue(report="call", known=True))
    (mail,) = (effect for effect in went.effects if isinstance(effect, Mail))
    assert (mail.to, mail.cc, mail.id) == (("ops_leadership",), ("cert_coordinator",), "E-17")
    assert went.case.data.of("call").status == "sent"


def test_a_held_report_does_not_go() -> None:
    held = play(DraftDue(report="call", known=True), ReportHeld(report="call"))
    assert held.case.data.of("call").status == "held"
    due = MACHINE.step(moment(held.case, SendDue(report="call", known=True), MIDNIGHT, BOT, POLICY))
    assert due == Declined("not_so")
    went = play(DraftDue(report="call", known=True), ReportHeld(report="call"), ReportReleased(report="call"))
    assert any(isinstance(effect, Mail) for effect in went.effects)


def test_the_first_report_to_the_clients_list_waits_for_a_person() -> None:
    asked = play(DraftDue(report="tbt"), SendDue(report="tbt"))
    (duty,) = asked.effects
    assert isinstance(duty, Owe)
    assert [answer.label for answer in duty.answers] == ["Send now", "Leave out"]
    assert asked.case.data.of("tbt").status == "drafted"
    known = play(DraftDue(report="tbt", known=True), SendDue(report="tbt", known=True))
    assert any(isinstance(effect, Mail) and effect.id == "E-18" for effect in known.effects)


def test_the_house_list_needs_no_first_approval() -> None:
    went = play(DraftDue(report="call"), SendDue(report="call"))
    assert any(isinstance(effect, Mail) for effect in went.effects)


def test_without_the_key_nothing_waits() -> None:
    policy = replace(POLICY, report=tuple(replace(one, approve_first=False) for one in POLICY.report))
    case = play(DraftDue(report="tbt")).case
    went = site_day.machine(policy).step(moment(case, SendDue(report="tbt"), MIDNIGHT, BOT, policy))
    assert isinstance(went, Stepped)
    assert any(isinstance(effect, Mail) for effect in went.effects)


@pytest.mark.parametrize("word", [ReportReleased, ReportHeld, ReportLeftOut])
def test_only_the_coordinator_and_the_manager_send_and_hold(word: Any) -> None:
    for role in (Role.tl, Role.agent, Role.wfm, Role.certifier, Role.licensing):
        refused = play(DraftDue(report="call"), word(report="call"), by=frozenset({role}))
        assert isinstance(refused, Declined)
        assert refused.reason == "not_yours"
    assert isinstance(play(DraftDue(report="call"), word(report="call"), by=frozenset({Role.esp_manager})), Stepped)


def test_what_has_gone_cannot_be_held_or_sent_again() -> None:
    for word in (ReportReleased, ReportHeld, ReportLeftOut):
        again = play(DraftDue(report="call"), ReportReleased(report="call"), word(report="call"))
        assert again == Declined("not_so")


def test_a_report_sent_early_is_not_shown_again() -> None:
    assert play(ReportReleased(report="call"), DraftDue(report="call", known=True)) == Declined("not_so")


def test_an_unknown_report_is_refused() -> None:
    assert play(ReportReleased(report="weekly")) == Declined("not_so")


def test_a_day_ends_when_everything_went_and_waits_while_something_is_held() -> None:
    both = (DraftDue(report="call"), DraftDue(report="tbt"), SendDue(report="call"))
    assert play(*both, SiteDayEnded()).case.state == "WAITING"
    assert play(*both, ReportReleased(report="tbt"), SiteDayEnded()).case.state == "CLOSED"
    late = play(*both, SiteDayEnded(), ReportReleased(report="tbt"))
    assert late.case.state == "CLOSED"
    assert any(isinstance(effect, Mail) for effect in late.effects)
    assert play(*both, SiteDayEnded(), ReportLeftOut(report="tbt")).case.state == "CLOSED"
    assert play(*both, SiteDayEnded(), SiteDayOver()).case.state == "CLOSED"


def test_two_that_wait_are_answered_one_by_one() -> None:
    held = (DraftDue(report="call"), DraftDue(report="tbt"), ReportHeld(report="call"), SiteDayEnded())
    assert play(*held, ReportReleased(report="call")).case.state == "WAITING"
    assert play(*held, ReportLeftOut(report="call")).case.state == "WAITING"
    assert play(*held, ReportLeftOut(report="call"), ReportReleased(report="tbt")).case.state == "CLOSED"


def test_everybody_looks_his_tracker_through_once_a_day() -> None:
    once = play(TrackerChecked(), by=frozenset({Role.tl}))
    assert once.case.data.checked == ("tl",)
    assert play(TrackerChecked(), TrackerChecked(), by=frozenset({Role.tl})) == Declined("not_so")
    assert isinstance(play(TrackerChecked(), by=frozenset({Role.agent})), Declined)


def test_what_rings_late_says_so() -> None:
    day = began().case
    for minutes, late in ((0, False), (1, False), (2, True)):
        at = CALENDAR.at(TUESDAY, POLICY.times.checklist) + timedelta(minutes=minutes)
        rung = MACHINE.step(moment(day, ChecklistDue(), at, BOT, POLICY))
        assert isinstance(rung, Stepped)
        assert {effect.facts["late"] for effect in rung.effects if isinstance(effect, Tell)} == {late}
