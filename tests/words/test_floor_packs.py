"""What can be wrong with a pack of the floor is named with its key."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from bot.pack_check import problems
from bot.packs import BUILT_IN


def pack(name: str, **changed: Any) -> dict[str, Any]:
    """A built-in pack with these keys ("day_one.list_at") changed."""
    data = tomllib.loads((BUILT_IN / f"{name}.toml").read_text())
    for key, value in changed.items():
        table: Any = data
        *way, last = key.split("__")
        for part in way:
            table = table[part]
        table[last] = value
    return data


@pytest.mark.parametrize("name", ["progress", "equipment", "ticket"])
def test_the_built_in_packs_are_right(name: str) -> None:
    assert problems(pack(name)) == []


@pytest.mark.parametrize(
    ("name", "changed", "found"),
    [
        ("progress", {"carrier": ["modules", "quizes"]}, "carrier: 'quizes' is not a field of a report"),
        ("progress", {"coaching__missing": 9}, "coaching.missing: must be from 1 to within_days (5), not 9"),
        ("progress", {"coaching__sla": "soon"}, "coaching.sla: there is no [sla.soon]"),
        ("progress", {"digest_to": "tl"}, "digest_to: must be a list"),
        ("equipment", {"nudge_at": "3pm"}, "nudge_at: must be an hour of the day such as \"15:00\", not '3pm'"),
        ("equipment", {"words__BROKEN": "no"}, "words: 'BROKEN' is not a state the tracker shows"),
        ("equipment", {"reopen_days": -1}, "reopen_days: must not be negative"),
        ("equipment", {"owner": "it_service_desk"}, "owner: 'it_service_desk' is not a role that can do this"),
        ("ticket", {"other": "misc"}, "other: 'misc' is not a [kind] of this pack"),
        ("ticket", {"likeness": 180}, "likeness: is of 100, not 180"),
        ("ticket", {"day_one__list_at": "25:00"}, "day_one.list_at: must be an hour of the day"),
        ("ticket", {"error": [{"kind": "npn", "text": "x"}]}, "error.1.kind: 'npn' is not a [kind] of this pack"),
        ("ticket", {"guides": [{"title": "x", "url": "drive"}]}, "guides.1.url: must be a secure web address"),
        ("ticket", {"kind__payment__steps": "one"}, "kind.payment.steps: must be a list"),
    ],
)
def test_a_mistake_is_named_with_its_key(name: str, changed: dict[str, Any], found: str) -> None:
    said = problems(pack(name, **changed))
    assert len(said) == 1
    assert said[0].startswith(found)
