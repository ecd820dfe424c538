"""What each group of features is worth: the model is fitted again without it, and links releases it has not seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from commitments.linking import counting, evaluation, held_out
from commitments.linking.counting import Difference
from commitments.linking.feature_groups import GROUPS
from commitments.linking.fitting import Example
from commitments.linking.labelled import LabelledSet
from commitments.linking.model import Model

FOLDS = 10


@dataclass(frozen=True)
class Cost:
    """F1 of the main scope with a group of features and without it; `cost` is above 0 where it helps."""

    group: str
    features: int
    f1: float
    f1_without: float
    cost: Difference

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def costs(labelled: LabelledSet, known: Sequence[Example], base: Model, threshold: float) -> list[Cost]:
    """The cost of each group on a set, dearest first, by ten folds of its releases.

    The words that retrieval goes by stay as they are: a group is taken from what the model weighs, not from what is
    looked at. Groups share what they know, so the costs do not add up.
    """
    entire = _scored(labelled, known, base, threshold)
    found = []
    for group, names in GROUPS.items():
        without = _scored(labelled, [_without(example, names) for example in known], base, threshold)
        found.append(
            Cost(
                group,
                len(names),
                round(counting.summed(entire).f1, 4),
                round(counting.summed(without).f1, 4),
                counting.difference(entire, without),
            )
        )
    return sorted(found, key=lambda cost: -cost.cost.f1)


def _scored(labelled: LabelledSet, known: Sequence[Example], base: Model, threshold: float) -> list[counting.Counts]:
    models = held_out.models([labelled], known, base, FOLDS)
    scored = evaluation.run(labelled, held_out.chosen(models, labelled), threshold)
    return evaluation.later_by_release(labelled, scored.scores, threshold)


def _without(example: Example, names: Collection[str]) -> Example:
    return replace(
        example,
        pairings=[
            replace(pairing, features={name: value for name, value in pairing.features.items() if name not in names})
            for pairing in example.pairings
        ],
    )
