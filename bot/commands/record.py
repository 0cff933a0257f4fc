"""`case`, `replay` and `report`: what was done, out of the store; nothing is changed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from bot import casebook
from bot import replay as replaying
from bot.attachments import safe_name
from bot.clock import SystemClock
from bot.commands import entrance
from bot.commands.entrance import Failed, Wrong
from bot.config import Settings
from bot.wording import fingerprint
from store import outbox


def case(config: Path | None, ref: str, dossier: Path | None = None) -> None:
    """The journal of one case in words, or its dossier as files. Raises Wrong when there is no such case."""
    settings = entrance.settings(config)
    if dossier is not None:
        _dossier(settings, ref, dossier)
        return
    database = entrance.database(settings)
    named = _reference(ref)
    try:
        with database.reading() as connection:
            seal = entrance.seal(settings)
            lines = casebook.tell(connection, seal, named) if named else None
    finally:
        database.close()
    if lines is None:
        raise Wrong(f"REF: there is no case {ref}")
    print("\n".join(lines))


def _reference(said: str) -> str:
    """ "F-12" of "f12"; "" for anything else."""
    named = re.fullmatch(r"([A-Z])-?0*(\d+)", said.strip().upper())
    return f"{named[1]}-{named[2]}" if named else ""


def _dossier(settings: Settings, said: str, where: Path) -> None:
    """The case and what it called for, or with "@ana" all of an agent but what HR's own file leaves out, as <REF>.pdf,
    <REF>.json and the papers; files that only their owner may read."""
    from bot import dossier

    sheets, now = entrance.papers(settings.papers), SystemClock().now()
    hidden = _withheld(settings) if said.startswith("@") else ()
    database = entrance.database(settings)
    try:
        with database.reading() as connection:
            seal = entrance.seal(settings)
            stem = said[1:] if said.startswith("@") else _reference(said)
            found, withheld = dossier.refs_of(connection, stem, hidden) if said.startswith("@") else ([], [])
            refs = found or (dossier.tied_to(connection, seal, stem) if stem else [])
            if not refs:
                raise Wrong(f"REF: there is no case {'of ' if said.startswith('@') else ''}{said}")
            of = dossier.EVERYTHING if found else ""
            record = dossier.gather(connection, seal, refs, made_at=now, withheld=withheld, of=of)
            papers = dossier.documents_of(connection, seal, record)
    finally:
        database.close()
    folder, stem = (where.parent, where.stem) if where.suffix.lower() in (".pdf", ".json") else (where, safe_name(stem))
    _, pdf = dossier.pdf(record, sheets)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in (
            (f"{stem}.pdf", pdf),
            (f"{stem}.json", dossier.as_json(record)),
            *((name, papers[digest]) for digest, name in dossier.names_of(record).items() if digest in papers),
        ):
            _keep(folder / name, content)
            print(folder / name)
    except OSError as error:
        raise Failed(f"--dossier {error.filename}: {error.strerror}") from None


def _withheld(settings: Settings) -> tuple[str, ...]:
    """The workflows any discipline pack keeps out of an agent's file; a case of them is written only when it is named
    itself."""
    packs = (pack.policy for pack in entrance.packs(settings.policies))
    return tuple(sorted({name for policy in packs for name in getattr(policy, "export_withholds", ())}))


def _keep(path: Path, content: bytes) -> None:
    """Written anew with mode 0600, whatever was there."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)  # half of it, where the disk is full
        raise


def replay(config: Path | None) -> None:
    """Every journal folded and compared; Failed when one gives another case than the stored one."""
    settings = entrance.settings(config)
    database = entrance.database(settings)
    cases = steps = wrong = kept = spoilt = 0
    try:
        with database.reading() as connection:
            seal = entrance.seal(settings)
            every = replaying.replay(connection, seal)
            for each in entrance.progress(every, replaying.count(connection), "Folding journals"):
                cases, steps = cases + 1, steps + each.steps
                if each.wrong:
                    wrong += 1
                    print(f"{each.ref}: {each.wrong}")
            kept = outbox.count_documents(connection)
            for digest, name, ref in outbox.changed(connection, seal):
                spoilt += 1
                print(f"{ref or 'no case'}: document {fingerprint(digest)} ({name}): its bytes have changed")
    finally:
        database.close()
    if wrong:
        raise Failed(f"{wrong} of {cases} cases are not what their journals give")
    if spoilt:
        raise Failed(f"{spoilt} of {kept} documents are not the bytes they were kept as")
    print(f"{cases} cases, {steps} steps: every journal gives the stored case.")
    print(f"{kept} documents: the bytes of each give its number.")
