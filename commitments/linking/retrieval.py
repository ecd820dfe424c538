"""Which commitments a release may bear on: asked of an inverted index, once for the whole release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from commitments.linking.document import Document
from commitments.linking.model import Model, Rarity
from commitments.linking.postings import Postings, entries
from commitments.linking.profile import Profile

#: What stands for a commitment; keys of one index have an order.
Key = TypeVar("Key", bound=Any)

#: A promise may be in the air before the day on which it is recorded, but not for longer.
EARLIEST = dt.timedelta(days=365)

MAX_CANDIDATES = 100


class Index(Protocol[Key]):
    """An index of commitments, whose profiles are kept in the database or in memory."""

    @property
    def postings(self) -> Postings[Key]:
        """What is asked."""

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        """The profiles of commitments."""


@dataclass(frozen=True)
class Candidates(Generic[Key]):
    """Commitments that may be meant, and how rare each term is in the record."""

    profiles: Mapping[Key, Profile]
    rarity: Rarity


def candidates(document: Document, index: Index[Key], model: Model) -> Candidates[Key]:
    """The commitments that some passage of a release may mean, likeliest first; a bounded number by bounded work."""
    postings = index.postings
    best = postings.best(document.said, document.everywhere, model, MAX_CANDIDATES)
    profiles = index.profiles(best)
    timely = {key: profiles[key] for key in best if key in profiles and not _too_early(document, profiles[key])}
    return Candidates(timely, postings.rarity(model))


def _too_early(document: Document, profile: Profile) -> bool:
    """Whether a release is so much older than the promise that it speaks of something else, however alike."""
    return bool(document.published and profile.made_on and profile.made_on - document.published > EARLIEST)


class MemoryIndex(Generic[Key]):
    """An index of profiles held in memory, for evaluation and training."""

    def __init__(self, profiles: Mapping[Key, Profile]) -> None:
        self._profiles = profiles
        self.postings = Postings.of((key, entries(profile)) for key, profile in profiles.items())

    def profiles(self, keys: Collection[Key]) -> Mapping[Key, Profile]:
        return {key: self._profiles[key] for key in keys}
