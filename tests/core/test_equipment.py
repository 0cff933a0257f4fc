"""The table of an agent's equipment: who owns an issue, when it is nudged, how long it keeps its reference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.samples_floor import SHIFT
from tests.core.story import packs
from tests.core.walks import moment
from workflows import equipment, handoffs
from workflows.effects import Arm, Hand, Owe
from workflows.equipment import ISSUE_OPEN, NONE, OK, RESOLVED, UNKNOWN, Equipment
from workflows.machine import Case, Event
from workflows.people import Role

POLICY: Any = packs().get("equipment").policy
MACHINE = equipment.machine(POLICY)
AGENT, TL, COORDINATOR = (frozenset({role}) for role in (Role.agent, Role.tl, Role.cert_coordinator))
DENVER = ZoneInfo("America/Denver")
BROKEN = equipment.IssueFound(text="no sound")


def at(text: str) -> datetime:
    """ "11-20 15:00" at the site."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=DENVER)


def where(state: str, **data: Any) -> Case[Any]:
    """Ana's equipment, standing somewhere."""
    return Case(
        id="H-1", workflow="equipment", key="", agent="ana", pack="p", calendar="c", state=state, data=Equipment(**data),
        opened=at("11-16 08:00"),
    )  # fmt: skip


def step(case: Case[Any], event: Event, now: str, by: frozenset[Role] = AGENT) -> Any:
    """One step, or why there is none."""
    return MACHINE.step(moment(case, event, at(now), by, POLICY))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("11-20 14:59", "11-20 15:00"),
        ("11-20 15:00", "11-23 15:00"),
        ("11-21 09:00", "11-23 15:00"),
        ("11-25 15:01", "11-27 15:00"),
    ],
)
def test_the_nudge_is_the_next_business_days_three_oclock(now: str, due: str) -> None:
    (arm,) = [effect for effect in step(where(NONE), BROKEN, now).effects if isinstance(effect, Arm)]
    assert arm.due.astimezone(DENVER) == at(due)


@pytest.mark.parametrize(("calls", "owner"), [(False, "tl"), (True, "cert_coordinator")])
def test_the_phase_says_who_sees_to_it(calls: bool, owner: str) -> None:
    done = step(where(NONE), replace(BROKEN, calls=calls), "11-20 09:00")
    assert [effect.to for effect in done.effects if isinstance(effect, Owe)] == [(owner,)]


def test_only_the_agent_and_the_owner_say_that_it_works() -> None:
    for state in (RESOLVED, ISSUE_OPEN, UNKNOWN):
        assert step(where(state, calls=True), equipment.AllWorks(), "11-20 09:00", TL).reason == "not_yours"
        for by in (AGENT, COORDINATOR):
            assert step(where(state, calls=True), equipment.AllWorks(), "11-20 09:00", by).case.state == OK
    assert step(where(RESOLVED), equipment.AllWorks(), "11-18 09:00", TL).case.state == OK


def test_completion_and_call_certs_hear_every_change() -> None:
    for event, done in ((BROKEN, False), (equipment.AllWorks(), True), (handoffs.EquipmentSaid(works=True), True)):
        handed = [effect for effect in step(where(UNKNOWN), event, "11-20 09:00").effects if isinstance(effect, Hand)]
        assert [(hand.workflow, hand.event.item, hand.event.done) for hand in handed] == [
            ("completion", "equipment", done),
            ("call_cert", "equipment", done),
        ]


def test_it_is_forgotten_after_the_packs_days_and_not_a_minute_before() -> None:
    fixed = datetime(2026, 11, 20, 17, tzinfo=UTC)
    case = where(OK, ok_at=fixed, opened=1)
    assert not MACHINE.forgets(case, BROKEN, fixed + timedelta(days=7))
    assert MACHINE.forgets(case, BROKEN, fixed + timedelta(days=7, minutes=1))
    assert not MACHINE.forgets(case, equipment.AllWorks(), fixed + timedelta(days=70))
    assert not MACHINE.forgets(where(OK, ok_at=fixed), BROKEN, fixed + timedelta(days=70))


def test_the_poll_is_armed_only_while_its_hour_is_to_come() -> None:
    event = equipment.CallPhaseBegun(day=date(2026, 11, 20), shift=SHIFT)
    for now, armed in (("11-20 00:00", 1), ("11-20 07:59", 1), ("11-20 08:00", 0), ("11-24 00:00", 0)):
        assert len(step(where(NONE), event, now).effects) == armed
