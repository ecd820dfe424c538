"""How good the linker is on a labelled set. Touches no database: the commitments are held in memory."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from commitments.linking import counting, suggestions
from commitments.linking.counting import Counts, Scope
from commitments.linking.labelled import LabelledRelease, LabelledSet, Pair
from commitments.linking.model import Model
from commitments.linking.retrieval import MemoryIndex
from commitments.linking.suggestions import Known, Suggestion
from commitments.linking.tied_figures import FigureRow, SeriesWords
from commitments.models.evidence import Relation

#: A score and whether the pair belongs.
Truth = tuple[float, bool]


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
    labelled_pairs: int
    quality: list[Quality]
    hard_negatives_passed: int
    hard_negatives: int
    irrelevant_releases_hit: int
    irrelevant_releases: int
    details: dict[str, float | None] = field(default_factory=dict)
    thresholds: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    calibration: list[dict[str, float]] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    ablations: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Scored:
    """Scores of every pair that was looked at, and the suggestions of those at or above the threshold.

    `milliseconds` is the time that each release took; a plain way of scoring, which only has scores, has none.
    """

    scores: Mapping[Pair, float]
    suggestions: Mapping[Pair, Suggestion[str]] = field(default_factory=dict)
    milliseconds: Sequence[float] = ()

    @property
    def is_linker(self) -> bool:
        """Whether the linker made it, so that scores are chances and suggestions can be judged."""
        return bool(self.milliseconds)


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
    passed = _passed(scored.scores, threshold)
    scopes = (
        counting.all_pairs(labelled),
        counting.later_evidence(labelled),
        counting.later_evidence_certain(labelled),
    )
    return Report(
        set_name=labelled.name,
        method=method,
        threshold=round(threshold, 3),
        releases=len(labelled.releases),
        commitments=len(labelled.profiles),
        labelled_pairs=len(labelled.links),
        quality=[_quality(scope, scored.scores, threshold, labelled) for scope in scopes],
        hard_negatives_passed=len(passed & labelled.hard_negatives),
        hard_negatives=len(labelled.hard_negatives),
        irrelevant_releases_hit=len({release for _, release in passed} & labelled.irrelevant),
        irrelevant_releases=len(labelled.irrelevant),
        details=_details(labelled, scored) if scored.is_linker else {},
        thresholds=_thresholds(labelled, scored.scores, threshold) if scored.is_linker else [],
        relations=_relations(labelled, scored) if scored.is_linker else [],
        calibration=calibration(truths(labelled, scored.scores)) if scored.is_linker else [],
    )


def later_quality(labelled: LabelledSet, scores: Mapping[Pair, float], threshold: float) -> Counts:
    """How right and complete the pairs from a threshold on are, counted as the set is judged."""
    return counting.count(counting.main_scope(labelled), _passed(scores, threshold))


def later_by_release(labelled: LabelledSet, scores: Mapping[Pair, float], threshold: float) -> list[Counts]:
    """As `later_quality`, for each release; for intervals and comparisons."""
    return counting.by_release(labelled, counting.main_scope(labelled), _passed(scores, threshold))


def _passed(scores: Mapping[Pair, float], threshold: float) -> set[Pair]:
    return {pair for pair, score in scores.items() if score >= threshold}


def best_threshold(labelled: LabelledSet, scores: Mapping[Pair, float]) -> float:
    """The threshold with the best F1 on the set itself, as baselines are allowed to have it."""
    candidates = sorted(set(scores.values()))
    step = max(1, len(candidates) // 400)
    return max(
        candidates[::step],
        key=lambda least: later_quality(labelled, scores, least).f1,
    )


def _quality(scope: Scope, scores: Mapping[Pair, float], threshold: float, labelled: LabelledSet) -> Quality:
    releases = counting.by_release(labelled, scope, _passed(scores, threshold))
    counts = counting.summed(releases)
    low, high = counting.interval(releases)
    return Quality(
        scope.name,
        round(counts.f1, 4),
        round(low, 4),
        round(high, 4),
        round(counts.precision, 4),
        round(counts.recall, 4),
        round(counting.average_precision(scope, scores), 4),
    )


def _thresholds(labelled: LabelledSet, scores: Mapping[Pair, float], used: float) -> list[dict[str, Any]]:
    """Quality, counted as the set is judged, from each threshold on and from the one in use."""
    rows = []
    for least in sorted({*(step / 10 for step in range(1, 10)), round(used, 3)}):
        counts = later_quality(labelled, scores, least)
        rows.append(
            {
                "from": least,
                "in use": least == round(used, 3),
                "suggested": counts.right + counts.wrong,
                "precision": round(counts.precision, 4),
                "recall": round(counts.recall, 4),
                "F1": round(counts.f1, 4),
            }
        )
    return rows


def _relations(labelled: LabelledSet, scored: Scored) -> list[dict[str, Any]]:
    """For each labelled relation: how many pairs have it, were found, were given a right one, and what else."""
    rows = []
    for relation in Relation.values:
        pairs = [pair for pair, link in labelled.links.items() if link.relation == relation]
        given = {pair: str(scored.suggestions[pair].judgement.relation) for pair in pairs if pair in scored.suggestions}
        wrong = Counter(said for pair, said in given.items() if said not in labelled.links[pair].relations)
        right = len(given) - sum(wrong.values())
        rows.append(
            {
                "relation": relation,
                "labelled": len(pairs),
                "found": len(given),
                "right": right,
                "share": round(right / len(given), 4) if given else None,
                "given instead": dict(wrong.most_common()),
            }
        )
    return rows


def _details(labelled: LabelledSet, scored: Scored) -> dict[str, float | None]:
    found = [
        (labelled.links[pair], suggestion) for pair, suggestion in scored.suggestions.items() if pair in labelled.links
    ]
    texts = {release.key: release.text for release in labelled.releases}
    predicted = wanted = right = recalled = 0
    in_full = any("qualifier" in figure for link in labelled.links.values() for figure in link.figures)
    for link, suggestion in found if in_full else ():
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
        "brier": brier(truths(labelled, scored.scores)),
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


def truths(labelled: LabelledSet, scores: Mapping[Pair, float]) -> list[Truth]:
    """Each score with whether the pair belongs, without arguable ones."""
    return [
        (score, pair in labelled.links)
        for pair, score in scores.items()
        if pair not in labelled.links or labelled.links[pair].certain
    ]


def brier(scores: Sequence[Truth]) -> float:
    """The mean square by which scores are off; 0 is perfect."""
    squares = [(score - truth) ** 2 for score, truth in scores]
    return round(sum(squares) / len(squares), 5) if squares else 0.0


def calibration(scores: Sequence[Truth]) -> list[dict[str, float]]:
    """The reliability table: of the pairs with scores in a band, the mean score beside the share that belongs."""
    bands: dict[int, list[Truth]] = {}
    for score, truth in scores:
        bands.setdefault(counting.band(score), []).append((score, truth))
    return [
        {
            "from": band / counting.BANDS,
            "pairs": len(rows),
            "mean score": round(sum(score for score, _ in rows) / len(rows), 3),
            "share that belongs": round(sum(truth for _, truth in rows) / len(rows), 3),
        }
        for band, rows in sorted(bands.items())
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
