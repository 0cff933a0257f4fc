"""Examples of what the house itself says: cards and reminders, corrections, refusals, boards, absences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.preview_cases import CAP_BUTTONS
from bot.preview_cast import AT, COACH, DECIDE, DELIVER, FORM, RECEIPT, Example


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
    yield Example(template="duty/moved", reader="dev", facts={**two, "before": ["tara"]}, buttons=done)
    yield Example(template="duty/moved_on", reader="tara", facts={**two, "now": ["dev"]})
    yield Example(template="duty/delegated", reader="dev", facts={**two, "owners": ["tara"]}, buttons=done)


PLAIN = [
    "say_number",
    "button_unknown",
    "left_alone",
    "thanks",
    "nothing_asked",
    "whose",
    "stranger",
    "rate_limited",
    "encrypted_room",
    "edited_notice",
    "use_dm",
    "no_team",
    "poisoned",
    "error_answer",
]
WHAT = {"what": "AHIP Final"}
REFUSED: dict[str, Any] = {
    "who": ["Tara Lee"],
    "event": "Coached",
    "state": "F2_READY",
    "duties": ["form", "deliver the CAP"],
}


def house() -> Iterator[Example]:
    """What the house itself says."""

    def say(name: str, who: str = "ana", /, *buttons: str, note: str = "", **facts: Any) -> Example:
        return Example(template=f"house/{name}", reader=who, facts=facts, buttons=buttons, note=note)

    for name in PLAIN:
        yield Example(template=f"house/{name}", ref="", reader="ana")
    told = {**WHAT, "reason": "wrong exam", "by": "ana"}
    yield say("correction", "pia", **told)
    yield Example(template="house/correction_wfm", note="C-WFM-UNDO")
    yield Example(template="house/correction_post", note="#licensing")
    original = "[F-1043] Failed attempt 2: AHIP Final - Ana Rivera"
    wrong = {**told, "original_subject": original, "sent_at": AT["second"], "behalf": "ana"}
    yield Example(template="house/correction_mail", kind="mail", note="E-08", facts=wrong)
    yield from _receipts()
    yield say("undone", **WHAT, told=["Tara Lee", "Ana Rivera", "licensing@example.com", "#wfm"], event="ExamFailed")
    yield say("undone", **WHAT, told=[], event="FormDone", note="nobody told")
    yield say("undo_late", **WHAT, names=["Tara Lee", "Lia Cruz"])
    yield say("undo_asked_already")
    yield say("cannot_unwind", **WHAT)
    asks = ("Confirm correction", "Keep as it is")
    yield say("correction_request", "tara", *asks, **WHAT, asker="ana", by="ana", at=AT["third"], event="ExamFailed")
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
    yield from _exports()
    for reader in ("tara", "ana"):
        yield Example(template="house/agent_left", ref="", reader=reader, facts={"name": "Ana Rivera"})
    yield Example(template="house/nle_done", ref="", reader="eve", facts={"name": "Ana Rivera"})
    for reader in ("tara", "ana"):
        yield Example(template="house/not_in_force", ref="", reader=reader, facts={"workflow": "attendance"})
        yield Example(template="house/no_case", ref="", reader=reader, facts={"name": "Ana Rivera", "username": "ana"})
    yield say("which", "tara", "F-1043 Ana Rivera, 1", "F-1043 Ana Rivera, 2", titles=["form", "form"])
    yield from _boards()
    yield from _absences()
    dead = {"key": "F-1043:3:2", "channel": "mail", "lane": "pia.moss@example.com", "since": AT["second"]}
    lost = {"source": "rc:Wx9", "since": AT["second"]}
    yield Example(template="house/ops_poisoned", note="#esp-bot-ops", ref="", facts=lost)
    for name in ("ops_dead_letter", "ops_delayed"):
        facts = {**dead, "error": "452 mailbox full"}
        yield Example(template=f"house/{name}", note="#esp-bot-ops", ref="", facts=facts)


def _exports() -> Iterator[Example]:
    """The file of an agent or a case, for HR."""
    for ref, cases, note in (("", 14, "all of an agent"), ("F-1043", 3, "one case")):
        facts = {"name": "Ana Rivera", "ref_named": ref, "cases": cases, "address": "hana.ruiz@example.com"}
        yield Example(template="house/exported", ref="", reader="hana", facts=facts, note=note)
        files = [f"File_{ref or 'ana'}.pdf", f"File_{ref or 'ana'}.json", "Final_CAP_C-88.pdf"]
        facts = {"subject": f"case {ref}" if ref else "all cases on record", "ref_named": ref}
        facts |= {"enclosed": files[: 2 if ref else 3], "left_out": files[2:] if ref else []}
        yield Example(template="house/export", kind="mail", ref=ref, note=note, facts=facts)
    yield Example(template="house/export_withheld", ref="", reader="hana", facts={"ref_named": "X-3"})
    for address in ("hana.ruiz@example.com", ""):
        facts = {"name": "Ana Rivera", "address": address}
        yield Example(template="house/export_nothing", ref="", reader="hana", facts=facts)


def _receipts() -> Iterator[Example]:
    """Answers to incoming mail."""
    sent = {"subject": "ahip", "sender": "ana.rivera@example.com", "sent_at": AT["first"], "written_at": AT["first"]}
    for name in ("mail_unproven", "mail_late"):
        yield Example(template=f"house/{name}", ref="", reader="ana", facts=sent, buttons=("Yes", "No"))
    yield Example(template="house/mail_budget", ref="", reader="ana", facts={"most": 20})
    yield Example(template="house/mail_gone", ref="", reader="ana")
    yield Example(template="house/mail_noted", reader="ana")
    returned = {"address": "ana.rivera@example.com", "subject": "Your session link", "sent_at": AT["first"]}
    yield Example(template="house/mail_returned", ref="", reader="ana", facts=returned)
    for own in (True, False):
        facts = {"person": "tara", "own": own, "agents": 2, "until": "2026-11-20"}
        yield Example(template="house/away_suggested", ref="", reader="tara" if own else "eve", facts=facts)
    aside = {"person": "ana", "sender": "example.com", "why": "DMARC does not vouch for it", "since": AT["first"]}
    for name in ("mail_aside", "mail_forged"):
        yield Example(template=f"house/{name}", note="#esp-bot-ops", ref="", facts=aside)
    strange = {**aside, "person": "", "sender": "elsewhere.example.net"}
    yield Example(template="house/mail_aside", note="a stranger", ref="", facts=strange)
    back = {"key": "F-1043:3:2", "status": "5.1.1", "person": "pia", "since": AT["second"]}
    yield Example(template="house/mail_back", note="#esp-bot-ops", ref="", facts=back)
    read = {
        "understood": True,
        "lines": ["AHIP Final, second failed attempt, recorded Tue 17 Nov, 13:00. Ref F-1043."],
        "how": ["undo F-1043"],
        "original_subject": "failed ahip again",
    }
    asked = {
        "understood": False,
        "lines": ["Two exams are named: AHIP Final and Aetna Core. One mail can report one exam."],
        "how": ["fail ahip 2", "fail aetna 1"],
        "original_subject": "Re: [F-1043] Failed attempt 1: AHIP Final - Ana Rivera",
    }
    lost = {"understood": False, "lines": [], "how": [], "original_subject": "hello"}
    yield Example(template="house/mail_receipt", kind="mail", note="E-21, receipt", reader="ana", facts=read)
    yield Example(template="house/mail_receipt", kind="mail", note="E-21, question", reader="ana", facts=asked)
    yield Example(template="house/mail_receipt", kind="mail", note="E-21, rejection", ref="", reader="ana", facts=lost)


def _boards() -> Iterator[Example]:
    exam = {
        "kind": "failed_exam",
        "ref": "F-1043",
        "exam": "AHIP Final",
        "n": 2,
        "state": "F2_READY",
        "slot": AT["slot"],
    }
    case = {**exam, "stage": "ready", "level": "going"}
    other = {**case, "ref": "F-1044", "exam": "Aetna Core", "n": 1, "slot": None, "stage": "coaching"}
    own = {"lines": [case, other], "items": [RECEIPT], "is_agent": True}
    yield Example(template="house/me", ref="", reader="ana", facts=own)
    staff = {"lines": [], "items": [FORM, COACH, DELIVER], "is_agent": False}
    yield Example(template="house/me", note="a TL", ref="", reader="tara", facts=staff)
    none: dict[str, Any] = {"lines": [], "items": [], "is_agent": True}
    yield Example(template="house/me", note="nothing open", ref="", reader="ana", facts=none)
    rows = [
        {"agent": "ana", "lines": [case], "items": [FORM, DELIVER]},
        {"agent": "ben", "lines": [other], "items": []},
    ]
    rows.append({"agent": "cora", "lines": [], "items": []})
    yield Example(template="house/team", ref="", reader="tara", facts={"rows": rows})
    yield Example(template="house/team", note="nothing open", ref="", reader="tara", facts={"rows": rows[2:]})
    seen: dict[str, Any] = {"klass": "NOV16", "agents": 6, "slow": 1, "kinds": {"failed_exam": 1}, "owed": 3}
    klass = {**seen, "rows": [{"agent": "ben", "lines": [other]}]}
    yield Example(template="house/board", ref="", reader="eve", facts={"classes": [klass], "named": True})
    calm = {**seen, "slow": 0, "rows": [], "owed": 0}
    told = {"classes": [calm], "named": True}
    yield Example(template="house/board", note="all on pace", ref="", reader="eve", facts=told)
    numbers = {**seen, "slow": 3, "kinds": {"carrier_cert": 2, "tbt": 1}, "rows": [], "owed": 0}
    told = {"classes": [numbers], "named": False}
    yield Example(template="house/board", note="Site Director and HR", ref="", reader="sam", facts=told)
    yield Example(template="say/hold_direct", ref="", reader="hana")
    about = {"name": "Ana Rivera", "username": "ana", "since": AT["first"], "by": "hana"}
    for name in ("hold_placed", "hold_stands", "hold_lifted", "hold_none"):
        yield Example(template=f"house/{name}", ref="", reader="hana", facts=about)
    yield Example(template="house/no_board", ref="", reader="pia", facts={"team": True})


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
        yield Example(
            template="house/away_noted", ref="", reader="tara", facts={**short, "rooms": rooms, "hushed": bool(rooms)}
        )
