"""Settings: certdesk.toml and the environment as one frozen value; the only reader of both.

Everything wrong is said at once, each with its place. Nothing is opened or made here.
What may be set is in `bot/config_form.py`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config_form import PREFIX, Key, Settings, keys, variable, variables, written

__all__ = ["ConfigErrors", "Key", "Settings", "keys", "load", "variable", "variables", "written"]

FILE = "certdesk.toml"


class ConfigErrors(ValueError):
    """What is wrong with the configuration; `problems` holds a line each: "certdesk.toml: [web] listen: ..."."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path | None = None) -> Settings:
    """The settings of that file, of certdesk.toml here if there is one, and of the environment over it.

    Raises ConfigErrors with everything that is wrong.
    """
    file = path or Path(FILE)
    reading = _Reading(file.name if path is None else str(path), file.absolute().parent, os.environ)
    if path is not None or file.exists():
        reading.file(file)
    else:
        reading.name = ""
    return reading.settings()


@dataclass
class _Reading:
    """One reading: the tables so far, which variable set what, and what is wrong so far."""

    name: str
    folder: Path
    environment: Mapping[str, str]
    tables: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def file(self, path: Path) -> None:
        """Take the tables of a TOML file; ConfigErrors when it is none."""
        try:
            self.tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigErrors([f"{self.name}: cannot be read: {error.strerror}"]) from None
        except UnicodeDecodeError:
            raise ConfigErrors([f"{self.name}: is not UTF-8 text"]) from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigErrors([f"{self.name}: is not TOML: {error}"]) from None

    def settings(self) -> Settings:
        """Everything together, or ConfigErrors."""
        self._overlay()
        for key in keys():
            if key.secret:
                self._open_secret(key.path, key.beside)
        self._defaults()
        self._from_folder()
        try:
            found = Settings.model_validate(self.tables)
        except ValidationError as error:
            self.problems += [self._said(each) for each in error.errors(include_url=False, include_input=False)]
        if self.problems:
            raise ConfigErrors(self.problems)
        return found.read_from(self.name or "the environment")

    def _place(self, path: tuple[str, ...]) -> str:
        if path in self.places:
            return self.places[path]
        where = f"[{'.'.join(path)}]" if path in _sections() or not self._is_key(path) else written(path)
        return f"{self.name}: {where}" if self.name else where

    def _is_key(self, path: tuple[str, ...]) -> bool:
        return not isinstance(self._value(path), dict)

    def _value(self, path: tuple[str, ...]) -> Any:
        value: Any = self.tables
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _table(self, path: tuple[str, ...]) -> dict[str, Any]:
        """The table a key stands in, made if missing; one apart when something else is there."""
        table: Any = self.tables
        for part in path[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                return {}
        return table  # type: ignore[no-any-return]

    def _overlay(self) -> None:
        """The environment over the file; of a key and its `_file` the variable wins over both."""
        known = variables()
        for name, value in sorted(self.environment.items()):
            if not name.startswith(PREFIX) or not value:
                continue
            path = known.get(name)
            if path is None:
                self.problems.append(f"{name}: unknown key{_perhaps(name, known)}")
                continue
            self._table(path)[path[-1]] = value
            self.places[path] = name
            twin = _twin(path)
            if twin is not None and not self.environment.get(variable(twin)):
                self._table(twin).pop(twin[-1], None)

    def _open_secret(self, path: tuple[str, ...], beside: tuple[str, ...]) -> None:
        """Replace `<key>_file` by what the file holds."""
        name = self._value(beside)
        if name is None:
            return
        place, table = self._place(beside), self._table(path)
        del table[beside[-1]]
        if path[-1] in table:
            self.problems.append(f"{place}: give {path[-1]} or {beside[-1]}, not both")
            return
        try:
            table[path[-1]] = _content(self.folder, name)
            self.places[path] = place
        except ValueError as error:
            self.problems.append(f"{place}: {error}")

    def _defaults(self) -> None:
        """The database and the key lie in the data folder, the pages are where they listen, unless said otherwise."""
        data = self.tables.setdefault("data_dir", "data")
        if isinstance(data, str):
            self._table(("database", "url")).setdefault("url", f"sqlite:///{data}/certdesk.db")
            self._table(("security", "key_file")).setdefault("key_file", f"{data}/certdesk.key")
        web = self._table(("web", "listen"))
        web.setdefault("public_url", f"http://{web.get('listen', '127.0.0.1:8080')}")
        for name in ("policies", "papers"):
            if self.tables.get(name) == "":
                del self.tables[name]

    def _from_folder(self) -> None:
        """Relative paths begin at the configuration file's folder."""
        for path in (("data_dir",), ("policies",), ("papers",), ("security", "key_file")):
            if isinstance(name := self._value(path), str):
                self._table(path)[path[-1]] = str(self.folder / name)
        url = self._value(("database", "url"))
        if isinstance(url, str) and re.match(r"sqlite:///[^/:]", url):
            self._table(("database", "url"))["url"] = f"sqlite:///{self.folder / url.removeprefix('sqlite:///')}"

    def _said(self, error: Any) -> str:
        path = tuple(str(part) for part in error["loc"])
        return f"{self._place(path)}: {_in_words(error, path)}"


def _sections() -> set[tuple[str, ...]]:
    return {key.path[:n] for key in keys() for n in range(1, len(key.path))}


def _twin(path: tuple[str, ...]) -> tuple[str, ...] | None:
    """Of a secret key its `_file`, and the other way round; None for any other key."""
    for key in keys():
        if key.secret and path in (key.path, key.beside):
            return key.beside if path == key.path else key.path
    return None


def _content(folder: Path, name: Any) -> str:
    """The text of a secret's file, without the last newline; ValueError when there is none."""
    if not isinstance(name, str):
        raise ValueError("must be a path")
    try:
        text = (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not text") from None
    if not text:
        raise ValueError(f"{name} is empty")
    return text


def _in_words(error: Any, path: tuple[str, ...]) -> str:
    match error["type"]:
        case "extra_forbidden":
            beside = [key.path[len(path) - 1] for key in keys() if key.path[: len(path) - 1] == path[:-1]]
            return f"unknown key{_perhaps(path[-1], beside)}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "must be a table"
        case "string_type" | "path_type":
            return "must be text"
        case "int_parsing" | "int_type" | "int_from_float":
            return "must be a whole number"
        case "greater_than_equal":
            return f"must be {error['ctx']['ge']} or more"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return str(error["msg"][0].lower() + error["msg"][1:])


def _perhaps(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
