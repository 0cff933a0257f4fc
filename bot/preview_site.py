"""Examples of what the site's day says: boards, checklists, summaries, reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import AT, Example

DAY = "2026-11-17T19:00:00+00:00"
SEND_AT = "2026-11-18T01:00:00+00:00"
HELD = [{"ref": "Y-3", "report": "call", "of": "Mon 11/16"}]
PICTURES = [{"cid": "picture1@certdesk", "alt": "The cohort by status, day by day. Mon 11/23: 3 waiting."}]
HEAD = ["6 in phase, 2 connected today, 1 completed today, 1 passed, 0 failed program, 3 waiting"]
TABLE = {"columns": ["Agent", "Calls n/5", "Status"], "rows": [["Ana Rivera", "3/5", "in progress"]]}
LINES = ["", "Call certs", "Agent       Calls n/5  Status", "----------  ---------  -----------", "Ana Rivera  3/5"]


def site_day() -> Iterator[Example]:
    """Every message of the site's day."""

    def say(name: str, reader: str, *buttons: str, note: str = "", **facts: Any) -> Example:
        known = {"day": DAY, "late": False, **facts}
        return Example(
            template=f"site_day/{name}", agent="ana", ref="Y-4", reader=reader, facts=known, buttons=buttons, note=note
        )

    yield say("touch_base", "eve", waiting=3, connected=2, free=["tara"])
    yield say("touch_base", "eve", waiting=1, connected=0, free=[], note="nobody free")
    line = {"kind": "failed_exam", "ref": "F-7", "exam": "AHIP Final", "n": 1, "slot": None, "stage": "cleared"}
    rows = [{"agent": "ben", "lines": [{**line, "state": "F1_CLEARED", "level": "behind"}]}]
    yield say("board", "tara", "My team", rows=rows, team=6)
    yield say("checklist", "tara", rows=[], stale=[], held=[], role="tl", note="green")
    owed = [
        {"title": "form", "agent": "ana", "ref": "F-1043", "due": AT["first"]},
        {"title": "deliver the CAP", "agent": "ana", "ref": "C-88", "due": None},
    ]
    stale = [{"column": "RTS/No More Forms Status", "agents": ["ana", "ben"], "all": False}]
    open_: dict[str, Any] = {"rows": owed, "stale": stale, "held": HELD, "role": "tl"}
    yield say("checklist", "tara", "Form done", "CAP delivered", "Tracker is right", "Check again", **open_)
    yield say("checked", "tara")
    yield say("no_checklist", "wes")
    occurrences = [{"category": "ABSENT", "n": 1}, {"category": "TARDY", "n": 2}]
    yield say("wfm_summary", "", ended=2, occurrences=occurrences, ot=1, note="#wfm")
    yield say("wfm_summary", "", ended=0, occurrences=[], ot=0, note="#wfm, a quiet day")
    draft: dict[str, Any] = {
        "report": "call",
        "about": "SLC",
        "head": HEAD,
        "send_at": SEND_AT,
        "to": ["ops_leadership"],
    }
    yield say("draft", "eve", "Send now", "Hold", first=False, **draft)
    first: dict[str, Any] = {**draft, "report": "tbt", "to": ["aetna_leadership"], "head": ["No activity."]}
    yield say("draft", "eve", "Send now", "Hold", first=True, note="the first", **first)
    yield say("first_send", "eve", "Send now", "Leave out", report="tbt", to=["aetna_leadership"])
    yield say("sent", "eve", report="call", to=["ops_leadership"])
    yield say("held", "eve", "Send now", "Leave out", report="call")
    yield say("left_out", "eve", report="tbt")
    yield say("unsent", "eve", "Send Mon 11/16", held=HELD)
    for status, by in (("sent", ""), ("held", "eve"), ("left out", "eve"), ("", "")):
        yield say("already", "eve", report="call", status=status, at=SEND_AT, by=by, note=status or "unknown")
    known = {"title": "ESP weekly report", "on": "11/23/2026", "about": "SLC", "late": False, "behalf": "eve"}
    full = {**known, "head": HEAD, "empty": False, "table": LINES, "tables": [TABLE], "pictures": PICTURES}
    none = {**known, "head": [], "empty": True, "table": [], "tables": [], "pictures": []}
    for name in ("eod_call", "eod_tbt", "report"):
        for note, facts in (("", full), ("no activity", none), ("late", {**full, "late": True})):
            yield Example(template=f"site_day/{name}", kind="mail", note=note, ref="Y-4", facts={"day": DAY, **facts})
