"""When a line says something was or will be: "mon 10:00", "11/23 10am", "tomorrow", "until fri" -> aware UTC.

Words are wall clock of the site. What could mean two times is asked, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers.lexicon import these
from handlers.line import Line, unclear
from handlers.words import plain
from workflows.calendar import Calendar

_DAY = timedelta(days=1)
_WEEKDAYS = {
    name: n
    for n, names in enumerate(
        (
            "mon monday mo",
            "tue tues tuesday",
            "wed weds wednesday",
            "thu thur thurs thursday",
            "fri friday",
            "sat saturday",
            "sun sunday",
        )
    )
    for name in names.split()
}
_MONTHS = {
    name: n
    for n, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1,
    )
    for name in names.split()
}  # fmt: skip
_NEAR = {
    "today": 0,
    "tonight": 0,
    "eod": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "tomorow": 1,
    "tommorow": 1,
    "tommorrow": 1,
    "yesterday": -1,
}
_ZONES = these(
    "est edt cst cdt mst mdt pst pdt et ct mt pt utc gmt zulu eastern central mountain pacific arizona phoenix"
)
_CLOCK = re.compile(r"@?(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})?(a\.?m?|p\.?m?)?(?:-\d.*)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t(\d{1,2}:\d{2})\S*)?")
_SLASH = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_NTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")
_UNTIL = these("until till til thru through untill")


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says of a time: the day's words and the clock's, as read. `twice` are the readings of "3:30"."""

    day: date | None
    weekday: bool
    wall: time | None
    twice: time | None
    text: str


def coming(line: Line, calendar: Calendar) -> datetime | None:
    """Takes a time to come; None when the line names none. Unclear when it is past, or could be two."""
    said = _read(line, calendar, back=False)
    if said is None or said.wall is None:
        if said is not None:
            raise unclear("need_time", {"said": said.text})
        return None
    if said.twice:
        raise _which_time(line, said)
    today = calendar.local(line.desk.at).date()
    when = calendar.at(said.day or today, said.wall)
    if when > line.desk.at:
        return when
    later = today + (7 * _DAY if said.weekday else _DAY)
    raise unclear("time_past", {"said": said.text}, [_instead(line, said, later, said.wall)])


def gone(line: Line, calendar: Calendar) -> datetime | None:
    """Takes a time that was; without a day it is today's. None when the line names none, Unclear when it is to come."""
    said = _read(line, calendar, back=True)
    if said is None:
        return None
    now = line.desk.at
    today = calendar.local(now).date()
    day = said.day or today
    if said.wall is None:
        if day == today:
            return None
        raise unclear("need_past_time" if day < today else "time_to_come", {"said": said.text})
    readings = [calendar.at(day, wall) for wall in (said.wall, said.twice) if wall]
    past = [when for when in readings if when <= now]
    at_work = [when for when in past if calendar.is_open(when)]
    if len(at_work) == 1 or (past and not said.twice):
        return (at_work or past)[0]
    if past:
        raise _which_time(line, said)
    raise unclear("time_to_come", {"said": said.text}, [_instead(line, said, day - _DAY, said.wall)])


def end_of(line: Line, calendar: Calendar) -> datetime | None:
    """Takes "until fri": the end of that day's business hours, or the hour named. None when no day is named."""
    line.drop(*_UNTIL)
    said = _read(line, calendar, back=False)
    if said is None:
        return None
    if said.twice:
        raise _which_time(line, said)
    day = said.day or calendar.local(line.desk.at).date()
    hours = calendar.hours(day)
    closing = hours[1] if hours else calendar.at(day, calendar.site.close)
    when = calendar.at(day, said.wall) if said.wall else closing
    if when > line.desk.at:
        return when
    raise unclear(
        "time_past", {"said": said.text}, [_instead(line, said, day + (7 * _DAY if said.weekday else _DAY), said.wall)]
    )


def said_until(line: Line) -> bool:
    """Whether the line says "until"."""
    return not _UNTIL.isdisjoint(line.words)


def _read(line: Line, calendar: Calendar, *, back: bool) -> Said | None:
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


def _which_time(line: Line, said: Said) -> Exception:
    """ "3:30" may be in the night or in the afternoon."""
    walls = [wall for wall in (said.twice, said.wall) if wall]
    day = f"{said.day.isoformat()} " if said.day else ""
    buttons = [(f"{w:%H:%M}", _again(line, said, f"{day}{w:%H:%M}")) for w in walls]
    return unclear("which_time", {"said": said.text, "times": [label for label, _ in buttons]}, buttons)


def _instead(line: Line, said: Said, day: date, wall: time | None) -> tuple[str, str]:
    clock = f" {wall:%H:%M}" if wall else ""
    return f"{day:%a} {day:%m/%d}{clock}", _again(line, said, f"{day.isoformat()}{clock}")


def _again(line: Line, said: Said, instead: str) -> str:
    """The line with every word of the time taken out and the exact one put at its place."""
    text = line.text
    for word in said.text.split():
        text = re.sub(rf"(?<![\w:/-]){re.escape(word)}(?![\w:/-])", "\0", text, count=1)
    first, _, more = text.partition("\0")
    return line.press(re.sub(r"\s+", " ", f"{first}{instead} {more}".replace("\0", " "))[:200])
