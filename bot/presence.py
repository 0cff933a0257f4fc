"""The first message of an agent's day is his arrival, whatever it says (SPEC 3.3).

Asked of every chat line, so it must cost nothing once somebody is known to be there; and what an agent means by
"back", or by a raised hand in the class's channel.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import briefing, classroom
from bot.deciding import Decider
from bot.letters import Letter
from bot.office import Office
from workflows.engagement import Arrived, Here
from workflows.machine import Case
from workflows.people import CLASS_

AGAIN = timedelta(minutes=1)
"""How long nobody looks again for a class day that was not there."""


@dataclass(kw_only=True)
class Presence:
    """Who is known to be there, in this process; the truth is in the class's day."""

    _here: dict[str, str] = field(default_factory=dict)
    _closed: dict[str, datetime] = field(default_factory=dict)

    def wanted(self, office: Office, letter: Letter) -> str:
        """The class whose day must be loaded for this letter; "" for the many that change nothing."""
        agent = office.roster.agents.get(letter.actor)
        if agent is None or letter.kind != "chat" or letter.edited or not office.runs("class_day"):
            return ""
        klass = office.roster.classes[agent.class_name]
        subject = f"{CLASS_}{klass.name}"
        if letter.room not in (f"@{letter.actor}", klass.channel) or not office.active(letter.actor):
            return ""
        if self._here.get(letter.actor) == today(office, letter) or self._closed.get(subject, letter.at) > letter.at:
            return ""
        return subject

    def note(self, office: Office, letter: Letter, desk: Decider) -> None:
        """Put the arrival on record, once; in a letter of its own, so that an undo of the words leaves it."""
        subject = self.wanted(office, letter)
        if not subject:
            return
        key = today(office, letter)
        quiet = replace(letter, source=f"seen:{letter.source}", actor="", room="", text="", files=())
        own = Decider(office, desk.world, quiet, desk.lines, desk.now)
        case = class_day(desk, subject, key) or self._open(own, subject, key)
        if case is None:
            self._closed[subject] = letter.at + AGAIN
        elif case.data.arrival(letter.actor):  # read from the store, so it is there to stay
            self._here[letter.actor] = key
        elif case.data.earliest <= letter.at < case.data.ends:
            own.enter(case, Arrived(agent=letter.actor, on_leave=office.on_leave(letter.actor, case.data.starts)))
            own.flush_cards()

    @staticmethod
    def _open(own: Decider, subject: str, key: str) -> Case[Any] | None:
        """The day of whoever speaks before the almanac has rung it in: after a night in which we were down."""
        office, day = own.office, date.fromisoformat(key)
        klass = office.roster.classes[subject.removeprefix(CLASS_)]
        calendar = office.calendar(subject)
        now = own.now.astimezone(ZoneInfo(klass.tz) if klass.tz else calendar.zone).date()
        if day != now or calendar.session(klass, day) is None:
            return None
        event = classroom.class_day(office, klass, day)
        case = own.open("class_day", event, subject)
        own.enter(case, briefing.briefed(own, case, event, own.at))
        return class_day(own, subject, key)


def class_day(desk: Decider, subject: str, key: str) -> Case[Any] | None:
    """The class's running day of that date."""
    mine = (each for each in desk.world.cases_of(subject) if each.workflow == "class_day" and each.key == key)
    return next((each for each in mine if desk.world.live[each.id]), None)


def today(office: Office, letter: Letter) -> str:
    """The date of that letter in the class's zone."""
    agent = office.roster.agents[letter.actor]
    klass = office.roster.classes[agent.class_name]
    zone = ZoneInfo(klass.tz) if klass.tz else office.calendar(letter.actor).zone
    return letter.at.astimezone(zone).date().isoformat()


def own_day(desk: Decider) -> Case[Any] | None:
    """The sender's checks of today, when he is an agent in class."""
    if desk.letter.actor not in desk.office.roster.agents:
        return None
    key = today(desk.office, desk.letter)
    mine = (each for each in desk.world.cases_of(desk.letter.actor) if each.workflow == "engagement")
    return next((each for each in mine if each.key == key and desk.world.live[each.id]), None)


def answers(desk: Decider) -> bool:
    """An agent says that he is back: to his checks of today, if there are any."""
    case = own_day(desk)
    if case is not None:
        desk.enter(case, Here(day=case.data.day))
    return case is not None


def overheard(desk: Decider, *, idle: bool) -> None:
    """A word in the class's channel; an `idle` one counts only while somebody waits for it."""
    case = own_day(desk)
    if case is None:
        return
    waited = any(window.opens <= desk.at <= window.closes for window in case.data.windows)
    if waited or not idle or case.state in ("MIA", "MIA_PROPOSED"):
        desk.enter(case, Here(day=case.data.day))
