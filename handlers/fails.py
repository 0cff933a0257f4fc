"""A fail among the sentences of a mail: verb, exam and ordinal out of subject and body together; what could be two
things is asked. Knows nothing of who sent it by which way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from handlers import exam as exams
from handlers import lexicon, words
from handlers.intents import Desk, Intent, Say
from handlers.line import Line
from handlers.verdict import verdict
from workflows.people import Exam

SENTENCES = 60
"""Sentences of a mail that are looked at for a fail."""

LONGEST_SENTENCE = 600

_OPENING = re.compile(
    r"\b(?:this (?:e-?mail|message|note) is |i(?: am|'m|m) )?(?:(?:e-?mail(?:ing)?|writing|reporting|inform(?:ing)?"
    r"|notify(?:ing)?|letting you know)\b(?: (?:you|to|that|of|about|is)\b){0,4})+",
    re.IGNORECASE,
)
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATES = re.compile(
    rf"\b{_MONTHS}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTHS}\b"
    r"|\b\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{2,4})\b|\b\d{1,2}:\d\d\b|\bat first\b"
    r"|\b(?:first|1st) (?:thing|of all|half|name)\b"
    r"|\b(?:a|one|per|every|\d+) seconds?\b|\bday (?:one|two|three|four|\d)\b|\bon the \d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_NAMED = {word: n for n, said in enumerate((
    "first 1st once", "second 2nd twice", "third 3rd thrice", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th",
    "eighth 8th", "ninth 9th", "tenth 10th"), 1) for word in said.split()}  # fmt: skip
_COUNTED = {word: n for n, word in enumerate(["one", "two", "three", "four", "five", "six"], 1)}
_ORDINAL = re.compile(rf"\b({'|'.join(_NAMED)})\b", re.IGNORECASE)
_NUMBERED = re.compile(
    rf"(?:\b(?:attempt|try|fail|failed|failure)\b|#)\s{{0,3}}(?:number|no\.?|nr\.?|was|is|#|:|-)?\s{{0,3}}#?(\d{{1,2}}|{'|'.join(_COUNTED)})\b(?!\s?%|/|:|\.\d)"
    r"|\b(\d)\s?(?:/|of|out of)\s?(\d)\b(?=.{0,20}\b(?:attempt|tries|try|time)|$)",
    re.IGNORECASE,
)
_LAST = re.compile(r"\b(?:last|final) (?:attempt|try|chance|time|shot)\b", re.IGNORECASE)
_TRY = re.compile(r"\b(?:attempts?|tr(?:y|ies)|time)\b", re.IGNORECASE)
_AGAIN = re.compile(r"\b(?:again|once more|another time|one more time)\b", re.IGNORECASE)
_PRACTICE = re.compile(r"\b(?:practi[cs]e|quiz\w*|mock)\b", re.IGNORECASE)
_CRASHED = re.compile(r"\b(?:technical|crash\w*|froze|frozen|glitch\w*|outage|disconnected)\b", re.IGNORECASE)
_FELL_SHORT = re.compile(
    r"\b(?:(?:was|were|been|am|is)(?:n't| not)? )?(?:unsuccessful(?:ly)?|not successful)\b(?: (?:in|on|at|with))?",
    re.IGNORECASE,
)
_TBT = re.compile(r"\btbts?\b", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text; lines wrapped in the middle of one are put together."""
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        whole = " ".join(line.strip() for line in paragraph.split("\n"))
        found += [piece.strip()[:LONGEST_SENTENCE] for piece in re.split(r"(?<=[.!?;])\s+", whole) if piece.strip()]
        if len(found) > SENTENCES:
            break
    return found[:SENTENCES]


def read(subject: str, text: str, desk: Desk) -> list[Intent]:
    """A fail: verb, exam and ordinal out of subject and body together; what could be two things is asked."""
    body = [_OPENING.sub(" ", _FELL_SHORT.sub(" failed ", each)) for each in sentences(words.clean(text))]
    head = _FELL_SHORT.sub(" failed ", words.clean(subject))
    said = [each for each in (head, *body) if verdict(Line(each, desk)) == "fail"]
    if not said:
        doubted = [each for each in (head, *body) if verdict(Line(each, desk)) == "doubt"]
        if doubted and exams.exams(Line(" ".join(doubted), desk)) and not _says_pass(doubted, desk):
            return [exams.doubt(Line(doubted[0], desk))]
        return []
    if others := _others(said, desk):
        return [Say(template="only_they", facts={"name": desk.roster.name_of(others[0]), "word": "fail"})]
    named = _named(said, (head, *body), desk)
    if not named and (course := next((each for each in said if _TBT.search(each)), "")):
        meant = exams.fail(Line(course, desk))
        return meant if isinstance(meant, list) else [meant]
    near = [each for each in body if each not in said and _TRY.search(each)]
    claims = _claims(head) | {n for each in (*(s for s in said if s != head), *near) for n in _claims(each)}
    spoken = " ".join(said)
    line = " ".join(
        ["fail", *(each.key for each in named[:4]), *(str(n) for n in sorted(claims)[:3])]
        + (["again"] if not claims and _AGAIN.search(spoken) else [])
        + (["last attempt"] if not claims and _LAST.search(spoken) else [])
        + (["practice"] if _PRACTICE.search(spoken) and all(each.kind == "limited" for each in named) else [])
        + (["technical"] if _CRASHED.search(spoken) else [])
    )
    meant = exams.fail(Line(line, desk))
    return meant if isinstance(meant, list) else [meant]


def _named(said: list[str], everything: Iterable[str], desk: Desk) -> list[Exam]:
    """The exams a mail names; where its fail is of a practice exam alone, another one's name is no second exam."""
    if not desk.roster.exams:
        return []
    failed = exams.exams(Line(" \n ".join(said), desk))
    if failed and all(each.kind != "limited" for each in failed):
        return failed
    return exams.exams(Line(" \n ".join(everything), desk))


def _says_pass(doubted: list[str], desk: Desk) -> bool:
    return any(verdict(Line(each, desk)) == "pass" for each in doubted)


def _others(said: list[str], desk: Desk) -> list[str]:
    """Other agents a fail sentence is about: "Ben failed" is Ben's to report."""
    found = []
    for each in said:
        spoken = Line(each, desk).words
        for i, word in enumerate(spoken[:-1]):
            who = [u for u in desk.roster.find_people(word) if u in desk.roster.agents]
            if len(who) == 1 and who[0] != desk.actor and word not in lexicon.WEAK_NAMES and i < 4:
                found.append(who[0])
    return found


def _claims(sentence: str) -> set[int]:
    """The ordinals a sentence names; dates, times and scores are none."""
    text = _DATES.sub(" ", sentence)
    found = {_NAMED[each.lower()] for each in _ORDINAL.findall(text)}
    for number, part, _ in _NUMBERED.findall(text):
        said = (number or part).lower()
        found.add(_COUNTED.get(said) or int(said))
    return {n for n in found if n}
