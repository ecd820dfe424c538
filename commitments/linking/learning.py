"""Makes the base model from labelled sets. What staff decide corrects it: `commitments.linking.versions`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commitments.linking import counting, evaluation, fitting, held_out, labelled, published_quality, relation_fitting
from commitments.linking.document import document
from commitments.linking.fitting import Firmness
from commitments.linking.labelled import LabelledSet, Pair
from commitments.linking.model import Model

FOLDS = 10
NEARLY = 0.01


@dataclass(frozen=True)
class Outcome:
    """The new model with its firmness, and F1 on later evidence by set: of the model that was shipped, and of the
    new way by cross-validation over releases (so that it is not praised for what it has learnt by heart)."""

    model: Model
    firmness: Firmness
    before: dict[str, float]
    after: dict[str, float]


def train(folders: Sequence[Path], model: Model, now: dt.datetime) -> Outcome:
    """Fit a new base model. Raises UnreadableSet."""
    sets = [labelled.load(folder) for folder in folders]
    base = replace(model, common=_common(sets), version=f"{now:%Y-%m-%d.%H%M}")
    examples = [example for one in sets for example in fitting.examples(one, base)]
    models = held_out.models(sets, examples, base, FOLDS)
    by_set: dict[str, dict[Pair, float]] = {one.name: {} for one in sets}
    for example in examples:
        by_set[example.source][example.pair] = fitting.score(models[example.release], example)
    threshold = _threshold(sets, by_set)
    after = {one.name: _f1(one, by_set[one.name], threshold) for one in sets}
    before = {
        one.name: _f1(one, evaluation.run(one, lambda release: model, 2.0).scores, model.threshold) for one in sets
    }
    told = [pair for one in sets for pair in relation_fitting.told(one)]
    fitted = replace(
        fitting.fit(examples, base),
        relations=relation_fitting.fit(told),
        threshold=threshold,
        made={
            "at": now.isoformat(timespec="minutes"),
            "command": " ".join(["train_linker", *(f"--from {one.name}" for one in sets), "--ship"]),
            "sha256 of the data": labelled.fingerprint(folders),
            "pairs": len(examples),
        },
        metrics={
            "F1 of later evidence, cross-validated over releases": after,
            "relation right at the labelled passage, cross-validated over releases": {
                name: round(right / of, 4) for name, (right, of) in relation_fitting.cross_validated(told).items()
            },
        },
    )
    known = any(folder.resolve() == labelled.JUDGED_BY for folder in folders)
    unseen = [] if known else [labelled.load(labelled.JUDGED_BY)]
    quality = published_quality.measured(fitted, now.date(), sets, unseen)
    shown = replace(fitted, metrics={**fitted.metrics, "quality": quality})
    return Outcome(shown, fitting.firmness(examples, fitted), before, after)


def _common(sets: Sequence[LabelledSet]) -> dict[str, float]:
    return fitting.common_words(
        document(release.title, release.text, release.published, release.voice)
        for one in sets
        for release in one.releases
    )


def _threshold(sets: Sequence[LabelledSet], scores: Mapping[str, Mapping[Pair, float]]) -> float:
    """The highest threshold that is nearly as good as the best, by F1 over the pairs of all sets together.

    Where many do as well, fewer suggestions that are oftener right are worth more: a tracker that attaches what does
    not belong loses those who read it.
    """
    steps = [step / 50 for step in range(10, 45)]
    quality = {
        least: counting.summed([evaluation.later_quality(one, scores[one.name], least) for one in sets]).f1
        for least in steps
    }
    best = max(quality.values())
    return max(least for least in steps if quality[least] >= best - NEARLY)


def _f1(one: LabelledSet, scores: Mapping[Pair, float], threshold: float) -> float:
    return evaluation.later_quality(one, scores, threshold).f1
