"""Every client's way of writing, every charset, broken and hostile mails: read without an error, and read right."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import mailroom
from bot.mail.parse import parse
from tests.mail import corpus
from tests.mail.corpus import OWN, Made

MADE = corpus.everything()
SLOWEST = 2.0
"""Seconds for one mail, on a machine that does other things besides."""


def test_the_corpus_is_large() -> None:
    assert len(MADE) >= 150
    assert len({each.name for each in MADE}) == len(MADE)


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.name)
def test_a_made_mail_is_read_as_expected(made: Made) -> None:
    began = time.perf_counter()
    found = parse(made.raw)
    assert time.perf_counter() - began < SLOWEST
    if made.text is not None:
        assert found.text.replace("\ufeff", "") == made.text
    for words in made.holds:
        assert words in found.text
    for words in made.lacks:
        assert words not in found.text
    for name, value in made.fields.items():
        match name:
            case "_file":
                assert [file.name for file in found.files] == [value]
            case "_forward":
                assert found.forward is not None
                assert (found.forward.sender, found.forward.text) == value
            case "_bounce":
                assert found.bounce is not None
                assert found.bounce.message_id == value[0]
                assert [who for who, _, _ in found.bounce.failed] == ([value[1]] if value[1] else [])
            case "_automatic":
                assert found.automatic
            case _:
                assert getattr(found, name) == value


def test_a_mail_of_25_megabytes_is_read_in_a_moment() -> None:
    large = corpus.part("application/octet-stream", b"x" * (25 << 20), "base64", "large.bin")
    began = time.perf_counter()
    found = parse(corpus.multi("mixed", corpus.part("text/plain", OWN.encode()), large))
    assert time.perf_counter() - began < 3 * SLOWEST
    assert (found.text, found.files, found.lost) == (OWN, (), ("large.bin",))


def test_words_end_at_64_kilobytes() -> None:
    assert len(parse(corpus.plain("x" * 200_000)).text) == 64 * 1024
    assert len(parse(corpus.page("<p>" + "x " * 200_000)).text.encode()) <= 64 * 1024


@pytest.mark.parametrize(
    "unit",
    [
        b"--=_b\r\n",
        b"> x\r\n",
        b"On x wrote:\r\n",
        b"From: x\r\n",
        b"=?utf-8?q?x?= ",
        b"<div>",
        b"(",
        b'"',
        b"\r\n \r\n",
        b"-- \r\n",
        b"Sent from my\r\n",
    ],
)
@pytest.mark.parametrize("where", ["head", "text", "page", "parts"])
def test_time_grows_with_the_size_and_no_faster(unit: bytes, where: str) -> None:
    def took(n: int) -> float:
        raw = {
            "head": corpus.head().encode() + b"X-A: " + unit * n + b"\r\n\r\nhi",
            "text": corpus.plain("") + unit * n,
            "page": corpus.page("") + unit * n,
            "parts": corpus.head(Content_Type='multipart/mixed; boundary="=_b"').encode() + b"\r\n" + unit * n,
        }[where]
        began = time.perf_counter()
        parse(raw)
        return time.perf_counter() - began

    assert took(40_000) < SLOWEST


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=3000))
def test_noise_is_read_without_an_error(noise: bytes) -> None:
    parse(noise)
    parse(corpus.head().encode() + noise)
    parse(corpus.head(Content_Type='multipart/mixed; boundary="b"').encode() + b"\r\n--b\r\n" + noise + b"\r\n--b--")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(MADE), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6)), max_size=8))
def test_made_mails_with_torn_bytes_are_read_without_an_error(made: Made, cuts: list[tuple[int, bytes]]) -> None:
    raw = made.raw[:20_000]
    for at, noise in cuts:
        raw = raw[: at % (len(raw) + 1)] + noise + raw[at % (len(raw) + 1) + len(noise) :]
    found = parse(raw)
    assert "\x00" not in found.text + found.subject
    assert "\n" not in found.subject + found.sender_name


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_what_is_below_a_quote_mark_is_never_the_writers(own: str, old: str) -> None:
    quoted = "\n".join(f"> {line}" for line in old.splitlines())
    marked = f"> MARK {old.splitlines()[0] if old.splitlines() else ''}\n{quoted}"
    assert (
        "MARK"
        not in parse(
            corpus.plain(
                f"{own.replace('MARK', '')}\n{marked}",
                "utf-8",
            )
            if _encodes(own + old)
            else b""
        ).text
    )


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def test_the_same_content_has_one_name_and_another_has_another() -> None:
    one, again, other = corpus.plain(OWN), corpus.plain(OWN, Message_ID="<b@x>", Date="x"), corpus.plain(OWN + "!")
    assert parse(one).content_hash == parse(again).content_hash != parse(other).content_hash
    assert parse(one).source != parse(again).source


def test_a_mail_becomes_a_letter_whatever_it_holds() -> None:
    from datetime import UTC, datetime

    for made in MADE:
        letter = mailroom.letter(made.raw, datetime(2026, 11, 17, tzinfo=UTC), "mx.example.com")
        assert letter.source.startswith("mail:<")
        assert len(letter.source) < 1200
