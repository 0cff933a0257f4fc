"""Files sent to the bot without a command of their own: each reader says what one means, or leaves it to the next.

Told by content and name only; what is in a file is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handlers import calls, floor, tbt
from handlers.intents import Act, Desk, Intent, Say, Wish
from handlers.lexicon import POLITE, these
from handlers.words import plain, split
from workflows.effects import Evidence
from workflows.failed_exam import ExamPassed
from workflows.progress import Fields, ProgressReported

Reader = Callable[[Desk, Evidence, str], list[Intent]]
"""(desk, file, what was said with it) -> what it means; nothing when it is not this reader's."""


def spreadsheet(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A scorecard."""
    return calls.scorecard(desk, file) if file.name.lower().endswith(calls.SHEETS) else []


FINAL = "ahip"
"""What people call the exam whose completion the pace of certification waits for."""

_DONE = these("proof proofs completion complete completed passed done finished certificate result results")
_BESIDE = POLITE | these(
    """final exam screenshot screenshots picture pic photo file attached attachment enclosed see below here is its it
    this that my of for the a an and to you find as asked requested score got i is am im ive"""
)  # fmt: skip


def completion(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """ "AHIP completion proof", "ahip done, see attached": what the file shows, and nothing else (SPEC 5.2)."""
    words = set(split(text)[0])
    if desk.actor not in desk.roster.agents or not _paper(file) or FINAL not in words:
        return []
    if words & _DONE and words <= _DONE | _BESIDE | {FINAL}:
        return final_done(desk)
    return []


def picture(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A picture by an agent, and no word of what it shows: for what of his waits for one."""
    said = set(split(text)[0])
    if desk.actor not in desk.roster.agents or not file.type.startswith("image/") or not said <= _DONE | _BESIDE:
        return []
    return [Wish(name="picture", args={"came": floor.picture(desk, file, ""), "proof": final_done(desk)})]


def final_done(desk: Desk) -> list[Intent]:
    """The agent's report that the final is passed, with the files that came."""
    day, shift = floor.today(desk, desk.actor)
    event = ProgressReported(day=day, shift=shift, said=Fields(ahip="passed", evidence=desk.files), exact=False)
    return [Act(event=event, workflow="progress", agent=desk.actor)]


def beside(desk: Desk, meant: Sequence[Intent]) -> list[Intent]:
    """A file sent with "passed ahip" is the proof of it."""
    final = desk.roster.find_exam(FINAL)
    passed = (each.event.exam for each in meant if isinstance(each, Act) and isinstance(each.event, ExamPassed))
    mine = desk.direct and desk.actor in desk.roster.agents and any(_paper(file) for file in desk.files)
    return final_done(desk) if mine and final is not None and final.key in passed else []


def _paper(file: Evidence) -> bool:
    return file.type.startswith("image/") or file.type == "application/pdf"


READERS: tuple[Reader, ...] = (spreadsheet, tbt.proof, completion, picture)
"""In the order in which they are asked."""


def read(desk: Desk, text: str) -> list[Intent]:
    """What the files of a message mean, each for itself; nothing when no reader knows any of them."""
    found: list[Intent] = []
    for file in desk.files:
        for reader in READERS:
            if meant := reader(desk, file, text):
                found += meant
                break
    if not found and desk.files and not text.strip():
        return [Say(template="file_for_what", facts={"file": plain(desk.files[0].name, 60)})]
    return found
