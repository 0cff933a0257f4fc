"""Which reports there are, by the name one types, and what a person must still write into the tracker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.reports import eod_call, eod_tbt, progress, tracker, weekly, wfm
from bot.reports.days import Day
from bot.reports.sheet import Report
from workflows.people import Agent, Role
from workflows.policy_floor import SiteDayPolicy

__all__ = ["REPORTS", "Entry", "needs_a_word", "wfm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A report: what it is about, and how it is built for a day under a pack."""

    about: str
    build: Callable[[Day, SiteDayPolicy], Report]


REPORTS: Mapping[str, Entry] = MappingProxyType(
    {
        "tracker": Entry(about="the ESP Tracker, a row an agent", build=lambda day, policy: tracker.build(day)),
        "progress": Entry(about="what agents reported", build=lambda day, policy: progress.build(day)),
        "eod-call": Entry(about="call certs of the day", build=lambda day, policy: eod_call.build(day)),
        "eod-tbt": Entry(
            about="TBTs of the day, for the client", build=lambda day, policy: eod_tbt.build(day, oids=policy.tbt_oids)
        ),
        "wfm": Entry(about="sessions, occurrences, overtime", build=lambda day, policy: wfm.build(day)),
        "weekly": Entry(about="the week in sums, for managers", build=lambda day, policy: weekly.build(day)),
    }
)
"""By the name one types."""

PHASE_COLUMNS = ("TBT Status (x/N)", "Call Cert Status")
"""Columns that mean nothing before the agent's call-cert phase."""


def needs_a_word(day: Day, agent: Agent, column: str, role: str = "") -> bool:
    """Whether that cell is older than the day although the agent is not done with what it speaks of.

    Equipment is licensing's before the call-cert phase and the Cert Coordinator's from then on (SPEC 7.1).
    """
    start = eod_call.phase_start(day, agent)
    phase = start is not None and start <= day.date
    if column in PHASE_COLUMNS and not phase:
        return False
    if column == "Equipment Status" and role == (Role.licensing if phase else Role.cert_coordinator):
        return False
    value = day.value(agent.username, column)
    return tracker.level(value) != "done" and not day.touched(agent.username, column)
