"""What the house itself does when asked: undo, void, who stands in for whom, own boards, help.

Each wish is one short function by its name; whatever concerns a case goes through the `Decider`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from bot import (
    attachments,
    boards,
    call_desk,
    classroom,
    file_desk,
    floor_desk,
    holds,
    mailroom,
    pace_desk,
    presence,
    site_gatherings,
    unwind,
)
from bot.deciding import Decider
from bot.letters import Letter
from bot.office import Office
from handlers import helping, intents
from store.codec import dump, micros
from store.rows import Duty, family
from store.statements import STANDING_IN
from workflows.failed_exam import AttemptVoided
from workflows.handoffs import AgentLeft
from workflows.machine import Case
from workflows.people import Role

Args = dict[str, Any]


def grant(desk: Decider, name: str, args: Args) -> None:
    """Do what was wished for; an unknown wish is a programming error."""
    WISHES[name](desk, args)


def undo(desk: Decider, args: Args) -> None:
    """Take back."""
    ref = str(args.get("ref") or "").upper()
    case = desk.world.cases.get(ref)
    if ref and (case is None or foreign(desk, case)):
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    unwind.undo(desk, ref=ref)


def foreign(desk: Decider, case: Case[Any]) -> bool:
    """Whether the case is another agent's than the sender, who is one: to him it does not exist."""
    return desk.letter.actor in desk.office.roster.agents and case.agent != desk.letter.actor


def wrong_number(desk: Decider, args: Args) -> None:
    """The agent named, or we guessed, the wrong ordinal: take the report back and say how to give it again."""
    unwind.undo(desk)
    desk.answer("house/say_number", {})


def void(desk: Decider, args: Args) -> None:
    """An attempt does not count, with evidence."""
    ref, agent = str(args.get("ref") or "").upper(), str(args.get("agent") or "")
    mine = [
        case
        for case in desk.world.cases.values()
        if case.agent == agent and case.workflow == "failed_exam" and case.state not in ("VOID", "CLOSED_LEFT")
    ]
    if not ref and len(mine) == 1:
        ref = mine[0].id
    case = desk.world.cases.get(ref)
    if case is None or case.workflow != "failed_exam" or foreign(desk, case):
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    ordinal = args.get("ordinal")
    if ordinal is not None and not 1 <= int(ordinal) <= case.data.used:
        desk.decline("not_so", "house/not_so", {"who": [], "event": "", "state": case.state, "duties": []}, case=case)
        return
    desk.enter(case, AttemptVoided(ordinal=None if ordinal is None else int(ordinal), why=str(args.get("why") or "")))


def repin(desk: Decider, args: Args) -> None:
    """HR moves a case to another wording, with a reason (SPEC 0.2)."""
    ref, pack_id, why = str(args.get("ref") or "").upper(), str(args.get("pack") or ""), str(args.get("why") or "")
    case = desk.world.cases.get(ref)
    if case is None or foreign(desk, case):
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    if Role.hr_rep not in desk.office.roles(desk.letter.actor, case.agent, desk.at, case):
        names = [desk.office.roster.name_of(user) for user in desk.recipients(Role.hr_rep, case, case.agent)]
        desk.decline(
            "not_yours", "house/not_yours", {"who": names, "event": "", "state": case.state, "duties": []}, case=case
        )
        return
    if pack_id not in desk.office.packs or desk.office.packs.get(pack_id).workflow != desk.office.policy(case).workflow:
        fits = [pack.id for pack in desk.office.packs if pack.workflow == desk.office.policy(case).workflow]
        desk.decline("not_so", "house/no_such_pack", {"pack": pack_id, "packs": fits}, case=case)
        return
    pack = desk.office.packs.get(pack_id)
    if case.state not in desk.office.machine(case.workflow, pack.pin).states or not why:
        desk.decline("not_so", "house/repin_unfit", {"pack": pack_id, "why": why}, case=case)
        return
    pins = dump({"was": case.pack, "now": pack.pin})  # so that a replay knows by which table each step was taken
    unwind.note_step(desk, replace(case, pack=pack.pin), "Repinned", f"SPEC 0.2: re-pinned to {pack_id}: {why}", pins)
    desk.answer("house/repinned", {"pack": pack_id, "title": pack.policy.title}, case=case)


def nle(desk: Decider, args: Args) -> None:
    """An agent has left: every open case is closed, everything scheduled is cancelled (SPEC 3.1 row 14)."""
    agent = str(args.get("agent") or "")
    roster = desk.office.roster
    if not desk.office.roles(desk.letter.actor, agent, desk.at) & {Role.esp_manager, Role.hr_rep}:
        names = [
            roster.name_of(user)
            for role in (Role.esp_manager, Role.hr_rep)
            for user in desk.recipients(role, None, agent)
        ]
        desk.decline("not_yours", "house/not_yours", {"who": names, "event": "", "state": "", "duties": []})
        return
    for case_id in list(desk.world.cases):
        case = desk.world.cases[case_id]  # as it is now: one that closed before may have handed it something
        if case.agent == agent and desk.world.live[case.id]:
            desk.enter(case, AgentLeft(by=desk.letter.actor))
        elif case.agent == agent:
            _nothing_more(desk, case)
    row = {"agent": agent, "status": "left", "since": micros(desk.at), "by": desk.letter.actor}
    desk.world.extra.append((STANDING_IN, [row]))
    desk.changed_office()
    desk.answer("house/nle_done", {"name": roster.name_of(agent)}, agent=agent)


def _nothing_more(desk: Decider, case: Case[Any]) -> None:
    """An ended case of an agent who has left: what was still owed there is owed no more."""
    owed, armed = desk.world.open_duties(case.id), desk.world.armed(case.id)
    if not owed and not armed:
        return
    step = unwind.note_step(desk, case, "AgentLeft", "SPEC 3.13: agent leaves")
    for duty in owed:
        desk.settle(duty, step, withdrawn=True)
    for timer in armed:
        if timer.open:
            desk.forget(timer, step)


def delegate(desk: Decider, args: Args) -> None:
    """Somebody stands in for the sender, or for somebody the ESP Manager names, until a time; no name ends it."""
    other, until = str(args.get("to") or args.get("delegate") or ""), _until(args)
    person, people = str(args.get("person") or desk.letter.actor), desk.office.roster.people
    if not _may_speak_for(desk, person):
        return
    if not other:
        back(desk, {})
        return
    if other == person or other not in people or person not in people or until is None or until <= desk.at:
        desk.decline("not_so", "house/delegate_unfit", {"name": desk.office.roster.name_of(other), "until": until})
        return
    _absent(desk, "delegate", person, until, delegate=other)
    facts = {"person": person, "delegate": other, "until": until}
    for user in dict.fromkeys((person, desk.letter.actor)):
        desk.chat(f"@{user}", "house/delegated", facts, desk.answer_key(), reader=user)
    desk.chat(f"@{other}", "house/delegated_to_you", facts, desk.answer_key(), reader=other)


def _may_speak_for(desk: Decider, person: str) -> bool:
    """Whether the sender may say that somebody is away: himself, or anybody as the ESP Manager; says so when not."""
    sender, roster = desk.letter.actor, desk.office.roster
    if person == sender:
        return True
    if person in roster.agents:
        manages = Role.esp_manager in desk.office.roles(sender, person, desk.at)
    else:
        manages = sender in roster.people and Role.esp_manager in roster.people[sender].roles
    if not manages:
        who = [roster.name_of(user) for user in roster.by_role(Role.esp_manager)]
        desk.decline("not_yours", "house/not_yours", {"who": who, "event": "", "state": "", "duties": []})
    return manages


def leave(desk: Decider, args: Args) -> None:
    """Leave is recorded, by the person or the ESP Manager; the reason is not asked."""
    person, until = str(args.get("person") or args.get("who") or desk.letter.actor), _until(args)
    roster = desk.office.roster
    if not _may_speak_for(desk, person):
        return
    if until is None or until <= desk.at:
        desk.decline("not_so", "house/delegate_unfit", {"name": roster.name_of(person), "until": until})
        return
    _absent(desk, "leave", person, until)
    if person in roster.agents:
        pace_desk.pause_duties(desk, person, until)
        pace_desk.leave_begins(desk, person, until)
    facts = {"person": person, "until": until}
    desk.answer("house/leave_recorded", facts)
    if person != desk.letter.actor:
        desk.chat(f"@{person}", "house/leave_recorded", facts, desk.answer_key(), reader=person)


def back(desk: Decider, args: Args) -> None:
    """The sender is here again: delegations and leave of his end now."""
    mine = [
        absence for absence in desk.office.absences if absence.person == desk.letter.actor and absence.covers(desk.at)
    ]
    for absence in mine:
        desk.world.extra.append((_PRESENT, [{"id": absence.id}]))
        if absence.kind == "leave" and absence.person in desk.office.roster.agents:
            pace_desk.resume_duties(desk, absence.person, absence.since, absence.until)
            pace_desk.leave_ends(desk, absence.person)
    if mine:
        desk.changed_office()
    elif presence.answers(desk):
        return
    desk.answer("house/back", {"ended": [absence.delegate for absence in mine if absence.delegate]})


def here(desk: Decider, args: Args) -> None:
    """An agent's word in his class's channel that may be the answer to a check."""
    presence.overheard(desk, idle=bool(args.get("idle")))


def away(desk: Decider, args: Args) -> None:
    """A short absence: a line in the class channel with the covering person."""
    minutes = int(args.get("minutes") or 15)
    rooms = {
        desk.office.roster.classes[agent.class_name].channel
        for agent in desk.office.roster.agents.values()
        if desk.letter.actor in (agent.tl, desk.office.roster.classes[agent.class_name].host)
    }
    cover = next(
        (
            host
            for klass in desk.office.roster.classes.values()
            if klass.channel in rooms and (host := klass.host) and host != desk.letter.actor
        ),
        "",
    )
    facts = {
        "person": desk.letter.actor,
        "until": desk.at + timedelta(minutes=minutes),
        "why": str(args.get("why") or ""),
        "cover": cover,
        "hushed": bool(args.get("hushed")),
    }
    for room in sorted(rooms):
        desk.chat(room, "house/away_post", facts, desk.answer_key())
    desk.answer("house/away_noted", {**facts, "rooms": sorted(rooms)})


def forms(desk: Decider, args: Args) -> None:
    """The forms the sender still owes."""
    actor = desk.letter.actor
    owed = [
        desk.item(duty)
        for duty in desk.world.duties.values()
        if duty.open and actor in duty.owners and family(duty.name) == "form"
    ]
    desk.answer("house/me", {"lines": [], "items": owed, "is_agent": False})


def passed(desk: Decider, args: Args) -> None:
    """An agent passed and does not say what: his only open exam, else the question which."""
    agent, events = str(args.get("agent") or desk.letter.actor), dict(args.get("events") or {})
    if desk.office.gone(agent):
        desk.decline("finished", "house/agent_left", {"name": desk.office.roster.name_of(agent)})
        return
    mine = open_exams(desk, agent)
    if len(mine) == 1 and mine[0].data.exam in events:
        desk.enter(mine[0], events[mine[0].data.exam])
        return
    desk.answer("say/unknown_exam", {"said": "", "word": "pass"}, buttons=tuple(args.get("buttons") or ()))


def help_on(desk: Decider, args: Args) -> None:
    """The commands of the sender's roles."""
    say = helping.page(str(args.get("topic") or ""), listener(desk.office, desk.letter))
    desk.answer(f"say/{say.template}", say.facts, buttons=say.buttons)


def listener(office: Office, letter: Letter) -> intents.Desk:
    """What a handler may know of whoever sent the letter."""
    person = office.roster.people.get(letter.actor)
    files = [attachments.evidence(file) for file in letter.files]
    return intents.Desk(
        roster=office.roster,
        actor=letter.actor,
        roles=person.roles if person else frozenset({Role.agent}),
        at=letter.at,
        room=letter.room,
        direct=letter.room.startswith("@"),
        calendar=office.calendar,
        files=tuple(file for file in files if not file.trouble),
        refused=tuple(file for file in files if file.trouble),
    )


def open_exams(desk: Decider, agent: str) -> list[Case[Any]]:
    """The agent's failed exams that are under way; one that only ever heard a refused report is not."""
    mine = [case for case in desk.world.cases.values() if case.agent == agent and case.workflow == "failed_exam"]
    return [case for case in mine if desk.world.live[case.id] and case.state != desk.office.machine_of(case).start]


def moved(desk: Decider, args: Args) -> None:
    """The roster has changed: open duties go to whoever holds their roles now; both sides hear it once (SPEC 3.13)."""
    agent = str(args["agent"])
    gained: dict[str, list[Duty]] = {}
    lost: dict[str, list[Duty]] = {}
    before: dict[str, None] = {}
    now: dict[str, None] = {}
    for duty in desk.world.duties_of(agent):
        case = desk.world.cases[duty.case_id]
        owners = tuple(dict.fromkeys(user for role in duty.roles for user in desk.recipients(role, case, agent)))
        if not duty.open or duty.channel or not owners or set(owners) == set(duty.owners):
            continue
        for user in set(owners) - set(duty.owners):
            gained.setdefault(user, []).append(duty)
        for user in set(duty.owners) - set(owners):
            lost.setdefault(user, []).append(duty)
        before.update(dict.fromkeys(duty.owners))
        now.update(dict.fromkeys(owners))
        duty.owners = owners
        desk.world.touch_duty(duty)
        desk.duty_line(duty)
    for template, told in (("duty/moved", gained), ("duty/moved_on", lost)):
        for user, duties in sorted(told.items()):
            facts = {"items": [desk.item(duty) for duty in duties], "before": list(before), "now": list(now)}
            buttons = desk.buttons(*duties) if told is gained else []
            case = desk.world.cases[duties[0].case_id]
            desk.chat(f"@{user}", template, facts, desk.answer_key(), case=case, buttons=buttons, reader=user)


def _until(args: Args) -> datetime | None:
    until = args.get("until")
    return datetime.fromisoformat(until) if isinstance(until, str) else until


def _absent(desk: Decider, kind: str, person: str, until: datetime, delegate: str = "") -> None:
    since = desk.at
    row = {
        "id": desk.answer_key(),
        "kind": kind,
        "person": person,
        "delegate": delegate,
        "since": micros(since),
        "until": micros(until),
        "made_by": desk.letter.actor,
        "why": "",
        "open": True,
    }
    desk.world.extra.append((_ABSENCE, [row]))
    desk.changed_office()


_ABSENCE = text(
    "INSERT INTO absences (id, kind, person, delegate, since, until, made_by, why, open)"
    " VALUES (:id, :kind, :person, :delegate, :since, :until, :made_by, :why, :open) ON CONFLICT (id) DO NOTHING"
)
_PRESENT = text("UPDATE absences SET open = :no WHERE id = :id").bindparams(no=False)

WISHES: dict[str, Callable[[Decider, Args], None]] = {
    "undo": undo,
    "wrong_number": wrong_number,
    "void": void,
    "repin": repin,
    "nle": nle,
    "delegate": delegate,
    "leave": leave,
    "back": back,
    "here": here,
    "away": away,
    "closed_day": classroom.closed_day,
    "legal_hold": holds.place,
    "legal_release": holds.lift,
    "me": boards.me,
    "team": boards.team,
    "board": boards.board,
    "checklist": site_gatherings.checklist_now,
    "forms": forms,
    "passed": passed,
    "help": help_on,
    "moved": moved,
    "connect": call_desk.connect,
    "on_the_line": call_desk.on_the_line,
    "proof": pace_desk.refuse_proof,
    "picture": pace_desk.picture,
    "queue": call_desk.queue,
    "tbt_list": call_desk.tbt_list,
    **floor_desk.WISHES,
    **mailroom.WISHES,
    **file_desk.WISHES,
}
"""Every wish by its name."""
