"""What a site's day wishes for: its bells, and who is told what at each. The shell gathers what there is to say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from workflows.calendar import Calendar
from workflows.effects import ACTOR, Answer, Arm, Disarm, Effect, Mail, Owe, Post, Settle, Tell
from workflows.machine import Moment
from workflows.policy_floor import SiteDayPolicy, SiteReport
from workflows.site_day.changes import must_be_seen
from workflows.site_day.data import (
    BoardDue,
    ChecklistDue,
    DraftDue,
    QueueDue,
    ReportLeftOut,
    ReportReleased,
    SearchPackDue,
    SendDue,
    SiteDay,
    SiteDayEnded,
    SiteDayOver,
    SummaryDue,
    TouchBaseDue,
    WeeklyDue,
)

NOON = time(12)
LATE = timedelta(seconds=60)
"""From when on a message says that it comes late (SPEC 0.3)."""

TEMPLATES = {"call": "site_day/eod_call", "tbt": "site_day/eod_tbt"}
"""The mail of a report; any other is the plain one."""


def facts(m: Moment[SiteDay], **more: Any) -> dict[str, Any]:
    """What every message of this room may say."""
    return {"day": m.calendar.at(m.data.day, NOON), **more}


def is_late(m: Moment[SiteDay], *walls: time) -> bool:
    """Whether the last of these hours has been over for a while: the bot was down when it struck."""
    struck = [at for wall in walls if (at := m.calendar.at(m.data.day, wall)) <= m.at]
    return bool(struck) and m.at - max(struck) > LATE


def bells(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """Every bell of the day that has not rung yet; what fell due before is not made up."""
    times, calendar, day = m.policy.times, m.calendar, m.data.day
    found: list[tuple[str, datetime, Any]] = [
        ("queue", calendar.at(day, times.queue), QueueDue()),
        ("touch-base", calendar.at(day, times.touch_base), TouchBaseDue()),
        *((f"board:{n}", calendar.at(day, at), BoardDue()) for n, at in enumerate(times.boards, 1)),
        ("checklist", calendar.at(day, times.checklist), ChecklistDue()),
        ("search-pack", calendar.at(day, times.search_pack), SearchPackDue()),
        ("summary", calendar.at(day, times.wfm_summary), SummaryDue()),
        *((f"draft:{one.key}", calendar.at(day, times.drafts), DraftDue(report=one.key)) for one in evening(m.policy)),
        *((f"send:{one.key}", calendar.at(day, times.send), SendDue(report=one.key)) for one in evening(m.policy)),
        ("end", calendar.midnight(day + timedelta(days=1)), SiteDayEnded()),
        ("over", calendar.at(calendar.business_date(day, 1), times.drafts), SiteDayOver()),
    ]
    if is_first_of_week(calendar, day):
        found.append(("weekly", calendar.at(day, times.weekly), WeeklyDue()))
    return tuple(Arm(name=name, due=due, event=event) for name, due, event in found if due > m.at)


def evening(policy: SiteDayPolicy) -> tuple[SiteReport, ...]:
    """The reports that are shown and sent in the evening."""
    return tuple(each for each in policy.report if each.drafted)


def is_first_of_week(calendar: Calendar, day: date) -> bool:
    """Whether no earlier day of its week is a business day."""
    return not any(calendar.is_business_day(day - timedelta(days=n)) for n in range(1, day.weekday() + 1))


def show_queue(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """Who waits for a Certifier, and which reports still wait for a word."""
    return tuple(
        Tell(to=role, template=template, facts=facts(m, late=is_late(m, m.policy.times.queue)), gather=gather)
        for role in m.policy.queue_to
        for template, gather in (("call_cert/queue", "queue"), ("site_day/unsent", "unsent_reports"))
    )


def remind_touch_base(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """Fifteen minutes with the Certifiers (R-002-14)."""
    return tuple(
        Tell(
            to=role,
            template="site_day/touch_base",
            facts=facts(m, late=is_late(m, m.policy.times.touch_base)),
            gather="touch_base",
        )
        for role in m.policy.queue_to
    )


def show_boards(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """Who of the own team is behind; silent when nobody is (R-003-18)."""
    return tuple(
        Tell(
            to=role,
            template="site_day/board",
            facts=facts(m, late=is_late(m, *m.policy.times.boards)),
            gather="progress_board",
        )
        for role in m.policy.board_to
    )


def show_checklists(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """ "Can I log off?", one message a person."""
    return tuple(
        Tell(
            to=each.role,
            template="site_day/checklist",
            facts=facts(m, role=each.role, late=is_late(m, m.policy.times.checklist)),
            gather="checklist",
        )
        for each in m.policy.checklist
    )


def send_search_pack(m: Moment[SiteDay]) -> Effect:
    """E-19, where something was compiled."""
    notice = m.policy.search_pack
    return Mail(
        to=notice.to,
        cc=notice.cc,
        behalf=notice.behalf,
        id=notice.id,
        template=notice.template or "tbt/search_pack",
        facts=facts(m, late=is_late(m, m.policy.times.search_pack)),
        gather="tbt_search_pack",
    )


def post_summary(m: Moment[SiteDay]) -> Effect:
    """One line for WFM."""
    return Post(
        channel=m.policy.summary_channel,
        template="site_day/wfm_summary",
        facts=facts(m, late=is_late(m, m.policy.times.wfm_summary)),
        gather="wfm_summary",
    )


def show_draft(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """The report as it will go, with [Send now] and [Hold]."""
    one = m.policy.reported(m.event.report)
    send_at = m.calendar.at(m.data.day, m.policy.times.send)
    more = tuple(
        (label, f"eod {one.key} {word} {m.case.id}") for label, word in (("Send now", "send"), ("Hold", "hold"))
    )
    late = is_late(m, m.policy.times.drafts)
    said = facts(m, late=late, report=one.key, send_at=send_at, first=must_be_seen(m), to=list(one.to))
    return tuple(
        Tell(to=role, template="site_day/draft", facts=said, gather="report_draft", more=more)
        for role in m.policy.queue_to
    )


def send(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """To its list; whoever still owed a word owes it no more."""
    return (mail(m, m.event.report), Disarm(name=f"send:{m.event.report}"), Settle(duty=f"report:{m.event.report}"))


def mail(m: Moment[SiteDay], key: str) -> Mail:
    """The report in the mail, with its file and its picture."""
    one = m.policy.reported(key)
    return Mail(
        to=one.to,
        cc=one.cc,
        behalf=one.behalf,
        id=one.id,
        template=TEMPLATES.get(key, "site_day/report"),
        facts=facts(m, report=key),
        gather="report_mail",
    )


def send_weekly(m: Moment[SiteDay]) -> tuple[Effect, ...]:
    """The week before, where the pack has such a report."""
    return tuple(mail(m, one.key) for one in m.policy.report if one.name == "weekly")


def say_sent(m: Moment[SiteDay]) -> Effect:
    """That it has gone, and to whom."""
    one = m.policy.reported(m.event.report)
    return Tell(to=ACTOR, template="site_day/sent", facts=facts(m, report=one.key, to=list(one.to)))


def say_held(m: Moment[SiteDay]) -> Effect:
    """That it stays until somebody sends it."""
    one = m.event.report
    more = tuple(
        (label, f"eod {one} {word} {m.case.id}") for label, word in (("Send now", "send"), ("Leave out", "drop"))
    )
    return Tell(to=ACTOR, template="site_day/held", facts=facts(m, report=one), more=more)


def say_left_out(m: Moment[SiteDay]) -> Effect:
    """That it will not go."""
    return Tell(to=ACTOR, template="site_day/left_out", facts=facts(m, report=m.event.report))


def owe_word(m: Moment[SiteDay]) -> Effect:
    """The first one to a list outside waits for a person (SPEC 8.12)."""
    one = m.policy.reported(m.event.report)
    return Owe(
        to=m.policy.queue_to,
        duty=f"report:{one.key}",
        title="report that waits for its first sending",
        template="site_day/first_send",
        facts=facts(m, report=one.key, to=list(one.to)),
        answers=(
            Answer(label="Send now", event=ReportReleased(report=one.key), done="sent"),
            Answer(label="Leave out", event=ReportLeftOut(report=one.key), done="left out"),
        ),
        sla=m.policy.approve_sla,
    )


def drop_duty(m: Moment[SiteDay]) -> Effect:
    """Nobody is asked for this one any more."""
    return Settle(duty=f"report:{m.event.report}")


def drop_duties(m: Moment[SiteDay]) -> Effect:
    """Nor for any of the day."""
    return Settle(duty="report:*", withdrawn=True)


def say_checked(m: Moment[SiteDay]) -> Effect:
    """Noted, with what else is open."""
    return Tell(to=ACTOR, template="site_day/checked", facts=facts(m))
