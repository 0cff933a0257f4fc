"""Files sent to the bot without a command of their own: each reader says what one means, or leaves it to the next.

Told by content and name only; what is in a file is nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable

from handlers import calls, floor, tbt
from handlers.intents import Desk, Intent, Say
from handlers.words import plain
from workflows.effects import Evidence

Reader = Callable[[Desk, Evidence, str], list[Intent]]
"""(desk, file, what was said with it) -> what it means; nothing when it is not this reader's."""


def spreadsheet(desk: Desk, file: Evidence, text: str) -> list[Intent]:
    """A scorecard."""
    return calls.scorecard(desk, file) if file.name.lower().endswith(calls.SHEETS) else []


READERS: tuple[Reader, ...] = (spreadsheet, tbt.proof, floor.picture)
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
