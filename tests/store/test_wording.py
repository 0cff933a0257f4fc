"""Times, numbers, names and other people's words, as they are written out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import preview_cast, wording
from bot.render import Context, Renderer, named

CAST = preview_cast.cast()
NOON = datetime(2026, 11, 17, 19, 5, tzinfo=UTC)


def small(tmp_path: Path, source: str) -> Renderer:
    """A renderer of one chat template, "x/y"."""
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / "x" / "y" / "chat.md").write_text(source, encoding="utf-8")
    return Renderer(tmp_path)


def context(reader: str = "", agent: str = "", **facts: object) -> Context:
    return Context(roster=CAST, zone="America/Denver", agent=CAST.agent(agent), ref="F-1", reader=reader, facts=facts)


def test_ordinals_are_words_to_twelve_and_figures_beyond() -> None:
    assert [wording.ordinal(n) for n in (1, 3, 12)] == ["first", "third", "twelfth"]
    assert [wording.ordinal(n) for n in (13, 21, 22, 23, 111, 112)] == [
        "13th",
        "21st",
        "22nd",
        "23rd",
        "111th",
        "112th",
    ]


def test_lists_and_counts_read_like_a_sentence() -> None:
    assert [wording.listed(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert wording.listed(("a", "b"), "or") == "a or b"
    assert [wording.counted(n, "fail") for n in (0, 1, 2, 13)] == ["no fails", "one fail", "two fails", "13 fails"]


@pytest.mark.parametrize(
    "value", [NOON, NOON.isoformat(), "2026-11-17T19:05:00Z", NOON.astimezone(timezone(timedelta(hours=9)))]
)
def test_times_come_as_datetimes_or_text_and_are_shown_at_the_site(tmp_path: Path, value: object) -> None:
    renderer = small(tmp_path, "{{ at|when }} / {{ at|clock }} / {{ at|day }} / {{ at|month_day }}")
    assert renderer.chat("x/y", context(at=value)) == "Tue 17 Nov, 12:05 / 12:05 / Tue 17 Nov 2026 / 11/17"


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    renderer = small(tmp_path, "{{ at|when }}")
    with pytest.raises(ValueError, match="no time zone"):
        renderer.chat("x/y", context(at="2026-11-17T19:05:00"))


def test_an_agent_elsewhere_reads_both_clocks(tmp_path: Path) -> None:
    renderer = small(tmp_path, "{{ at|when }} / {{ at|when(both=true) }}")
    assert renderer.chat("x/y", context("ben", "ben", at=NOON)).startswith("Tue 17 Nov, 12:05 (14:05 your time) / ")
    assert (
        renderer.chat("x/y", context("tara", "ben", at=NOON))
        == "Tue 17 Nov, 12:05 / Tue 17 Nov, 12:05 (14:05 Ben's time)"
    )
    assert renderer.chat("x/y", context("ana", "ana", at=NOON)) == "Tue 17 Nov, 12:05 / Tue 17 Nov, 12:05"
    late = NOON + timedelta(hours=10)
    assert "Tue 17 Nov, 22:05 (Wed 18 Nov, 00:05 your time)" in renderer.chat("x/y", context("ben", "ben", at=late))


def test_no_second_clock_is_shown_while_both_agree() -> None:
    winter, summer = datetime(2026, 11, 17, 12, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
    denver, phoenix = "America/Denver", "America/Phoenix"
    shown = [wording.elsewhere(at.astimezone(ZoneInfo(denver)), phoenix, "your") for at in (winter, summer)]
    assert shown == ["", " (05:00 your time)"]


def test_names_stand_for_usernames_roles_and_contacts(tmp_path: Path) -> None:
    source = "{{ 'tara'|name }}, {{ 'nobody'|name }}, {{ who.tl }}, {{ who['licensing_team'] }}, {{ 'pm'|role }}"
    renderer = small(tmp_path, f"{source}, {{{{ '#wfm'|name }}}}")
    assert (
        renderer.chat("x/y", context(agent="ana")) == "Tara Lee, nobody, Tara Lee, licensing, Pia Moss, the wfm channel"
    )
    assert renderer.chat("x/y", context()).startswith("Tara Lee, nobody, the TL, licensing, the PM")
    assert named("coached by @tara, not @nobody", CAST) == "coached by Tara Lee, not @nobody"


@pytest.mark.parametrize("source", ["{{ missing }}", "{{ agent.name }}", "{{ nothing }}", "{{ reader.name }}"])
def test_what_is_missing_is_an_error_and_never_a_blank(tmp_path: Path, source: str) -> None:
    with pytest.raises(jinja2.UndefinedError):
        small(tmp_path, source).chat("x/y", context(nothing=None))


def test_links_of_colleagues_can_be_tapped_and_nothing_else_can() -> None:
    good = "https://meet.example.com/a-b?c=1&d=2#e"
    assert wording.link(good) == good
    for bad in ("javascript:alert(1)", "https://x.example/ @all", "https://x.example/)[y](z", "ftp://x.example"):
        assert wording.link(bad) == wording.safe_chat(bad)


LIVE = re.compile(
    r"@\w|#[A-Za-z]|[*~`<>\[\]|\\]|://|(?<![A-Za-z0-9])_|\w\.[A-Za-z]{2}|[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e]"
)


@example(":://")
@given(st.text(max_size=120) | st.text(alphabet="@#*_~`<>[]()|\\ .:/ahelre\r\n\u202e", max_size=60))
def test_other_peoples_words_hold_nothing_the_chat_would_act_on(text: str) -> None:
    shown = wording.safe_chat(text)
    assert not LIVE.search(shown)
    assert len(shown) <= wording.LONGEST
    assert wording.safe_chat(shown) is shown


def test_ordinary_words_stay_as_they_are() -> None:
    for text in ("Zoë O'Neill-Núñez (TL)", "form #77, 10:30", "50% & more", "a_b", "J. R. Ewing"):
        assert wording.safe_chat(text) == text


def test_long_words_are_cut_aloud() -> None:
    assert wording.safe_chat("x" * 999).endswith("x…")
