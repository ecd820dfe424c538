"""The text of files that are no web pages: PDF, OpenDocument and Word texts, workbooks, plain text and CSV."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .encoding import decoded
from .html_text import plain_text
from .pdf_text import paragraphs
from .sanitise import without_control_characters

MAX_CHARACTERS = 1_000_000
MAX_PAGES = 2000
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 30
#: Also of a machine that is busy with other things.
WALL_SECONDS = 60.0

_WORKER = Path(__file__).with_name("document_worker.py")
PDF, OFFICE, PLAIN = "pdf", "office", "plain"
#: A text or a workbook in a file of Office's or OpenDocument's, whichever it turns out to be.
PACKAGE = "package"
_FORMS = {
    "application/pdf": PDF,
    "application/x-pdf": PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": OFFICE,
    "application/vnd.oasis.opendocument.text": OFFICE,
    "text/plain": PLAIN,
    "text/csv": PLAIN,
}
_FORMS_BY_ENDING = {".pdf": PDF, ".docx": OFFICE, ".odt": OFFICE, ".txt": PLAIN, ".csv": PLAIN}
#: Said by servers that do not know.
_SAYS_NOTHING = {"", "application/octet-stream", "binary/octet-stream", "application/force-download"}
_NAMES = {
    PDF: "a PDF",
    OFFICE: "a Word or OpenDocument text",
    PLAIN: "a text",
    PACKAGE: "a text or workbook of Word, Excel or OpenDocument",
}


@dataclass(frozen=True)
class Document:
    """What could be read. `problem` says in a sentence why nothing could, or what is missing; else it is empty."""

    text: str
    problem: str = ""


def form_of(content_type: str, url: str) -> str:
    """In which form a file is, as one of PDF, OFFICE and PLAIN; empty where it is none that can be read."""
    name = content_type.partition(";")[0].strip().lower()
    if name in _SAYS_NOTHING:
        return _FORMS_BY_ENDING.get(Path(urlsplit(url).path).suffix.lower(), "")
    return _FORMS.get(name, "")


def read_document(body: bytes, content_type: str, url: str) -> Document:
    """The text of the file `body`. PDF and office files are read in a process of their own, within limits."""
    form = PDF if b"%PDF-" in body[:1024] else form_of(content_type, url)
    return read_as(form, body, content_type) if form else Document("", "Files of this sort are not read.")


def read_as(form: str, body: bytes, content_type: str = "", *, wall_seconds: float = WALL_SECONDS) -> Document:
    """The text of the file `body`, which is one of PDF, OFFICE, PLAIN and PACKAGE."""
    if form == PLAIN:
        return _plain(body, content_type)
    cpu_seconds = min(CPU_SECONDS, int(wall_seconds))
    told = read_apart(body, form, MAX_PAGES, MAX_CHARACTERS, cpu_seconds, wall_seconds)
    if problem := told.get("problem"):
        return Document("", sentence(problem, _NAMES[form], cpu_seconds))
    if form == PDF:
        return _from_pages(told)
    return _from_sheets(told) if "sheets" in told else _from_paragraphs(told)


def sentence(problem: str, named: str, seconds: int = CPU_SECONDS) -> str:
    """Why a file, which would be `named` so, could not be read."""
    return {
        "encrypted": "It is encrypted and cannot be read without its password.",
        "broken": f"It cannot be read as {named}.",
        "memory": f"Reading it takes more than {MEMORY_BYTES // 1024**2} MiB of memory, and was given up.",
        "macros": "It holds macros, which are programs. Save it without them, as DOCX, XLSX, ODT or ODS.",
        "unpacks": "It unpacks to far more than a document of its size does, and is not opened.",
        "another": "It is a package of files, and neither a text nor a workbook of Word, Excel or OpenDocument.",
        "time": f"Reading it takes more than {seconds} seconds, and was given up.",
    }[problem]


def _plain(body: bytes, content_type: str) -> Document:
    if b"\0" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Document("", sentence("broken", _NAMES[PLAIN]))
    # No encoding takes more than four bytes for a character; of more than that nothing would be kept.
    text = plain_text(decoded(_cut(body, 4 * MAX_CHARACTERS), content_type))
    return Document(text[:MAX_CHARACTERS], _cut_note(len(text) > MAX_CHARACTERS or len(body) > 4 * MAX_CHARACTERS))


def _cut(body: bytes, most: int) -> bytes:
    """The beginning of `body`, not in the middle of a character of UTF-8."""
    if len(body) <= most:
        return body
    return body[:most].rstrip(bytes(range(0x80, 0xC0))).rstrip(bytes(range(0xC0, 0x100)))


def _from_pages(told: dict[str, Any]) -> Document:
    pages = [without_control_characters(page.replace("\x02", "\u00ad")) for page in told["pages"]]
    text = paragraphs(pages)
    there, read = told["pages_in_all"], len(pages) + told["unreadable"]
    if not text:
        return Document("", "It holds no text that can be read; its pages may be pictures.")
    notes = []
    if read < there:
        notes.append(f"Only the first {read:,} of its {there:,} pages were read.")
    if told["unreadable"]:
        notes.append(f"{told['unreadable']:,} of its pages could not be read.")
    return Document(text, " ".join(notes))


def _from_paragraphs(told: dict[str, Any]) -> Document:
    text = "\n\n".join(part for part in map(without_control_characters, told["paragraphs"]) if part)
    return Document(text, _cut_note(told["cut"])) if text else Document("", "It holds no text.")


def _from_sheets(told: dict[str, Any]) -> Document:
    """Each sheet under its name, its rows on lines with cells apart, as tables on web pages are laid out."""
    parts = ["\n".join(filter(None, map(without_control_characters, rows))) for _, rows in told["sheets"]]
    names = [without_control_characters(name) for name, _ in told["sheets"]]
    text = "\n\n".join(f"{name}\n\n{part}" for name, part in zip(names, parts, strict=True) if part)
    is_cut = told["cut"] or len(text) > MAX_CHARACTERS
    return Document(text[:MAX_CHARACTERS], _cut_note(is_cut)) if text else Document("", "It holds no text.")


def _cut_note(is_cut: bool) -> str:
    return f"Only its first {MAX_CHARACTERS:,} characters were read." if is_cut else ""


def read_apart(
    body: bytes,
    form: str,
    most_parts: int,
    most_pieces: int,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> dict[str, Any]:
    """What the worker says of `body`, or a `problem` that `sentence` words. See document_worker.py."""
    limits = (MEMORY_BYTES, cpu_seconds, most_parts, most_pieces)
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(body)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", str(_WORKER), form, *map(str, limits)],
                stdin=given,
                stdout=told,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                timeout=wall_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"problem": "time"}
        if done.returncode:
            return {"problem": _died(done.returncode)}
        told.seek(0)
        answer: dict[str, Any] = json.load(told)
        return answer


def _died(returncode: int) -> str:
    """What a worker that did not come to its end ran into."""
    if returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "time"
    # Memory that is refused makes the library abort or fault, or Python fail.
    return "memory"
