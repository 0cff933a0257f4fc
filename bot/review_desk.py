"""The dossier of a review (E-22): what happened with its sources, every step with its evidence, what speaks for the
agent. It holds what is on record and recommends nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot import casebook_words, wording
from bot.gathered import Gathered
from bot.machines import DATA
from store import tables
from store.codec import parse, reader
from store.rows import Duty, Step
from workflows.effects import Paper
from workflows.machine import Case

if TYPE_CHECKING:
    from bot.deciding import Decider

Pieces = tuple[Any, ...]
"""A sentence in pieces: text, and (instant,) for a time that is written out in site time."""

PACE = "carrier_cert"


def gather_dossier(desk: Decider, case: Case[Any], to: str, facts: Mapping[str, Any]) -> Gathered:
    """The same facts, with the dossier as a paper."""
    due = case.data.due
    cause = desk.world.cases.get(due.cause)
    tied = _tied(desk, case, due.cause)
    policy = desk.office.policy(cause) if cause is not None else None
    slots = {
        "id": case.id,
        "asked_at": desk.at,
        "subject": due.subject,
        "cause": due.cause,
        "policy": f"{policy.title} ({policy.id})" if policy is not None else "",
        "timeline": tuple(_timeline(desk, due, tied)),
        "steps": tuple(_step(desk, each) for each in tied if each.workflow in ("coaching", "discipline")),
        "contrary": (*due.contrary, *_contrary(desk, case, due, cause, tied)),
        "outcomes": tuple(facts["outcomes"]),
    }
    paper = Paper(kind="review", name=f"Review_dossier_{case.id}.pdf", slots=slots)
    return Gathered(facts=facts, attach=(paper,))


def _tied(desk: Decider, case: Case[Any], cause: str) -> list[Case[Any]]:
    """The coachings and CAPs that case called for, oldest first."""
    mine = (each for each in desk.world.cases_of(case.agent) if each.id != case.id and each.workflow != "review")
    return sorted(
        (each for each in mine if getattr(getattr(each.data, "due", None), "cause", "") == cause),
        key=lambda each: (each.opened, each.id),
    )


def _timeline(desk: Decider, due: Any, tied: list[Case[Any]]) -> Iterator[tuple[datetime, str, str]]:
    """What the case says happened; the source is who said it by which door, else the case that holds it."""
    known: dict[datetime, list[Step]] = {}
    for ref in (due.cause, *(each.id for each in tied)):
        for step in desk.world.steps_of(case_id=ref):
            if not step.unwound_by:
                known.setdefault(step.at, []).append(step)
    for at, group in itertools.groupby(due.timeline, key=lambda line: line[0]):
        lines = [what for _, what in group]
        for what, source in zip(lines, sources(lines, known.get(at, ())), strict=True):
            yield at, what, f"{source} ({due.cause})" if source else f"case {due.cause}"


def sources(lines: Sequence[str], steps: Sequence[Step]) -> list[str]:
    """Who said each line of one instant, by which door: the step of the person or case the line names, else the steps
    left over in their order; where that does not go up, all of these. "" where there was no step."""
    found: list[str] = []
    left = list(steps)
    for what in lines:
        named = set(re.findall(r"@([\w.-]*\w)|\b([A-Z]-\d+)\b", what))
        mine = next(
            (step for step in (*left, *steps) if (step.actor, "") in named or ("", step.case_id) in named), None
        )
        found.append(_source(mine) if mine is not None else "")
        left = [step for step in left if mine is None or _source(step) != found[-1]]
    others = list(dict.fromkeys(_source(step) for step in left or steps))
    open_ = [n for n, source in enumerate(found) if not source]
    in_order = len(others) == len(open_)
    for place, n in enumerate(open_):
        found[n] = others[place] if in_order else "; ".join(others)
    return found


def _source(step: Step) -> str:
    return f"{f'@{step.actor}' if step.actor else 'certdesk'}, {casebook_words.door(step.source)}"


def _step(desk: Decider, case: Case[Any]) -> tuple[str, Pieces, Pieces]:
    """(what it is, what became of it, its evidence)."""
    data = case.data
    if case.workflow == "coaching":
        if not data.coached_at:
            return f"Coaching {case.id}", (f"not held ({case.state.lower()})",), ()
        return f"Coaching {case.id}", ("held ", (data.coached_at,), f" by @{data.coached_by}"), (f"record {case.id}",)
    name = f"{data.due.kind.title()} CAP {case.id}"
    if not data.delivered_at:
        return name, ("drafted ", (data.drafted_at,), f"; not handed over ({case.state.lower()})"), ()
    fate = ("handed over ", (data.delivered_at,), f" by @{data.delivered_by}, {data.method or 'in person'}")
    evidence: list[Any] = [f"document {wording.fingerprint(data.document)}; "] if data.document else []
    if data.answer == "received":
        evidence += ["receipt acknowledged, not agreement, ", (data.answered_at,)]
    elif data.answer == "not signed":
        evidence += ["the agent chose not to sign, ", (data.answered_at,)]
    else:
        evidence.append("no answer by the agent")
    if data.way:
        evidence.append(f", {data.way}")
    if data.witness:
        evidence.append(f"; witness {data.witness}")
    return name, fate, tuple(evidence)


# -- what speaks for the agent -----------------------------------------------------------------------------


def _contrary(
    desk: Decider, case: Case[Any], due: Any, cause: Case[Any] | None, tied: list[Case[Any]]
) -> Iterator[str | Pieces]:
    told = " ".join(due.contrary)
    for each in (*([cause] if cause is not None else []), *tied):
        if each.id in told:
            continue  # its lateness is told by the case itself
        for duty in desk.world.settled_duties(each.id):
            if duty.due is not None and duty.status == "done" and (duty.settled_at or duty.due) > duty.due:
                said = f"{_owners(duty)} late: {duty.title} ({each.id}) was due "
                yield (said, (duty.due,), ", done ", (duty.settled_at,))
        for duty in desk.world.open_duties(each.id):
            if duty.due is not None and duty.due < desk.at and duty.name.partition(":")[0] != "review":
                yield (f"{_owners(duty)} late: {duty.title} ({each.id}) was due ", (duty.due,), " and is still open")
    if cause is None or cause.workflow not in (PACE, "ladder"):
        yield from _blocked(desk, case.agent)
    for each in tied:
        if getattr(each.data, "comment", ""):
            yield f"the agent wrote on {each.id}: \u201c{each.data.comment}\u201d"
        if getattr(each.data, "fell", ""):
            yield f"what {each.id} was called for was later corrected: {each.data.fell}"


def _owners(duty: Duty) -> str:
    names = " and ".join(f"@{owner}" for owner in duty.owners)
    return f"{names} {'were' if len(duty.owners) > 1 else 'was'}"


def _blocked(desk: Decider, agent: str) -> Iterator[Pieces]:
    """Time beyond the agent's control, whatever case keeps it, ended ones too."""
    for ref, pin, data in _paces(desk, agent):
        policy: Any = desk.office.packs.by_pin(pin).policy
        reasons = policy.pace.block.reasons
        for block in data.blocks:
            end: Pieces = (" to ", (block.until,)) if block.until else (", and still blocked",)
            yield (
                f"blocked time granted ({reasons.get(block.reason, block.reason)}, {ref}): from ",
                (block.since,),
                *end,
            )


def _paces(desk: Decider, agent: str) -> Iterator[tuple[str, str, Any]]:
    """(reference, pack, data) of every carrier certification of the agent."""
    mine = [each for each in desk.world.cases_of(agent) if each.workflow == PACE]
    yield from ((each.id, each.pack, each.data) for each in mine)
    c = tables.cases.c
    ended = select(tables.cases).where(c.agent == agent, c.workflow == PACE, c.id.not_in([each.id for each in mine]))
    for row in desk.world.connection.execute(ended):
        yield row.id, row.pack, reader(DATA[PACE])(parse(desk.world.seal.open(row.data_json)))
