"""Which machines there are, from which pack each is built, and the classes their rows are stored as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import getmembers, isclass
from types import MappingProxyType, ModuleType
from typing import Any

from workflows import (
    attendance,
    call_cert,
    carrier_cert,
    coaching,
    completion,
    concern,
    discipline,
    engagement,
    equipment,
    failed_exam,
    handoffs,
    ladder,
    progress,
    session_link,
    site_day,
    tbt,
    ticket,
)
from workflows.machine import Due, Event, Fact, Machine, Request
from workflows.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """One machine: `build(policy)` gives its table, `pack` is the workflow its pack is written for.

    `scope` says whom a case is about: an "agent", a "class" or a "site". `sealed` rows are encrypted at rest;
    `lasting` cases still matter to decisions when they have ended. `team` is what it adds to a board.
    """

    name: str
    letter: str
    pack: str
    build: Callable[[Any], Machine[Any]]
    data: type
    module: ModuleType
    scope: str = "agent"
    sealed: bool = False
    lasting: bool = False


_ALL = (
    Workflow(
        name="failed_exam",
        letter="F",
        pack="failed_exam",
        build=failed_exam.machine,
        data=failed_exam.FailedExam,
        module=failed_exam,
        lasting=True,
    ),
    Workflow(
        name="discipline",
        letter="C",
        pack="discipline",
        build=discipline.machine,
        data=discipline.Cap,
        module=discipline,
        sealed=True,
        lasting=True,
    ),
    Workflow(
        name="review",
        letter="R",
        pack="discipline",
        build=discipline.review_machine,
        data=discipline.ReviewData,
        module=discipline,
        sealed=True,
        lasting=True,
    ),
    Workflow(
        name="carrier_cert",
        letter="P",
        pack="licensing_training",
        build=carrier_cert.machine,
        data=carrier_cert.CarrierCert,
        module=carrier_cert,
    ),
    Workflow(
        name="session_link",
        letter="L",
        pack="licensing_training",
        build=session_link.machine,
        data=session_link.SessionLink,
        module=session_link,
        scope="class",
    ),
    Workflow(
        name="coaching",
        letter="C",
        pack="coaching",
        build=coaching.machine,
        data=coaching.Coaching,
        module=coaching,
        sealed=True,
        lasting=True,
    ),
    Workflow(
        name="ladder",
        letter="D",
        pack="call_cert",
        build=ladder.machine,
        data=ladder.LadderData,
        module=ladder,
        sealed=True,
        lasting=True,
    ),
    Workflow(
        name="call_cert",
        letter="Q",
        pack="call_cert",
        build=call_cert.machine,
        data=call_cert.CallCert,
        module=call_cert,
        lasting=True,
    ),
    Workflow(
        name="completion",
        letter="Z",
        pack="completion",
        build=completion.machine,
        data=completion.Completion,
        module=completion,
        lasting=True,
    ),
    Workflow(
        name="progress_day",
        letter="U",
        pack="progress",
        build=progress.day_machine,
        data=progress.Day,
        module=progress,
        scope="class",
    ),
    Workflow(
        name="progress",
        letter="G",
        pack="progress",
        build=progress.machine,
        data=progress.Progress,
        module=progress,
        lasting=True,
    ),
    Workflow(
        name="equipment",
        letter="H",
        pack="equipment",
        build=equipment.machine,
        data=equipment.Equipment,
        module=equipment,
        lasting=True,
    ),
    Workflow(
        name="ticket",
        letter="K",
        pack="ticket",
        build=ticket.machine,
        data=ticket.Ticket,
        module=ticket,
        lasting=True,
    ),
    Workflow(
        name="tbt",
        letter="T",
        pack="tbt",
        build=tbt.machine,
        data=tbt.Tbt,
        module=tbt,
        lasting=True,
    ),
    Workflow(
        name="class_day",
        letter="B",
        pack="licensing_training",
        build=engagement.class_day_machine,
        data=engagement.ClassDay,
        module=engagement,
        scope="class",
    ),
    Workflow(
        name="engagement",
        letter="M",
        pack="licensing_training",
        build=engagement.machine,
        data=engagement.AgentDay,
        module=engagement,
        sealed=True,
    ),
    Workflow(
        name="attendance",
        letter="A",
        pack="attendance",
        build=attendance.machine,
        data=attendance.AttendanceDay,
        module=attendance,
        sealed=True,
        lasting=True,
    ),
    Workflow(
        name="concern",
        letter="X",
        pack="concern",
        build=concern.machine,
        data=concern.Concern,
        module=concern,
        lasting=True,
    ),
    Workflow(
        name="red_flag",
        letter="X",
        pack="concern",
        build=concern.red_flag_machine,
        data=concern.RedFlag,
        module=concern,
        sealed=True,
    ),
    Workflow(
        name="site_day",
        letter="Y",
        pack="site_day",
        build=site_day.machine,
        data=site_day.SiteDay,
        module=site_day,
        scope="site",
    ),
)

WORKFLOWS: Mapping[str, Workflow] = MappingProxyType({workflow.name: workflow for workflow in _ALL})
"""Every machine by its name. A failed exam takes the pack of its exam or of the roster; the other packs have the
name of their workflow as their id."""

SEALED = frozenset(workflow.name for workflow in _ALL if workflow.sealed)
"""Machines whose rows are encrypted at rest."""

LASTING = tuple(workflow.name for workflow in _ALL if workflow.lasting)
"""Machines whose ended cases are loaded with an agent's open ones."""

DATA: Mapping[str, type] = MappingProxyType({workflow.name: workflow.data for workflow in _ALL})
"""What a case of each machine remembers."""


def _events(*modules: ModuleType) -> Iterator[tuple[str, type[Event]]]:
    for module in modules:
        for name, found in getmembers(module, isclass):
            if issubclass(found, Event) and found not in (Event, Fact, Request, Due):
                yield name, found


def _by_name(*modules: ModuleType) -> Mapping[str, type[Event]]:
    known: dict[str, type[Event]] = {}
    for name, event in _events(*modules):
        if known.setdefault(name, event) is not event:
            raise TypeError(f"two events are called {name}: {known[name].__module__} and {event.__module__}")
    return MappingProxyType(known)


EVENTS: Mapping[str, type[Event]] = _by_name(handoffs, *dict.fromkeys(workflow.module for workflow in _ALL))
"""Every event by its class name, under which journals and buttons store it."""

_built: dict[tuple[str, int], tuple[Policy, Machine[Any]]] = {}


def machine_for(workflow: str, policy: Policy) -> Machine[Any]:
    """The table of that workflow for that policy; built once per policy object. KeyError for no such workflow."""
    key = (workflow, id(policy))
    if key not in _built:
        _built[key] = (policy, WORKFLOWS[workflow].build(policy))  # the policy is kept, so its id stays its own
    return _built[key][1]
