"""Cases kept in memory between batches, by the number of the step they stood at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workflows.machine import Case


@dataclass
class Shelf:
    """Cases as they were last read, so that the next batch need not make them anew: a case never changes, only the
    one of the next `seq` is another. What a batch made itself stands here only once it was read back."""

    room: int = 32768
    _cases: dict[str, Case[Any]] = field(default_factory=dict)
    _earlier: dict[tuple[str, int], Case[Any]] = field(default_factory=dict)

    def get(self, id: str, seq: int) -> Case[Any] | None:
        """That case at that step, if it stands here."""
        known = self._cases.get(id)
        return known if known is not None and known.seq == seq else None

    def put(self, case: Case[Any]) -> Case[Any]:
        """Keep it; the oldest make room."""
        self._cases.pop(case.id, None)
        self._cases[case.id] = case
        if len(self._cases) > self.room:
            for id in list(self._cases)[: self.room // 4]:
                del self._cases[id]
        return case

    def before(self, id: str, seq: int) -> Case[Any] | None:
        """That case as it was before its step of that number, which never changes, if somebody looked already."""
        return self._earlier.get((id, seq))

    def put_before(self, case: Case[Any], seq: int) -> Case[Any]:
        """Keep it; the oldest make room."""
        self._earlier[case.id, seq] = case
        if len(self._earlier) > self.room:
            for each in list(self._earlier)[: self.room // 4]:
                del self._earlier[each]
        return case
