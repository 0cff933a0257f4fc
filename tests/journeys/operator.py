"""An operator at a terminal: types `certdesk ...` in a folder of his own and reads what comes back."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import __main__ as command_line

ROSTER = Path(__file__).parents[1] / "roster.toml"


@dataclass(frozen=True)
class Said:
    """Exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on standard error."""
        assert self.err.count("\n") == 1, f"not one line: {self.err!r}"
        return self.err.strip()


@dataclass
class Operator:
    """Works in `folder`."""

    folder: Path

    def types(self, *words: str | Path) -> Said:
        """`certdesk <words>`; an error of the program itself is raised."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = command_line._exit_code([str(word) for word in words])
        assert "Traceback" not in err.getvalue()
        return Said(code, out.getvalue(), err.getvalue())

    def file(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def sits_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """A fixture's body: an operator in an empty folder, without variables of ours."""
    for name in list(os.environ):
        if name.startswith("CERTDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    yield Operator(folder)
