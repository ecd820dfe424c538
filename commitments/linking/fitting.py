"""Fits the scoring model to labelled pairs. numpy is needed here only, never for linking."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from commitments.linking.features import Document, Pairing, compare, document
from commitments.linking.labelled import LabelledSet, Pair
from commitments.linking.model import Model
from commitments.linking.retrieval import MemoryIndex, candidates
from commitments.linking.suggestions import best_of

#: Strength of the pull towards zero, in units of one standard deviation of a feature.
PENALTY = 10.0
PASSAGE_PENALTY = 100.0
MAX_STEPS = 50
#: A stem seen in fewer passages says nothing about how common it is.
LEAST_PASSAGES = 3


@dataclass(frozen=True)
class Example:
    """A labelled pair with the passages that may have made it, strongest first.

    `belongs` is None where arguable; `says_it` tells of each passage whether it is the labelled one.
    """

    source: str
    pair: Pair
    pairings: Sequence[Pairing]
    belongs: bool | None
    says_it: Sequence[bool]

    @property
    def release(self) -> tuple[str, str]:
        """What must be left out together."""
        return self.source, self.pair[1]


def common_words(documents: Iterable[Document]) -> dict[str, float]:
    """The share of passages in which each stem occurs."""
    counts: Counter[str] = Counter()
    passages = 0
    for one in documents:
        passages += len(one.stems)
        for stems in one.stems:
            counts.update(stems)
    return {term: round(count / passages, 5) for term, count in sorted(counts.items()) if count >= LEAST_PASSAGES}


def examples(labelled: LabelledSet, model: Model) -> list[Example]:
    """Every pair of a release and a commitment that retrieval finds, with features."""
    index = MemoryIndex(labelled.profiles)
    found = []
    for release in labelled.releases:
        read = document(release.title, release.text, release.published, release.voice)
        retrieved = candidates(read, index, model)
        for commitment, pairings in compare(read, retrieved.profiles, retrieved.rarity).items():
            link = labelled.links.get((commitment, release.key))
            belongs = False if link is None else True if link.certain else None
            says_it = [
                link is not None and link.is_quoted_by(release.text, passage.start, passage.end)
                for passage in (read.passages[pairing.passage] for pairing in pairings)
            ]
            found.append(Example(labelled.name, (commitment, release.key), pairings, belongs, says_it))
    return found


def fit(labelled: Sequence[Example], model: Model) -> Model:
    """The model with its coefficients fitted anew: which passage says it best, then whether it bears on the pair."""
    chooser = replace(model, passage_coefficients=_fit_passages(labelled) or model.passage_coefficients)
    used = [example for example in labelled if example.belongs is not None]
    rows = [best_of(example.pairings, chooser).features for example in used]
    intercept, coefficients = _logistic(rows, [bool(example.belongs) for example in used], PENALTY, with_intercept=True)
    return replace(chooser, intercept=intercept, coefficients=coefficients)


def _fit_passages(labelled: Sequence[Example]) -> dict[str, float]:
    """Coefficients by which the labelled passage is preferred to the others; none where there was no choice."""
    differences = []
    for example in labelled:
        right = [pairing.features for pairing, says in zip(example.pairings, example.says_it, strict=True) if says]
        wrong = [pairing.features for pairing, says in zip(example.pairings, example.says_it, strict=True) if not says]
        for good in right:
            differences += [{name: good[name] - bad[name] for name in good} for bad in wrong]
    if not differences:
        return {}
    mirrored = [{name: -value for name, value in row.items()} for row in differences]
    truth = [True] * len(differences) + [False] * len(mirrored)
    return _logistic([*differences, *mirrored], truth, PASSAGE_PENALTY, with_intercept=False)[1]


def _logistic(
    features: Sequence[Mapping[str, float]], truth: Sequence[bool], penalty: float, with_intercept: bool
) -> tuple[float, dict[str, float]]:
    """Intercept and coefficients of a penalised logistic regression, by Newton's method."""
    import numpy as np

    names = sorted(features[0])
    rows = np.array([[row[name] for name in names] for row in features])
    wanted = np.array([float(value) for value in truth])
    mean = rows.mean(axis=0) if with_intercept else np.zeros(len(names))
    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    first = np.full((len(rows), 1), float(with_intercept))
    design = np.hstack([first, (rows - mean) / scale])
    pull = np.full(design.shape[1], penalty)
    pull[0] = 1e-9 if with_intercept else penalty
    weights = np.zeros(design.shape[1])
    for _ in range(MAX_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (expected - wanted) + pull * weights
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    raw = weights[1:] / scale
    coefficients = {name: round(float(value), 5) for name, value in zip(names, raw, strict=True) if abs(value) > 5e-6}
    return round(float(weights[0] - raw @ mean), 5), coefficients


@dataclass(frozen=True)
class Firmness:
    """How firmly the labelled pairs behind a model hold its coefficients: the curvature of its loss at its minimum.

    `names` begins with "" for the intercept; `rows` is the lower triangle of a symmetric matrix in their order.
    A step of the coefficients away from the model costs half the step times this matrix times the step.
    """

    version: str
    names: Sequence[str]
    rows: Sequence[Sequence[float]]

    def as_json(self) -> str:
        """One row a line."""
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in self.rows)
        return f'{{"version": {json.dumps(self.version)},\n"names": {json.dumps(self.names)},\n"rows": [\n{rows}\n]}}\n'

    @classmethod
    def from_json(cls, text: str) -> Firmness:
        return cls(**json.loads(text))


def firmness(labelled: Sequence[Example], model: Model) -> Firmness:
    """How firmly these pairs hold the coefficients of a model that was fitted to them."""
    import numpy as np

    rows = [best_of(example.pairings, model).features for example in labelled if example.belongs is not None]
    names = sorted(rows[0])
    design = np.array([[1.0, *(row[name] for name in names)] for row in rows])
    weights = np.array([model.intercept, *(model.coefficients.get(name, 0.0) for name in names)])
    expected = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
    curvature = (design * (expected * (1 - expected))[:, None]).T @ design
    curvature += np.diag([1e-6, *(PENALTY * np.maximum(design[:, 1:].var(axis=0), 1e-6))])
    lower = [[float(f"{value:.6g}") for value in row[: place + 1]] for place, row in enumerate(curvature)]
    return Firmness(model.version, ["", *names], lower)


def corrected(
    base: Model, firm: Firmness, rows: Sequence[Mapping[str, float]], belongs: Sequence[bool], strength: float
) -> Model:
    """The model moved towards further pairs, as far as these outweigh the pairs that it was fitted to.

    `strength` is how much a further pair counts beside one of those. Newton's method with ever shorter steps where
    a whole one overshoots.
    """
    import numpy as np

    names = firm.names[1:]
    start = np.array([base.intercept, *(base.coefficients.get(name, 0.0) for name in names)])
    lower = np.zeros((len(start), len(start)))
    for place, row in enumerate(firm.rows):
        lower[place, : place + 1] = row
    pull = lower + np.tril(lower, -1).T
    design = np.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])
    wanted = np.array([float(value) for value in belongs])

    def loss(weights: np.ndarray) -> float:
        total, step = design @ weights, weights - start
        return float(strength * np.sum(np.logaddexp(0, total) - wanted * total) + step @ pull @ step / 2)

    weights, least = start, loss(start)
    for _ in range(MAX_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = strength * design.T @ (expected - wanted) + pull @ (weights - start)
        curvature = strength * (design * (expected * (1 - expected))[:, None]).T @ design + pull
        step = np.linalg.solve(curvature, gradient)
        while loss(weights - step) > least and float(np.abs(step).max()) > 1e-7:
            step = step / 2
        weights, before, least = weights - step, least, loss(weights - step)
        if before - least < 1e-7:
            break
    coefficients = {name: round(float(value), 5) for name, value in zip(names, weights[1:], strict=True)}
    return replace(base, intercept=round(float(weights[0]), 5), coefficients=coefficients)


def score(model: Model, example: Example) -> float:
    """The model's score of a pair, by the passage that it prefers."""
    return model.score(best_of(example.pairings, model).features)
