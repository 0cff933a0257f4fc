"""What must be true between the keys of the floor's packs: hours of the day, kinds, fields, states that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from typing import Any

from bot.pack_shape import Problem, near
from workflows.equipment import BROKEN, OK, RESOLVED
from workflows.progress import NAMES

TICKED = (OK, *BROKEN, RESOLVED)
"""States of equipment the tracker shows."""


def progress(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A progress pack."""
    for key in ("carrier", "calls"):
        yield from _known(key, data.get(key), NAMES, "a field of a report")
    rules = data.get("coaching")
    often, within = (rules.get(key) for key in ("missing", "within_days")) if isinstance(rules, dict) else (None, None)
    if isinstance(often, int) and isinstance(within, int) and not 1 <= often <= within:
        yield "coaching.missing", f"must be from 1 to within_days ({within}), not {often}"


def equipment(data: Mapping[str, Any]) -> Iterator[Problem]:
    """An equipment pack."""
    yield from _hour("nudge_at", data.get("nudge_at"))
    words = data.get("words")
    yield from _known("words", list(words) if isinstance(words, dict) else [], TICKED, "a state the tracker shows")


def ticket(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A ticket pack."""
    kinds = data.get("kind")
    known = tuple(kinds) if isinstance(kinds, dict) else ()
    if kinds == {}:
        yield "kind", "there is at least one kind of ticket"
    yield from _known("other", [data.get("other")], known, "a [kind] of this pack")
    errors = data.get("error")
    for n, error in enumerate(errors if isinstance(errors, list) else (), 1):
        if isinstance(error, dict):
            yield from _known(f"error.{n}.kind", [error.get("kind")], known, "a [kind] of this pack")
    if isinstance(data.get("likeness"), int) and not 0 <= data["likeness"] <= 100:
        yield "likeness", f"is of 100, not {data['likeness']}"
    day = data.get("day_one")
    if isinstance(day, dict):
        yield from _hour("day_one.list_at", day.get("list_at"))
    guides = data.get("guides")
    for n, guide in enumerate(guides if isinstance(guides, list) else (), 1):
        url = guide.get("url", "") if isinstance(guide, dict) else ""
        if isinstance(url, str) and url and not (url.startswith("https://") and url.isprintable() and " " not in url):
            yield f"guides.{n}.url", f'must be a secure web address such as "https://drive.example.com/x", not {url!r}'


def _known(key: str, said: object, known: Iterable[str], what: str) -> Iterator[Problem]:
    names = tuple(known)
    for one in said if isinstance(said, list) else ():
        if isinstance(one, str) and one not in names:
            yield key, f"{one!r} is not {what}{near(one, names)}"


def _hour(key: str, said: object) -> Iterator[Problem]:
    if not isinstance(said, str):
        return
    try:
        told = time.fromisoformat(said)
    except ValueError:
        told = None
    if told is None or len(said) != 5:
        yield key, f'must be an hour of the day such as "15:00", not {said!r}'
