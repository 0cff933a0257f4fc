"""What must hold of every table, whatever the pack: generated from the tables, not written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.machines import DATA, EVENTS, WORKFLOWS, machine_for
from tests.core import walks
from tests.core.story import failed, packs
from workflows import failed_exam
from workflows.machine import AmbiguousTable, Declined, Fact, Machine, Request, Row, draw, grid
from workflows.people import Role

ALL = [
    pytest.param(workflow.name, pack.policy, id=f"{workflow.name}-{pack.id}")
    for pack in packs()
    for workflow in WORKFLOWS.values()
    if workflow.pack == pack.workflow
]


@pytest.mark.parametrize(("workflow", "policy"), ALL)
def test_every_open_state_hears_every_fact_that_can_reach_it(workflow: str, policy: Any) -> None:
    machine = machine_for(workflow, policy)
    facts = [event for event in machine.events if issubclass(event, Fact)]
    opened = [state for state in machine.states if state != machine.start and state not in machine.ends]
    blank = {(state, fact.__name__) for state in opened for fact in facts if not machine.rows_for(state, fact)}
    assert not blank


@pytest.mark.parametrize(("workflow", "policy"), ALL)
def test_the_grid_and_the_drawing_name_every_state(workflow: str, policy: Any) -> None:
    machine = machine_for(workflow, policy)
    printed = grid(machine)
    assert all(state in printed for state in machine.states)
    assert all(event.__name__ in printed for event in machine.events)
    assert all(f"{state} --> [*]" in draw(machine) for state in machine.ends)


def test_every_event_has_one_name_and_every_workflow_its_data() -> None:
    built = (
        machine_for(workflow.name, pack.policy)
        for pack in packs()
        for workflow in WORKFLOWS.values()
        if workflow.pack == pack.workflow
    )
    heard = {event.__name__: event for machine in built for event in machine.events}
    assert heard.items() <= EVENTS.items()
    assert set(DATA) == set(WORKFLOWS)
    letters = [workflow.letter for workflow in WORKFLOWS.values()]
    assert {letter for letter in letters if letters.count(letter) > 1} <= {"C", "X"}  # shared by SPEC 7.7


def _machine(workflow: str, policy: Any) -> Machine[Any]:
    return machine_for(workflow, policy)


def test_two_rows_that_fit_are_an_error_of_the_table() -> None:
    row = Row(at=("NONE",), on=failed_exam.ExamFailed, source="one")
    twice = replace(machine_for("failed_exam", packs().get("one").policy), rows=(row, replace(row, source="two")))
    policy = packs().get("one").policy
    case = walks._blank(twice, failed(1), policy)
    with pytest.raises(AmbiguousTable):
        twice.step(walks.moment(case, failed(1), walks.NOON, frozenset(), policy))


def test_the_roles_a_case_names_itself_may_act() -> None:
    named = Row(at=("NONE",), on=failed_exam.ExamFailed, also=lambda m: frozenset({Role.pm}), source="the case's own")
    policy = packs().get("one").policy
    machine = replace(machine_for("failed_exam", policy), rows=(named,))
    case = walks._blank(machine, failed(1), policy)
    step = lambda role: machine.step(walks.moment(case, failed(1), walks.NOON, frozenset({role}), policy))  # noqa: E731
    assert not isinstance(step(Role.pm), Declined)
    assert step(Role.wfm) == Declined("not_yours", frozenset({Role.pm}))


def test_what_may_be_declined_is_a_request_or_a_timer() -> None:
    assert {event.__mro__[1].__name__ for event in EVENTS.values()} == {"Fact", "Request", "Due"}
    assert issubclass(failed_exam.FailConfirmed, Request)
