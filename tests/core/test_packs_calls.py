"""What is wrong with a call-cert or TBT pack is said with its key."""

from __future__ import annotations

import pytest

from bot.packs import BUILT_IN, PackErrors, parse_pack


def wrong(name: str, old: str, new: str) -> list[str]:
    """What is wrong with a built-in pack after one change."""
    text = (BUILT_IN / f"{name}.toml").read_text()
    assert old in text
    with pytest.raises(PackErrors) as caught:
        parse_pack(text.replace(old, new, 1), "x.toml")
    return [problem.removeprefix("x.toml: ") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("calls      = 5", "calls = 0", "calls: must be more than 0"),
        ("pass_rate  = 80", "pass_rate = 180", "pass_rate: is out of a hundred"),
        ('to = "cert_coordinator" }', 'to = "certifier" }', "sla.scorecard.steps.2.to: 'certifier' is not one of"),
        ('cc = ["pm"]', 'cc = ["pmm"]', "not_passed.notice.cc.1: 'pmm' is neither a role"),
        ('pause_by   = ["certifier", ', 'pause_by = ["certifyer", ', "pause_by.1: 'certifyer' is not a role"),
    ],
)
def test_a_call_cert_pack(old: str, new: str, said: str) -> None:
    (problem,) = wrong("call-cert-new", old, new)
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"211612"', '"211607"', "course.2.number: '211607' is that of course 1 too"),
        ('"211612"', '"12"', "course.2.number: '12' must be digits"),
        ("nudge_hours  = 6", "nudge_hours = 9", "nudge_hours: is after the hours are over"),
        ("least = 1", "least = 3", "smes.least: is more than smes.most"),
        ("alert_at = 3", "alert_at = 0", "retake.alert_at: must be more than 0"),
        ('sla       = "proof"', 'sla = "prof"', "proof.sla: there is no [sla.prof]"),
    ],
)
def test_a_tbt_pack(old: str, new: str, said: str) -> None:
    (problem,) = wrong("tbt", old, new)
    assert problem.startswith(said)
