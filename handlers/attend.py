"""Attendance by words: "attend @dan in 08:09", "ben 12 late", "attend @ben excuse why".

What it amounts to, and who may say it, is the workflow's business.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from handlers import dates, names, times
from handlers.classroom import class_of, session, today
from handlers.intents import Act, Intent
from handlers.lexicon import these
from handlers.line import Line, unclear
from handlers.words import kept, plain
from workflows.attendance import AttendanceConfirmed, AttendanceDismissed, AttendanceEntered
from workflows.engagement import ArrivalEntered
from workflows.handoffs import Excused
from workflows.machine import Event

EXAMPLES = ("attend @ben in 08:09", "attend @ben late 12", "attend @ben out 16:20", "attend @ben absent")
LONGEST = 24 * 60
_IN = these("in arrived came arrives joined")
_OUT = these("out left leaves gone")
_ABSENT = re.compile(
    r"\b(?:absent|no[ -]?show|not here|never came|not in today|didnt (?:come|show)|did not (?:come|show))\b"
)
_MINUTES = re.compile(r"(\d{1,4}) ?(?:m|min|mins|minutes)?")
_BELOW_ZERO = re.compile(r"(?:^|\s)[-−–]\d")
_EXCUSE = re.compile(r"^(?:is |was )?excused?\b[\s,:;.-]*", re.IGNORECASE)


def attend(line: Line) -> Intent:
    """ "attend @ben late 12", "attend @dan out 16:20", "attend @ben excuse dentist"."""
    (agent, ref), rest = names.where_and_why(line, "A")
    if not (agent or ref):
        raise _how()
    return _said(Line(rest, line.desk), agent, ref)


def late(line: Line) -> Intent:
    """ "ben 12 late", "cora left 20 early", "dan is absent"."""
    found = names.agents(line)
    if len(found) != 1:
        raise _how()
    return _said(line, found[0], "")


def _said(line: Line, agent: str, ref: str) -> Intent:
    first = line.words[0] if line.words else ""
    if _EXCUSE.match(line.text):
        why = kept(_EXCUSE.sub("", line.text))
        day = today(line.desk, class_of(line.desk, agent)) if agent else None
        return Act(event=Excused(why=why, day=day), workflow="attendance", agent=agent, ref=ref, duty="attend")
    if first in ("confirm", "confirmed", "dismiss", "dismissed"):
        event: Event = AttendanceConfirmed() if first.startswith("confirm") else AttendanceDismissed()
        return Act(event=event, workflow="attendance", agent=agent, ref=ref)
    if not agent:
        raise _how()
    if "late" in line.words or "early" in line.words:
        return _by_minutes(line, agent)
    if _ABSENT.search(line.norm):
        day = _day(line, agent)
        starts, ends = session(line.desk, agent, day)
        return _entered(agent, AttendanceEntered(day=day, starts=starts, ends=ends, absent=True))
    if not _IN.isdisjoint(line.words):
        return _arrived(line, agent, _clock(line, agent))
    if not _OUT.isdisjoint(line.words):
        return _left(line, agent, _clock(line, agent))
    raise _how()


def _clock(line: Line, agent: str) -> datetime:
    """The time a line names, in the past."""
    line.drop(*_IN, *_OUT)
    at = times.gone(line, line.desk.calendar(agent))
    if at is None:
        raise unclear("need_time", {"said": ""})
    return at


def _by_minutes(line: Line, agent: str) -> Intent:
    """ "late 12" is 12 minutes after the shift's start, "early 20" 20 before its end."""
    is_late = "late" in line.words
    minutes = next((int(m[1]) for word in line.words if (m := _MINUTES.fullmatch(word))), 0)
    if not 1 <= minutes <= LONGEST or _BELOW_ZERO.search(line.text):
        raise _how()
    day = _day(line, agent)
    starts, ends = session(line.desk, agent, day)
    if starts is None or ends is None:
        return _entered(agent, AttendanceEntered(day=day))
    if is_late:
        return _arrived(line, agent, starts + timedelta(minutes=minutes))
    return _left(line, agent, ends - timedelta(minutes=minutes))


def _day(line: Line, agent: str) -> date:
    """The day a line names, today when it names none; never one to come."""
    now = today(line.desk, class_of(line.desk, agent))
    said = dates.read(line, line.desk.calendar(agent), back=True)
    if said is None or said.day is None:
        return now
    if said.day > now:
        raise unclear("time_to_come", {"said": plain(said.text, 40)})
    return said.day


def _date(line: Line, agent: str, at: datetime) -> date:
    """The date of that instant in the class's zone."""
    klass = class_of(line.desk, agent)
    return line.desk.calendar(agent).local(at).date() if klass.tz is None else _zoned(at, klass.tz)


def _zoned(at: datetime, tz: str) -> date:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo(tz)).date()


def _arrived(line: Line, agent: str, at: datetime) -> Intent:
    """Today's arrival goes to the class's day, which also knows whom to ask; an earlier one to attendance alone."""
    day = _date(line, agent, at)
    starts, ends = session(line.desk, agent, day)
    if starts is not None and day == today(line.desk, class_of(line.desk, agent)):
        return Act(event=ArrivalEntered(agent=agent, day=day, on=at), workflow="class_day", agent=agent)
    return _entered(agent, AttendanceEntered(day=day, starts=starts, ends=ends, arrived=at))


def _left(line: Line, agent: str, at: datetime) -> Intent:
    day = _date(line, agent, at)
    starts, ends = session(line.desk, agent, day)
    return _entered(agent, AttendanceEntered(day=day, starts=starts, ends=ends, left=at))


def _entered(agent: str, event: AttendanceEntered) -> Intent:
    return Act(event=event, workflow="attendance", agent=agent)


def _how() -> Exception:
    return unclear("attend_how", {"examples": list(EXAMPLES)})
