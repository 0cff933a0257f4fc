"""`case`, `replay` and `report`: what was done, out of the store; nothing is changed."""

from __future__ import annotations

import re
from pathlib import Path

from bot import casebook
from bot import replay as replaying
from bot.commands import entrance
from bot.commands.entrance import Failed, Wrong


def case(config: Path | None, ref: str) -> None:
    """The journal of one case in words. Raises Wrong when there is no such case."""
    settings = entrance.settings(config)
    database = entrance.database(settings)
    named = re.fullmatch(r"([A-Z])-?0*(\d+)", ref.strip().upper())
    try:
        with database.reading() as connection:
            seal = entrance.seal(settings)
            lines = casebook.tell(connection, seal, f"{named[1]}-{named[2]}") if named else None
    finally:
        database.close()
    if lines is None:
        raise Wrong(f"REF: there is no case {ref}")
    print("\n".join(lines))


def replay(config: Path | None) -> None:
    """Every journal folded and compared; Failed when one gives another case than the stored one."""
    settings = entrance.settings(config)
    database = entrance.database(settings)
    cases = steps = wrong = 0
    try:
        with database.reading() as connection:
            seal = entrance.seal(settings)
            every = replaying.replay(connection, seal)
            for each in entrance.progress(every, replaying.count(connection), "Folding journals"):
                cases, steps = cases + 1, steps + each.steps
                if each.wrong:
                    wrong += 1
                    print(f"{each.ref}: {each.wrong}")
    finally:
        database.close()
    if wrong:
        raise Failed(f"{wrong} of {cases} cases are not what their journals give")
    print(f"{cases} cases, {steps} steps: every journal gives the stored case.")
