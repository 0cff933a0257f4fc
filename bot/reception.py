"""From what a line means to what it does: finds the case or duty an intent is addressed to, or asks which.

Nothing is decided here: a found event enters its case through the `Decider`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from bot import briefing, pace_desk, refusals, unwind, wishes
from bot.deciding import Decider, event_of
from bot.machines import EVENTS
from handlers import intents
from store.codec import reader
from store.rows import Duty, Question, family
from workflows.failed_exam import ResultEntered
from workflows.handoffs import CapDue
from workflows.machine import Case, Event
from workflows.people import Role
from workflows.ticket import TRIAGE, ProfileRight

HOUSE_EVENTS: dict[str, type[Event]] = {
    "CorrectionConfirmed": unwind.CorrectionConfirmed,
    "CorrectionKept": unwind.CorrectionKept,
}
REF = re.compile(r"\b([A-Z])-?(\d{1,7})\b", re.I)


def receive(desk: Decider, meant: Sequence[intents.Intent]) -> None:
    """Act on everything one letter means, in order."""
    for intent in meant:
        one(desk, intent)
        desk.flush_cards()


def one(desk: Decider, intent: intents.Intent) -> None:
    """Act on one intent."""
    match intent:
        case intents.Act():
            act(desk, intent)
        case intents.Press():
            press(desk, intent)
        case intents.Fill():
            fill(desk, intent)
        case intents.Choice():
            choose(desk, intent)
        case intents.Confirm():
            confirm(desk, intent)
        case intents.Say():
            desk.answer(f"say/{intent.template}", intent.facts, buttons=intent.buttons)
        case intents.Wish():
            wishes.grant(desk, intent.name, dict(intent.args))
        case intents.Begin():
            case = desk.open(intent.workflow, intent.event, intent.subject)
            desk.enter(case, briefing.briefed(desk, case, intent.event, desk.at))
            pace_desk.stand_still(desk, case.id)
            pace_desk.let_pass(desk, case.id)
        case intents.Unknown():
            desk.answer("say/unknown", {"near": [label for label, _ in intent.near]}, buttons=intent.near)
        case intents.Silence():
            pass
        case _:
            raise TypeError(f"nobody receives a {type(intent).__name__}")


# -- events with an address


def act(desk: Decider, intent: intents.Act) -> None:
    """An event by words: to the open duty it answers, else to the open case, else to a new one."""
    event, roster = intent.event, desk.office.roster
    agent = intent.agent or (desk.letter.actor if desk.letter.actor in roster.agents else "")
    if agent and desk.office.gone(agent):
        desk.decline("finished", "house/agent_left", {"name": roster.name_of(agent)})
        return
    if agent in roster.agents and desk.letter.actor in roster.agents and agent != desk.letter.actor:
        word = "fail" if intent.workflow == "failed_exam" else "report"
        desk.decline("not_yours", "say/only_they", {"name": roster.name_of(agent), "word": word})
        return
    if not desk.office.runs(intent.workflow):
        desk.decline("not_now", "house/not_in_force", {"workflow": intent.workflow})
        return
    agent = desk.office.subject(intent.workflow, agent)
    ref = intent.ref.upper()
    if ref and (ref not in desk.world.cases or wishes.foreign(desk, desk.world.cases[ref])):
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    ref = ref or thread_of(desk, intent.workflow, event, agent)
    if intent.duty:
        fits = meant_by(event, duties_for(desk, intent.duty, agent, ref))
        if len(fits) == 1:
            owed = desk.world.cases[fits[0].case_id]
            enter(desk, owed, translated(desk, owed, complete(event, fits[0]), fits[0]))
            return
        if len(fits) > 1:
            which(desk, fits, event)
            return
        if said := answered(desk, intent.duty, ref, intent.workflow):
            refusals.already(desk, said, desk.world.cases[said.case_id])
            return
    case = case_for(desk, intent.workflow, event, agent, ref)
    if case is not None:
        enter(desk, case, event)


def answered(desk: Decider, name: str, ref: str, workflow: str) -> Duty | None:
    """The duty of that family people have settled in that case, where it is another workflow's than the words'."""
    case = desk.world.cases.get(ref)
    if case is None or case.workflow == workflow:
        return None
    found = [duty for duty in desk.world.settled_duties(case.id) if family(duty.name) == name]
    return max(found, key=lambda duty: duty.settled_at or duty.since, default=None)


def thread_of(desk: Decider, workflow: str, event: Event, agent: str) -> str:
    """The case in whose thread it was written, where that can be meant: the same agent's, and no report of its own."""
    case = desk.world.cases.get(desk.letter.ref.upper())
    if case is None or wishes.foreign(desk, case) or (agent and case.agent != agent):
        return ""
    pack = desk.office.pack_in_force(workflow, event)
    return "" if type(event) in desk.office.machine(workflow, pack.pin).opens else case.id


def meant_by(event: Event, fits: list[Duty]) -> list[Duty]:
    """Of these duties those of the attempt the event names, when it names one of theirs."""
    attempt = getattr(event, "attempt", None)
    return [duty for duty in fits if duty.name.endswith(f":{attempt}")] or fits if attempt else fits


def complete(event: Event, duty: Duty) -> Event:
    """Fields the words left out, taken from the duty's own answer ("form:2" is the second attempt's)."""
    for answer in duty.answers:
        if answer["event"] and answer["event"][0] == type(event).__name__:
            stored = event_of(answer["event"])
            attempt = getattr(stored, "attempt", None)
            if attempt and not getattr(event, "attempt", True):
                return event_of([type(event).__name__, event], attempt=attempt) or event
    return event


def translated(desk: Decider, case: Case[Any], event: Event, duty: Duty) -> Event:
    """Words that answer a duty of another workflow of the same name ("coached"): its own answer, with what they say."""
    if desk.office.machine_of(case).hears(type(event)):
        return event
    own = next((found for answer in duty.answers if (found := event_of(answer["event"])) is not None), None)
    if own is None:
        return event
    said = {f.name: value for f in fields(own) if (value := getattr(event, f.name, None)) not in (None, "", False, 0)}
    return replace(own, **said)


def duties_for(desk: Decider, name: str, agent: str, ref: str) -> list[Duty]:
    """The open duties of that family that the words can mean, those of the sender first."""
    found = []
    for duty in desk.world.duties_of(agent) if agent else desk.world.duties.values():
        if not duty.open or family(duty.name) != name:
            continue
        if (
            ref
            and duty.case_id != ref
            and getattr(getattr(desk.world.cases[duty.case_id].data, "due", None), "cause", "") != ref
        ):
            continue
        if agent and duty.agent != agent:
            continue
        found.append(duty)
    own = [duty for duty in found if mine(desk, duty)]
    return own or (found if agent or ref else [])


def mine(desk: Decider, duty: Duty) -> bool:
    """Whether the sender may answer this duty."""
    if desk.letter.actor in duty.owners:
        return True
    case = desk.world.cases.get(duty.case_id)
    return bool(
        {str(role) for role in desk.office.roles(desk.letter.actor, duty.agent, desk.at, case)} & set(duty.roles)
    )


def _matter(desk: Decider, duty: Duty) -> str:
    """The exam a duty is about, so that two cases of one agent can be told apart."""
    case = desk.world.cases[duty.case_id]
    return desk.what(case) or str(getattr(getattr(case.data, "due", None), "subject", ""))


def which(desk: Decider, fits: list[Duty], event: Event) -> None:
    """Several open duties fit: ask which, with the refs as buttons."""
    answers = []
    for duty in fits[:3]:
        whole = translated(desk, desk.world.cases[duty.case_id], complete(event, duty), duty)
        number = duty.name.partition(":")[2]
        said = (desk.office.roster.name_of(duty.agent), _matter(desk, duty), f"attempt {number}" if number else "")
        label = f"{duty.case_id} {', '.join(filter(None, said))}"
        answers.append(
            {
                "label": label,
                "event": [type(whole).__name__, whole],
                "done": "answered",
                "ask": "",
                "fills": "",
                "workflow": duty.workflow,
                "case": duty.case_id,
            }
        )
    desk.ask(
        desk.letter.actor, "house/which", {"titles": [duty.title for duty in fits[:3]]}, answers, desk.answer_key()
    )


def case_for(desk: Decider, workflow: str, event: Event, agent: str, ref: str) -> Case[Any] | None:
    """The case an event belongs to; answers the sender and gives None when there is none."""
    world = desk.world
    if ref:
        case = world.cases.get(ref)
        if case is not None and case.workflow != workflow:
            tied = [
                other
                for other in world.cases.values()
                if other.workflow == workflow and getattr(getattr(other.data, "due", None), "cause", "") == ref
            ]
            case = tied[-1] if tied else None
        if case is not None:
            return case
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return None
    if not agent:
        own = sittings(desk, event)
        if len(own) == 1:
            return own[0]
        desk.decline("not_so", "house/whose", {"event": type(event).__name__})
        return None
    pack = desk.office.pack_in_force(workflow, event)
    machine = desk.office.machine(workflow, pack.pin)
    if type(event) in machine.opens and machine.key(event) is not None and not isinstance(event, CapDue):
        if machine.reporters and not desk.office.roles(desk.letter.actor, agent, desk.at) & machine.reporters:
            desk.decline("not_yours", "say/only_they", {"name": desk.office.roster.name_of(agent), "word": "fail"})
            return None
        return desk.open(workflow, event, agent)
    key = machine.key(event)
    mine = [case for case in world.cases_of(agent) if case.workflow == workflow and key in (None, case.key)]
    live = [case for case in mine if world.live[case.id]]
    hearing = [case for case in live if desk.office.machine_of(case).rows_for(case.state, type(event))] or live
    if len(hearing) == 1:
        return hearing[0]
    if len(hearing) > 1:
        answers = [
            {
                "label": f"{case.id} {desk.what(case)}".strip(),
                "event": [type(event).__name__, event],
                "done": "answered",
                "ask": "",
                "fills": "",
                "workflow": workflow,
                "case": case.id,
            }
            for case in hearing[:3]
        ]
        desk.ask(desk.letter.actor, "house/which", {"titles": []}, answers, desk.answer_key())
        return None
    if mine:
        return max(mine, key=lambda case: (case.opened, case.seq))
    absent = machine.absent or "house/no_case"
    desk.decline("not_now", absent, {"name": desk.office.roster.name_of(agent), "username": agent})
    return None


def nobodys_result(intent: intents.Intent) -> bool:
    """Whether it is a result that names nobody: that of the sender's own sitting, if he has only one."""
    if not isinstance(intent, intents.Act) or intent.agent or intent.ref:
        return False
    return isinstance(intent.event, ResultEntered)


def sittings(desk: Decider, event: Event) -> list[Case[Any]]:
    """The open cases in whose sitting the sender is the proctor, when it is a result he gives."""
    if not isinstance(event, ResultEntered):
        return []
    known = [case for case in desk.world.cases.values() if desk.world.live[case.id]]
    machine_of, actor = desk.office.machine_of, desk.letter.actor
    return [case for case in known if actor in machine_of(case).people(case).get(Role.proctor, ())]


def enter(desk: Decider, case: Case[Any], event: Event) -> None:
    """Into the case; corrections of any case are the house's own matter."""
    if isinstance(event, unwind.CorrectionConfirmed | unwind.CorrectionKept):
        unwind.answered(desk, case, event)
    else:
        desk.enter(case, briefing.briefed(desk, case, event, desk.at))


# -- buttons and questions


def press(desk: Decider, intent: intents.Press) -> None:
    """A pressed button: who pressed is the letter's actor, what it means is in the rows."""
    known = desk.office.tokens.read(intent.token)
    if known is None:
        desk.decline("not_so", "house/button_unknown", {})
        return
    kind, parts = known
    if kind in "ud" and (about := desk.world.cases.get(parts[0].partition(":")[0])) and wishes.foreign(desk, about):
        desk.decline("not_so", "house/button_unknown", {})
    elif kind == "u" and len(parts) == 2:
        unwind.undo(desk, at_step=(parts[0], int(parts[1])))
    elif kind == "d" and len(parts) == 2:
        press_duty(desk, parts[0], int(parts[1]))
    elif kind == "a" and len(parts) == 2 and (question := desk.world.question(parts[0])) is not None:
        press_answer(desk, question, int(parts[1]))
    else:
        desk.decline("not_so", "house/button_unknown", {})


def press_duty(desk: Decider, id: str, n: int) -> None:
    """An answer to a duty."""
    duty = desk.world.duty(id)
    if duty is None or not 0 <= n < len(duty.answers):
        desk.decline("not_so", "house/button_unknown", {})
        return
    case = desk.world.cases[duty.case_id]
    if not duty.open:
        refusals.already(desk, duty, case)
        return
    if not mine(desk, duty):
        names = [desk.office.roster.name_of(owner) for owner in duty.owners]
        desk.decline(
            "not_yours",
            "house/not_yours",
            {"who": names, "event": "", "state": case.state, "duties": [duty.title]},
            case=case,
        )
        return
    answer = duty.answers[n]
    if answer["ask"]:
        desk.ask(
            desk.letter.actor,
            answer["ask"],
            duty.facts,
            [answer],
            desk.answer_key(),
            case=case,
            duty=duty.id,
            kind=answer["fills"],
        )
        return
    event = stored(answer)
    if event is not None:
        enter(desk, case, event)


def stored(answer: dict[str, Any], **filled: Any) -> Event | None:
    """The event of a stored answer, the house's own included."""
    pair = answer["event"]
    if pair and pair[0] in HOUSE_EVENTS and isinstance(pair[1], dict):
        return HOUSE_EVENTS[pair[0]](**pair[1])
    return event_of(pair, **filled)


def press_answer(desk: Decider, question: Question, n: int) -> None:
    """An answer to a question."""
    if question.actor != desk.letter.actor:
        desk.decline("not_yours", "house/not_your_question", {"name": desk.office.roster.name_of(question.actor)})
        return
    if not question.open or not 0 <= n < len(question.answers):
        desk.decline("finished", "house/button_stale", {"done": "answered", "by": "", "at": question.at, "title": ""})
        return
    answer_question(desk, question, question.answers[n])


def answer_question(desk: Decider, question: Question, answer: dict[str, Any]) -> None:
    """The chosen answer happens."""
    desk.world.close_question(question)
    if answer.get("ask") and question.kind == "choice":
        asking = desk.world.cases.get(answer.get("case") or question.case_id)
        desk.ask(desk.letter.actor, answer["ask"], {}, [answer], desk.answer_key(), case=asking, kind=answer["fills"])
        return
    if "intent" in answer:
        intent = thaw(answer["intent"])
        if intent is None:
            desk.answer("house/left_alone", {})
        else:
            one(desk, intent)
        return
    event = stored(answer)
    case = desk.world.cases.get(answer.get("case") or question.case_id)
    if event is not None and case is not None:
        enter(desk, case, event)
    elif event is not None:  # asked before there was a case
        act(desk, intents.Act(event=event, workflow=answer["workflow"], agent=question.agent))


def fill(desk: Decider, intent: intents.Fill) -> None:
    """The line a button had asked for."""
    question = next(
        (
            q
            for q in reversed(list(desk.world.questions.values()))
            if q.open and q.actor == desk.letter.actor and q.kind != "choice"
        ),
        None,
    )
    if question is None:
        desk.answer("say/unknown", {"near": []})
        return
    desk.world.close_question(question)
    case = desk.world.cases[question.case_id]
    answer = question.answers[0]
    if isinstance(intent.value, Event):
        enter(desk, case, intent.value)
        return
    filled: dict[str, object] = {question.kind: intent.value}
    if intent.advised:
        filled["advised"] = True
    event = stored(answer, **filled)
    if event is not None:
        enter(desk, case, event)


def _checked_profile(desk: Decider) -> Case[Any] | None:
    """The sender's ticket that waits for him to have compared his profile."""
    for case in desk.world.cases_of(desk.letter.actor):
        waits = case.workflow == "ticket" and case.state == TRIAGE and desk.world.live[case.id]
        if waits and desk.office.policy(case).kind[case.data.kind].profile:
            return case
    return None


def choose(desk: Decider, intent: intents.Choice) -> None:
    """ "yes", "no", "right", or a button's label typed: to the newest open question."""
    said = intent.text.strip().casefold()
    if said == "all correct":
        if checked := _checked_profile(desk):
            enter(desk, checked, ProfileRight())
            return
        said = "right"
    for question in reversed(list(desk.world.questions.values())):
        if question.actor != desk.letter.actor or not question.open:
            continue
        if question.kind != "choice":
            if said == "no":  # "cancel", said instead of the line that was asked for
                desk.world.close_question(question)
                desk.answer("house/left_alone", {})
                return
            continue
        for answer in question.answers:
            if answer["label"].casefold().startswith(said):
                answer_question(desk, question, answer)
                return
        if said == "no":
            desk.world.close_question(question)
            desk.answer("house/left_alone", {})
            return
    desk.answer("house/thanks" if said in ("right", "yes", "thanks", "ok") else "house/nothing_asked", {})


def confirm(desk: Decider, intent: intents.Confirm) -> None:
    """A question before anything is recorded."""
    answers = [
        {
            "label": label,
            "intent": freeze(option),
            "event": None,
            "done": "answered",
            "ask": "",
            "fills": "",
            "workflow": "",
        }
        for label, option in intent.options
    ]
    desk.ask(
        desk.letter.actor, f"say/{intent.template}", intent.facts, answers, desk.answer_key(), agent=desk.letter.actor
    )


def freeze(intent: intents.Intent) -> dict[str, Any] | None:
    """An intent as plain values; None for one that does nothing."""
    match intent:
        case intents.Act():
            return {
                "type": "act",
                "event": [type(intent.event).__name__, intent.event],
                "workflow": intent.workflow,
                "agent": intent.agent,
                "ref": intent.ref,
                "duty": intent.duty,
            }
        case intents.Wish():
            return {"type": "wish", "name": intent.name, "args": dict(intent.args)}
        case intents.Say():
            return {
                "type": "say",
                "template": intent.template,
                "facts": dict(intent.facts),
                "buttons": [list(each) for each in intent.buttons],
            }
        case _:
            return None


def thaw(frozen: dict[str, Any] | None) -> intents.Intent | None:
    """The intent of those values."""
    if frozen is None:
        return None
    if frozen["type"] == "act":
        name, payload = frozen["event"]
        event = payload if isinstance(payload, Event) else reader(EVENTS[name])(payload)
        return intents.Act(
            event=event, workflow=frozen["workflow"], agent=frozen["agent"], ref=frozen["ref"], duty=frozen["duty"]
        )
    if frozen["type"] == "wish":
        return intents.Wish(name=frozen["name"], args=frozen["args"])
    return intents.Say(
        template=frozen["template"],
        facts=frozen["facts"],
        buttons=tuple((label, words) for label, words in frozen["buttons"]),
    )


def agents_meant(meant: Iterable[intents.Intent]) -> tuple[set[str], set[str]]:
    """(agents, refs) that these intents name, so that they can be loaded together."""
    agents: set[str] = set()
    refs: set[str] = set()
    for intent in meant:
        if isinstance(intent, intents.Act):
            agents.add(intent.agent)
            refs.add(intent.ref.upper())
        elif isinstance(intent, intents.Begin):
            agents.add(intent.subject)
        elif isinstance(intent, intents.Wish):
            agents.add(str(intent.args.get("agent") or ""))
            refs.add(str(intent.args.get("ref") or "").upper())
        elif isinstance(intent, intents.Press):
            refs.update(case_of_token(intent.token))
        elif isinstance(intent, intents.Confirm):
            for _, option in intent.options:
                more = agents_meant((option,))
                agents |= more[0]
                refs |= more[1]
    return agents - {""}, refs - {""}


def case_of_token(token: str) -> list[str]:
    """The case a button's token speaks of, if it looks like one: "F-1" of "~d.F-1:3:4.0.mac"."""
    parts = token.removeprefix("~").split(".")
    return [parts[1].partition(":")[0]] if len(parts) > 2 and REF.match(parts[1]) else []
