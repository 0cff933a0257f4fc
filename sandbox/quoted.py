"""What stands below an answer or inside a forward, as three common mail programs write it: words and page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.letters import Mail

SIGNATURE = "Sent from my iPhone"


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a mail program adds below one's own words."""

    text: str
    page: str


def quote(program: str, original: Mail, tz: str, *, forward: bool = False) -> Quote:
    """Below an answer to `original`, or with `forward` the forward of it; ValueError for a program nobody has."""
    if program not in PROGRAMS:
        raise ValueError(f"there is no mail program {program!r}; there are {', '.join(PROGRAMS)}")
    return PROGRAMS[program](original, original.at.astimezone(ZoneInfo(tz)), forward)


def _gmail(original: Mail, at: datetime, forward: bool) -> Quote:
    sender, said = original.header("From"), original.text.strip()
    if forward:
        head = _lines(original, "Date", f"{at:%a, %b} {at.day}, {at:%Y} at {_clock(at)}")
        line = f"---------- Forwarded message ---------\n{head}\n\n"
        return Quote(text=line + said, page=f'<div class="gmail_quote">{_broken(line)}{_page(original)}</div>')
    line = f"On {at:%a, %b} {at.day}, {at:%Y} at {_clock(at)} {sender} wrote:"
    page = (
        f'<div class="gmail_attr">{_broken(line)}</div><blockquote class="gmail_quote">{_page(original)}</blockquote>'
    )
    return Quote(text=f"{line}\n\n{_marked(said)}", page=f'<div class="gmail_quote gmail_quote_container">{page}</div>')


def _outlook(original: Mail, at: datetime, forward: bool) -> Quote:
    """The same above an answer and a forward: Outlook does not tell them apart."""
    head = _lines(original, "Sent", f"{at:%A, %B} {at.day}, {at:%Y} {_clock(at)}")
    text = f"{'_' * 32}\n{head}\n\n{original.text.strip()}"
    page = f'<hr><div id="divRplyFwdMsg" dir="ltr">{_broken(head)}</div><div>{_page(original)}</div>'
    return Quote(text=text, page=page)


def _apple(original: Mail, at: datetime, forward: bool) -> Quote:
    """What is handed on is marked line by line, its head too."""
    said = original.text.strip()
    line = f"On {at:%b} {at.day}, {at:%Y}, at {_clock(at)}, {original.header('From')} wrote:"
    if forward:
        line = "Begin forwarded message:"
        said = f"{_lines(original, 'Date', f'{at:%B} {at.day}, {at:%Y} at {_clock(at)}')}\n\n{said}"
    below = f'<blockquote type="cite">{_broken(line)}<br>{_page(original)}</blockquote>'
    return Quote(text=f"{SIGNATURE}\n\n{line}\n\n{_marked(said)}", page=f"<div>{SIGNATURE}</div><div><br>{below}</div>")


def _none(original: Mail, at: datetime, forward: bool) -> Quote:
    return Quote(text="", page="")


PROGRAMS: dict[str, Callable[[Mail, datetime, bool], Quote]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "apple": _apple,
    "none": _none,
}


def page_of(words: str, below: Quote) -> str:
    """One's own words and what stands below them, as the HTML such a program sends."""
    return f'<html><body><div dir="ltr">{_broken(words)}</div><br>{below.page}</body></html>'


def _lines(original: Mail, dated: str, at: str) -> str:
    rows = [("From", original.header("From")), (dated, at), ("To", original.header("To"))]
    rows += [("Cc", original.header("Cc"))] if original.header("Cc") else []
    return "\n".join(f"{name}: {value}" for name, value in [*rows, ("Subject", original.subject)])


def _clock(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at:%M} {at:%p}"


def _marked(said: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in said.split("\n"))


def _broken(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _page(original: Mail) -> str:
    """The inside of the original's page, or its words."""
    found = re.search(r"<body[^>]*>(.*)</body>", original.html, re.IGNORECASE | re.DOTALL)
    return found[1] if found else _broken(original.text.strip())
