"""A step that was declined, said aloud: what the machine words itself, who has done it already, or who may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workflows import effects as wish
from workflows.machine import Case, Declined, Due, Machine, Moment

if TYPE_CHECKING:
    from bot.deciding import Decider
    from store.rows import Duty


def refuse(desk: Decider, machine: Machine[Any], moment: Moment[Any], declined: Declined) -> bool:
    """Say no, aloud; whether that led to a question, which then holds the reference."""
    if isinstance(moment.event, Due):
        return False
    special = machine.refusal(moment, declined)
    if special:
        asked = False
        about = moment.case if moment.was.id in desk.world.cases else replace(moment.case, id="")
        for effect in special if isinstance(special, tuple) else (special,):
            key = desk.answer_key()
            if isinstance(effect, wish.Ask):
                asked = True
                desk.put(moment.case, effect, key, None)
                if effect.kind != "choice":
                    desk.line("declined", actor=desk.letter.actor, reason=declined.reason, text="", key=key)
            else:
                desk.tell(about, effect, key, None)
                if effect.to == wish.ACTOR:
                    desk.line("declined", actor=desk.letter.actor, reason=declined.reason, text="", key=key)
        return asked
    known = moment.case if moment.was.id in desk.world.cases else None  # a case that was not opened has no name
    settled = _settled_before(desk, moment) if known else None
    if settled is not None and declined.reason in ("finished", "not_now", "not_so"):
        desk.decline(declined.reason, "house/already_done", _done_facts(settled), case=known)
        return False
    who = _who_may(desk, moment.case, declined)
    template = {
        "finished": "house/finished",
        "not_now": "house/not_now",
        "not_yours": "house/not_yours",
        "not_so": "house/not_so",
    }[declined.reason]
    desk.decline(
        declined.reason,
        template,
        {
            "who": who,
            "event": type(moment.event).__name__,
            "state": moment.was.state,
            "duties": [duty.title for duty in desk.world.open_duties(known.id)] if known else [],
        },
        case=known,
    )
    return False


def _settled_before(desk: Decider, moment: Moment[Any]) -> Duty | None:
    name = type(moment.event).__name__
    fits = [
        duty
        for duty in desk.world.settled_duties(moment.was.id)
        if any(answer["event"] and answer["event"][0] == name for answer in duty.answers)
    ]
    return max(fits, key=lambda duty: duty.settled_at or duty.since, default=None)


def _done_facts(duty: Duty) -> dict[str, Any]:
    return {"done": duty.done or "done", "by": duty.settled_by, "at": duty.settled_at, "title": duty.title}


def already(desk: Decider, duty: Duty, case: Case[Any]) -> None:
    """The duty is settled: who did it and when."""
    template = "house/already_done" if duty.status == "done" else "house/button_stale"
    desk.decline("finished", template, _done_facts(duty), case=case)


def _who_may(desk: Decider, case: Case[Any], declined: Declined) -> list[str]:
    names: dict[str, None] = {}
    for role in sorted(declined.who):
        for user in desk.office.party(role, case.agent, desk.now, case).users:
            names.setdefault(desk.office.roster.name_of(user))
    return list(names)[:4]
