"""A release's text as passages: sentences, list items and rows with where they stand and who speaks. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from commitments.linking import language, layout, speakers
from tracker.revisions import ATTACHMENT

MAX_TEXT_CHARACTERS = 1_500_000
MAX_PASSAGES = 8_000
#: A sentence longer than this has lost its full stops and is cut at a comma or a space.
MAX_PASSAGE_CHARACTERS = 700
MAX_QUOTED_PARAGRAPHS = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or row of a table. `start` and `end` are offsets into the text that was split.

    `lead` is the sentence that a list item stands under, or the caption and first row of a table; `heading` the
    nearest heading above; `speaker` the words that introduce a quotation ("Home Secretary Jane Doe"); each "" where
    there is none. `kind` is "text", "heading", "item", "row", or "note" for what stands among the notes to editors.
    """

    text: str
    start: int
    end: int
    lead: str = ""
    heading: str = ""
    speaker: str = ""
    paragraph: int = 0
    kind: str = "text"

    @property
    def capacity(self) -> str:
        """In which capacity somebody is quoted; "" where the release speaks for itself."""
        return speakers.capacity(self.speaker)

    @property
    def actor(self) -> str:
        """Who acts, as worded: the subject of the sentence, or of the one that leads the list; "" if not plain."""
        for sentence in (self.text, self.lead):
            if found := _ACTS.match(sentence):
                return found["who"].strip(" ,")
        return ""


_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Rt|Hon|Sir|No|Nos|vs|etc|e\.g|i\.e|cf|pp|para|paras|approx|Gen|Col|Sgt|Lt|Jr|Sr|Inc"
    r"|Ltd|Co|Fig|Figs|Vol|Rev|Cllr|ch|est)"
    r"|(?<!Annex )(?<!Appendix )(?<!Part )(?<!Schedule )(?<!Table )(?<!Plan )(?<!Group )\b[A-Z])\.$"
)
_FOOTNOTE = r"(?:(?<=[^\d\s]{2})\d{1,2}|\[\d{1,3}\]|[¹²³⁰-⁹]{1,3})?+"
_SENTENCE_END = re.compile(rf"(?<![.!?…])[.!?…]++[\"”’')\]]*+(?P<note>{_FOOTNOTE})(?=\s+[\"“‘'(\[]*[A-Z0-9£€$])")
#: Where a text has no capitals at all.
_END_IN_SMALL_LETTERS = re.compile(rf"(?<![.!?…])[.!?…]++[\"”’')\]]*+(?P<note>{_FOOTNOTE})(?=\s)")
_CUTS = ("\n", "; ", ". ", ", ", " ")
_NOTES = re.compile(
    r"(?:notes?\s+(?:to|for)\s+(?:the\s+)?editors?|editors?['’]?s?\s+notes?|[-–—*\s]*ends[-–—*\s]*"
    r"|(?:further|background|additional)\s+information\s+for\s+(?:editors|journalists|media)"
    r"|(?:media|press)\s+(?:enquiries|contacts?|office))\s*:?",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:we|our|us|I|my|me|I['’]m|we['’]re|we['’]ve)\b", re.IGNORECASE)
_CAPTION = re.compile(r"(?:table|figure|chart|annex)\b|[^.]*$", re.IGNORECASE)
#: A subject of at most eight words before an auxiliary verb, after what says when.
_ACTS = re.compile(
    r"(?:(?:since|in|on|from|under|over|by|after|as|at|today|yesterday|last|this|so\s+far)\b[^,.:;]{0,80},\s+)?"
    r"(?!(?:to|if|and|but|with|when|while|as|for|there|once|unless|because|although|through|by|in|on|at|from|of|since)\s)"
    r"(?P<who>(?:[^\s,.:;]{1,40}\s+){0,7}?[^\s,.:;]{1,40})(?:,[^,.:;]{1,80},)?"
    r"\s+(?:have|has|had|is|are|was|were|will|would|shall|must|can|may|could|should|did|does|do|said)\b",
    re.IGNORECASE,
)
_MARK = re.compile(r"[\"“”]")
_OPENS, _CLOSES = '"“‘', '"”’'


@dataclass(slots=True)
class _Voice:
    """Who is being quoted and up to which piece of the layout; and who was quoted last, for whom "she" may stand."""

    who: str = ""
    until: int = 0
    last: str = ""

    def at(self, number: int) -> str:
        return self.who if number <= self.until else ""


def _quotation_ends(text: str, pieces: Sequence[layout.Block], first: int) -> int:
    """The last piece of a quotation whose first one is given.

    With quotation marks it ends where they close, or with the last paragraph that opens with one; without, with the
    last paragraph near by that says "we" or "I".
    """
    end, open_mark = first, False
    marked = first < len(pieces) and text[pieces[first].start] in _OPENS
    for number in range(first, min(first + MAX_QUOTED_PARAGRAPHS, len(pieces))):
        words = text[pieces[number].start : pieces[number].end]
        if pieces[number].shape == "heading" or speakers.introduced(words) is not None:
            break
        opens = words[0] in _OPENS
        if marked and not opens and not open_mark:
            break
        if marked or _FIRST_PERSON.search(words):
            end = number
        open_mark = (opens or open_mark) and words.rstrip(" .,")[-1:] not in _CLOSES
    return end


def split(text: str) -> list[Passage]:
    """Passages in order; long texts are cut off and long sentences cut up, so that the work is bounded.

    What is in another language than English is left out.
    """
    text = text[:MAX_TEXT_CHARACTERS]
    foreign = language.is_foreign(text)
    pieces = list(layout.blocks(text))
    turns = speakers.turns(text)
    above = Counter(text[one.start : one.end].split(",")[0].strip() for one in pieces if one.shape == "heading")
    passages: list[Passage] = []
    voice = _Voice()
    speaks = ""  # whose turn it is in a transcript
    heading = lead = caption = ""
    notes = False
    for number, piece in enumerate(pieces):
        start, end = piece.start, piece.end
        words = text[start:end]
        shape = piece.shape
        if not language.is_english(words) if foreign else language.is_foreign(words):
            continue
        if shape == "heading":
            lead = caption = ""
            voice.until = number
            notes = (notes or _begins_notes(words)) and not words.startswith(ATTACHMENT)
            if speakers.named_above(above, words):
                speaks = words
                continue
            heading, speaks = words, ""
            passages.append(Passage(words, start, end, paragraph=piece.paragraph, kind="heading"))
            continue
        if start in turns:
            start, speaks = turns[start]
            lead = ""
            voice.until = number - 1
        elif shape == "text":
            start = speakers.question_or_answer(text, start)
        leads = {"row": f"{caption} {piece.header}".strip()[:MAX_PASSAGE_CHARACTERS], "item": lead}.get(shape, "")
        notes = (notes or _begins_notes(words)) and not words.startswith(ATTACHMENT)
        for part_start, part_end in _sentences(text, start, end) if shape != "row" else _trimmed(text, start, end):
            sentence = text[part_start:part_end]
            who = voice.at(number) or speaks
            if _MARK.search(sentence) and (named := speakers.quoted(sentence, voice.last)):
                voice.last = who = named
            kind = "note" if notes else shape
            passages.append(Passage(sentence, part_start, part_end, leads, heading, who, piece.paragraph, kind))
            if shape == "text":
                lead = sentence if sentence.endswith(":") else ""
                caption = sentence if lead or _CAPTION.match(sentence) else ""
            if len(passages) >= MAX_PASSAGES:
                return passages
        if shape == "text" and (said := speakers.introduced(words)) is not None:
            lead = ""
            voice.who = voice.last = said or voice.last
            voice.until = _quotation_ends(text, pieces, number + 1)
    return passages


def _begins_notes(words: str) -> bool:
    return len(words) <= layout.MAX_HEADING_CHARACTERS and bool(_NOTES.fullmatch(words))


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences between two offsets; spaces at their ends and the marks of footnotes are left out."""
    position = start
    ends = _END_IN_SMALL_LETTERS if text[start:end].islower() else _SENTENCE_END
    for match in ends.finditer(text, start, end):
        if match.group() == "." and _ABBREVIATION.search(text, max(position, match.end() - 12), match.end()):
            continue
        yield from _trimmed(text, position, match.start("note"))
        position = match.end()
    yield from _trimmed(text, position, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start, end = layout.stripped(text, start, end)
    while end - start > MAX_PASSAGE_CHARACTERS:
        half = start + MAX_PASSAGE_CHARACTERS // 2
        cut = next((at for mark in _CUTS if (at := text.rfind(mark, half, start + MAX_PASSAGE_CHARACTERS)) > 0), 0)
        cut = cut + 1 if cut else start + MAX_PASSAGE_CHARACTERS
        yield layout.stripped(text, start, cut)
        start = layout.stripped(text, cut, end)[0]
    if end > start:
        yield start, end
