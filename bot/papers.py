"""Papers people sign: coaching records and corrective action plans, from slots to typst to PDF.

Whatever stands in a slot is text and stays text: every value a template prints goes through `escape`.
Nothing here reads a file but our own templates, opens a socket, or asks the time.
"""

from __future__ import annotations

import functools
import io
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import jinja2

if TYPE_CHECKING:
    import typst

Fact = tuple[str, str]
"""When, in site time, and what."""
Slots = Mapping[str, str | Sequence[str] | Sequence[Fact]]

KINDS = ("coaching", "written", "final")

REQUIRED = {
    "agent": "the agent's name",
    "oid": "the agent's OID",
    "date": "the date",
    "tl": "the team lead",
    "policy": "the policy's name",
    "policy_version": "the policy's version",
    "facts": "the facts with their times",
    "prior_steps": "the prior steps, by id (an empty list says there are none)",
    "expectation": "the expectation",
    "time_allowed": "the time allowed",
    "consequence": "the consequence",
    "support": "the support offered",
}
"""Slot -> what it holds. `facts` is a list of (time, text), `prior_steps` and `support` may be lists; times are
written out in site time."""

OPTIONAL = ("organisation", "id", "ref", "status", "clause", "comment", "receipt")
"""Letterhead, the paper's id, its case, "Draft" or the like, the policy's mandatory clause, the agent's comment so
far, and how receipt was acknowledged."""

_PARTS = ("acknowledges receipt, not agreement", "Agent's comment", "Signature")
_TEMPLATES = Path(__file__).parent.parent / "templates" / "cap"
_STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_REACHES_OUT = re.compile(r"\b(?:import|include|plugin)\b|@(?:preview|local)/")
_LONG_WORD = re.compile(r"\S{60}(?=\S)")


def escape(text: str) -> str:
    """The text as a typst expression for a place where markup stands; it can end neither itself nor its place.

    Line ends stay, other controls, format and bidi marks go, and words of over 60 characters may break.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    literal = _LONG_WORD.sub("\\g<0>\u200b", clean).replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{literal}";'


@functools.lru_cache(maxsize=64)  # a draft, its receipt and its filing are often the same page
def pdf(source: str) -> bytes:
    """The PDF of a typst source: the same bytes for the same source, with the embedded fonts only.

    Raises ValueError when the source reaches out (import, include, plugin; so those words may stand in
    strings only) and typst.TypstError when it is wrong or asks for a file.
    """
    return _compiled(source, "pdf")[0]


def png(source: str, *, ppi: float = 144.0) -> tuple[bytes, ...]:
    """The pages as PNG, `ppi` pixels per inch; raises as `pdf` does."""
    return _compiled(source, "png", ppi)


def paper(kind: str, slots: Slots) -> tuple[str, bytes]:
    """The typst source of a paper of one of KINDS, and its PDF.

    Raises ValueError naming what `lint` finds missing, the mandatory clause aside.
    """
    problems = lint(kind, slots)
    if problems:
        raise ValueError(f"{kind}: " + "; ".join(problems))
    source = _rendered(kind, slots)
    return source, pdf(source)


def lint(kind: str, slots: Slots, mandatory_clause: str = "") -> list[str]:
    """What keeps the paper from being ready, a sentence each; empty when it is complete.

    `mandatory_clause` is the policy's own wording and must stand in clause, expectation or consequence;
    case and spacing do not matter. Raises ValueError for a kind that is none of KINDS.
    """
    problems = [f"{name}: {what} is missing" for name, what in REQUIRED.items() if _missing(name, slots)]
    problems += [f"{name}: no such slot" for name in slots if name not in REQUIRED and name not in OPTIONAL]
    problems += _untimed(slots.get("facts", ()))
    consequence = _words(slots.get("consequence", ""))
    if consequence and "may result in" not in consequence:
        problems.append('consequence: it says "may result in ...", for people decide')
    said = [_words(slots.get(name, "")) for name in ("clause", "expectation", "consequence")]
    if mandatory_clause and not any(_words(mandatory_clause) in one for one in said):
        problems.append(f'clause: the policy demands the words "{mandatory_clause}"')
    empty = _rendered(kind, dict.fromkeys(REQUIRED, "") | {"facts": (), "prior_steps": (), "support": ()})
    problems += [f'template: the words "{part}" are missing' for part in _PARTS if part not in empty]
    return problems


@functools.lru_cache(maxsize=128)
def text_of(content: bytes) -> str:
    """The words of a PDF, page by page, for tests and for searching."""
    import pypdf  # 13 MB that only a reader of papers needs

    try:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    except pypdf.errors.PyPdfError:  # one somebody sent may be no better than its name
        return ""


def _rendered(kind: str, slots: Slots) -> str:
    if kind.lower() not in KINDS:
        raise ValueError(f"kind: {kind!r} is not one of {', '.join(KINDS)}")
    values: dict[str, object] = dict.fromkeys(OPTIONAL, "") | dict(slots)
    for name in ("prior_steps", "support"):
        if isinstance(values[name], str):
            values[name] = [values[name]]
    return _templates().get_template(f"{kind.lower()}.typ.j2").render(values)


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(  # noqa: S701 - not HTML: finalize turns every printed value into typst text
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: escape(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
    )


@functools.cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False)


def _compiled(source: str, form: str, ppi: float | None = None) -> tuple[bytes, ...]:
    """One item per file: a PDF is one, PNGs are as many as pages. A compiler of its own each time, for threads."""
    import typst

    if _REACHES_OUT.search(_STRING.sub('""', source)):
        raise ValueError("paper: the source reaches for other files or packages")
    nowhere = os.devnull  # a root that holds nothing and can hold nothing
    compiler = typst.Compiler(
        root=nowhere,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    timeless = f"#set document(date: none);{source}".encode()
    made = compiler.compile(timeless, format=form, ppi=ppi, timestamp=0)  # type: ignore[arg-type]
    return tuple(made) if isinstance(made, list) else (cast(bytes, made),)


def _missing(name: str, slots: Slots) -> bool:
    value = slots.get(name)
    if name == "prior_steps" and value is not None and not isinstance(value, str):
        return any(not _words(one) for one in value)
    return not _words(value or "")


def _untimed(facts: object) -> list[str]:
    """The facts that are not a time and a text."""
    if isinstance(facts, str) or not isinstance(facts, Sequence):
        return ["facts: a list of (time, text) is wanted"]
    whole = [
        isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 2 and all(_words(part) for part in one)
        for one in facts
    ]
    return [f"facts: number {n} lacks its time or its text" for n, fine in enumerate(whole, 1) if not fine]


def _words(value: object) -> str:
    """All that a slot says, in one case and single spaces."""
    if isinstance(value, str):
        return " ".join(value.lower().split())
    return " ".join(filter(None, (_words(one) for one in cast(Sequence[object], value))))
