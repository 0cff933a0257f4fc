"""What one command means: by its exact words, else by its phrases and patterns; questions go to help.

Exact words are looked up in a table; only what no table knows meets the patterns; spelling only ever suggests.
"""

from __future__ import annotations

import re

from handlers import answers, classroom, duties, exam, lexicon
from handlers.intents import Intent, Say, Silence, Unknown, Wish
from handlers.line import Line, Unclear, reference
from handlers.routes import ONLY_ALONE, ROUTES, Route
from handlers.verdict import verdict
from workflows.people import Role

_TOLD = frozenset({"told", "advised", "explained", "talked", "spoke"})
_puts_off = re.compile(
    r"\b(?:will|may) (?:be|get|do|have|file|deliver|send|finish|happen|come|go|take|need|give|hand|end|coach|confirm)\b"
).search
WORDS: dict[str, Route] = {word: route for route in ROUTES for word in route.words}
WHOLE: dict[str, Route] = {phrase: route for route in ROUTES for phrase in route.phrases}
HEARS: tuple[tuple[re.Pattern[str], Route], ...] = tuple((re.compile(r.hears), r) for r in ROUTES if r.hears)


def heard(line: Line, called: bool) -> list[Intent]:
    """What a line means; `called` False is a line overheard in a case's thread, where little counts."""
    try:
        return exact(line, called) or _loose(line, called) or [Silence()]
    except Unclear as question:
        return [question.intent]


def exact(line: Line, called: bool = True) -> list[Intent]:
    """What a line means by the table alone; [] when its first words are in none."""
    said = line.words
    if not said:
        return []
    found = WHOLE.get(line.norm) if len(said) < 7 else None
    if found is None:
        found = WORDS.get(said[0])
        if found is None or (len(said) > 1 and not _sure(found, line)):
            return []
    return _ask(found, line, called)


def _sure(found: Route, line: Line) -> bool:
    """Whether a first word is a command here: many begin everyday sentences, most of all an agent's."""
    everyday = line.words[0] in ONLY_ALONE or (Role.agent not in found.roles and line.own)
    named = line.words[1][0] == "@" or (found.words[0] == "hands" and any(word[0] == "@" for word in line.words))
    return not everyday or bool(reference(line.words[1])) or named


def _ask(found: Route, line: Line, called: bool) -> list[Intent]:
    """The route's own reading of the line, if the line means it."""
    if not called and not found.thread:
        return []
    if line.asks and not found.reads and not (found.tells and len(line.words) > 2):
        return [Wish(name="help", args={"topic": found.topic})]
    if not found.free and _denied(line, found) and line.norm not in WHOLE:
        return [Say(template="denied", facts={"example": found.example})]
    meant = found.handler(line)
    return meant if isinstance(meant, list) else [meant]


def _denied(line: Line, found: Route) -> bool:
    """A no, a maybe or an if about the whole line; a cancellation has its reasons."""
    if "cancel" in line.words[:4]:
        return False
    doubts = lexicon.JESTS if found.ahead else lexicon.JESTS | lexicon.TO_COME
    if _TOLD.isdisjoint(line.words):
        doubts |= lexicon.CONDITIONS
    return (
        not doubts.isdisjoint(line.words)
        or duties.denies(line)
        or (not found.ahead and _puts_off(line.norm) is not None)
    )


# -- what no table knows -----------------------------------------------------------------------------------


def _loose(line: Line, called: bool) -> list[Intent]:
    """A line in a tired person's own words."""
    bare = _without_filler(line)
    if bare.words and len(bare.words) < len(line.words) and (meant := exact(bare, called)):
        return meant
    if not called:
        return _overheard(line)
    if not bare.words or lexicon.THANKS.issuperset(line.words):
        return [_wordless(line)]
    if _is_question(line, bare):
        return [Wish(name="help", args={"topic": _topic(line)})]
    return _patterns(line, bare) or [Unknown(near=exam.only_named(line) or answers.near(line, ROUTES))]


def _patterns(line: Line, bare: Line) -> list[Intent]:
    """The first route whose pattern hears the line, else the verbs of an exam; an agent coaches nobody."""
    norm = bare.norm
    for pattern, found in HEARS:
        said = pattern.search(norm)
        if said is None or (line.own and Role.agent not in found.roles):
            continue
        if not (found.free or lexicon.HEDGES.isdisjoint(norm[: said.start()].split())):
            return [Say(template="denied", facts={"example": found.example})]
        return _ask(found, line, True)
    handler = {"fail": exam.fail, "pass": exam.passed, "doubt": exam.doubt}.get(verdict(bare))
    meant = handler(bare) if handler else []
    return meant if isinstance(meant, list) else [meant]


def _overheard(line: Line) -> list[Intent]:
    """In a case's thread "done" is the answer to the post it hangs under; other talk is not the bot's."""
    said = [word for word in line.words if word not in lexicon.POLITE]
    if line.asks or not said or said[0] not in lexicon.FINISHED or not lexicon.FINISHED.issuperset(said):
        return []
    line.rest()
    return [*duties.ended(line)]


def _wordless(line: Line) -> Intent:
    """Only a greeting, thanks, or signs."""
    if line.own and classroom.raises(line.text):
        return classroom.here(line)
    if line.asks or not line.text.strip():
        return Wish(name="help", args={"topic": ""})
    if not lexicon.GREETING.isdisjoint(line.words):
        return Say(template="hello")
    return Silence()


def _without_filler(line: Line) -> Line:
    """The line without the politeness at its two ends."""
    bare = Line(line.text, line.desk, line.thread, line.agent)
    while bare.words and bare.words[0] in lexicon.POLITE and bare.norm not in classroom.HERE:
        bare.take(0)
    while bare.words and bare.words[-1] in lexicon.POLITE - {"again"} and bare.norm not in classroom.HERE:
        bare.take(len(bare.words) - 1)
    return bare


def _is_question(line: Line, bare: Line) -> bool:
    """A question mark, or a beginning that asks: "what ...", "did i ...", "has ana's cap ..."."""
    first, second = (*bare.words, "", "")[:2]
    told = first in ("did", "could") and second in lexicon.OBJECTS
    if first in lexicon.AUXILIARIES and second:
        find = line.desk.roster.find_people
        return line.asks or second in lexicon.ASKED_OF or bool(find(second) or find(second.removesuffix("s")))
    return line.asks or (first in lexicon.QUESTIONS and not told)


def _topic(line: Line) -> str:
    """The topic a question is about, as far as its words tell."""
    for word in line.words:
        found = WORDS.get(word) or WORDS.get(f"{word}ed") or WORDS.get(word.rstrip("s"))
        if found and found.topic and word not in ONLY_ALONE:
            return found.topic
    return WORDS["fail"].topic if any(line.desk.roster.find_exam(word) for word in line.words) else ""
