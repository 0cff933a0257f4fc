"""What is said about a class's session: its link, and side meetings.

The class is the one named, that of the channel, or the only one there is.
"""

from __future__ import annotations

import re

from handlers import names, times
from handlers.intents import Act, Intent, Say
from handlers.lexicon import these
from handlers.line import Line, unclear
from handlers.words import plain
from workflows.people import CLASS_, TrainingClass
from workflows.session_link import LinkGiven, MeetingCalled, Setting

KINDS = {
    word: kind
    for kind, words in (
        ("side", "side room breakout breakouts help helping separate temporary"),
        ("callcert", "callcert call-cert callcerts certification cert calls call"),
        ("shadow", "shadow shadowing shadows"),
    )
    for word in words.split()
}
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_ENDS = ".,;!)>]'\""
_SEEN = these("link links url session for the is here new class meet meeting room")


def link(line: Line) -> Intent | list[Intent]:
    """ "link https://…", "link NOV16 https://…": the session link of a class."""
    url = _address(line)
    klass = _class(line, url)
    if klass is None:
        return _which_class(line, url)
    event = LinkGiven(url=url, setting=_setting(line, klass))
    return [Act(event=event, workflow="session_link", agent=f"{CLASS_}{klass.name}")]


def _address(line: Line) -> str:
    """Takes the address as typed: a web address, else whatever looks most like one, else ""."""
    if found := _URL.search(line.text):  # with its question mark and all that follows, which no word holds
        rest = Line(line.text.replace(found[0], " ", 1), line.desk, line.thread, line.agent)
        line.words[:], line.raw[:] = rest.words, rest.raw
        return found[0].rstrip(_ENDS)
    for i, word in enumerate(line.words[1:], 1):
        if any(sign in word for sign in ("://", "www.", ".com", ".net", ".org")) or line.raw[i][:4].lower() == "http":
            return plain(line.take(i), 80)
    return ""


def _class(line: Line, url: str) -> TrainingClass | None:
    """The class the line means; None when it could be several."""
    classes = line.desk.roster.classes
    known = {name.casefold(): klass for name, klass in classes.items()}
    for word in line.words:
        if word.casefold() in known:
            return known[word.casefold()]
    here = [klass for klass in classes.values() if klass.channel == line.desk.room]
    return here[0] if here else next(iter(classes.values())) if len(classes) == 1 else None


def _which_class(line: Line, url: str) -> Say:
    names_ = sorted(line.desk.roster.classes)
    buttons = tuple((name, line.press(f"link {name} {url}")) for name in names_[:5])
    return Say(template="which_class", facts={"classes": names_}, buttons=buttons)


def _setting(line: Line, klass: TrainingClass) -> Setting:
    roster = line.desk.roster
    return Setting.of(klass, (roster.agents[agent] for agent in roster.agents_of(klass.name)))


def meet(line: Line) -> list[Intent]:
    """ "meet side https://… @ana @ben", "shadow room link https://… @ana 14:00": a side meeting for those named."""
    url = _address(line)
    found = next((KINDS[word] for word in line.words if word in KINDS), "side")
    line.drop("meet", *KINDS, *_SEEN)
    people = names.people(line, expected=True)
    if not people:
        raise unclear("whom", {"example": "meet side https://meet.example.com/abc @ana @ben"})
    at = times.coming(line, line.desk.calendar(""))
    roster = line.desk.roster
    pupil = next((roster.agents[who] for who in people if who in roster.agents), None)
    klass = roster.classes[pupil.class_name] if pupil else _class(line, url)
    if klass is None:
        raise unclear("whom", {"example": "meet side https://meet.example.com/abc @ana @ben"})
    event = MeetingCalled(kind=found, url=url, people=tuple(people), at=at, setting=_setting(line, klass))
    return [Act(event=event, workflow="session_link", agent=f"{CLASS_}{klass.name}")]
