"""The scoring model: two logistic sums of features whose coefficients are a readable file."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

#: How much a term tells apart, from 0 (every text has it) upwards.
Rarity = Callable[[str], float]

SHIPPED = Path(__file__).with_name("model.json")
#: How firmly the labelled data hold its coefficients (`fitting.Firmness`); read for learning only.
FIRMNESS = Path(__file__).with_name("model_firmness.json")

#: The record counts as this many commitments more, with everyday words: so a record of three has sensible weights.
ASSUMED_COMMITMENTS = 100
#: A sum beyond this is as good as certain.
CERTAIN = 30.0
#: Share of passages in which a word that was never counted is taken to occur.
SMALLEST_SHARE = 0.0005


@dataclass(frozen=True)
class Model:
    """Coefficients per feature for a pair and for choosing among its passages, and how common words are.

    That a passage bears on a commitment takes two things, which do not make up for each other: that it says what the
    commitment says (`coefficients`, `intercept`), and that the release is of its government, place and time (`setting`,
    `setting_intercept`). The score is the product of the two chances. A suggestion is shown from `threshold` on.

    `common` gives the share of passages of everyday releases in which a stem occurs. `made` tells when, by
    which command and from which data (as a hash) the file was made; `metrics` how good it was then.
    `memory` holds, by commitment (its key as text), what `commitments.linking.memory` keeps of decisions on it.
    `relations` gives coefficients for each relation, by feature of `commitments.linking.relation_features`; `reporting`
    those by which a passage is quoted that reports what came of a promise named before it (by feature of
    `commitments.linking.reporting`).
    """

    version: str
    intercept: float
    coefficients: Mapping[str, float]
    passage_coefficients: Mapping[str, float]
    threshold: float
    common: Mapping[str, float]
    made: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    memory: Mapping[str, Mapping[str, Sequence[Sequence[str]]]] = field(default_factory=dict)
    relations: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    reporting: Mapping[str, float] = field(default_factory=dict)
    setting: Mapping[str, float] = field(default_factory=dict)
    setting_intercept: float = CERTAIN

    def score(self, features: Mapping[str, float]) -> float:
        """How sure it is, from 0 to 1, that the passage bears on the commitment."""
        return _chance(self.intercept, self.coefficients, features) * _chance(
            self.setting_intercept, self.setting, features
        )

    def preference(self, features: Mapping[str, float]) -> float:
        """How well a passage says it, beside other passages of the same release for the same commitment."""
        return sum(weight * features[name] for name, weight in self.passage_coefficients.items() if name in features)

    def reports(self, features: Mapping[str, float]) -> float:
        """How likely it is, from 0 to 1, that a later passage reports what came of the promise that one names."""
        return _chance(self.reporting.get("", 0.0), self.reporting, features)

    def rarity(self, commitments_with_term: int, commitments: int, term: str) -> float:
        """How much a term tells apart, in a record of so many commitments of which some have it."""
        share = max(self.common.get(term, 0.0), SMALLEST_SHARE)
        expected = (commitments_with_term + ASSUMED_COMMITMENTS * share) / (commitments + ASSUMED_COMMITMENTS)
        return max(0.0, -math.log(expected))

    def as_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "made": dict(self.made),
            "metrics": dict(self.metrics),
            "threshold": self.threshold,
            "intercept": self.intercept,
            "coefficients": dict(self.coefficients),
            "setting_intercept": self.setting_intercept,
            "setting": dict(self.setting),
            "passage_coefficients": dict(self.passage_coefficients),
            "reporting": dict(self.reporting),
            "common": dict(self.common),
            "memory": dict(self.memory),
            "relations": {relation: dict(weights) for relation, weights in self.relations.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Model:
        return cls(**values)


def _chance(intercept: float, coefficients: Mapping[str, float], features: Mapping[str, float]) -> float:
    total = intercept
    for name, weight in coefficients.items():  # worked out so often that a generator would be felt
        if name in features:
            total += weight * features[name]
    return 1 / (1 + math.exp(-max(-CERTAIN, min(CERTAIN, total))))


@lru_cache(maxsize=1)
def shipped() -> Model:
    """The base model, which comes with the program."""
    return Model.from_json(json.loads(SHIPPED.read_text(encoding="utf-8")))
