"""An agent's own progress in his own words: "progress m1 m2 q1 q2 tbt 3/15", "done with mods 1-2 and quizzes".

A small grammar reads numbers beside what they count; what is doubtful, to come or denied is not taken as done.
Longer than most: it is one grammar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from handlers.lexicon import CONFIDENTIAL, FILLER, these
from handlers.words import kept
from workflows.progress import ALL_OF_THEM, Fields

LONGEST_NOTE, LONGEST_BLOCKER = 300, 160
ALL_CHECKMARKS = 13

# -- words -------------------------------------------------------------------------------------------------

_WORDS = {
    "modules": these(
        "m mod mods modul moduls module modules moduel moduels modle modles moudle moudles md chapter chapters"
    ),
    "quizzes": these("q qs quiz quizz quizs quizes quizzes quizez qiz qz"),
    "tbt": these("tbt tbts"),
    "calls": these("calls callcert callcerts"),
    "checkmarks": these("checkmark checkmarks checkmrks chekmarks checks checkmarck checkmarcks ticks"),
}
_KIND = {word: kind for kind, words in _WORDS.items() for word in words}
_PLURAL = these(
    "mods moduls modules moduels modles moudles chapters qs quizs quizes quizzes quizez tbts calls callcerts"
)
_COUNTING = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_NUMBERS = {word: n for n, word in enumerate(_COUNTING.split())}
_NUMBERS |= {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
             "5th": 5, "none": 0, "no": 0}  # fmt: skip
_DONE = these(
    """done complete completed finished finish did reviewed passed pass cleared ok okay yes good works working fine
    great through thru in both ready submitted sent uploaded emailed taken got have had"""
)
_NOT = these(
    """not no nope never didnt dont doesnt havent hasnt hadnt wasnt isnt arent wont cant cannot couldnt nt without
    pending todo left remaining missing later tomorrow tmr tmrw tonight next half halfway partly almost nearly
    incomplete unfinished open started starting start begin beginning began doing will ill gonna going need needs needed
    must should working still ongoing soon wip except besides todo unless if maybe hope hopefully trying tried"""
)
"""Around a field they say that it is not done, or not yet."""
_BROKEN = these("broken issue issues problem problems bad down wrong trouble fails failing dead")
_AHEAD = these(
    """starting start started begin beginning began doing will ill gonna going need needs working on still next now
    then not havent didnt dont cant have except besides"""
)
"""Between two fields they speak of the one behind them."""
_JOINS = these("and & + , / n plus with")
_BETWEEN = these(": # - number nr screenshot screenshots pics pictures completed")
_RANGE = these("- to thru through till until")
_FILLERS = (
    FILLER
    | _DONE
    | _NOT
    | _AHEAD
    | _JOINS
    | these("m q all both of out so far practice quiz green check mark marks progress report count total number "
            "completed screenshot screenshots pictures pics pic attached certs cert call calls core courses course "
            "training final exam ahip aetna product products equipment equip only just")
)  # fmt: skip
_TOKEN = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+|[a-z]+|[-&+,/:%#]")
_BLOCKED = re.compile(
    r"\b(?:blocked (?:by|on|because(?: of)?)|blockers?\s*[:=-]|blocked\s*[:=-]|blockers? (?:is|are)\b"
    r"|stuck (?:on|at|with)|waiting (?:for|on)|held up by|cant (?:continue|go on) because(?: of)?)\s*(?P<what>.*)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"^\s*(?:note|notes|comment|fyi)\s*[:=-]\s*(?P<what>.+)", re.IGNORECASE)
_NO_TROUBLE = re.compile(r"\b(?:no|without|zero) (?:(?:more|other) )?(?:blockers?|issues?|problems?|trouble)\b")
_NOTHING = these("none nothing no na nil zero")
_HEAD = re.compile(
    r"^\W*(?:my |daily |agent |esp )*progress(?: report| update)?(?: for today| today)?\b[\s:,.-]*", re.IGNORECASE
)
_ALL_BUT = re.compile(r"\b((?:all|every\w*)(?: \w+)?) but\b", re.IGNORECASE)
_SENTENCES = re.compile(r"[\n;]+|(?<=[a-z)])\.(?:\s+|$)|!+|\.\s+|\bbut\b", re.IGNORECASE)


@dataclass(slots=True)
class _Item:
    """One field of a clause: its value, the tokens it was read from, whether its numbers were said."""

    kind: str
    start: int
    stop: int
    numbers: tuple[int, ...] = ()
    count: int | None = None
    every: bool = False
    more: bool = False


@dataclass(slots=True)
class _Read:
    """What has been read so far."""

    modules: set[int] = field(default_factory=set)
    quizzes: set[int] = field(default_factory=set)
    told: dict[str, object] = field(default_factory=dict)
    blockers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    like_modules: bool = False


def parse(text: str) -> Fields:
    """What a text says of its writer's progress; empty fields where it says nothing."""
    read = _Read()
    text = _ALL_BUT.sub(r"\1 except", _HEAD.sub("", text))
    for clause in _clauses(text):
        _clause(clause, read)
    if read.like_modules:
        if read.modules:
            read.quizzes |= read.modules
        else:
            read.unclear.append("quizzes")
    note = kept("; ".join(read.notes), LONGEST_NOTE)
    blockers = kept("; ".join(each for each in read.blockers if each), LONGEST_BLOCKER) if read.blockers else None
    words = set(_plain(f"{note} {blockers or ''}").replace(",", " ").split())
    return replace(
        Fields(**read.told),  # type: ignore[arg-type]
        modules=tuple(sorted(read.modules)),
        quizzes=tuple(sorted(read.quizzes)),
        blockers=blockers,
        note=note,
        hushed=not words.isdisjoint(CONFIDENTIAL - {"second", "first", "third", "passed", "pass"}),
        unclear=tuple(dict.fromkeys(read.unclear)),
    )


def fields_of(text: str) -> Fields:
    """The same without the free words: whether a line is a report at all."""
    return replace(parse(text), note="", hushed=False, unclear=())


def _plain(text: str) -> str:
    """Small letters without accents and apostrophes; signs that stand for words as words."""
    text = text.replace("✅", " done ").replace("✔", " done ").replace("☑", " done ").replace("❌", " not done ")
    text = text.translate(str.maketrans("–—−’‘`´", "---''''")).replace("'", "")
    bare = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in bare if not unicodedata.combining(c)).replace("in progress", "wip")


def _clauses(text: str) -> Iterator[str]:
    for clause in _SENTENCES.split(text):
        if clause and clause.strip():
            yield clause.strip()


# -- one clause --------------------------------------------------------------------------------------------


def _clause(clause: str, read: _Read) -> None:
    if note := _NOTE.match(clause):
        read.notes.append(note["what"].strip())
        return
    plain = _plain(clause)
    if (blocked := _BLOCKED.search(plain)) and len(plain) == len(clause):
        behind = clause[blocked.start("what") :]
        what, rest = _until_a_field(behind)
        read.blockers.append("" if set(_plain(what).split()) <= _NOTHING else what.strip(" ,"))
        clause = f"{clause[: blocked.start()]} {rest}"
        plain = _plain(clause)
    if _NO_TROUBLE.search(plain):
        read.blockers.append("")
        plain = _NO_TROUBLE.sub(" ", plain)
    tokens = _TOKEN.findall(plain)
    items = list(_items(tokens))
    for run, around in _runs(items, tokens):
        _take(run, around, tokens, read)
    used = {i for item in items for i in range(item.start, item.stop)}
    left = [t for i, t in enumerate(tokens) if i not in used and t.isalpha() and len(t) > 1 and t not in _FILLERS]
    if len(left) > (1 if items else 2):
        read.notes.append(clause.strip())


def _until_a_field(text: str) -> tuple[str, str]:
    """The words of a blocker, up to a comma behind which something is counted."""
    parts = text.split(",")
    for n in range(1, len(parts)):
        if list(_items(_TOKEN.findall(_plain(parts[n])))):
            return ",".join(parts[:n]), ",".join(parts[n:])
    return text, ""


def _items(tokens: list[str]) -> Iterator[_Item]:
    """The fields a clause names, from left to right."""
    i = 0
    while i < len(tokens):
        item = _flag(tokens, i) or _counted(tokens, i) or _named(tokens, i)
        if item is None:
            i += 1
            continue
        yield item
        i = item.stop


def _flag(tokens: list[str], i: int) -> _Item | None:
    """AHIP final, Aetna courses, product modules, equipment: yes or no."""
    word, behind = tokens[i], [*tokens[i + 1 : i + 4], "", "", ""]
    if word == "aetna" and behind[0] in ("product", "products"):
        return _flag_at(tokens, i + 1, i)
    if word in ("product", "products"):
        return _flag_at(tokens, i, i)
    if (
        word == "ahip"
        and _KIND.get(behind[0]) not in ("modules", "quizzes")
        and behind[0] not in ("practice", "guide", "page")
    ):
        return _Item("ahip", i, i + 1 + (behind[0] in ("final", "exam", "test")) + (behind[1] in ("exam", "test")))
    if word == "aetna" and behind[0] != "core" and _KIND.get(behind[0]) not in ("modules", "quizzes"):
        stop = i + 1
        while stop < len(tokens) and tokens[stop] in (
            "cert",
            "certs",
            "certification",
            "course",
            "courses",
            "training",
        ):
            stop += 1
        return _Item("aetna", i, stop)
    if word in ("equipment", "equip", "equiptment", "equipmnt"):
        return _Item("equipment", i, i + 1)
    return None


def _flag_at(tokens: list[str], i: int, start: int) -> _Item:
    stop = i + 1
    if stop < len(tokens) and (
        _KIND.get(tokens[stop]) == "modules" or tokens[stop] in ("course", "courses", "training")
    ):
        stop += 1
    return _Item("product", start, stop)


def _number(tokens: list[str], i: int) -> int | None:
    """The number a token is, if it is one small enough to count by."""
    if not 0 <= i < len(tokens):
        return None
    word = tokens[i]
    digits = word[:-2] if word[:-2].isdigit() else word
    if digits.isdigit():
        return int(digits) if len(digits) < 4 else None
    return _NUMBERS.get(word)


def _kind_at(tokens: list[str], i: int) -> tuple[str, int]:
    """("modules", tokens it takes) for a word that is counted; ("", 0) for none."""
    if i >= len(tokens):
        return "", 0
    word, behind = tokens[i], [*tokens[i + 1 : i + 3], "", ""]
    if word == "practice" and _KIND.get(behind[0]) == "quizzes":
        return "quizzes", 2
    if word == "green" or word == "check":
        width = 1 + (word == "green" and behind[0] == "check")
        last = behind[width - 1] if word == "green" else behind[0]
        if last in ("mark", "marks", "checks", "check") or _KIND.get(last) == "checkmarks":
            return "checkmarks", width + 1
        return "", 0
    if word == "call" and behind[0] in ("cert", "certs", "certification", "certifications"):
        return "calls", 2
    if word == "cert" and behind[0] == "calls":
        return "calls", 2
    return _KIND.get(word, ""), 1


def _counted(tokens: list[str], i: int) -> _Item | None:
    """A number before what it counts: "6 tbts", "3/15 tbt", "all modules", "first two modules", "no tbts"."""
    start = i
    every = tokens[i] == "all"
    if every or tokens[i] == "both":
        n: int | None = ALL_OF_THEM if every else 2
        i += 1
        while i < len(tokens) and (tokens[i] in ("of", "the", "my") or (tokens[i].isdigit() and len(tokens[i]) < 3)):
            i += 1
    elif tokens[i] == "first" and (n := _number(tokens, i + 1)) is not None:
        i += 2
    elif (n := _number(tokens, i)) is not None and not (tokens[i].isalpha() and tokens[i] in ("second", "third")):
        i += 1
        if i < len(tokens) and tokens[i] in ("/", "of", "out"):
            i += 1 + (tokens[i] == "out" and tokens[i + 1 : i + 2] == ["of"])
            if _number(tokens, i) is None:
                return None
            i += 1
        more = "more" in tokens[i : i + 2]
        while i < len(tokens) and tokens[i] in ("done", "completed", "complete", "finished", "more", "of", "the", "my"):
            i += 1
        if more and (found := _kind_at(tokens, i))[0] in ("tbt", "calls"):
            return _Item(found[0], start, i + found[1], more=True)
    else:
        return None
    kind, width = _kind_at(tokens, i)
    if every and kind in ("modules", "quizzes") and tokens[i + width : i + width + 1] == ["except"]:
        left_out = _listed(tokens, i, i + width + 1, kind)
        return _Item(kind, start, left_out.stop, numbers=tuple(n for n in range(1, 6) if n not in left_out.numbers))
    single = kind in ("modules", "quizzes") and tokens[i] not in _PLURAL and not every and start + 1 == i
    if not kind or (single and not tokens[start].isalpha() and _number(tokens, i + width) is not None):
        return None
    if single and tokens[start][:-2].isdigit():  # "1st module" is one of them, "1 module" a count of one
        return _Item(kind, start, i + width, numbers=(n or 0,))
    if single and tokens[start].isdigit() and len(tokens[i]) < 3:
        return None  # "5 m" is nothing
    return _Item(kind, start, i + width, count=n, every=every)


def _named(tokens: list[str], i: int) -> _Item | None:
    """What is counted before its numbers: "modules 1-3", "m1 m2", "tbt 3/15", "quizzes"."""
    kind, width = _kind_at(tokens, i)
    if not kind:
        return None
    start, i = i, i + width
    while i < len(tokens) and (
        tokens[i] in _BETWEEN
        or (tokens[i] in ("done", "count", "are", "is", "at", "=") and _number(tokens, i + 1) is not None)
    ):
        i += 1
    if i < len(tokens) and tokens[i] == "all":
        return _Item(kind, start, i + 1, count=ALL_OF_THEM, every=True)
    if kind in ("modules", "quizzes"):
        return _listed(tokens, start, i, kind)
    n = _number(tokens, i)
    if n is None or (tokens[i].isalpha() and tokens[i] == "no") or _belongs_behind(tokens, i):
        if kind in ("tbt", "calls"):
            return _Item(kind, start, i)
        return _Item(kind, start, i)
    i += 1
    if (
        i + 1 < len(tokens)
        and tokens[i] in ("/", "of", "out")
        and _number(tokens, i + 1 + (tokens[i] == "out")) is not None
    ):
        i += 2 + (tokens[i] == "out")
    return _Item(kind, start, i, count=n)


def _belongs_behind(tokens: list[str], i: int) -> bool:
    """Whether the number counts what stands behind it: the 6 of "module 4, 6 tbts"."""
    j = i + 1
    if j + 1 < len(tokens) and tokens[j] in ("/", "of"):
        j += 2
    kind, width = _kind_at(tokens, j)
    if not kind or tokens[j] in ("m", "q"):
        return False
    j += width + (tokens[j + width : j + width + 1] == [":"])
    return _number(tokens, j) is None or tokens[j] == "no" or _belongs_behind(tokens, j)


def _listed(tokens: list[str], start: int, i: int, kind: str) -> _Item:
    """Numbers in a row: "1-3", "1, 2 and 3", "m1 m2", "3/5"."""
    numbers: list[int] = []
    plural, open_range = tokens[start] in _PLURAL, False
    stop = i
    while i < len(tokens):
        n = _number(tokens, i)
        if n is not None and tokens[i] not in ("no", "none") and not (numbers and _belongs_behind(tokens, i)):
            if open_range and numbers and n > numbers[-1]:
                numbers += range(numbers[-1] + 1, n + 1)
            else:
                numbers.append(n)
            open_range, i = False, i + 1
            stop = i
            if i + 1 < len(tokens) and tokens[i] in ("/", "of") and len(numbers) == 1 and _number(tokens, i + 1) == 5:
                if plural:
                    numbers = list(range(1, numbers[0] + 1))
                stop = i = i + 2
        elif tokens[i] in _RANGE and numbers and (_number(tokens, i + 1) is not None or _again(tokens, i + 1, kind)):
            open_range, i = True, i + 1
        elif tokens[i] in _JOINS and numbers and (_number(tokens, i + 1) is not None or _again(tokens, i + 1, kind)):
            i += 1
        elif numbers and _again(tokens, i, kind):
            i += _kind_at(tokens, i)[1]
        else:
            break
    return _Item(kind, start, max(stop, start + 1), numbers=tuple(numbers))


def _again(tokens: list[str], i: int, kind: str) -> bool:
    """Whether the same word stands here once more before a number."""
    found, width = _kind_at(tokens, i)
    return found == kind and _number(tokens, i + width) is not None


# -- what is said of them ----------------------------------------------------------------------------------


def _runs(items: list[_Item], tokens: list[str]) -> Iterator[tuple[list[_Item], list[str]]]:
    """Fields that stand together, with the words that speak of them."""
    runs: list[list[_Item]] = []
    for item in items:
        between = tokens[runs[-1][-1].stop : item.start] if runs else []
        if (
            runs
            and all(t in _JOINS or t in ("all", "the", "my", "also", "their", "both") for t in between)
            and (item.kind not in ("ahip", "aetna", "product", "equipment") or "," not in between)
        ):
            runs[-1].append(item)
        else:
            runs.append([item])
    before = tokens[: runs[0][0].start] if runs else []
    for n, run in enumerate(runs):
        last = n + 1 == len(runs)
        behind = tokens[run[-1].stop : None if last else runs[n + 1][0].start]
        after, following = (behind, []) if last else _parted(behind)
        yield run, [*_last_part(before), *_first_part(after)]
        before = following


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """Words between two fields: those of the one before, those of the one behind."""
    for i, word in enumerate(words):
        if word == ",":
            return words[:i], words[i + 1 :]
        if word in _AHEAD and i and words[i - 1] not in ("not", "still"):
            return words[:i], words[i:]
        if word in _AHEAD and word not in ("not", "still", "havent", "have"):
            return words[:i], words[i:]
    return words, []


def _first_part(words: list[str]) -> list[str]:
    return words[: words.index(",")] if "," in words else words


def _last_part(words: list[str]) -> list[str]:
    return words[len(words) - words[::-1].index(",") :] if "," in words else words


def _take(run: list[_Item], around: list[str], tokens: list[str], read: _Read) -> None:
    denied = _denied(around)
    done = not _DONE.isdisjoint(around)
    for item in run:
        match item.kind:
            case "modules" | "quizzes":
                _take_set(item, denied, read)
            case "tbt" | "calls":
                _take_count(item, around, denied, read)
            case "checkmarks":
                whole = item.count in (None, ALL_OF_THEM, ALL_CHECKMARKS)
                read.told["checkmarks"] = whole and not denied
            case "ahip":
                _take_ahip(around, denied, done, read)
            case "equipment":
                broken = not _BROKEN.isdisjoint(around) and not {"no", "without"} & set(around)
                read.told["equipment"] = not broken and not (denied and not {"no", "without"} & set(around))
            case _:
                read.told[item.kind] = not denied


def _denied(around: list[str]) -> bool:
    """Whether it is not done, or not yet; "still working" on what "works" is."""
    said = [word for word in around if word in _NOT]
    if "working" in said and "on" not in around and not {"not", "isnt", "still"} & set(around):
        said.remove("working")
    return bool(said)


def _take_set(item: _Item, denied: bool, read: _Read) -> None:
    found: set[int] = read.modules if item.kind == "modules" else read.quizzes
    if denied:
        return
    if item.numbers:
        found.update(n for n in item.numbers if n)
    elif item.every or item.count == ALL_OF_THEM:
        found.update(range(1, 6))
    elif item.count:
        found.update(range(1, item.count + 1) if item.count < 6 else {item.count})
    elif item.count is None and item.kind == "quizzes":
        read.like_modules = True
    elif item.count is None:
        read.unclear.append("modules")


def _take_count(item: _Item, around: list[str], denied: bool, read: _Read) -> None:
    if item.more:
        read.unclear.append(item.kind)
    elif item.count is not None:
        if not denied or item.count == 0:
            read.told[item.kind] = item.count
    elif not {"none", "zero"}.isdisjoint(around):
        read.told[item.kind] = 0
    elif not denied and "all" in around:
        read.told[item.kind] = ALL_OF_THEM


def _take_ahip(around: list[str], denied: bool, done: bool, read: _Read) -> None:
    if not {"failed", "fail", "flunked"}.isdisjoint(around):
        read.told["ahip"] = "failed"
    elif denied:
        read.told["ahip"] = "not started"
    elif done:
        read.told["ahip"] = "passed"
