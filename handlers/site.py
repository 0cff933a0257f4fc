"""What people say to the site's day: send, hold or leave out an evening report, look whether one can log off.

Whether the speaker may is decided where it enters; a report is of today unless its reference is named.
"""

from __future__ import annotations

from handlers.intents import Act, Intent, Wish
from handlers.line import Line, unclear
from workflows.machine import Event
from workflows.people import SITE_
from workflows.site_day import ReportHeld, ReportLeftOut, ReportReleased, TrackerChecked

KINDS = {
    "call": "call",
    "calls": "call",
    "callcert": "call",
    "cert": "call",
    "certs": "call",
    "tbt": "tbt",
    "tbts": "tbt",
}
SEND = ("send", "sent", "release", "go", "out")
HOLD = ("hold", "held", "stop", "wait", "keep", "dont", "not")
DROP = ("drop", "skip", "leave")


def eod(line: Line) -> Intent:
    """ "eod call send", "hold the tbt report": which report, and what becomes of it."""
    ref = line.ref("Y")
    words = [word for word in line.words if word not in ("call", "certs")] or line.words
    kinds = dict.fromkeys(KINDS[word] for word in line.words if word in KINDS)
    if len(kinds) != 1:
        raise unclear("which_report", {"word": _word(words) or "send"})
    kind, word = next(iter(kinds)), _word(words)
    if not word:
        raise unclear("which_report", {"word": "send"})
    event: Event
    if word == "send":
        event = ReportReleased(report=kind)
    else:
        event = ReportHeld(report=kind) if word == "hold" else ReportLeftOut(report=kind)
    return Act(event=event, workflow="site_day", agent=site_of(line), ref=ref)


def _word(words: list[str]) -> str:
    """send, hold or drop; "do not send" is hold."""
    said = set(words)
    if said & set(DROP):
        return "drop"
    if said & set(HOLD):
        return "hold"
    return "send" if said & set(SEND) else ""


def checked(line: Line) -> Intent:
    """ "tracker checked": the speaker's columns are right as they are."""
    return Act(event=TrackerChecked(), workflow="site_day", agent=site_of(line))


def log_off(line: Line) -> Intent:
    """ "can i log off": the evening checklist now."""
    return Wish(name="checklist")


def board(line: Line) -> Intent:
    """ "board": every class at a glance."""
    return Wish(name="board")


def site_of(line: Line) -> str:
    """The site of the speaker's agents; "" when he has none."""
    desk = line.desk
    for key in desk.roster.sites:
        if desk.roster.roles_towards(desk.actor, f"{SITE_}{key}"):
            return f"{SITE_}{key}"
    return f"{SITE_}{next(iter(desk.roster.sites))}" if len(desk.roster.sites) == 1 else ""
