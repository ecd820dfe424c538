"""A compact inverted index held in memory: which commitments say most of what a passage says. Pure.

Terms, and pairs of terms that stand together, are known by hashes; so a hundred thousand commitments take some tens of
megabytes. The same entries give the same answers, whatever database they are kept in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from commitments.linking.model import ASSUMED_COMMITMENTS, SMALLEST_SHARE, Model, Rarity
from commitments.linking.profile import Profile

Key = TypeVar("Key", bound=Any)

#: Terms whose rarity is remembered, at some 150 bytes each.
RARITIES_KEPT = 20_000

#: What a pair of terms that stand together is worth beside a term of the title.
PAIR = 0.4
#: What the words of the whole release are worth beside those of its best passage.
WHOLE_RELEASE = 0.25
#: Weights are kept in hundredths in the lower bits, and in the highest one whether it is a pair.
_PAIR_BIT = 128
_HASH_BYTES = 8


@lru_cache(maxsize=100_000)
def _hash(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=_HASH_BYTES).digest(), "little")


def entries(profile: Profile) -> bytes:
    """A commitment's entries in the index: the hashes of its terms and pairs, then a byte of weight for each."""
    weights = {_hash(term): round(100 * weight) for term, weight in profile.weights.items()}
    weights |= {_hash(pair): round(100 * PAIR) + _PAIR_BIT for pair in profile.pairs}
    hashes = np.fromiter(sorted(weights), dtype="<u8", count=len(weights))
    return hashes.tobytes() + bytes(weights[int(found)] for found in hashes)


class Postings(Generic[Key]):
    """The entries of some commitments, ordered by term. Never changed: `changed` makes another one.

    `_hashes` are the distinct terms; the entries of the one at place i are those from `_starts[i]` to `_starts[i + 1]`,
    each with the place of its commitment in `keys` and its weight.
    """

    def __init__(
        self,
        keys: Sequence[Key],
        terms: npt.NDArray[np.uint64],
        places: npt.NDArray[np.int32],
        weights: npt.NDArray[np.uint8],
    ) -> None:
        """From parallel arrays, an element for each entry, ordered by term."""
        self.keys = keys
        self._terms, self._places, self._weights = terms, places, weights
        starts = np.flatnonzero(np.append(True, terms[1:] != terms[:-1])) if len(terms) else np.zeros(0, np.int64)
        self._hashes = terms[starts]
        self._starts = np.append(starts, len(terms)).astype(np.int64)
        self._rarities: tuple[Model | None, dict[str, float]] = None, {}
        self._valued: tuple[Mapping[str, float], npt.NDArray[np.float32], npt.NDArray[np.float32]] | None = None

    @classmethod
    def of(cls, commitments: Iterable[tuple[Key, bytes]]) -> Postings[Key]:
        """From each commitment's `entries`."""
        keys: list[Key] = []
        lengths: list[int] = []
        hashes, weights = bytearray(), bytearray()  # joined as they come: many small pieces take more room
        for key, packed in commitments:
            count = len(packed) // (_HASH_BYTES + 1)
            keys.append(key)
            lengths.append(count)
            hashes += packed[: count * _HASH_BYTES]
            weights += packed[count * _HASH_BYTES :]
        terms = np.frombuffer(hashes, dtype="<u8").astype(np.uint64, copy=False)
        order = np.argsort(terms, kind="stable")
        places = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)[order]
        return cls(keys, terms[order], places, np.frombuffer(weights, dtype=np.uint8)[order])

    def changed(self, new: Mapping[Key, bytes], gone: Collection[Key]) -> Postings[Key]:
        """With some commitments' entries replaced or added, and others taken out."""
        out = {*new, *gone}
        stays = np.fromiter((key not in out for key in self.keys), dtype=bool, count=len(self.keys))
        kept = stays[self._places]
        moved_to = np.cumsum(stays, dtype=np.int32) - 1
        added = Postings.of(sorted(new.items()))
        keys = [key for key, there in zip(self.keys, stays, strict=True) if there]
        at = np.searchsorted(self._terms[kept], added._terms)
        return Postings(
            [*keys, *added.keys],
            np.insert(self._terms[kept], at, added._terms),
            np.insert(moved_to[self._places[kept]], at, added._places + len(keys)),
            np.insert(self._weights[kept], at, added._weights),
        )

    def __len__(self) -> int:
        return len(self.keys)

    def count(self, term: str) -> int:
        """In how many commitments a term occurs."""
        sought = np.uint64(_hash(term))
        place = int(np.searchsorted(self._hashes, sought))
        if place == len(self._hashes) or self._hashes[place] != sought:
            return 0
        return int(self._starts[place + 1] - self._starts[place])

    def rarity(self, model: Model) -> Rarity:
        """How much a term tells apart among these commitments. What was asked before is remembered."""
        if self._rarities[0] is not model:
            self._rarities = model, {}
        known = self._rarities[1]

        def rarity(term: str) -> float:
            if (found := known.get(term)) is None:
                if len(known) >= RARITIES_KEPT:
                    known.clear()
                known[term] = found = model.rarity(self.count(term), len(self), term)
            return found

        return rarity

    def best(self, passages: Sequence[Collection[str]], whole: Collection[str], model: Model, most: int) -> list[Key]:
        """The commitments that have most of some passage's terms and pairs, weighted by rarity, at most so many.

        `whole` are the terms of the whole release, which count a little. Wordy commitments do not crowd out short
        ones. Of equals the one with the smaller key comes first.
        """
        if not len(self):
            return []
        worth, scale = self._worth(model)
        best = np.zeros(len(self), np.float32)
        for found in self._found(passages):
            entries = self._entries(found)
            said = np.bincount(self._places[entries], worth[entries], minlength=len(self))
            np.maximum(best, said, out=best, casting="same_kind")
        entries = self._entries(self._found([whole])[0])
        best += np.float32(WHOLE_RELEASE) * np.bincount(self._places[entries], worth[entries], minlength=len(self))
        best *= scale
        among = np.flatnonzero(best)
        if len(among) > most:
            least = np.partition(best[among], len(among) - most)[len(among) - most]
            among = among[best[among] >= least]
        ranked = sorted(among.tolist(), key=lambda place: (-float(best[place]), self.keys[place]))
        return [self.keys[place] for place in ranked[:most]]

    def _found(self, passages: Sequence[Collection[str]]) -> list[list[int]]:
        """For each passage the places of its terms that some commitment has, in order: sums must come out the same."""
        every = sorted(set().union(*passages))
        sought = np.fromiter(map(_hash, every), dtype=np.uint64, count=len(every))
        places = np.minimum(np.searchsorted(self._hashes, sought), max(len(self._hashes) - 1, 0))
        there = self._hashes[places] == sought if len(self._hashes) else np.zeros(len(every), bool)
        place_of = {term: int(place) for term, place, known in zip(every, places, there, strict=True) if known}
        return [sorted(place_of[term] for term in passage if term in place_of) for passage in passages]

    def _entries(self, found: Sequence[int]) -> npt.NDArray[np.int64]:
        """Where the entries of some terms, given by their places, stand: those of the first, then of the second."""
        first = self._starts[found]
        lengths = self._starts[np.asarray(found, np.int64) + 1] - first
        before = np.cumsum(lengths) - lengths
        return np.repeat(first - before, lengths) + np.arange(int(lengths.sum()))

    def _worth(self, model: Model) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """What each entry is worth (its weight by its term's rarity), and by what each commitment's sum is scaled."""
        if self._valued is None or self._valued[0] is not model.common:
            share = np.full(len(self._hashes), SMALLEST_SHARE)
            for found, said in zip(self._found([[term] for term in model.common]), model.common.values(), strict=True):
                if found:
                    share[found[0]] = max(said, SMALLEST_SHARE)
            counts = np.diff(self._starts)
            expected = (counts + ASSUMED_COMMITMENTS * share) / (len(self) + ASSUMED_COMMITMENTS)
            rarity = np.maximum(0.0, -np.log(expected))
            worth = np.repeat(rarity.astype(np.float32), counts)
            worth *= (self._weights % _PAIR_BIT).astype(np.float32) / np.float32(100)
            single = self._weights < _PAIR_BIT
            totals = np.bincount(self._places[single], worth[single], minlength=len(self))
            scale = 1 / np.sqrt(np.maximum(totals, 1e-9))
            self._valued = (model.common, worth, scale.astype(np.float32))
        return self._valued[1:]
