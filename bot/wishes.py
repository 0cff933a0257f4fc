"""What the house itself does when asked: undo, void, who stands in for whom, own boards, help.

Each wish is one short function by its name; whatever concerns a case goes through the `Decider`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot import unwind
from bot.deciding import Decider
from store.codec import micros
from workflows.failed_exam import AttemptVoided
from workflows.handoffs import AgentLeft
from workflows.people import Role

Args = dict[str, Any]


def grant(desk: Decider, name: str, args: Args) -> None:
    """Do what was wished for; an unknown wish is a programming error."""
    WISHES[name](desk, args)


def undo(desk: Decider, args: Args) -> None:
    """Take back."""
    unwind.undo(desk, ref=str(args.get("ref") or "").upper())


def wrong_number(desk: Decider, args: Args) -> None:
    """The agent named, or we guessed, the wrong ordinal: take the report back and say how to give it again."""
    unwind.undo(desk)
    desk.answer("house/say_number", {})


def void(desk: Decider, args: Args) -> None:
    """An attempt does not count, with evidence."""
    ref = str(args.get("ref") or "").upper()
    case = desk.world.cases.get(ref)
    if case is None or case.workflow != "failed_exam":
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    ordinal = args.get("ordinal")
    desk.enter(case, AttemptVoided(ordinal=int(ordinal) if ordinal else None, why=str(args.get("why") or "")))


def repin(desk: Decider, args: Args) -> None:
    """HR moves a case to another wording, with a reason (SPEC 0.2)."""
    ref, pack_id, why = str(args.get("ref") or "").upper(), str(args.get("pack") or ""), str(args.get("why") or "")
    case = desk.world.cases.get(ref)
    if case is None:
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    if Role.hr_rep not in desk.office.roles(desk.letter.actor, case.agent, desk.at, case):
        names = [desk.office.roster.name_of(user) for user in desk.recipients(Role.hr_rep, case, case.agent)]
        desk.decline("not_yours", "house/not_yours", {"who": names, "event": "", "state": case.state, "duties": []}, case=case)
        return
    if pack_id not in desk.office.packs or desk.office.packs.get(pack_id).workflow != desk.office.policy(case).workflow:
        fits = [pack.id for pack in desk.office.packs if pack.workflow == desk.office.policy(case).workflow]
        desk.decline("not_so", "house/no_such_pack", {"pack": pack_id, "packs": fits}, case=case)
        return
    pack = desk.office.packs.get(pack_id)
    if case.state not in desk.office.machine(case.workflow, pack.pin).states or not why:
        desk.decline("not_so", "house/repin_unfit", {"pack": pack_id, "why": why}, case=case)
        return
    unwind.note_step(desk, replace(case, pack=pack.pin), "Repinned", f"SPEC 0.2: re-pinned to {pack_id}: {why}")
    desk.answer("house/repinned", {"pack": pack_id, "title": pack.policy.title}, case=case)


def nle(desk: Decider, args: Args) -> None:
    """An agent has left: every open case is closed, everything scheduled is cancelled (SPEC 3.1 row 14)."""
    agent = str(args.get("agent") or "")
    roster = desk.office.roster
    if not desk.office.roles(desk.letter.actor, agent, desk.at) & {Role.esp_manager, Role.hr_rep}:
        names = [roster.name_of(user) for role in (Role.esp_manager, Role.hr_rep) for user in desk.recipients(role, None, agent)]
        desk.decline("not_yours", "house/not_yours", {"who": names, "event": "", "state": "", "duties": []})
        return
    for case in list(desk.world.cases.values()):
        if case.agent == agent and desk.world.live[case.id]:
            desk.enter(case, AgentLeft(by=desk.letter.actor))
    row = {"agent": agent, "status": "left", "since": micros(desk.at), "by": desk.letter.actor}
    desk.world.extra.append((_STANDING, [row]))
    desk.changed_office()
    desk.answer("house/nle_done", {"name": roster.name_of(agent)}, agent=agent)


def delegate(desk: Decider, args: Args) -> None:
    """Somebody stands in for the sender until a time."""
    other, until = str(args.get("to") or args.get("delegate") or ""), _until(args)
    if other == desk.letter.actor or other not in desk.office.roster.people or until is None or until <= desk.at:
        desk.decline("not_so", "house/delegate_unfit", {"name": desk.office.roster.name_of(other), "until": until})
        return
    _absent(desk, "delegate", desk.letter.actor, until, delegate=other)
    facts = {"person": desk.letter.actor, "delegate": other, "until": until}
    desk.answer("house/delegated", facts)
    desk.chat(f"@{other}", "house/delegated_to_you", facts, desk.answer_key(), reader=other)


def leave(desk: Decider, args: Args) -> None:
    """Leave is recorded, by the person or the ESP Manager; the reason is not asked."""
    person, until = str(args.get("person") or args.get("who") or desk.letter.actor), _until(args)
    roster = desk.office.roster
    own = person == desk.letter.actor
    manages = Role.esp_manager in (desk.office.roles(desk.letter.actor, person, desk.at) if person in roster.agents else roster.people[desk.letter.actor].roles if desk.letter.actor in roster.people else ())
    if not own and not manages:
        desk.decline("not_yours", "house/not_yours", {"who": ["the ESP Manager"], "event": "", "state": "", "duties": []})
        return
    if until is None or until <= desk.at:
        desk.decline("not_so", "house/delegate_unfit", {"name": roster.name_of(person), "until": until})
        return
    _absent(desk, "leave", person, until)
    desk.answer("house/leave_recorded", {"person": person, "until": until})


def back(desk: Decider, args: Args) -> None:
    """The sender is here again: delegations and leave of his end now."""
    mine = [absence for absence in desk.office.absences if absence.person == desk.letter.actor and absence.covers(desk.at)]
    for absence in mine:
        desk.world.extra.append((_PRESENT, [{"id": absence.id}]))
    if mine:
        desk.changed_office()
    desk.answer("house/back", {"ended": [absence.delegate for absence in mine if absence.delegate]})


def away(desk: Decider, args: Args) -> None:
    """A short absence: a line in the class channel with the covering person."""
    minutes = int(args.get("minutes") or 15)
    rooms = {desk.office.roster.classes[agent.class_name].channel for agent in desk.office.roster.agents.values()
             if desk.letter.actor in (agent.tl, desk.office.roster.classes[agent.class_name].host)}
    cover = next((host for klass in desk.office.roster.classes.values() if klass.channel in rooms and (host := klass.host) and host != desk.letter.actor), "")
    facts = {"person": desk.letter.actor, "until": desk.at + timedelta(minutes=minutes), "why": str(args.get("why") or ""), "cover": cover}
    for room in sorted(rooms):
        desk.chat(room, "house/away_post", facts, desk.answer_key())
    desk.answer("house/away_noted", {**facts, "rooms": sorted(rooms)})


def me(desk: Decider, args: Args) -> None:
    """The sender's own board: for an agent his cases, for anybody his open duties."""
    actor = desk.letter.actor
    items = [board_line(desk, case) for case in desk.world.cases.values() if case.agent == actor and desk.world.live[case.id] and case.workflow == "failed_exam"]
    owed = [desk.item(duty) for duty in desk.world.duties.values() if duty.open and actor in duty.owners]
    desk.answer("house/me", {"cases": items, "items": owed, "is_agent": actor in desk.office.roster.agents}, agent=actor if actor in desk.office.roster.agents else "")


def team(desk: Decider, args: Args) -> None:
    """The sender's agents with what is open; own team only, in a direct message."""
    actor, roster = desk.letter.actor, desk.office.roster
    agents = [agent for agent in roster.agents if desk.office.roles(actor, agent, desk.at) - {Role.agent}]
    if not agents:
        desk.decline("not_yours", "house/no_team", {})
        return
    rows = []
    for agent in agents:
        cases = [board_line(desk, case) for case in desk.world.cases.values() if case.agent == agent and desk.world.live[case.id] and case.workflow == "failed_exam"]
        owed = [desk.item(duty) for duty in desk.world.duties.values() if duty.open and duty.agent == agent and actor in duty.owners]
        rows.append({"agent": agent, "cases": cases, "items": owed})
    desk.answer("house/team", {"rows": rows})


def board_line(desk: Decider, case: Any) -> dict[str, Any]:
    """One open case on a board."""
    data = case.data
    slot = data.step(data.count).slot if data.count else None
    return {"ref": case.id, "exam": data.exam_name, "n": data.count, "state": case.state, "slot": slot.starts if slot else None, "kind": case.state.partition("_")[2].lower()}


def _until(args: Args) -> datetime | None:
    until = args.get("until")
    return datetime.fromisoformat(until) if isinstance(until, str) else until


def _absent(desk: Decider, kind: str, person: str, until: datetime, delegate: str = "") -> None:
    since = desk.at
    row = {"id": desk.answer_key(), "kind": kind, "person": person, "delegate": delegate, "since": micros(since), "until": micros(until),
           "made_by": desk.letter.actor, "why": "", "open": True}
    desk.world.extra.append((_ABSENCE, [row]))
    desk.changed_office()


_STANDING = text(
    "INSERT INTO standings (agent, status, since, by) VALUES (:agent, :status, :since, :by)"
    " ON CONFLICT (agent) DO UPDATE SET status = excluded.status, since = excluded.since, by = excluded.by"
)
_ABSENCE = text(
    "INSERT INTO absences (id, kind, person, delegate, since, until, made_by, why, open)"
    " VALUES (:id, :kind, :person, :delegate, :since, :until, :made_by, :why, :open) ON CONFLICT (id) DO NOTHING"
)
_PRESENT = text("UPDATE absences SET open = :no WHERE id = :id").bindparams(no=False)

WISHES: dict[str, Callable[[Decider, Args], None]] = {
    "undo": undo, "wrong_number": wrong_number, "void": void, "repin": repin, "nle": nle, "delegate": delegate, "leave": leave,
    "back": back, "away": away, "me": me, "team": team,
}
"""Every wish by its name."""
