"""Completion of ESP (SPEC 3.10, S-47) and red flags (SPEC 3.11): computed, told at once, corrected, moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.phase import Phase, clock
from tests.core.story import packs
from workflows.completion import (
    CompletionAsked,
    EspBegun,
    HoldReleased,
    ItemWaived,
    Noted,
    RtsSet,
    Transitioned,
    TransitionHeld,
)
from workflows.concern import InhibitorCleared, RedFlagClosed, RedFlagRaised, RedFlagTaken
from workflows.effects import Correct, Hand, Mail, Owe, Post, Settle, Standing, Tell, Track
from workflows.handoffs import AgentLeft, InhibitorFound, ItemChanged, MovedToProduction
from workflows.machine import Event
from workflows.people import Role

ITEMS = ("ahip", "tbt", "call", "equipment")
NOON = clock("11-25 11:00")


def item(name: str, done: bool = True) -> ItemChanged:
    return ItemChanged(item=name, done=done, ref="Q-1")


def begun() -> Phase:
    """Ana's class has begun."""
    return Phase(workflow="completion", pack="completion", first=EspBegun(), now=NOON)


def nearly() -> Phase:
    """All but RTS is complete."""
    ana = begun()
    for name in ITEMS:
        ana.hear(item(name))
    return ana


def rts(ana: Phase, yes: bool = True) -> Phase:
    return ana.hear(RtsSet(yes=yes), Role.licensing, actor="lia")


def ready() -> Phase:
    """The PM is told."""
    return rts(nearly())


# -- computed ----------------------------------------------------------------------------------------------


def test_all_six_items_make_it_complete_and_the_pm_hears_at_once() -> None:
    ana = nearly()
    assert (ana.state, ana.of(Mail)) == ("IN_ESP", [])
    rts(ana)
    assert ana.state == "PM_NOTIFIED"
    (mail,) = ana.of(Mail)
    assert (mail.id, mail.to, mail.cc, mail.behalf) == ("E-16", ("pm",), ("tl",), "tl")
    (owe,) = ana.of(Owe)
    assert (owe.to, owe.duty, [answer.label for answer in owe.answers]) == (
        ("pm",),
        "transition",
        ["Transitioned", "Hold"],
    )
    assert ana.told() == ["completion/rts_set", "completion/agent_complete"]
    assert [(t.column, t.value) for t in ana.of(Track)] == [("RTS/No More Forms Status", "Yes"), ("Status", "Complete")]


@pytest.mark.parametrize("last", [*ITEMS, "rts"])
def test_whichever_item_is_the_last(last: str) -> None:
    ana = begun()
    for name in (*ITEMS, "rts"):
        if name != last:
            rts(ana) if name == "rts" else ana.hear(item(name))
    assert ana.state == "IN_ESP"
    rts(ana) if last == "rts" else ana.hear(item(last))
    assert ana.state == "PM_NOTIFIED"


def test_an_inhibitor_stands_in_the_way_until_it_is_cleared() -> None:
    ana = nearly().hear(item("inhibitor", done=False))
    assert rts(ana).state == "IN_ESP"
    assert ana.hear(item("inhibitor")).state == "PM_NOTIFIED"


def test_unknown_equipment_and_unsaid_rts_are_not_complete() -> None:
    ana = begun().hear(CompletionAsked(), Role.tl, actor="tara")
    (tell,) = (each for each in ana.did if isinstance(each, Tell))
    assert tell.facts["missing"] == ("AHIP/Aetna", "TBTs", "Call certs", "Equipment", "RTS")


def test_nobody_sets_completion_by_hand() -> None:
    ana = nearly()
    for role in (Role.tl, Role.pm, Role.esp_manager, Role.licensing):
        ana.hear(CompletionAsked(), role)
        assert (ana.state, ana.told()) == ("IN_ESP", ["completion/computed"])
        assert [each.facts["missing"] for each in ana.did if isinstance(each, Tell)] == [("RTS",)]
    for event in (Transitioned(), TransitionHeld(why="x")):
        assert ana.hear(event, Role.pm).told() == ["completion/computed"]


@pytest.mark.parametrize("role", [Role.agent, Role.tl, Role.pm, Role.esp_manager, Role.cert_coordinator])
def test_only_licensing_sets_rts(role: Role) -> None:
    ana = nearly().hear(RtsSet(yes=True), role)
    assert ana.declined
    assert (ana.declined.reason, ana.declined.who) == ("not_yours", frozenset({Role.licensing}))
    assert ana.state == "IN_ESP"


def test_the_same_said_again_tells_nobody_again() -> None:
    ana = rts(ready())
    assert (ana.state, ana.of(Mail), ana.of(Owe)) == ("PM_NOTIFIED", [], [])
    assert ana.hear(item("tbt")).did == []


def test_items_said_before_the_class_begins_are_kept() -> None:
    ana = Phase(workflow="completion", pack="completion", first=item("ahip"), now=NOON).hear(EspBegun())
    assert ana.case.data.item("ahip").done


# -- taken back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ITEMS, "inhibitor"])
def test_an_item_that_reverts_corrects_exactly_what_was_told(name: str) -> None:
    ana = ready().hear(item(name, done=False))
    assert ana.state == "IN_ESP"
    (correct,) = ana.of(Correct)
    assert correct.tag == "complete:1"
    assert ana.of(Settle) == [Settle(duty="*", withdrawn=True)]
    assert [(t.column, t.value) for t in ana.of(Track)] == [("Status", "In ESP")]


def test_rts_yes_no_yes_is_a_mail_a_correction_and_a_new_mail() -> None:
    ana = rts(ready(), yes=False)
    assert (ana.state, [c.tag for c in ana.of(Correct)]) == ("IN_ESP", ["complete:1"])
    rts(ana)
    assert ana.state == "PM_NOTIFIED"
    assert [(m.id, m.tag) for m in ana.of(Mail)] == [("E-16", "complete:2")]
    rts(ana, yes=False)
    assert [c.tag for c in ana.of(Correct)] == ["complete:2"]


def test_a_hold_too_is_taken_back() -> None:
    ana = ready().hear(TransitionHeld(why="no seat"), Role.pm, actor="pia").hear(item("call", done=False))
    assert (ana.state, len(ana.of(Correct))) == ("IN_ESP", 1)


# -- waived ------------------------------------------------------------------------------------------------


def waive(ana: Phase, name: str, why: str = "own laptop", role: Role = Role.esp_manager) -> Phase:
    return ana.hear(ItemWaived(item=name, why=why), role, actor="eve")


def test_the_esp_manager_lets_an_item_pass_with_a_reason() -> None:
    ana = rts(begun())
    for name in ITEMS[1:]:
        ana.hear(item(name))
    waive(ana, "ahip", "certified last month")
    assert ana.state == "PM_NOTIFIED"
    (mail,) = ana.of(Mail)
    row = mail.facts["table"][0]
    assert (row["name"], row["done"], row["waived_by"], row["why"]) == (
        "AHIP/Aetna",
        True,
        "eve",
        "certified last month",
    )
    (note,) = (track for track in ana.of(Track) if track.note)
    assert note.note == "Waived: AHIP/Aetna"


def test_a_waiver_needs_a_reason_an_item_and_the_esp_manager() -> None:
    ana = nearly()
    assert waive(ana, "rts", " ").told() == ["completion/not_waived"]
    assert waive(ana, "badge").told() == ["completion/not_waived"]
    assert waive(ana, "tbt").told() == ["completion/not_waived"]
    waive(ana, "rts", role=Role.tl)
    assert ana.declined
    assert ana.declined.reason == "not_yours"
    assert waive(ready(), "rts").told() == ["completion/not_waived"]


def test_a_waiver_holds_while_nothing_new_is_said_and_a_new_inhibitor_counts() -> None:
    ana = rts(begun())
    for name in ITEMS[:3]:
        ana.hear(item(name))
    waive(ana, "equipment")
    assert ana.state == "PM_NOTIFIED"
    assert ana.hear(item("equipment", done=False)).state == "PM_NOTIFIED"
    ana.hear(item("inhibitor", done=False))
    assert waive(ana, "inhibitor").state == "PM_NOTIFIED"
    assert ana.hear(item("inhibitor", done=False)).state == "IN_ESP"


# -- to production -----------------------------------------------------------------------------------------


def test_the_pm_moves_the_agent_and_every_other_machine_hears_it() -> None:
    ana = ready().hear(Transitioned(), Role.pm, actor="pia")
    assert ana.state == "TRANSITIONED"
    (standing,) = ana.of(Standing)
    assert (standing.status, standing.event) == ("production", MovedToProduction(by="pia"))
    assert [s.duty for s in ana.of(Settle)] == ["transition", "held"]


@pytest.mark.parametrize("event", [Transitioned(), TransitionHeld(why="no seat")])
def test_nobody_but_the_pm_moves_or_holds(event: Event) -> None:
    for role in (Role.agent, Role.tl, Role.licensing, Role.esp_manager):
        ana = ready().hear(event, role)
        assert ana.declined
        assert ana.declined.reason == "not_yours"


def test_a_hold_has_a_reason_and_is_released() -> None:
    ana = ready().hear(TransitionHeld(), Role.pm)
    assert ana.declined
    ana.hear(TransitionHeld(why="no seat yet"), Role.pm, actor="pia")
    assert (ana.state, ana.case.data.held_by, ana.case.data.held_why) == ("HELD", "pia", "no seat yet")
    assert [owe.duty for owe in ana.of(Owe)] == ["held"]
    ana.hear(HoldReleased(), Role.esp_manager, actor="eve")
    assert (ana.state, ana.case.data.held_why) == ("PM_NOTIFIED", "")
    assert ([owe.duty for owe in ana.of(Owe)], ana.of(Mail)) == (["transition"], [])


def test_a_held_agent_may_be_moved_directly() -> None:
    ana = ready().hear(TransitionHeld(why="no seat yet"), Role.pm).hear(Transitioned(), Role.pm)
    assert ana.state == "TRANSITIONED"


def test_after_the_move_an_item_is_a_note_and_nothing_else() -> None:
    ana = ready().hear(Transitioned(), Role.pm).hear(item("call", done=False))
    assert ana.state == "TRANSITIONED"
    assert ana.did == [Track(column="Notes", note="After the move to production: Call certs not complete any more")]
    rts(ana, yes=False)
    assert (ana.state, ana.of(Correct), ana.of(Mail)) == ("TRANSITIONED", [], [])


def test_who_leaves_is_closed() -> None:
    for ana in (begun(), ready(), ready().hear(TransitionHeld(why="x"), Role.pm)):
        assert ana.hear(AgentLeft(by="eve")).state == "CLOSED_LEFT"


def test_the_pack_says_what_counts_and_in_which_words() -> None:
    policy: Any = packs().get("completion").policy
    other = replace(policy, items={"ahip": "AHIP", "rts": "RTS"}, given=(), id="other")
    ana = Phase(workflow="completion", pack="completion", first=EspBegun(), now=NOON, policy=other)
    assert rts(ana.hear(item("ahip"))).state == "PM_NOTIFIED"


# -- notes -------------------------------------------------------------------------------------------------


def test_a_note_is_written_by_those_the_pack_names() -> None:
    ana = begun().hear(Noted(text="laptop on its way"), Role.tl, actor="tara")
    assert ana.of(Track) == [Track(column="Notes", note="laptop on its way")]
    assert ana.hear(Noted(text="x"), Role.agent).declined
    assert ana.hear(Noted(text="  "), Role.tl).declined


# -- red flags and inhibitors ------------------------------------------------------------------------------

SECRET = "the background check came back"


def flagged() -> Phase:
    """Tara has raised one."""
    event = RedFlagRaised(text=SECRET, said_at=NOON)
    first = Phase(workflow="red_flag", pack="concern", first=event, now=NOON)
    return first.hear(event, Role.tl, actor="tara")


def test_a_red_flag_goes_to_manager_and_pm_without_a_detail() -> None:
    flag = flagged()
    assert flag.state == "OPEN"
    (mail,) = flag.of(Mail)
    assert (mail.id, mail.to, mail.cc, mail.behalf) == ("E-14", ("esp_manager", "pm"), (), "@tara")
    (card,) = flag.of(Owe)
    assert (card.to, [answer.label for answer in card.answers]) == (("esp_manager",), ["I have it", "Close"])
    assert not [effect for effect in flag.all_done if isinstance(effect, Track | Post)]
    assert SECRET not in repr(flag.all_done)


def test_a_red_flag_is_taken_and_closed_by_the_manager() -> None:
    flag = flagged()
    assert flag.hear(RedFlagTaken(), Role.tl).declined
    assert flag.hear(RedFlagTaken(), Role.esp_manager, actor="eve").state == "WITH_MANAGER"
    assert flag.hear(RedFlagClosed(), Role.esp_manager, actor="eve").state == "CLOSED"
    assert flagged().hear(RedFlagClosed(), Role.pm, actor="pia").state == "CLOSED"
    assert SECRET not in repr(flag.all_done)


def test_an_agent_raises_none() -> None:
    event = RedFlagRaised(text=SECRET, said_at=NOON)
    flag = Phase(workflow="red_flag", pack="concern", first=event, now=NOON)
    flag.hear(event, Role.agent)
    assert (flag.state, bool(flag.declined)) == ("NONE", True)


def test_an_inhibitor_is_handed_to_completion_by_its_category_alone() -> None:
    found = InhibitorFound(category="release needed", by="lia")
    case = Phase(workflow="concern", pack="concern", first=found, now=NOON).hear(found, Role.licensing, actor="lia")
    handed = [effect for effect in case.did if isinstance(effect, Hand)]
    assert [(h.workflow, h.event) for h in handed] == [
        ("completion", ItemChanged(item="inhibitor", done=False, ref="X-1"))
    ]
    case.hear(InhibitorCleared(), Role.licensing, actor="lia")
    assert case.handed() == [ItemChanged(item="inhibitor", done=True, ref="X-1")]
