"""What a gathering gives: the form all of them share. The list of them is `bot/gatherings.py`, which imports theirs."""

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
