"""How good the linker is on a labelled set. Touches no database: the commitments are held in memory."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from commitments.linking import suggestions
from commitments.linking.labelled import LabelledRelease, LabelledSet, Pair
from commitments.linking.model import Model
from commitments.linking.retrieval import MemoryIndex
from commitments.linking.suggestions import Known, Suggestion
from commitments.linking.tied_figures import FigureRow, SeriesWords

RESAMPLES = 1000
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
class Quality:
    """Precision, recall and F1 of one way of counting, with the middle 95 % of F1 over resampled releases."""

    pairs: str
    f1: float
    f1_low: float
    f1_high: float
    precision: float
    recall: float
    average_precision: float


@dataclass(frozen=True)
class Report:
    """What `evaluate_links` prints. Shares are from 0 to 1, latency in milliseconds a release."""

    set_name: str
    method: str
    threshold: float
    releases: int
    commitments: int
    quality: list[Quality]
    hard_negatives_passed: int
    hard_negatives: int
    irrelevant_releases_hit: int
    irrelevant_releases: int
    details: dict[str, float | None] = field(default_factory=dict)
    calibration: list[dict[str, float]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Scored:
    """Scores of every pair that was looked at, and the suggestions of those at or above the threshold."""

    scores: Mapping[Pair, float]
    suggestions: Mapping[Pair, Suggestion[str]] = field(default_factory=dict)
    milliseconds: Sequence[float] = ()


def run(labelled: LabelledSet, model_for: Callable[[LabelledRelease], Model], threshold: float) -> Scored:
    """Link every release in order of publication, each with the model given for it."""
    index = MemoryIndex(labelled.profiles)
    scores: dict[Pair, float] = {}
    made: dict[Pair, Suggestion[str]] = {}
    said: dict[str, list[tuple[dt.date, list[FigureRow]]]] = {}
    milliseconds = []
    for release in labelled.releases:
        model = model_for(release)
        began = time.perf_counter()
        before = partial(_figures_before, said, release.published)
        reading = suggestions.read(
            release.title,
            release.text,
            release.published,
            release.voice,
            index,
            model,
            threshold=0.0,
            figures_before=before,
        )
        today = release.published or max((one.published for one in labelled.releases if one.published), default=None)
        described = []
        for match in reading.matches:
            pair = (match.commitment, release.key)
            scores[pair] = match.score
            if match.score >= threshold:
                known = _known(labelled, match.commitment, said.get(match.commitment, []), release.published)
                assert today is not None  # noqa: S101
                described.append((pair, suggestions.describe(reading, match, known, today)))
        milliseconds.append((time.perf_counter() - began) * 1000)
        for pair, suggestion in described:
            made[pair] = suggestion
            if release.published is not None:
                said.setdefault(pair[0], []).append((release.published, suggestion.figures))
    return Scored(scores, made, milliseconds)


def report(labelled: LabelledSet, scored: Scored, threshold: float, method: str) -> Report:
    """The measures that the README of the labelled sets asks for."""
    passed = {pair for pair, score in scored.scores.items() if score >= threshold}
    irrelevant = labelled.irrelevant
    counted = {
        "all pairs": _pairs(labelled, lambda pair: True, arguable_counts=True),
        "later evidence": _pairs(labelled, labelled.is_later, arguable_counts=True),
        "later evidence, arguable left out": _pairs(
            labelled, lambda pair: not labelled.is_first(pair), arguable_counts=False
        ),
    }
    return Report(
        set_name=labelled.name,
        method=method,
        threshold=round(threshold, 3),
        releases=len(labelled.releases),
        commitments=len(labelled.profiles),
        quality=[_quality(name, scope, scored.scores, passed, labelled) for name, scope in counted.items()],
        hard_negatives_passed=len(passed & labelled.hard_negatives),
        hard_negatives=len(labelled.hard_negatives),
        irrelevant_releases_hit=len({release for _, release in passed if release in irrelevant}),
        irrelevant_releases=len(irrelevant),
        details=_details(labelled, scored) if scored.suggestions else {},
        calibration=_calibration(labelled, scored.scores) if scored.suggestions else [],
    )


def later_quality(labelled: LabelledSet, scores: Mapping[Pair, float], threshold: float) -> Counts:
    """How right and complete the pairs from a threshold on are, for evidence after the recording release.

    In sets with hard negatives arguable pairs count neither way, as their README asks.
    """
    if labelled.hard_negatives:
        scope = _pairs(labelled, lambda pair: not labelled.is_first(pair), arguable_counts=False)
    else:
        scope = _pairs(labelled, labelled.is_later, arguable_counts=True)
    return _count(scope, {pair for pair, score in scores.items() if score >= threshold})


def best_threshold(labelled: LabelledSet, scores: Mapping[Pair, float]) -> float:
    """The threshold with the best F1 on the set itself, as baselines are allowed to have it."""
    candidates = sorted(set(scores.values()))
    step = max(1, len(candidates) // 400)
    return max(
        candidates[::step],
        key=lambda least: later_quality(labelled, scores, least).f1,
    )


@dataclass(frozen=True)
class _Scope:
    """Pairs that count: `right` if predicted, `wanted` where missing them costs; others in `within` are wrong."""

    within: Callable[[Pair], bool]
    right: frozenset[Pair]
    wanted: frozenset[Pair]


def _pairs(labelled: LabelledSet, within: Callable[[Pair], bool], arguable_counts: bool) -> _Scope:
    certain = frozenset(pair for pair, link in labelled.links.items() if link.certain and within(pair))
    arguable = frozenset(pair for pair, link in labelled.links.items() if not link.certain and within(pair))
    if arguable_counts:
        return _Scope(within, certain | arguable, certain)
    return _Scope(lambda pair: within(pair) and pair not in arguable, certain, certain)


def _count(scope: _Scope, passed: Iterable[Pair]) -> Counts:
    counted = {pair for pair in passed if scope.within(pair)}
    right = len(counted & scope.right)
    found = len(counted & scope.wanted)
    return Counts(right, len(counted) - right, found, len(scope.wanted) - found)


def _quality(
    name: str, scope: _Scope, scores: Mapping[Pair, float], passed: set[Pair], labelled: LabelledSet
) -> Quality:
    counts = _count(scope, passed)
    low, high = _interval(scope, passed, labelled)
    return Quality(
        name,
        round(counts.f1, 4),
        round(low, 4),
        round(high, 4),
        round(counts.precision, 4),
        round(counts.recall, 4),
        round(_average_precision(scope, scores), 4),
    )


def _interval(scope: _Scope, passed: set[Pair], labelled: LabelledSet) -> tuple[float, float]:
    by_release = {
        release.key: _count(
            _Scope(
                scope.within,
                frozenset(pair for pair in scope.right if pair[1] == release.key),
                frozenset(pair for pair in scope.wanted if pair[1] == release.key),
            ),
            [pair for pair in passed if pair[1] == release.key],
        )
        for release in labelled.releases
    }
    drawn = random.Random(0)  # noqa: S311
    results = []
    for _ in range(RESAMPLES):
        sample = [by_release[release.key] for release in drawn.choices(labelled.releases, k=len(labelled.releases))]
        results.append(summed(sample).f1)
    results.sort()
    return results[int(RESAMPLES * 0.025)], results[int(RESAMPLES * 0.975) - 1]


def _average_precision(scope: _Scope, scores: Mapping[Pair, float]) -> float:
    ranked = sorted((pair for pair in scores if scope.within(pair)), key=lambda pair: (-scores[pair], pair))
    right, total = 0, 0.0
    for position, pair in enumerate(ranked, start=1):
        if pair in scope.right:
            right += 1
            total += right / position
    return total / len(scope.right) if scope.right else 0.0


def _details(labelled: LabelledSet, scored: Scored) -> dict[str, float | None]:
    found = [
        (labelled.links[pair], suggestion) for pair, suggestion in scored.suggestions.items() if pair in labelled.links
    ]
    texts = {release.key: release.text for release in labelled.releases}
    predicted = wanted = right = recalled = 0
    for link, suggestion in found:
        if not any("qualifier" in figure for other in labelled.links.values() for figure in other.figures):
            break  # figures are not labelled in full
        predicted += len(suggestion.figures)
        wanted += len(link.figures)
        right += sum(any(same_figure(one, other) for other in link.figures) for one in suggestion.figures)
        recalled += sum(any(same_figure(one, other) for one in suggestion.figures) for other in link.figures)
    milliseconds = sorted(scored.milliseconds)
    return {
        "relation accuracy": _share(link.relations >= {suggestion.judgement.relation} for link, suggestion in found),
        "quote overlap": _share(
            link.is_quoted_by(texts[link.release], suggestion.start, suggestion.end) for link, suggestion in found
        ),
        "figure precision": round(right / predicted, 4) if predicted else None,
        "figure recall": round(recalled / wanted, 4) if wanted else None,
        "measurements right": _measurements(labelled, scored),
        "latency median": round(milliseconds[len(milliseconds) // 2], 2),
        "latency p95": round(milliseconds[int(len(milliseconds) * 0.95)], 2),
        "brier": _brier(labelled, scored.scores),
    }


def _share(outcomes: Iterable[bool]) -> float | None:
    values = list(outcomes)
    return round(sum(values) / len(values), 4) if values else None


def same_figure(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Value, unit and qualifier agree, and the metrics share a word."""
    return (
        float(one["value"]) == float(other["value"])
        and one["unit"] == other["unit"]
        and (one.get("qualifier") or "exact") == (other.get("qualifier") or "exact")
        and bool(_metric_words(one["metric"]) & _metric_words(other["metric"]))
    )


def _metric_words(metric: str) -> set[str]:
    return {word.rstrip("s") for word in metric.lower().split()}


def _measurements(labelled: LabelledSet, scored: Scored) -> float | None:
    """The share of labelled points that are given with the right value, in the right order, marked restated or not."""
    if not labelled.measurements:
        return None
    right = total = 0
    for row in labelled.measurements:
        given = [
            (release.key, figure["value"], figure["restated"])
            for release in labelled.releases
            if (suggestion := scored.suggestions.get((row["commitment"], release.key)))
            for figure in suggestion.figures
            if _metric_words(figure["metric"]) & _metric_words(row["metric"]) and not figure["change"]
        ]
        total += len(row["points"])
        right += sum((point["release"], point["value"], point["restated"]) in given for point in row["points"])
    return round(right / total, 4)


def _brier(labelled: LabelledSet, scores: Mapping[Pair, float]) -> float:
    squares = [(score - truth) ** 2 for score, truth in _truths(labelled, scores)]
    return round(sum(squares) / len(squares), 5) if squares else 0.0


def _calibration(labelled: LabelledSet, scores: Mapping[Pair, float]) -> list[dict[str, float]]:
    bands: dict[int, list[tuple[float, bool]]] = {}
    for score, truth in _truths(labelled, scores):
        bands.setdefault(min(int(score * BANDS), BANDS - 1), []).append((score, truth))
    return [
        {
            "from": band / BANDS,
            "pairs": len(rows),
            "mean score": round(sum(score for score, _ in rows) / len(rows), 3),
            "share that belongs": round(sum(truth for _, truth in rows) / len(rows), 3),
        }
        for band, rows in sorted(bands.items())
    ]


def _truths(labelled: LabelledSet, scores: Mapping[Pair, float]) -> list[tuple[float, bool]]:
    return [
        (score, pair in labelled.links)
        for pair, score in scores.items()
        if pair not in labelled.links or labelled.links[pair].certain
    ]


def _figures_before(
    said: Mapping[str, Sequence[tuple[dt.date, list[FigureRow]]]], published: dt.date | None, keys: Collection[str]
) -> dict[str, set[float]]:
    return {
        key: {
            figure["value"] for on, figures in said.get(key, ()) if published and on < published for figure in figures
        }
        for key in keys
    }


def _known(
    labelled: LabelledSet,
    commitment: str,
    said: Sequence[tuple[dt.date, list[FigureRow]]],
    published: dt.date | None,
) -> Known:
    """What releases published on earlier days have said, by the linker's own suggestions."""
    metric = labelled.series.get(commitment)
    series = [SeriesWords(1, metric[0], metric[1], "level")] if metric else []
    earlier = [figures for on, figures in said if published is not None and on < published]
    return Known(said=bool(earlier), figures=[figure for figures in earlier for figure in figures], series=series)
