"""What must hold wherever a table can be walked to, whatever the pack: long walks with fixed seeds, made-up stories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.machines import DATA, EVENTS, machine_for
from store.codec import dump, load
from tests.core import walks
from tests.core.story import STAFF, Story, failed, packs
from tests.core.test_machine import ALL
from workflows import discipline, failed_exam, handoffs
from workflows.machine import Declined, Due, Event, Fact, Machine
from workflows.policy import FailedExamPolicy

LADDERS = tuple(pack.id for pack in packs() if pack.workflow == "failed_exam")
PEOPLE = ("ana", *STAFF)
LUCKY = {"failed-exams-new": 1, "final-after-third": 33, "six-attempts": 27, "written-at-once": 18}
"""Seeds whose walks see everything soon; with any other it only takes longer."""


@pytest.mark.parametrize(("workflow", "policy"), ALL)
def test_every_state_is_reached_and_every_row_is_taken(workflow: str, policy: Any) -> None:
    machine = machine_for(workflow, policy)
    sight = walks.explore(machine, policy, walks=20_000, seed=LUCKY.get(policy.id, 31))
    dead = [f"{row.on.__name__} at {row.at} -> {row.to or 'same'}: {row.source}" for row in sight.rows.values()]
    assert not dead
    assert set(machine.states) - sight.states <= {machine.unwound}  # nobody steps there: the engine unwinds


class Careful(Story):
    """A story that checks, step by step, that a decision never looked at the roster."""

    def _enter(self, case: Any, event: Event, who: str, by: Any) -> Any:
        bare = walks.moment(case, event, self.now, by, packs().by_pin(case.pack).policy)
        expected = self.machine(case).step(replace(bare, actor=who, source=f"{who} {self.now:%m-%d %H:%M}"))
        result = super()._enter(case, event, who, by)
        if isinstance(result, Declined):
            assert result == expected
        else:
            assert result.case == expected.case
        return result


class Choices:
    """Bytes read as choices, so that hypothesis can make a story shorter."""

    def __init__(self, raw: bytes) -> None:
        self._raw = iter(raw)

    def of(self, options: Any) -> Any:
        return options[next(self._raw, 0) % len(options)]


HANDED = {event for event in EVENTS.values() if event.__module__ == handoffs.__name__} | {discipline.Filing}
HANDED -= {handoffs.AgentLeft, handoffs.InhibitorFound}
"""What only a machine says to another: a story must not make it up."""


def sayable(machine: Machine[Any], state: str) -> list[type[Event]]:
    """What people can say to a case, rather what it hears in that state."""
    spoken = [event for event in machine.events if event not in HANDED and not issubclass(event, Due)]
    return [event for event in spoken if machine.rows_for(state, event)] or spoken


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(ladder=st.sampled_from(LADDERS), raw=st.binary(min_size=60, max_size=150))
def test_no_story_breaks_a_table(ladder: str, raw: bytes) -> None:
    story, choices = Careful(pack=ladder), Choices(raw)
    story.says("ana", failed(choices.of((1, 1, None, 2, 3))))
    for _ in range(len(raw) // 5):
        story.until(story.now + choices.of((walks.HOUR / 12, walks.HOUR, walks.HOUR * 3, walks.DAY)))
        case = choices.of(list(story.cases.values()))
        machine, policy = story.machine(case), packs().by_pin(case.pack).policy
        kind = choices.of(sayable(machine, case.state))
        event = choices.of(list(walks.samples(kind, case, policy, story.now)))
        if isinstance(event, handoffs.AgentLeft):
            story.leaves("eve")
        else:
            may = {role for row in machine.rows_for(case.state, kind) for role in row.by}
            fit = [who for who in PEOPLE if story.roles(who, case) & may] or PEOPLE
            story.says(choices.of((choices.of(fit), choices.of(fit), choices.of(PEOPLE))), event, case.id)
        assert_sound(story, case, event)


def assert_sound(story: Story, before: Any, event: Event) -> None:
    """Nothing is lost, nothing is left behind."""
    if isinstance(event, Fact) and story.declined and before.state not in story.machine(before).ends:
        assert story.declined.reason == "not_yours", f"{event} at {before.state}"
    for case in story.cases.values():
        machine, policy = story.machine(case), packs().by_pin(case.pack).policy
        if isinstance(policy, FailedExamPolicy) and case.state[0] == "F" and "CONFIRM" not in case.state:
            last = case.state == failed_exam.locked(policy)
            assert last or case.state == failed_exam.standing(policy, case.data)
        for (ref, name), arm in story.timers.items():
            assert ref != case.id or machine.rows_for(case.state, type(arm.event)), f"{name} ticks at {case.state}"
        for (ref, name), owe in story.duties.items():
            if ref == case.id and case.state != "REVIEW" and owe.answers and owe.answers[0].event is not None:
                heard = [row for answer in owe.answers for row in machine.rows_for(case.state, type(answer.event))]
                assert any(not row.by or set(owe.to) & row.by for row in heard), f"{name} at {case.state}"
    assert load(DATA[before.workflow], dump(story.cases[before.id].data)) == story.cases[before.id].data
