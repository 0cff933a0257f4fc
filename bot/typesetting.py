"""From a typst source to a PDF or pictures of its pages, and back to its words.

Nothing here reads a file, opens a socket or asks the time; text that people wrote stays text (`escape`).
"""

from __future__ import annotations

import functools
import io
import os
import re
import unicodedata
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import typst

_STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_REACHES_OUT = re.compile(r"\b(?:import|include|plugin)\b|@(?:preview|local)/")
_LONG_WORD = re.compile(r"\S{60}(?=\S)")
_NO_GLYPH = re.compile(
    "[\u0700-\u109f\u1100-\u1cff\u2600-\u27bf\u2b00-\u2bff\u2e80-\ufaff\ufdf0-\ufdff\U00010000-\U0010ffff]"
)
"""Characters the embedded fonts cannot draw; a box in their place would lose what somebody wrote."""


def escape(text: str) -> str:
    """The text as a typst expression for a place where markup stands; it can end neither itself nor its place.

    Line ends stay, other controls, format and bidi marks go, and words of over 60 characters may break. What the
    fonts cannot draw is named: "[grinning face]", "[U+4E2D]".
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    clean = "".join(char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    literal = _LONG_WORD.sub("\\g<0>\u200b", _NO_GLYPH.sub(_drawn, clean)).replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{literal}";'


def _drawn(found: re.Match[str]) -> str:
    char = found[0]
    if unicodedata.category(char) in ("Mn", "Sk"):
        return ""  # a skin tone, or the mark that asks for a coloured picture
    name = unicodedata.name(char, "").lower() if unicodedata.category(char) == "So" else ""
    return f"[{name or f'U+{ord(char):04X}'}]"


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


@functools.lru_cache(maxsize=128)
def text_of(content: bytes) -> str:
    """The words of a PDF, page by page, for tests and for searching."""
    import pypdf  # 13 MB that only a reader of papers needs

    try:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    except pypdf.errors.PyPdfError:  # one somebody sent may be no better than its name
        return ""


@functools.cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False)


def _compiled(source: str, form: str, ppi: float | None = None) -> tuple[bytes, ...]:
    """One item per file: a PDF is one, PNGs are as many as pages. A compiler of its own each time, for threads."""
    import typst

    if found := _REACHES_OUT.search(_STRING.sub('""', source)):
        raise ValueError(
            f'paper: the source reaches for other files or packages ("{found[0]}"; as a mere word write #"{found[0]}")'
        )
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
