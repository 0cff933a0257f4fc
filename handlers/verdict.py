"""Whether a line says an exam was failed or passed, and leaves no doubt: a no, a maybe or a strange word does.

The confidence of the whole room lies here; what is done with it is `exam.py`.
"""

from __future__ import annotations

import re

from handlers import lexicon
from handlers.lexicon import these
from handlers.line import Line

FAILED = these("fail failed fails flunk flunked bomb bombed blew tanked botched")
PASSED = these("pass passed passes aced")
VERBS = FAILED | PASSED
_NOT_PASSED = re.compile(
    r"\b(?<!have )(?<!has )(?<!had )(?:did not|didnt|didn t|did nt|dint|could not|couldnt|not|no)"
    r"(?: (?:even|quite|really|manage to|able to|to))? (?:pass(?:ed)?|make it|made it|get through|clear it)\b"
)
_FAIL_WORD = re.compile(
    r"\b(?:failed|fails?|flunk(?:ed)?|bomb(?:ed)?|blew|tanked|botched|(?:messed|screwed) up)\b(?: to pass\b)?"
)
_PASS_WORD = re.compile(
    r"\b(?:pass|passed|passes)\b(?! (?:(?:it|this|that|the \S+|your \S+) )?(?:on|along|out|by|over|up|to)\b)"
    r"|\b(?:aced|made it|got through)\b"
)
_FAILING = re.compile(r"\b(?:failing|flunking|bombing)\b")
_AHEAD = re.compile(
    r"\b(?:tmrw?|tmmrw|tomm?orr?ow|tomoz|next (?:week|month|mon|tue|wed|thu|fri)\w*"
    r"|in (?:an?|\d+|two|three|few|a few) (?:days?|weeks?|hours?))\b"
)
_BARE = re.compile(r"\b(?:fails?|flunk|bomb|pass|passes)\b")
_CLAUSE = re.compile(r"[,.;!:()\n]|\s-+\s|\b(?:and|but|so|then|because|cause|cuz|coz|i|ive)\b")


def verdict(line: Line) -> str:
    """What the line says of an exam: "fail", "pass", "doubt" (a no, a maybe, both), or "" when it says nothing."""
    said = line.words
    if _to_come(line):
        return "doubt"
    if said and said[0] in FAILED and PASSED.isdisjoint(said) and said[1:2] != ["to"]:
        return "doubt" if _shaken(said) else "fail"
    text, not_passed = _NOT_PASSED.subn(" botched ", line.norm)
    failed = _FAIL_WORD.search(text)
    passed = _PASS_WORD.search(_FAIL_WORD.sub(" ", text))
    verb = failed or _PASS_WORD.search(text)
    if verb is None:
        return ""
    before = text[: verb.start()].split()
    if (failed and passed) or not_passed > 1 or _shaken(text.split()) or "failed to " in text.replace("to pass", ""):
        return "doubt"
    if not lexicon.HEDGES.isdisjoint(before) or not _clear_of_others(line, before):
        return "doubt"
    return "fail" if failed else "pass"


def _to_come(line: Line) -> bool:
    """Whether it has not happened yet: "fail ahip tmrw"; what "failed" says may speak of tomorrow behind a comma."""
    text = line.text.lower().replace("'", "")
    if _FAILING.search(text) and line.desk.roster.exams and _AHEAD.search(text):
        return True
    clauses = [text] if _BARE.search(text) else [piece for piece in _CLAUSE.split(text) if piece]
    return any(_AHEAD.search(clause) and (_FAIL_WORD.search(clause) or _PASS_WORD.search(clause)) for clause in clauses)


def _shaken(words: list[str]) -> bool:
    """A no anywhere, a jest, or long ago."""
    if not lexicon.NEGATIONS.isdisjoint(words) or not lexicon.JESTS.isdisjoint(words):
        return True
    return "last year" in " ".join(words)


def _clear_of_others(line: Line, before: list[str]) -> bool:
    """Whether nothing unknown stands before the verb in its own clause ("diddnt fail" must not pass for a fail)."""
    if not before:
        return True
    text = line.text.lower().replace("'", "").replace("\u2019", "")
    verb = _NOT_PASSED.search(text) or _FAIL_WORD.search(text) or _PASS_WORD.search(text)
    clause = _CLAUSE.split(text[: verb.start()])[-1] if verb else " ".join(before)
    return all(_familiar(line, word) for word in Line(clause, line.desk).words)


def _familiar(line: Line, word: str) -> bool:
    """A word that says nothing by itself, names somebody, or belongs to an exam's name."""
    roster = line.desk.roster
    if word in lexicon.FILLER or word[0] == "@" or not word.isalpha():
        return True
    return (
        bool(roster.find_people(word.removesuffix("s")) or roster.find_people(word))
        or roster.find_exam(word) is not None
    )
