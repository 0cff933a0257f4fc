"""WFM's summary of a day (SPEC 7.5): sessions ended, occurrences by category, OT requests open. Numbers only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from bot.reports.days import Day
from bot.reports.sheet import Report, Table
from store import tables
from store.codec import micros, parse

OT_DUTY = "ot"
"""The first part of the name of the duty by which WFM places overtime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was; `occurrences` are (category, how many)."""

    ended: int
    occurrences: tuple[tuple[str, int], ...]
    ot_open: int

    @property
    def none(self) -> bool:
        """Whether there is nothing to count."""
        return not (self.ended or self.occurrences or self.ot_open)


def build(day: Day) -> Report:
    """The summary as a report."""
    found = counts(day)
    rows = (
        ("Sessions ended early", str(found.ended)),
        *((f"Occurrence: {name}", str(n)) for name, n in found.occurrences),
        ("OT requests open", str(found.ot_open)),
    )
    return Report(
        name="wfm",
        title="WFM summary",
        day=day.date,
        about=day.about,
        head=("Nothing to count today",) if found.none else (),
        tables=(Table(title="WFM summary", columns=("What", "Number"), rows=rows),),
        empty=found.none,
    )


def counts(day: Day) -> Counts:
    """The numbers of that day."""
    found = Counter(category for agent in day.agents for category in occurrences(day, agent.username))
    return Counts(ended=_ended(day), occurrences=tuple(sorted(found.items())), ot_open=_ot(day))


def occurrences(day: Day, agent: str) -> list[str]:
    """The categories of an agent's confirmed occurrences of that day, missing in action among them."""
    found = [
        occurrence.category
        for case in day.cases_of_day("attendance", agent)
        if case.data.day == day.date and case.state != "VOID"
        for occurrence in case.data.settled
    ]
    found += ["MIA" for case in day.cases_of_day("engagement", agent) if case.state == "MIA"]
    return found


def _ended(day: Day) -> int:
    """How many sessions WFM was asked to end, less those taken back."""
    o = tables.outbox.c
    users = [agent.username for agent in day.agents]
    start = micros(day.calendar.midnight(day.date))
    rows = day.connection.execute(
        select(o.case_id, o.spec)
        .where(o.spec.in_(("C-WFM-END", "C-WFM-UNDO")), o.agent.in_(users), o.made >= start, o.made < micros(day.until))
        .where(o.state.in_(("sent", "waiting")))
    ).all()
    asked = Counter(row.case_id for row in rows if row.spec == "C-WFM-END")
    asked.subtract(row.case_id for row in rows if row.spec == "C-WFM-UNDO")
    return sum(n for n in asked.values() if n > 0)


def _ot(day: Day) -> int:
    """How many requests for overtime WFM had not answered by then."""
    d = tables.duties.c
    users = [agent.username for agent in day.agents]
    rows = day.connection.execute(
        select(d.name, d.roles_json, d.open, d.settled_at).where(
            d.agent.in_(users), d.workflow == "carrier_cert", d.since < micros(day.until)
        )
    ).all()
    return sum(
        row.name.partition(":")[0] == OT_DUTY
        and "wfm" in parse(row.roles_json)
        and (row.open or (row.settled_at is not None and row.settled_at >= micros(day.until)))
        for row in rows
    )
