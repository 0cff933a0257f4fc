"""Examples of what the floor says: progress, equipment, carrier tickets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cast import AT, Example

END = "2026-11-17T23:30:00+00:00"
ECHO: dict[str, Any] = {
    "parts": ["modules 1-2", "quiz screenshots 1-2", "TBTs 3/15", "call certs 0/5"],
    "blockers": "",
    "note": "",
    "files": 0,
    "open": ["AHIP final", "Aetna courses"],
    "problems": [],
    "unclear": [],
    "refused": [],
    "skipped": [],
    "module": 2,
    "late": False,
    "due": True,
    "ahip_failed": False,
    "next": END,
}
TANGLED = {
    **ECHO,
    "parts": ["modules 5"],
    "blockers": "no N-Number",
    "note": "slow internet all day",
    "files": 2,
    "problems": [{"there": 15, "what": "courses", "said": 17}],
    "unclear": ["quizzes", "tbt", "modules", "calls"],
    "refused": ["setup.exe"],
    "skipped": [1, 2, 3, 4],
    "module": 5,
    "late": True,
    "ahip_failed": True,
    "next": None,
}
SHEET = {
    "sheet": "ESP Agent Progress Report - NOV16",
    "rows": [
        {"name": "Ortiz, Ben", "oid": "40112", "email": "ben.ortiz@example.com", "personal": "ben@home.example.net"},
        {"name": "Rivera, Ana", "oid": "40111", "email": "ana.rivera@example.com", "personal": ""},
    ],
    "more": 4,
    "without": ["Ana Rivera"],
    "tls": ["Tara Lee"],
    "unique": True,
}
ISSUE: dict[str, Any] = {
    "issue": "headset has no sound",
    "since": AT["first"],
    "reported_by": "ana",
    "number": "INC-77",
    "shipment": "headset, Thursday",
    "owner": "cert_coordinator",
    "state": "ISSUE_OPEN",
    "files": 1,
    "hub": "cvshealth.sabacloud.com",
    "again": False,
    "refused": [],
}
TICKET: dict[str, Any] = {
    "kind": "payment",
    "title": "AHIP asks for payment",
    "issue": "it wants 125 dollars",
    "since": AT["first"],
    "reported_by": "ana",
    "files": 1,
    "number": "77",
    "submitted_at": AT["coached"],
    "submitted_by": "tara",
    "owner": "tl",
    "why": "the N-Number was missing",
    "state": "DRAFT",
    "refused": [],
    "checked": False,
}
GUIDE = {
    "steps": ["Do not pay", "Was your N-Number or your NPN entered? It must be the N-Number"],
    "general": ["Close every tab and open the page again in a private window", "Try Chrome, then Edge"],
    "never": ["Do not contact AHIP or Aetna support unless told to", "Never send your Tax ID or card data"],
    "profile": [],
}
GUIDES = [{"title": "AHIP guide", "url": "https://drive.example.com/ahip"}, {"title": "Coaching resource", "url": ""}]
PROFILE = {**GUIDE, "profile": ["your name, exactly as on your licence", "your NPN"]}
LINES = [
    {
        "ref": "K-7",
        "agent": "ana",
        "title": "AHIP asks for payment",
        "state": "TRIAGE",
        "since": AT["first"],
        "number": "",
    },
    {
        "ref": "K-8",
        "agent": "ben",
        "title": "cannot log in",
        "state": "SUBMITTED",
        "since": AT["second"],
        "number": "78",
    },
]


CLASSES = (("NOV16", ["ana", "ben"]), ("NOV23", ["cora"]))


def progress() -> Iterator[Example]:
    """The day's report, asked for, read back, missing."""
    for calls in (False, True):
        yield Example(
            template="progress/prompt",
            ref="G-3",
            reader="ana",
            facts={"cutoff": END, "calls": calls},
            note="calls" if calls else "",
        )
    yield Example(template="progress/asked", note="class channel", ref="", facts={"cutoff": END})
    yield Example(template="progress/missing", ref="G-3", reader="ana", facts={"cutoff": END})
    yield Example(template="progress/missing_mail", kind="mail", note="E-20", ref="G-3", facts={"cutoff": END})
    for late in (False, True):
        digest = {"day": END, "agents": ["ana", "ben"], "late": late}
        yield Example(template="progress/digest", ref="U-1", reader="tara", facts=digest, note="late" if late else "")
    rows = [{"day": END, "agents": who, "late": False, "agent": f"class:{klass}"} for klass, who in CLASSES]
    yield Example(template="progress/digest_many", ref="", reader="cole", facts={"rows": rows})
    buttons = ("Undo", "Right", "Fix")
    yield Example(template="progress/echo", ref="G-3", reader="ana", facts=ECHO, buttons=buttons)
    yield Example(
        template="progress/echo", note="everything at once", ref="G-3", reader="ana", facts=TANGLED, buttons=buttons
    )
    spare = {**ECHO, "parts": [], "files": 1, "open": [], "due": False, "next": None}
    yield Example(
        template="progress/echo", note="a file on a Saturday", ref="G-3", reader="ana", facts=spare, buttons=buttons
    )
    yield Example(template="progress/nothing", ref="", reader="ana", facts=TANGLED)
    yield Example(template="progress/none_yet", ref="", reader="ana", facts={})
    yield Example(template="progress/right", ref="G-3", reader="ana", facts={})
    three = {"days": ["11/17", "11/18", "11/20"], "within": 5}
    yield Example(template="progress/suggest", ref="G-3", reader="tara", facts=three, buttons=("Coach", "Not now"))
    for name in ("talk_wanted", "talk_put_off"):
        yield Example(template=f"progress/{name}", ref="G-3", reader="tara", facts=three, buttons=("Undo",))
    yield Example(template="progress/sheet", ref="", reader="lia", facts=SHEET)
    yield Example(
        template="progress/sheet",
        note="an OID twice",
        ref="",
        reader="lia",
        facts={**SHEET, "unique": False, "more": 0, "without": []},
    )


def equipment() -> Iterator[Example]:
    """Equipment, from the question to the word that it works."""
    about: dict[str, Any] = {"ref": "H-2", "facts": ISSUE}
    yield Example(template="equipment/poll", reader="ana", buttons=("All works", "Something is wrong"), **about)
    for name in (
        "ask_what",
        "does_it_work",
        "ask_citrix",
        "hub",
        "no_hub",
        "noted_for",
        "works_for",
        "with_it_for",
        "shipment_for",
    ):
        yield Example(template=f"equipment/{name}", reader="ana", **about)
    for reader in ("ana", "tara"):
        for name in ("noted", "all_works", "added"):
            yield Example(template=f"equipment/{name}", reader=reader, **about)
    refused = {**ISSUE, "refused": ["setup.exe"]}
    for name in ("noted", "added"):
        yield Example(template=f"equipment/{name}", note="a file refused", ref="H-2", reader="ana", facts=refused)
    for name in ("see_to_it", "more", "passed_on", "works_again", "with_it", "sent", "shipment", "resolved"):
        yield Example(template=f"equipment/{name}", reader="tara", **about)
    for mine in (True, False):
        note = "it is being confirmed" if mine else "somebody else's"
        yield Example(template="equipment/waiting", note=note, ref="H-2", reader="tara", facts={**ISSUE, "mine": mine})
    bare = {**ISSUE, "number": "", "shipment": "", "files": 0, "again": True, "reported_by": "tara"}
    for name in ("see_to_it", "with_it", "shipment", "shipment_for"):
        yield Example(template=f"equipment/{name}", note="nothing more known", ref="H-2", reader="tara", facts=bare)
    for name in ("", "Ana"):
        yield Example(template="equipment/none_open", ref="", reader="tara", facts={"name": name})
    states = ("ISSUE_OPEN", "WITH_IT", "WAITING_SHIPMENT", "RESOLVED")
    issues = [
        {"agent": "ana", "ref": f"H-{n}", "state": states[n % 4], "issue": "no sound", "since": AT["first"]}
        for n in range(14)
    ]
    yield Example(template="equipment/nudge", ref="H-2", reader="tara", facts={"issues": issues})
    yield Example(template="equipment/it_ticket", kind="mail", **about)
    yield Example(template="equipment/it_ticket", kind="mail", note="no picture", ref="H-2", facts=bare)


def ticket() -> Iterator[Example]:
    """Carrier tickets, from the first advice to the carrier's answer."""
    ask = ("Solved", "Still stuck")
    yield Example(template="ticket/advice", ref="K-7", reader="ana", facts={**TICKET, **GUIDE}, buttons=ask)
    profile = {**TICKET, **PROFILE, "kind": "npn_not_found", "title": "NPN not found", "refused": ["a.exe"]}
    yield Example(
        template="ticket/advice",
        note="profile first",
        ref="K-7",
        reader="ana",
        facts=profile,
        buttons=("Solved", "All correct, still stuck"),
    )
    other = {**TICKET, **GUIDE, "kind": "new_error", "title": "error not on the list", "steps": [], "files": 0}
    yield Example(template="ticket/advice", note="new error", ref="K-7", reader="ana", facts=other, buttons=ask)
    for facts in ({**TICKET, **GUIDE}, {**TICKET, **GUIDE, "files": 0}):
        yield Example(template="ticket/advice_drafted", ref="K-7", reader="ana", facts=facts)
    yield Example(
        template="ticket/ask_picture",
        ref="K-7",
        reader="ana",
        facts={**TICKET, "never": GUIDE["never"]},
        buttons=("Solved", "No screenshot possible"),
    )
    for name in ("drafted", "added", "solved", "submitted_for", "carrier_for", "resolved_for", "rejected_for"):
        yield Example(template=f"ticket/{name}", ref="K-7", reader="ana", facts=TICKET)
    refused = {**TICKET, "refused": ["setup.exe"], "number": "", "why": "", "files": 0, "issue": "", "checked": True}
    for name in ("drafted", "added", "submitted_for", "resolved_for"):
        yield Example(template=f"ticket/{name}", note="less known", ref="K-7", reader="ana", facts=refused)
    tara = ("more", "recorded_for", "draft", "ask_number", "need_number", "not_drafted", "not_submitted", "need_why",
            "submitted", "renumbered", "carrier", "resolved", "rejected", "not_needed")  # fmt: skip
    for name in tara:
        yield Example(template=f"ticket/{name}", ref="K-7", reader="tara", facts=TICKET)
    for name in ("more", "draft", "submitted", "renumbered"):
        facts = {**refused, "kind": "pw_name_mismatch", "title": "Producer World: name does not match"}
        yield Example(template=f"ticket/{name}", note="less known", ref="K-7", reader="tara", facts=facts)
    yield Example(
        template="ticket/not_drafted",
        note="still trying",
        ref="K-7",
        reader="tara",
        facts={**TICKET, "state": "TRIAGE"},
    )
    for name in ("day_one", "day_one_end"):
        yield Example(template=f"ticket/{name}", ref="K-7", reader="tara", facts={"tickets": LINES})
    yield Example(template="ticket/none_open", ref="", reader="ana", facts={})
    yield Example(template="ticket/list", ref="", reader="tara", facts={"tickets": LINES, "more": 2, "own": False})
    yield Example(
        template="ticket/list", note="none", ref="", reader="ana", facts={"tickets": [], "more": 0, "own": True}
    )
    for own in (True, False):
        said = {"guide": "Technical Issues - Troubleshooting", **GUIDE, "own": own}
        yield Example(template="ticket/help_tech", ref="", reader="ana" if own else "tara", facts=said)
    yield Example(
        template="ticket/five_forms", ref="", reader="tara", facts={"forms": ["Carrier Tickets", "TBT Completion Form"]}
    )
    yield Example(template="ticket/guides", ref="", reader="ana", facts={"guides": GUIDES})
    yield Example(
        template="ticket/directed", ref="", reader="ana", facts={"lines": ["AHIP: 866.234.6909", "Aetna: 866.714.9301"]}
    )
    mismatch = {**TICKET, "name_on_licence": "Ana Rivera", "npn": "1234567"}
    yield Example(template="ticket/name_mismatch", kind="mail", note="E-15", ref="K-7", facts=mismatch)
    bare = {**mismatch, "npn": "", "number": "", "issue": "", "files": 0}
    yield Example(template="ticket/name_mismatch", kind="mail", note="E-15, less known", ref="K-7", facts=bare)


def say() -> Iterator[Example]:
    """Short answers of the floor's commands."""
    yield Example(template="say/progress_own", ref="", reader="tara", facts={})
    for tomorrow in (True, False):
        yield Example(template="say/progress_day", ref="", reader="ana", facts={"tomorrow": tomorrow})
    yield Example(template="say/progress_how", ref="", reader="ana", facts={})
    yield Example(template="say/progress_fix", ref="", reader="ana", facts={})
    yield Example(
        template="say/issue_what", ref="", reader="ana", facts={}, buttons=("AHIP asks for payment", "Cannot log in")
    )
    for mine in (True, False):
        yield Example(
            template="say/equip_what",
            ref="",
            reader="ana" if mine else "tara",
            facts={"mine": mine, "name": "" if mine else "Ana Rivera"},
        )
    yield Example(template="say/ticket_what", ref="", reader="tara", facts={"named": "K-7"})
