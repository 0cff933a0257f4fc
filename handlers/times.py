"""When a line says something was or will be: "mon 10:00", "11/23 10am", "tomorrow", "until fri" -> aware UTC.

Words are wall clock of the site. What could mean two times is asked, never guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from handlers.dates import Said, read
from handlers.lexicon import these
from handlers.line import Line, unclear
from workflows.calendar import Calendar

_DAY = timedelta(days=1)
_UNTIL = these("until till til thru through untill")


def coming(line: Line, calendar: Calendar) -> datetime | None:
    """Takes a time to come; None when the line names none. Unclear when it is past, or could be two."""
    said = read(line, calendar, back=False)
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
    said = read(line, calendar, back=True)
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
    _spelt_out(line)
    said = read(line, calendar, back=False)
    if said is None:
        return None
    if said.twice:
        raise _which_time(line, said)
    day = said.day or calendar.local(line.desk.at).date()
    hours = calendar.hours(day)
    close = calendar.site.close
    closing = hours[1] if hours else calendar.at(day if close > time(0) else day + _DAY, close)
    when = calendar.at(day, said.wall) if said.wall else closing
    if when > line.desk.at:
        return when
    raise unclear(
        "time_past", {"said": said.text}, [_instead(line, said, day + (7 * _DAY if said.weekday else _DAY), said.wall)]
    )


def _spelt_out(line: Line) -> None:
    """Puts "end of day" as "today", "end of the week" as "friday"."""
    for i, word in enumerate(line.words):
        if word in ("day", "shift", "week") and "end" in line.words[max(i - 3, 0) : i]:
            line.take(line.words.index("end"), i)
            at = line.words.index(word)
            line.words[at] = line.raw[at] = "friday" if word == "week" else "today"
            return


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
