"""Papers people sign or decide on: from slots to typst to PDF, by the built-in templates or an operator's own.

Whatever stands in a slot is text and stays text: every value a template prints goes through `escape`. Templates are
run in Jinja's sandbox; an operator's are read once, at start, so that what was checked is what is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import jinja2
import jinja2.sandbox

from bot.paper_forms import (
    FORMS,
    KINDS,
    OPTIONAL,
    PARTS,
    REQUIRED,
    Form,
    Slots,
    sample,
    untimed,
    words_of,
)
from bot.typesetting import escape, pdf, png, text_of

__all__ = [
    "BUILT_IN", "KINDS", "OPTIONAL", "PARTS", "REQUIRED", "PaperErrors", "Papers", "Slots", "escape", "lint", "paper",
    "pdf", "png", "text_of",
]  # fmt: skip

_TEMPLATES = Path(__file__).parent.parent / "templates" / "cap"
_ENDING = ".typ.j2"
_BROKEN = (RuntimeError, TypeError, LookupError, ArithmeticError, AttributeError)  # typst's own are RuntimeErrors
_LONGEST = 200_000
"""Characters of an operator's template."""


class PaperErrors(ValueError):
    """What is wrong with an operator's templates; `problems` holds a line each: "written.typ.j2: ..."."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Papers:
    """The templates in force: those of `folder`, and the built-in ones for every name it does not hold.

    Raises PaperErrors for a folder that cannot be read or holds files nobody would use.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._own = _read(folder) if folder is not None else {}
        built_in = jinja2.FileSystemLoader(_TEMPLATES)
        self._jinja = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader(
                [jinja2.DictLoader(self._own), built_in, jinja2.PrefixLoader({"built-in": built_in})]
            ),
            undefined=jinja2.StrictUndefined,
            finalize=lambda value: escape(str(value)),  # not HTML: every printed value becomes typst text
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def paper(self, kind: str, slots: Slots) -> tuple[str, bytes]:
        """The typst source of a paper of one of FORMS, and its PDF.

        Raises ValueError naming what `lint` finds missing, the mandatory clause aside.
        """
        problems = self.lint(kind, slots)
        if problems:
            raise ValueError(f"{kind}: " + "; ".join(problems))
        source = self.source(kind, slots)
        return source, pdf(source)

    def lint(self, kind: str, slots: Slots, mandatory_clause: str = "") -> list[str]:
        """What keeps the paper from being ready, a sentence each; empty when it is complete.

        `mandatory_clause` is the policy's own wording and must stand in clause, expectation or consequence;
        case and spacing do not matter. Raises ValueError for a kind that is none of FORMS.
        """
        form = _form(kind)
        problems = [f"{name}: {what} is missing" for name, what in form.required.items() if _missing(name, slots, form)]
        problems += [f"{name}: no such slot" for name in slots if name not in form.slots]
        for name, columns in form.rows.items():
            problems += untimed(name, slots.get(name, ()), columns)
        consequence = words_of(slots.get("consequence", ""))
        if consequence and "may result in" not in consequence:
            problems.append('consequence: it says "may result in ...", for people decide')
        said = [words_of(slots.get(name, "")) for name in ("clause", "expectation", "consequence")]
        if mandatory_clause and not any(words_of(mandatory_clause) in one for one in said):
            problems.append(f'clause: the policy demands the words "{mandatory_clause}"')
        empty = _flat(self.source(kind, form.empty()))
        problems += [f'template: the words "{part}" are missing' for part in form.parts if _flat(part) not in empty]
        return problems

    def source(self, kind: str, slots: Slots) -> str:
        """The typst source of the slots as they are. Raises ValueError for a kind that is none, jinja2 errors."""
        form = _form(kind)
        values: dict[str, Any] = dict.fromkeys(form.optional, "") | dict(slots)
        for name in form.lists:
            if isinstance(values.get(name, ""), str):
                values[name] = [values[name]] if values.get(name) else []
        return self._jinja.get_template(f"{kind.lower()}{_ENDING}").render(values)

    def check(self) -> list[str]:
        """What is wrong with the templates, a sentence each with the file's name: each is filled in and looked at."""
        return [problem for kind in FORMS if (problem := self._checked(kind))]

    def described(self) -> str:
        """Which papers there are and whose, in a sentence."""
        kinds = ", ".join(sorted(FORMS))
        if not self._own:
            return f"The papers are the built-in ones: {kinds}."
        return f"The papers are right: {kinds}; from {self.folder}: {', '.join(sorted(self._own))}."

    def _checked(self, kind: str) -> str:
        file, form = f"{kind}{_ENDING}", FORMS[kind]
        given = sample(form)
        try:
            source = self.source(kind, given)
            shown = _flat(text_of(pdf(source)))
        except jinja2.TemplateSyntaxError as error:
            return f"{error.name or file}: line {error.lineno}: {error.message}"
        except jinja2.TemplateNotFound as error:
            return f"{file}: there is no template {error.name}"
        except jinja2.UndefinedError as error:
            return f"{file}: {error.message}; the slots are {', '.join(sorted(form.slots))}"
        except jinja2.exceptions.SecurityError as error:
            return f"{file}: a template may not do that: {error}"
        except ValueError as error:
            return f"{file}: {str(error).removeprefix('paper: ')}"
        except _BROKEN as error:
            return f"{file}: does not set: {' '.join(str(error).split())[:300]}"
        lost = [name for name in given if not all(_flat(said) in shown for said in _leaves(given[name]))]
        if lost:
            what = form.required.get(lost[0], "printed whenever there is one")
            return f"{file}: the required slot {lost[0]} ({what}) is not printed"
        silent = [part for part in form.parts if _flat(part) not in shown]
        if silent:
            return f'{file}: the words "{silent[0]}" are missing'
        if _flat("will be terminated") in shown or _flat("will result in termination") in shown:
            return f'{file}: a paper says "may result in ...", never that somebody will be terminated: people decide'
        return ""


def _read(folder: Path) -> dict[str, str]:
    """The folder's templates by their file names. Raises PaperErrors."""
    if not folder.is_dir():
        raise PaperErrors([f"papers: there is no folder {folder}"])
    found: dict[str, str] = {}
    problems = []
    known = {f"{kind}{_ENDING}" for kind in FORMS} | {path.name for path in _TEMPLATES.glob(f"*{_ENDING}")}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        if path.name not in known and not path.name.startswith("_"):
            problems.append(f"{path.name}: no paper has this name; there are {', '.join(sorted(FORMS))}")
            continue
        try:
            found[path.name] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: cannot be read: {getattr(error, 'strerror', '') or 'it is not UTF-8 text'}")
            continue
        if len(found[path.name]) > _LONGEST:
            problems.append(f"{path.name}: is longer than {_LONGEST} characters")
    if problems:
        raise PaperErrors(problems)
    return found


def load(folder: Path | None) -> Papers:
    """The papers of that folder, looked at. Raises PaperErrors with everything that is wrong."""
    if folder is None:
        return BUILT_IN
    papers = Papers(folder)
    if problems := papers.check():
        raise PaperErrors(problems)
    return papers


def _form(kind: str) -> Form:
    if kind.lower() not in FORMS:
        raise ValueError(f"kind: {kind!r} is not one of {', '.join(FORMS)}")
    return FORMS[kind.lower()]


def _missing(name: str, slots: Slots, form: Form) -> bool:
    value = slots.get(name)
    if name in form.may_be_empty and value is not None and not isinstance(value, str):
        return any(not words_of(one) for one in value)
    return not words_of(value or "")


def _leaves(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return []
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    return [leaf for one in cast(Sequence[object], value) for leaf in _leaves(one)]


def _flat(text: str) -> str:
    """For comparing what a page says: no spaces, no break marks, straight quotes, one case."""
    return "".join(text.replace("\u2019", "'").replace("\u200b", "").lower().split())


BUILT_IN = Papers()
"""The papers as they come."""

paper = BUILT_IN.paper
lint = BUILT_IN.lint
