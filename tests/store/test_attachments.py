"""Files people send: told by content, named safely, kept under their hash."""

from __future__ import annotations

import pytest

from bot import attachments
from bot.attachments import XLSM, XLSX, evidence, safe_name
from bot.ports import File

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (640).to_bytes(4) + (480).to_bytes(4) + b"\x08\x02\x00\x00\x00"


def a(name: str, content: bytes, type: str = "application/pdf") -> File:
    return File(name=name, type=type, content=content)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("proof.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("proof.pdf", b"MZ\x90\x00", "application/x-msdownload"),
        ("proof.pdf", PNG, "image/png"),
        ("a.xlsx", b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", XLSX),
        ("a.xlsx", b"PK\x03\x04....[Content_Types].xml....xl/vbaProject.bin", XLSM),
        ("a.xlsx", b"PK\x03\x04....other.txt", "application/zip"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.txt", b"words", "text/plain"),
        ("a.bin", b"\xff\xfe\x00", "application/octet-stream"),
        ("a.txt", b"wo\x00rds", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_content_says(name: str, content: bytes, kind: str) -> None:
    assert evidence(a(name, content)).type == kind


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\..\\proof.pdf", "proof.pdf"),
        ("...hidden", "hidden"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_a_name_holds_no_path_and_no_trick(said: str, kept: str) -> None:
    assert safe_name(said) == kept


def test_a_pictures_size_is_read() -> None:
    seen = evidence(a("x.png", PNG))
    assert (seen.width, seen.height) == (640, 480)


def test_a_broken_picture_has_no_size() -> None:
    assert attachments.pixels(b"\xff\xd8\xff\xe0", "image/jpeg") == (0, 0)


def test_a_file_that_is_too_large_is_not_kept() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 17, tzinfo=UTC)
    assert not attachments.rows([a("x", b"0" * (attachments.LARGEST + 1))], now)
    assert len(attachments.rows([a("x", b"0")], now)) == 1
