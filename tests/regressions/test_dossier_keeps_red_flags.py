"""What an operator wrote of an agent for HR held the words of red flags, which HR's own file leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.operator import sits_down
from tests.journeys.test_cli_papers import HOUSE
from tests.store.played import LADDER, play


def test_an_agents_file_names_a_red_flag_and_tells_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = {"at": "2026-11-18T11:10:00-07:00", "chat": {"from": "tara", "text": "redflag @ana her mother is ill"}}
    play(tmp_path, [*LADDER, flag])
    (tmp_path / "certdesk.toml").write_text(HOUSE)
    for operator in sits_down(tmp_path, monkeypatch):
        assert operator.types("case", "@ana", "--dossier", "out").code == 0
        told = (tmp_path / "out" / "ana.json").read_text()
        assert "mother" not in told
        assert json.loads(told)["withheld"] == [{"ref": "X-1", "workflow": "red_flag"}]
        assert operator.types("case", "X-1", "--dossier", "own").code == 0
        assert "mother" in (tmp_path / "own" / "X-1.json").read_text()
