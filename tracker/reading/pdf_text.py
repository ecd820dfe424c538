"""Pages of a PDF, as lines, to paragraphs. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

#: A line that stands first or last on so many of the pages is a running header or footer.
RUNNING_SHARE = 0.5
RUNNING_AT_LEAST = 3
#: How many lines at either end of a page are looked at for that.
EDGE_LINES = 2
#: A line shorter than this share of the usual width was ended by its author.
SHORT_LINE = 0.85
HEADING_LINE = 0.7

_PAGE_NUMBER = re.compile(r"^\W*page\s+\d{1,5}(\s*(of|/)\s*\d{1,5})?\W*$", re.IGNORECASE)
_NUMBER_AT_AN_END = re.compile(r"^(?P<first>\d{1,5})\b(?P<rest>.*)$|^(?P<before>.*?)\b(?P<last>\d{1,5})$")
#: What page numbers are set apart with.
_RULES = " -–—|·"
_BULLET = re.compile(r"^\s*[•●▪■◦‣∙·–—*-]\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(\(?[a-z0-9]{1,3}[.)]|\d{1,2}(\.\d{1,3})+\.?)\s+(?=\S)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;…][\"”’')\]]*\d{0,2}$")
_NUMBER = re.compile(r"^[£$€(]?[-–−]?\d[\d.,]*[%)]?$")
_SOFT_HYPHEN = re.compile("[\u00ad\u0002\ufffe]\\s*")


def paragraphs(pages: Sequence[str]) -> str:
    """The text of `pages` as its reader sees it: paragraphs apart by blank lines, lists led by bullets.

    Running headers and footers stand where they first come, page numbers are left out, and words that were broken
    at the end of a line are joined.
    """
    text: list[str] = []
    for lines in _without_running_lines([_lines(page) for page in pages]):
        page = _joined(lines)
        if not page:
            continue
        if text:
            text.append(" " if page[0].islower() and not _SENTENCE_END.search(text[-1][-20:]) else "\n\n")
        text.append(page)
    return "".join(text)


def _lines(page: str) -> list[str]:
    page = _SOFT_HYPHEN.sub("", page)
    return [" ".join(line.split()) for line in re.split(r"\r\n|\r(?=\n)|\n", page)]


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    pages = [[line for line in page if line] for page in pages]
    seen = Counter(
        shape for number, page in enumerate(pages) for shape in {_shape(page[at], number) for at in _edges(len(page))}
    )
    enough = max(RUNNING_AT_LEAST, RUNNING_SHARE * len(pages))
    running = {shape for shape, count in seen.items() if count >= enough}
    come: set[tuple[str, int | None]] = set()
    return [_trimmed(page, number, running, come) for number, page in enumerate(pages)]


def _edges(length: int) -> set[int]:
    """Which of so many lines stand first or last."""
    return {at for at in (*range(EDGE_LINES), *range(length - EDGE_LINES, length)) if 0 <= at < length}


def _trimmed(
    page: list[str], number: int, running: set[tuple[str, int | None]], come: set[tuple[str, int | None]]
) -> list[str]:
    """`page` without what runs through all pages and has `come` before, and without its own number."""
    kept = []
    edges = _edges(len(page))
    for at, line in enumerate(page):
        if at in edges:
            shape = _shape(line, number)
            if shape in come or _PAGE_NUMBER.match(line) or shape == ("", 1) or (shape in running and not shape[0]):
                continue
            come.update({shape} & running)
        kept.append(line)
    return kept


def _shape(line: str, page: int) -> tuple[str, int | None]:
    """A line, and by how much a number at its end or beginning is ahead of `page`, counted from 0.

    Equal for headers that hold the number of their page, and for no figures that merely stand in the same words.
    """
    found = _NUMBER_AT_AN_END.match(line.strip(_RULES))
    if not found:
        return line.casefold(), None
    number = int(found["first"] or found["last"])
    return (found["rest"] or found["before"] or "").strip(_RULES).casefold(), number - page


def _joined(lines: list[str]) -> str:
    lengths = sorted(len(line) for line in lines)
    width = lengths[round(0.9 * (len(lengths) - 1))] if lengths else 0
    text: list[str] = []
    begins, is_item = True, False
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        if not number:
            is_item = bool(_BULLET.match(line))
        elif _is_row(before) and _is_row(line):
            text.append("\n")
        elif _is_break(before, line, width, begins):
            text.append("\n" if is_item and _BULLET.match(line) else "\n\n")
            begins, is_item = True, bool(_BULLET.match(line))
        else:
            text.append("" if before.endswith("-") and line[:1].islower() else " ")
            begins = False
        text.append(_BULLET.sub("• ", line))
    return "".join(text)


def _is_break(before: str, line: str, width: int, begins: bool) -> bool:
    """Whether a paragraph ends with `before`. `begins` says that it also begins there."""
    if _BULLET.match(line) or _NUMBERED.match(line) or _is_row(before) != _is_row(line):
        return True
    if _SENTENCE_END.search(before):
        return len(before) < SHORT_LINE * width
    starts = line[:1].isupper() or line[:1].isdigit()
    starts_well = before[:1].isupper() or before[:1].isdigit()
    is_heading = begins and starts_well and len(before) < HEADING_LINE * width
    return is_heading and starts and not before.endswith(",")


def _is_row(line: str) -> bool:
    """Whether a line is one of a table of figures."""
    words = line.split()
    return len(words) >= 3 and sum(bool(_NUMBER.match(word)) for word in words) >= 0.5 * len(words)
