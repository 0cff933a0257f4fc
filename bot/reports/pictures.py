"""Drawings of our own: SVG from a few shapes, and the same as PNG for mail. Meaning never hangs on colour alone.

Every word is escaped; sizes are SVG pixels. Nothing here reads a file, a clock or a row.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from bot import papers

INK, SOFT, LINE, PAPER = "#1c2430", "#505c6e", "#c9d1db", "#ffffff"
FONT = "Helvetica, Arial, 'DejaVu Sans Mono', sans-serif"

LEVELS = {
    "done": ("#1d6b3a", "#dff2e5", "✓"),
    "going": ("#1a4f9c", "#e2ecfa", "●"),
    "attention": ("#8a1f3c", "#fbe3e8", "!"),
    "open": ("#505c6e", "#f1f3f5", "–"),
}
"""Level -> ink, ground and the sign that says the same without colour."""

CHART = ("#1a4f9c", "#5b8def", "#d08a00", "#8a1f3c", "#1d6b3a", "#7b8794")
PATTERN = ("", "6 3", "2 2", "8 2 2 2", "1 3", "4 4")
"""Lines differ by their dashes too."""


@dataclass
class Drawing:
    """A drawing under way; `svg()` ends it."""

    width: float
    height: float
    parts: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, w: float, h: float, fill: str, *, stroke: str = "", round_: float = 0) -> None:
        """A rectangle."""
        edge = f' stroke="{stroke}"' if stroke else ""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" rx="{round_:g}" '
            f'fill="{fill}"{edge}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, *, dash: str = "", w: float = 1
    ) -> None:
        """A straight line."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" '
            f'stroke-width="{w:g}"{dashes}/>'
        )

    def path(self, points: Sequence[tuple[float, float]], stroke: str, *, dash: str = "") -> None:
        """A line through points."""
        where = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{where}" fill="none" stroke="{stroke}" stroke-width="2"{dashes}/>')

    def dot(self, x: float, y: float, r: float, fill: str, *, stroke: str = INK) -> None:
        """A circle."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" fill="{fill}" stroke="{stroke}"/>')

    def cross(self, x: float, y: float, r: float, stroke: str) -> None:
        """What is not a dot: a small cross."""
        self.line(x - r, y - r, x + r, y + r, stroke, w=2)
        self.line(x - r, y + r, x + r, y - r, stroke, w=2)

    def word(
        self, x: float, y: float, text: str, *, size: float = 13, fill: str = INK, at: str = "start", bold: bool = False
    ) -> None:
        """A line of text; `at` is start, middle or end."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{at}"{weight}>'
            f"{escape(shown(text))}</text>"
        )

    def svg(self, alt: str) -> str:
        """The whole drawing, with its words for those who do not see it."""
        said = escape(shown(alt), quote=True)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" aria-label="{said}" font-family="{FONT}">'
            f'<rect width="100%" height="100%" fill="{PAPER}"/>{"".join(self.parts)}</svg>'
        )


def shown(text: str) -> str:
    """The text without what no XML may hold."""
    return "".join(char for char in text if char >= " " and not 0xD800 <= ord(char) <= 0xDFFF and ord(char) < 0xFFFE)


def short(text: str, most: int) -> str:
    """The text, cut with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def chip(drawing: Drawing, x: float, y: float, w: float, level: str, text: str) -> None:
    """A status chip: its ground, its sign and its words say the same."""
    ink, ground, sign = LEVELS[level]
    drawing.box(x, y, w, 22, ground, stroke=ink, round_=4)
    drawing.word(x + 6, y + 15.5, f"{sign} {short(text, int((w - 22) / 6.4))}", size=11.5, fill=ink)


def bars(title: str, groups: Sequence[tuple[str, Sequence[tuple[str, int]]]], alt: str, *, unit: str = "") -> str:
    """Stacked bars, one a group: (label, [(part, count), ...]); a part carries its letter and count, named below."""
    names = list(dict.fromkeys(name for _, parts in groups for name, _ in parts))
    most = max([sum(n for _, n in parts) for _, parts in groups] + [1])
    top, left, wide, tall = 34.0, 96.0, 560.0, 26.0
    height = top + len(groups) * (tall + 10) + 22 * ((len(names) + 2) // 3) + 20
    drawing = Drawing(left + wide + 40, height)
    drawing.word(10, 20, title, size=15, bold=True)
    for row, (label, parts) in enumerate(groups):
        y, x = top + row * (tall + 10), left
        drawing.word(left - 8, y + 18, short(label, 13), at="end")
        for name, n in parts:
            if not n:
                continue
            w = wide * n / most
            part = names.index(name)
            drawing.box(x, y, w, tall, CHART[part % len(CHART)], stroke=PAPER)
            drawing.word(x + w / 2, y + 18, f"{letter(part)} {n}", fill=PAPER, at="middle", bold=True)
            x += w
        drawing.word(x + 6, y + 18, f"{sum(n for _, n in parts)}{unit}", fill=SOFT)
    base = top + len(groups) * (tall + 10) + 8
    for n, name in enumerate(names):
        x, y = 10 + (n % 3) * 225, base + (n // 3) * 22
        drawing.box(x, y, 12, 12, CHART[n % len(CHART)])
        drawing.word(x + 18, y + 11, f"{letter(n)}: {short(name, 26)}", size=12)
    return drawing.svg(alt)


def letter(n: int) -> str:
    """A, B, C: which part it is, for those who do not see its colour."""
    return chr(ord("A") + n % 26)


def grid(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[str]]],
    alt: str,
    *,
    legend: Sequence[str] = (),
) -> str:
    """Squares, filled where a cell has a level; the sign inside says the same as the colour."""
    longest = max([len(name) for name in columns] + [1])
    left, cell, tall, top = 150.0, min(max(26.0, 5.4 * longest + 4), 44.0), 26.0, 58.0
    drawing = Drawing(max(left + cell * len(columns) + 20, 420), top + tall * len(rows) + 40)
    drawing.word(10, 20, title, size=15, bold=True)
    for n, name in enumerate(columns):
        drawing.word(left + n * cell + cell / 2, top - 8, short(name, 8), size=9, fill=SOFT, at="middle")
    for row, (label, levels) in enumerate(rows):
        y = top + row * tall
        drawing.word(left - 8, y + 17, short(label, 20), at="end", size=12)
        for n, level in enumerate(levels):
            ink, ground, sign = LEVELS[level]
            drawing.box(left + n * cell + 2, y + 2, cell - 4, tall - 4, ink if level == "done" else ground, stroke=ink)
            colour = PAPER if level == "done" else ink
            drawing.word(left + n * cell + cell / 2, y + 17, sign, size=12, fill=colour, at="middle")
    drawing.word(10, top + tall * len(rows) + 22, "   ".join(legend), size=12, fill=SOFT)
    return drawing.svg(alt)


def strip(title: str, values: Sequence[float], line: float, low: float, high: float, alt: str) -> str:
    """A strip of dots along one scale with one line across: a dot at or above it, a cross below."""
    left, wide, drawing = 40.0, 620.0, Drawing(700, 130)
    drawing.word(10, 20, title, size=15, bold=True)

    def place(value: float) -> float:
        return left + wide * (min(max(value, low), high) - low) / (high - low)

    drawing.line(left, 80, left + wide, 80)
    for tick in range(int(low), int(high) + 1, 10):
        drawing.line(place(tick), 80, place(tick), 86)
        drawing.word(place(tick), 102, str(tick), size=11, fill=SOFT, at="middle")
    drawing.line(place(line), 34, place(line), 92, LEVELS["attention"][0], dash="5 3", w=1.5)
    drawing.word(place(line), 120, f"{line:g} passes", size=11, fill=LEVELS["attention"][0], at="middle")
    stacked: dict[int, int] = {}
    for value in sorted(values):
        x = place(value)
        n = stacked[int(x // 9)] = stacked.get(int(x // 9), -1) + 1
        y = 72 - 9 * min(n, 3)
        if value >= line:
            drawing.dot(x, y, 4, LEVELS["done"][0])
        else:
            drawing.cross(x, y, 4, LEVELS["attention"][0])
    return drawing.svg(alt)


def ladder(
    title: str,
    steps: Sequence[str],
    pace: Sequence[float],
    walks: Sequence[tuple[str, Sequence[float]]],
    alt: str,
    *,
    top: float,
) -> str:
    """Lines over the same steps: a thick dashed pace, and one line a person with his name at its end."""
    left, wide, tall, head = 44.0, 520.0, 220.0, 40.0
    drawing = Drawing(760, head + tall + 50)
    drawing.word(10, 20, title, size=15, bold=True)

    def at(n: int, value: float) -> tuple[float, float]:
        return left + wide * n / max(len(steps) - 1, 1), head + tall * (1 - min(value / top, 1))

    for n, name in enumerate(steps):
        x, _ = at(n, 0)
        drawing.line(x, head, x, head + tall)
        drawing.word(x, head + tall + 18, name, size=11, fill=SOFT, at="end" if n == len(steps) - 1 else "middle")
    drawing.path([at(n, value) for n, value in enumerate(pace)], INK, dash="7 4")
    if pace:
        drawing.word(left + 4, head + 12, "dashed: the pace", size=11, fill=SOFT)
    ends: list[tuple[float, str, str]] = []
    for row, (name, values) in enumerate(walks):
        colour = CHART[row % len(CHART)]
        points = [at(n, value) for n, value in enumerate(values)]
        if len(points) > 1:
            drawing.path(points, colour, dash=PATTERN[(row // len(CHART)) % len(PATTERN)])
        for x, y in points:
            drawing.dot(x, y, 3, colour, stroke=colour)
        if points:
            ends.append((points[-1][1] + 4, name, colour))
    lowest = head + tall + 4
    for y, name, colour in sorted(ends, reverse=True):  # from below, so that no name covers another
        lowest = min(y, lowest)
        drawing.word(left + wide + 12, lowest, short(name, 24), size=11, fill=colour)
        lowest -= 12
    return drawing.svg(alt)


def heat(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], alt: str) -> str:
    """A calendar of numbers: the darker the more, and the number itself in every field."""
    left, wide, tall, top = 150.0, 74.0, 28.0, 58.0
    drawing = Drawing(left + wide * len(columns) + 20, top + tall * len(rows) + 16)
    drawing.word(10, 20, title, size=15, bold=True)
    most = max([int(cell) for row in rows for cell in row[1:]] + [1])
    shades = ("#ffffff", "#dbe7fb", "#a9c6f5", "#5b8def", "#1a4f9c")
    for n, name in enumerate(columns):
        drawing.word(left + n * wide + wide / 2, top - 8, name, size=11, fill=SOFT, at="middle")
    for row, (name, *cells) in enumerate(rows):
        y = top + row * tall
        drawing.word(left - 8, y + 18, short(name, 20), size=12, at="end")
        for n, cell in enumerate(cells):
            shade = -(-4 * int(cell) // most)
            drawing.box(left + n * wide + 1, y + 1, wide - 2, tall - 2, shades[shade], stroke=LINE)
            ink = PAPER if shade > 2 else INK
            drawing.word(left + n * wide + wide / 2, y + 19, cell, size=13, fill=ink, at="middle")
    return drawing.svg(alt)


@functools.lru_cache(maxsize=32)
def png(svg: str) -> bytes:
    """The drawing as PNG, for mail readers that drop SVG."""
    held = svg.replace("\\", "\\\\").replace('"', '\\"')
    source = f'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes("{held}"), format: "svg")'
    return papers.png(source, ppi=110.0)[0]
