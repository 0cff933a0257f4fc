"""What a call-cert pack's ladder and a completion pack must say, and how it is said when they do not."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.pack_check import problems

POLICIES = Path(__file__).parents[2] / "policies"
Pack = dict[str, Any]


def pack(name: str) -> Pack:
    return tomllib.loads((POLICIES / f"{name}.toml").read_text(encoding="utf-8"))


def changed(name: str, change: Callable[[Pack], object]) -> list[str]:
    """What is wrong with the pack after that change."""
    data = copy.deepcopy(pack(name))
    change(data)
    return problems(data)


def rung(data: Pack, n: int) -> Pack:
    found: Pack = data["ladder"]["rung"][n]
    return found


@pytest.mark.parametrize("name", ["call-cert-new", "call-cert-old", "completion", "concern"])
def test_the_built_in_packs_are_right(name: str) -> None:
    assert problems(pack(name)) == []


LADDER: list[tuple[Callable[[Pack], object], str]] = [
    (lambda p: p["ladder"].update(expect_day=4), "ladder.expect_day: must be from 1 to miss_day (3), not 4"),
    (lambda p: p["ladder"].update(expect_day=0), "ladder.expect_day: must be from 1 to miss_day (3), not 0"),
    (lambda p: p["ladder"].update(items={}), "ladder.items: a ladder is about something"),
    (lambda p: p["ladder"].update(items={"calls": "x"}), "ladder.items.calls: is none of"),
    (lambda p: p["ladder"].update(rung=[]), "ladder.rung: a ladder has at least one rung"),
    (lambda p: p["ladder"]["rung"].reverse(), "ladder.rung.2.kind: rungs come once each, in the order"),
    (lambda p: rung(p, 1).update(clause=" "), "ladder.rung.2.clause: a CAP needs its mandatory clause"),
    (lambda p: rung(p, 2).update(expectation=""), "ladder.rung.3.expectation: a CAP says what is expected"),
    (lambda p: rung(p, 2).pop("allowed"), "ladder.rung.3.allowed: a CAP says how much time it allows"),
    (lambda p: rung(p, 0).pop("sla"), "ladder.rung.1.sla: is missing"),
    (lambda p: rung(p, 0).update(sla="imediate"), "ladder.rung.1.sla: there is no [sla.imediate]; did you mean"),
    (lambda p: rung(p, 0).update(owner="ops_management"), "ladder.rung.1.owner: 'ops_management' is not a role"),
    (lambda p: p["ladder"].update(anchor="called"), "ladder.anchor: 'called' is not one of delivered, due"),
    (lambda p: p["ladder"].update(rungs=1), "ladder.rungs: is not a key of this table"),
]


@pytest.mark.parametrize(("change", "said"), LADDER, ids=lambda each: each if isinstance(each, str) else "")
def test_a_ladder_that_does_not_fit_is_named_by_its_key(change: Callable[[Pack], object], said: str) -> None:
    assert any(line.startswith(said) for line in changed("call-cert-new", change)), changed("call-cert-new", change)


OTHERS: list[tuple[str, Callable[[Pack], object], str]] = [
    ("completion", lambda p: p.update(rts_by=["licensng"]), "rts_by.1: 'licensng' is not a role"),
    ("completion", lambda p: p["status"].pop("held"), "status.held: the tracker needs a word for it"),
    ("completion", lambda p: p["items"].update(badge="Badge"), "items.badge: is none of"),
    ("completion", lambda p: p.update(given=["inhib"]), "given.1: 'inhib' is none of"),
    ("completion", lambda p: p.update(transition_sla="soon"), "transition_sla: there is no [sla.soon]"),
    ("completion", lambda p: p["notice"].update(to=[]), "notice.to: a notice needs somebody to go to"),
    ("concern", lambda p: p.update(flag_owner="esp_manger"), "flag_owner: 'esp_manger' is not a role"),
    ("concern", lambda p: p.update(flag_sla="soon"), "flag_sla: there is no [sla.soon]"),
]


@pytest.mark.parametrize(("name", "change", "said"), OTHERS, ids=lambda each: each if isinstance(each, str) else "")
def test_the_other_packs_too(name: str, change: Callable[[Pack], object], said: str) -> None:
    assert any(line.startswith(said) for line in changed(name, change)), changed(name, change)
