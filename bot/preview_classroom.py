"""Examples of what the classroom hears: checks, hands, marks, arrivals, attendance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import Example

OPENS, CLOSES, NEXT = "2026-11-17T17:15:00+00:00", "2026-11-17T17:20:00+00:00", "2026-11-17T18:55:00+00:00"
START, END = "2026-11-17T15:00:00+00:00", "2026-11-17T23:30:00+00:00"
CAME, MARKED = "2026-11-17T15:10:00+00:00", "2026-11-17T19:05:00+00:00"
CHECK: dict[str, Any] = {"up": False, "pause": "break 1", "name": "b1", "opens": OPENS, "closes": CLOSES}
LUNCH: dict[str, Any] = {
    "up": True,
    "pause": "lunch",
    "name": "lunch",
    "opens": NEXT,
    "closes": "2026-11-17T19:00:00+00:00",
}
DAY: dict[str, Any] = {
    "missed": [CHECK, LUNCH],
    "late": [],
    "next": NEXT,
    "arrived": "2026-11-17T14:55:00+00:00",
    "marked": MARKED,
    "marked_by": "tara",
    "why": "",
    "back_at": "2026-11-17T20:10:00+00:00",
}
TARDY: dict[str, Any] = {
    "category": "TARDY",
    "word": "tardy (10 minutes or more late)",
    "minutes": 10,
    "scheduled": START,
    "actual": CAME,
    "arriving": True,
    "absent": False,
}
EARLY: dict[str, Any] = {
    "category": "LEFT_EARLY",
    "word": "left early (by 10 minutes or more)",
    "minutes": 20,
    "scheduled": END,
    "actual": "2026-11-17T23:10:00+00:00",
    "arriving": False,
    "absent": False,
}
ABSENT: dict[str, Any] = {
    **TARDY,
    "category": "ABSENT",
    "word": "absent all day",
    "minutes": 510,
    "actual": None,
    "arriving": False,
    "absent": True,
}
WORK: dict[str, Any] = {"date": "11/17/2026", "lines": [TARDY], "told": [], "arrived": CAME, "left": None, "grace": 10}
TELL_AGENT = ("missed", "thanks", "noted", "no_check", "marked", "mark_taken_back")
TELL_LEADS = (
    "proposed", "fell", "record_changed", "returned", "marked_by_you", "is_marked", "cleared", "corrected",
    "day_closed", "nothing_open", "ask_here", "ask_excuse", "ask_hands",
)  # fmt: skip
MORNING: dict[str, Any] = {
    "starts": START,
    "ends": END,
    "pauses": [{"pause": "break 1", "starts": "2026-11-17T17:00:00+00:00", "ends": OPENS}],
    "minutes": 5,
    "expectations": ["Camera on, microphone muted"],
}


def _own(what: str, reader: str, note: str = "", buttons: tuple[str, ...] = (), **more: Any) -> Example:
    return Example(
        template=f"engagement/{what}", note=note, ref="M-7", reader=reader, facts={**DAY, **more}, buttons=buttons
    )


def _room(what: str, reader: str = "lia", note: str = "", buttons: tuple[str, ...] = (), **facts: Any) -> Example:
    return Example(template=f"engagement/{what}", note=note, ref="B-7", reader=reader, facts=facts, buttons=buttons)


def engagement() -> Iterator[Example]:
    """A class's day and an agent's checks."""
    here = ("✋ I'm here",)
    for check in (CHECK, LUNCH):
        yield _room("check", "", **check)
        yield _room("check_dm", "ben", buttons=here, **check)
    for name in TELL_AGENT:
        yield _own(name, "ana", buttons=here if name == "missed" else (), closes=CLOSES)
    yield _own("missed", "ana", note="the last check", next=None, closes=CLOSES)
    yield _own("no_check", "ana", note="the last check", next=None, closes=None)
    yield _own("marked", "ana", note="by hand", missed=[])
    for name in TELL_LEADS:
        yield _own(name, "tara")
    card = ("Mark MIA", "Was here", "Excuse")
    yield _own("proposed", "lia", note="spoke up since", buttons=card, late=["2026-11-17T19:02:00+00:00"])
    for late in ([], ["2026-11-17T19:02:00+00:00"]):
        yield _own("spoke_up", "lia", late=late, at="2026-11-17T19:02:00+00:00")
    for word in ("mia", "here"):
        yield _own("say_why", "tara", note=word, word=word)
    yield _room("session_near", starts=START)
    yield _room("keep_muted", reminders=["Keep everybody muted"])
    yield _room("morning", "", **MORNING)
    for why, missing in (("many", 5), ("down", 0)):
        yield _room("void", note=why, why=why, missing=missing, **CHECK)
    noted = {**CHECK, "missed": 2, "raised": 4, "uncounted": [], "unseen": []}
    yield _room("hands_noted", buttons=("Fix",), **noted, open=False)
    yield _room("hands_noted", note="open", **{**noted, "uncounted": ["ben"], "unseen": ["ana"]}, open=True)
    yield _room("not_open_yet", pause="lunch", opens=NEXT)
    yield _room("not_open_yet", note="none", pause="", opens=None)
    for is_late in (False, True):
        yield _room("arrival_noted", "tara", name="ben", on=CAME, late=is_late, least=10)
    for until in (None, NEXT):
        yield _room("excused", name="ben", since=OPENS, until=until, buttons=("Undo", "Excuse over"))
    for name in ("excuse_over", "no_excuse", "room_noted", "help_card"):
        yield _room(name, name="ben") if name != "help_card" else _room(name, name="ben", buttons=("Room opened",))
    for ahead in (0, 2):
        yield _room("help_asked", "ben", ahead=ahead)
    yield _room("room_open", "ben", host="lia")
    yield Example(template="engagement/no_class", ref="", reader="ana")
    for marks in ([{"agent": "ben", "ref": "M-2"}], []):
        told = {"date": "11/17/2026", "marks": marks}
        yield Example(template="engagement/closed_day", ref="", reader="eve", facts=told, note="" if marks else "none")
    for starts in (START, None):
        facts = {"category": "MIA", "date": "11/17/2026", "starts": starts, "ends": END, "since": CLOSES}
        yield Example(template="engagement/wfm", ref="M-7", facts=facts, note="C-WFM-ATT")
    yield Example(template="engagement/wfm_correction", ref="M-7", facts={"category": "MIA", "date": "11/17/2026"})


def _work(what: str, reader: str = "tara", note: str = "", buttons: tuple[str, ...] = (), **more: Any) -> Example:
    facts = {**WORK, "was": [TARDY], "now": [], "excused": False, **more}
    return Example(template=f"attendance/{what}", note=note, ref="A-7", reader=reader, facts=facts, buttons=buttons)


def attendance() -> Iterator[Example]:
    """Occurrences and what becomes of them."""
    card = ("Confirm", "Excuse", "Dismiss")
    for note, lines in (
        ("came late", [TARDY]),
        ("not seen", [{**TARDY, "actual": None}]),
        ("left early", [TARDY, EARLY]),
        ("absent", [ABSENT]),
    ):
        yield _work("suggested", note=note, buttons=card, lines=lines)
    yield _work("suggested", note="graver", buttons=card, lines=[ABSENT], told=[TARDY])
    for name in ("entered", "excused", "dismissed", "in_time", "no_occurrence"):
        yield _work(name, "tara")
    yield _work("confirmed", buttons=("Undo",), told=[TARDY])
    for now in ([], [EARLY]):
        yield _work("corrected", now=now)
        yield _work("wfm_correction", "", now=now)
    yield _work("wfm_correction", "", note="approved", excused=True)
    yield _work("time_known", now=[TARDY])
    yield _work("wfm_time", "", now=[TARDY])
    yield _work("wfm_undo", "")
    for instead in ([], ["TARDY"]):
        yield _work("wfm", "", note="C-WFM-ATT", **TARDY, instead=instead)
    yield _work("wfm", "", note="absent", **ABSENT, instead=[])
    for name in ("not_scheduled", "say_why"):
        yield _work(name, name="ben")
    yield _work("ask_excuse")


def asked() -> Iterator[Example]:
    """What the router asks about the classroom."""
    asks: dict[str, dict[str, Any]] = {
        "attend_how": {"examples": ["attend @ben in 08:09", "attend @ben late 12"]},
        "day_closed": {},
        "other_class": {"name": "Ben Ortiz", "group": "NOV16"},
        "which_class": {"classes": ["NOV16", "DEC07"]},
        "which_break": {"said": "break 4", "breaks": ["b1", "lunch", "b2"]},
    }
    for name, facts in asks.items():
        yield Example(template=f"say/{name}", ref="", reader="tara", facts=facts)
