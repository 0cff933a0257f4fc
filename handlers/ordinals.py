"""Which attempt a line names: 2, "2nd", "second", "attempt two", "2 of 3", "twice"; "again" names none.

Takes the words out of the line; scores, percentages and clock times are not ordinals.
"""

from __future__ import annotations

import re

from handlers.lexicon import these
from handlers.line import Line

_WORDS = """
    zero zeroth | one first once 1st frist | two second twice 2nd 2and secound | three third thrice 3rd | four fourth
    | five fifth | six sixth | seven seventh | eight eighth | nine ninth | ten tenth
"""
_NAMED = {word: n for n, words in enumerate(_WORDS.split("|")) for word in words.split()}
_NTH = re.compile(r"#?(\d+)(?:st|nd|rd|th)?(?:x)?")
_OF = re.compile(r"(\d{1,2})/(\d{1,2})")
_SCORED = these(
    "with got scored score at by around of scoring points point percent pct questions mins minutes hours am pm"
)


def ordinals(line: Line) -> set[int]:
    """Takes every ordinal; more than one is for the caller to ask about."""
    found: set[int] = set()
    i = 0
    while i < len(line.words):
        n = _at(line, i)
        if n is None:
            i += 1
            continue
        found.add(n)
        line.take(i)
        if line.words[i : i + 1] == ["one"]:
            line.take(i)
        if i + 1 < len(line.words) and line.words[i] in ("of", "out") and line.words[i + 1].isdigit():
            line.take(i, i + 2)
    return found


def _at(line: Line, i: int) -> int | None:
    """The ordinal at this place, if it is one."""
    word = line.words[i]
    before = line.words[i - 1] if i else ""
    behind = line.words[i + 1] if i + 1 < len(line.words) else ""
    if word in _NAMED:
        pronoun = word == "one" and before in ("that", "this", "other", "the", "another")
        moment = word in ("second", "sec") and before in ("a", "one")
        return None if pronoun or moment else _NAMED[word]
    if found := _OF.fullmatch(word):
        return int(found[1]) if int(found[2]) <= 10 else None
    found = _NTH.fullmatch(word)
    if not found or line.raw[i].rstrip(".,!)").endswith("%"):
        return None
    if word.isdigit() and (before in _SCORED or (behind in _SCORED and behind != "of")):
        return None
    return int(found[1][:9])


def again(line: Line) -> bool:
    """Takes "again" and its like; whether it was there."""
    said = line.drop("again", "agian", "agin")
    for i in range(len(line.words) - 1):
        if line.words[i : i + 2] in (["once", "more"], ["another", "time"], ["one", "more"]):
            line.take(i, i + 2)
            return True
    return said


def last(line: Line) -> bool:
    """Takes "last attempt", "final try"; whether it was there."""
    for i in range(len(line.words) - 1):
        if line.words[i] in ("last", "final") and line.words[i + 1] in ("attempt", "try", "chance", "time", "shot"):
            line.take(i, i + 2)
            return True
    return False
