"""What a class's day says and asks for: the morning, the checks, hands, excuses, rooms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Answer, Arm, Ask, Effect, Hand, Owe, Post, Settle, Tell
from workflows.engagement.checks import (
    Day,
    check_of,
    counted,
    excused,
    label,
    late_by,
    meant,
    missed,
    unseen,
    voided,
)
from workflows.engagement.data import RAISE, Check, ClassDay, Window
from workflows.engagement.events import (
    CheckClosed,
    Checked,
    CheckOpened,
    ClassDayOver,
    DayClosed,
    ExcuseGiven,
    HandsRecorded,
    PresenceDue,
    Present,
    RoomOpened,
    SessionBegan,
    SessionNear,
    ShiftEnded,
)
from workflows.people import Role

HERE = "✋ I'm here"
"""The button of a check; it types `here`."""


def host_of(data: ClassDay) -> str:
    """Who is told of the classroom: its host, else the TLs."""
    return "host" if data.host else "tl"


def window_facts(window: Window) -> dict[str, Any]:
    """What templates may say of a check."""
    return {
        "up": window.kind == RAISE,
        "pause": label(window.name),
        "name": window.name,
        "opens": window.opens,
        "closes": window.closes,
    }


# -- the day -----------------------------------------------------------------------------------------------


def arm_day(m: Day) -> tuple[Effect, ...]:
    """All that is to happen by itself, as far as it has not passed already."""
    data, rules = m.data, m.policy.engagement
    wanted: list[tuple[str, datetime, Any]] = [
        ("near", data.starts - timedelta(minutes=rules.host_minutes), SessionNear()),
        ("start", data.starts, SessionBegan()),
        ("end", data.ends, ShiftEnded()),
        ("over", data.over, ClassDayOver()),
    ]
    if data.watched and data.judge_after is not None:
        wanted.append(("judge", data.starts + timedelta(minutes=data.judge_after), PresenceDue()))
    for check in data.checks:
        window = check.window
        if window.opens >= m.at:
            wanted.append((f"open:{window.seq}", window.opens, CheckOpened(seq=window.seq)))
            wanted.append((f"close:{window.seq}", window.closes, CheckClosed(seq=window.seq)))
    armed = [Arm(name=name, due=due, event=event) for name, due, event in wanted if due >= m.at]
    return (*armed, *(present(m, each.agent, each.at) for each in data.arrivals))


def present(m: Day, agent: str, at: datetime) -> Hand:
    """The agent's own day begins, with the checks he will be asked for."""
    data = m.data
    event = Present(
        day=data.day,
        at=at,
        windows=tuple(each.window for each in data.checks),
        starts=data.starts,
        ends=data.ends,
        over=data.over,
    )
    return Hand(workflow="engagement", event=event, agent=agent)


def open_day(m: Day) -> Effect:
    """He is here."""
    return present(m, m.event.agent, getattr(m.event, "on", m.at))


def report_late(m: Day) -> Effect:
    """Attendance hears of a late arrival."""
    data, on = m.data, getattr(m.event, "on", None)
    event = handoffs.SeenLate(day=data.day, starts=data.starts, ends=data.ends, arrived=on or m.at, word=on is not None)
    return Hand(workflow="attendance", event=event, agent=m.event.agent)


def report_in_time(m: Day) -> Effect:
    """Attendance hears that he was in time after all."""
    event = handoffs.SeenInTime(day=m.data.day, arrived=m.event.on)
    return Hand(workflow="attendance", event=event, agent=m.event.agent)


def note_arrival(m: Day) -> Effect | None:
    """What was understood; a TL reads it on the card he gets."""
    data = m.data
    if late_by(data, m.event.on) and Role.tl in m.by:
        return None
    facts = {"name": m.event.agent, "on": m.event.on, "late": late_by(data, m.event.on), "least": data.judge_after or 0}
    return Tell(to=ACTOR, template="engagement/arrival_noted", facts=facts, undo=True)


def remind_host(m: Day) -> Effect | None:
    """R-003-02: on time to open the session."""
    data = m.data
    if m.at >= data.starts:
        return None
    return Tell(to=host_of(data), template="engagement/session_near", facts={"starts": data.starts})


def greet(m: Day) -> tuple[Effect, ...]:
    """R-001-06, 07: the breaks and what is expected, shown to all; the host keeps everybody muted."""
    data, rules = m.data, m.policy.engagement
    pauses = [
        {"pause": label(check.window.name), "starts": check.window.closes, "ends": after.window.opens}
        for check, after in zip(data.checks[::2], data.checks[1::2], strict=True)
    ]
    facts = {
        "starts": data.starts,
        "ends": data.ends,
        "pauses": pauses,
        "minutes": rules.check_minutes,
        "expectations": list(rules.expectations),
    }
    return (
        Post(channel="class", template="engagement/morning", facts=facts, alone=True),
        Tell(to=host_of(data), template="engagement/keep_muted", facts={"reminders": list(rules.host_reminders)}),
    )


def report_unseen(m: Day) -> tuple[Effect, ...]:
    """Attendance hears of everybody nobody has seen (SPEC 3.3)."""
    data = m.data
    event = handoffs.Unseen(day=data.day, starts=data.starts, ends=data.ends)
    return tuple(Hand(workflow="attendance", event=event, agent=agent) for agent in unseen(m))


def judge_later(m: Day) -> Effect:
    """Everybody gets the same minutes again from the moment he can be heard."""
    assert m.data.blind is not None
    return Arm(name="judge", due=m.data.blind, event=PresenceDue())


def report_never(m: Day) -> tuple[Effect, ...]:
    """No presence all day; only where somebody listened all day."""
    data = m.data
    if not data.watched or data.judge_after is None:
        return ()
    event = handoffs.NeverSeen(day=data.day, starts=data.starts, ends=data.ends)
    return tuple(Hand(workflow="attendance", event=event, agent=agent) for agent in unseen(m))


def close_days(m: Day) -> tuple[Effect, ...]:
    """Everybody's day is over; nobody waits for a room any more."""
    event = DayClosed(day=m.data.day)
    hands = (Hand(workflow="engagement", event=event, agent=each.agent) for each in m.data.arrivals)
    return (Settle(duty="help:*", withdrawn=True), *hands)


# -- checks ------------------------------------------------------------------------------------------------


def prompt(m: Day) -> tuple[Effect, ...]:
    """A line for the class, and a button for everybody who is expected to answer."""
    check = m.data.check(m.event.seq)
    if not check.asked:
        return ()
    facts, tag = window_facts(check.window), f"check:{check.window.seq}"
    tells = (
        Tell(to=f"@{agent}", template="engagement/check_dm", facts=facts, more=((HERE, "here"),), tag=tag)
        for agent in check.asked
    )
    return (Post(channel="class", template="engagement/check", facts=facts, tag=tag, alone=True), *tells)


def report_missed(m: Day) -> tuple[Effect, ...]:
    """Those who did not answer; where the host has looked, also those who did."""
    check = m.was.data.check(m.event.seq)
    return tuple(_results(m, check, m.event.members, m.event.away, missed(m)))


def _results(
    m: Day, check: Check, members: tuple[str, ...], away: tuple[str, ...], missing: tuple[str, ...]
) -> Iterator[Effect]:
    by = "chat" if check.hands is None else "host"
    for agent in counted(m.data, check, members, away) if by == "host" else missing:
        event = Checked(day=m.data.day, window=check.window, missed=agent in missing, by=by)
        yield Hand(workflow="engagement", event=event, agent=agent)


def tell_void(m: Day) -> Effect | None:
    """The host knows why a check does not count, and how to give his own record. Nobody asked, nothing to say."""
    check = check_of(m)
    why = voided(m)
    if why == "down" and not any(each.at <= check.window.closes for each in m.data.arrivals):
        return None
    facts = {**window_facts(check.window), "why": why, "missing": len(missed(m))}
    return Tell(to=host_of(m.data), template="engagement/void", facts=facts)


def report_hands(m: Day) -> tuple[Effect, ...]:
    """What the host saw goes to everybody's own day, at once when the check is over; he reads what was understood."""
    event = m.event
    was = meant(m.was.data, event, m.at)
    assert was is not None
    check = m.data.check(was.window.seq)
    known = counted(m.data, check, event.members, event.away)
    seen = {each.agent for each in m.data.arrivals}
    named = [agent for agent in event.members if agent in event.missing]
    able = [agent for agent in event.members if not excused(m.data, agent, check.window, event.away)]
    others = [agent for agent in able if agent not in event.missing]
    facts = {
        **window_facts(check.window),
        "missed": len(named),
        "raised": len(others),
        "uncounted": [agent for agent in named if agent not in known],
        "unseen": [agent for agent in others if agent not in seen] if m.data.watched else [],
        "open": not check.closed and m.at < check.window.closes,
    }
    again = HandsRecorded(seq=check.window.seq)
    said = Ask(
        template="engagement/hands_noted",
        facts=facts,
        answers=(Answer(label="Fix", event=again, ask="engagement/ask_hands", fills="missing", done="put right"),),
    )
    added = (present(m, each.agent, each.at) for each in m.data.arrivals if each not in m.was.data.arrivals)
    over = check.closed or m.at >= check.window.closes
    missing = tuple(agent for agent in known if agent in event.missing)
    results = _results(m, check, event.members, event.away, missing) if over else ()
    return (*added, *results, said)


# -- excuses and rooms -------------------------------------------------------------------------------------


def note_excuse(m: Day) -> tuple[Effect, ...]:
    """No check counts for him for now, and one just missed is forgotten."""
    agent = m.event.agent
    facts = {"name": agent, "until": m.event.until, "since": m.at}
    more = (("Excuse over", f"excuse @{agent} over"),)
    return (
        Hand(workflow="engagement", event=ExcuseGiven(day=m.data.day), agent=agent),
        Tell(to=ACTOR, template="engagement/excused", facts=facts, more=more, undo=True),
    )


def note_end(m: Day) -> Effect:
    """What was understood."""
    return Tell(to=ACTOR, template="engagement/excuse_over", facts={"name": m.event.agent}, undo=True)


def call_host(m: Day) -> tuple[Effect, ...]:
    """R-001-34: the host hears who needs a room; the agent hears that he did."""
    agent, data = m.event.agent, m.data
    card = Owe(
        to=(host_of(data),),
        duty=f"help:{agent}",
        title="open a breakout room",
        template="engagement/help_card",
        facts={"name": agent},
        answers=(Answer(label="Room opened", event=RoomOpened(agent=agent), done="opened"),),
        sla=m.policy.engagement.help_sla,
    )
    return (card, Tell(to=ACTOR, template="engagement/help_asked", facts={"ahead": len(data.waiting) - 1}))


def still_waiting(m: Day) -> Effect:
    """Asked twice."""
    ahead = m.was.data.waiting.index(m.event.agent)
    return Tell(to=ACTOR, template="engagement/help_asked", facts={"ahead": ahead})


def send_to_room(m: Day) -> tuple[Effect, ...]:
    """The agent goes there; the host has one thing less."""
    agent = m.event.agent
    return (
        Settle(duty=f"help:{agent}"),
        Tell(to=f"@{agent}", template="engagement/room_open", facts={"host": m.actor}),
        Tell(to=ACTOR, template="engagement/room_noted", facts={"name": agent}),
    )
