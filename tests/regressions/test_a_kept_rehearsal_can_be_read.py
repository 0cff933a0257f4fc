"""A rehearsal kept with `--database` had lost its key, and reports of its days were "still to come"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.operator import Operator, sits_down
from tests.journeys.stage import TESTS

SCRIPT = """
start = 2031-11-17T10:00:00-07:00
[[step]]
chat = { from = "ana", text = "fail ahip 1" }
[[step]]
at = 2031-11-17T10:30:00-07:00
chat = { from = "tara", text = "coached @ana advised" }
"""


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    yield from sits_down(tmp_path, monkeypatch)


def test_replay_case_and_report_read_it(operator: Operator) -> None:
    operator.file("script.toml", SCRIPT)
    operator.file("certdesk.toml", '[database]\nurl = "sqlite:///kept.db"\n')
    roster = TESTS / "roster-day.toml"
    played = operator.types("rehearse", "script.toml", "--roster", roster, "--database", "sqlite:///kept.db")
    assert played.code == 0
    assert operator.types("replay").code == 0
    assert "Ana Rivera" in operator.types("case", "f1").out
    assert "ESP Tracker, Mon 2031-11-17" in operator.types("report", "tracker", "--date", "2031-11-17").out
    late = operator.types("report", "tracker", "--date", "2031-11-18")
    assert late.code == 2
    assert "still to come" in late.line
