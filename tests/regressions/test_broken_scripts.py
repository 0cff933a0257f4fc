"""A script that cannot mean anything is refused before it is played, with its step and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.script import BrokenScript, read_script

HEAD = "start = 2026-11-17T10:00:00-07:00\n[[step]]\n"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("restart = false", "restart"),
        ('chat = { from = "", text = "me" }', "username of a person"),
        ('chat = { from = "certdesk", text = "me" }', "username of a person"),
        ('press = { by = "certdesk", label = "x" }', "username of a person"),
        ('chat = { from = "ana", files = [{ name = "x.png", base64 = "!!!" }] }', "is not base64"),
    ],
)
def test_it_names_step_and_reason(tmp_path: Path, step: str, reason: str) -> None:
    path = tmp_path / "script.toml"
    path.write_text(HEAD + step)
    with pytest.raises(BrokenScript, match=reason) as broken:
        read_script(path)
    assert broken.value.step == 0
