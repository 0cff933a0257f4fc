"""The cast of the examples and the facts they share. No words of ours are here.

Times are UTC; the cast is that of the worked examples, with Ben two hours ahead of his site.
"""

from __future__ import annotations

from collections.abc import Mapping
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
        ("cole", "Cole Carr", Role.cert_coordinator),
        ("cass", "Cass Moy", Role.certifier),
        ("tim", "Tim Bex", Role.tbt_sme),
    )
    above: dict[str, Any] = {
        "class_name": "NOV16",
        "tl": "tara",
        "pm": "pia",
        "site_director": "sam",
        "hr_rep": "hana",
        "esp_manager": "eve",
        "workshop_lead": "will",
        "cert_coordinator": "cole",
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
        "technical": 0,
        "remaining": 3 - n,
        "over": n == 3,
        "crashed": False,
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
        "asks": "For AHIP: were the correct answers of all five practice quizzes screenshotted?",
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
DOCUMENT = "3f9a77c12b0411225d1b7a90c4e6f8a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7"
"""A SHA-256, as papers have one."""

CAP = {
    "drafted_at": AT["second"],
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
    "document": DOCUMENT,
    "way": "own chat account",
    "proof": "@ana, user id Bz4xG9",
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
