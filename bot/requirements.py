"""What the five documents ask for, number by number, with what meets it: `docs/requirements.toml`, printed as a page.

Every reference has a kind and is looked up where it lives, so that none outlives what it names:
row (a table's row by workflow and the beginning of its source), timer (a timed event a table hears), duty, template,
human (a reminder of what only people can do), route, report, gathering, column, role, paper, pack (a key of a pack).
"""

from __future__ import annotations

import ast
import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import getmembers, isclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from bot import tracker
from bot.gatherings import GATHERINGS
from bot.machines import WORKFLOWS, machine_for
from bot.packs import BUILT_IN, load_packs
from bot.paper_forms import FORMS
from bot.render import Renderer
from bot.reports.catalogue import REPORTS
from handlers.routes import ROUTES
from workflows.machine import Due
from workflows.people import Role

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "requirements.toml"
DOCUMENTS = MappingProxyType(
    {
        "000": ("Failed cert exams", 22),
        "001": ("Licensing training team", 66),
        "002": ("Call cert team", 32),
        "003": ("ESP TL, a superseded page", 39),
        "004": ("TBT", 23),
    }
)
"""Each document's name and how many numbers it has."""
WORDINGS = ("old", "new", "both")
HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One number: what it asks for, in which wording, what meets it, which tests prove it, what is missing."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    says: str
    wording: str
    met: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    partly: str = ""

    @property
    def document(self) -> str:
        """ "001"."""
        return self.id.split("-")[1]


def read(path: Path = SOURCE) -> tuple[Requirement, ...]:
    """All of them, in the order of the file. pydantic's ValidationError for what a number may not say."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Requirement, ...]).validate_python([{"id": id, **said} for id, said in told.items()])


def wanted() -> tuple[str, ...]:
    """Every number there must be."""
    return tuple(f"R-{doc}-{n:02}" for doc, (_, count) in DOCUMENTS.items() for n in range(1, count + 1))


# -- looking up --------------------------------------------------------------------------------------------


def lost(reference: str) -> bool:
    """Whether what a reference names is not there."""
    kind, _, rest = reference.partition(":")
    return kind not in KNOWN or not KNOWN[kind](rest)


@functools.cache
def _tables() -> Mapping[str, tuple[tuple[tuple[str, str], ...], ...]]:
    """Workflow -> for each built-in pack the (source, event) of its rows."""
    return {
        name: tuple(
            tuple((row.source, row.on.__name__) for row in machine_for(name, pack.policy).rows)
            for pack in load_packs()
            if pack.workflow == workflow.pack
        )
        for name, workflow in WORKFLOWS.items()
    }


def _row(rest: str) -> bool:
    workflow, _, source = rest.partition(":")
    return bool(source) and any(told.startswith(source) for rows in _tables().get(workflow, ()) for told, _ in rows)


def _timer(rest: str) -> bool:
    workflow, _, event = rest.partition(":")
    if workflow not in WORKFLOWS:
        return False
    timed = {name for name, found in getmembers(WORKFLOWS[workflow].module, isclass) if issubclass(found, Due)}
    return event in timed and any(event == on for rows in _tables()[workflow] for _, on in rows)


def _duty(rest: str) -> bool:
    """ "failed_exam:coach": a duty some effect of that workflow makes, without its number."""
    workflow, _, duty = rest.partition(":")
    return workflow in WORKFLOWS and duty in _duties(WORKFLOWS[workflow].module.__name__.split(".")[1])


@functools.cache
def _duties(module: str) -> frozenset[str]:
    folder = ROOT / "workflows"
    found: set[str] = set()
    for path in (folder / f"{module}.py", *sorted((folder / module).glob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8") if path.is_file() else "")
        constants = {
            target.id: each.value
            for each in tree.body
            if isinstance(each, ast.Assign)
            for target in each.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Owe":
                found.update(_said(key.value, constants) for key in call.keywords if key.arg == "duty")
    return frozenset(found)


def _said(value: ast.expr, constants: Mapping[str, ast.expr]) -> str:
    value = constants.get(value.id, value) if isinstance(value, ast.Name) else value
    first = value.values[0] if isinstance(value, ast.JoinedStr) else value
    return str(first.value).split(":")[0] if isinstance(first, ast.Constant) else ""


def _template(rest: str) -> bool:
    return any(Renderer().exists(rest, kind) for kind in ("chat", "mail"))


def _pack(rest: str) -> bool:
    """ "failed-exams-new:attempt.2.cap.clause": lists count from 1."""
    name, _, place = rest.partition(":")
    packs = _packs()
    value: Any = packs.get(name)
    for part in place.split("."):
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part) - 1] if 0 < int(part) <= len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value is not None


@functools.cache
def _packs() -> Mapping[str, Any]:
    read = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(BUILT_IN.glob("*.toml")))
    return {data["id"]: data for data in read}


KNOWN: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "row": _row,
        "timer": _timer,
        "duty": _duty,
        "template": _template,
        HUMAN: _template,
        "route": lambda rest: any(rest in route.words for route in ROUTES),
        "report": lambda rest: rest in REPORTS,
        "gathering": lambda rest: rest in GATHERINGS,
        "column": lambda rest: rest in tracker.COLUMNS,
        "role": lambda rest: rest in {str(role) for role in Role},
        "paper": lambda rest: rest in FORMS,
        "pack": _pack,
    }
)
"""Kind of reference -> whether there is such a thing."""


# -- the page ----------------------------------------------------------------------------------------------

SHOWN = MappingProxyType(
    {
        "row": "{0}: “{1}”",
        "timer": "{0}, when {1} rings",
        "duty": "duty `{1}` of {0}",
        "template": "`{0}`",
        HUMAN: "people do it; reminder `{0}`",
        "route": "say `{0}`",
        "report": "report `{0}`",
        "gathering": "gathered as `{0}`",
        "column": "tracker column {0}",
        "role": "role {0}",
        "paper": "paper `{0}`",
        "pack": "`{1}` of {0}",
    }
)


def shown(reference: str) -> str:
    """A reference as the page says it."""
    kind, _, rest = reference.partition(":")
    first, _, second = rest.partition(":")
    return SHOWN[kind].format(first, second)


def lead(found: tuple[Requirement, ...]) -> str:
    """How the page is to be read, and how it stands."""
    partly = [each for each in found if each.partly]
    only = [each for each in found if any(met.startswith(f"{HUMAN}:") for met in each.met)]
    return (
        f"The {len(found)} numbers of the five documents, each with what meets it here (a row of a "
        "[table](machines/), a message, a command, a report, a key of a [pack](packs.md)) and the test that proves it. "
        f"{len(only)} hold something only people can do: the bot reminds them. "
        f"{len(partly)} are met in part; what is missing stands with them. "
        "The list is kept by hand in `docs/requirements.toml`; every reference is looked up when it is tested."
    )


def sections(found: tuple[Requirement, ...]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """(heading, rows of its table) of each document."""
    for document, (name, _) in DOCUMENTS.items():
        rows: list[tuple[str, ...]] = [
            (
                each.id,
                each.wording,
                each.says + (f" **Partly:** {each.partly}" if each.partly else ""),
                "; ".join(shown(met) for met in each.met),
                ", ".join(_test(test) for test in each.test),
            )
            for each in found
            if each.document == document
        ]
        yield f"D{document}: {name}", rows


def _test(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{re.sub(r'^test_', '', name).replace('_', ' ')}](../{path})"
