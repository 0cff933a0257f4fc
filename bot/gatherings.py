"""What only the rows of many cases know: digests, checklists, reports, gathered when their message is decided.

Each reads through the batch's world and gives facts for one template; it decides nothing and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows.effects import Paper
from workflows.machine import Case

if TYPE_CHECKING:
    from bot.deciding import Decider


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Facts for the template, further buttons as (label, words the press types), papers to attach."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[tuple[str, str], ...] = ()
    attach: tuple[Paper, ...] = ()


Gathering = Callable[["Decider", Case[Any], str, Mapping[str, Any]], Gathered | None]
"""(desk, case, reader's username or "", facts of the effect) -> what to say, or None for nothing."""

GATHERINGS: dict[str, Gathering] = {}
"""Every gathering by the name effects use."""
