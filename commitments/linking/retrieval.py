"""Which commitments a release may bear on: asked of an inverted index, once for the whole release."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from commitments.linking.features import Document, Rarity
from commitments.linking.model import Model
from commitments.linking.profile import Profile

#: What stands for a commitment; keys of one index have an order.
Key = TypeVar("Key", bound=Any)

#: A promise may be in the air before the day on which it is recorded, but not for longer.
EARLIEST = dt.timedelta(days=365)

MAX_CANDIDATES = 100
#: Entries of the index read for one release, rarest terms first.
MAX_POSTINGS = 5_000
MAX_TERMS = 20_000
MILLION = 1_000_000


class Index(Protocol[Key]):
    """An inverted index of commitments; in the database or in memory, with the same results."""

    def size(self) -> int:
        """How many commitments it holds."""

    def frequencies(self, terms: Collection[str]) -> Mapping[str, int]:
        """In how many commitments each of the terms occurs; those in none are left out."""

    def best(self, worth: Mapping[str, int], count: int) -> Sequence[Key]:
        """The commitments that have most of some terms, given what each term is worth, in millionths.

        Each term counts by its weight in the commitment, in whole millionths, so that the sum is the same in
        whatever order it is taken. Of equal ones the one with the smaller key comes first.
        """

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        """The profiles of commitments."""


@dataclass(frozen=True)
class Candidates(Generic[Key]):
    """Commitments that may be meant, and how rare each term is in the record."""

    profiles: Mapping[Key, Profile]
    rarity: Rarity


def candidates(document: Document, index: Index[Key], model: Model) -> Candidates[Key]:
    """The commitments whose rarer words the release has, most of them first; a bounded number by bounded work."""
    size = index.size()
    wanted = sorted(document.terms)[:MAX_TERMS]
    frequencies = dict(index.frequencies(wanted))

    def rarity(term: str) -> float:
        return model.rarity(frequencies.get(term, 0), size, term)

    chosen: list[str] = []
    entries = 0
    for term in sorted(frequencies, key=lambda term: (frequencies[term], term)):
        entries += frequencies[term]
        if entries > MAX_POSTINGS and chosen:
            break
        chosen.append(term)
    best = index.best({term: round(rarity(term) * MILLION) for term in chosen}, MAX_CANDIDATES)
    profiles = index.profiles(best)
    unseen = set().union(*(profile.weights for profile in profiles.values())) - frequencies.keys() - set(wanted)
    frequencies.update(index.frequencies(sorted(unseen)))
    timely = {key: profiles[key] for key in best if key in profiles and not _too_early(document, profiles[key])}
    return Candidates(timely, rarity)


def _too_early(document: Document, profile: Profile) -> bool:
    """Whether a release is so much older than the promise that it speaks of something else, however alike."""
    return bool(document.published and profile.made_on and profile.made_on - document.published > EARLIEST)


class MemoryIndex(Generic[Key]):
    """An index of profiles held in memory, for evaluation and training."""

    def __init__(self, profiles: Mapping[Key, Profile]) -> None:
        self._profiles = profiles
        self._postings: dict[str, list[tuple[Key, float]]] = {}
        for key, profile in profiles.items():
            for term, weight in normalised(profile).items():
                self._postings.setdefault(term, []).append((key, weight))

    def size(self) -> int:
        return len(self._profiles)

    def frequencies(self, terms: Collection[str]) -> Mapping[str, int]:
        return {term: len(self._postings[term]) for term in terms if term in self._postings}

    def best(self, worth: Mapping[str, int], count: int) -> Sequence[Key]:
        sums: dict[Key, int] = {}
        for term, millionths in worth.items():
            for key, weight in self._postings.get(term, ()):
                sums[key] = sums.get(key, 0) + round(weight * millionths)
        return sorted(sums, key=lambda key: (-sums[key], key))[:count]

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        return {key: self._profiles[key] for key in keys}


def normalised(profile: Profile) -> dict[str, float]:
    """Weights of a commitment's terms in the index: wordy commitments must not crowd out short ones."""
    length = math.sqrt(sum(profile.weights.values())) or 1.0
    return {term: round(weight / length, 6) for term, weight in profile.weights.items()}
