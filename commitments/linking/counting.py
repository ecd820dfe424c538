"""Pairs counted as right, wrong, found and missed, as the labelled sets ask, and how sure such a count is. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from commitments.linking.labelled import LabelledSet, Pair

RESAMPLES = 1000
#: Scores are told in so many bands, each as wide as the others.
BANDS = 10


@dataclass(frozen=True)
class Counts:
    """Predicted pairs that are right and wrong, and labelled pairs found and missed."""

    right: int
    wrong: int
    found: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed) if self.found + self.missed else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def summed(counts: Sequence[Counts]) -> Counts:
    """The counts of several releases or sets together."""
    return Counts(
        sum(one.right for one in counts),
        sum(one.wrong for one in counts),
        sum(one.found for one in counts),
        sum(one.missed for one in counts),
    )


@dataclass(frozen=True)
class Scope:
    """Pairs that count: `right` if predicted, `wanted` where missing them costs; others in `within` are wrong."""

    name: str
    within: Callable[[Pair], bool]
    right: frozenset[Pair]
    wanted: frozenset[Pair]


def all_pairs(labelled: LabelledSet) -> Scope:
    """Every release against every commitment; arguable pairs are right and need not be found."""
    return _with_arguable(labelled, "all pairs", lambda pair: True)


def later_evidence(labelled: LabelledSet) -> Scope:
    """Only the releases after the one that a commitment was recorded from; arguable pairs as in `all_pairs`."""
    return _with_arguable(labelled, "later evidence", labelled.is_later)


def later_evidence_certain(labelled: LabelledSet) -> Scope:
    """All but the release that a commitment was recorded from; arguable pairs count neither way."""
    certain = frozenset(pair for pair, link in labelled.links.items() if link.certain and not labelled.is_first(pair))
    arguable = {pair for pair, link in labelled.links.items() if not link.certain}
    return Scope(
        "later evidence, arguable left out",
        lambda pair: not labelled.is_first(pair) and pair not in arguable,
        certain,
        certain,
    )


def main_scope(labelled: LabelledSet) -> Scope:
    """What a set is judged by: in sets with hard negatives arguable pairs count neither way, as their README asks."""
    return later_evidence_certain(labelled) if labelled.hard_negatives else later_evidence(labelled)


def _with_arguable(labelled: LabelledSet, name: str, within: Callable[[Pair], bool]) -> Scope:
    right = frozenset(pair for pair in labelled.links if within(pair))
    return Scope(name, within, right, frozenset(pair for pair in right if labelled.links[pair].certain))


def count(scope: Scope, passed: Iterable[Pair]) -> Counts:
    """How right and complete the predicted pairs are."""
    counted = {pair for pair in passed if scope.within(pair)}
    right = len(counted & scope.right)
    found = len(counted & scope.wanted)
    return Counts(right, len(counted) - right, found, len(scope.wanted) - found)


def by_release(labelled: LabelledSet, scope: Scope, passed: Iterable[Pair]) -> list[Counts]:
    """The counts of each release, in the order of the set."""
    predicted, right, wanted = _grouped(passed), _grouped(scope.right), _grouped(scope.wanted)
    return [
        count(
            Scope(
                scope.name,
                scope.within,
                frozenset(right.get(release.key, ())),
                frozenset(wanted.get(release.key, ())),
            ),
            predicted.get(release.key, ()),
        )
        for release in labelled.releases
    ]


def _grouped(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[1], []).append(pair)
    return groups


def band(score: float) -> int:
    """The number of the band of a score from 0 to 1; one on the edge belongs to the upper band."""
    return min(int(score * BANDS + 1e-9), BANDS - 1)


def interval(releases: Sequence[Counts]) -> tuple[float, float]:
    """The middle 95 % of F1 over resampled releases (bootstrap)."""
    return _middle([summed(sample).f1 for (sample,) in _resampled([releases])])


@dataclass(frozen=True)
class Difference:
    """By how much one F1 is above another, and the middle 95 % of that over the same resampled releases."""

    f1: float
    low: float
    high: float


def difference(one: Sequence[Counts], other: Sequence[Counts]) -> Difference:
    """Compare two scorings of the same releases in the same order (paired bootstrap).

    An interval that holds 0 says that the releases are too few to tell the two apart.
    """
    low, high = _middle([summed(mine).f1 - summed(theirs).f1 for mine, theirs in _resampled([one, other])])
    return Difference(round(summed(one).f1 - summed(other).f1, 4), round(low, 4), round(high, 4))


def _resampled(scorings: Sequence[Sequence[Counts]]) -> Iterable[list[list[Counts]]]:
    """The same releases, drawn with replacement, from each of some scorings; the same ones in every run."""
    drawn = random.Random(0)  # noqa: S311
    numbers = range(len(scorings[0]))
    for _ in range(RESAMPLES):
        sample = drawn.choices(numbers, k=len(numbers))
        yield [[scoring[number] for number in sample] for scoring in scorings]


def _middle(values: list[float]) -> tuple[float, float]:
    values.sort()
    return values[int(len(values) * 0.025)], values[int(len(values) * 0.975) - 1]


def average_precision(scope: Scope, scores: Mapping[Pair, float]) -> float:
    """The mean, over the right pairs, of the precision down to each; from 0 to 1."""
    ranked = sorted((pair for pair in scores if scope.within(pair)), key=lambda pair: (-scores[pair], pair))
    right, total = 0, 0.0
    for position, pair in enumerate(ranked, start=1):
        if pair in scope.right:
            right += 1
            total += right / position
    return total / len(scope.right) if scope.right else 0.0
