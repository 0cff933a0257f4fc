"""Pictures inside a mail: a related part beside the page, found by its id, with words for those who do not see it."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy

import pytest

from bot.mail import compose
from bot.mail.compose import Address, Mailing
from bot.ports import File

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PICTURE = File(name="picture1.png", type="image/png", content=PNG)
SHEET = File(name="eod-call 2026-11-23.xlsx", type="application/vnd.ms-excel", content=b"PK")


def mailing(**more: object) -> Mailing:
    """A mail with a picture in its page."""
    return Mailing(
        **{  # type: ignore[arg-type]
            "subject": "Call Cert report 11/23/2026",
            "text": "the same in words",
            "html": '<p><img src="cid:picture1@certdesk" alt="words"></p>',
            "to": (Address(email="ops@example.com"),),
            "sender": Address(email="certdesk@example.com"),
            "message_id": "<a.b@example.com>",
            "date": datetime(2026, 11, 23, tzinfo=UTC),
            "pictures": (PICTURE,),
            **more,
        }
    )


def parts(sent: Mailing) -> list[str]:
    """The kinds of all parts, outside first."""
    message = email.message_from_bytes(compose.compose(sent).content, policy=policy.default)
    return [part.get_content_type() for part in message.walk()]


def test_the_picture_stands_beside_the_page_and_the_text_before_both() -> None:
    assert parts(mailing()) == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]


def test_with_an_attachment_all_of_it_is_inside_mixed() -> None:
    assert parts(mailing(attachments=(SHEET,))) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.ms-excel",
    ]


def test_the_page_finds_its_picture_and_no_reader_lists_it_as_a_file() -> None:
    message = email.message_from_bytes(compose.compose(mailing()).content, policy=policy.default)
    (picture,) = (part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == f"<{compose.picture_id('picture1.png')}>" == "<picture1@certdesk>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == PNG
    assert [part.get_filename() for part in message.iter_attachments()] == []


def test_a_mail_without_pictures_is_as_it_was() -> None:
    assert parts(mailing(pictures=())) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_picture_counts_towards_the_largest_mail() -> None:
    big = File(name="p.png", type="image/png", content=b"x" * compose.MAX_BYTES)
    with pytest.raises(ValueError, match="bytes"):
        compose.compose(mailing(pictures=(big,)))
