"""Typed text made fit to read, and fit to be shown again: what is invisible, quoted or live goes.

Nothing here knows a command, a person or an exam.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000
"""Characters of a message that are read at all."""

ECHO = 160
"""Characters of a person's own words that are shown back to him."""

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")
_LINES = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n"})
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_QUOTE_LINK = re.compile(r"\[\s*\]\(\s*https?://[^)\s]*\s*\)")
_FORWARDED = re.compile(r"^[ \t]*-{2,}\s*(?:forwarded|original) message\b.*", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_SAID = re.compile(r"[\"“”„«»]([^\"“”„«»\n]*)[\"“”„«»]")
_VERB = re.compile(r"\b(?:fail|flunk|bomb|pass|coach|confirm|deliver|gave|done)", re.IGNORECASE)
_SHORTCODE = re.compile(r":[a-z][a-z0-9_+-]*:", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;!?()\[\]{}\"“”„«»…|<>*`\\^]+")
_EDGES = ".:'-_~=+#/&$%"
_KEPT = frozenset("@:/.-_%+=&~?#")

_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_SCHEME = re.compile(r"(?:\b[a-z][a-z0-9+.-]*)?://", re.IGNORECASE)
_LIVE = re.compile(r"(?<!\w)[@#]+(?=\w)")
_MARKS = re.compile(r"[*~`|<>\[\]{}\\$^]+|(?<!\w)_+|_+(?!\w)")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """The first 4,000 characters, without control, bidi and zero-width characters; line ends are "\\n"."""
    text = _INVISIBLE.sub("", text[:LONGEST])
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.translate(_LINES) if "\r" in text or not text.isascii() else text


def spoken(text: str) -> str:
    """What the person says himself: quoted lines, quote links, code and forwarded text are left out."""
    if "[" in text:
        text = _QUOTE_LINK.sub(" ", text)
    if "```" in text:
        text = _FENCED.sub(" ", text)
    if "--" in text:
        text = _FORWARDED.sub("", text)
    if ">" in text or "&gt;" in text:
        text = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith((">", "&gt;")))
    return text


def without_reported(text: str) -> str:
    """The line without what it puts in quotation marks, where that holds a verb: somebody else said it."""
    return _SAID.sub(lambda m: " " if _VERB.search(m[1]) else f" {m[1]} ", text)


def split(text: str) -> tuple[list[str], list[str]]:
    """The words of a line: folded for matching (no case, accents, apostrophes, emoji), and as typed, side by side."""
    if ":" in text:
        text = _SHORTCODE.sub(" ", text)
    words, raw = [], []
    for found in _WORD.findall(text):
        if word := fold_word(found):
            words.append(word)
            raw.append(found)
    return words, raw


def fold_word(word: str) -> str:
    """One word in the form in which commands are compared; "" when nothing but signs is left."""
    if word.isascii():
        word = word.lower()
    else:
        bare = unicodedata.normalize("NFKD", word.translate(_APOSTROPHES).casefold())
        word = "".join(c for c in bare if c.isascii() or c.isalnum())
        word = "".join(c for c in word if c.isalnum() or c in _KEPT or c == "'")
    if "'" in word:
        word = word.replace("'", "")
    word = word.strip(_EDGES)
    return "" if word == "@" else word


def plain(text: str, longest: int = ECHO) -> str:
    """A person's words fit to be shown in chat: one line, no live mention, channel, link or markup, not too long."""
    text = _SPACE.sub(" ", clean(text))
    text = _LINK.sub(r"\1 \2", text)
    text = _MARKS.sub("", text)
    while _SCHEME.search(text) or _LIVE.search(text):
        text = _LIVE.sub("", _SCHEME.sub("", text))
    text = _SPACE.sub(" ", text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def kept(text: str, longest: int = 1000) -> str:
    """A person's words fit to be stored: cleaned, one line, bounded."""
    return _SPACE.sub(" ", text).strip()[:longest]
