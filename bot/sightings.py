"""The same file from two agents: who sent it first, found by its hash, and told to the case before it decides.

Nobody is accused here: the case holds the proof, and people look at it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.attachments import FILE_IN, SENT_BY
from store import tables
from workflows.effects import Evidence
from workflows.machine import Case

if TYPE_CHECKING:
    from bot.deciding import Decider

JUDGED = {"progress": "carrier_cert", "tbt": "tbt"}
"""By the workflow a proof enters, the one in which it is judged."""


def brief_report(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """A progress report with what is known of its files."""
    files = tuple(seen(desk, case, file) for file in event.said.evidence)
    return replace(event, said=replace(event.said, evidence=files)) if files != event.said.evidence else event


def brief_proof(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """Courses with a proof."""
    return event if event.evidence is None else replace(event, evidence=seen(desk, case, event.evidence))


def seen(desk: Decider, case: Case[Any], file: Evidence) -> Evidence:
    """The file, saying which other agent sent the very same one before, and in which case of his it is judged."""
    first = _first_sender(desk, file.hash)
    if not first or first == case.agent or first not in desk.office.roster.agents:
        return file
    desk.world.load([first])
    workflow = JUDGED.get(case.workflow, case.workflow)
    theirs = [each for each in desk.world.cases_of(first) if each.workflow == workflow]
    return replace(file, seen_from=first, seen_ref=theirs[-1].id if theirs else "")


def _first_sender(desk: Decider, digest: str) -> str:
    d = tables.documents.c
    known = desk.world.connection.execute(select(d.sender).where(d.hash == digest)).scalar()
    if known:
        return str(known)
    here = (row for each, found in desk.world.extra if each is FILE_IN or each is SENT_BY for row in found)
    return next((row["sender"] for row in here if row["hash"] == digest and row["sender"]), "")


BRIEFINGS = {"ProgressReported": brief_report, "TbtProofSent": brief_proof, "CoursesDone": brief_proof}
"""By the class name of the event."""
