"""A class of carrier certification on the stage: its roster, its files, what only the pace clock and its papers say."""

from __future__ import annotations

from typing import Any

from tests.journeys.stage import TESTS, Line, Show, Step, local, play

DAY = TESTS / "roster-day.toml"
QUIET = {
    "call_cert   =": 'call_cert   = "off" # =',
    "tbt         =": 'tbt = "off" # =',
    "attendance  =": 'attendance = "off" # =',
}
"""Workflows that have nothing to do with these stories."""
GREEN = {
    "name": "green.png",
    "type": "image/png",
    "base64": "iVBORw0KGgoAAAANSUhEUgAAAyAAAAJYCAYAAACadoJwAAAAAElFTkSuQmCC",
}
MINE = ("carrier_cert/", "coaching/", "session_link/", "discipline/", "duty/", "house/")


def pace(*steps: Any, start: str, pack: str = "", **more: Any) -> Show:
    """The story of a class, with its training pack."""
    changed = dict(QUIET)
    if pack:
        changed['licensing_training = "licensing-training-new"'] = f'licensing_training = "{pack}"'
    return play(*steps, start=start, roster=DAY, changed=changed, **more)


def shows(who: str, text: str, at: str = "", *files: dict[str, str]) -> Step:
    """A line of chat with files."""
    step: Step = {"chat": {"from": who, "text": text, "room": "", "files": list(files)}}
    return {"at": local(at), **step} if at else step


def of(show: Show, *letters: str) -> Show:
    """What concerns cases of these letters ("P", "C", "R"), or one case ("P-1")."""
    return Show(
        [
            line
            for line in show.lines
            if (ref := line.get("ref") or "") and (ref in letters or ref.partition("-")[0] in letters)
        ]
    )


def templates(show: Show, room: str) -> list[str]:
    """What was said in a room, by its templates."""
    return [line["template"] for line in show.chats(room)]


def mails_of(show: Show, ref: str) -> list[str]:
    """The names of the mails about a case."""
    return [line["id"] or line["template"] for line in show.mails() if line["ref"] == ref]


def sent_in(show: Show, ref: str) -> list[Line]:
    """Chat and mail about a case."""
    return [line for line in show.lines if line["kind"] in ("chat", "mail") and line["ref"] == ref]
