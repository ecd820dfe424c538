"""The same release on another site, in a frame of its own: recognised by its words, never by likeness alone. Pure.

Of each text a few runs of words are kept, chosen so that copies keep the same ones, and texts that share some are
compared. One is a copy of the other if nearly all of it stands there without a break, and what is left over on either
side does not speak of other figures or names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.identity import contradict, figures, normalised_words

#: A shorter text is what many releases say.
LEAST_WORDS = 60
#: Words of a run, how many runs of a text are kept, and how many two texts share before they are compared.
RUN = 6
RUNS_KEPT = 16
RUNS_SHARED = 4
#: The share of the shorter text that stands in the other without a break.
SHARE_OF_THE_SHORTER = 0.8

#: A word with a capital that does not only begin a sentence.
_NAME = re.compile(r"(?<![.!?:“\"\n] )(?<!^)\b[A-Z][\w’'-]*")


def sketch(text: str) -> list[int]:
    """A few numbers that two texts share about as far as they share runs of words. Empty for a short text."""
    words = normalised_words(text)[:20_000]
    if len(words) < LEAST_WORDS:
        return []
    runs = {" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
    hashes = (hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs)
    return sorted(int.from_bytes(found, "big", signed=True) for found in hashes)[:RUNS_KEPT]


@dataclass(frozen=True)
class Said:
    """A title and a text."""

    title: str
    text: str


def is_copy(one: Said, other: Said) -> bool:
    """Whether two texts are the same release in two frames."""
    words, others = one.text.split(), other.text.split()
    even, others_even = _even(words), _even(others)
    start, other_start, length = _longest_shared(even, others_even)
    if length < SHARE_OF_THE_SHORTER * min(len(words), len(others)):
        return False
    left = [one.title, " ".join(words[:start]), " ".join(words[start + length :])]
    others_left = [other.title, " ".join(others[:other_start]), " ".join(others[other_start + length :])]
    return not (
        contradict(figures(" ".join(left)), figures(" ".join(others_left)))
        or contradict(_names(left), _names(others_left))
    )


def _even(words: Sequence[str]) -> list[str]:
    """Each word as it is compared: without case and marks. Bullets and the like are empty."""
    return ["".join(normalised_words(word)) for word in words]


def _longest_shared(one: Sequence[str], other: Sequence[str]) -> tuple[int, int, int]:
    """The longest stretch of words in both: where it begins in each, and its length. Found by runs that stand once."""
    places = {run: at for run, at in _runs(other).items() if at is not None}
    best = (0, 0, 0)
    covered = 0
    for run, at in _runs(one).items():
        if at is None or at < covered or run not in places:
            continue
        start, other_start = at, places[run]
        while start and other_start and one[start - 1] == other[other_start - 1]:
            start, other_start = start - 1, other_start - 1
        length = 0
        while (
            start + length < len(one)
            and other_start + length < len(other)
            and one[start + length] == other[other_start + length]
        ):
            length += 1
        covered = start + length
        best = max(best, (start, other_start, length), key=lambda found: found[2])
    return best


def _runs(words: Sequence[str]) -> dict[tuple[str, ...], int | None]:
    """Where each run of words begins; None if it stands more than once."""
    found: dict[tuple[str, ...], int | None] = {}
    for start in range(len(words) - RUN + 1):
        run = tuple(words[start : start + RUN])
        found[run] = None if run in found else start
    return found


def _names(parts: Sequence[str]) -> frozenset[str]:
    return frozenset(word for part in parts for name in _NAME.findall(part) for word in normalised_words(name))
