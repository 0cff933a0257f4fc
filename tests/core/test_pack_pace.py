"""What a licensing-training pack may not say about pace."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bot.pack_check import problems

PACK = tomllib.loads((Path(__file__).parents[2] / "policies" / "licensing-training-new.toml").read_text("utf-8"))


def said(change: Any, table: str = "pace") -> str:
    """The problems of the pack after a change, as one text."""
    data = deepcopy(PACK)
    change(data[table])
    return "\n".join(problems(data))


def test_the_pack_itself_is_right() -> None:
    assert said(lambda pace: None) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda pace: pace.pop("cap"), 'pace.checkpoint.4.on_miss: "overdue" needs a [pace.cap]'),
        (lambda pace: pace.pop("extension"), 'pace.checkpoint.4.on_miss: "overdue" needs a [pace.extension]'),
        (lambda pace: pace["checkpoint"][3].update(at="noon"), "pace.checkpoint.4.at"),
        (lambda pace: pace["checkpoint"][0].update(day=0), "pace.checkpoint.1.day: class days count from 1"),
        (lambda pace: pace["checkpoint"][2].update(day=1), "pace.checkpoint.3.day: comes before"),
        (lambda pace: pace["checkpoint"][1].update(name="K1"), "pace.checkpoint.2.name"),
        (lambda pace: pace["checkpoint"][0]["items"].append("X"), "pace.checkpoint.1.items.3: 'X' has no words"),
        (lambda pace: pace["proof"].update(items=[]), "pace.proof.items: COMPLETE needs"),
        (lambda pace: pace["proof"]["file"].append("aetna"), "pace.proof.file.2: 'aetna' is none of the items"),
        (lambda pace: pace["proof"]["items"].append("pw"), "pace.proof.items.4: 'pw' is asked for at no checkpoint"),
        (lambda pace: pace["block"].update(sla="soon"), "pace.block.sla: there is no [sla.soon]"),
        (lambda pace: pace.update(checkpoint=[]), "pace.checkpoint: a pack needs at least one"),
        (lambda pace: pace["extension"].update(hours=-1), "pace.extension.hours: must not be negative"),
    ],
)
def test_what_does_not_fit_is_named_with_its_key(change: Any, words: str) -> None:
    assert words in said(change)


@pytest.mark.parametrize("key", ["tip", "todo"])
def test_nothing_is_said_on_a_morning_without_a_post(key: str) -> None:
    words = f"session_link.{key}.1.day: there is a post on the mornings of days 1 to 4 only"
    assert words in said(lambda links: links[key][0].update(day=5), "session_link")
