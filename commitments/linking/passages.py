"""A release's text as passages: sentences and list items with where they stand and who speaks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_TEXT_CHARACTERS = 1_500_000
MAX_PASSAGES = 8_000
MAX_PASSAGE_CHARACTERS = 1_200
MAX_HEADING_WORDS = 14
MAX_QUOTED_PARAGRAPHS = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or list item. `start` and `end` are offsets into the text that was split.

    `lead` is the sentence that a list item stands under, `heading` the nearest heading above, `speaker`
    the words that introduce a quotation ("Home Secretary Jane Doe"), each "" where there is none.
    """

    text: str
    start: int
    end: int
    lead: str = ""
    heading: str = ""
    speaker: str = ""
    paragraph: int = 0


_BULLET = re.compile(r"(?m)^[ \t]*(?:[•·▪◦‣*–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)]|\(?[ivx]{1,4}[.)])[ \t]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Rt|Hon|Sir|No|Nos|vs|etc|e\.g|i\.e|cf|pp|para|approx|Gen|Col|Sgt|Lt|Jr|Sr|Inc|Ltd|Co)"
    r"|\b[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s+[\"“‘'(\[]*[A-Z0-9£€$])")
_SAID = re.compile(
    r"(?:^|[.!?]\s+)(?P<who>[^.!?\n]{2,200}?)[,]?\s+"
    r"(?:said|says|added|adding|commented|told [^:\n]{1,60}|went on|continued|wrote|replied|warned|explained)\b"
    r"[^:\n]{0,80}:\s*$",
    re.IGNORECASE,
)
_SAID_INLINE = re.compile(
    r"[\"“](?P<quoted>[^\"“”]{10,})[\"”]?,?[\"”]?\s+(?P<who>[A-Z][^.!?\n:]{2,100}?|(?:the|a|an)\s[^.!?\n:]{2,100}?)\s+"
    r"(?:said|says|added|told|warned|commented)\b|"
    r"(?P<who_first>[A-Z][^.!?\n:]{2,120}?)\s+(?:said|says|added|warned|commented)[^.!?\n:]{0,40}:?\s*[\"“]"
)


def split(text: str) -> list[Passage]:
    """Passages in order; long texts are cut off and long sentences cut up, so that the work is bounded."""
    passages: list[Passage] = []
    heading = lead = speaker = ""
    quoted_left = 0
    said_before = marked = False
    for number, (start, end) in enumerate(_paragraphs(text[:MAX_TEXT_CHARACTERS])):
        paragraph = text[start:end]
        if _is_heading(paragraph):
            heading, lead, speaker, quoted_left = paragraph, "", "", 0
            passages.append(Passage(paragraph, start, end, paragraph=number))
            continue
        bullets = list(_BULLET.finditer(paragraph))
        in_marks = paragraph[0] in '"“‘'
        if said_before:
            marked = in_marks
        if quoted_left == 0 or (marked and not in_marks):
            speaker, quoted_left = "", 0
        said_before = False
        for block_start, block_end, is_item in _blocks(paragraph, bullets):
            for part_start, part_end in _sentences(text, start + block_start, start + block_end):
                sentence = text[part_start:part_end]
                inline = _SAID_INLINE.search(sentence)
                passages.append(
                    Passage(
                        sentence,
                        part_start,
                        part_end,
                        lead=lead if is_item else "",
                        heading=heading,
                        speaker=((inline.group("who") or inline.group("who_first")).strip() if inline else speaker),
                        paragraph=number,
                    )
                )
                if not is_item:
                    lead = sentence if sentence.rstrip().endswith(":") else ""
                if len(passages) >= MAX_PASSAGES:
                    return passages
        quoted_left = max(quoted_left - 1, 0)
        said = _SAID.search(paragraph[-400:])
        if said:
            speaker, quoted_left, lead, said_before = said.group("who").strip(" ,"), MAX_QUOTED_PARAGRAPHS, "", True
    return passages


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in re.finditer(r"\n[ \t\r]*\n\s*|\Z", text):
        start, end = position, gap.start()
        position = gap.end()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield start, end


def _is_heading(paragraph: str) -> bool:
    if "\n" in paragraph or paragraph[-1] in '.!?:;,…”"' or _BULLET.match(paragraph + " "):
        return False
    return len(paragraph.split()) <= MAX_HEADING_WORDS


def _blocks(paragraph: str, bullets: list[re.Match[str]]) -> Iterator[tuple[int, int, bool]]:
    """Running text before the first list item, then each item without its bullet."""
    first = bullets[0].start() if bullets else len(paragraph)
    if paragraph[:first].strip():
        yield 0, first, False
    ends = [bullet.start() for bullet in bullets[1:]] + [len(paragraph)]
    for bullet, end in zip(bullets, ends, strict=False):
        yield bullet.end(), end, True


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences between two offsets, spaces at their ends left out."""
    position = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if match.group() == "." and _ABBREVIATION.search(text, max(position, match.end() - 12), match.end()):
            continue
        yield from _trimmed(text, position, match.end())
        position = match.end()
    yield from _trimmed(text, position, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > MAX_PASSAGE_CHARACTERS:
        cut = text.rfind(" ", start + MAX_PASSAGE_CHARACTERS // 2, start + MAX_PASSAGE_CHARACTERS)
        cut = cut if cut > start else start + MAX_PASSAGE_CHARACTERS
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield start, end
