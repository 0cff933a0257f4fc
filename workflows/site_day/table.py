"""The table of a site's day, and what somebody hears who sends or holds what has gone."""

from __future__ import annotations

from workflows.effects import ACTOR, Tell
from workflows.machine import Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_floor import SiteDayPolicy
from workflows.site_day.changes import (
    begin,
    checked,
    drafted,
    held,
    leaves_none,
    leaves_one,
    left_out,
    may_be_held,
    may_go,
    must_wait,
    not_checked,
    not_gone,
    nothing_waits,
    sent,
    still_waits,
)
from workflows.site_day.data import (
    CLOSED,
    NONE,
    OPEN,
    WAITING,
    BoardDue,
    ChecklistDue,
    DraftDue,
    QueueDue,
    ReportHeld,
    ReportLeftOut,
    ReportReleased,
    SearchPackDue,
    SendDue,
    SiteDay,
    SiteDayBegan,
    SiteDayEnded,
    SiteDayOver,
    SummaryDue,
    TouchBaseDue,
    TrackerChecked,
    WeeklyDue,
)
from workflows.site_day.effects import (
    bells,
    drop_duties,
    drop_duty,
    facts,
    owe_word,
    post_summary,
    remind_touch_base,
    say_checked,
    say_held,
    say_left_out,
    say_sent,
    send,
    send_search_pack,
    send_weekly,
    show_boards,
    show_checklists,
    show_draft,
    show_queue,
)


def refusal(m: Moment[SiteDay], declined: Declined) -> Tell | None:
    """What somebody hears who sends or holds what has gone."""
    event = m.event
    if isinstance(event, ReportReleased | ReportHeld | ReportLeftOut) and declined.reason != "not_yours":
        known = m.was.data.of(event.report)
        said = {
            "report": event.report,
            "status": known.status if known else "",
            "at": known.at if known else None,
            "by": known.by if known else "",
        }
        return Tell(to=ACTOR, template="site_day/already", facts=facts(m, **said))
    if isinstance(event, TrackerChecked) and declined.reason in ("not_so", "finished", "not_now"):
        return Tell(to=ACTOR, template="site_day/checked", facts=facts(m))
    return None


def machine(policy: SiteDayPolicy) -> Machine[SiteDay]:
    """The table for one pack."""
    by = frozenset(Role(role) for role in policy.draft_by)
    log_off = frozenset(Role(each.role) for each in policy.checklist)
    waits = (
        Row(
            at=(OPEN,), on=SendDue, when=must_wait, do=(owe_word,), source="SPEC 8.12: first send per list is approved"
        ),
    )
    rows = (
        Row(
            at=(NONE,), on=SiteDayBegan, to=OPEN, set=begin, do=(bells,), source="SPEC 7: each business day of the site"
        ),
        Row(at=(OPEN, WAITING), on=SiteDayBegan, source="SPEC 7: the day has begun already"),
        Row(at=(OPEN,), on=QueueDue, do=(show_queue,), source="SPEC 7.6: Cert Coordinator 08:10 queue"),
        Row(at=(OPEN,), on=TouchBaseDue, do=(remind_touch_base,), source="R-002-14: touch base each morning"),
        Row(at=(OPEN,), on=BoardDue, do=(show_boards,), source="R-003-18: nobody falls behind"),
        Row(
            at=(OPEN,),
            on=ChecklistDue,
            do=(show_checklists,),
            source="R-001-42, 46, 47; R-002-16; R-003-31, 34: before logging off",
        ),
        Row(at=(OPEN,), on=SearchPackDue, do=(send_search_pack,), source="R-004-18: screenshots to the named contacts"),
        Row(at=(OPEN,), on=SummaryDue, do=(post_summary,), source="SPEC 7.5: WFM summary"),
        Row(at=(OPEN,), on=WeeklyDue, do=(send_weekly,), source="SPEC 7.6: weekly to Site and ESP Manager"),
        Row(
            at=(OPEN,),
            on=DraftDue,
            when=may_be_held,
            set=drafted,
            do=(show_draft,),
            source="R-002-23, R-004-15: shown before it goes",
        ),
        Row(at=(OPEN,), on=SendDue, when=may_go, set=sent, do=(send,), source="R-002-23, R-004-15: sent unless held"),
        *(waits if any(report.approve_first for report in policy.report) else ()),
        Row(
            at=(OPEN,),
            on=ReportReleased,
            when=not_gone,
            set=sent,
            do=(send, say_sent),
            by=by,
            source="SPEC 4.2: eod send",
        ),
        Row(
            at=(WAITING,),
            on=ReportReleased,
            when=leaves_one,
            set=sent,
            do=(send, say_sent),
            by=by,
            source="SPEC 4.2: eod send, another waits",
        ),
        Row(
            at=(WAITING,),
            on=ReportReleased,
            to=CLOSED,
            when=leaves_none,
            set=sent,
            do=(send, say_sent),
            by=by,
            source="SPEC 4.2: eod send, the last",
        ),
        Row(
            at=(OPEN, WAITING),
            on=ReportHeld,
            when=may_be_held,
            set=held,
            do=(drop_duty, say_held),
            by=by,
            source="SPEC 4.2: eod hold",
        ),
        Row(
            at=(OPEN,),
            on=ReportLeftOut,
            when=not_gone,
            set=left_out,
            do=(drop_duty, say_left_out),
            by=by,
            source="SPEC 4.2: held for good",
        ),
        Row(
            at=(WAITING,),
            on=ReportLeftOut,
            when=leaves_one,
            set=left_out,
            do=(drop_duty, say_left_out),
            by=by,
            source="SPEC 4.2: held for good, another waits",
        ),
        Row(
            at=(WAITING,),
            on=ReportLeftOut,
            to=CLOSED,
            when=leaves_none,
            set=left_out,
            do=(drop_duty, say_left_out),
            by=by,
            source="SPEC 4.2: held for good, the last",
        ),
        Row(
            at=(OPEN,),
            on=TrackerChecked,
            when=not_checked,
            set=checked,
            do=(say_checked,),
            by=log_off,
            source="R-001-47, R-003-34: the tracker is up to date",
        ),
        Row(at=(OPEN,), on=SiteDayEnded, to=WAITING, when=still_waits, source="SPEC 7: a report is still to go"),
        Row(at=(OPEN,), on=SiteDayEnded, to=CLOSED, when=nothing_waits, source="SPEC 7: the day is over"),
        Row(at=(OPEN, WAITING), on=SiteDayOver, to=CLOSED, do=(drop_duties,), source="SPEC 7: the next one is due"),
    )
    return Machine(
        name="site_day",
        letter="Y",
        start=NONE,
        ends=frozenset({CLOSED}),
        rows=rows,
        opens=(SiteDayBegan,),
        key=lambda event: event.day.isoformat() if isinstance(event, SiteDayBegan) else None,
        fresh=lambda event: SiteDay(day=event.day),
        refusal=refusal,
        unwound=CLOSED,
    )
