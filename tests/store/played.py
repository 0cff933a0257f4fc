"""A database somebody has worked in: a rehearsal whose file and key are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.rehearse import Rehearsal, rehearse
from bot.roster import read_roster
from bot.script import Script

ROSTER = Path(__file__).parents[1] / "roster.toml"

LADDER: Sequence[Mapping[str, Any]] = (
    {"at": "2026-11-17T10:02:00-07:00", "chat": {"from": "ana", "text": "/esp fail ahip 1"}},
    {"at": "2026-11-17T10:20:00-07:00", "chat": {"from": "tara", "text": "coached @ana"}},
    {"at": "2026-11-17T10:21:00-07:00", "press": {"by": "tara", "label": "Coached"}},
    {"at": "2026-11-17T10:22:00-07:00", "press": {"by": "tara", "label": "Form done"}},
    {"at": "2026-11-17T13:00:00-07:00", "chat": {"from": "ana", "text": "fail ahip 2"}},
    {"at": "2026-11-17T13:05:00-07:00", "press": {"by": "wes", "label": "Ended"}},
    {"at": "2026-11-17T13:08:00-07:00", "press": {"by": "tara", "label": "CAP delivered"}},
    {"at": "2026-11-17T13:10:00-07:00", "chat": {"from": "lia", "text": "proctor F-1 wed 10:00 @lia"}},
    {"at": "2026-11-17T13:12:00-07:00", "press": {"by": "ana", "label": "I received"}},
    {"at": "2026-11-18T11:00:00-07:00", "chat": {"from": "ana", "text": "fail ahip 3"}},
    {"at": "2026-11-18T11:05:00-07:00", "chat": {"from": "lia", "text": "confirm F-1"}},
)
"""Three fails of Ana, the second with a CAP, the third confirmed."""

TAKEN_BACK: Sequence[Mapping[str, Any]] = (
    {"at": "2026-11-17T10:02:00-07:00", "chat": {"from": "ben", "text": "fail ahip 1"}},
    {"at": "2026-11-17T10:04:00-07:00", "chat": {"from": "ben", "text": "undo"}},
    {"at": "2026-11-17T11:00:00-07:00", "chat": {"from": "cora", "text": "fail ahip 1"}},
    {"at": "2026-11-17T11:05:00-07:00", "press": {"by": "tara", "label": "Coached"}},
    {"at": "2026-11-17T14:00:00-07:00", "chat": {"from": "cora", "text": "undo"}},
    {"at": "2026-11-17T14:05:00-07:00", "press": {"by": "tara", "label": "Confirm correction"}},
)
"""Ben takes a report back at once; Cora asks for it too late, and Tara confirms."""

REPINNED: Sequence[Mapping[str, Any]] = (
    {"at": "2026-11-17T10:02:00-07:00", "chat": {"from": "ana", "text": "fail ahip 1"}},
    {"at": "2026-11-17T10:30:00-07:00", "press": {"by": "tara", "label": "Coached"}},
    {
        "at": "2026-11-17T11:00:00-07:00",
        "chat": {"from": "hana", "text": "repin F-1 failed-exams-old opened under the old one"},
    },
    {"at": "2026-11-17T13:00:00-07:00", "chat": {"from": "ana", "text": "fail ahip 2"}},
)
"""HR moves Ana's case to the old wording between her two fails."""


class Kept(Rehearsal):
    """A rehearsal whose key outlives it."""

    folder: Path

    def _open(self) -> None:
        self._folder = self.folder
        super()._open()


def play(folder: Path, *stories: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Play stories on one database, `folder`/certdesk.db with `folder`/key; every line that was printed."""
    steps = sorted((step for story in stories for step in story), key=lambda step: str(step["at"]))
    lines: list[Mapping[str, Any]] = []
    script = Script.model_validate({"start": "2026-11-17T10:00:00-07:00", "step": steps})
    url = f"sqlite:///{folder / 'certdesk.db'}"
    rehearsal = Kept(script=script, roster=read_roster(ROSTER), emit=lines.append, url=url)
    rehearsal.folder = folder
    rehearse(rehearsal)
    return lines
