"""What must hold between the numbers of a call-cert or TBT pack, beside what holds of every pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Problem = tuple[str, str]
"""(key, what is wrong with it)."""


def call_cert(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Calls there are, a mark and a rate out of a hundred, and hours to take them in."""
    for key in ("calls", "hours"):
        if _number(data, key) == 0:
            yield key, "must be more than 0"
    for key in ("pass_mark", "pass_rate"):
        if _number(data, key) > 100:
            yield key, "is out of a hundred"


def tbt(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Courses each with a number of its own; a nudge before the hours are over; as many SMEs as there may be."""
    listed = data.get("course")
    courses = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if isinstance(listed, list) and not courses:
        yield "course", "a pack needs at least one [[course]]"
    seen: dict[str, int] = {}
    for n, course in enumerate(courses, 1):
        number = course.get("number")
        if isinstance(number, str) and not (number.isdecimal() and len(number) > len(str(len(courses)))):
            yield f"course.{n}.number", f"{number!r} must be digits, and more of them than a place in the list has"
        elif isinstance(number, str) and seen.setdefault(number, n) != n:
            yield f"course.{n}.number", f"{number!r} is that of course {seen[number]} too"
    if _number(data, "nudge_hours") > _number(data, "hours"):
        yield "nudge_hours", "is after the hours are over"
    smes = data.get("smes")
    if isinstance(smes, dict) and _number(smes, "least") > _number(smes, "most"):
        yield "smes.least", "is more than smes.most"
    retake = data.get("retake")
    if isinstance(retake, dict) and retake.get("alert_at") == 0:
        yield "retake.alert_at", "must be more than 0"


def _number(table: Mapping[str, Any], key: str) -> int:
    value = table.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 1
