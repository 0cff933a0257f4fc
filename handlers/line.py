"""One line of chat as a row of words from which a handler takes what it reads: references, numbers, links.

What is left at the end is what nobody understood. Names, exams and times have rooms of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from handlers import words as texts
from handlers.intents import Desk, Intent, Say
from workflows.people import Role

_REF = re.compile(r"([fcrpmlqtdakhxyzg])-?(\d{1,9})")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_MASS = re.compile(r"(?<!\w)@(?:all|here|channel|everyone)\b", re.IGNORECASE)
_TOKEN = re.compile(r"~[A-Za-z0-9.:-]+")


class Unclear(Exception):
    """Raised inside this room to stop reading a line; carries the short question the person gets instead."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(intent)
        self.intent = intent


def unclear(template: str, facts: Mapping[str, Any] | None = None, buttons: Iterable[tuple[str, str]] = ()) -> Unclear:
    """The question to ask, ready to be raised."""
    return Unclear(Say(template=template, facts=facts or {}, buttons=tuple(buttons)))


class Line:
    """The words of one line: `words` folded, `raw` as typed, side by side; `thread` is the case it was said under.

    `agent` is whom the command before it in the same message was about.
    """

    __slots__ = ("agent", "asks", "desk", "raw", "text", "thread", "words")

    def __init__(self, text: str, desk: Desk, thread: str = "", agent: str = "") -> None:
        self.text, self.desk, self.thread, self.agent = text, desk, thread, agent
        self.words, self.raw = texts.split(text)
        self.asks = "?" in text and text.rstrip(" .!)\"'").endswith("?")

    @property
    def norm(self) -> str:
        """The words with one space between them."""
        return " ".join(self.words)

    @property
    def own(self) -> str:
        """The speaker when he is an agent, else ""."""
        return self.desk.actor if Role.agent in self.desk.roles else ""

    def take(self, start: int, stop: int | None = None) -> str:
        """Takes words away; gives them as typed."""
        stop = start + 1 if stop is None else stop
        gone = " ".join(self.raw[start:stop])
        del self.words[start:stop]
        del self.raw[start:stop]
        return gone

    def drop(self, *words: str) -> bool:
        """Takes away every one of these words; whether there was any."""
        found = [i for i, word in enumerate(self.words) if word in words]
        for i in reversed(found):
            self.take(i)
        return bool(found)

    def refs(self, letters: str = "") -> list[str]:
        """Takes all case references ("F-12", "f12") of these letters, in order, each once."""
        found: dict[str, None] = {}
        for i in range(len(self.words) - 1, -1, -1):
            ref = reference(self.words[i])
            if ref and (not letters or ref[0] in letters):
                found[ref] = None
                self.take(i)
        return list(reversed(found))

    def ref(self, letters: str = "") -> str:
        """Takes the first reference; else that of the thread (if its letter fits), else ""."""
        for i, word in enumerate(self.words):
            ref = reference(word)
            if ref and (not letters or ref[0] in letters):
                self.take(i)
                return ref
        return self.thread if not letters or self.thread[:1] in letters else ""

    def url(self) -> str:
        """Takes the first web address, as typed; "" when there is none."""
        for i, raw in enumerate(self.raw):
            if raw[:8].lower().startswith(("https://", "http://")):
                whole = next((found[0] for found in _URL.finditer(self.text) if found[0].startswith(raw)), raw)
                self.take(i, i + max(1, len(texts.split(whole)[0])))  # a question mark parts words, not addresses
                return whole.rstrip(".,;!)>]'\"")
        return ""

    def rest(self) -> str:
        """Takes all that is left, as typed and fit to be stored."""
        left = texts.kept(" ".join(self.raw))
        self.words.clear()
        self.raw.clear()
        return left

    def after(self, *seen: str) -> str:
        """The text as typed after the last of these pieces: a reason with its punctuation."""
        at = 0
        for piece in seen:
            found = self.text.lower().find(piece.lower(), at) if piece else -1
            at = found + len(piece) if found >= 0 else at
        return texts.kept(self.text[at:].lstrip(" \t,;:-–—.")) if at else ""

    def press(self, text: str) -> str:
        """What a button types so that it is heard where this line was said; never a live call to all."""
        text = _TOKEN.sub("", _MASS.sub("", text)).strip()
        return text if self.desk.direct else f"!esp {text}"

    def again_with(self, said: str, instead: str) -> str:
        """This line as a button would type it, with one piece said otherwise."""
        bounded = rf"(?<!\w){re.escape(said)}(?!\w)"
        text, n = re.subn(bounded, lambda _: instead, self.text, count=1)
        return self.press(texts.kept(text if n else f"{self.text} {instead}", 200))


def reference(word: str) -> str:
    """ "f12" or "F-12" as a case reference "F-12"; "" for anything else."""
    found = _REF.fullmatch(word.lower())
    return f"{found[1].upper()}-{int(found[2])}" if found else ""
