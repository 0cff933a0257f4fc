"""From a message to what it means: a pressed button, who is addressed, which commands it holds, an open question.

What one command means is `hearing.py`; which there are is `routes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers import answers, classroom, filed, floor, hearing, lexicon, words
from handlers.intents import Act, Choice, Confirm, Desk, Fill, Intent, Press, Say, Silence, Unknown, Wish
from handlers.line import Line, Unclear
from handlers.routes import JOINS, Route

MOST = 3
"""Commands of one message that are done."""

FILE = "evidence"
"""The kind of a question that waits for a file."""

_ADDRESS = re.compile(r"\s*(?:[!/]esp\b|@certdesk\b)[\s:,]*", re.IGNORECASE)
_TOKEN = re.compile(r"(?:^|\s)~([A-Za-z0-9.:-]+)\s*\Z")
_ABOUT = re.compile(r"\d{1,2}(?::\d\d)?(?:am|pm)?", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:[;,&.]|\b(?:and|then|also|but)\b)\s+", re.IGNORECASE)


def route(text: str, desk: Desk, pending: str = "", ref: str = "") -> list[Intent]:
    """What a message means, one intent per command in it.

    `pending` is the kind of a one-line question open to the speaker, `ref` the case in whose thread he wrote.
    At most three commands are done; a fourth gets a word instead. `Silence` when the bot is not addressed.
    """
    text = words.clean(text)
    if press := _pressed(text):
        return [press]
    heard = list(_addressed(words.spoken(text), desk, ref))
    if pending == FILE:
        if desk.files and desk.direct and not _tells(heard, desk, ref):
            return [Fill(kind=FILE, value=desk.files[0])]
        pending = ""
    if desk.files and desk.direct and not _tells(heard, desk, ref) and (meant := filed.read(desk, text)):
        return meant
    if not heard:
        return [classroom.overheard(words.spoken(text), desk) or Silence()]
    if (whole := _begun(heard[0][0])) is not None and whole.whole:
        heard = [(" ".join(line for line, called in heard if called == heard[0][1]), heard[0][1])]
    elif pending and (said := " ".join(line for line, called in heard if called)):
        filled = _filled(said, desk, pending, ref)
        if filled:
            return [filled]
    meant = _together(heard, desk, ref)
    return filed.beside(desk, meant)


def _tells(heard: list[tuple[str, bool]], desk: Desk, ref: str) -> bool:
    """Whether what was said with a file is a command that sees to the file itself."""
    return any(isinstance(intent, Act | Confirm) for intent in _together(heard, desk, ref)) if heard else False


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
    if len(heard) > 1 and all(called for _, called in heard):
        report, others = floor.as_report([text for text, _ in heard], desk)
        if report:
            found += hearing.heard(Line(report, desk, ref), True)
            heard = [(text, True) for text in others]
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
    whole = (begun := _begun(text)) is not None and begun.whole  # whose quotes are the speaker's own words
    if not whole and ('"' in text or "“" in text or "«" in text):
        text = words.without_reported(text)
    found: list[Intent] = []
    agent = ""
    for piece in _pieces(text):
        for intent in hearing.heard(Line(piece, desk, ref, agent), called):
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
            return hearing.WORDS.get(word)
    return None


# -- the answer to an open question ------------------------------------------------------------------------


def _filled(text: str, desk: Desk, pending: str, ref: str) -> Intent | None:
    """The answer an open one-line question waits for; None when the text is a command of its own."""
    line = Line(text, desk, ref)
    if line.norm in ("cancel", "never mind", "nevermind", "nvm", "forget it"):
        return Choice(text="no")
    if answers.stands_alone(line, hearing.WORDS, hearing.WHOLE):
        try:
            heard = hearing.exact(Line(text, desk, ref))
        except Unclear:
            heard = []
        if heard and all(isinstance(intent, Act | Wish | Confirm) for intent in heard):
            return None
    try:
        return answers.fill(line, pending)
    except Unclear as question:
        return question.intent
