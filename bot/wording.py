"""How times, numbers, names and other people's words are written out for people to read.

Pure functions: no template, no roster, no clock. Times come in as aware UTC, datetimes or ISO 8601 text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

LONGEST = 400
"""Characters of one supplied text that chat shows; the rest is cut, and an ellipsis says so."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)
_CARDINALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Clean(str):
    """Text that chat may show as it is: ours, or neutralised already."""

    __slots__ = ()


# -- times -------------------------------------------------------------------------------------------------


def instant(value: datetime | str) -> datetime:
    """The aware datetime of either form; raises ValueError for a text that is none or a time without a zone."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return at


def clock(at: datetime) -> str:
    """ "10:17", in the zone `at` is in."""
    return f"{at.hour:02}:{at.minute:02}"


def when(at: datetime) -> str:
    """ "Tue 17 Nov, 10:17", in the zone `at` is in."""
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]}, {at.hour:02}:{at.minute:02}"


def day(at: datetime) -> str:
    """ "Tue 17 Nov 2026", in the zone `at` is in."""
    return f"{_DAYS[at.weekday()]} {at.day} {_MONTHS[at.month - 1]} {at.year}"


def elsewhere(at: datetime, zone: str, whose: str) -> str:
    """ " (09:17 Ana's time)" when the clock in `zone` shows another time than `at`, with the day if that differs."""
    there = at.astimezone(ZoneInfo(zone))
    if there.utcoffset() == at.utcoffset():
        return ""
    shown = clock(there) if there.date() == at.date() else when(there)
    return f" ({shown} {whose} time)"


# -- documents ---------------------------------------------------------------------------------------------


def fingerprint(digest: str) -> str:
    """The short form of a document's SHA-256, for people to compare: "3f9a 77c1 2b04"."""
    return " ".join(digest[n : n + 4] for n in range(0, min(len(digest), 12), 4))


def grouped(digest: str) -> str:
    """The whole of it, in groups of eight that can be read out and printed."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))


# -- numbers and lists -------------------------------------------------------------------------------------


def ordinal(number: int) -> str:
    """ "first" to "twelfth", then "13th", "21st"."""
    if 1 <= number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def counted(number: int, noun: str, nouns: str = "") -> str:
    """ "no fails", "one fail", "two fails", "13 fails"."""
    amount = _CARDINALS[number] if 0 <= number < len(_CARDINALS) else str(number)
    return f"{amount} {noun if number == 1 else nouns or noun + 's'}"


def listed(values: Iterable[object], word: str = "and") -> str:
    """ "a, b and c"."""
    texts = [str(value) for value in values]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def some(values: Iterable[object], noun: str, most: int = 6) -> str:
    """ "a, b and c"; of more than `most` the first three and how many more: "a, b, c and 12 more courses"."""
    texts = [str(value) for value in values]
    if len(texts) <= most:
        return listed(texts)
    return f"{', '.join(texts[:3])} and {len(texts) - 3} more {noun}"


# -- other people's words ----------------------------------------------------------------------------------

_TROUBLE = re.compile(r"[^ -~\u00a0-\u02af\u2010-\u2027\u2032-\u205e\u20ac]|[@#*_~`<>\[\]|\\]|://|\.[A-Za-z]{2}")
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/?#@!$&+,;=:%-]*)?\Z")
_ALIKE = str.maketrans(
    {"@": "＠", "*": "∗", "~": "∼", "`": "'", "<": "‹", ">": "›", "[": "(", "]": ")", "|": "¦", "\\": "＼"}
)


def one_line(text: str) -> str:
    """The text on one line: controls, line ends, zero-width and bidi marks gone; any other space is one space."""
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return re.sub(" {2,}", " ", "".join(kept))


def safe_chat(text: object) -> Clean:
    """The text with nothing in it that Rocket.Chat reads as a mention, markup or a link; it looks the same.

    Signs are replaced by others that look like them (the fullwidth ＠ for @), so that copies stay readable
    and no invisible character is added.
    """
    if isinstance(text, Clean):
        return text
    plain = str(text)
    if _TROUBLE.search(plain):
        plain = one_line(plain).translate(_ALIKE)
        plain = re.sub(r"#(?!\d)", "＃", plain)
        plain = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", "＿", plain)
        plain = re.sub(r":(?=//)", "：", plain)
        plain = re.sub(r"(?<=\w)\.(?=[A-Za-z]{2})", "․", plain)
    if len(plain) > LONGEST:
        plain = plain[: LONGEST - 1].rstrip() + "…"
    return Clean(plain)


def is_link(url: object) -> bool:
    """Is this an http(s) address and nothing else?"""
    return len(str(url)) <= LONGEST and _LINK.match(str(url)) is not None


def link(url: object) -> Clean:
    """An http(s) address as one that can be tapped; anything else as safe text."""
    text = str(url).strip()
    return Clean(text) if is_link(text) else safe_chat(text)
