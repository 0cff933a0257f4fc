"""Who is asked at a check, who counts, who is missing: the questions and changes of a class's day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from workflows.engagement.data import LOWER, RAISE, Arrival, Check, ClassDay, Excuse, Window
from workflows.engagement.events import ClassDayBegan
from workflows.machine import Moment
from workflows.policy_training import Engagement

Day = Moment[ClassDay]
PROMPT = timedelta(minutes=1)
"""How late a check may be asked for and still be asked for in time."""


def label(name: str) -> str:
    """What people call a break: "b1" is break 1."""
    return f"break {name[1:]}" if name[:1] == "b" and name[1:].isdecimal() else name


# -- questions ---------------------------------------------------------------------------------------------


def check_of(m: Day) -> Check:
    """The check a timer is about."""
    return m.was.data.check(m.event.seq)


def meant(data: ClassDay, event: Any, at: datetime) -> Check | None:
    """The check the host's words are about: the window last open or closed, of that break where he names one."""
    if event.seq:
        return data.check(event.seq)
    begun = [each for each in data.checks if each.window.opens <= at and event.pause in ("", each.window.name)]
    return begun[-1] if begun else None


def excused(data: ClassDay, agent: str, window: Window, away: tuple[str, ...]) -> bool:
    """Whether anything kept him from answering in any part of the window."""
    return agent in away or any(
        each.agent == agent and each.since < window.closes and (each.until is None or each.until > window.opens)
        for each in data.excuses
    )


def to_ask(m: Day) -> tuple[str, ...]:
    """Everybody who is to be asked now: here, and not excused (SPEC 3.2, "expected")."""
    data, event, window = m.was.data, m.event, check_of(m).window
    here = {each.agent for each in data.arrivals}
    return tuple(a for a in event.members if a in here and not excused(data, a, window, event.away))


def cannot_ask(m: Day) -> bool:
    """Whether the wires were away, or it is too late to ask."""
    return m.event.down or m.at - check_of(m).window.opens > PROMPT


def counted(data: ClassDay, check: Check, members: tuple[str, ...], away: tuple[str, ...]) -> tuple[str, ...]:
    """Those whose answer counts: by chat whoever was asked, by the host's eyes whoever is known to be there."""
    window = check.window
    able = [agent for agent in members if not excused(data, agent, window, away)]
    if check.hands is None:
        return tuple(agent for agent in able if agent in check.asked)
    here = {each.agent for each in data.arrivals if each.at <= window.closes}
    return tuple(agent for agent in able if agent in here)


def missed(m: Day) -> tuple[str, ...]:
    """Of those who count, those who did not answer."""
    check, event = check_of(m), m.event
    those = counted(m.was.data, check, event.members, event.away)
    if check.hands is not None:
        return tuple(agent for agent in those if agent in check.hands)
    return tuple(agent for agent in those if agent not in event.answered and agent not in event.unasked)


def voided(m: Day) -> str:
    """Why a closing check does not count: "down", "many" (outage guard), or "" when it does."""
    check, rules = check_of(m), m.policy.engagement
    if check.hands is not None:
        return ""
    if check.void or m.event.down:
        return "down"
    missing = len(missed(m))
    expected = len(counted(m.was.data, check, m.event.members, m.event.away))
    many = missing >= rules.void_least and 100 * missing >= rules.void_share * expected
    return "many" if many else ""


def was_void(m: Day) -> bool:
    """Whether the closing check does not count."""
    return bool(voided(m))


def counts(m: Day) -> bool:
    """Whether the closing check counts."""
    return not voided(m)


def new_here(m: Day) -> bool:
    """Whether nobody has seen the agent today, and the shift is near or under way."""
    data = m.was.data
    return data.arrival(m.event.agent) is None and data.earliest <= m.at < data.ends


def late_by(data: ClassDay, at: datetime) -> bool:
    """Whether an arrival at that instant is an occurrence."""
    return data.judge_after is not None and at - data.starts >= timedelta(minutes=data.judge_after)


def judged(m: Day) -> bool:
    """Whether this first message is a late arrival: only where somebody listened from the shift's beginning on."""
    data = m.was.data
    heard = data.watched and (data.blind is None or m.at > data.blind)
    return heard and not m.event.on_leave and late_by(data, m.at)


def unseen(m: Day) -> tuple[str, ...]:
    """Members nobody has seen today, but for those of whom nothing is expected."""
    here = {each.agent for each in m.was.data.arrivals}
    return tuple(agent for agent in m.event.members if agent not in here and agent not in m.event.away)


def under_way(m: Day) -> bool:
    """Whether the shift is not over."""
    return m.at < m.was.data.ends


def is_excused(m: Day) -> bool:
    """Whether an excuse of that agent runs."""
    open_ = (each.until is None or each.until > m.at for each in m.was.data.excuses if each.agent == m.event.agent)
    return any(open_)


# -- changes -----------------------------------------------------------------------------------------------


def windows(event: ClassDayBegan, rules: Engagement) -> tuple[Window, ...]:
    """P1 to P6: before each break hands go up, after it they come down."""
    span = timedelta(minutes=rules.check_minutes)
    found: list[Window] = []
    for pause in sorted(event.pauses, key=lambda each: each.starts):
        for kind, opens, closes in (
            (RAISE, pause.starts - span, pause.starts),
            (LOWER, pause.ends, pause.ends + span),
        ):
            found.append(Window(seq=len(found) + 1, kind=kind, name=pause.name, opens=opens, closes=closes))
    return tuple(found)


def begin(event: ClassDayBegan) -> ClassDay:
    """A day as it is told of."""
    return ClassDay(
        day=event.day,
        starts=event.starts,
        ends=event.ends,
        over=event.over,
        checks=(),
        host=event.host,
        agents=event.agents,
        watched=False,
        earliest=event.starts,
        judge_after=event.judge_after,
    )


def plan(m: Day) -> ClassDay:
    """The checks of the day; one whose opening is past is not asked for any more."""
    event: ClassDayBegan = m.event
    earliest = event.starts - timedelta(hours=m.policy.engagement.early_hours)
    return replace(
        m.was.data,
        checks=tuple(Check(window=window) for window in windows(event, m.policy.engagement)),
        watched=m.at <= event.starts,
        earliest=earliest,
        arrivals=tuple(Arrival(agent=each.agent, at=each.at) for each in event.seen if each.at >= earliest),
    )


def _with_check(data: ClassDay, check: Check) -> ClassDay:
    return replace(data, checks=tuple(check if each.window == check.window else each for each in data.checks))


def _with_arrival(data: ClassDay, arrival: Arrival) -> ClassDay:
    others = tuple(each for each in data.arrivals if each.agent != arrival.agent)
    agents = data.agents if arrival.agent in data.agents else (*data.agents, arrival.agent)
    return replace(data, arrivals=(*others, arrival), agents=agents)


def arrive(m: Day) -> ClassDay:
    """The agent is here."""
    return _with_arrival(m.was.data, Arrival(agent=m.event.agent, at=m.at))


def arrive_as_said(m: Day) -> ClassDay:
    """A person knows better when he came."""
    return _with_arrival(m.was.data, Arrival(agent=m.event.agent, at=m.event.on, door="word"))


def ask(m: Day) -> ClassDay:
    """These are asked."""
    data = replace(m.was.data, agents=m.event.members)
    return _with_check(data, replace(check_of(m), asked=to_ask(m)))


def give_up(m: Day) -> ClassDay:
    """Nobody could be asked."""
    return _with_check(m.was.data, replace(check_of(m), void="down"))


def close(m: Day) -> ClassDay:
    """The check is over."""
    check, event = check_of(m), m.event
    out = tuple(a for a in check.asked if excused(m.was.data, a, check.window, event.away))
    return _with_check(m.was.data, replace(check, closed=True, skipped=out, void=voided(m)))


def note_hands(m: Day) -> ClassDay:
    """What the host saw stands over every button; somebody he misses is there, where nobody watched the morning."""
    data, event = m.was.data, m.event
    check = meant(data, event, m.at)
    assert check is not None
    if not data.watched:
        for agent in event.missing:
            if data.arrival(agent) is None:
                data = _with_arrival(data, Arrival(agent=agent, at=check.window.opens, door="hands"))
    return _with_check(data, replace(check, hands=event.missing, void=""))


def go_blind(m: Day) -> ClassDay:
    """Nobody could be heard for a while: lateness is not judged before everybody had the time to speak."""
    return replace(m.was.data, blind=m.at + timedelta(minutes=m.was.data.judge_after or 0))


def excuse(m: Day) -> ClassDay:
    """He cannot answer for now."""
    found = Excuse(agent=m.event.agent, why=m.event.why, since=m.at, until=m.event.until)
    return replace(m.was.data, excuses=(*m.was.data.excuses, found))


def end_excuse(m: Day) -> ClassDay:
    """He can answer again: all his excuses of that kind, or all, end now."""
    why = getattr(m.event, "why", "")
    return replace(
        m.was.data,
        excuses=tuple(
            replace(each, until=m.at)
            if each.agent == m.event.agent and why in ("", each.why) and (each.until is None or each.until > m.at)
            else each
            for each in m.was.data.excuses
        ),
    )


def wait(m: Day) -> ClassDay:
    """One more waits for a room."""
    return replace(m.was.data, waiting=(*m.was.data.waiting, m.event.agent))


def served(m: Day) -> ClassDay:
    """He has his room."""
    return replace(m.was.data, waiting=tuple(each for each in m.was.data.waiting if each != m.event.agent))
