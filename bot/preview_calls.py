"""Examples of what is said about call certification and TBTs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import AT, Example

ROUND: dict[str, Any] = {
    "round": 1,
    "n": 2,
    "calls": 5,
    "passes": 1,
    "pass_mark": 85,
    "pass_rate": 80,
    "rate": 20,
    "result": "",
    "passed": False,
    "certifier": "cass",
    "link": "https://meet.example.com/room-1",
    "connected_at": "2026-11-23T20:00:00+00:00",
    "hours": 4,
    "used": "1 h 20 min",
    "filename": "Rivera_Ana_20%.xlsx",
    "why": "",
}
DONE = {
    **ROUND,
    "n": 5,
    "passes": 4,
    "rate": 80,
    "result": "PASSED",
    "passed": True,
    "filename": "Rivera_Ana_80%.xlsx",
}
CALL = {
    "call": 2,
    "score": "84.99",
    "call_passed": False,
    "well": "stayed calm",
    "down": "disclaimer came late",
    "prepare": "say the disclaimer first",
    "earlier": "",
    "lost": False,
    "all_scored": False,
}
FILE = {"file": "Rivera_Ana_80%.xlsx", "read": True}
UNFIT = {
    "file": "Rivera_Ana_80%.xlsx",
    "texts": False,
    "differing": [{"call": 3, "sheet": "92", "recorded": "90"}, {"call": 5, "sheet": "", "recorded": "100"}],
    "inside": "Ben Ortiz",
    "count": 6,
}
TAKEN = [
    {"call": n, "score": score, "passed": score != "84.99", "well": "warm", "down": "no recap", "prepare": "recap"}
    for n, score in enumerate(("85", "84.99", "90", "88", "100"), 1)
]
NAMES = [f"Rivera_Ana_{rate}%.xlsx" for rate in range(0, 101, 20)]
SCORES = [
    {"call": n, "score": score, "passed": score >= "85"} for n, score in enumerate(("92", "70", "88", "60", "90"), 1)
]
WHY_NOT = {
    "day": 1,
    "from_day": 2,
    "from_time": "12:00",
    "wanted": "cass",
    "busy_with": "ben",
    "issue": "H-3",
    "early_by": ["certifier", "cert_coordinator"],
    "equipment_by": ["cert_coordinator"],
    "handover_by": ["cert_coordinator"],
}
LINE = {
    "agent": "ana",
    "ref": "Q-1",
    "day": 2,
    "issue": "",
    "equipment": "ok",
    "certifier": "cass",
    "n": 2,
    "calls": 5,
    "passes": 1,
    "rate": 20,
    "hours": 1.3,
    "limit": 4,
    "connected_at": ROUND["connected_at"],
    "halted": [],
}


def call_cert() -> Iterator[Example]:
    """Rounds of calls."""

    def one(name: str, facts: Any, reader: str = "cass", note: str = "", buttons: tuple[str, ...] = ()) -> Example:
        return Example(template=f"call_cert/{name}", ref="Q-1", reader=reader, facts=facts, note=note, buttons=buttons)

    yield one("absent", {"name": "Ana Rivera", "username": "ana"}, "cole")
    yield one("connected", {**ROUND, "again": False, "day": 2}, "cole", buttons=("Undo",))
    yield one("connected", {**ROUND, "again": True, "day": 1, "why": "Cass is ill", "link": ""}, "cole", "handed over")
    yield one("connected_agent", ROUND, "ana")
    yield one("connected_agent", {**ROUND, "link": ""}, "ana", "no link")
    yield one("connected_certifier", {**ROUND, "n": 0})
    yield one("connected_certifier", {**ROUND, "link": ""}, note="handed over")
    yield one("handed_over", ROUND)
    for why in ("elsewhere", "certifier", "early", "equipment", "reason", "scored", "closed"):
        yield one("not_connected", {**ROUND, **WHY_NOT, "why": why}, "cole", why)
    yield one("score", {**ROUND, **CALL}, "ana")
    yield one(
        "score", {**DONE, **CALL, "call": 5, "score": "100", "call_passed": True, "all_scored": True}, "ana", "last"
    )
    yield one("scored", {**ROUND, **CALL}, buttons=("Undo", "Rescore"))
    yield one("scored", {**ROUND, **CALL, "lost": True, "n": 3}, note="out of reach", buttons=("Undo", "Rescore"))
    yield one("scored", {**DONE, **CALL, "all_scored": True, "earlier": "80"}, note="rescored", buttons=("Undo",))
    for name in ("ask_score", "ask_well", "ask_down", "ask_prepare"):
        yield one(name, {**ROUND, "call": 3, "score": "92"})
    for why in ("connect", "certifier", "sixth", "no_call", "order", "range", "submitted", "closed"):
        yield one("not_scored", {**ROUND, "why": why, "call": 4, "score": "105", "next_call": 3}, note=why)
    yield one("scorecard", DONE)
    yield one("submitted", {**DONE, **FILE}, buttons=("Undo",))
    yield one("submitted", {**DONE, **FILE, "read": False}, note="not readable", buttons=("Undo",))
    reasons = ("macros", "format", "swapped", "person", "another", "calls", "scores", "rate", "recorded", "content")
    for why in (*reasons, "certifier", "again", "unscored", "name"):
        yield one("not_submitted", {**DONE, **UNFIT, "why": why}, note=why)
    yield one("not_submitted", {**ROUND, **UNFIT, "why": "certifier", "certifier": ""}, note="not connected")
    yield one("not_submitted", {**ROUND, **UNFIT, "why": "unscored", "texts": True}, note="without feedback")
    yield one(
        "ask_record",
        {**ROUND, **FILE, "scores": TAKEN, "would_pass": 4, "would_rate": 80, "would_be": True},
        buttons=("Yes", "No"),
    )
    yield one("scores", {**DONE, "scores": TAKEN}, "ana")
    yield one("taken", {**DONE, "scores": TAKEN}, buttons=("Undo",))
    yield one("sheet_left", ROUND)
    yield one("handed_out", {**ROUND, "whole": False})
    yield one("handed_out", {**DONE, "whole": True}, note="all scored")
    yield one("upload", {**DONE, **FILE}, "cole", buttons=("Uploaded",))
    yield one("upload", {**DONE, **FILE, "read": False}, "cole", "not readable", buttons=("Uploaded",))
    yield one("uploaded", {**DONE, "status": "Pass 80%"}, "cole", buttons=("Undo",))
    yield one("hours_used", ROUND, "cole")
    yield one("paused", ROUND, buttons=("Undo",))
    yield one("resumed", ROUND, buttons=("Undo",))
    steps = ("certifier", "not_connected", "paused", "not_paused", "why", "no_scorecard", "unscored", "reopen_why",
             "sheet_theirs", "sheet_early", "sheet_late")  # fmt: skip
    for why in (*steps, "reopen_early"):
        yield one("no_step", {**ROUND, "why": why}, note=why)
    yield one("reopened", {**DONE, "next_round": 2}, "cole", buttons=("Undo",))
    yield one("reopened_agent", {**DONE, "next_round": 2}, "ana")
    yield one("ended", ROUND)
    yield one("no_queue", {}, "tara")
    lists: dict[str, Any] = {"at": AT["first"], "waiting": [], "connected": [], "scorecards": [], "uploads": []}
    lists["sessions"] = [{"says": "systems and scripting training", "agents": ["ana", "ben"]}]
    yield one("queue", lists, "cole", "nobody")
    waits = [LINE, {**LINE, "agent": "ben", "issue": "H-3", "halted": ["blocked"]}, {**LINE, "equipment": "unknown"}]
    yield one(
        "queue", {**lists, "waiting": waits, "connected": [LINE], "scorecards": [LINE], "uploads": [LINE]}, "cole"
    )
    for name, facts in (
        ("received", {**DONE, **FILE}),
        ("not_passed", {**DONE, "rate": 60, "passes": 3, "scores": SCORES}),
        ("sheet", {**ROUND, "whole": False, "names": NAMES}),
        ("sheet", {**DONE, "whole": True, "names": NAMES}),
    ):
        yield Example(template=f"call_cert/{name}", kind="mail", ref="Q-1", facts=facts)


COURSES: dict[str, Any] = {
    "total": 15,
    "done": 6,
    "proved": 4,
    "uploaded": 0,
    "remaining": ["211648", "211651"],
    "unproved": ["211644"],
    "hours": 8,
    "suggested": "Rivera_Ana_TBT.pdf",
    "courses": ["211607", "211629"],
    "course": "211629",
    "course_title": "Call Recording and Disclosures",
    "fails": 3,
    "file": "Rivera_Ana_TBT.pdf",
    "why": "page 2 is cut off",
    "said": "17",
    "left": 2,
    "again": False,
    "loose": False,
    "complete": False,
    "claimed": ["211629"],
    "count": None,
    "with_proof": False,
    "held": False,
    "other": "ben",
    "other_ref": "T-2",
    "own": True,
    "class_name": "NOV16",
    "smes": 3,
    "least": 1,
    "most": 2,
    "blanks": ["ana", "ben"],
    "days": 10,
    "desk": "the client service desk",
}


def tbt() -> Iterator[Example]:
    """Courses, proofs, searches."""

    def one(name: str, reader: str = "ana", note: str = "", buttons: tuple[str, ...] = (), **more: Any) -> Example:
        return Example(
            template=f"tbt/{name}", ref="T-1", reader=reader, facts={**COURSES, **more}, note=note, buttons=buttons
        )

    yield Example(template="tbt/absent", ref="", reader="tim", facts={"name": "Ana Rivera", "username": "ana"})
    yield one("smes", "cole")
    yield one("blanks", "cole")
    yield one("n_number")
    yield one("nudge")
    yield one("nudge_sme", "tim")
    rows = [{**COURSES, "agent": agent, "ref": ref} for agent, ref in (("ana", "T-1"), ("ben", "T-2"))]
    for name in ("nudge_many", "hours_used_many"):
        yield Example(template=f"tbt/{name}", ref="", reader="tim", facts={"rows": rows})
    yield one("hours_used", "cole")
    yield one("claimed", buttons=("Undo",))
    yield one("claimed", note="a count", buttons=("Undo",), count=6)
    yield one("claimed", note="with its proof", with_proof=True)
    yield one("claimed", note="with a proof that is held", with_proof=True, held=True)
    yield one("proof_thanks", buttons=("Undo",))
    yield one("proof_thanks", note="of which courses?", loose=True)
    yield one("held_thanks", buttons=("Undo",))
    yield one("proof", "tim", buttons=("OK", "Redo"))
    yield one("proof_held", "lia", buttons=("OK", "Redo"))
    for held in (False, True):
        facts = {**COURSES, "behalf": "ana", "held": held}
        yield Example(template="tbt/proof_mail", kind="mail", note="held" if held else "", ref="T-1", facts=facts)
    yield one("ask_redo", "tim")
    yield one("accepted_agent")
    yield one("accepted", "tim", buttons=("Undo",))
    yield one("upload", "cole", buttons=("Uploaded",))
    yield one("uploaded", "cole", buttons=("Undo",))
    yield one("uploaded", "cole", "all", complete=True)
    yield one("complete")
    yield one("redo_agent")
    yield one("redo", "tim", buttons=("Undo",))
    yield one("ask_screenshot")
    yield one("ask_screenshot", note="no picture", again=True)
    yield one("ask_ticks", buttons=("Number and name", "Only number", "Only name"))
    yield one("search_both", other="name")
    yield one("missing_thanks", buttons=("Undo",))
    yield one("search", "tim", buttons=("Searched, not there", "Not enough"))
    yield one("ask_search", "tim")
    yield one("searched_agent")
    yield one("searched", "tim", buttons=("Undo",))
    yield one("found_agent")
    yield one("found", "tim", buttons=("Undo",))
    yield one("failed_agent", buttons=("Undo",))
    yield one("failed_for", "tim", buttons=("Undo",))
    yield one("retake", "tim", buttons=("Room is open",))
    yield one("retake_agent")
    yield one("retake_noted", "tim")
    yield one("failed_often", "tara")
    yield one("on_ladder")
    reasons = (
        "beyond",
        "unknown",
        "pdf",
        "already",
        "all_proved",
        "no_proof",
        "not_proved",
        "no_search",
        "proved",
        "",
    )
    for why in reasons:
        yield one("refused", note=why or "no retake", why=why)
    listed = [{"number": "211629", "title": "Call Recording and Disclosures", "exam": True, "standing": "to do"}]
    yield one("list", courses=listed)
    yield Example(template="tbt/failed_often", kind="mail", ref="T-1", facts=COURSES)
    search = {"agent": "ana", "number": "211629", "title": "Call Recording", "file": "Rivera_Ana_211629_search.png"}
    yield Example(template="tbt/search_pack", kind="mail", ref="Y-1", facts={"day": AT["first"], "searches": [search]})


def asked() -> Iterator[Example]:
    """Plain questions of these commands."""
    for name, facts in (
        ("not_certifier", {"name": "Dev Shah"}),
        ("not_your_scorecard", {}),
        ("send_scorecard", {}),
        ("which_tbt", {"example": "tbt done 211629"}),
        ("uploaded_what", {}),
        ("file_for_what", {"file": "proof.docx"}),
    ):
        yield Example(template=f"say/{name}", ref="", reader="cole", facts=facts)
