"""One coaching, step by step: who may, when, what is handed back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.machines import machine_for
from tests.core import walks
from tests.core.samples_pace import COACHING_DUE, HOUR, NOON
from tests.core.story import packs
from workflows import coaching, handoffs
from workflows.effects import Hand, Hush, Mail, Owe, Settle, Tell
from workflows.machine import Case, Declined, Event, Stepped
from workflows.people import Role

POLICY: Any = packs().get("coaching").policy
MACHINE = machine_for("coaching", POLICY)
TL, HR, ESP = (frozenset({role}) for role in (Role.tl, Role.hr_rep, Role.esp_manager))


def step(case: Case[Any], event: Event, by: frozenset[Role] = TL) -> Any:
    return MACHINE.step(walks.moment(case, event, NOON, by, POLICY))


def due(**more: Any) -> Case[Any]:
    event = replace(COACHING_DUE, **more)
    taken = step(walks._blank(MACHINE, event, POLICY), event)
    assert isinstance(taken, Stepped)
    return taken.case


def effects(result: Any, kind: type) -> list[Any]:
    assert isinstance(result, Stepped)
    return [effect for effect in result.effects if isinstance(effect, kind)]


def test_several_can_be_open_one_for_each_cause_and_step() -> None:
    keys = {MACHINE.key(replace(COACHING_DUE, cause=cause, step=n)) for cause in ("A-7", "D-1") for n in (1, 2)}
    assert len(keys) == 4
    assert MACHINE.key(coaching.AgentCoached()) is None


def test_the_owner_owes_it_by_the_sender_s_clock() -> None:
    event = replace(COACHING_DUE, sla="slow", sla_pack="pin", owner="cert_coordinator")
    (owe,) = effects(step(walks._blank(MACHINE, event, POLICY), event), Owe)
    assert (owe.to, owe.duty, owe.sla) == (("cert_coordinator",), "coach", "pin#slow")


@pytest.mark.parametrize("back", [timedelta(), HOUR, 30 * HOUR])
def test_a_coaching_now_or_before_is_recorded_and_handed_back(back: timedelta) -> None:
    done = step(due(), coaching.AgentCoached(on=NOON - back))
    (mail,), (hand,) = effects(done, Mail), effects(done, Hand)
    assert (mail.id, mail.to, mail.cc) == ("E-09", ("tl",), ("agent",))
    assert (hand.workflow, hand.ref) == ("attendance", "A-7")
    assert hand.event == handoffs.CoachingDelivered(coaching="C-1", step=1, delivered_at=NOON - back, by="tl")
    assert done.case.state == "DELIVERED"


def test_a_time_to_come_is_declined_in_its_own_words() -> None:
    event = coaching.AgentCoached(on=NOON + timedelta(minutes=1))
    assert step(due(), event) == Declined("not_so")
    refused = MACHINE.refusal(walks.moment(due(), event, NOON, TL, POLICY), Declined("not_so"))
    assert isinstance(refused, Tell)
    assert refused.template == "coaching/time_to_come"


def test_a_sender_may_want_no_record() -> None:
    assert effects(step(due(record=False), coaching.AgentCoached()), Mail) == []


def test_owner_and_esp_manager_may_and_nobody_else() -> None:
    assert isinstance(step(due(owner="tl"), coaching.AgentCoached(), ESP), Stepped)
    assert isinstance(step(due(owner="hr_rep"), coaching.AgentCoached(), HR), Stepped)
    assert step(due(), coaching.AgentCoached(), HR) == Declined("not_yours", TL | ESP)


def test_a_withdrawal_needs_a_reason() -> None:
    assert step(due(), coaching.CoachingDropped(why=" ")) == Declined("not_so")
    done = step(due(), coaching.CoachingDropped(why="talked on the phone"))
    assert effects(done, Hand)[0].event == handoffs.CoachingWithdrawn(coaching="C-1", step=1)
    assert done.case.data.why == "talked on the phone"


def test_a_mistaken_cause_takes_it_back_and_a_fallen_one_asks() -> None:
    fell = handoffs.CauseFell(cause="A-7", step=1, reason="the entry was corrected", withdraw=True)
    assert step(due(), fell).case.state == "WITHDRAWN"
    asked = step(due(), replace(fell, withdraw=False))
    assert asked.case.state == "DUE"
    assert [effect.duty for effect in effects(asked, Hush)] == ["coach"]
    assert [answer.label for answer in effects(asked, Owe)[0].answers] == ["Withdraw", "Coach anyway"]
    kept = step(asked.case, coaching.CoachingKept())
    assert [effect.duty for effect in effects(kept, Owe)] == ["coach"]
    again = step(asked.case, COACHING_DUE)
    assert [effect.duty for effect in effects(again, Owe)] == ["coach"]
    assert again.case.data.fell == ""


def test_what_was_held_stays_on_record() -> None:
    held = step(due(), coaching.AgentCoached()).case
    after = step(held, handoffs.CauseFell(cause="A-7", step=1, reason="the entry was corrected"))
    assert after.case.state == "DELIVERED"
    assert [effect.template for effect in effects(after, Tell)] == ["coaching/overtaken"]


def test_who_has_left_is_owed_nothing() -> None:
    gone = step(due(), handoffs.AgentLeft(by="eve"))
    assert (gone.case.state, effects(gone, Settle)[0].duty) == ("CLOSED_LEFT", "*")
