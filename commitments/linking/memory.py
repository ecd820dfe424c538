"""What staff decided before for a commitment, and how much a passage is like it. Pure.

Of each decided passage the words beyond the commitment's own are kept: those are what the record does not say.
A passage that has such words in common with accepted ones is likelier to belong, with rejected ones less likely.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from commitments.linking.model import SMALLEST_SHARE, Model
from commitments.linking.profile import Profile

#: A passage with exactly the words of an accepted one has so much added to its log-odds; of a rejected one, taken off.
WEIGHT = 4.0
#: So many decisions of each kind are kept for a commitment, latest first, with so many words each.
MOST_PASSAGES = 20
MOST_WORDS = 40
#: Less than this changes no decision worth a sentence.
WORTH_SAYING = 0.15

Remembered = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Likeness:
    """How like a passage is to what was accepted and to what was rejected, from 0 to 1, and the words it shares."""

    accepted: float = 0.0
    rejected: float = 0.0
    accepted_words: frozenset[str] = frozenset()
    rejected_words: frozenset[str] = frozenset()

    def applied_to(self, score: float) -> float:
        """The score, from 0 to 1, with the memory taken into account."""
        shift = WEIGHT * (self.accepted - self.rejected)
        if not shift or not 0 < score < 1:
            return score
        return 1 / (1 + (1 - score) / score * math.exp(-shift))


NOTHING = Likeness()


def likeness(stems: Collection[str], profile: Profile, remembered: Remembered | None, model: Model) -> Likeness:
    """How like a passage's stems are to what is remembered of a commitment. Nothing remembered: not at all."""
    if not remembered:
        return NOTHING
    beyond = frozenset(stems) - profile.weights.keys()
    accepted, accepted_words = _closest(beyond, remembered.get("accepted", ()), model)
    rejected, rejected_words = _closest(beyond, remembered.get("rejected", ()), model)
    return Likeness(accepted, rejected, accepted_words, rejected_words)


def keep(passages: Iterable[tuple[Collection[str], bool]], profile: Profile) -> dict[str, list[list[str]]]:
    """What to remember of a commitment's decided passages (stems, and whether accepted), given latest first."""
    kept: dict[str, list[list[str]]] = {"accepted": [], "rejected": []}
    for stems, accepted in passages:
        words = sorted(set(stems) - profile.weights.keys())[:MOST_WORDS]
        own = kept["accepted" if accepted else "rejected"]
        if words and words not in own and len(own) < MOST_PASSAGES:
            own.append(words)
    return {kind: rows for kind, rows in kept.items() if rows}


def _closest(words: frozenset[str], others: Sequence[Sequence[str]], model: Model) -> tuple[float, frozenset[str]]:
    """The greatest likeness to one of the others, and the words in common: a cosine weighted by rarity."""
    best, shared = 0.0, frozenset[str]()
    own = _weight(words, model)
    for other in others:
        common = words.intersection(other)
        if not common:
            continue
        like = _weight(common, model) / math.sqrt(own * _weight(other, model))
        if like > best:
            best, shared = like, common
    return min(best, 1.0), shared


def _weight(words: Collection[str], model: Model) -> float:
    return sum(-math.log(max(model.common.get(word, 0.0), SMALLEST_SHARE)) for word in words) or 1e-9
