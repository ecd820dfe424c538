"""Which commitments a release may bear on: asked of an inverted index, once for the whole release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from commitments.linking.document import Document
from commitments.linking.features import Rarity
from commitments.linking.model import Model
from commitments.linking.postings import Postings, entries
from commitments.linking.profile import Profile

#: What stands for a commitment; keys of one index have an order.
Key = TypeVar("Key", bound=Any)

#: A promise may be in the air before the day on which it is recorded, but not for longer.
EARLIEST = dt.timedelta(days=365)

MAX_CANDIDATES = 100


class Index(Protocol[Key]):
    """An inverted index of commitments; in the database or in memory, with the same results."""

    def size(self) -> int:
        """How many commitments it holds."""

    def count(self, term: str) -> int:
        """In how many commitments a term occurs."""

    def best(self, document: Document, model: Model, most: int) -> Sequence[Key]:
        """The commitments whose rarer words some passage of a release has, most of them first, at most so many."""

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        """The profiles of commitments."""


@dataclass(frozen=True)
class Candidates(Generic[Key]):
    """Commitments that may be meant, and how rare each term is in the record."""

    profiles: Mapping[Key, Profile]
    rarity: Rarity


def candidates(document: Document, index: Index[Key], model: Model) -> Candidates[Key]:
    """The commitments that some passage of a release may mean, likeliest first; a bounded number by bounded work."""
    size = index.size()

    def rarity(term: str) -> float:
        return model.rarity(index.count(term), size, term)

    best = index.best(document, model, MAX_CANDIDATES)
    profiles = index.profiles(best)
    timely = {key: profiles[key] for key in best if key in profiles and not _too_early(document, profiles[key])}
    return Candidates(timely, rarity)


def _too_early(document: Document, profile: Profile) -> bool:
    """Whether a release is so much older than the promise that it speaks of something else, however alike."""
    return bool(document.published and profile.made_on and profile.made_on - document.published > EARLIEST)


class MemoryIndex(Generic[Key]):
    """An index of profiles held in memory, for evaluation and training."""

    def __init__(self, profiles: Mapping[Key, Profile]) -> None:
        self._profiles = profiles
        self._postings = Postings.of((key, entries(profile)) for key, profile in profiles.items())

    def size(self) -> int:
        return len(self._postings)

    def count(self, term: str) -> int:
        return self._postings.count(term)

    def best(self, document: Document, model: Model, most: int) -> Sequence[Key]:
        return self._postings.best(document.said, document.terms, model, most)

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        return {key: self._profiles[key] for key in keys}
