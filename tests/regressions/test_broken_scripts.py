"""A script that cannot mean anything is refused before it is played, with its step and the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.rehearse import Rehearsal, rehearse
from bot.roster import read_roster
from bot.script import BrokenScript, read_script

ROSTER = Path(__file__).parents[1] / "roster.toml"
MAIL = '[step.mail]\nfrom = "ana.rivera@example.com"\nto = ["certdesk@example.com"]\n'
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


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ('chat = { from = "ana", text = "me", room = "#esp-nov61" }', 'did you mean "#esp-nov16"?'),
        ('chat = { from = "ana", text = "me", room = "@bot" }', '"@bot" is not "@certdesk"'),
        ('chat = { from = "ana", text = "me", room = "esp-nov16" }', "a channel of the roster"),
        ('chat = { from = "ana", text = "me", room = "@tara" }', '"@tara" is not'),
        ('press = { by = "tara", label = "Coached", room = "@bot" }', '"@bot" is not'),
        ('press = { by = "wes", label = "Done", room = "#wmf" }', 'did you mean "#wfm"?'),
    ],
)
def test_a_room_nobody_has_is_named_before_anything_is_played(tmp_path: Path, step: str, reason: str) -> None:
    lines: list[Any] = []
    with pytest.raises(BrokenScript) as broken:
        play(tmp_path, 'chat = { from = "ana", text = "fail ahip 1" }\n[[step]]\n' + step, lines)
    assert broken.value.step == 1
    assert reason in broken.value.reason
    assert lines == []


@pytest.mark.parametrize("room", ["", "@certdesk", "@ana", "#esp-nov16", "#licensing"])
def test_a_room_of_the_roster_or_of_ones_own_is_taken(tmp_path: Path, room: str) -> None:
    lines: list[Any] = []
    play(tmp_path, f'chat = {{ from = "ana", text = "!esp me", room = "{room}" }}', lines)
    assert lines


THIRD = """chat = { from = "ana", text = "fail ahip 1" }
[[step]]
chat = { from = "tara", text = "coached @ana advised" }
[[step]]
chat = { from = "ana", text = "fail ahip 2" }
[[step]]
"""


def test_a_ref_makes_it_a_reply_in_the_thread_of_that_case(tmp_path: Path) -> None:
    lines: list[Any] = []
    play(tmp_path, THIRD + 'chat = { from = "wes", text = "done", room = "#wfm", ref = "F-1" }', lines)
    assert "failed_exam/thanks_wfm" in [line.get("template") for line in lines if line["step"] == 3]
    lines.clear()
    play(tmp_path, THIRD + 'chat = { from = "wes", text = "done", room = "#wfm" }', lines)
    assert "failed_exam/thanks_wfm" not in [line.get("template") for line in lines if line["step"] == 3]


@pytest.mark.parametrize(("ref", "room", "where"), [("F-9", "#wfm", "#wfm"), ("F-1", "#esp-nov16", "#esp-nov16")])
def test_a_ref_without_a_thread_there_is_a_broken_script(tmp_path: Path, ref: str, room: str, where: str) -> None:
    with pytest.raises(BrokenScript, match=f"chat.ref: {ref} has no thread in {where}") as broken:
        play(tmp_path, THIRD + f'chat = {{ from = "wes", text = "done", room = "{room}", ref = "{ref}" }}', [])
    assert broken.value.step == 3


@pytest.mark.parametrize("body", ['text = ""', 'html = ""'])
def test_a_mail_may_have_a_subject_and_no_words(tmp_path: Path, body: str) -> None:
    lines: list[Any] = []
    play(tmp_path, f'{MAIL}subject = "failed ahip first"\n{body}\n', lines)
    assert [line["to"] for line in lines if line["kind"] == "state"] == ["F1_COACHING"]


def test_a_mail_without_a_body_is_a_broken_script(tmp_path: Path) -> None:
    with pytest.raises(BrokenScript, match="needs one of text and html"):
        play(tmp_path, MAIL, [])


def play(folder: Path, steps: str, lines: list[Any]) -> None:
    path = folder / "script.toml"
    path.write_text(HEAD + steps)
    rehearse(Rehearsal(script=read_script(path), roster=read_roster(ROSTER), emit=lines.append))
