"""The fuzzer of the bench, for a moment: torn mails break no promise, and what it once found stays mended."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench import fuzz_mail
from bot.roster import read_roster
from tests.journeys.stage import ROSTER
from tests.mail import corpus

SEEDS = [made.raw for made in corpus.everything()]
FOUND = sorted((Path(__file__).parent / "findings").glob("*.eml"))


def test_a_moment_of_torn_mails_breaks_nothing(tmp_path: Path) -> None:
    assert fuzz_mail.run(5, 20_261_117, read_roster(ROSTER), tmp_path, SEEDS) == 0, list(tmp_path.iterdir())


@pytest.mark.parametrize("found", FOUND, ids=lambda path: path.stem)
def test_what_was_found_once_stays_mended(found: Path) -> None:
    fuzz_mail.try_one(found.read_bytes(), read_roster(ROSTER))


def test_the_fuzzer_notices_a_broken_promise() -> None:
    """One of them, a mail that takes longer than its size allows, at a patience no mail can meet."""
    roster, patience = read_roster(ROSTER), fuzz_mail.PATIENCE
    fuzz_mail.PATIENCE = -60.0
    try:
        with pytest.raises(fuzz_mail.Broken):
            fuzz_mail.try_one(SEEDS[0], roster)
    finally:
        fuzz_mail.PATIENCE = patience


def test_every_change_gives_bytes_of_a_bounded_size() -> None:
    chance = random.Random(1)
    for _ in range(300):
        made = fuzz_mail.torn(chance.choice(SEEDS), chance.choice(SEEDS), chance)
        assert isinstance(made, bytes)
        assert len(made) <= fuzz_mail.LARGEST
