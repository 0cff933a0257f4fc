"""A roster is exported as TOML; a file named otherwise is refused, not filled with TOML under a false name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.operator import ROSTER, Operator, sits_down


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    yield from sits_down(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out"])
def test_another_name_is_refused(operator: Operator, name: str) -> None:
    operator.types("migrate")
    operator.types("roster", "import", ROSTER)
    said = operator.types("roster", "export", name)
    assert said.code == 2
    assert "TOML" in said.line
    assert not (operator.folder / name).exists()


def test_a_dry_run_of_what_is_in_force_says_that_nothing_would_change(operator: Operator) -> None:
    operator.types("migrate")
    operator.types("roster", "import", ROSTER)
    assert "Nothing would change." in operator.types("roster", "import", ROSTER, "--dry-run").out


def test_the_doctor_has_seen_every_template(operator: Operator) -> None:
    assert "nobody has looked at them" not in operator.types("doctor").out
