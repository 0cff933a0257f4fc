"""What the timers of several agents tell one person at the same instant is one message, a line an agent.

Only what merely informs: a duty keeps its own card and its own clock. Lives for one batch; nothing in here is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows.effects import Tell
from workflows.machine import Case

if TYPE_CHECKING:
    from bot.deciding import Decider
    from store.rows import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One agent's part: what would have been said of him alone, and in whose decision."""

    desk: Decider
    case: Case[Any]
    effect: Tell
    facts: Mapping[str, Any]
    key: str
    step: Step | None


@dataclass(slots=True)
class Digests:
    """Messages of one batch that wait for others of their kind to the same person."""

    _found: dict[tuple[str, str], list[Line]] = field(default_factory=dict)

    def add(self, user: str, line: Line) -> None:
        """One more for that person."""
        self._found.setdefault((user, line.effect.template), []).append(line)

    def flush(self) -> None:
        """Into the outbox: alone as it is, several as rows of facts with their `agent` and `ref`."""
        for (user, template), lines in self._found.items():
            first = lines[0]
            if len(lines) == 1:
                first.desk.chat(
                    f"@{user}",
                    template,
                    first.facts,
                    first.key,
                    case=first.case,
                    buttons=first.effect.more,
                    tag=first.effect.tag,
                    reader=user,
                    step=first.step,
                )
                continue
            rows = [{**line.facts, "agent": line.case.agent, "ref": line.case.id} for line in lines]
            buttons = tuple(dict.fromkeys(each for line in lines for each in line.effect.more))
            facts = {"rows": rows}
            first.desk.chat(f"@{user}", first.effect.many, facts, f"{first.key}.all", buttons=buttons, reader=user)
        self._found.clear()
