"""What must be true of a ladder's rungs, and of completion's items, beside their form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.pack_shape import Problem

ORDER = ("coaching", "written", "final", "review")
"""Kinds of rungs, each at most once, in this order."""

WORDS = {
    "coaching": (("expectation", "a coaching sets what is expected next"),),
    "written": (("expectation", "a CAP says what is expected"), ("clause", "a CAP needs its mandatory clause")),
    "final": (("expectation", "a CAP says what is expected"), ("clause", "a CAP needs its mandatory clause")),
}
ITEMS = ("ahip", "tbt", "call", "equipment", "rts", "inhibitor")
"""What other workflows report as complete (SPEC 3.10)."""


def problems(ladder: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong between the keys of one ladder."""
    first, last = ladder.get("expect_day"), ladder.get("miss_day")
    if isinstance(first, int) and isinstance(last, int) and not 1 <= first <= last:
        yield "ladder.expect_day", f"must be from 1 to miss_day ({last}), not {first}"
    items = ladder.get("items")
    if items == {}:
        yield "ladder.items", "a ladder is about something"
    for item in items if isinstance(items, dict) else ():
        if item not in ITEMS:
            yield f"ladder.items.{item}", f"is none of {', '.join(ITEMS)}"
    rungs = ladder.get("rung")
    if rungs == []:
        yield "ladder.rung", "a ladder has at least one rung"
    yield from _rungs([rung for rung in rungs if isinstance(rung, dict)] if isinstance(rungs, list) else [])


def completion(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong between the keys of a completion pack."""
    items = data.get("items")
    if items == {}:
        yield "items", "completion is computed from something"
    for item in items if isinstance(items, dict) else ():
        if item not in ITEMS:
            yield f"items.{item}", f"is none of {', '.join(ITEMS)}"
    for name in ("given", "renewed"):
        listed = data.get(name)
        for n, item in enumerate(listed if isinstance(listed, list) else (), 1):
            if item not in ITEMS:
                yield f"{name}.{n}", f"{item!r} is none of {', '.join(ITEMS)}"
    for table, keys in (("status", ("in_esp", "complete", "held", "production")), ("rts", ("yes", "no"))):
        words = data.get(table)
        if not isinstance(words, dict):
            continue
        for key in keys:
            if not words.get(key):
                yield f"{table}.{key}", "the tracker needs a word for it"


def _rungs(rungs: list[dict[str, Any]]) -> Iterator[Problem]:
    reached = -1
    for n, rung in enumerate(rungs, 1):
        key, kind = f"ladder.rung.{n}", rung.get("kind")
        if kind not in ORDER:
            continue
        if ORDER.index(kind) <= reached:
            yield f"{key}.kind", f"rungs come once each, in the order {', '.join(ORDER)}"
        reached = max(reached, ORDER.index(kind))
        for name, said in WORDS.get(kind, ()):
            if not str(rung.get(name, "")).strip():
                yield f"{key}.{name}", said
        if kind in ("written", "final") and not str(rung.get("allowed", "")).strip():
            yield f"{key}.allowed", "a CAP says how much time it allows"
        if kind != "review" and not rung.get("sla"):
            yield f"{key}.sla", "is missing"
