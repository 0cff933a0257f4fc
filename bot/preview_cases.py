"""Examples of what the workflows say: failed exams, CAPs and reviews, inhibiting situations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.preview_cast import AT, CAP, DOCUMENT, FIRST, LOCKED, REVIEW, SECOND, THIRD, Example, following

TO_AGENT = [
    "ready",
    "cleared",
    "passed",
    "locked_agent",
    "slot_agent",
    "slot_near",
    "disputed",
    "wrong_number",
    "recounted",
    "not_confirmed",
    "pass_refused",
    "pass_noted",
    "too_many",
    "already",
    "ask_same",
    "in_review",
    "schedule_nudged",
    "is_passed",
    "closed",
    "licensing_told",
]
TO_LICENSING = [
    "carrier_differs",
    "nudge",
    "inhibitor",
    "inhibited",
    "too_many_licensing",
    "scheduled",
    "slot_dropped",
    "no_such_attempt",
    "unproctored",
    "slot_near_proctor",
    "pass_disputed",
    "pass_refused_for",
    "slot_unfit",
    "result",
    "confirm",
    "too_early",
]
TO_HR = ["cap_held", "cap_overtaken", "uncoached", "cap_proceeds", "coach_instead"]
TO_WFM = ["thanks_wfm", "thanks_no_session"]
ON_FIRST = [
    "coach",
    "coached",
    "cleared",
    "advise_first",
    "ask_statement",
    "already",
    "ask_same",
    "form",
    "form_done",
    "wrong_number",
    "wrong_number_for",
    "recounted",
    "voided",
    "too_early",
    "disputed",
    "disputed_for",
    "ordinal",
]
ON_THIRD = [
    "confirm",
    "locked_agent",
    "inhibitor",
    "confirmed",
    "pass_disputed",
    "pass_noted",
    "closed",
    "too_many",
    "too_many_licensing",
]
HEARD = [
    "advise_first",
    "already",
    "ask_same",
    "ask_coached_at",
    "ask_statement",
    "ask_time",
    "cap_held",
    "cap_proceeds",
    "carrier_differs",
    "cleared",
    "closed",
    "coach",
    "coach_instead",
    "coached",
    "coaching_check",
    "confirm",
    "coaching_noted",
    "confirmed",
    "disputed",
    "disputed_for",
    "form",
    "form_done",
    "in_review",
    "inhibited",
    "inhibitor",
    "is_passed",
    "left",
    "licensing_told",
    "locked_agent",
    "not_coached",
    "not_confirmed",
    "nudge",
    "ordinal",
    "pass_disputed",
    "pass_noted",
    "pass_refused",
    "pass_refused_for",
    "passed",
    "passed_for",
    "passed_owner",
    "ready",
    "recounted",
    "rejected",
    "result",
    "schedule_nudged",
    "scheduled",
    "session_ended",
    "slot_agent",
    "slot_dropped",
    "slot_near",
    "slot_near_proctor",
    "slot_tl",
    "slot_unfit",
    "thanks_no_session",
    "thanks_wfm",
    "too_early",
    "too_many",
    "too_many_licensing",
    "uncoached",
    "voided",
    "wrong_number",
    "wrong_number_for",
    "cap_overtaken",
    "no_such_attempt",
    "unproctored",
]
BUTTONS: Mapping[str, tuple[str, ...]] = {
    "ordinal": ("Earlier fails happened", "Wrong number"),
    "ask_same": ("Same one", "A new fail"),
    "ask_statement": ("Coached – advised 2nd fail = Final CAP", "Not advised"),
    "is_passed": ("Tell licensing",),
    "confirm": ("Confirm third fail", "Not correct"),
    "result": ("Passed", "Not passed"),
    "uncoached": ("Proceed with CAP", "Coach instead"),
    "coaching_check": ("I did coach at …", "Not coached"),
    "inhibitor": ("Record inhibitor",),
    "coached": ("Undo",),
    "voided": ("Undo",),
}


def failed_exam() -> Iterator[Example]:
    """The failed exam, by the new wording unless the note says otherwise."""
    undo = ("Undo", "Wrong number")
    for n, base in enumerate((FIRST, SECOND, THIRD), 1):
        said = {**base, **following(n)}
        yield Example(template="failed_exam/recorded", note=f"fail {n}", reader="ana", facts=said, buttons=undo)
        yield Example(template="failed_exam/recorded_for", note=f"fail {n}", reader="tara", facts=said, buttons=undo)
        yield Example(
            template="failed_exam/notice", kind="mail", note=f"E-01, fail {n}", facts={**said, "behalf": "ana"}
        )
        old = {**base, **following(n, old=True)}
        yield Example(template="failed_exam/notice", kind="mail", note=f"E-01, fail {n}, old wording", facts=old)
    old2 = {**SECOND, **following(2, old=True, on_behalf=True), "reported_by": "will"}
    yield Example(template="failed_exam/recorded", note="fail 2, old wording, for him", reader="ana", facts=old2)
    guess = {**SECOND, **following(2, guessed=True)}
    right = ("Right", "Undo")
    yield Example(template="failed_exam/recorded", note="no ordinal given", reader="ana", facts=guess, buttons=right)
    ben = {**FIRST, **following(1), "reported_by": "ben"}
    yield Example(
        template="failed_exam/recorded", note="another zone", agent="ben", reader="ben", facts=ben, buttons=undo
    )
    wfm = ("Ended", "No session")
    yield Example(template="failed_exam/wfm_end", note="C-WFM-END in #wfm", buttons=wfm)
    for named in (None, AT["third"]):
        late = {**SECOND, "named": named}
        yield Example(template="failed_exam/coached_when", reader="tara", facts=late)
    yield Example(template="failed_exam/schedule", note="C-LIC-PROCTOR", facts=SECOND, buttons=("Schedule",))
    yield Example(template="failed_exam/schedule", note="to the PM", reader="pia", facts=SECOND, buttons=("Schedule",))
    needed = {**SECOND, "behalf": "tara"}
    yield Example(template="failed_exam/proctor_needed", kind="mail", note="E-03", facts=needed)
    flagged = {**LOCKED, "flags": ["unproctored", "before_cap"], "behalf": "tara"}
    yield Example(template="failed_exam/locked", kind="mail", note="E-04", facts=flagged)
    for agent, more in (("ana", {}), ("ben", {"moved": True}), ("ana", {"cancelled": True})):
        slot = {**SECOND, **more, "behalf": "lia"}
        yield Example(template="failed_exam/slot", kind="mail", note="E-25", agent=agent, facts=slot)
    for reader in ("ana", "lia"):
        yield Example(template="failed_exam/slot_cancelled", reader=reader, facts={**SECOND, "cancelled": True})
    for name in HEARD:
        base = FIRST if name in ON_FIRST else LOCKED if name in ON_THIRD else SECOND
        groups = ((TO_AGENT, "ana"), (TO_LICENSING, "lia"), (TO_HR, "hana"), (TO_WFM, ""))
        reader = next((who for group, who in groups if name in group), "tara")
        yield Example(template=f"failed_exam/{name}", reader=reader, facts=base, buttons=BUTTONS.get(name, ()))
    for why in ("past", "self"):
        yield Example(template="failed_exam/slot_unfit", note=why, reader="lia", facts={**SECOND, "why_not": why})
    far = {**SECOND, "near": "24h"}
    yield Example(template="failed_exam/slot_near", note="a day ahead", agent="ben", reader="ben", facts=far)
    yield Example(template="failed_exam/slot_near_proctor", note="a day ahead", agent="ben", reader="lia", facts=far)


CAP_TO_AGENT = [
    "receipt",
    "thanks",
    "comment_noted",
    "comment_noted_ask",
    "not_signed",
    "not_delivered_yet",
    "ask_comment",
]
CAP_TO_HR = ["approve", "approved", "returned", "concurrent", "refer", "ask_why"]
CAP_TO_TL = [
    "deliver",
    "mend",
    "fate",
    "witness",
    "no_answer",
    "ask_mend",
    "ask_witness",
    "sent_to_hr",
    "draft_sent",
    "delivered",
    "witnessed",
    "asked_again",
    "filed_as_is",
    "withdrawn",
    "kept",
    "not_ready",
    "is_delivered",
    "delivered_early",
]
ON_REVIEW = ["review_card", "review_recorded", "outcome_recorded", "outcome_refused", "outcome_tried"]
CAP_BUTTONS: Mapping[str, tuple[str, ...]] = {
    "receipt": ("I received this", "Add a comment", "I'd rather not sign"),
    "comment_noted_ask": ("I received this", "I'd rather not sign"),
    "approve": ("Approve", "Return"),
    "deliver": ("CAP delivered",),
    "fate": ("Withdraw", "Deliver anyway"),
    "witness": ("Witness",),
    "no_answer": ("Ask again", "File as it is"),
    "mend": ("Send again",),
    "review_card": ("No action", "Extend"),
}


def discipline() -> Iterator[Example]:
    """CAPs and reviews."""
    for names, reader in ((CAP_TO_AGENT, "ana"), (CAP_TO_HR, "hana"), (CAP_TO_TL, "tara")):
        for name in names:
            facts = {**CAP, "returned": "please add the dates" if name in ("mend", "returned") else ""}
            buttons = CAP_BUTTONS.get(name, ())
            yield Example(template=f"discipline/{name}", ref="C-88", reader=reader, facts=facts, buttons=buttons)
    for half in (False, True):
        unfit: dict[str, Any] = {**CAP, "half": half}
        yield Example(template="discipline/witness_unfit", ref="C-88", reader="tara", facts=unfit)
    sent_back = {**CAP, "returned": "please add the dates"}
    yield Example(template="discipline/not_ready", note="sent back", ref="C-88", reader="tara", facts=sent_back)
    for name in ON_REVIEW:
        buttons = CAP_BUTTONS.get(name, ())
        yield Example(template=f"discipline/{name}", ref="R-5", reader="hana", facts=REVIEW, buttons=buttons)
    held: dict[str, Any] = {**CAP, "notes": ["attempt 2 was taken before coaching was recorded"], "behalf": "tara"}
    held |= {"documents": [{"name": "Final_CAP_C-88.pdf", "hash": DOCUMENT}]}
    yield Example(template="discipline/draft", kind="mail", note="E-05", ref="C-88", facts=held)
    gate = {**CAP, "kind": "written", "gate": "approve", "due": None, "behalf": "tara"}
    yield Example(template="discipline/draft", kind="mail", note="E-05, HR first", ref="C-88", facts=gate)
    yield Example(
        template="discipline/receipt_mail", kind="mail", note="E-06", ref="C-88", facts={**CAP, "behalf": "tara"}
    )
    for answer in ("received", "not signed", "no response"):
        filed = {**CAP, "answer": answer, "witness": "Dev Shah" if answer == "not signed" else "", "behalf": "tara"}
        yield Example(template="discipline/filed", kind="mail", note=f"E-07, {answer}", ref="C-88", facts=filed)
    coached: dict[str, Any] = {
        "coached_at": AT["coached"],
        "coached_by": "tara",
        "subject": "Attendance Policy",
        "cause": "A-7",
        "happened": [[AT["first"], "12 minutes late"], [AT["first"], "20 minutes early out"]],
        "expectation": "Be in the session from 08:00 to 16:30, and tell the TL before it starts when that cannot be.",
        "behalf": "tara",
    }
    paper = {"name": "Coaching_Record_C-90.pdf", "hash": DOCUMENT}
    for facts in (coached, {**coached, "documents": [paper]}):
        note = "E-09, with its paper" if "documents" in facts else "E-09"
        yield Example(template="discipline/coaching_record", kind="mail", note=note, ref="C-90", facts=facts)
    dossier = {**REVIEW, "behalf": "tara", "documents": [{"name": "Review_dossier_R-5.pdf", "hash": DOCUMENT}]}
    yield Example(template="discipline/review", kind="mail", note="E-22", ref="R-5", facts=dossier)


def concern() -> Iterator[Example]:
    """Inhibiting situations."""
    facts = {"category": "AHIP closed for plan year 2026", "behalf": "lia", "others": ()}
    more = {**facts, "others": ("state licence",)}
    for name in ("recorded", "cleared"):
        yield Example(template=f"concern/{name}", ref="X-7", reader="lia", facts=facts, buttons=("Undo",))
        yield Example(template=f"concern/{name}", note="one of two", ref="X-7", reader="lia", facts=more)
    yield Example(template="concern/known", ref="X-7", reader="lia", facts=facts)
    nobody = {"name": "Ana Rivera", "username": "ana"}
    yield Example(template="concern/nothing_open", reader="lia", facts=nobody)
    yield Example(template="concern/inhibitor", kind="mail", note="E-13", ref="X-7", facts=facts)
