"""Packs only tests use: ladders the built-in wordings do not have, made of the built-in ones' parts."""

from __future__ import annotations

from pathlib import Path

from bot.packs import Pack, parse_pack

SIX = Path(__file__).resolve().parent.parent / "packs" / "six-attempts.toml"

HEAD = """
id = "{id}"
workflow = "failed_exam"
title = "Exams"
source = "tests"
effective_from = 2026-01-01
owner = "tl"
correct_by = ["tl", "licensing"]
uncoached = "{uncoached}"
[sla.immediate]
due = {{ offset = 60, unit = "business_minutes" }}
"""
FAIL = """
[[attempt]]
source = "tests, fail {n}"
notice = {{ to = ["tl"], cc = ["agent"], id = "E-01" }}
form = {{ owner = "tl", sla = "immediate" }}
"""
COACH = """
coach = { owner = "tl", sla = "immediate" }
"""
REVIEW = """
review = { owner = "hr_rep", sla = "immediate" }
"""
CAP = """
[attempt.cap]
kind = "{kind}"
owner = "tl"
sla = "immediate"
clause = "may result in more"
expectation = "pass"
before_next = {before_next}
"""
PROCTOR = """
[attempt.proctor]
by = "licensing"
sla = "immediate"
says = "licensing"
notice = { to = ["licensing_team"], cc = ["tl"], behalf = "tl", id = "E-03" }
"""
CONFIRM = """
[attempt.confirm]
by = ["tl", "licensing", "proctor"]
cards = ["tl", "proctor"]
sla = "immediate"
"""
LOCK = """
[attempt.lock]
notice = { to = ["site_director"], cc = ["hr_rep"], behalf = "tl", id = "E-04" }
tracker = "Last attempt not passed; see licensing"
inhibitor = "licensing"
"""
AT_ONCE = CAP.format(kind="written", before_next="false")
WRITTEN = CAP.format(kind="written", before_next="true")
FINAL = CAP.format(kind="final", before_next="true")

LADDERS = {
    "written-at-once": (COACH + AT_ONCE, WRITTEN, FINAL + PROCTOR, CONFIRM + LOCK),
    "final-after-third": (COACH, AT_ONCE, FINAL + CONFIRM + LOCK),
    "at-once-twice": (COACH, COACH + AT_ONCE, AT_ONCE, REVIEW + FINAL, LOCK),
    "proctored-twice": (COACH, COACH + PROCTOR, WRITTEN + PROCTOR, CONFIRM + LOCK),
    "two": (WRITTEN, CONFIRM),
    "one": (LOCK,),
    "nothing": ("", "", FINAL + LOCK),
}


def packs_of_tests() -> list[Pack]:
    """Six attempts, and shapes that are easily forgotten."""
    made = [parse_pack(SIX.read_text(), SIX.name)]
    for name, rules in LADDERS.items():
        text = HEAD.format(id=name, uncoached="go" if name == "proctored-twice" else "hold")
        made.append(parse_pack(text + "".join(FAIL.format(n=n) + rule for n, rule in enumerate(rules, 1)), name))
    return made
