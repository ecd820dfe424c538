"""How good the model in use is, as the model's file keeps it under `metrics["quality"]` and the public page tells it.

    {"measured on": "2026-01-31",
     "sets": [{"name": "…", "fitted to": false, "documents": 50, "bear on nothing": 25, "median words": 800,
               "commitments": 80, "departments": 9, "labelled pairs": 105,
               "precision": 0.9, "recall": 0.8, "F1": 0.85, "F1 from": 0.8, "F1 to": 0.9,
               "relation right": 0.8, "quote right": 0.9,
               "hard negatives": 198, "hard negatives passed": 9, "bear on nothing, hit": 1}],
     "together": {"documents": 50, "fitted to": false,
                  "precision": 0.9, "recall": 0.8, "F1": 0.85, "F1 from": 0.8, "F1 to": 0.9},
     "reliability": [{"from": 0.5, "pairs": 20, "mean score": 0.55, "share that belongs": 0.6}],
     "brier": 0.01}

`fitted to` tells how a set was measured: where true, each document was scored by a model fitted without it (ten folds
over documents); where false, by the model itself, which was never fitted to any document of the set. `together` is over
the sets never fitted to, or where there are none, over all; `reliability` and `brier` are over all. Shares are from 0
to 1, or None where there was nothing to judge; counts are of pairs as `counting.main_scope` says.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from typing import Any

from commitments.linking import counting, evaluation, fitting, held_out, relation_fitting
from commitments.linking.counting import Counts
from commitments.linking.evaluation import Scored, Truth
from commitments.linking.labelled import LabelledSet
from commitments.linking.model import Model

FOLDS = 10


def measured(
    model: Model,
    on: dt.date,
    fitted_to: Sequence[LabelledSet],
    unseen: Sequence[LabelledSet] = (),
) -> dict[str, Any]:
    """Measure a fitted model with its threshold, for `metrics["quality"]`.

    `fitted_to` are the sets that its coefficients come from, `unseen` others that nothing was fitted to. No two sets
    may have the same name.
    """
    known = [example for one in fitted_to for example in fitting.examples(one, model)]
    told = [pair for one in fitted_to for pair in relation_fitting.told(one)]
    held = held_out.models(fitted_to, known, model, FOLDS, told) if fitted_to else {}
    sets: list[dict[str, Any]] = []
    releases: list[Counts] = []
    truths: list[Truth] = []
    for one, seen in (*((one, False) for one in unseen), *((one, True) for one in fitted_to)):
        scored = evaluation.run(one, held_out.chosen(held, one) if seen else lambda release: model, model.threshold)
        counts = evaluation.later_by_release(one, scored.scores, model.threshold)
        sets.append({"name": one.name, "fitted to": seen, **_described(one), **_judged(one, scored, counts, model)})
        if seen == (not unseen):
            releases += counts
        truths += evaluation.truths(one, scored.scores)
    return {
        "measured on": on.isoformat(),
        "sets": sets,
        "together": {"documents": len(releases), "fitted to": not unseen, **_rates(releases)},
        "reliability": evaluation.calibration(truths),
        "brier": evaluation.brier(truths),
    }


def _described(one: LabelledSet) -> dict[str, int]:
    return {
        "documents": len(one.releases),
        "bear on nothing": len(one.irrelevant),
        "median words": int(statistics.median(len(release.text.split()) for release in one.releases)),
        "commitments": len(one.profiles),
        "departments": len({profile.department for profile in one.profiles.values() if profile.department}),
        "labelled pairs": len(one.links),
    }


def _judged(one: LabelledSet, scored: Scored, counts: Sequence[Counts], model: Model) -> dict[str, Any]:
    report = evaluation.report(one, scored, model.threshold, model.version)
    return {
        **_rates(counts),
        "relation right": report.details["relation accuracy"],
        "quote right": report.details["quote overlap"],
        "hard negatives": report.hard_negatives,
        "hard negatives passed": report.hard_negatives_passed,
        "bear on nothing, hit": report.irrelevant_releases_hit,
    }


def _rates(counts: Sequence[Counts]) -> dict[str, float]:
    whole = counting.summed(counts)
    low, high = counting.interval(counts)
    return {
        "precision": round(whole.precision, 4),
        "recall": round(whole.recall, 4),
        "F1": round(whole.f1, 4),
        "F1 from": round(low, 4),
        "F1 to": round(high, 4),
    }
