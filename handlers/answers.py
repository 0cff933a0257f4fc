"""One-line answers to an open question, and the suggestions when nothing was understood.

Suggestions are buttons to press; nothing is ever done on a likeness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from handlers import classroom, duties, names, times
from handlers.intents import Fill, Intent
from handlers.lexicon import FILLER, NEGATIONS, these
from handlers.line import Line, reference, unclear
from handlers.words import LONGEST, kept, plain

if TYPE_CHECKING:
    from handlers.routes import Route

CLOSE_ENOUGH = 0.7
"""Likeness (1 less edits per letter) from which a command is suggested."""

_ARGUMENTS = these("advised done first second third for again meet phone until approve return")
NOTHING = these("no none skip nothing na n/a -")


def fill(line: Line, kind: str) -> Intent:
    """The value of an open question: text as it is, a time that was ("on"), a sitting ("proctor"), a number."""
    if kind == "on":
        advised = duties.advises(line.text)
        when = times.gone(line, line.desk.calendar(""))
        if when is None:
            raise unclear("need_past_time", {"said": plain(line.text, 40)})
        return Fill(kind=kind, value=when, advised=advised)
    if kind == "proctor":
        return Fill(kind=kind, value=duties.sitting(line, "", names.people(line)))
    if kind == "missing":
        return Fill(kind=kind, value=classroom.missing(line))
    if kind == "number":
        numbers = [raw for raw in line.raw if any(c.isdigit() for c in raw)]
        said = numbers[0] if numbers else "" if line.norm in NOTHING else line.text
        return Fill(kind=kind, value=kept(said.strip("#., "), 40))
    if kind == "name":
        people = names.people(Line(line.text, line.desk)) if "@" in line.text else []
        return Fill(kind=kind, value=line.desk.roster.name_of(people[0]) if people else kept(line.text, 80))
    return Fill(kind=kind, value=kept(line.text, LONGEST) if kind == "text" else kept(line.text))


def stands_alone(line: Line, first: Mapping[str, Route], whole: Mapping[str, Route]) -> bool:
    """Whether a line is a command and nothing else; "by mistake" or "no" are answers to the question."""
    route = whole.get(line.norm) or first.get(line.words[0] if line.words else "")
    if route is None or not route.help or route.words[0] == "back":
        return False
    if len(line.words) == 1 or line.norm in whole:
        return route.reads or route.words[0] in (line.words[0], line.norm)
    if route.free and (reference(line.words[1]) or line.words[1][0] == "@"):
        return True
    if route.free and route.topic == "tbt" and line.words[2:3] and line.words[2][0] == "@":
        return True  # "tbt redo @ana 211629 why"
    if route.free and route.topic != "exams":
        return False
    return all(_plain_argument(line, word) for word in line.words[1:])


def _plain_argument(line: Line, word: str) -> bool:
    roster = line.desk.roster
    return bool(
        word[0] == "@"
        or any(c.isdigit() for c in word)
        or roster.find_people(word)
        or roster.find_exam(word)
        or word in _ARGUMENTS
    )


def near(line: Line, routes: Sequence[Route]) -> tuple[tuple[str, str], ...]:
    """Up to three commands the line may have meant, in its own words with the misspelt one put right."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    if not NEGATIONS.isdisjoint(line.words):
        return ()
    own = {route.handler for route in routes if route.example and route.roles & line.desk.roles}
    seen = [route for route in routes if route.example and route.handler in own]
    spoken = {word: route.words[0] for route in seen for word in route.words if " " not in word}
    phrases = [phrase for route in seen for phrase in route.phrases if " " in phrase]
    like = partial(process.extract, scorer=OSA.normalized_similarity, score_cutoff=CLOSE_ENOUGH)
    found: dict[str, str] = {}
    if 1 < len(line.words) < 6:
        found.update((phrase, line.press(phrase)) for phrase, _, _ in like(line.norm, phrases, limit=1))
    for i, said in enumerate(line.words[:6]):
        if not _may_be_misspelt(said, spoken):
            continue
        stems = [(word, 0.0, 0) for word in spoken if len(said) > 4 and word[:5] == said[:5]]
        for word, score, _ in stems or like(said, list(spoken), limit=2):
            text = f"{spoken[word]} {_typed(line, i + 1) if score < 1 else ''}".strip()
            found.setdefault(plain(text, 40), line.press(text))
    return tuple(list(found.items())[:3])


def _may_be_misspelt(said: str, spoken: Mapping[str, str]) -> bool:
    """Everyday words are what they are, unless a command begins with them."""
    if said in spoken:
        return True
    return len(said) > 2 and (said not in FILLER or (len(said) > 4 and any(word[:5] == said[:5] for word in spoken)))


def _typed(line: Line, start: int) -> str:
    """The words behind a misspelt one, as a button may type them: no calls to all, no token."""
    known = line.desk.roster
    return " ".join(
        raw for word, raw in zip(line.words[start:], line.raw[start:], strict=True)
        if word[0] != "@" or known.find_people(word)
    ).replace("~", "")[:80]  # fmt: skip
