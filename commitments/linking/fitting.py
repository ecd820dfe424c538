"""Fits the scoring model to labelled pairs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from commitments.linking import reporting
from commitments.linking.document import Document, document
from commitments.linking.feature_groups import SETTING
from commitments.linking.features import Pairing, compare
from commitments.linking.labelled import LabelledRelease, LabelledSet, Link, Pair
from commitments.linking.model import CERTAIN, Model
from commitments.linking.retrieval import MemoryIndex, candidates
from commitments.linking.suggestions import best_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

#: Strength of the pull towards zero, in units of one standard deviation of a feature.
PENALTY = 10.0
SETTING_PENALTY = 5.0
#: What holds the intercept of the setting, which few pairs fix.
SETTING_PRIOR = 0.1
#: Where fitting begins: few pairs say it, most are of the same setting.
FIRST_INTERCEPTS = (-3.0, 1.5)
ROUNDS = 3
#: Chances are kept so far from certain.
TINY = 1e-9
PASSAGE_PENALTY = 100.0
REPORTING_PENALTY = 33.0
MAX_STEPS = 50
#: A stem seen in fewer passages says nothing about how common it is.
LEAST_PASSAGES = 3


@dataclass(frozen=True)
class Example:
    """A labelled pair with the passages that may have made it, strongest first.

    `belongs` is None where arguable; `says_it` tells of each passage whether it is the labelled one. `following` are,
    of a labelled pair, the features of the passages after the one that the model would quote, each with whether it is
    the labelled one instead (`commitments.linking.reporting`).
    """

    source: str
    pair: Pair
    pairings: Sequence[Pairing]
    belongs: bool | None
    says_it: Sequence[bool]
    following: Sequence[tuple[Mapping[str, float], bool]] = ()

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
            says_it = [link is not None and _is_quoted(read, pairing.passage, release, link) for pairing in pairings]
            after = _following(read, release, link, best_of(pairings, model)[0].passage, labelled) if link else []
            found.append(Example(labelled.name, (commitment, release.key), pairings, belongs, says_it, after))
    return found


def _is_quoted(read: Document, number: int, release: LabelledRelease, link: Link) -> bool:
    return link.is_quoted_by(release.text, read.passages[number].start, read.passages[number].end)


def _following(
    read: Document, release: LabelledRelease, link: Link, number: int, labelled: LabelledSet
) -> list[tuple[Mapping[str, float], bool]]:
    """The passages after the one that would be quoted; none where the labelled quote is no passage at all."""
    quoted = [other for other in range(len(read.passages)) if _is_quoted(read, other, release, link)]
    profile = labelled.profiles[link.commitment]
    return [
        (reporting.features(read, number, other, profile), other in quoted and number not in quoted)
        for other in (reporting.following(read, number) if quoted else ())
    ]


def fit(labelled: Sequence[Example], model: Model) -> Model:
    """The model with its coefficients fitted anew: which passage says it best, and whether it bears on the pair.

    Of a pair that belongs the labelled passage is taken, of others the one that scores most; so by turns.
    """
    chooser = replace(
        model,
        passage_coefficients=_fit_passages(labelled) or model.passage_coefficients,
        reporting=_fit_reporting(labelled) or model.reporting,
    )
    used = [example for example in labelled if example.belongs is not None]
    told = [_telling(example) for example in used]
    truth = [bool(example.belongs) for example in used]
    fitted = _two_sums([passages[0] for passages in told], truth, chooser)
    for _ in range(ROUNDS - 1):
        rows = [max(passages, key=fitted.score) for passages in told]
        fitted = _two_sums(rows, truth, chooser)
    return fitted


def _telling(example: Example) -> list[Mapping[str, float]]:
    """The features of the passages that make the pair belong, where they are known; else of all."""
    every: list[Mapping[str, float]] = [pairing.features for pairing in example.pairings]
    labelled = [features for features, says in zip(every, example.says_it, strict=True) if says]
    return labelled if example.belongs and labelled else every


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
    return _logistic([*differences, *mirrored], truth, PASSAGE_PENALTY)


def _fit_reporting(labelled: Sequence[Example]) -> dict[str, float]:
    """Coefficients by which a later passage is quoted, with an intercept under ""; none where none should be."""
    rows = [({**features, "": 1.0}, is_meant) for example in labelled for features, is_meant in example.following]
    if not any(is_meant for _, is_meant in rows):
        return {}
    return _logistic([features for features, _ in rows], [is_meant for _, is_meant in rows], REPORTING_PENALTY)


def _logistic(features: Sequence[Mapping[str, float]], truth: Sequence[bool], penalty: float) -> dict[str, float]:
    """Coefficients of a penalised logistic regression by Newton's method. A feature named "" is a free intercept."""
    import numpy as np

    names = sorted(set().union(*features))
    rows = np.array([[row.get(name, 0.0) for name in names] for row in features])
    wanted = np.array([float(value) for value in truth])
    scale = rows.std(axis=0)
    scale[scale == 0] = 1.0
    design = rows / scale
    weights = np.zeros(len(names))
    pull = np.array([penalty if name else 1e-6 for name in names])
    for _ in range(MAX_STEPS):
        expected = _chance(design @ weights)
        gradient = design.T @ (expected - wanted) + pull * weights
        curvature = (design * (expected * (1 - expected))[:, None]).T @ design + np.diag(pull)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return _rounded(names, weights / scale)


def _two_sums(rows: Sequence[Mapping[str, float]], truth: Sequence[bool], model: Model) -> Model:
    """The model with both of its sums fitted to pairs."""
    import numpy as np

    wording, setting = _names(rows[0])
    designs, scales, means = [], [], []
    for names in (wording, setting):
        values = np.array([[row[name] for name in names] for row in rows])
        scale = values.std(axis=0)
        scale[scale == 0] = 1.0
        designs.append(np.hstack([np.ones((len(rows), 1)), (values - values.mean(axis=0)) / scale]))
        scales.append(scale)
        means.append(values.mean(axis=0))
    pull = np.concatenate(
        [[1e-6], np.full(len(wording), PENALTY), [SETTING_PRIOR], np.full(len(setting), SETTING_PENALTY)]
    )
    start = np.zeros(len(pull))
    start[0], start[len(wording) + 1] = FIRST_INTERCEPTS
    weights = _least(designs[0], designs[1], truth, start, np.zeros(len(pull)), np.diag(pull), 1.0)
    halves = []
    for part, scale, mean in zip(np.split(weights, [len(wording) + 1]), scales, means, strict=True):
        raw = part[1:] / scale
        halves.append((round(float(part[0] - raw @ mean), 5), raw))
    return replace(
        model,
        intercept=halves[0][0],
        coefficients=_rounded(wording, halves[0][1]),
        setting_intercept=halves[1][0],
        setting=_rounded(setting, halves[1][1]),
    )


def _names(row: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """The features of the two sums, in order."""
    return sorted(row.keys() - set(SETTING)), sorted(row.keys() & set(SETTING))


def _rounded(names: Sequence[str], values: Iterable[float]) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True) if abs(value) > 5e-6}


def _least(
    wording: Array,
    setting: Array,
    truth: Sequence[bool],
    start: Array,
    centre: Array,
    pull: Array,
    strength: float,
) -> Array:
    """The weights of both sums with the least loss, by Fisher's scoring with ever shorter steps where one overshoots.

    The designs begin with a column of ones. `pull` is the curvature of what holds the weights to `centre`; `strength`
    is what a pair counts.
    """
    import numpy as np

    wanted = np.array([float(value) for value in truth])
    split = wording.shape[1]

    def chances(weights: Array) -> tuple[Array, Array]:
        return _chance(wording @ weights[:split]), _chance(setting @ weights[split:])

    def loss(weights: Array) -> float:
        first, second = chances(weights)
        whole, away = np.clip(first * second, TINY, 1 - TINY), weights - centre
        return float(
            -strength * np.sum(wanted * np.log(whole) + (1 - wanted) * np.log(1 - whole)) + away @ pull @ away / 2
        )

    weights, least = start, loss(start)
    for _ in range(MAX_STEPS):
        slopes, whole = _slopes(wording, setting, *chances(weights))
        spread = whole * (1 - whole)
        gradient = strength * slopes.T @ ((whole - wanted) / spread) + pull @ (weights - centre)
        curvature = strength * (slopes / spread[:, None]).T @ slopes + pull
        step = np.linalg.solve(curvature, gradient)
        while (now := loss(weights - step)) > least and float(np.abs(step).max()) > 1e-7:
            step = step / 2
        if least - now < 1e-5:
            break
        weights, least = weights - step, now
    return weights


def _chance(total: Array) -> Array:
    import numpy as np

    chance: Array = 1 / (1 + np.exp(-np.clip(total, -CERTAIN, CERTAIN)))
    return chance


def _slopes(wording: Array, setting: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """How each pair's score changes with each weight, and the score."""
    import numpy as np

    whole = np.clip(first * second, TINY, 1 - TINY)
    slopes = np.hstack(
        [wording * (first * (1 - first) * second)[:, None], setting * (second * (1 - second) * first)[:, None]]
    )
    return slopes, whole


@dataclass(frozen=True)
class Firmness:
    """How firmly the labelled pairs behind a model hold its coefficients: the curvature of its loss at its minimum.

    `wording` and `setting` name the features of its two sums; each has its intercept before them. `rows` is the lower
    triangle of a symmetric matrix in their order. A step of the coefficients away from the model costs half the step
    times this matrix times the step.
    """

    version: str
    wording: Sequence[str]
    setting: Sequence[str]
    rows: Sequence[Sequence[float]]

    def as_json(self) -> str:
        """One row a line."""
        rows = ",\n".join(json.dumps(row, separators=(",", ":")) for row in self.rows)
        head = ",\n".join(f'"{name}": {json.dumps(getattr(self, name))}' for name in ("version", "wording", "setting"))
        return f'{{{head},\n"rows": [\n{rows}\n]}}\n'

    @classmethod
    def from_json(cls, text: str) -> Firmness:
        return cls(**json.loads(text))


def firmness(labelled: Sequence[Example], model: Model) -> Firmness:
    """How firmly these pairs hold the coefficients of a model that was fitted to them."""
    import numpy as np

    rows = [max(_telling(example), key=model.score) for example in labelled if example.belongs is not None]
    names = _names(rows[0])
    wording, setting = (_design(rows, of_sum) for of_sum in names)
    weights = _weights(model, *names)
    slopes, whole = _slopes(wording, setting, _chance(wording @ weights[0]), _chance(setting @ weights[1]))
    penalties = [PENALTY * np.maximum(wording[:, 1:].var(axis=0), 1e-6)]
    penalties.append(SETTING_PENALTY * np.maximum(setting[:, 1:].var(axis=0), 1e-6))
    pull = np.concatenate([[1e-6], penalties[0], [SETTING_PRIOR], penalties[1]])
    curvature = (slopes / (whole * (1 - whole))[:, None]).T @ slopes + np.diag(pull)
    lower = [[float(f"{value:.6g}") for value in row[: place + 1]] for place, row in enumerate(curvature)]
    return Firmness(model.version, names[0], names[1], lower)


def corrected(
    base: Model, firm: Firmness, rows: Sequence[Mapping[str, float]], belongs: Sequence[bool], strength: float
) -> Model:
    """The model moved towards further pairs, as far as these outweigh the pairs that it was fitted to.

    `strength` is how much a further pair counts beside one of those.
    """
    import numpy as np

    start = np.concatenate(_weights(base, firm.wording, firm.setting))
    lower = np.zeros((len(start), len(start)))
    for place, row in enumerate(firm.rows):
        lower[place, : place + 1] = row
    pull = lower + np.tril(lower, -1).T
    designs = _design(rows, firm.wording), _design(rows, firm.setting)
    weights = _least(*designs, belongs, start, start, pull, strength)
    wording, setting = np.split(weights, [len(firm.wording) + 1])
    return replace(
        base,
        intercept=round(float(wording[0]), 5),
        coefficients=_rounded(firm.wording, wording[1:]),
        setting_intercept=round(float(setting[0]), 5),
        setting=_rounded(firm.setting, setting[1:]),
    )


def _design(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Array:
    import numpy as np

    return np.array([[1.0, *(row.get(name, 0.0) for name in names)] for row in rows])


def _weights(model: Model, wording: Sequence[str], setting: Sequence[str]) -> tuple[Array, Array]:
    import numpy as np

    return (
        np.array([model.intercept, *(model.coefficients.get(name, 0.0) for name in wording)]),
        np.array([model.setting_intercept, *(model.setting.get(name, 0.0) for name in setting)]),
    )


def score(model: Model, example: Example) -> float:
    """The model's score of a pair, by the passage that it prefers."""
    return best_of(example.pairings, model)[1]
