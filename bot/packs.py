"""Policy packs: read from TOML files, checked as a whole, kept under their id and their content.

A case is pinned to content (`pin`), never to a file; texts restored from the database stand beside the files.
What can be wrong with one is in `pack_check.py`, its form in `pack_shape.py`, its plain words in `pack_words.py`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from bot import pack_check, pack_shape
from bot.pack_check import ANY_HOUSE, House, TemplateExists
from bot.pack_words import describe, difference
from workflows.policy import FailedExamPolicy, Policy

__all__ = ["BUILT_IN", "Pack", "PackErrors", "Packs", "check", "describe", "difference", "load_packs", "parse_pack"]

BUILT_IN = Path(__file__).resolve().parent.parent / "policies"
PIN_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One wording of one policy. `pin` names its content: comments and spacing of `text` do not change it."""

    id: str
    workflow: str
    pin: str
    text: str
    policy: Policy


class PackErrors(ValueError):
    """What is wrong with packs; `problems` holds a line each: "x.toml: attempt.2.cap.clause: is missing"."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Packs:
    """The packs at hand: by id those of the files, by pin also those restored from the database."""

    def __init__(self, packs: Iterable[Pack] = ()) -> None:
        self._by_id: dict[str, Pack] = {}
        self._by_pin: dict[str, Pack] = {}
        for pack in packs:
            self._by_id[pack.id] = pack
            self._by_pin[pack.pin] = pack

    def get(self, pack_id: str) -> Pack:
        """The pack of that id; KeyError when no file has it."""
        return self._by_id[pack_id]

    def by_pin(self, pin: str) -> Pack:
        """The pack of that content; KeyError when it is in no file and was not restored."""
        return self._by_pin[pin]

    def ids(self) -> tuple[str, ...]:
        """All ids, in order."""
        return tuple(sorted(self._by_id))

    def length(self, pack_id: str) -> int | None:
        """How many attempts a failed-exam pack has; None when there is no such failed-exam pack."""
        pack = self._by_id.get(pack_id)
        return pack.policy.last if pack and isinstance(pack.policy, FailedExamPolicy) else None

    def add_text(self, workflow: str, text: str) -> Pack:
        """Restore a text a case is pinned to; it is found by its pin only. PackErrors when it no longer reads.

        It is not checked again: what was right when the case opened stays what that case runs under.
        """
        data = _data(text)
        pin = _pin(data)
        if pin not in self._by_pin:
            try:
                pack = _pack(text)
            except (KeyError, ValueError) as error:
                raise PackErrors([f"stored pack {data.get('id')} ({pin}): {error}"]) from error
            if pack.workflow != workflow:
                raise PackErrors([f"stored pack {pack.id} ({pin}): is for {pack.workflow}, not {workflow}"])
            self._by_pin[pin] = pack
        return self._by_pin[pin]

    def __contains__(self, pack_id: object) -> bool:
        return pack_id in self._by_id

    def __iter__(self) -> Iterator[Pack]:
        return (self._by_id[pack_id] for pack_id in self.ids())

    def __len__(self) -> int:
        return len(self._by_id)


def load_packs(
    extra: Path | None = None,
    template_exists: TemplateExists | None = None,
    contacts: Collection[str] | None = None,
) -> Packs:
    """The built-in packs and those of the folder `extra`, or PackErrors with everything wrong in any file.

    An id that exists twice is an error; `extra` may be the built-in folder itself, which counts once.
    `template_exists` is asked for each notice's template ("failed_exam/notice"), `contacts` are the roster's
    names; None asks nothing.
    """
    files, house = sorted(BUILT_IN.glob("*.toml")), House(template_exists=template_exists, contacts=contacts)
    problems: list[str] = []
    if extra is not None and extra.resolve() != BUILT_IN:
        if not extra.is_dir():
            problems.append(f"{extra}: there is no such folder of policy packs")
        files += sorted(extra.glob("*.toml"))
    packs = []
    places: dict[str, Path] = {}
    for file in files:
        pack, wrong = _read(file, house)
        problems += [f"{file.name}: {what}" for what in wrong]
        if pack is None:
            continue
        if pack.id in places:
            problems.append(f"{file.name}: id: {pack.id!r} exists twice, also in {places[pack.id]}; give it a new id")
        places.setdefault(pack.id, file)
        packs.append(pack)
    if problems:
        raise PackErrors(problems)
    return Packs(packs)


def check(
    files: Iterable[Path], template_exists: TemplateExists | None = None, contacts: Collection[str] | None = None
) -> list[str]:
    """Everything wrong with these files, one line each as in PackErrors; empty when all are right."""
    house = House(template_exists=template_exists, contacts=contacts)
    return [f"{file.name}: {what}" for file in files for what in _read(file, house)[1]]


def parse_pack(text: str, name: str = "pack") -> Pack:
    """The pack of a TOML text, checked; PackErrors, with `name` for the file, when anything is wrong."""
    pack, wrong = _parse(text, ANY_HOUSE)
    if pack is None:
        raise PackErrors([f"{name}: {what}" for what in wrong])
    return pack


def _read(file: Path, house: House) -> tuple[Pack | None, list[str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        return None, [f"cannot be read: {error.strerror}"]
    except UnicodeDecodeError:
        return None, ["is not UTF-8 text"]
    return _parse(text, house)


def _parse(text: str, house: House) -> tuple[Pack | None, list[str]]:
    try:
        data = _data(text)
    except tomllib.TOMLDecodeError as error:
        return None, [f"is not TOML: {error}"]
    wrong = pack_check.problems(data, house)
    return (None, wrong) if wrong else (_pack(text), [])


@lru_cache(maxsize=64)  # the pinned texts are looked at again with every roster and every absence
def _data(text: str) -> Mapping[str, Any]:
    """The tables of a pack's text, shared by all who read it: nobody changes them."""
    return tomllib.loads(text)


@lru_cache(maxsize=64)
def _pack(text: str) -> Pack:
    data = _data(text)
    return Pack(id=data["id"], workflow=data["workflow"], pin=_pin(data), text=text, policy=pack_shape.read(data))


def _pin(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()[:PIN_LENGTH]
