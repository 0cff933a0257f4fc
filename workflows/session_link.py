"""A class's session link (D001 R-001-03, 04; SPEC 3.11), what is prepared before, the mornings' posts, side meetings.

One case a class, open from a week before its first day. A link reaches every agent by mail and chat, at once and a
day before the start at the latest; what the class is told in the mornings are the pack's words and checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from workflows.calendar import Calendar
from workflows.effects import ACTOR, Answer, Arm, Disarm, Effect, Mail, Owe, Post, Settle, Tell
from workflows.machine import Declined, Due, Fact, Machine, Moment, Request, Row
from workflows.people import Agent, Role, TrainingClass
from workflows.policy_training import TrainingPolicy
from workflows.schedule import Shift

# -- states ------------------------------------------------------------------------------------------------

NONE, WAITING, SENT, VOID = "NONE", "WAITING", "SENT", "VOID"
OPEN = (WAITING, SENT)
BREAKS = {"lunch": "Lunch"}
"""What a break is called in a mail; any other is a "Break"."""
PERSONAL = "personal"

# -- data --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the case knows of its class: name, shift, breaks (name, start, end), agents, those without a private
    address."""

    name: str
    shift: Shift
    breaks: tuple[tuple[str, time, time], ...] = ()
    agents: tuple[str, ...] = ()
    without_personal: tuple[str, ...] = ()

    @staticmethod
    def of(klass: TrainingClass, agents: Iterable[Agent]) -> Setting:
        """The class as the roster has it, with its agents."""
        members = tuple(agents)
        return Setting(
            name=klass.name,
            shift=Shift.of(klass),
            breaks=tuple((each.name, each.start, each.end) for each in klass.breaks),
            agents=tuple(agent.username for agent in members),
            without_personal=tuple(agent.username for agent in members if not agent.personal_email),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A side meeting: its link went to those people; `at` when it was set for a time."""

    number: int
    kind: str
    url: str
    people: tuple[str, ...]
    by: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLink:
    """The class, its link, who got it, and the side meetings."""

    setting: Setting
    url: str = ""
    before: str = ""
    given_at: datetime | None = None
    given_by: str = ""
    late: bool = False
    sent: tuple[str, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    met: int = 0
    prepares: bool = False

    @property
    def title(self) -> str:
        """What a correction calls it."""
        return "the session link"

    @property
    def holds_again(self) -> str:
        """What is so once the newest link was taken back."""
        return "the link you got before that one is right again" if self.url else ""


# -- events ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAhead(Fact):
    """A class begins in some days."""

    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGiven(Request):
    """The session link is set, or changed."""

    overt: ClassVar[bool] = True
    url: str
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMissing(Due):
    """There should be a link by now."""

    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCall(Due):
    """The last moment for the link: whoever joined the class meanwhile gets it too."""

    setting: Setting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningBegun(Due):
    """The session of the n-th class day begins."""

    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(Request):
    """Something is ready for the first day."""

    overt: ClassVar[bool] = True
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCalled(Request):
    """A side meeting for some people; `at` in UTC, None for now."""

    overt: ClassVar[bool] = True
    kind: str
    url: str
    people: tuple[str, ...]
    setting: Setting
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingNear(Due):
    """A side meeting begins soon."""

    number: int


# -- time --------------------------------------------------------------------------------------------------


def first_day(calendar: Calendar, setting: Setting) -> datetime:
    """When the first session begins (UTC)."""
    return setting.shift.start_of(calendar, setting.shift.day(calendar, 1))


def next_day(calendar: Calendar, setting: Setting, at: datetime) -> date:
    """The day of the first session, or of the next one that has not ended."""
    day = setting.shift.day(calendar, 1)
    while setting.shift.end_of(calendar, day) <= at:
        day = calendar.business_date(day, 1)
    return day


def latest(m: Moment[SessionLink]) -> datetime:
    """The last moment at which the link is in time."""
    return first_day(m.calendar, m.data.setting) - timedelta(hours=m.policy.session_link.latest_hours)


# -- guards and changes ------------------------------------------------------------------------------------


def is_new(m: Moment[SessionLink]) -> bool:
    """Whether it is a link, and another one than before."""
    url: str = m.event.url
    return is_link(url) and url != m.was.data.url


def is_link(url: str) -> bool:
    """Whether it is a secure web address of some host: "https://meet.example.com/x"."""
    host = url.removeprefix("https://").partition("/")[0].partition("?")[0].partition("#")[0].partition(":")[0]
    ends = host.split(".")
    return url.startswith("https://") and url.isprintable() and " " not in url and len(ends) > 1 and all(
        end and all(c.isascii() and (c.isalnum() or c == "-") for c in end) for end in ends
    )  # fmt: skip


def take(m: Moment[SessionLink]) -> SessionLink:
    """The class as it is to begin now."""
    return replace(m.was.data, setting=m.event.setting, prepares=True)


def give(m: Moment[SessionLink]) -> SessionLink:
    """The link, to everybody who is in the class now."""
    was: SessionLink = m.was.data
    setting = m.event.setting
    start = first_day(m.calendar, setting)
    late = not was.url and m.at > start - timedelta(hours=m.policy.session_link.latest_hours)
    return replace(
        was,
        setting=setting,
        url=m.event.url,
        before=was.url,
        given_at=m.at,
        given_by=m.actor,
        late=late,
        sent=setting.agents,
    )


def newcomers(m: Moment[SessionLink]) -> tuple[str, ...]:
    """Those who joined the class since the link was sent."""
    setting = m.event.setting or m.was.data.setting
    return tuple(agent for agent in setting.agents if agent not in m.was.data.sent)


def add(m: Moment[SessionLink]) -> SessionLink:
    """They have it too."""
    setting = m.event.setting or m.was.data.setting
    return replace(m.was.data, setting=setting, sent=(*m.was.data.sent, *newcomers(m)))


def fits(m: Moment[SessionLink]) -> bool:
    """Whether a meeting has a link, people, and a time to come if any."""
    return is_link(m.event.url) and bool(m.event.people) and (m.event.at is None or m.event.at > m.at)


def call(m: Moment[SessionLink]) -> SessionLink:
    """One more side meeting."""
    event, was = m.event, m.was.data
    number = was.met + 1
    meeting = Meeting(number=number, kind=event.kind, url=event.url, people=event.people, by=m.actor, at=event.at)
    coming = tuple(each for each in was.meetings if each.at and each.at > m.at)
    return replace(was, meetings=(*coming, meeting), met=number)


def meeting_of(m: Moment[SessionLink]) -> Meeting | None:
    """The meeting a timer rings for."""
    return next((each for each in m.was.data.meetings if each.number == m.event.number), None)


# -- effects -----------------------------------------------------------------------------------------------


def facts(m: Moment[SessionLink], **more: Any) -> dict[str, Any]:
    """The class, its link, its next session with its breaks."""
    data: SessionLink = m.data
    shift, day = data.setting.shift, next_day(m.calendar, data.setting, m.at)
    return {
        "klass": data.setting.name,
        "url": data.url,
        "before": data.before,
        "replaces": bool(data.before),
        "late": data.late,
        "first": first_day(m.calendar, data.setting),
        "starts": shift.start_of(m.calendar, day),
        "ends": shift.end_of(m.calendar, day),
        "breaks": tuple(
            (BREAKS.get(name, "Break"), m.calendar.at(day, start, shift.tz), m.calendar.at(day, end, shift.tz))
            for name, start, end in data.setting.breaks
        ),
        "agents": data.setting.agents,
        "without_personal": data.setting.without_personal,
        **more,
    }


def send_to(m: Moment[SessionLink], agents: Iterable[str]) -> Iterator[Effect]:
    """E-10, one mail for each to both addresses, and a direct message."""
    notice, said = m.policy.session_link.notice, facts(m)
    for agent in agents:
        yield Mail(
            to=(f"@{agent}", PERSONAL),
            cc=notice.cc,
            behalf=notice.behalf,
            id=notice.id,
            template=notice.template,
            facts=said,
            about=agent,
            tag="link",
        )
        yield Tell(to=f"@{agent}", template="session_link/link", facts=said, tag="link")


def send(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """The link goes to the whole class; whoever gave it hears to whom."""
    return (
        *send_to(m, m.data.setting.agents),
        Tell(to=ACTOR, template="session_link/given", facts=facts(m), undo=True),
    )


def send_newcomers(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """The link goes to those who joined meanwhile."""
    return tuple(send_to(m, newcomers(m)))


def ask_link(m: Moment[SessionLink]) -> Effect:
    """Licensing hears that there is no link yet."""
    return Tell(to=m.policy.session_link.remind, template="session_link/missing", facts=facts(m, hours=m.event.hours))


def timers(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """What rings before the first day and on the class's mornings, as far as it is to come."""
    links, setting = m.policy.session_link, m.data.setting
    start = first_day(m.calendar, setting)
    hours = timedelta(hours=1)
    rings: list[tuple[str, datetime, Due]] = [
        (f"missing:{n}", start - n * hours, LinkMissing(hours=n)) for n in links.missing_hours
    ]
    rings.append(("latest", start - links.latest_hours * hours, LastCall()))
    for n in range(1, links.posts + 1):
        morning = setting.shift.start_of(m.calendar, setting.shift.day(m.calendar, n))
        rings.append((f"morning:{n}", morning, MorningBegun(day=n)))
    return tuple(
        Arm(name=name, due=due, event=event) if due > m.at else Disarm(name=name) for name, due, event in rings
    )


def owe_preparations(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """What licensing prepares before the first day, due a business day before it."""
    links = m.policy.session_link
    due = m.calendar.business_days_after(first_day(m.calendar, m.data.setting), -1)
    if due <= m.at or m.was.data.prepares:
        return ()
    return tuple(
        Owe(
            to=(links.prepare_owner,),
            duty=f"prepare:{each.name}",
            title=each.title,
            template="session_link/prepare",
            facts=facts(m, says=each.says, addresses=each.addresses),
            answers=(Answer(label=each.done, event=Prepared(name=each.name), done="ready"),),
            sla=links.prepare_sla,
            due=due,
            tag="prepare",
        )
        for each in links.prepare
    )


def post_morning(m: Moment[SessionLink]) -> Effect:
    """The pace table, the day's tips, the expectation to report (R-001-09, 23, 30, 59)."""
    pace, links, day = m.policy.pace, m.policy.session_link, m.event.day
    table = tuple(
        (
            each.name,
            m.data.setting.shift.moment(m.calendar, each.day, each.at),
            pace.titled(each.required),
            each.day == day,
        )
        for each in pace.checkpoint
    )
    return Post(
        channel="class",
        template="session_link/morning",
        facts={
            "day": day,
            "days": links.posts,
            "table": table,
            "advice": pace.advice,
            "tips": tuple(tip.says for tip in links.tip if tip.day == day),
            "daily": links.daily,
        },
    )


def remind_day(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """What people do themselves on that class day (R-001-22, 29, 30; R-003-03 to 06)."""
    today = [each for each in m.policy.session_link.todo if each.day == m.event.day]
    return tuple(
        Tell(
            to=to,
            template="session_link/today",
            facts={
                "klass": m.data.setting.name,
                "day": m.event.day,
                "todo": tuple(each.says for each in today if each.to == to),
            },
        )
        for to in dict.fromkeys(each.to for each in today)
    )


def invite(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """Those named get the link of the side meeting, a shadowing with a reminder before it."""
    meeting = m.data.meetings[-1]
    said = _meeting(meeting, near=False)
    near = timedelta(minutes=m.policy.session_link.meet_minutes)
    ring = meeting.at - near if meeting.at and meeting.kind == SHADOW else None
    return (
        *(Tell(to=f"@{who}", template="session_link/meeting", facts=said, tag="meeting") for who in meeting.people),
        *(
            (Arm(name=f"meeting:{meeting.number}", due=ring, event=MeetingNear(number=meeting.number)),)
            if ring and ring > m.at
            else ()
        ),
        Tell(to=ACTOR, template="session_link/meeting_sent", facts=said, undo=True),
    )


def remind_meeting(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """It begins soon."""
    meeting = meeting_of(m)
    assert meeting is not None
    said = _meeting(meeting, near=True)
    return tuple(Tell(to=f"@{who}", template="session_link/meeting", facts=said) for who in meeting.people)


SHADOW = "shadow"
KINDS = {"side": "a side room", "callcert": "a call certification", SHADOW: "call shadowing"}


def _meeting(meeting: Meeting, *, near: bool) -> dict[str, Any]:
    return {
        "kind": KINDS.get(meeting.kind, meeting.kind),
        "url": meeting.url,
        "people": meeting.people,
        "by": meeting.by,
        "at": meeting.at,
        "near": near,
    }


def settle_preparation(m: Moment[SessionLink]) -> tuple[Effect, ...]:
    """One thing is ready."""
    title = next((each.title for each in m.policy.session_link.prepare if each.name == m.event.name), m.event.name)
    return (
        Settle(duty=f"prepare:{m.event.name}"),
        Tell(to=ACTOR, template="session_link/prepared", facts=facts(m, title=title), undo=True),
    )


# -- the table ---------------------------------------------------------------------------------------------


def machine(policy: TrainingPolicy) -> Machine[SessionLink]:
    """One class's link, for one pack."""
    links = policy.session_link
    by, callers = (frozenset(Role(role) for role in roles) for roles in (links.by, links.meet_by))
    spec = "R-001-03/04; SPEC 3.11"
    rows = (
        Row(at=(NONE,), on=ClassAhead, to=WAITING, set=take, do=(timers, owe_preparations), source=spec),
        Row(
            at=OPEN,
            on=ClassAhead,
            set=take,
            do=(timers, owe_preparations),
            source=f"{spec}: the class begins on another day",
        ),
        Row(at=(NONE,), on=LinkGiven, to=SENT, by=by, when=is_new, set=give, do=(timers, send), source=spec),
        Row(at=(WAITING,), on=LinkGiven, to=SENT, by=by, when=is_new, set=give, do=(send,), source=spec),
        Row(
            at=(SENT,),
            on=LinkGiven,
            by=by,
            when=is_new,
            set=give,
            do=(send,),
            source=f"{spec}: a changed link is sent again",
        ),
        Row(at=(WAITING,), on=LinkMissing, do=(ask_link,), source=f"{spec}: 48 h and 25 h before the start"),
        Row(
            at=(SENT,),
            on=LastCall,
            when=lambda m: bool(newcomers(m)),
            set=add,
            do=(send_newcomers,),
            source=f"{spec}: at least 24 h before the start",
        ),
        Row(
            at=OPEN, on=MorningBegun, do=(post_morning, remind_day), source="R-001-09, 23, 30, 59: posted each morning"
        ),
        Row(
            at=OPEN,
            on=Prepared,
            by=frozenset({Role(links.prepare_owner)}),
            do=(settle_preparation,),
            source="R-001-03, 53 to 58: ready before day 1",
        )
        if links.prepare
        else None,
        Row(
            at=(NONE,),
            on=MeetingCalled,
            to=WAITING,
            by=callers,
            when=fits,
            set=call,
            do=(timers, invite),
            source="R-003-16, 17, 27: side meetings",
        ),
        Row(
            at=OPEN,
            on=MeetingCalled,
            by=callers,
            when=fits,
            set=call,
            do=(invite,),
            source="R-003-16, 17, 27: side meetings",
        ),
        Row(
            at=OPEN,
            on=MeetingNear,
            when=lambda m: meeting_of(m) is not None,
            do=(remind_meeting,),
            source="R-003-27: a reminder 15 minutes before",
        ),
    )
    return Machine(
        name="session_link",
        letter="L",
        start=NONE,
        ends=frozenset({VOID}),
        rows=tuple(row for row in rows if row is not None),
        opens=(ClassAhead, LinkGiven, MeetingCalled),
        key=lambda event: "class" if isinstance(event, ClassAhead | LinkGiven | MeetingCalled) else None,
        fresh=lambda event: SessionLink(setting=event.setting),
        unwound=VOID,
        refusal=refusal,
    )


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """A link that is none, or none that is new."""
    event = m.event
    if declined.reason != "not_so":
        return None
    if isinstance(event, LinkGiven) and is_link(event.url):
        return Tell(to=ACTOR, template="session_link/same", facts={"url": event.url, "klass": event.setting.name})
    if isinstance(event, LinkGiven | MeetingCalled) and not is_link(event.url):
        return Tell(to=ACTOR, template="session_link/no_link", facts={"said": event.url})
    return None
