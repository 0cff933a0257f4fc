"""The proctored sitting: its calendar entry, its reminders, its cancellation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from workflows.effects import Arm, Disarm, Effect, Invite, Mail, Tell
from workflows.failed_exam.data import FailedExam, Slot
from workflows.failed_exam.duties import owe_result
from workflows.failed_exam.events import SlotEnded, SlotNear
from workflows.failed_exam.facts import facts, newest_tag, rule_now, slot_facts
from workflows.failed_exam.guards import needs
from workflows.machine import Moment
from workflows.people import Role

NEAR = {"24h": timedelta(hours=24), "15m": timedelta(minutes=15)}
"""When a sitting is announced: the name of the reminder, and how long before."""


def tell_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """E-25 with the calendar entry, and a line to the agent and the TL; a proctor who no longer is one hears it."""
    n, was = m.data.count, m.was.data.step(m.was.data.count).slot
    slot, proctor = m.data.step(n).slot, rule_now(m).proctor
    assert slot is not None
    assert proctor is not None
    said = facts(m, moved=was is not None, **slot_facts(m))
    mail = Mail(
        to=(Role.agent, Role.proctor),
        cc=(Role.tl,),
        behalf=proctor.by,
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "REQUEST", slot.sequence),
        tag=newest_tag(m),
    )
    changed = was is not None and was.proctor != slot.proctor and was.starts > m.at
    complete = not needs(m.policy, n, m.data.step(n))
    agent = () if complete else (Tell(to=Role.agent, template="failed_exam/slot_agent", facts=said, tag=newest_tag(m)),)
    return (
        mail,
        *(_tell_old_proctor(m, was) if was and changed else ()),
        *agent,
        Tell(to=Role.tl, template="failed_exam/slot_tl", facts=said, tag=newest_tag(m)),
        *_slot_timers(m, slot),
    )


def _invite(m: Moment[FailedExam], slot: Slot, method: str, sequence: int) -> Invite:
    return Invite(
        uid=f"{m.case.id}-{slot.attempt}",
        sequence=sequence,
        method=method,
        starts=slot.starts,
        minutes=slot.minutes,
        title=f"Proctored session: {m.data.exam_name}",
    )


def _slot_timers(m: Moment[FailedExam], slot: Slot) -> Iterator[Effect]:
    yield from forget_slot(m)
    for near, before in NEAR.items():
        if slot.starts - before > m.at:
            yield Arm(name=f"slot_{near}", due=slot.starts - before, event=SlotNear(near=near))
    yield Arm(name="slot_end", due=slot.starts + timedelta(minutes=slot.minutes), event=SlotEnded())


def _cancelled(m: Moment[FailedExam], slot: Slot) -> dict[str, Any]:
    more = {"starts": slot.starts, "proctor_name": slot.proctor_name, "cancelled": True, "proctor_user": slot.proctor}
    return {**facts(m), **more}


def _scheduler(m: Moment[FailedExam]) -> str:
    """Whoever schedules the sitting that falls away: an answer to its mail goes there."""
    count = m.was.data.count
    proctor = m.policy.rule(count).proctor if count else None
    return proctor.by if proctor else Role.tl


def _tell_old_proctor(m: Moment[FailedExam], slot: Slot) -> tuple[Effect, ...]:
    """Only the proctor hears that his sitting is off, with the calendar entry cancelled."""
    said = _cancelled(m, slot)
    invite = _invite(m, slot, "CANCEL", m.was.data.slots + 1)
    cancel = Mail(
        to=(f"@{slot.proctor}",),
        cc=(Role.tl,),
        behalf=_scheduler(m),
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=invite,
    )
    return (cancel, Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said))


def drop_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The slot falls away: agent, proctor and TL are told, the calendar entry is cancelled. Silent when it is over."""
    slot = m.was.data.sitting
    if slot is None or slot.starts <= m.at:
        return forget_slot(m)
    said = _cancelled(m, slot)
    mail = Mail(
        to=(Role.agent, f"@{slot.proctor}"),
        cc=(Role.tl,),
        behalf=_scheduler(m),
        id="E-25",
        template="failed_exam/slot",
        facts=said,
        invite=_invite(m, slot, "CANCEL", m.was.data.slots + 1),
    )
    return (
        mail,
        Tell(to=Role.agent, template="failed_exam/slot_cancelled", facts=said),
        Tell(to=f"@{slot.proctor}", template="failed_exam/slot_cancelled", facts=said),
        *forget_slot(m),
    )


def drop_gone_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """As `drop_slot`, when this event took the slot away."""
    return drop_slot(m) if m.was.data.sitting and m.was.data.sitting != m.data.sitting else ()


def forget_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """Nobody is reminded of the sitting any more."""
    return (Disarm(name="slot_24h"), Disarm(name="slot_15m"), Disarm(name="slot_end"))


def resume_slot(m: Moment[FailedExam], slot: Slot, *, reopened: bool) -> Iterator[Effect]:
    """The sitting stands again: announced again if it was called off, its result asked for if it is over."""
    if slot.starts + timedelta(minutes=slot.minutes) <= m.at:
        yield owe_result(m)
    elif reopened and slot.starts > m.at:
        yield from tell_slot(m)
    else:
        yield from _slot_timers(m, slot)


def remind_slot(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The sitting is near; a reminder that was held up says so."""
    said = facts(m, **slot_facts(m))
    slot = m.data.sitting
    if slot and slot.starts - m.at < NEAR[m.event.near] - timedelta(minutes=1):
        said["near"] = "late"
    return (
        Tell(to=Role.agent, template="failed_exam/slot_near", facts=said),
        Tell(to=Role.proctor, template="failed_exam/slot_near_proctor", facts=said),
    )


def drop_slot_for_proctor(m: Moment[FailedExam]) -> tuple[Effect, ...]:
    """The proctor is told; nothing goes to an agent who has left."""
    slot = m.was.data.sitting
    return _tell_old_proctor(m, slot) if slot and slot.starts > m.at else ()
