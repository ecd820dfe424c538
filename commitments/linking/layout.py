"""How a text is laid out: paragraphs, headings, list items, rows of tables. Pure; offsets into the text throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_HEADING_WORDS = 14
MAX_HEADING_CHARACTERS = 200
#: Lines of plain text that were broken to fit a width end between these; longer lines are paragraphs of their own.
LEAST_WIDTH, MOST_WIDTH = 40, 120
MAX_LABEL_LINE = 80

BULLET = re.compile(r"[ \t]*(?:[•·▪◦●○‣⁃*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)])[ \t]+")
#: The number of a paragraph, "1.12" or "23."; a sum or a date is none.
PARAGRAPH_NUMBER = re.compile(r"\(?\d{1,3}(?:(?:\.\d{1,3}){1,3}\.?|[.)])[ \t]+(?=[A-Z\"“‘'])")
#: A bullet within a line: the list was written, or its line breaks were lost, in one.
_BULLET_WITHIN = re.compile(r"(?<=\S)[ \t]+[•▪◦●‣⁃][ \t]+(?=\S)")
_GAP = re.compile(r"\n[ \t\r]*\n\s*|\Z")
_LABEL_LINE = re.compile(r"[^:\n]{1,40}:[ \t]+\S")
_FIRST_WORD = re.compile(r"\S+")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s?[-–/]\s?\d{2,4})?")
_WITH_NUMBER = re.compile(r"[^A-Za-z]*\d")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the layout: a "heading", "text", an "item" of a list or a "row" of a table.

    `header` is the first row of the table that a row stands in. Bullets and numbers are left out of the piece.
    """

    start: int
    end: int
    shape: str
    paragraph: int
    header: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The pieces of a text in order."""
    number = -1
    led = False  # whether a list is expected, because what stands before ends with a colon
    spans = list(_paragraphs(text))
    for at, (start, end) in enumerate(spans):
        number += 1
        if "\n" not in text[start:end]:
            follows = spans[at + 1][0] if at + 1 < len(spans) else len(text)
            found = [_single(text, start, end, number, led, follows)]
        else:
            found = list(_lines(text, start, end, number, led))
        found = [part for block in found for part in _items_within(text, block)]
        for block in found:
            yield block
            number = block.paragraph
        led = text[found[-1].end - 1] == ":" or (led and found[-1].shape == "item")


def _items_within(text: str, block: Block) -> Iterator[Block]:
    """The items of a list that stands in one line, after the words that lead it; else the piece as it is."""
    marks = list(_BULLET_WITHIN.finditer(text, block.start, block.end)) if block.shape != "row" else []
    if not marks or (len(marks) == 1 and text[marks[0].start() - 1] != ":"):
        yield block
        return
    yield replace(block, end=marks[0].start(), shape="item" if block.shape == "item" else "text")
    for mark, end in zip(marks, [*(mark.start() for mark in marks[1:]), block.end], strict=True):
        yield replace(block, start=mark.end(), end=end, shape="item")


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in _GAP.finditer(text):
        start, end = stripped(text, position, gap.start())
        position = gap.end()
        if start < end:
            yield start, end


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets without the white space at both ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def is_heading(paragraph: str) -> bool:
    """Whether a line stands over others rather than saying something."""
    last = paragraph[-1]
    if len(paragraph) > MAX_HEADING_CHARACTERS:
        return False
    if last in '.;,…”"' or len(paragraph.split(None, MAX_HEADING_WORDS)) > MAX_HEADING_WORDS:
        return False
    if last in "!?:":
        return paragraph.isupper()
    return not BULLET.match(paragraph + " ")


def _single(text: str, start: int, end: int, number: int, led: bool, follows: int) -> Block:
    """A paragraph of one line. `follows` is where the next one begins."""
    line = text[start:end]
    if led and line[0].islower() and len(line) > 2 and line[1] not in ".)":
        return Block(start, end, "item", number)
    numbered = PARAGRAPH_NUMBER.match(line)
    if numbered and not led:
        inner = start + numbered.end()
        rest = text[inner:end]
        short = len(rest) <= MAX_HEADING_CHARACTERS and len(rest.split()) <= MAX_HEADING_WORDS
        short = short and rest[-1] not in '.;:,…”"'
        over_text = not BULLET.match(text, follows)
        return Block(inner, end, "heading" if short and over_text else "text", number)
    if bullet := BULLET.match(line):
        inner = start + bullet.end()
        return Block(inner, end, "item", number) if inner < end else Block(start, end, "text", number)
    return Block(start, end, "heading" if is_heading(line) else "text", number)


def is_row(line: str) -> bool:
    """Whether a line holds cells."""
    return " | " in line or "\t" in line.strip()


def _lines(text: str, start: int, end: int, number: int, led: bool) -> Iterator[Block]:
    """A paragraph of several lines: broken to fit a width, a list, a table, or lines of their own."""
    runs = _runs(text, start, end, led)
    header = ""
    for at, (a, b, shape) in enumerate(runs):
        line = text[a:b]
        if shape != "row":
            header = ""
        elif not header and at + 1 < len(runs) and runs[at + 1][2] == "row" and _is_header(line):
            header = line
        if shape == "text":
            number += at > 0
            over = at + 1 < len(runs) and (runs[at + 1][2] != "text" or not is_heading(text[slice(*runs[at + 1][:2])]))
            if led and line[0].islower():
                shape = "item"
            elif over and is_heading(line):
                shape = "heading"
        yield Block(a, b, shape, number, header if header != line else "")
        led = line[-1] == ":" or (led and shape == "item")


def _runs(text: str, start: int, end: int, led: bool) -> list[tuple[int, int, str]]:
    """The lines of a paragraph, those that go on joined, each with its shape: "text", "item" or "row"."""
    spans = []
    position = start
    for line in text[start:end].split("\n"):
        a, b = stripped(text, position, position + len(line))
        position += len(line) + 1
        if a < b:
            spans.append((a, b))
    labels = all(b - a <= MAX_LABEL_LINE and _LABEL_LINE.match(text, a, b) for a, b in spans)
    width = max(b - a for a, b in spans)
    runs: list[tuple[int, int, str]] = []
    for a, b in spans:
        bullet = BULLET.match(text, a, b)
        before, since, shape_before = runs[-1] if runs else (0, 0, "")
        if labels or is_row(text[a:b]):
            runs.append((a, b, "row"))
        elif bullet and bullet.end() < b:
            runs.append((bullet.end(), b, "item"))
        elif shape_before == "item" or (shape_before == "text" and _goes_on(text, since, a, b, width, led)):
            runs[-1] = (before, b, shape_before)
        else:
            runs.append((a, b, "text"))
    return runs


def _goes_on(text: str, since: int, start: int, end: int, width: int, led: bool) -> bool:
    """Whether a line goes on with the sentence before it, which ends at `since`: its first word had no room there."""
    if LEAST_WIDTH <= width <= MOST_WIDTH:
        begins = text.rfind("\n", 0, since) + 1
        word = _FIRST_WORD.match(text, start, end)
        if word and len(text[begins:since].strip()) + 1 + len(word.group()) > width:
            return True
    return not led and text[start].islower() and text[since - 1] not in ".!?:;"


def _is_header(line: str) -> bool:
    """Whether the first row of a table names its columns: no number in it but years."""
    cells = re.split(r" \| |\t", line)[1:]
    return bool(cells) and not any(_WITH_NUMBER.match(cell) and not _YEAR.fullmatch(cell.strip()) for cell in cells)
