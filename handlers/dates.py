"""The words for days and clocks: "monday", "11/23", "nov 23", "10am", "15:30", "noon". Takes them out of a line.

Which instant they mean is `times.py`; what is no day or clock at all is asked here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from handlers.lexicon import these
from handlers.line import Line, unclear
from handlers.words import plain
from workflows.calendar import Calendar

_DAY = timedelta(days=1)
_DAYS = """
    mon monday mo | tue tues tuesday | wed weds wednesday | thu thur thurs thursday | fri friday | sat saturday
    | sun sunday
"""
_WEEKDAYS = {name: n for n, names in enumerate(_DAYS.split("|")) for name in names.split()}
_YEAR = "january february march april may june july august september october november december"
_MONTHS = {name: n for n, month in enumerate(_YEAR.split(), 1) for name in (month, month[:3], month[:4])}
_NEAR = dict.fromkeys(("tomorrow", "tmr", "tmrw", "tomorow", "tommorow", "tommorrow"), 1) | {
    "today": 0,
    "tonight": 0,
    "eod": 0,
    "yesterday": -1,
}
_ZONES = these(
    "est edt cst cdt mst mdt pst pdt et ct mt pt utc gmt zulu eastern central mountain pacific arizona phoenix"
)
_CLOCK = re.compile(r"@?(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?(a\.?m?|p\.?m?)?(?:-\d.*)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{1,2}:\d{2})\S*)?")
_SLASH = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_NTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says of a time: the day's words and the clock's, as read. `twice` are the readings of "3:30"."""

    day: date | None
    weekday: bool
    wall: time | None
    twice: time | None
    text: str


def read(line: Line, calendar: Calendar, *, back: bool) -> Said | None:
    """Takes the day and the clock out of the line."""
    today = calendar.local(line.desk.at).date()
    start = list(line.raw)
    day, weekday, at, wall = _day(line, today, back)
    twice = None
    if wall is None:
        wall, twice = _clock(line, at if day else None)
    if day is None and wall is None:
        return None
    text = plain(" ".join(_lost(start, line.raw)), 40)
    if not _ZONES.isdisjoint(line.words):
        raise unclear("site_time_only", {"zone": calendar.site.tz})
    return Said(day, weekday, wall, twice, text)


def _lost(before: list[str], after: list[str]) -> list[str]:
    """The words that were taken, in order."""
    left = iter(after)
    following = next(left, None)
    lost = []
    for word in before:
        if word is following:
            following = next(left, None)
        else:
            lost.append(word)
    return lost


def _day(line: Line, today: date, back: bool) -> tuple[date | None, bool, int, time | None]:
    """Takes the day; gives it, whether it was a weekday's name, where it stood, and the clock of an ISO time."""
    for i, word in enumerate(line.words):
        if word in _NEAR:
            line.take(i)
            return today + _NEAR[word] * _DAY, False, i, None
        if word in _WEEKDAYS:
            return _weekday(line, i, today, back), True, i - _led(line, i), None
        if found := _ISO.fullmatch(word):
            line.take(i)
            wall = time.fromisoformat(f"{found[4]:0>5}") if found[4] and _is_time(found[4]) else None
            return _date(line, int(found[1]), int(found[2]), int(found[3]), word), False, i, wall
        if found := _SLASH.fullmatch(word):
            line.take(i)
            return _in_year(line, int(found[1]), int(found[2]), found[3], today, back, word), False, i, None
        if word in _MONTHS and (near := _beside(line, i)) is not None:
            nth = int(_NTH.fullmatch(line.words[near])[1])  # type: ignore[index]
            text = line.take(min(i, near), max(i, near) + 1)
            return _in_year(line, _MONTHS[word], nth, None, today, back, text), False, min(i, near), None
    return None, False, 0, None


def _led(line: Line, i: int) -> int:
    """Takes "next", "this", "last" or "on" before a place; how many words went."""
    if i and line.words[i - 1] in ("next", "this", "last", "on", "coming"):
        line.take(i - 1)
        return 1
    return 0


def _weekday(line: Line, i: int, today: date, back: bool) -> date:
    """The day a weekday's name means: today or the next one, for what was: today or the last one."""
    n, led = _WEEKDAYS[line.words[i]], line.words[i - 1] if i else ""
    word = line.raw[i]
    ahead = (n - today.weekday()) % 7
    if led == "next" and ahead > 0 and n > today.weekday() and not back:
        days = [today + ahead * _DAY, today + (ahead + 7) * _DAY]
        buttons = [(f"{d:%a} {d:%m/%d}", line.again_with(f"{line.raw[i - 1]} {word}", d.isoformat())) for d in days]
        raise unclear(
            "which_day", {"said": plain(f"next {word}", 40), "days": [label for label, _ in buttons]}, buttons
        )
    line.take(i)
    if back:
        behind = (today.weekday() - n) % 7
        return today - (7 if led == "last" and not behind else behind) * _DAY
    return today + (7 if led == "next" and not ahead else ahead) * _DAY


def _beside(line: Line, i: int) -> int | None:
    """Where the day of a month's name stands: "nov 23" or "23 nov"."""
    return next((j for j in (i + 1, i - 1) if 0 <= j < len(line.words) and _NTH.fullmatch(line.words[j])), None)


def _date(line: Line, year: int, month: int, day: int, said: str) -> date:
    try:
        return date(year if 2000 <= year < 2200 else 0, month, day)
    except ValueError:
        raise unclear("bad_time", {"said": plain(said, 40)}) from None


def _in_year(line: Line, month: int, day: int, year: str | None, today: date, back: bool, said: str) -> date:
    """A date without a year is the nearest one in the direction meant: over the new year it rolls on."""
    if year:
        return _date(line, int(year) % 100 + 2000, month, day, said)
    found = _date(line, today.year, month, day, said)
    if not back and (today - found).days > 180:
        return _date(line, today.year + 1, month, day, said)
    return _date(line, today.year - 1, month, day, said) if back and (found - today).days > 180 else found


def _is_time(said: str) -> bool:
    hour, _, minute = said.partition(":")
    return int(hour) < 24 and int(minute) < 60


def _clock(line: Line, beside: int | None) -> tuple[time | None, time | None]:
    """Takes the clock: "10:30", "10am", "noon", or a bare hour after "at" or beside the day.

    The second is the other reading of a "3:30".
    """
    for i, word in enumerate(line.words):
        if word == "noon":
            line.take(i)
            return time(12), None
        found = _CLOCK.fullmatch(word)
        if not found:
            continue
        half = found[3] or (
            line.words[i + 1] if i + 1 < len(line.words) and line.words[i + 1] in ("am", "pm", "a.m", "p.m") else ""
        )
        led = i > 0 and line.words[i - 1] in ("at", "around", "@")
        if not (found[2] or half or led or word[0] == "@" or (beside is not None and i in (beside, beside - 1))):
            continue
        line.take(i, i + (2 if half and not found[3] else 1))
        if led:
            line.take(i - 1)
        return _wall(found[1], int(found[2] or 0), half[:1], word)
    return None, None


def _wall(hour: str, minute: int, half: str, said: str) -> tuple[time, time | None]:
    """The wall time read, and its other reading when nothing says which half of the day is meant."""
    h = int(hour)
    if minute > 59 or h > 23 or (half and not 1 <= h <= 12):
        raise unclear("bad_time", {"said": plain(said, 40)})
    if half:
        return time(h % 12 + (12 if half == "p" else 0), minute), None
    return time(h, minute), time(h + 12, minute) if 1 <= h <= 6 and hour[0] != "0" else None
