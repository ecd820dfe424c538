"""A file that somebody brought: what it is by its content, whatever its name says, and what it holds."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from typing import cast

from .bounds import too_much
from .documents import PACKAGE, PDF, PLAIN, Document, read_as
from .encoding import decoded
from .html_tree import parsed, title_of
from .main_text import main_text

#: What is read, in words for whoever brings something else.
WHAT_IS_READ = "a PDF, DOCX, ODT, XLSX, ODS, CSV or text file, or a saved web page (HTML or MHTML)"

#: Somebody waits for it at a page, or a mailbox is open.
WALL_SECONDS = 20.0

_OPENING_BYTES = 4096
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body)\b|^<(title|meta|main|article|section|div|h1|p)\b", re.IGNORECASE)
_SAVED_AS_ONE = re.compile(rb"^(from|subject|date|mime-version|snapshot-content-location):", re.IGNORECASE)
_MULTIPART = re.compile(rb"^content-type:\s*multipart/related\b", re.IGNORECASE | re.MULTILINE)
#: What no text holds.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Beginnings of files that are neither read nor text, and what to say of each.
_OTHERS = (
    (
        b"\xd0\xcf\x11\xe0",
        "It is an old Word or Excel file, or one with a password. Save it as DOCX, XLSX or PDF, without a password.",
    ),
    (b"{\\rtf", "It is an RTF file. Save it as DOCX, ODT or PDF."),
    (b"MZ", "It is a program."),
    (b"\x7fELF", "It is a program."),
    (b"\x89PNG", "It is a picture. Pictures are not read: paste its words instead."),
    (b"\xff\xd8\xff", "It is a picture. Pictures are not read: paste its words instead."),
    (b"GIF8", "It is a picture. Pictures are not read: paste its words instead."),
    (b"Rar!", "It is a packed archive. Unpack it and bring the document that is in it."),
    (b"7z\xbc\xaf", "It is a packed archive. Unpack it and bring the document that is in it."),
    (b"\x1f\x8b", "It is a packed archive. Unpack it and bring the document that is in it."),
)


class NotReadable(Exception):
    """Nothing can be read from the file. `str(error)` says why, and what to do."""


@dataclass(frozen=True)
class Brought:
    """What a file holds. `title` is empty where it does not say; `problem` says what of its text is missing."""

    title: str
    text: str
    content_type: str
    problem: str = ""


def read_by_content(body: bytes, content_type: str = "", url: str = "") -> Brought:
    """What `body` holds. `content_type` counts for the encoding of texts alone. Raises NotReadable."""
    if not body.strip():
        raise NotReadable("The file is empty.")
    if b"%PDF-" in body[:1024]:
        return _file(read_as(PDF, body, wall_seconds=WALL_SECONDS), "application/pdf")
    if body.startswith(b"PK"):
        return _file(read_as(PACKAGE, body, wall_seconds=WALL_SECONDS), "application/zip")
    for beginning, sentence in _OTHERS:
        if body.startswith(beginning):
            raise NotReadable(sentence)
    if _SAVED_AS_ONE.match(body) and _MULTIPART.search(body[:_OPENING_BYTES]):
        return _saved_as_one(body)
    if not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _CONTROL.search(body[:_OPENING_BYTES]):
        raise NotReadable(f"It is none of the files that can be read: {WHAT_IS_READ}.")
    opening = decoded(body[:_OPENING_BYTES], content_type).lstrip()
    if _PAGE.search(opening):
        return _page(body, content_type, url)
    if opening.startswith(("<?xml", "<svg", "<!DOCTYPE", "<!ENTITY")):
        raise NotReadable(f"It is an XML file. What can be read is {WHAT_IS_READ}.")
    return _file(read_as(PLAIN, body, content_type), "text/plain; charset=utf-8" if _is_utf8(body) else "text/plain")


def _file(document: Document, content_type: str) -> Brought:
    if not document.text:
        raise NotReadable(document.problem or "It holds no text.")
    return Brought("", document.text, content_type, document.problem)


def _page(body: bytes, content_type: str, url: str) -> Brought:
    if why := too_much(body):
        raise NotReadable(f"The page is not read. {why}")
    page = parsed(body, content_type, url)
    text = main_text(body, content_type, url)
    if page is None or not text:
        raise NotReadable("The page shows no text without the programs that it loads. Paste its words instead.")
    return Brought(title_of(page), text, content_type or "text/html")


def _saved_as_one(body: bytes) -> Brought:
    """A page saved with all that belongs to it, in the form of a mail."""
    saved = BytesParser(policy=policy.default).parsebytes(body)
    for part in saved.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            read = _page(cast(bytes, content), f"text/html; charset={part.get_content_charset('utf-8')}", "")
            return Brought(read.title, read.text, "multipart/related")
    raise NotReadable("It is a saved page that holds no page. Save it again as HTML only, or paste its words.")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
