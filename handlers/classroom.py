"""The classroom: an agent is here or wants a room, the host counts hands, excuses or marks somebody.

Each says which event with which address; who may, and whether a check is open, is the workflow's business.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import dates, house, names
from handlers.intents import Act, Desk, Intent, Say, Wish
from handlers.lexicon import FILLER, POLITE, these
from handlers.line import Line, unclear
from handlers.words import kept, plain, split
from workflows.engagement import (
    AgentExcused,
    ExcuseEnded,
    HandsRecorded,
    HelpWanted,
    Here,
    MarkedMia,
    WasHere,
)
from workflows.people import CLASS_, TrainingClass

HERE = (
    "here", "im here", "i am here", "here i am", "i m here", "present", "im present", "i am present", "still here",
    "im still here",
    "im right here",
    "i am right here", "yes here", "yes im here", "yes i am here", "here now", "hand up", "hands up", "hand raised",
    "here sorry", "sorry im here", "sorry here",
)  # fmt: skip
BACK = (
    "back", "im back", "i am back", "back now", "back again", "back from lunch", "back from break", "i m back",
    "im back now", "sorry im back",
)  # fmt: skip
"""What an agent says when he is asked for; "back" means it only while a check is open."""

_SIGNS = re.compile(
    "[\u270b\U0001f590\U0001f91a\U0001f64b]"
    "|:(?:raised_hand|raised_hands|hand|raising_hand|raised_back_of_hand|hand_splayed|raised_hand_with_fingers_splayed)"
    r"[a-z0-9_-]*:"
)
_PAUSE = re.compile(
    r"\b(?:break|brk|b) ?(\d)\b|\b(?:(1st|first)|(2nd|second)|(3rd|third)) break\b|\bbreak (one|two|three)\b"
)
_COUNTED = {"1st": 1, "first": 1, "one": 1, "2nd": 2, "second": 2, "two": 2, "3rd": 3, "third": 3, "three": 3}
_HANDS = these(
    """hands hand no not up down raised raise lowered lower did didnt dont have hasnt has missing missed from by for at
    of the were was before after check break all everybody everyone else nobody none and"""
)
_OVER = these("over done ended end ends finished back stop off cancel")
_EXCUSES = (
    ("breakout", these("breakout breakouts room rooms side")),
    ("support", these("support helpdesk desk it call phone carrier ahip aetna ticket")),
    ("call", these("certifier certing scoring cert certification")),
)
"""What is kept of a reason: its category. Anything else is nobody's business."""

_MINUTES = re.compile(r"(\d{1,3}) ?(?:m|min|mins|minutes)?")


# -- of the speaker's class --------------------------------------------------------------------------------


def class_of(desk: Desk, agent: str) -> TrainingClass:
    """The class of that agent."""
    return desk.roster.class_of(agent)


def today(desk: Desk, klass: TrainingClass) -> date:
    """The date in that class's zone."""
    zone = ZoneInfo(klass.tz) if klass.tz else ZoneInfo(desk.roster.sites[klass.site].tz)
    return desk.at.astimezone(zone).date()


def session(desk: Desk, agent: str, day: date) -> tuple[datetime, datetime] | tuple[None, None]:
    """The shift of that agent's class on that day (UTC), or (None, None)."""
    found = desk.calendar(agent).session(class_of(desk, agent), day)
    return found or (None, None)


# -- an agent's own word -----------------------------------------------------------------------------------


def raises(text: str) -> bool:
    """Whether the text is a raised hand and nothing else."""
    return _SIGNS.search(text) is not None and not split(_SIGNS.sub(" ", text))[0]


def here(line: Line) -> Intent:
    """ "here", "✋": an agent is here. "here @ben why": somebody saw him."""
    if not line.own:
        return was_here(line)
    klass = class_of(line.desk, line.own)
    return Act(event=Here(day=today(line.desk, klass)), workflow="engagement", agent=line.own)


def overheard(text: str, desk: Desk) -> Intent | None:
    """A word in the class's own channel that is meant for whoever counts hands there, addressed or not."""
    agent = desk.roster.agents.get(desk.actor)
    if agent is None or desk.roster.class_of(desk.actor).channel != desk.room:
        return None
    said = [word for word in split(text)[0] if word not in POLITE - {"here"}]
    norm = " ".join(said)
    if norm in HERE or raises(text):
        return Wish(name="here", args={"idle": False})
    return Wish(name="here", args={"idle": True}) if norm in BACK else None


def help_me(line: Line) -> Intent:
    """ "help me": the host opens a breakout room."""
    if not line.own:
        return house.help_on(line)
    return Act(event=HelpWanted(agent=line.own), workflow="class_day", agent=line.own)


# -- the host's word ---------------------------------------------------------------------------------------


def was_here(line: Line) -> Intent:
    """ "here @ben his camera was on": a person saw him."""
    (agent, ref), why = names.where_and_why(line, "M")
    if not (agent or ref):
        raise unclear("whom", {"example": "here @ben he answered by voice"})
    return Act(event=WasHere(why=kept(why)), workflow="engagement", agent=agent, ref=ref)


def mia(line: Line) -> Intent:
    """ "mia @ben why": marked by hand."""
    (agent, _), why = names.where_and_why(line, "")
    if not agent:
        raise unclear("whom", {"example": "mia @ben camera off since 13:00, no answer"})
    day = today(line.desk, class_of(line.desk, agent))
    starts, ends = session(line.desk, agent, day)
    return Act(event=MarkedMia(day=day, why=kept(why), starts=starts, ends=ends), workflow="engagement", agent=agent)


def excuse(line: Line) -> Intent:
    """ "excuse @ben breakout", "excuse @ben breakout 30", "excuse @ben over"."""
    (agent, _), why = names.where_and_why(line, "")
    if not agent:
        raise unclear("whom", {"example": "excuse @ben breakout"})
    head = Line(why, line.desk)
    if head.words and len(head.words) < 4 and not _OVER.isdisjoint(head.words):
        return Act(event=ExcuseEnded(agent=agent), workflow="class_day", agent=agent)
    found = next((m for word in head.words if (m := _MINUTES.fullmatch(word))), None)
    until = line.desk.at + timedelta(minutes=int(found[1])) if found and int(found[1]) else None
    category = next((name for name, words in _EXCUSES if not words.isdisjoint(head.words)), "other")
    return Act(event=AgentExcused(agent=agent, why=category, until=until), workflow="class_day", agent=agent)


def hands(line: Line) -> Intent:
    """ "hands b1 @ben @cora": those not raised; "no hand ben cora"; "hands lunch" alone: all raised."""
    said = line.norm
    klass = next(
        (line.desk.roster.classes[w.upper()] for w in line.words if w.upper() in line.desk.roster.classes), None
    )
    missing = names.agents(line)
    klass = klass or _class(line, missing, said)
    day = dates.read(line, line.desk.calendar(missing[0] if missing else ""), back=True)
    now = today(line.desk, klass)
    over = day is not None and day.day is not None and day.day < now
    pupil = next(iter(line.desk.roster.agents_of(klass.name)), "")
    if over and day is not None and day.day is not None:
        return Wish(name="closed_day", args={"klass": klass.name, "day": day.day})
    if line.desk.calendar(pupil).session(klass, now) is None:
        return Say(template="day_closed")
    pause = _pause(line, klass)
    strange = [
        raw
        for word, raw in zip(line.words, line.raw, strict=True)
        if word not in _HANDS and word not in FILLER and word not in (pause, klass.name.lower()) and not word.isdigit()
    ]
    if strange:
        raise names.stranger(line, strange[0])
    others = [agent for agent in missing if class_of(line.desk, agent) is not klass]
    if others:
        known = {"name": line.desk.roster.name_of(others[0]), "group": klass.name}
        return Say(template="other_class", facts=known)
    event = HandsRecorded(missing=tuple(missing), pause=pause)
    return Act(event=event, workflow="class_day", agent=f"{CLASS_}{klass.name}")


def _class(line: Line, missing: list[str], said: str) -> TrainingClass:
    """The class meant: that of the agents, of the channel, or the only one the speaker leads."""
    desk, roster = line.desk, line.desk.roster
    if missing:
        return class_of(desk, missing[0])
    for klass in roster.classes.values():
        if klass.channel == desk.room:
            return klass
    mine = [k for k in roster.classes.values() if k.host == desk.actor] or [
        roster.classes[name]
        for name in dict.fromkeys(a.class_name for a in roster.agents.values() if a.tl == desk.actor)
    ]
    if not mine:
        mine = list(roster.classes.values())
    if len(mine) == 1:
        return mine[0]
    buttons = [(klass.name, line.press(f"{said} {klass.name}")) for klass in mine[:5]]
    raise unclear("which_class", {"classes": [klass.name for klass in mine[:5]]}, buttons)


def _pause(line: Line, klass: TrainingClass) -> str:
    """The break a line names, by its own name or as people count: "" when it names none."""
    known = {each.name.lower(): each.name for each in klass.breaks}
    for word in line.words:
        if word in known:
            return known[word]
    found = _PAUSE.search(line.norm)
    if not found:
        return ""
    word = next(part for part in found.groups() if part)
    name = f"b{_COUNTED.get(word) or word}"
    if name in known:
        return known[name]
    raise unclear("which_break", {"said": plain(found[0], 20), "breaks": list(known.values())})


def missing(line: Line) -> tuple[str, ...]:
    """The answer to "whose hands were missing?": names, or nobody's."""
    found = names.agents(line)
    strange = [raw for word, raw in zip(line.words, line.raw, strict=True) if word not in _HANDS | FILLER]
    if strange:
        raise names.stranger(line, strange[0])
    return tuple(found)
