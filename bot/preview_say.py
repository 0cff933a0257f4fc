"""Examples of the plain questions and answers of the router (`templates/say`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.preview_cast import Example

EXAM = {"exam": "AHIP Final", "attempts": 3}
SAID: Mapping[str, Mapping[str, Any]] = {
    "bad_time": {"said": "mon 25:00"},
    "denied": {"example": "coached @ana advised"},
    "direct_only": {"word": "ack"},
    "done_what": {},
    "fail_again": EXAM,
    "hello": {},
    "need_past_time": {"said": "yesterday"},
    "need_ref": {"example": "void F-12 the carrier reset it"},
    "need_time": {"said": "monday"},
    "need_why": {"example": "inhibit @ana release"},
    "not_agent": {"name": "Dev Shah"},
    "nothing_recorded": {},
    "odd_minutes": {"said": 900, "longest": 240},
    "odd_ordinal": {**EXAM, "said": 7},
    "one_exam": {"exams": ["AHIP Final", "Aetna Core"]},
    "one_proctor": {"people": ["Lia Cruz", "Pia Moss"]},
    "only_they": {"name": "Ben Ortiz", "word": "fail"},
    "only_three": {"most": 3},
    "pass_or_fail": {},
    "proof_how": {"example": "proof @ana ok", "own": False},
    "practice": {"exam": "AHIP Practice Quiz 3"},
    "practice_or_exam": {"exams": ["AHIP Final"]},
    "receipt_of_what": {},
    "she_failed": {},
    "site_time_only": {"zone": "America/Denver"},
    "time_past": {"said": "yesterday 10:00"},
    "time_to_come": {"said": "15:30"},
    "until_when": {"example": "leave until fri"},
    "which_attempt": {**EXAM, "claims": [1, 2]},
    "which_day": {"said": "next thu", "days": ["Thu 19 Nov", "Thu 26 Nov"]},
    "which_outcome": {"outcomes": ["no action", "extend", "other role", "terminate"], "where": "R-5"},
    "which_person": {"said": "ana", "people": ["Ana Rivera (OID 40111)", "Ana Soto (OID 40119)"]},
    "which_report": {"word": "send"},
    "which_time": {"said": "mon 3", "times": ["15:00", "03:00"]},
    "whom": {"example": "delegate @dev until fri"},
    "whose_exam": {"word": "fail"},
    "unknown_exam": {"said": "zulu", "word": "fail"},
    "unknown_person": {"said": "anna"},
}
MAILED: Mapping[str, Mapping[str, Any]] = {
    "mail_unknown": {},
    "mail_two_refs": {"one": "F-12", "other": "F-13"},
    "mail_times": {"said": "mon 10:00 or tue 14:00"},
    "mail_hour": {"said": "2027-11-07 01:30", "twice": True},
    "mail_sitting": {"others": ["licensing@example.com"]},
    "mail_handed_over": {"case": "C-3"},
    "mail_comment_cut": {"most": 4000},
    "mail_file_unknown": {"names": ["proof.docx"]},
    "file_refused": {
        "files": [
            {"name": f"proof.{ending}", "why": why}
            for ending, why in (
                ("pdf", "large"),
                ("png", "many"),
                ("jpg", "lost"),
                ("png", "empty"),
                ("pdf.exe", "program"),
                ("zip", "archive"),
                ("xlsx", "bomb"),
                ("docm", "macros"),
                ("pdf", "locked"),
                ("pdf", "active"),
                ("html", "web"),
                ("heic", "picture"),
            )
        ]
    },
    "mail_tbt_pdf": {"names": ["tbt.jpg"]},
    "mail_proof_file": {},
    "mail_ack_work_address": {},
    "mail_comment_kept": {},
    "mail_coaching": {},
    "mail_one_sheet": {"names": ["Rivera_Ana_80%.xlsx", "Ortiz_Ben_60%.xlsx"]},
    "mail_forward_whose": {"name": "Ana Soto"},
    "mail_on_behalf": {"name": "Ana Rivera", "exam": "AHIP Final", "claimed": 2},
}
"""Lines of the answer to a mail."""

HELP = {"usage": "fail exam [1|2|3]", "help": "an exam was not passed", "example": "fail ahip 2"}
SURE = ("I failed AHIP Final", "I passed AHIP Final", "Neither")


def say() -> Iterator[Example]:
    """What the router says when it needs a word more, or will not do a thing."""
    for name, facts in {**SAID, **MAILED}.items():
        yield Example(template=f"say/{name}", ref="", reader="tara", facts=facts)
    for topic in ("", "exams"):
        yield Example(template="say/help", ref="", reader="ana", facts={"topic": topic, "lines": [HELP]})
    for exam in ("AHIP Final", ""):
        buttons = SURE if exam else ()
        yield Example(template="say/not_sure", ref="", reader="ana", facts={"exam": exam}, buttons=buttons)
    for near in (SURE, ()):
        yield Example(template="say/unknown", ref="", reader="ana", facts={"near": near}, buttons=near)
