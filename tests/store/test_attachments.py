"""Files people send: told by content, named safely, refused where they are no evidence, kept sealed under their hash."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime

import pytest

from bot import attachments, filetypes
from bot.attachments import XLSM, XLSX, evidence, safe_name
from bot.ports import File
from store.seal import Seal

NOW = datetime(2026, 11, 17, tzinfo=UTC)
SEAL = Seal(b"0" * 32)


def png(width: int = 640, height: int = 480) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"


def a(name: str, content: bytes, type: str = "application/pdf") -> File:
    return File(name=name, type=type, content=content)


def zipped(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts:
            book.writestr(name, content)
    return out.getvalue()


TYPES = ("[Content_Types].xml", b"<Types/>")
BOOK = ("xl/workbook.xml", b"<workbook/>")
MACRO_TYPES = (
    "[Content_Types].xml",
    b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def pdf(inside: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + inside + b" >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


PACKED_SCRIPT = zlib.compress(b"4 0 << /S /JavaScript /JS (app.alert(1)) >>")
OBJECTS = (
    b"%PDF-1.7\n2 0 obj\n<< /Type /ObjStm /N 1 /Filter /FlateDecode >>\nstream\n"
    + PACKED_SCRIPT
    + b"\nendstream\nendobj\n"
)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("proof.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("proof.pdf", b"MZ\x90\x00", "application/x-msdownload"),
        ("proof.pdf", png(), "image/png"),
        ("a.xlsx", b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", XLSX),
        ("a.xlsx", b"PK\x03\x04....[Content_Types].xml....xl/vbaProject.bin", XLSM),
        ("a.xlsx", b"PK\x03\x04....other.txt", "application/zip"),
        ("a.xlsx", zipped(TYPES, BOOK), XLSX),
        ("a.xlsx", zipped(TYPES, BOOK, ("xl/vbaProject.bin", b"x")), XLSM),
        ("a.xlsx", zipped(TYPES, BOOK, ("xl/VBAPROJECT.BIN", b"x")), XLSM),
        ("a.xlsx", zipped(TYPES, BOOK, ("xl/macrosheets/sheet1.xml", b"x")), XLSM),
        ("a.xlsx", zipped(MACRO_TYPES, BOOK), XLSM),
        ("a.xlsx", zipped(TYPES, ("xl/workbook.bin", b"x")), filetypes.XLSB),
        ("a.docx", zipped(TYPES, ("word/document.xml", b"x")), filetypes.DOCX),
        ("a.docx", zipped(TYPES, ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")), filetypes.DOCM),
        ("a.ods", zipped(("mimetype", filetypes.ODS.encode()), ("content.xml", b"x")), filetypes.ODS),
        ("a.zip", zipped(("META-INF/MANIFEST.MF", b"x")), filetypes.JAR),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), filetypes.XLS),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), filetypes.DOC),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), filetypes.LOCKED),
        ("a.jpg", HEIC, "image/heic"),
        ("a.png", b"<svg xmlns='x'><script>1</script></svg>", filetypes.SVG),
        ("a.pdf", b"<!DOCTYPE html><p>", filetypes.HTML),
        ("a.csv", b"#!/bin/sh\nrm", filetypes.SCRIPT),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.csv", "a;b\n1;2\n".encode("utf-16"), "text/csv"),
        ("a.csv", "Renée;1\n".encode("cp1252"), "text/csv"),
        ("a.txt", b"words", "text/plain"),
        ("a.txt", b"", filetypes.EMPTY),
        ("a.bin", b"\xff\xfe\x00", "application/octet-stream"),
        ("a.txt", b"wo\x00rds", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_content_says(name: str, content: bytes, kind: str) -> None:
    assert evidence(a(name, content)).type == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("proof.pdf", b"MZ\x90\x00", "program"),
        ("proof.pdf.exe", b"%PDF-1.7\n", "program"),
        ("run.bat", b"hello", "program"),
        ("proof.pdf", b"#!/bin/sh\nrm -rf /", "program"),
        ("a.png", zipped(("AndroidManifest.xml", b"x")), "program"),
        ("proofs.zip", zipped(("a.pdf", b"x")), "archive"),
        ("proofs.7z", b"7z\xbc\xaf\x27\x1c", "archive"),
        ("proofs.rar", b"Rar!\x1a\x07\x00", "archive"),
        ("proofs.gz", b"\x1f\x8b\x08", "archive"),
        ("proof.html", b"<html><body>", "web"),
        ("proof.svg", b"<?xml version='1.0'?><svg>", "web"),
        ("scan.heic", HEIC, "picture"),
        ("scan.tif", b"II*\x00....", "picture"),
        ("scan.png", png(40_000, 40_000), "bomb"),
        ("letter.docm", zipped(TYPES, ("word/document.xml", b"x"), ("word/vbaProject.bin", b"x")), "macros"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "locked"),
        ("proof.pdf", pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "active"),
        ("proof.pdf", pdf(b"/OpenAction << /S /J#61vaScript >>"), "active"),
        ("proof.pdf", pdf(b"/OpenAction << /S /Launch >>"), "active"),
        ("proof.pdf", OBJECTS, "active"),
        ("proof.pdf", pdf(b"/Length 1 >>\nstream\nx\nendstream\nendobj\n2 0 obj\n<< /S /JavaScript"), "active"),
        ("proof.pdf", OBJECTS.replace(PACKED_SCRIPT, PACKED_SCRIPT[:-4] + b"\0\0\0\0"), "active"),
        ("proof.pdf", OBJECTS.replace(b"/Type /ObjStm", b"/Type /Obj#53tm" + b" " * 900), "active"),
        ("proof.pdf", b"%PDF-1.4\n" + b"stream\n endstream" * 50_000, "active"),
        ("proof.pdf", b"%PDF-1.4\n" + b"#41" * 30_000, "active"),
        ("proof.pdf", b"", "empty"),
        ("proof.pdf", b"%PDF-" + b"0" * attachments.LARGEST, "large"),
        ("proof.pdf", pdf(b""), ""),
        ("proof.pdf", pdf(b"/Length 9 >> stream\nx /JS y\nendstream <<"), ""),
        ("proof.png", png(), ""),
        ("a.xlsx", zipped(TYPES, BOOK), ""),
        ("notes.docx", zipped(TYPES, ("word/document.xml", b"x")), ""),
    ],
)
def test_what_may_harm_or_cannot_be_read_is_not_taken_and_says_why(name: str, content: bytes, why: str) -> None:
    assert evidence(a(name, content)).trouble == why
    assert bool(attachments.rows([a(name, content)], NOW, SEAL)) is not bool(why)


def test_a_pdf_that_may_only_not_be_changed_is_read_and_one_with_a_password_is_not() -> None:
    from pypdf import PdfWriter

    def locked(password: str) -> bytes:
        out, writer = io.BytesIO(), PdfWriter()
        writer.add_blank_page(200, 200)
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
        writer.write(out)
        return out.getvalue()

    assert evidence(a("proof.pdf", locked(""))).trouble == ""
    assert evidence(a("proof.pdf", locked("secret"))).trouble == "locked"


def test_a_sheet_that_unpacks_without_end_is_refused_at_once() -> None:
    sheet = ("xl/worksheets/sheet1.xml", b"<sheetData>" + b" " * 40_000_000)
    assert evidence(a("Rivera_Ana_80%.xlsx", zipped(TYPES, BOOK, sheet))).trouble == "bomb"


def test_a_sheet_that_lies_about_its_size_is_refused() -> None:
    book = bytearray(zipped(TYPES, BOOK, ("xl/worksheets/sheet1.xml", b"<sheetData>" + b" " * 3_000_000)))
    at = book.rindex(b"PK\x01\x02")
    struct.pack_into("<I", book, at + 24, 100)  # the directory says that it unpacks to 100 bytes
    assert evidence(a("Rivera_Ana_80%.xlsx", bytes(book))).trouble == "bomb"


def test_files_laid_over_each_other_in_a_zip_are_refused() -> None:
    book = bytearray(zipped(TYPES, BOOK, ("xl/a.xml", b"a" * 400), ("xl/b.xml", b"b" * 400)))
    last = book.rindex(b"PK\x01\x02")
    struct.pack_into("<I", book, last + 42, 0)  # the last begins where the first does
    assert evidence(a("a.xlsx", bytes(book))).trouble == "bomb"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\..\\proof.pdf", "proof.pdf"),
        ("...hidden", "hidden"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("proof.pdf. . ", "proof.pdf"),
        ("proof.pdf          .exe", "proof.pdf .exe"),
        ("proof.pdf:evil.exe", "proof.pdf_evil.exe"),
        ("CON.pdf", "_CON.pdf"),
        ("com1", "_com1"),
        ("confirm.pdf", "confirm.pdf"),
        ("Rivera_Ana_[80%].xlsx", "Rivera_Ana_[80%].xlsx"),
        ("Rivera_Ana\u0301_80.xlsx", "Rivera_An\u00e1_80.xlsx"),
        ("", "file"),
        ("/", "file"),
    ],
)
def test_a_name_holds_no_path_and_no_trick(said: str, kept: str) -> None:
    assert safe_name(said) == kept


def test_a_long_name_still_ends_as_it_really_does() -> None:
    assert safe_name("proof" * 60 + ".pdf.exe").endswith(".pdf.exe")
    assert len(safe_name("proof" * 60 + ".pdf.exe")) == attachments.LONGEST_NAME
    assert len(safe_name("\u4e2d" * 100 + ".pdf").encode()) <= attachments.LONGEST_NAME_BYTES
    assert safe_name("\u4e2d" * 100 + ".pdf").endswith("\u4e2d.pdf")


@pytest.mark.parametrize(
    "content",
    [
        png(),
        b"GIF89a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little"),
        b"RIFF....WEBPVP8X" + b"\x00" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little"),
        b"RIFF....WEBPVP8L" + b"\x00" * 5 + (639 | 479 << 14).to_bytes(4, "little"),
        b"RIFF....WEBPVP8 " + b"\x00" * 10 + (640).to_bytes(2, "little") + (480).to_bytes(2, "little"),
        b"\xff\xd8\xff\xe0\x00\x04JF\xff\xff\xc2\x00\x11\x08" + (480).to_bytes(2) + (640).to_bytes(2) + b"\x03",
    ],
)
def test_a_pictures_size_is_read(content: bytes) -> None:
    seen = evidence(a("x.png", content))
    assert (seen.width, seen.height) == (640, 480)


def test_a_broken_picture_has_no_size() -> None:
    assert attachments.pixels(b"\xff\xd8\xff\xe0", "image/jpeg") == (0, 0)
    endless = b"\xff\xd8" + b"\xff" * attachments.LARGEST
    assert attachments.pixels(endless + b"\xff\xc2\x00\x11\x08\x00\x09\x00\x09\x03", "image/jpeg") == (0, 0)


def test_what_is_kept_is_sealed_and_is_found_by_its_own_hash() -> None:
    (row,) = attachments.rows([a("pay.png", png())], NOW, SEAL, "ana")
    assert row["hash"] == hashlib.sha256(png()).hexdigest()
    assert png() not in row["content"]
    assert SEAL.open_bytes(row["content"]) == png()
    assert row["sender"] == "ana"


def test_a_file_that_did_not_come_says_so() -> None:
    assert evidence(File(name="film.mov", type="video/mp4", content=b"", missing="large")).trouble == "large"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("roster.csv", b"MZ,Marta Zane,40155\nBZh,Bo Zhang,40156\n", filetypes.CSV),
        ("roster.csv", b"BZhang,Bo Zhang,40156\r\n", filetypes.CSV),
        ("notes.txt", "MZ was late, caf\u00e9 at nine\n".encode(), filetypes.TEXT),
        ("old.csv", b"MZ;Ren\xe9\n", filetypes.CSV),
        ("a.txt", b"MZ\x90\x00\x03", filetypes.PROGRAM),
        ("a.csv", b"MZ" + b"x" * 9000 + b"\x00", filetypes.PROGRAM),
        ("a.csv", b"BZh91AY&SY\x00\x01", "application/x-bzip2"),
        ("a.csv", b"BZh9\x17rE8P\x90\x00\x00\x00\x00", "application/x-bzip2"),
    ],
)
def test_a_text_that_begins_with_a_persons_letters_is_a_text_and_a_program_is_none(
    name: str, content: bytes, kind: str
) -> None:
    assert filetypes.type_of(name, content) == kind
    known = evidence(a(name, content))
    assert known.trouble == {filetypes.PROGRAM: "program", "application/x-bzip2": "archive"}.get(kind, "")
