"""One example, or several, for every template: the cast, the facts, the reader. No words of ours are here.

Times are UTC; the cast is that of the worked examples, with Ben two hours ahead of his site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from workflows.people import Agent, Person, Role, Roster, Site, TrainingClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A template with facts that fit it; `note` says what the case is, `buttons` what stands below the text."""

    template: str
    kind: str = "chat"
    note: str = ""
    agent: str = "ana"
    ref: str = "F-1043"
    reader: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[str, ...] = ()


AT = {
    "first": "2026-11-17T17:02:00+00:00",
    "coached": "2026-11-17T17:21:00+00:00",
    "second": "2026-11-17T20:00:00+00:00",
    "cap": "2026-11-17T22:30:00+00:00",
    "slot": "2026-11-18T17:00:00+00:00",
    "third": "2026-11-18T18:00:00+00:00",
    "confirmed": "2026-11-18T18:05:00+00:00",
}
ADVISED = "agent advised that failing a second attempt will result in a Final CAP"


def cast() -> Roster:
    """The people of the examples."""
    staff = (
        ("tara", "Tara Lee", Role.tl),
        ("dev", "Dev Shah", Role.tl),
        ("will", "Will Lane", Role.workshop_lead),
        ("pia", "Pia Moss", Role.pm),
        ("sam", "Sam Dean", Role.site_director),
        ("hana", "Hana Ruiz", Role.hr_rep),
        ("eve", "Eve Marsh", Role.esp_manager),
        ("lia", "Lia Cruz", Role.licensing),
        ("wes", "Wes Fox", Role.wfm),
    )
    above: dict[str, Any] = {
        "class_name": "NOV16",
        "tl": "tara",
        "pm": "pia",
        "site_director": "sam",
        "hr_rep": "hana",
        "esp_manager": "eve",
        "workshop_lead": "will",
    }
    days = frozenset(range(5))
    return Roster.build(
        contacts={"licensing_team": ("licensing@example.com",)},
        sites=(Site(key="slc", name="SLC", tz="America/Denver", days=days, open=time(8), close=time(17)),),
        classes=(
            TrainingClass(
                name="NOV16",
                site="slc",
                channel="#esp-nov16",
                start=date(2026, 11, 16),
                shift_start=time(8),
                shift_end=time(16, 30),
            ),
        ),
        people=[
            Person(
                username=key, name=name, email=f"{name.lower().replace(' ', '.')}@example.com", roles=frozenset({role})
            )
            for key, name, role in staff
        ],
        agents=[
            Agent(username="ana", first="Ana", last="Rivera", oid="40111", email="ana.rivera@example.com", **above),
            Agent(
                username="ben",
                first="Ben",
                last="Ortiz",
                oid="40112",
                email="ben.ortiz@example.com",
                tz="America/New_York",
                **above,
            ),
        ],
    )


def exam(n: int, at: str, **more: Any) -> dict[str, Any]:
    """What every template of a failed exam may say after the n-th of three fails."""
    return {
        "exam": "AHIP Final",
        "carrier": "AHIP",
        "year": 2026,
        "n": n,
        "last": 3,
        "final": n == 2,
        "reported_at": AT[at],
        "reported_by": "ana",
        "door": "chat",
        "flag": "",
        "flags": [],
        "policy": "Failed Cert Exams",
        "starts": AT["slot"],
        "proctor_name": "Lia Cruz",
        "link": "https://meet.example.com/ahip-7",
        "near": "15m",
        "why": "",
        "coached_at": AT["coached"],
        "statement": ADVISED,
        "why_not": "",
        "claimed": 3,
        "known_at": AT["first"],
        "known_n": 1,
        "attempt": n,
        "asked": AT["slot"],
        "moved": False,
        "passed_at": AT["third"],
        **more,
    }


def following(n: int, *, old: bool = False, **more: Any) -> dict[str, Any]:
    """What the n-th fail calls for, by the new or the old wording."""
    told = ["workshop_lead"] if old else ["tl", "pm", "licensing_team"]
    return {
        "guessed": False,
        "on_behalf": False,
        "coach": ("workshop_lead" if old else "tl") if n == 1 else "",
        "form": "workshop_lead" if old else "tl",
        "cap": {2: "written" if old else "final"}.get(n, ""),
        "proctor": ("a Production Manager" if old else "licensing") if n == 2 else "",
        "review": False,
        "stop": n == 2,
        "held": False,
        "confirming": n == 3,
        "notified": told,
        **more,
    }


FIRST, SECOND, THIRD = exam(1, "first"), exam(2, "second"), exam(3, "third")
HISTORY = [
    [AT["first"], "AHIP Final: attempt 1 not passed"],
    [AT["coached"], f"coached by @tara; {ADVISED}"],
    [AT["second"], "AHIP Final: attempt 2 not passed"],
    [AT["cap"], "CAP C-88 delivered"],
    [AT["third"], "AHIP Final: attempt 3 not passed"],
]
LOCKED = {
    **THIRD,
    "history": HISTORY,
    "prior": ["coaching after attempt 1, F-1043", "CAP C-88"],
    "confirmed_by": "lia",
    "confirmed_at": AT["confirmed"],
    "notified": ["site_director", "hr_rep", "pm", "tl"],
}
CAP = {
    "kind": "final",
    "cause": "F-1043",
    "subject": "AHIP Final",
    "gate": "inform",
    "clause": "",
    "notes": [],
    "delivered_at": AT["cap"],
    "delivered_by": "tara",
    "answer": "received",
    "answered_at": AT["slot"],
    "comment": "",
    "witness": "Dev Shah",
    "returned": "",
    "fell": "passed",
    "due": AT["cap"],
    "missing": [],
    "active": ["C-71"],
}
REVIEW = {
    "subject": "AHIP Final",
    "cause": "F-1043",
    "timeline": HISTORY,
    "contrary": ["attempt 3 was taken without a proctor"],
    "outcome": "extend",
    "text": "two more weeks",
    "decided_by": "hana",
    "decided_at": AT["confirmed"],
    "outcomes": ["no action", "extend", "other role", "terminate"],
    "asker": "pia",
}
FORM = {
    "template": "failed_exam/form",
    "text": "File the Failed Cert Exam Tracking Form for Ana Rivera's first attempt (AHIP Final).",
    "due": "2026-11-17T18:02:00+00:00",
    "title": "form",
    "ref": "F-1043",
}
COACH = {
    "template": "failed_exam/coach",
    "text": "Coach Ana Rivera before attempt 2 (AHIP Final).",
    "due": "2026-11-17T18:02:00+00:00",
    "title": "coaching",
    "ref": "F-1043",
}
DELIVER = {
    "template": "discipline/deliver",
    "text": "Meet Ana Rivera, hand over the Final CAP (AHIP Final) and go through it together. Hana Ruiz has a copy.",
    "due": None,
    "title": "deliver the CAP",
    "ref": "C-88",
}
RECEIPT = {
    "template": "discipline/receipt",
    "text": "Please confirm that you received the Final CAP (AHIP Final) that Tara Lee gave you on Tue 17 Nov, 15:30.",
    "due": None,
    "title": "confirm receipt",
    "ref": "C-88",
}
DECIDE = {
    "template": "discipline/review_card",
    "text": "Please look at Ana Rivera's case (AHIP Final; all of it is in your mail) and record what is decided.",
    "facts": REVIEW,
    "due": "2026-11-19T18:05:00+00:00",
    "title": "record the review's outcome",
    "ref": "R-5",
}

TO_AGENT = ("ready", "cleared", "passed", "locked_agent", "slot_agent", "slot_near", "disputed", "wrong_number")
TO_AGENT += ("recounted", "not_confirmed", "pass_refused", "pass_noted", "too_many", "already", "ask_same", "in_review")
TO_AGENT += ("schedule_nudged", "is_passed", "closed", "licensing_told")
TO_LICENSING = ("carrier_differs", "nudge", "inhibitor", "inhibited", "too_many_licensing", "scheduled", "slot_dropped")
TO_LICENSING += ("no_such_attempt", "unproctored")
TO_LICENSING += (
    "slot_near_proctor",
    "pass_disputed",
    "pass_refused_for",
    "slot_unfit",
    "result",
    "confirm",
    "too_early",
)
TO_HR = ("cap_held", "cap_overtaken", "uncoached", "cap_proceeds", "coach_instead")
TO_WFM = ("thanks_wfm", "thanks_no_session")
ON_FIRST = ("coach", "coached", "cleared", "advise_first", "ask_statement", "already", "ask_same", "form", "form_done")
ON_FIRST += (
    "wrong_number",
    "wrong_number_for",
    "recounted",
    "voided",
    "too_early",
    "disputed",
    "disputed_for",
    "ordinal",
)
ON_THIRD = ("confirm", "locked_agent", "inhibitor", "confirmed", "pass_disputed", "pass_noted", "closed", "too_many")
ON_THIRD += ("too_many_licensing",)
HEARD = (
    "advise_first",
    "already",
    "ask_same",
    "ask_coached_at",
    "ask_statement",
    "ask_time",
    "cap_held",
    "cap_proceeds",
)
HEARD += ("carrier_differs", "cleared", "closed", "coach", "coach_instead", "coached", "coaching_check", "confirm")
HEARD += ("coaching_noted", "confirmed", "disputed", "disputed_for", "form", "form_done", "in_review", "inhibited")
HEARD += ("inhibitor", "is_passed", "left", "licensing_told", "locked_agent", "not_coached", "not_confirmed", "nudge")
HEARD += ("ordinal", "pass_disputed", "pass_noted", "pass_refused", "pass_refused_for", "passed", "passed_for")
HEARD += ("passed_owner", "ready", "recounted", "rejected", "result", "schedule_nudged", "scheduled", "session_ended")
HEARD += ("slot_agent", "slot_dropped", "slot_near", "slot_near_proctor", "slot_tl", "slot_unfit", "thanks_no_session")
HEARD += ("thanks_wfm", "too_early", "too_many", "too_many_licensing", "uncoached", "voided", "wrong_number")
HEARD += ("wrong_number_for", "cap_overtaken", "no_such_attempt", "unproctored")
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


CAP_TO_AGENT = (
    "receipt",
    "thanks",
    "comment_noted",
    "comment_noted_ask",
    "not_signed",
    "not_delivered_yet",
    "ask_comment",
)
CAP_TO_HR = ("approve", "approved", "returned", "concurrent", "refer", "ask_why")
CAP_TO_TL = ("deliver", "mend", "fate", "witness", "no_answer", "ask_mend", "ask_witness", "sent_to_hr", "draft_sent")
CAP_TO_TL += ("delivered", "witnessed", "asked_again", "filed_as_is", "withdrawn", "kept", "not_ready", "is_delivered")
ON_REVIEW = ("review_card", "review_recorded", "outcome_recorded", "outcome_refused", "outcome_tried")
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
    for name in ON_REVIEW:
        buttons = CAP_BUTTONS.get(name, ())
        yield Example(template=f"discipline/{name}", ref="R-5", reader="hana", facts=REVIEW, buttons=buttons)
    held = {**CAP, "notes": ["attempt 2 was taken before coaching was recorded"], "behalf": "tara"}
    yield Example(template="discipline/draft", kind="mail", note="E-05", ref="C-88", facts=held)
    gate = {**CAP, "kind": "written", "gate": "approve", "due": None, "behalf": "tara"}
    yield Example(template="discipline/draft", kind="mail", note="E-05, HR first", ref="C-88", facts=gate)
    yield Example(
        template="discipline/receipt_mail", kind="mail", note="E-06", ref="C-88", facts={**CAP, "behalf": "tara"}
    )
    for answer in ("received", "not signed", "no response"):
        filed = {**CAP, "answer": answer, "witness": "Dev Shah" if answer == "not signed" else "", "behalf": "tara"}
        yield Example(template="discipline/filed", kind="mail", note=f"E-07, {answer}", ref="C-88", facts=filed)
    yield Example(template="discipline/review", kind="mail", note="E-22", ref="R-5", facts={**REVIEW, "behalf": "tara"})


def concern() -> Iterator[Example]:
    """Inhibiting situations."""
    facts = {"category": "AHIP closed for plan year 2026", "behalf": "lia"}
    yield Example(template="concern/recorded", ref="X-7", reader="lia", facts=facts, buttons=("Undo",))
    yield Example(template="concern/cleared", ref="X-7", reader="lia", facts=facts, buttons=("Undo",))
    yield Example(template="concern/inhibitor", kind="mail", note="E-13", ref="X-7", facts=facts)


def duty() -> Iterator[Example]:
    """Cards, reminders, escalations."""
    two, one = {"items": [FORM, COACH]}, {"items": [COACH]}
    silent = {"owners": ["tara"], "since": AT["first"], "late": False}
    done = ("Form done", "Coached – advised 2nd fail = Final CAP")
    yield Example(template="duty/card", note="two duties", reader="tara", facts=two, buttons=done)
    both = {"items": [{**FORM, "due": None}, DELIVER]}
    yield Example(
        template="duty/card", note="two cases", reader="tara", facts=both, buttons=("Form done", "CAP delivered")
    )
    receipt, decide = CAP_BUTTONS["receipt"], CAP_BUTTONS["review_card"]
    own = {"items": [RECEIPT]}
    yield Example(template="duty/card", note="the agent's own", ref="C-88", reader="ana", facts=own, buttons=receipt)
    review = {"items": [DECIDE]}
    yield Example(template="duty/card", note="a review", ref="R-5", reader="hana", facts=review, buttons=decide)
    yield Example(template="duty/reminder", reader="tara", facts={**one, "late": False}, buttons=done[1:])
    yield Example(template="duty/reminder", note="late", reader="tara", facts={**two, "late": True}, buttons=done)
    yield Example(template="duty/escalation", reader="eve", facts={**two, **silent})
    yield Example(template="duty/repeat", reader="eve", facts={**one, **silent})
    yield Example(template="duty/delegated", reader="dev", facts={**two, "owners": ["tara"]}, buttons=done)


PLAIN = ("button_unknown", "left_alone", "thanks", "nothing_asked", "whose", "stranger", "rate_limited")
PLAIN += ("encrypted_room", "edited_notice", "use_dm", "no_team", "poisoned", "error_answer")
WHAT = {"what": "AHIP Final"}
REFUSED = {"who": ["Tara Lee"], "event": "Coached", "state": "F2_READY", "duties": ["form", "deliver the CAP"]}


def house() -> Iterator[Example]:
    """What the house itself says."""

    def say(name: str, /, reader: str = "ana", buttons: tuple[str, ...] = (), note: str = "", **facts: Any) -> Example:
        return Example(template=f"house/{name}", reader=reader, facts=facts, buttons=buttons, note=note)

    for name in PLAIN:
        yield Example(template=f"house/{name}", ref="", reader="ana")
    told = {**WHAT, "reason": "wrong exam", "by": "ana"}
    yield say("correction", "pia", **told)
    yield Example(template="house/correction_wfm", note="C-WFM-UNDO")
    yield Example(template="house/correction_post", note="#licensing")
    original = "[F-1043] Failed attempt 2: AHIP Final - Ana Rivera"
    wrong = {**told, "original_subject": original, "sent_at": AT["second"], "behalf": "ana"}
    yield Example(template="house/correction_mail", kind="mail", note="E-08", facts=wrong)
    yield say("undone", **WHAT, told=["Tara Lee", "Pia Moss", "licensing@example.com", "#wfm"], event="ExamFailed")
    yield say("undone", **WHAT, told=[], event="FormDone", note="nobody told")
    yield say("undo_late", **WHAT, names=["Tara Lee", "Lia Cruz"])
    yield say("undo_asked_already")
    yield say("cannot_unwind", **WHAT)
    asks = ("Confirm correction", "Keep as it is")
    yield say("correction_request", "tara", asks, **WHAT, asker="ana", by="ana", at=AT["third"], event="ExamFailed")
    yield say("correction_kept", "tara", **WHAT, own=True)
    yield say("correction_kept", by="tara", **WHAT, own=False)
    yield say("voided_request", **WHAT, names=["Lia Cruz"])
    yield say("nothing_to_undo", ref_named="F-1043", undone=False)
    yield say("nothing_to_undo", ref_named="", undone=True, note="twice")
    yield say("already_done", "tara", done="confirmed", by="lia", at=AT["confirmed"], title="")
    yield say("button_stale", done="answered", by="", at=AT["third"], title="coaching")
    for name in ("not_yours", "not_now", "not_so", "finished"):
        yield say(name, "pia", **REFUSED)
    yield say("not_your_question", name="Tara Lee")
    yield Example(template="house/no_such_ref", ref="", reader="ana", facts={"ref_named": "F-99"})
    yield say("no_such_pack", "hana", pack="failed-exams-odd", packs=["failed-exams-new", "failed-exams-old"])
    for why in ("", "opened under the old wording"):
        yield say("repin_unfit", "hana", pack="failed-exams-old", why=why)
    yield say("repinned", "hana", pack="failed-exams-old", title="Failed Cert Exams")
    yield Example(template="house/agent_left", ref="", reader="tara", facts={"name": "Ana Rivera"})
    yield Example(template="house/nle_done", ref="", reader="eve", facts={"name": "Ana Rivera"})
    for reader in ("tara", "ana"):
        yield Example(template="house/no_case", ref="", reader=reader, facts={"name": "Ana Rivera", "username": "ana"})
    yield say("which", "tara", ("F-1043 Ana Rivera, 1", "F-1043 Ana Rivera, 2"), titles=["form", "form"])
    yield from _boards()
    yield from _absences()
    dead = {"key": "F-1043:3:2", "channel": "mail", "lane": "pia.moss@example.com", "since": AT["second"]}
    lost = {"source": "rc:Wx9", "since": AT["second"]}
    yield Example(template="house/ops_poisoned", note="#esp-bot-ops", ref="", facts=lost)
    for name in ("ops_dead_letter", "ops_delayed"):
        facts = {**dead, "error": "452 mailbox full"}
        yield Example(template=f"house/{name}", note="#esp-bot-ops", ref="", facts=facts)


def _boards() -> Iterator[Example]:
    case = {"ref": "F-1043", "exam": "AHIP Final", "n": 2, "state": "F2_READY", "slot": AT["slot"], "kind": "ready"}
    other = {"ref": "F-1044", "exam": "Aetna Core", "n": 1, "state": "F1_COACHING", "slot": None, "kind": "coaching"}
    own = {"cases": [case, other], "items": [RECEIPT], "is_agent": True}
    yield Example(template="house/me", ref="", reader="ana", facts=own)
    staff = {"cases": [], "items": [FORM, COACH, DELIVER], "is_agent": False}
    yield Example(template="house/me", note="a TL", ref="", reader="tara", facts=staff)
    none: dict[str, Any] = {"cases": [], "items": [], "is_agent": True}
    yield Example(template="house/me", note="nothing open", ref="", reader="ana", facts=none)
    rows = [
        {"agent": "ana", "cases": [case], "items": [FORM, DELIVER]},
        {"agent": "ben", "cases": [other], "items": []},
    ]
    rows.append({"agent": "cora", "cases": [], "items": []})
    yield Example(template="house/team", ref="", reader="tara", facts={"rows": rows})
    yield Example(template="house/team", note="nothing open", ref="", reader="tara", facts={"rows": rows[2:]})


def _absences() -> Iterator[Example]:
    away = {"person": "tara", "delegate": "dev", "until": "2026-11-20T23:00:00+00:00"}
    yield Example(template="house/delegated", ref="", reader="tara", facts=away)
    yield Example(template="house/delegated_to_you", ref="", reader="dev", facts=away)
    yield Example(template="house/delegation_ended", ref="", reader="dev", facts=away)
    for until in (None, away["until"]):
        facts = {"name": "Dev Shah", "until": until}
        yield Example(template="house/delegate_unfit", ref="", reader="tara", facts=facts)
    yield Example(template="house/back", ref="", reader="tara", facts={"ended": ["dev"]})
    for reader in ("tara", "eve"):
        yield Example(template="house/leave_recorded", ref="", reader=reader, facts=away)
    short = {"person": "tara", "until": "2026-11-17T20:15:00+00:00", "why": "helping Ben", "cover": "lia"}
    yield Example(template="house/away_post", note="class channel", ref="", facts=short)
    for rooms in (["#esp-nov16"], []):
        yield Example(template="house/away_noted", ref="", reader="tara", facts={**short, "rooms": rooms})


def all_examples() -> Iterator[Example]:
    """Every example, in the order of the folders."""
    for part in (failed_exam, discipline, concern, duty, house):
        yield from part()
