"""What is read of PDFs and other files, and what is said where nothing can be."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.documents import ENCRYPTED_PDF, docx, docx_of, odt, pdf
from tracker.reading import documents
from tracker.reading.documents import Document, form_of, read_document
from tracker.reading.pdf_text import paragraphs

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
WRAPPED = (
    "The Department said today that it will recruit 13,000 additional neighbourhood",
    "police officers by the end of this Parliament, of whom 3,000 are to be in post by",
    "the spring of next year.",
    "Ministers will report to Parliament each quarter on how many have been recruited,",
    "and where.",
)


def read_pdf(*pages: list[str]) -> Document:
    return read_document(pdf(*pages), "application/pdf", "https://example.org/a.pdf")


class TestPdf:
    def test_lines_become_paragraphs(self) -> None:
        assert read_pdf([*WRAPPED]).text == f"{' '.join(WRAPPED[:3])}\n\n{' '.join(WRAPPED[3:])}"

    def test_pounds_brackets_and_quotes(self) -> None:
        assert read_pdf(["£150m (of £1.2bn) for “hubs”"]) == Document("£150m (of £1.2bn) for “hubs”")

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (ENCRYPTED_PDF, "It is encrypted and cannot be read without its password."),
            (b"%PDF-1.7 and then nothing", "It cannot be read as a PDF."),
            (pdf([*WRAPPED])[:400], "It cannot be read as a PDF."),
            (b"<html>Not here</html>", "It cannot be read as a PDF."),
            (pdf([]), "It holds no text that can be read; its pages may be pictures."),
        ],
        ids=["encrypted", "broken", "cut short", "a web page", "pictures"],
    )
    def test_what_cannot_be_read_says_why(self, body: bytes, problem: str) -> None:
        assert read_document(body, "application/pdf", "https://example.org/a.pdf") == Document("", problem)

    def test_ten_thousand_pages(self) -> None:
        told = read_pdf(*([f"Page by page, {number * 7} things."] for number in range(10_000)))
        assert told.problem == "Only the first 2,000 of its 10,000 pages were read."
        assert "13993 things" in told.text
        assert "14000 things" not in told.text

    def test_more_text_than_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "MAX_CHARACTERS", 100)
        told = read_pdf([*WRAPPED], [*WRAPPED], [*WRAPPED])
        assert len(told.text) <= 101
        assert told.problem == "Only the first 1 of its 3 pages were read."

    def test_a_bomb_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "MEMORY_BYTES", 256 * 1024**2)
        bomb = pdf(["x"], bomb_bytes=300_000_000)
        told = read_document(bomb, "application/pdf", "")
        assert told == Document("", "Reading it takes more than 256 MiB of memory, and was given up.")

    def test_what_takes_too_long_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "CPU_SECONDS", 1)
        monkeypatch.setattr(documents, "MEMORY_BYTES", 8 * 1024**3)  # which a fast machine would come to first
        slow = pdf(["(x) Tj " * 10] + ["y"] * 3_000_000)
        began = time.monotonic()
        told = read_document(slow, "application/pdf", "")
        assert told == Document("", "Reading it takes more than 1 seconds, and was given up.")
        assert time.monotonic() - began < 15

    @pytest.mark.parametrize("seed", range(5))
    def test_damaged_files_end_in_words(self, seed: int) -> None:
        drawn = random.Random(seed)
        body = bytearray(pdf([*WRAPPED], [*WRAPPED]))
        for _ in range(60):
            body[drawn.randrange(20, len(body))] = drawn.randrange(256)
        told = read_document(bytes(body), "application/pdf", "")
        assert told.text or told.problem


class TestPagesToParagraphs:
    @pytest.mark.parametrize(
        ("pages", "text"),
        [
            (["a line that runs on\r\nand on."], "a line that runs on and on."),
            (["a manage\u00adment plan"], "a management plan"),
            (["a long-\r\nterm plan for the whole of the country"], "a long-term plan for the whole of the country"),
            (["runs over the page and", "goes on there."], "runs over the page and goes on there."),
            (["Ends here.", "Begins there."], "Ends here.\n\nBegins there."),
            (
                ["To be built:\r\n- one\r\n- two that is\r\nlonger\r\n- three"],
                "To be built:\n\n• one\n• two that is longer\n• three",
            ),
            (
                ["Officers\r\nThe number of officers rose to 13,500 in the year to March."],
                "Officers\n\nThe number of officers rose to 13,500 in the year to March.",
            ),
            (
                ["Force 2023 2024\r\nKent 3,100 3,200\r\nEssex 2,900 3,050"],
                "Force 2023 2024\nKent 3,100 3,200\nEssex 2,900 3,050",
            ),
            (["", "\r\n"], ""),
            ([], ""),
        ],
    )
    def test_table(self, pages: list[str], text: str) -> None:
        assert paragraphs(pages) == text

    def test_a_running_header_stands_once_and_page_numbers_not_at_all(self) -> None:
        pages = [
            f"Annual report {number + 5}\r\nText of page {'abcde'[number]}.\r\n– {number + 5} –" for number in range(5)
        ]
        told = paragraphs(pages)
        assert told.count("Annual report") == 1
        assert [f"page {letter}." in told for letter in "abcde"] == [True] * 5
        assert "– " not in told

    def test_figures_that_stand_in_the_same_words_on_each_page_stay(self) -> None:
        counts = [312, 4405, 17, 980, 3055]
        told = paragraphs(
            [f"Officers recruited: {count}\r\nin region {name}" for count, name in zip(counts, "abcde", strict=True)]
        )
        assert all(f"Officers recruited: {count}" in told for count in counts)

    @given(pages=st.lists(st.text(alphabet="ab -•1.,\r\n\u00ad—", max_size=200), max_size=6))
    def test_no_word_is_lost(self, pages: list[str]) -> None:
        letters = [letter for page in pages for letter in page if letter in "ab"]
        kept = [letter for letter in paragraphs(pages) if letter in "ab"]
        assert set(letters) == set(kept)

    def test_long_documents_take_time_in_proportion(self) -> None:
        began = time.monotonic()
        paragraphs(["no end\r\n" * 250] * 2000)
        assert time.monotonic() - began < 5


class TestOtherFiles:
    def test_word(self) -> None:
        assert read_document(docx("We will &amp; must.", "", "By 2026."), DOCX, "") == Document(
            "We will & must.\n\nBy 2026."
        )

    def test_opendocument(self) -> None:
        body = odt("We <text:span>will</text:span> do it", "By<text:tab/>2026")
        assert read_document(body, ODT, "") == Document("We will do it\n\nBy 2026")

    def test_plain_and_csv(self) -> None:
        body = "Force,Officers\nKent,£3,100".encode("cp1252")
        assert read_document(body, "text/csv", "").text == "Force,Officers\nKent,£3,100"

    def test_more_of_a_text_than_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(documents, "MAX_CHARACTERS", 10)
        cut = Document("0123456789", "Only its first 10 characters were read.")
        assert read_document(b"0123456789a", "text/plain", "") == cut
        assert read_document(b"0123456789" + b" " * 100, "text/plain", "") == cut
        assert read_document(b"0123456789", "text/plain", "") == Document("0123456789")
        for pounds in range(15, 25):  # the limit falls into the middle of a character
            text = "a" * (pounds % 2) + "£" * pounds
            assert read_document(text.encode(), "text/plain", "").text == text[:10]

    @pytest.mark.parametrize(
        ("body", "content_type", "problem"),
        [
            (b"PK\x03\x04 rubbish", DOCX, "It cannot be read as a Word or OpenDocument text."),
            (docx("x" * 80_000_000), DOCX, "Reading it takes more than 768 MiB of memory, and was given up."),
            (
                docx('</w:p><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
                DOCX,
                "It cannot be read as a Word or OpenDocument text.",
            ),
            (b"\x89PNG\0\0\0", "text/plain", "It cannot be read as a text."),
            (b"PK\x03\x04", "application/vnd.ms-excel", "Files of this sort are not read."),
        ],
        ids=["broken", "a bomb", "a document type", "no text", "a spreadsheet"],
    )
    def test_what_cannot_be_read_says_why(self, body: bytes, content_type: str, problem: str) -> None:
        assert read_document(body, content_type, "https://example.org/file") == Document("", problem)

    def test_what_an_entity_names_is_not_opened(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("a secret")
        told = read_document(
            docx_of(
                f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
                '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                "<w:p><w:t>before &e; after</w:t></w:p></w:document>"
            ),
            DOCX,
            "",
        )
        assert "secret" not in told.text

    @pytest.mark.parametrize(
        ("content_type", "url", "form"),
        [
            ("application/pdf", "https://example.org/a", documents.PDF),
            ("Application/PDF; qs=0.9", "https://example.org/a", documents.PDF),
            ("", "https://example.org/a.PDF?download=1", documents.PDF),
            ("application/octet-stream", "https://example.org/a.odt", documents.OFFICE),
            ("text/csv; charset=utf-8", "https://example.org/a", documents.PLAIN),
            ("text/html", "https://example.org/a.pdf", ""),
            ("image/png", "https://example.org/a.png", ""),
            ("", "https://example.org/a", ""),
        ],
    )
    def test_the_form_is_told_by_the_type_and_else_by_the_name(self, content_type: str, url: str, form: str) -> None:
        assert form_of(content_type, url) == form
