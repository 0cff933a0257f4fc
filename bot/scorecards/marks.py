"""From rows of cells to the marks of a scorecard: a table with a score a line, one with a call a column, or lines
"Call 1 ... 85". Whatever two readings could be made of is not read: the file's name then says the rate alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from workflows.effects import Marks
from workflows.people import fold

Rows = Sequence[Sequence[Any]]

MOST_CALLS = 20
LONGEST_TEXT = 600
"""Characters of a feedback text that are kept, as for one typed in chat."""


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(each) for each in text.split("|"))


SCORE = _folded("score|scores|call score|score in percent|score 0-100|points|final score")
CALL = _folded("call|call no|call nr|call number|no|nr|number|calls") | {"#"}
WELL = _folded("done well|did well|what was done well|well|went well|positive|positives|strengths")
DOWN = _folded("marked down|down|what was marked down|negative|negatives|deductions|to improve")
PREPARE = _folded("preparation|to prepare|prepare|next|next time|what to prepare|prepare for next call|next steps")
AGENT = _folded("agent|agent name|name of agent|name|trainee|agent's name")
LAST = _folded("last name|agent last name|agentlastname|last|surname")
FIRST = _folded("first name|agent first name|agentfirstname|first|given name")
CERTIFIER = _folded("certifier|certifier name|scored by|evaluator|assessor")
HEADS = SCORE | CALL | WELL | DOWN | PREPARE | AGENT | LAST | FIRST | CERTIFIER
_CALL_NAME = re.compile(r"(?:call|c)\s*(?:cert\s*)?(?:#|no\.?|nr\.?|number)?\s*(\d{1,2})\b")
_SCORE = re.compile(r"([-+]?\d{1,6}(?:[.,]\d{1,6})?)\s*(?:%|pct|points?|pts|/\s*100|of 100|out of 100)?", re.ASCII)
_END = re.compile(
    r"(?:total|average|avg|mean|sum|passes|passed|calls passed|pass(?:ing)? rate|rate|overall|result|final result)\b"
)


@dataclass
class Found:
    """One reading of a sheet: by call number, the score and the texts."""

    scores: dict[int, str] = field(default_factory=dict)
    texts: dict[str, dict[int, str]] = field(default_factory=lambda: {"well": {}, "down": {}, "prepare": {}})
    agents: list[str] = field(default_factory=list)
    numbered: bool = True
    doubtful: bool = False

    def tuples(self) -> tuple[str, ...]:
        """The scores in order, "" for a call that has none."""
        return tuple(self.scores.get(n, "") for n in range(1, max(self.scores, default=0) + 1))


def of(sheets: Sequence[Rows]) -> Marks | None:
    """What these sheets say; None where there is no score, or more than one reading."""
    readings: list[Found] = []
    agents, certifiers = set[str](), set[str]()
    for rows in sheets:
        found = [each for way in (_table, _columns, _lines) if (each := way(rows)) is not None]
        if any(each.doubtful or 0 in each.scores for each in found):  # counted from 0 elsewhere: which is call 1?
            return None
        readings += found
        agents |= set(_named(rows, AGENT)) | _whole_names(rows) | {a for each in found for a in each.agents}
        certifiers |= set(_named(rows, CERTIFIER))
    if not readings or len({each.tuples() for each in readings}) != 1:
        return None
    scores = readings[0].tuples()
    if not any(scores) or len(scores) > MOST_CALLS or (percent := _of_hundred(scores)) is None:
        return None
    texts = {
        name: tuple(_longest(each.texts[name].get(n, "") for each in readings) for n in range(1, len(scores) + 1))
        for name in ("well", "down", "prepare")
    }
    folded = {fold(each) for each in agents}
    return Marks(
        scores=percent,
        agent=min(agents) if len(folded) == 1 else "",
        numbered=all(each.numbered for each in readings),
        certifier=min(certifiers) if len({fold(each) for each in certifiers}) == 1 else "",
        **texts,
    )


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


# -- cells


def _text(cell: Any) -> str:
    """A cell as people read it."""
    if isinstance(cell, bool) or cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return " ".join(str(cell).split())


def _head(cell: Any) -> str:
    return fold(_text(cell)) or _text(cell)


def _score(cell: Any) -> str | None:
    """A score as a decimal; "" for an empty cell, None for words that are no score."""
    text = _text(cell)
    if not text:
        return ""
    found = _SCORE.fullmatch(text.casefold())
    return found[1].replace(",", ".") if found else None


def _of_hundred(scores: tuple[str, ...]) -> tuple[str, ...] | None:
    """The scores from 0 to 100: a spreadsheet keeps 84.99 % as 0.8499; None where nobody can say which is meant."""
    try:
        numbers = [Decimal(score) for score in scores if score]
    except InvalidOperation:
        return None
    if not any(numbers) or any(number > 1 for number in numbers):
        return scores
    if all(number in (0, 1) for number in numbers):
        return None
    hundredfold = [Decimal(score) * 100 if score else None for score in scores]
    return tuple("" if each is None else f"{each.normalize():f}" for each in hundredfold)


def _call_of(cell: Any) -> int:
    """The number of the call a cell names ("3", "Call 3", 3.0); 0 for none."""
    said = _head(cell)
    found = _CALL_NAME.fullmatch(said)
    said = found[1] if found else said
    return int(said) if said.isdecimal() and 0 < int(said) <= MOST_CALLS else 0


# -- three layouts


def _table(rows: Rows) -> Found | None:
    """A head with a column of scores, and a line a call below it."""
    for at, row in enumerate(rows):
        heads = [_head(cell) for cell in row]
        if sum(head in SCORE for head in heads) != 1 or sum(head in HEADS for head in heads) < 1:
            continue
        if _call_columns(row):
            continue
        score = next(n for n, head in enumerate(heads) if head in SCORE)
        if _below(rows, at, score):
            return _read_table(rows[at + 1 :], heads, score)
    return None


def _below(rows: Rows, at: int, column: int) -> bool:
    """Whether a number stands under that head."""
    below = (row[column] for row in rows[at + 1 : at + 8] if column < len(row))
    return any(_score(cell) for cell in below)


def _read_table(rows: Rows, heads: list[str], score: int) -> Found | None:
    places = {name: next((n for n, head in enumerate(heads) if head in words), -1) for name, words in (
        ("call", CALL), ("well", WELL), ("down", DOWN), ("prepare", PREPARE), ("agent", AGENT), ("last", LAST),
        ("first", FIRST))}  # fmt: skip
    found, at = Found(), 0
    for row in rows:
        cells = [*row, *[""] * (len(heads) - len(row))]
        labels = [_head(cell) for cell in cells if _text(cell)]
        if not labels:
            continue
        call = _call_of(cells[places["call"]]) if places["call"] >= 0 else 0
        if _END.match(labels[0]) and not call:
            break
        said = _score(cells[score])
        if said is None:
            return Found(doubtful=True) if call or not found.scores else found
        if not said and not call:
            if found.scores and len(labels) == 1:
                break  # what stands below the table
            continue
        found.numbered = found.numbered and bool(call)
        at = call or at + 1
        if at in found.scores:
            return Found(doubtful=True)
        found.scores[at] = said
        for name in ("well", "down", "prepare"):
            if places[name] >= 0:
                found.texts[name][at] = _text(cells[places[name]])[:LONGEST_TEXT]
        if places["agent"] >= 0 and _text(cells[places["agent"]]):
            found.agents.append(_text(cells[places["agent"]]))
        elif places["last"] >= 0 <= places["first"] and _text(cells[places["last"]]):
            found.agents.append(f"{_text(cells[places['first']])} {_text(cells[places['last']])}")
    return found if any(found.scores.values()) else None


def _call_columns(row: Sequence[Any]) -> dict[int, int]:
    """Where "Call 1", "Call 2" ... head columns: by place, the number of the call."""
    named = {n: int(found[1]) for n, cell in enumerate(row) if (found := _CALL_NAME.fullmatch(_head(cell)))}
    return named if len(named) > 1 and len(set(named.values())) == len(named) else {}


def _columns(rows: Rows) -> Found | None:
    """A column a call, and a line of scores, of what was done well, and so on."""
    for at, row in enumerate(rows):
        if not (columns := _call_columns(row)):
            continue
        found = Found()
        for line in rows[at + 1 :]:
            label = next((_head(cell) for cell in line if _text(cell)), "")
            cells = {call: line[n] if n < len(line) else "" for n, call in columns.items()}
            if label in SCORE:
                if found.scores:
                    return Found(doubtful=True)
                scores = {call: _score(cell) for call, cell in cells.items()}
                if None in scores.values():
                    return Found(doubtful=True)
                found.scores = {call: score or "" for call, score in scores.items()}
            for name, words in (("well", WELL), ("down", DOWN), ("prepare", PREPARE)):
                if label in words:
                    found.texts[name] = {call: _text(cell)[:LONGEST_TEXT] for call, cell in cells.items()}
        return found if any(found.scores.values()) else None
    return None


def _lines(rows: Rows) -> Found | None:
    """Lines "Call 1 | 85", without a head that says what the numbers are; only where each has one number."""
    found = Found()
    if any(_head(cell) in SCORE for row in rows for cell in row):
        return None
    for row in rows:
        cells = [cell for cell in row if _text(cell)]
        call = _CALL_NAME.fullmatch(_head(cells[0])) if cells else None
        if call is None:
            continue
        numbers = [score for cell in cells[1:] if (score := _score(cell))]
        if len(numbers) != 1 or int(call[1]) in found.scores:
            return Found(doubtful=True) if numbers else None
        found.scores[int(call[1])] = numbers[0]
    return found if len(found.scores) > 1 else None


# -- names


def _named(rows: Rows, words: frozenset[str]) -> Iterator[str]:
    """What stands right of such a label, where the label is no head of a table."""
    for row in rows:
        heads = [_head(cell) for cell in row]
        if sum(head in HEADS for head in heads) > 2 or any(head in SCORE for head in heads):
            continue
        for n, head in enumerate(heads):
            if head in words:
                beside = next((_text(cell) for cell in row[n + 1 :] if _text(cell)), "")
                if beside and fold(beside) not in HEADS:
                    yield beside[:120]


def _whole_names(rows: Rows) -> set[str]:
    """First and last name, each beside its own label."""
    last, first = set(_named(rows, LAST)), set(_named(rows, FIRST))
    return {f"{first.pop()} {last.pop()}"} if len(last) == len(first) == 1 else set()
