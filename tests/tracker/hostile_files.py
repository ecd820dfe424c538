"""Files that nobody means well with, or that are not what they seem. Each is made here, small on disk."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable

from tests.tracker.documents import ENCRYPTED_PDF, docx, docx_of, mhtml, ods, odt, pdf, xlsx, zipped

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _docx_with(entities: str, words: str) -> bytes:
    return docx_of(
        f'<!DOCTYPE d [{entities}]><w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p>'
        "</w:body></w:document>"
    )


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!ENTITY l0 "lol">{levels}'


def _locked_zip() -> bytes:
    """A package whose parts say that they have a password."""
    body = bytearray(zipped({"word/document.xml": "x" * 50}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.index(mark) + offset
        body[at : at + 2] = struct.pack("<H", 1)
    return bytes(body)


def _many_parts() -> bytes:
    return zipped({"word/document.xml": "<a/>"} | {f"x/{number}": b"" for number in range(12_000)})


def _bomb_in(part: str) -> bytes:
    return zipped({part: b"0" * 300_000_000})


def _nested_bomb() -> bytes:
    body = b"0" * 20_000_000
    for _ in range(4):
        body = zipped({"a.zip": body})
    return body


def _overlapping() -> bytes:
    """A package in which many names share one stretch of packed bytes: it says that it unpacks to gigabytes."""
    packed = zipped({"word/document.xml": b"0" * 10_000_000})
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (first,) = archive.infolist()
    directory = packed[packed.index(b"PK\x01\x02") : packed.rindex(b"PK\x05\x06")]
    start = packed.index(b"PK\x01\x02")
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 500, 500, len(directory) * 500, start, 0)
    assert first.header_offset == 0
    return packed[:start] + directory * 500 + end


def _deep_page() -> bytes:
    return b"<!doctype html><html><body>" + b"<div>" * 150_000 + b"Words." + b"</body></html>"


def _wide_sheet() -> bytes:
    """Two cells, at either corner of the largest sheet there can be."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return xlsx(
        **{
            "xl__worksheets__sheet1.xml": f'<worksheet xmlns="{spreadsheet}"><sheetData><row r="1"><c r="A1">'
            '<v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
        }
    )


#: What is refused, by what it is: how it is made, and a part of what whoever brings it is told.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb in a text": (lambda: _bomb_in("word/document.xml"), "unpacks to far more"),
    "a bomb in a workbook": (
        lambda: zipped({"xl/workbook.xml": "<a/>", "xl/sharedStrings.xml": b"0" * 300_000_000}),
        "unpacks to far more",
    ),
    "a bomb below the limit": (lambda: docx("x" * 80_000_000), "more than 768 MiB of memory"),
    "packages within packages": (_nested_bomb, "a package of files"),
    "names that share their bytes": (_overlapping, "unpacks to far more"),
    "twelve thousand parts": (_many_parts, "unpacks to far more"),
    "macros in a text": (
        lambda: zipped({"word/document.xml": "<a/>", "word/vbaProject.bin": b"x"}),
        "It holds macros",
    ),
    "macros in a workbook": (lambda: xlsx(["x"], **{"xl__vbaProject.bin": b"x"}), "It holds macros"),
    "macros in an OpenDocument text": (
        lambda: zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": "<a/>",
                "Basic/Standard/Module1.xml": "<a/>",
            }
        ),
        "It holds macros",
    ),
    "a billion laughs": (lambda: _docx_with(_laughs(), "&l9;"), "cannot be read"),
    "a password on a PDF": (lambda: ENCRYPTED_PDF, "encrypted"),
    "a password on a package": (_locked_zip, "encrypted"),
    "a password on an OpenDocument text": (
        lambda: zipped(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>",
                "content.xml": b"\x01\x02",
            }
        ),
        "encrypted",
    ),
    "an old Office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word or Excel file"),
    "a cut PDF": (lambda: pdf(["Words."])[:300], "cannot be read as a PDF"),
    "a cut package": (lambda: xlsx(["Words"])[:-60], "cannot be read as a text or workbook"),
    "a bomb in a PDF": (lambda: pdf(["x"], bomb_bytes=900_000_000), "was given up"),
    "a program named as a PDF": (lambda: b"MZ\x90\x00" + b"\0" * 100, "It is a program"),
    "another program": (lambda: b"\x7fELF\x02\x01", "It is a program"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "It is a picture"),
    "a drawing that runs": (
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "an XML file",
    ),
    "XML with entities": (lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "an XML file"),
    "a rich text": (lambda: b"{\\rtf1 words}", "RTF"),
    "a packed text": (lambda: gzip.compress(b"words"), "a packed archive"),
    "nothing": (lambda: b" \n", "is empty"),
    "noise": (lambda: bytes(range(256)) * 40, "none of the files that can be read"),
    "slides": (
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.presentation", "content.xml": "<a/>"}),
        "neither a text nor a workbook",
    ),
    "a package of anything": (lambda: zipped({"../../etc/passwd": "x"}), "neither a text nor a workbook"),
    "a page of programs alone": (
        lambda: b"<!doctype html><html><body><script>document.write(1)</script></body></html>",
        "shows no text",
    ),
    "a page of 200,000 tags": (lambda: b"<!doctype html><html>" + b"<b>" * 200_000, "more than 160,000 tags"),
    "a saved page without a page": (
        lambda: mhtml("").replace(b"text/html\r\nContent-Transfer", b"image/png\r\nContent-Transfer"),
        "holds no page",
    ),
    "an empty text": (lambda: odt(""), "holds no text"),
    "a sheet as wide as the world": (_wide_sheet, "was given up"),
    "a page nested without end": (_deep_page, "shows no text"),
}

#: What is read within bounds: how it is made, and what is said of what is missing.
BOUNDED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an outer file named in a text": (
        lambda: _docx_with('<!ENTITY e SYSTEM "file:///etc/hostname">', "before &e; after"),
        "",
    ),
    "an outer address named in a text": (
        lambda: _docx_with('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;', "before"),
        "",
    ),
    "a row two thousand million times": (
        lambda: ods(["a", 1], repeated=2_000_000_000),
        "Only its first 1,000,000 characters were read.",
    ),
    "a PDF of ten thousand pages": (
        lambda: pdf(*([f"Page by page, {number * 7} things."] for number in range(10_000))),
        "Only the first 2,000 of its 10,000 pages were read.",
    ),
    "a huge sheet": (
        lambda: xlsx(*(["cell"] * 40 for _ in range(9_000))),
        "Only its first 1,000,000 characters were read.",
    ),
}
