"""Examples of what is said about coachings, the pace of carrier certification and session links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import AT, Example

COACHING: dict[str, Any] = {
    "subject": "Attendance Policy",
    "cause": "A-7",
    "expectation": "be in the session from 08:00 to 16:30, and tell the TL before it starts when that cannot be",
    "happened": [[AT["first"], "12 minutes late"]],
    "owner": "tl",
    "coached_at": AT["coached"],
    "coached_by": "tara",
    "why": "talked on the phone with HR",
    "fell": "the entry was corrected",
    "named": AT["slot"],
}


def coaching() -> Iterator[Example]:
    """Coachings and their answers."""
    for name, buttons in (
        ("coach", ("Coached", "Withdraw")),
        ("ask_why", ()),
        ("recorded", ("Undo",)),
        ("withdrawn", ("Undo",)),
        ("not_needed", ()),
        ("fate", ("Withdraw", "Coach anyway")),
        ("kept", ("Undo",)),
        ("overtaken", ()),
        ("time_to_come", ()),
    ):
        yield Example(template=f"coaching/{name}", ref="C-90", reader="tara", facts=COACHING, buttons=buttons)


PACE: dict[str, Any] = {
    "policy": "Agent Timeframe Expectations",
    "window": "3.5",
    "checkpoint": "K2",
    "due": "2026-11-17T23:30:00+00:00",
    "missing": ["module 4", "quiz 4 screenshot"],
    "open": ["module 4", "quiz 4 screenshot"],
    "left": ["13 green checkmarks", "Aetna product modules"],
    "claimed": ["AHIP final"],
    "coming": [["K3", "2026-11-18T23:30:00+00:00"], ["K4", "2026-11-19T19:00:00+00:00"]],
    "next_items": ["module 5", "quiz 5 screenshot", "AHIP final"],
    "blocked": [["2026-11-17T16:00:00+00:00", "2026-11-17T18:00:00+00:00", "N-Number late"]],
    "blocks": [],
    "proposed": [],
    "hours": 8,
    "sessions": 3,
    "session_hours": 3,
    "slots": [],
    "kind": "final",
    "gate": "approve",
    "late": False,
    "titles": ["AHIP final"],
    "item": "13 green checkmarks",
    "files": ["green.png"],
    "other": "ben",
    "other_ref": "P-13",
    "words": "progress m1 m2",
    "complete": False,
    "tracker": "In progress",
    "why": "N-Number late",
    "since": "2026-11-17T16:00:00+00:00",
    "ended": ["N-Number late"],
    "key": "nnumber",
    "by": "ben",
    "first": "2026-11-20T15:00:00+00:00",
    "last": "2026-11-24T15:00:00+00:00",
    "wanted": 0,
    "ends": "2026-11-25T03:00:00+00:00",
    "form": "Carrier Cert Completion Form",
    "reasons": [["nnumber", "N-Number late"], ["payment", "payment"], ["other", "other"]],
    "which": "2026-11-20T17:00:00+00:00",
    "name": "Ana Rivera",
}
SLOTS = [[f"2026-11-{day}T00:00:00+00:00", f"2026-11-{day}T03:00:00+00:00"] for day in (21, 24, 25)]
PACE_TO = {
    "ana": (
        "behind",
        "overdue_agent",
        "caught_up",
        "file_needed",
        "file_small",
        "proof_held",
        "order",
        "verified_agent",
        "redo_agent",
        "blocked_agent",
        "unblocked_agent",
        "not_granted_to",
        "extension",
        "planned_agent",
        "proposed",
        "proposed_before",
    ),
    "tara": (
        "behind_tl",
        "complete_tl",
        "reopened_tl",
        "blocked",
        "blocked_tl",
        "unblocked",
        "unblocked_tl",
        "not_granted",
        "grant",
        "planned_tl",
        "no_block",
        "which_reason",
        "no_case",
    ),
    "lia": ("verify", "verify_held", "ask_redo", "verified", "redo", "form", "form_filed", "nothing_claimed"),
    "wes": ("planned", "ot_unfit", "block_not_yours", "ot_closed"),
}
PACE_BUTTONS = {
    "order": ("They are done too",),
    "verify": ("OK: 13 green checkmarks", "Redo: 13 green checkmarks"),
    "verify_held": ("OK: 13 green checkmarks", "Redo: 13 green checkmarks"),
    "verified": ("Undo",),
    "redo": ("Undo",),
    "blocked": ("Undo",),
    "unblocked": ("Undo",),
    "proposed": ("Undo",),
    "not_granted": ("Undo",),
    "grant": ("Grant", "Not now"),
    "planned": ("Undo",),
    "ot_closed": ("It is agreed", "Other days"),
    "form": ("Submitted",),
    "form_filed": ("Undo",),
}


def carrier_cert() -> Iterator[Example]:
    """The pace of carrier certification."""
    rows = [{**PACE, "agent": agent, "ref": ref} for agent, ref in (("ana", "P-12"), ("ben", "P-13"))]
    yield Example(template="carrier_cert/behind_tl_many", ref="", reader="tara", facts={"rows": rows})
    for reader, names in PACE_TO.items():
        for name in names:
            buttons = PACE_BUTTONS.get(name, ())
            yield Example(template=f"carrier_cert/{name}", ref="P-12", reader=reader, facts=PACE, buttons=buttons)
    variants: tuple[tuple[str, dict[str, Any]], ...] = (
        ("behind", {"late": True}),
        ("behind_tl", {"proposed": [["2026-11-17T16:00:00+00:00", "N-Number late"]]}),
        ("verified_agent", {"complete": True}),
        ("extension", {"slots": SLOTS}),
        ("planned", {"slots": SLOTS, "wanted": 1}),
        ("planned_agent", {"slots": SLOTS}),
        ("grant", {"by": ""}),
        ("verify", {"files": [], "said_by": "tara"}),
        ("nothing_claimed", {"complete": True}),
        *(("ot_unfit", {"why": why}) for why in ("past", "overlap", "closed", "shift", "many", "none")),
    )
    for name, more in variants:
        yield Example(template=f"carrier_cert/{name}", ref="P-12", note="also", facts={**PACE, **more})
    yield Example(template="carrier_cert/wfm_ot", note="in #wfm, C-WFM-OT", ref="P-12", facts=PACE)
    for slots in ([], SLOTS):
        yield Example(template="carrier_cert/wfm_ot_cancel", note="in #wfm", ref="P-12", facts={**PACE, "slots": slots})
    spoken = {**PACE, "behalf": "lia"}
    granted: list[Any] = [[], PACE["blocked"]]
    for open_blocks in granted:
        facts = {**spoken, "checkpoint": "K4", "blocked": open_blocks}
        yield Example(template="carrier_cert/overdue", kind="mail", note="E-12", ref="P-12", facts=facts)
    yield Example(template="carrier_cert/accountability", kind="mail", note="E-11", ref="P-12", facts=spoken)
    for files in ([], ["green.png"]):
        facts = {**PACE, "behalf": "ana", "files": files}
        yield Example(template="carrier_cert/claimed", kind="mail", note="to licensing", ref="P-12", facts=facts)


LINK: dict[str, Any] = {
    "klass": "NOV16",
    "url": "https://meet.example.com/nov16",
    "before": "",
    "replaces": False,
    "late": False,
    "first": "2026-11-16T15:00:00+00:00",
    "starts": "2026-11-16T15:00:00+00:00",
    "ends": "2026-11-16T23:30:00+00:00",
    "breaks": [
        ["Break", "2026-11-16T17:00:00+00:00", "2026-11-16T17:15:00+00:00"],
        ["Lunch", "2026-11-16T19:00:00+00:00", "2026-11-16T19:30:00+00:00"],
        ["Break", "2026-11-16T21:30:00+00:00", "2026-11-16T21:45:00+00:00"],
    ],
    "agents": ["ana", "ben"],
    "without_personal": [],
    "hours": 48,
    "says": "Share the Agent Progress Report with every agent (personal and cXp address) and with each TL.",
    "addresses": True,
    "title": "share the Agent Progress Report",
    "said": "http://meet.example.com/x",
}
MEETING: dict[str, Any] = {
    "kind": "call shadowing",
    "url": "https://meet.example.com/s",
    "people": ["ana", "ben"],
    "by": "tara",
    "at": "2026-11-23T21:00:00+00:00",
    "near": False,
}
MORNING: dict[str, Any] = {
    "day": 1,
    "days": 4,
    "table": [
        ["K1", "2026-11-16T23:30:00+00:00", ["modules 1-2", "quiz screenshots 1-2"], True],
        ["K2", "2026-11-17T23:30:00+00:00", ["modules 3-4", "quiz screenshots 3-4"], False],
        ["K3", "2026-11-18T23:30:00+00:00", ["module 5", "AHIP final", "13 green checkmarks"], False],
        ["K4", "2026-11-19T19:00:00+00:00", ["Aetna product modules"], False],
    ],
    "advice": ["3 hours at most for a module", "2 hours for the AHIP final"],
    "tips": ["Where AHIP asks for it, enter your N-Number (N and digits), never your NPN."],
    "daily": "Report your progress to me before you log off, every evening: it is mandatory and takes a minute.",
}


def session_link() -> Iterator[Example]:
    """A class's link, its mornings, side meetings."""
    short = {**LINK, "without_personal": ["ben"], "late": True}
    changed = {**LINK, "replaces": True, "before": "https://meet.example.com/old"}
    for facts in (LINK, changed):
        yield Example(template="session_link/link", ref="L-1", reader="ben", facts=facts)
        yield Example(
            template="session_link/link",
            kind="mail",
            note="E-10",
            agent="ben",
            ref="L-1",
            facts={**facts, "behalf": "lia"},
        )
    late = {**LINK, "late": True, "behalf": "lia"}
    yield Example(template="session_link/link", kind="mail", note="E-10, late", ref="L-1", facts=late)
    for facts in (LINK, short, changed):
        yield Example(template="session_link/given", ref="L-1", reader="lia", facts=facts, buttons=("Undo",))
    yield Example(template="session_link/missing", ref="L-1", reader="lia", facts=LINK)
    for facts in (LINK, short):
        yield Example(template="session_link/prepare", ref="L-1", reader="lia", facts=facts, buttons=("Report shared",))
    yield Example(template="session_link/prepared", ref="L-1", reader="lia", facts=LINK, buttons=("Undo",))
    yield Example(template="session_link/morning", note="class channel", ref="L-1", facts=MORNING)
    yield Example(
        template="session_link/morning", note="class channel", ref="L-1", facts={**MORNING, "tips": [], "advice": []}
    )
    today = {"klass": "NOV16", "day": 1, "todo": ["Show the class how to get to the AHIP guide.", "N-Number, not NPN."]}
    yield Example(template="session_link/today", ref="L-1", reader="lia", facts=today)
    for more in ({}, {"near": True}, {"at": None}):
        yield Example(template="session_link/meeting", ref="L-1", reader="ana", facts={**MEETING, **more})
        yield Example(template="session_link/meeting_sent", ref="L-1", reader="tara", facts={**MEETING, **more})
    yield Example(template="session_link/same", ref="L-1", reader="lia", facts=LINK)
    for said in (LINK["said"], ""):
        yield Example(template="session_link/no_link", ref="L-1", reader="lia", facts={**LINK, "said": said})
