"""Files sent to the bot without a command of their own: each reader says what one means, or leaves it to the next.

Told by content and name only; what is in a file is nobody's business here. One that is not taken is no evidence of
anything, and its sender hears at once why, and what to send in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers import calls, floor, tbt
from handlers.intents import Act, Desk, Intent, Say, Silence, Unknown, Wish
from handlers.lexicon import POLITE, these
from handlers.words import plain, split
from workflows.call_cert.scorecard import shown
from workflows.effects import Evidence
from workflows.failed_exam import ExamPassed
from workflows.progress import Fields, ProgressReported

Reader = Callable[[Desk, Evidence, str], list[Intent]]
"""(desk, file, what was said with it) -> what it means; nothing when it is not this reader's."""


def spreadsheet(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A scorecard."""
    return calls.scorecard(desk, file) if calls.meant_as_one(desk, file) else []


FINAL = "ahip"
"""What people call the exam whose completion the pace of certification waits for."""

_DONE = these("proof proofs completion complete completed passed done finished certificate result results")
_BESIDE = POLITE | these(
    """final exam screenshot screenshots picture pic photo file attached attachment enclosed see below here is its it
    this that my of for the a an and to you find as asked requested score got i is am im ive are with all have"""
)  # fmt: skip
_CHECKED = these("checkmark checkmarks")
_COUNT = these("13 thirteen green check marks mark")
_AETNA = these("aetna course courses cert certs certification certifications")


def completion(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """ "AHIP completion proof", "here are my 13 green checkmarks", "aetna courses proof": what the file shows, and
    nothing else (SPEC 5.2)."""
    words = set(split(text)[0])
    if desk.actor not in desk.roster.agents or not _paper(file):
        return []
    if words & _CHECKED and words <= _CHECKED | _COUNT | _AETNA | _DONE | _BESIDE:
        return _shown(desk, Fields(checkmarks=True, evidence=desk.files))
    if FINAL in words and words & _DONE and words <= _DONE | _BESIDE | {FINAL}:
        return final_done(desk)
    if "aetna" in words and words & _DONE and words <= _DONE | _BESIDE | _AETNA:
        return _shown(desk, Fields(aetna=True, evidence=desk.files))
    return []


def picture(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A picture by an agent, and no word of what it shows: for what of his waits for one."""
    said = set(split(text)[0])
    if desk.actor not in desk.roster.agents or not file.type.startswith("image/") or not said <= _DONE | _BESIDE:
        return []
    return [Wish(name="picture", args={"came": floor.picture(desk, file, ""), "proof": final_done(desk)})]


def final_done(desk: Desk) -> list[Intent]:
    """The agent's report that the final is passed, with the files that came."""
    return _shown(desk, Fields(ahip="passed", evidence=desk.files))


def _shown(desk: Desk, said: Fields) -> list[Intent]:
    day, shift = floor.today(desk, desk.actor)
    event = ProgressReported(day=day, shift=shift, said=said, exact=False)
    return [Act(event=event, workflow="progress", agent=desk.actor)]


def beside(desk: Desk, meant: Sequence[Intent]) -> list[Intent]:
    """The same, where a file sent with "passed ahip" is the proof of it: that first, and nobody asks for it again."""
    final = desk.roster.find_exam(FINAL)
    mine = desk.direct and desk.actor in desk.roster.agents and any(_paper(file) for file in desk.files)
    said = [_shown_with(each, final.key) if mine and final is not None else each for each in meant]
    return [*final_done(desk), *said] if said != list(meant) else said


def _shown_with(each: Intent, exam: str) -> Intent:
    if isinstance(each, Act) and isinstance(each.event, ExamPassed) and each.event.exam == exam:
        return replace(each, event=replace(each.event, shown=True))
    return each


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
                found += [intent for intent in meant if intent not in found]
                break
    if not found and desk.files and not text.strip():
        return [Say(template="file_for_what", facts={"file": plain(desk.files[0].name, 60)})]
    return found


# -- files that are not taken


ASIDE = ("web", "empty")
"""Parts mail programs add by themselves ("ATT00001.htm"): spoken of only where nothing else was understood."""

MOST_NAMED = 5


def told(meant: list[Intent], desk: Desk, *, by_mail: bool = False) -> list[Intent]:
    """The same, and a word about every file that was not taken."""
    done = any(isinstance(intent, Act) for intent in meant)
    named = [file for file in desk.refused if not (by_mail and done and file.trouble in ASIDE)]
    if not named or not (desk.direct or done):
        return meant
    files = [{"name": shown(file.name)[:60] or "file", "why": file.trouble} for file in named[:MOST_NAMED]]
    said = Say(template="file_refused", facts={"files": files})
    left = [each for each in meant if not (isinstance(each, Silence | Unknown) or _asks_for_file(each))]
    return [*left, said]


def _asks_for_file(intent: Intent) -> bool:
    """Words that ask for the file that has just come."""
    return isinstance(intent, Say) and intent.template in (
        "send_scorecard", "file_for_what", "mail_proof_file", "mail_unknown", "mail_file_unknown", "hello"
    )  # fmt: skip
