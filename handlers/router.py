"""From a message to what it means: who is addressed, which lines are commands, which route hears each.

Exact words are looked up in a table; only what no table knows meets the patterns; spelling only ever suggests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers import answers, duties, exam, lexicon, words
from handlers.intents import Act, Choice, Confirm, Desk, Intent, Press, Say, Silence, Unknown, Wish
from handlers.line import Line, Unclear
from handlers.routes import JOINS, ONLY_ALONE, ROUTES, Route

MOST = 3
"""Commands of one message that are done."""

_ADDRESS = re.compile(r"\s*(?:[!/]esp\b|@certdesk\b)[\s:,]*", re.IGNORECASE)
_TOKEN = re.compile(r"(?:^|\s)~([A-Za-z0-9.:-]+)\s*\Z")
_ABOUT = re.compile(r"\d{1,2}(?::\d\d)?(?:am|pm)?", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:[;,&.]|\b(?:and|then|also|but)\b)\s+", re.IGNORECASE)

WORDS: dict[str, Route] = {word: route for route in ROUTES for word in route.words}
WHOLE: dict[str, Route] = {phrase: route for route in ROUTES for phrase in route.phrases}
HEARS: tuple[tuple[re.Pattern[str], Route], ...] = tuple((re.compile(r.hears), r) for r in ROUTES if r.hears)


def route(text: str, desk: Desk, pending: str = "", ref: str = "") -> list[Intent]:
    """What a message means, one intent per command in it.

    `pending` is the kind of a one-line question open to the speaker, `ref` the case in whose thread he wrote.
    At most three commands are done; a fourth gets a word instead. `Silence` when the bot is not addressed.
    """
    text = words.clean(text)
    if press := _pressed(text):
        return [press]
    heard = list(_addressed(words.spoken(text), desk, ref))
    if not heard:
        return [Silence()]
    if pending and (filled := _filled(" ".join(line for line, _ in heard), desk, pending, ref)):
        return [filled]
    return _together(heard, desk, ref)


def _pressed(text: str) -> Press | None:
    """A pressed button: the message ends in a token, in a line that is not quoted."""
    found = _TOKEN.search(text) if "~" in text else None
    if found is None or _ABOUT.fullmatch(found[1]):
        return None
    *_, said = ["", *text[: found.start(1) - 1].split("\n")]
    if said.lstrip().startswith((">", "&gt;")):
        return None
    return Press(token=found[1], label=words.plain(_ADDRESS.sub("", words.spoken(said), count=1), 60))


def _addressed(text: str, desk: Desk, ref: str) -> Iterator[tuple[str, bool]]:
    """The lines meant for the bot, and whether they call it; in a thread of a case the others may be overheard."""
    for line in text.split("\n"):
        called = _ADDRESS.match(line)
        if called:
            yield line[called.end() :], True
        elif line.strip() and (desk.direct or ref):
            yield line, desk.direct


# -- one line ----------------------------------------------------------------------------------------------


def _together(heard: list[tuple[str, bool]], desk: Desk, ref: str) -> list[Intent]:
    """Every line's meaning; lines that say nothing alone may say it together ("failed ahip" / "second time")."""
    found: list[Intent] = []
    unknown: list[Intent] = []
    for text, called in heard:
        for intent in _line(text, desk, ref, called):
            (unknown if isinstance(intent, Unknown | Silence) else found).append(intent)
    said = [intent for intent in found if not isinstance(intent, Say)]
    if len(heard) > 1 and len(said) < 2 and (unknown or len(found) > 1) and all(called for _, called in heard):
        joined = _line(" , ".join(text for text, _ in heard), desk, ref, True)
        if any(not isinstance(intent, Unknown | Silence) for intent in joined):
            found = joined
    if not found:
        return [next((i for i in unknown if isinstance(i, Unknown)), Silence())]
    return found[:MOST] if len(found) <= MOST else [*found[:MOST], Say(template="only_three", facts={"most": MOST})]


def _line(text: str, desk: Desk, ref: str, called: bool) -> list[Intent]:
    """One line, which may hold more than one command."""
    if '"' in text or "“" in text or "«" in text:
        text = words.without_reported(text)
    found: list[Intent] = []
    agent = ""
    for piece in _pieces(text):
        for intent in _piece(Line(piece, desk, ref, agent), called):
            agent = getattr(intent, "agent", "") or agent
            found.append(intent)
    speaking = [intent for intent in found if not isinstance(intent, Unknown | Silence)]
    return speaking or found[:1]


def _pieces(text: str) -> list[str]:
    """The commands of a line: parted before a word that begins one, when what stands before it is one too."""
    if not _JOINT.search(text) or text.rstrip().endswith("?"):
        return [text]
    pieces: list[str] = []
    start = 0
    for joint in _JOINT.finditer(text):
        before, behind = _begun(text[start : joint.start()]), words.split(text[joint.end() :][:40])[0]
        if before is None or before.tells or not behind or behind[0] not in JOINS or behind[1:2] == ["of"]:
            continue
        if len(behind) > 1 or behind[0] not in ("form", "cap", "result", "ended"):
            pieces.append(text[start : joint.start()])
            start = joint.end()
    return [*pieces, text[start:]]


def _begun(text: str) -> Route | None:
    """The route whose word begins the text, politeness and "i" left out."""
    for word in words.split(text[:60])[0]:
        if word not in lexicon.POLITE and word not in ("i", "ive"):
            return WORDS.get(word)
    return None


def _piece(line: Line, called: bool) -> list[Intent]:
    """One command: by its exact words, else by its phrases and patterns; a question goes to help."""
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
    found = found or WORDS.get(said[0])
    if found is None or (len(said) > 1 and said[0] in ONLY_ALONE and line.norm not in WHOLE):
        return []
    return _ask(found, line, called)


def _ask(found: Route, line: Line, called: bool) -> list[Intent]:
    """The route's own reading of the line, if the line means it."""
    if not called and not found.thread:
        return []
    if line.asks and not found.reads and not (found.tells and len(line.words) > 2):
        return [Wish(name="help", args={"topic": found.topic})]
    if not found.free and line.norm not in WHOLE and _denied(line):
        return [Say(template="denied", facts={"example": found.example})]
    heard = found.handler(line)
    return heard if isinstance(heard, list) else [heard]


def _denied(line: Line) -> bool:
    """A no about the whole line; a cancellation has its reasons."""
    return "cancel" not in line.words[:4] and (duties.denies(line) or not lexicon.JESTS.isdisjoint(line.words))


# -- what no table knows -----------------------------------------------------------------------------------


def _loose(line: Line, called: bool) -> list[Intent]:
    """A line in a tired person's own words."""
    if not line.words:
        return [_wordless(line)] if called else []
    bare = _without_filler(line)
    if bare.words and len(bare.words) < len(line.words) and (heard := exact(bare, called)):
        return heard
    if not bare.words or all(word in lexicon.THANKS for word in line.words):
        return [_wordless(line)] if called else []
    if not called:
        return _overheard(line)
    if _is_question(line, bare):
        return [Wish(name="help", args={"topic": _topic(line)})]
    return _patterns(line, bare) or [Unknown(near=answers.near(line, ROUTES))]


def _patterns(line: Line, bare: Line) -> list[Intent]:
    """The first route whose pattern hears the line, and the verbs of an exam."""
    norm = bare.norm
    for pattern, found in HEARS:
        if pattern.search(norm):
            if not found.free and not lexicon.HEDGES.isdisjoint(_before(norm, pattern)):
                return [Say(template="denied", facts={"example": found.example})]
            return _ask(found, line, True)
    read = exam.verdict(bare)
    if not read:
        return []
    heard = {"fail": exam.fail, "pass": exam.passed, "doubt": exam.doubt}[read](bare)
    return heard if isinstance(heard, list) else [heard]


def _before(norm: str, pattern: re.Pattern[str]) -> list[str]:
    found = pattern.search(norm)
    return norm[: found.start()].split() if found else []


def _overheard(line: Line) -> list[Intent]:
    """In a case's thread "done" is the answer to the post it hangs under; other talk is not the bot's."""
    said = [word for word in line.words if word not in lexicon.POLITE]
    if line.asks or not said or said[0] not in lexicon.FINISHED or not lexicon.FINISHED.issuperset(said):
        return []
    return [*duties.ended(line)]


def _wordless(line: Line) -> Intent:
    """Only a greeting, thanks, or signs."""
    if line.asks or not line.text.strip() or not lexicon.GREETING.isdisjoint(line.words):
        return Wish(name="help", args={"topic": ""})
    return Silence()


def _without_filler(line: Line) -> Line:
    """The line without the politeness at its two ends."""
    bare = Line(line.text, line.desk, line.thread, line.agent)
    while bare.words and bare.words[0] in lexicon.POLITE:
        bare.take(0)
    while bare.words and bare.words[-1] in lexicon.POLITE and bare.words[-1] != "again":
        bare.take(len(bare.words) - 1)
    return bare


def _is_question(line: Line, bare: Line) -> bool:
    first, second = (*bare.words, "", "")[:2]
    return line.asks or (
        first in lexicon.QUESTIONS and not (first in ("did", "could", "can") and second in ("not", "nt"))
    )


def _topic(line: Line) -> str:
    """The topic a question is about, as far as its words tell."""
    for word in line.words:
        if (
            (found := WORDS.get(word) or WORDS.get(f"{word}ed") or WORDS.get(word.rstrip("s")))
            and found.topic
            and word not in ONLY_ALONE | {"me", "help"}
        ):
            return found.topic
    if any(line.desk.roster.find_exam(word) for word in line.words):
        return WORDS["fail"].topic
    return ""


# -- the answer to an open question ------------------------------------------------------------------------


def _filled(text: str, desk: Desk, pending: str, ref: str) -> Intent | None:
    """The answer an open one-line question waits for; None when the text is a command of its own."""
    line = Line(text, desk, ref)
    if line.norm in ("cancel", "never mind", "nevermind", "nvm", "forget it"):
        return Choice(text="no")
    if answers.stands_alone(line, WORDS, WHOLE):
        try:
            heard = exact(Line(text, desk, ref))
        except Unclear:
            heard = []
        if heard and all(isinstance(intent, Act | Wish | Confirm) for intent in heard):
            return None
    try:
        return answers.fill(line, pending)
    except Unclear as question:
        return question.intent
