"""The table of one pack, and refusals worth more than the plain words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from workflows import handoffs
from workflows.effects import ACTOR, Disarm, Settle, Tell
from workflows.equipment.data import (
    Equipment,
    add_words,
    change,
    its_owner,
    open_issue,
    says_broken,
    says_works,
    works,
)
from workflows.equipment.effects import (
    answer,
    answer_resolved,
    arm_nudge,
    arm_poll,
    ask_all_works,
    ask_citrix,
    ask_confirm,
    ask_later,
    facts,
    item,
    nudge,
    owe_it,
    send_it,
    settle_all,
    show,
    tell_agent,
    tell_owner,
)
from workflows.equipment.events import (
    BROKEN,
    CLOSED_LEFT,
    ISSUE_OPEN,
    NONE,
    OK,
    ONGOING,
    RESOLVED,
    UNKNOWN,
    VOID,
    WAITING_SHIPMENT,
    WITH_IT,
    AllWorks,
    CallPhaseBegun,
    CitrixSaid,
    IssueFound,
    IssueResolved,
    NudgeCame,
    PollCame,
    SentToIt,
    ShipmentAwaited,
    StillBroken,
    WithIt,
)
from workflows.machine import Case, Declined, Machine, Moment, Row
from workflows.people import Role
from workflows.policy_floor import EquipmentPolicy


def machine(policy: EquipmentPolicy) -> Machine[Equipment]:
    """The table for one pack."""
    reporters = frozenset(Role(role) for role in policy.reported_by)
    owners = frozenset({Role(policy.owner), Role(policy.owner_before_calls), Role.esp_manager})
    agent = frozenset({Role.agent})
    verify = "R-002-10: the Cert Coordinator verifies each agent's equipment"
    pursue = "R-002-11: note it and work with IT, as soon as possible"
    opened = (show, owe_it, arm_nudge, item(False), tell_agent("noted_for"), ask_citrix)
    over = (settle_all, show, item(True))
    rows = (
        Row(
            at=(NONE,),
            on=CallPhaseBegun,
            to=UNKNOWN,
            set=change(lambda m: {"calls": True}),
            do=(arm_poll,),
            source=verify,
        ),
        Row(at=(UNKNOWN, RESOLVED), on=CallPhaseBegun, set=change(lambda m: {"calls": True}), source=verify),
        Row(
            at=BROKEN,
            on=CallPhaseBegun,
            set=change(lambda m: {"calls": True}),
            do=(owe_it, lambda m: Tell(to=m.policy.owner_before_calls, template="equipment/passed_on", facts=facts(m))),
            source="SPEC 3.8: from the call-cert phase on the Cert Coordinator sees to it",
        ),
        Row(at=(OK,), on=CallPhaseBegun, set=change(lambda m: {"calls": True}), do=(arm_poll,), source=verify),
        Row(at=(UNKNOWN, OK), on=PollCame, when=lambda m: m.event.again is None, do=(ask_all_works,), source=verify),
        Row(
            at=(UNKNOWN, OK),
            on=PollCame,
            when=lambda m: m.event.again is not None,
            do=(ask_later,),
            source="SPEC 3.13: approved leave, no prompts; it is asked on the return",
        ),
        Row(
            at=(NONE, UNKNOWN, OK),
            on=IssueFound,
            to=ISSUE_OPEN,
            by=reporters,
            set=open_issue,
            do=(*opened, answer("noted")),
            source=pursue,
        ),
        Row(
            at=BROKEN,
            on=IssueFound,
            by=reporters,
            set=add_words,
            do=(answer("added"), tell_owner("more")),
            source="SPEC 3.13: the same issue again",
        ),
        Row(
            at=(RESOLVED,),
            on=IssueFound,
            to=ISSUE_OPEN,
            by=reporters,
            set=add_words,
            do=(show, owe_it, arm_nudge, tell_agent("noted_for"), answer("noted")),
            source="SPEC 3.8: it does not work after all",
        ),
        Row(
            at=(NONE, UNKNOWN, OK),
            on=handoffs.EquipmentSaid,
            to=ISSUE_OPEN,
            when=says_broken,
            set=open_issue,
            do=(*opened,),
            source="SPEC 3.7: a report says that something does not work",
        ),
        Row(
            at=BROKEN,
            on=handoffs.EquipmentSaid,
            when=says_broken,
            set=add_words,
            do=(tell_owner("more"),),
            source="SPEC 3.7: a report says the same",
        ),
        Row(
            at=(RESOLVED,),
            on=handoffs.EquipmentSaid,
            to=ISSUE_OPEN,
            when=says_broken,
            set=add_words,
            do=(show, owe_it, arm_nudge),
            source="SPEC 3.7: a report says that it does not work after all",
        ),
        Row(
            at=(NONE, UNKNOWN),
            on=handoffs.EquipmentSaid,
            to=OK,
            when=says_works,
            set=works,
            do=over,
            source="SPEC 3.7: a report says that everything works",
        ),
        Row(
            at=ONGOING,
            on=handoffs.EquipmentSaid,
            to=OK,
            when=says_works,
            set=works,
            do=(*over, tell_owner("works_again")),
            source="SPEC 3.8: resolved needs the agent's word",
        ),
        Row(at=(OK,), on=handoffs.EquipmentSaid, when=says_works, source="known already"),
        Row(
            at=(NONE, UNKNOWN),
            on=AllWorks,
            to=OK,
            by=agent,
            also=its_owner,
            set=works,
            do=(*over, answer("all_works")),
            source=verify,
        ),
        Row(
            at=ONGOING,
            on=AllWorks,
            to=OK,
            by=agent,
            also=its_owner,
            set=works,
            do=(*over, tell_agent("works_for"), tell_owner("works_again"), answer("all_works")),
            source="SPEC 3.8: resolved needs the agent's confirm or the owner's override",
        ),
        Row(at=(OK,), on=AllWorks, by=agent, also=its_owner, do=(answer("all_works"),), source="known already"),
        Row(
            at=(RESOLVED,),
            on=StillBroken,
            to=ISSUE_OPEN,
            by=agent,
            do=(show, owe_it, arm_nudge, answer("noted")),
            source="SPEC 3.8: resolved needs the agent's confirm",
        ),
        Row(
            at=(ISSUE_OPEN,),
            on=SentToIt,
            to=WITH_IT,
            by=owners,
            do=(
                send_it,
                lambda m: Settle(duty="equipment"),
                show,
                tell_agent("with_it_for"),
                answer("sent", ("Fixed", "equip resolved"), ("Waiting for shipment", "equip shipment")),
            ),
            source=pursue,
        ),
        Row(
            at=BROKEN,
            on=WithIt,
            to=WITH_IT,
            by=owners,
            set=change(lambda m: {"number": m.event.number or m.was.data.number}),
            do=(
                lambda m: Settle(duty="equipment"),
                show,
                tell_agent("with_it_for"),
                answer("with_it", ("Fixed", "equip resolved"), ("Waiting for shipment", "equip shipment")),
            ),
            source=pursue,
        ),
        Row(
            at=BROKEN,
            on=ShipmentAwaited,
            to=WAITING_SHIPMENT,
            by=owners,
            set=change(lambda m: {"shipment": m.event.text or m.was.data.shipment}),
            do=(
                lambda m: Settle(duty="equipment"),
                show,
                tell_agent("shipment_for"),
                answer("shipment", ("It is here and works", "equip ok"), ("Fixed", "equip resolved")),
            ),
            source=pursue,
        ),
        Row(
            at=BROKEN,
            on=IssueResolved,
            to=RESOLVED,
            by=frozenset({Role.esp_manager}),
            also=its_owner,
            do=(
                lambda m: Settle(duty="equipment"),
                show,
                ask_confirm,
                answer_resolved,
            ),
            source="SPEC 3.8: resolved needs the agent's confirm or the owner's override",
        ),
        Row(
            at=ONGOING,
            on=CitrixSaid,
            by=agent,
            set=change(lambda m: {"citrix": m.event.access}),
            do=(
                lambda m: Tell(
                    to=ACTOR, template="equipment/hub" if m.event.access else "equipment/no_hub", facts=facts(m)
                ),
            ),
            source="R-004-20, 21: external Learning Hub, with Citrix access only",
        ),
        Row(
            at=ONGOING,
            on=NudgeCame,
            do=(nudge, arm_nudge),
            source="SPEC 3.8: daily nudge to the owner",
        ),
        Row(
            at=(UNKNOWN, *ONGOING),
            on=handoffs.AgentLeft,
            to=CLOSED_LEFT,
            do=(lambda m: (Settle(duty="*", withdrawn=True), Disarm(name="*")),),
            source="SPEC 3.13: agent leaves",
        ),
    )
    return Machine(
        name="equipment",
        letter="H",
        start=NONE,
        ends=frozenset({OK, CLOSED_LEFT, VOID}),
        rows=rows,
        opens=(CallPhaseBegun, IssueFound, handoffs.EquipmentSaid, AllWorks),
        key=lambda event: (
            "" if isinstance(event, CallPhaseBegun | IssueFound | handoffs.EquipmentSaid | AllWorks) else None
        ),
        fresh=lambda event: Equipment(),
        refusal=refusal,
        remembers=True,
        forgets=forgets(policy.reopen_days),
        absent="equipment/none_open",
    )


def forgets(days: int) -> Any:
    """An issue that comes back within so many days keeps its reference; a later one is another."""

    def over(case: Case[Any], event: Any, at: datetime) -> bool:
        if case.state != OK or not isinstance(event, IssueFound | handoffs.EquipmentSaid):
            return False
        broken = isinstance(event, IssueFound) or not event.works
        return broken and case.data.opened > 0 and case.data.ok_at + timedelta(days=days) < at

    return over


def refusal(m: Moment[Any], declined: Declined) -> Tell | None:
    """Refusals that need their own words."""
    if declined.reason == "not_yours" and isinstance(m.event, AllWorks | IssueResolved | StillBroken):
        return Tell(to=ACTOR, template="equipment/waiting", facts=facts(m, mine=False))
    if declined.reason == "not_now" and m.was.state == RESOLVED:
        return Tell(to=ACTOR, template="equipment/waiting", facts=facts(m, mine=True))
    if declined.reason in ("not_now", "finished") and not isinstance(m.event, IssueFound | CallPhaseBegun):
        return Tell(to=ACTOR, template="equipment/none_open", facts={"name": "", "state": m.was.state})
    return None
