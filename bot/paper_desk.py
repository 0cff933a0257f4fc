"""What the papers of CAPs must know beyond their case: the document as it is handed over, and whose word came back.

The document is made when the delivery is recorded and kept under its hash in the same commit, so that the agent is
asked about, and answers to, the very bytes that are on file (SPEC 8.9).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import jinja2

from bot import paper_slots
from bot.letters import Letter
from bot.mail import authenticity
from store.codec import micros
from store.seal import Seal
from store.statements import DOCUMENT_IN
from workflows.discipline import CHAT, MAIL, PRIVATE_MAIL, RELEASED_MAIL, Commented
from workflows.effects import Mail
from workflows.machine import Case, Declined

if TYPE_CHECKING:
    from bot.deciding import Decider

WORKFLOW = "discipline"


def delivered(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """The delivery with the hash of the paper as it stands; it is kept only if the delivery itself holds."""
    if case.workflow != WORKFLOW:
        return event
    step = desk.office.machine_of(case).step(desk.moment(case, event))
    if isinstance(step, Declined):
        return event
    wanted = [paper for effect in step.effects if isinstance(effect, Mail) for paper in effect.attach]
    if not wanted:
        return event
    slots = {"kind": wanted[0].kind, "name": wanted[0].name, "slots": wanted[0].slots}
    try:
        made = paper_slots.made(slots, case.agent, desk.office)
    except (ValueError, LookupError, RuntimeError, jinja2.TemplateError):
        return event  # the mail that carries it fails by the same cause, and says so to the operators
    desk.world.extra.append((DOCUMENT_IN, [row(made, case.id, desk.now, desk.world.seal)]))
    return replace(event, document=made.hash, size=len(made.file.content))


def row(made: paper_slots.Made, case_id: str, at: datetime, seal: Seal) -> dict[str, Any]:
    """The stored form of a paper of ours: content and source sealed."""
    return {
        "hash": made.hash,
        "name": made.file.name,
        "type": made.file.type,
        "content": seal.close_bytes(made.file.content),
        "source": seal.close(made.source),
        "case_id": case_id,
        "at": micros(at),
    }


def answered(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """The agent's word with how it was authenticated, and the document it is about."""
    if case.workflow != WORKFLOW:
        return event
    way, proof = vouched(desk.letter)
    if isinstance(event, Commented):
        return replace(event, way=way, proof=proof)
    return replace(event, way=way, proof=proof, document=case.data.document if case.data else "")


def vouched(letter: Letter) -> tuple[str, str]:
    """(the way a word came by, what vouched for it); ("", "") when nobody said it."""
    post = letter.mail
    if post is None:
        if not letter.actor:
            return "", ""
        return CHAT, ", user id ".join(filter(None, (f"@{letter.actor}", letter.actor_id)))
    sender = post.received.sender
    if post.released:
        return RELEASED_MAIL, sender
    checks = authenticity.believed(post.received.results, post.authserv_id)
    found = ", ".join(dict.fromkeys(f"{each.method}={each.result}" for each in checks))
    proof = f"{sender}, {found} at {post.authserv_id}" if found else sender
    return (PRIVATE_MAIL if post.identity.personal else MAIL), proof


def witnessed(desk: Decider, case: Case[Any], event: Any, due: datetime) -> Any:
    """The witness by his whole name, where the roster has one person of that name."""
    known = desk.office.roster.find_people(event.name)
    if len(known) == 1:
        return replace(event, name=desk.office.roster.name_of(known[0]), user=known[0])
    return replace(event, half=len(event.name.split()) < 2)


BRIEFINGS = {
    "Delivered": delivered, "Acknowledged": answered, "NotSigned": answered, "Commented": answered,
    "Witnessed": witnessed,
}  # fmt: skip
"""By the class name of the event."""
