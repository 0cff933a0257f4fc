"""One agent's file for HR: asked for in a direct message, sent by mail to the work address of whoever may have it.

Nobody but the HR rep of that agent gets one; of an agent who has gone from the roster it is the HR rep he had last,
else whoever is HR at the site he was at, else any HR rep. That it was made, for whom and when stays in the outbox
and the inbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot import dossier, former
from bot.dispatch import FILE_OF_CASES
from handlers import names
from handlers.words import plain
from store import tables
from store.rows import Note
from workflows.people import Role

if TYPE_CHECKING:
    from bot.deciding import Decider

DISCIPLINE = "discipline"


def export(desk: Decider, args: dict[str, Any]) -> None:
    """The file of an agent, or of one case and what it called for, to the HR rep who asks for it."""
    roster, actor = desk.office.roster, desk.letter.actor
    ref, agent = str(args.get("ref") or "").upper(), str(args.get("agent") or "")
    c = tables.cases.c
    row = desk.world.connection.execute(select(c.agent, c.workflow).where(c.id == ref)).first() if ref else None
    if ref and row is None:
        desk.decline("not_so", "house/no_such_ref", {"ref_named": ref})
        return
    policy: Any = desk.office.packs.get(desk.office.pack_in_force(DISCIPLINE, None).id).policy
    hr = Role(policy.hr)
    one = former.asked(desk, row.agent if row is not None else agent, hr)
    about, name = one.agent, one.name
    if not about or (about not in roster.agents and not ref and not one.mine and actor not in roster.by_role(hr)):
        _nobody(desk, agent)
        return
    if not one.mine:
        who = [roster.name_of(user) for user in one.keepers]
        desk.decline("not_yours", "house/not_yours", {"who": who, "event": "", "state": "", "duties": []})
        return
    if row is not None and row.workflow in policy.export_withholds:
        desk.decline("not_yours", "house/export_withheld", {"ref_named": ref})
        return
    address = roster.email_of(actor)
    refs = dossier.refs_of(desk.world.connection, about, policy.export_withholds)[0] if not ref else [ref]
    if not address or not refs:
        desk.decline("not_so", "house/export_nothing", {"name": name, "address": address or ""})
        return
    desk.verdict = "export"
    key = desk.answer_key()
    slots = {
        "agent": about,
        "ref": ref,
        "made_at": desk.at,
        "made_for": roster.name_of(actor),
        "withheld": list(policy.export_withholds),
    }
    subject = f"case {ref}" if ref else dossier.EVERYTHING
    body = {
        "facts": {"subject": subject, "ref_named": ref, "asked_by": actor},
        "to": [[roster.name_of(actor), address]],
        "cc": [],
        "reply_to": [[roster.name_of(actor), address]],
        "invite": None,
        "sealed": True,
        "attach": [{"kind": FILE_OF_CASES, "name": f"File_{ref or about}", "slots": slots}],
    }
    note = Note(
        key=key,
        channel="mail",
        lane=address,
        template="house/export",
        body=body,
        made=desk.now,
        due=desk.now,
        case_id=ref,
        agent=about,
        wire_id=desk.office.tokens.mail_token(key),
    )
    desk.world.add_note(note)
    facts = {"name": name, "cases": len(refs), "ref_named": ref, "address": address}
    desk.answer("house/exported", facts, agent=about)


def _nobody(desk: Decider, said: str) -> None:
    """Nobody on record is called so; the nearest names as buttons."""
    from bot import wishes

    near = names.nearest(wishes.listener(desk.office, desk.letter), said)
    buttons = [(desk.office.roster.name_of(user), f"export @{user}") for user in near]
    desk.answer("say/unknown_person", {"said": plain(said, 40)}, buttons=buttons)


WISHES = {"export": export}
"""Every wish by its name."""
