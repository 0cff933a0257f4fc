"""What must be true between the keys of a licensing-training pack's pace, each problem with its key.

Looks at the parsed TOML; lists count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

_AT = re.compile(r"eos|\+[1-9]\d{0,3}[hm]")
_NUMBERED = re.compile(r"([A-Z])\d+")


def problems(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it)."""
    pace = data.get("pace")
    if not isinstance(pace, dict):
        return
    words = pace.get("titles")
    titles: Mapping[str, Any] = words if isinstance(words, dict) else {}
    checkpoints = [each for each in pace.get("checkpoint") or () if isinstance(each, dict)]
    if not checkpoints:
        yield "pace.checkpoint", "a pack needs at least one [[pace.checkpoint]]"
    yield from _in_order(checkpoints)
    for n, checkpoint in enumerate(checkpoints, 1):
        yield from _checkpoint(f"pace.checkpoint.{n}", checkpoint, titles, pace)
    proof = pace.get("proof")
    if isinstance(proof, dict):
        yield from _proofs(proof, titles, checkpoints)
    yield from _mornings(data.get("session_link"))


def _mornings(links: object) -> Iterator[tuple[str, str]]:
    posts = links.get("posts", 0) if isinstance(links, dict) else None
    if not isinstance(links, dict) or not isinstance(posts, int):
        return
    for key in ("tip", "todo"):
        told = links.get(key)
        for n, each in enumerate(told if isinstance(told, list) else (), 1):
            day = each.get("day") if isinstance(each, dict) else None
            if isinstance(day, int) and not 1 <= day <= posts:
                yield f"session_link.{key}.{n}.day", f"there is a post on the mornings of days 1 to {posts} only"


def _in_order(checkpoints: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    names = [each.get("name") for each in checkpoints]
    for n, (earlier, later) in enumerate(pairwise(checkpoints), 2):
        first, second = earlier.get("day"), later.get("day")
        if isinstance(first, int) and isinstance(second, int) and second < first:
            yield f"pace.checkpoint.{n}.day", "comes before the checkpoint above it; they run in order of time"
        if names[n - 1] in names[: n - 1]:
            yield f"pace.checkpoint.{n}.name", f"{names[n - 1]!r} is the name of an earlier checkpoint"


def _checkpoint(
    key: str, checkpoint: Mapping[str, Any], titles: Mapping[str, Any], pace: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    day, at = checkpoint.get("day"), checkpoint.get("at", "eos")
    if isinstance(day, int) and day < 1:
        yield f"{key}.day", "class days count from 1"
    if isinstance(at, str) and not _AT.fullmatch(at):
        yield f"{key}.at", f'{at!r} is neither "eos" nor so long after the start, such as "+4h" or "+90m"'
    for field in ("items", "open"):
        yield from _titled(f"{key}.{field}", checkpoint.get(field), titles)
    if checkpoint.get("on_miss") == "overdue":
        for needed in ("cap", "extension"):
            if needed not in pace:
                yield f"{key}.on_miss", f'"overdue" needs a [pace.{needed}]'


def _proofs(
    proof: Mapping[str, Any], titles: Mapping[str, Any], checkpoints: list[dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    yield from _titled("pace.proof.items", proof.get("items"), titles)
    items = proof.get("items")
    if items == []:
        yield "pace.proof.items", "COMPLETE needs at least one proof"
    for n, item in enumerate(proof.get("file") or (), 1):
        if isinstance(items, list) and item not in items:
            yield f"pace.proof.file.{n}", f"{item!r} is none of the items licensing verifies"
    asked = {item for each in checkpoints for item in each.get("items") or () if isinstance(item, str)}
    for n, item in enumerate(items if isinstance(items, list) else (), 1):
        if checkpoints and item not in asked:
            yield f"pace.proof.items.{n}", f"{item!r} is asked for at no checkpoint"


def _titled(key: str, items: object, titles: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for n, item in enumerate(items if isinstance(items, list) else (), 1):
        kind = found[1] if isinstance(item, str) and (found := _NUMBERED.fullmatch(item)) else item
        if isinstance(item, str) and kind not in titles:
            yield f"{key}.{n}", f"{item!r} has no words in [pace.titles]"
