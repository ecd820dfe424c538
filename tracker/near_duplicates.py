"""The same release on another site, in a frame of its own: recognised by its words, never by likeness alone. Pure.

Of each text a few runs of words are kept, chosen so that copies keep the same ones, and texts that share some are
compared. One is a copy of the other if nearly all of the shorter stands in the other, in order, and nowhere do they say
different figures, periods or names in the same place.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.alignment import RUN, different, shared
from tracker.identity import contradict, figures, normalised_words, periods

#: A shorter text is what many releases say.
LEAST_WORDS = 60
#: A longer one is no release, and would take long to compare.
MOST_WORDS = 20_000
#: How many runs of a text are kept, and how many two texts share before they are compared.
RUNS_KEPT = 16
RUNS_SHARED = 4
#: The share of the shorter text that stands in the other.
SHARE_OF_THE_SHORTER = 0.8
#: So many of its words may be put in other words, where these are no figures or names.
SHARE_IN_OTHER_WORDS = 0.03

#: From here on a release speaks to editors, and copies leave it out.
_NOTES = re.compile(r"^\W*(notes? (to|for) editors?|editors?[’'] notes?|media enquiries|ends?)\W*$", re.IGNORECASE)
#: Words that begin a sentence and name nobody, though the text may have them nowhere else.
_SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a after all an and as at but by for from he her here his how if in it its more my no now of on one or our she"
        " since so some that the their then there these they this those to today tomorrow under update was we what when"
        " where who will with yesterday you",
    )
)
#: What a site says of itself under what it repeats.
_FOOT = re.compile(
    r"©|copyright|all rights reserved|follow us|sign up|newsletter|subscribe|read (more|the full|on)\b|share this"
    r"|\S@\S+\.\w|https?://|www\.|\b(staff writer|reporter|editor|posted|published) (by|on)\b|most read|advertisement",
    re.IGNORECASE,
)


def sketch(text: str) -> list[int]:
    """A few numbers that two texts share about as far as they share runs of words.

    Empty for a short text, and for a very long one.
    """
    words = normalised_words(text)
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        return []
    runs = {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
    hashes = (hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs)
    return sorted(int.from_bytes(found, "big", signed=True) for found in hashes)[:RUNS_KEPT]


@dataclass(frozen=True)
class Said:
    """A title and a text."""

    title: str
    text: str

    @cached_property
    def words(self) -> list[Word]:
        found: list[Word] = []
        in_notes = False
        for paragraph in filter(None, map(str.strip, self.text.splitlines())):
            in_notes = in_notes or bool(_NOTES.match(paragraph))
            opens = begins = True
            is_foot = bool(_FOOT.search(paragraph))
            for raw in paragraph.split():
                if even := "".join(normalised_words(raw)):
                    found.append(Word(raw, even, opens, begins, is_foot, in_notes))
                    opens, begins = False, raw[-1] in ".!?:"
        return found

    @property
    def length(self) -> int:
        """How many words it has without its notes to editors."""
        return sum(not word.in_notes for word in self.words)

    @cached_property
    def said(self) -> frozenset[str]:
        return frozenset(normalised_words(f"{self.title} {self.text}"))

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that stand somewhere without a capital, and so are no names."""
        return frozenset(word.even for word in self.words if not word.raw.lstrip("“\"'‘([").istitle())


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written and as it is compared.

    It `opens` a paragraph, or `begins` a sentence; `is_foot` in a line of a site about itself, `in_notes` to editors.
    """

    raw: str
    even: str
    opens: bool
    begins: bool
    is_foot: bool
    in_notes: bool


def is_copy(one: Said, other: Said) -> bool:
    """Whether two texts are the same release in two frames."""
    if max(len(one.text.split()), len(other.text.split())) > MOST_WORDS or _titles_contradict(one, other):
        return False
    words, others = one.words, other.words
    both = shared([word.even for word in words], [word.even for word in others])
    shorter = min(one.length, other.length)
    if sum(stretch.end - stretch.start for stretch in both) < SHARE_OF_THE_SHORTER * shorter:
        return False
    common = one.common | other.common
    put_otherwise = 0
    for gap in different(both, len(words), len(others)):
        here, there = words[gap.start : gap.end], others[gap.other_start : gap.other_end]
        at_the_end = gap.end == len(words) and gap.other_end == len(others)
        if at_the_end and (_is_left_out(here, there) or _is_left_out(there, here)):
            continue
        if _contradict(here, there, common):
            return False
        if gap.start and not at_the_end:
            put_otherwise += min(len(here), len(there))
    return put_otherwise <= SHARE_IN_OTHER_WORDS * shorter


def _is_left_out(here: Sequence[Word], there: Sequence[Word]) -> bool:
    """Whether one text ends with what the other leaves out, where that says something of its own site at most."""
    if not there or (there[0].opens and all(word.is_foot for word in there)):
        return True
    return all(word.in_notes for word in here) and not any(word.in_notes for word in there)


def _titles_contradict(one: Said, other: Said) -> bool:
    if contradict(figures(one.title), figures(other.title)):
        return True
    named, otherwise = (frozenset(_names_of_title(said.title)) for said in (one, other))
    return bool(named - other.said) and bool(otherwise - one.said)


def _contradict(here: Sequence[Word], there: Sequence[Word], common: frozenset[str]) -> bool:
    """Whether each of two stretches in the same place has figures, periods or names that the other has not."""
    counted, counted_otherwise = list(_figures(here)), list(_figures(there))
    if not (_within(counted, counted_otherwise) or _within(counted_otherwise, counted)):
        return True
    return contradict(frozenset(_names(here, common)), frozenset(_names(there, common)))


def _figures(words: Iterable[Word]) -> Iterable[str]:
    """Numbers with their currency, and periods, in order."""
    for word in words:
        if any(sign.isdigit() for sign in word.even) or periods(word.raw):
            yield word.even.replace("%", "")


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether the first are among the second, in the same order."""
    rest = iter(many)
    return all(one in rest for one in few)


def _names(words: Iterable[Word], common: frozenset[str]) -> Iterable[str]:
    for word in words:
        if word.begins and (word.even in common or word.even in _SMALL_WORDS):
            continue
        if word.raw.lstrip("“\"'‘([")[:1].isupper():
            yield word.even.replace("iz", "is")


def _names_of_title(title: str) -> Iterable[str]:
    for word in title.split()[1:]:
        if word[:1].isupper():
            yield from normalised_words(word)
