from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.linking import (
    ablation,
    counting,
    evaluation,
    evaluation_table,
    fitting,
    held_out,
    kept_scores,
    relation_fitting,
)
from commitments.linking import labelled as labelling
from commitments.linking.evaluation import Scored
from commitments.linking.kept_scores import KeptScores
from commitments.linking.labelled import LabelledSet
from commitments.linking.model import Model, shipped
from commitments.linking.relation_fitting import Told


class Command(BaseCommand):
    help = (
        "Run the linker on a labelled set and print how good it is; the record is not touched. "
        "Example: manage.py evaluate_links path/to/set --cross-validate --baselines"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="holds releases, commitments and links as .jsonl")
        parser.add_argument("--threshold", type=float, metavar="T", help="from 0 to 1 (default: the shipped model's)")
        parser.add_argument(
            "--cross-validate", action="store_true", help="score each release by a model fitted to all the others"
        )
        parser.add_argument(
            "--also",
            type=Path,
            action="append",
            default=[],
            metavar="DIR",
            help="with --cross-validate: fit to this set too",
        )
        parser.add_argument(
            "--ablate",
            action="store_true",
            help="with --cross-validate: what each group of features is worth (takes minutes)",
        )
        parser.add_argument("--baselines", action="store_true", help="TF-IDF and BM25 too, each at its best threshold")
        parser.add_argument("--keep", type=Path, metavar="FILE", help="write the scores to a file, for --against")
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="compare with scores that --keep wrote earlier for this set"
        )
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        threshold = options["threshold"]
        if threshold is not None and not 0 <= threshold <= 1:
            raise CommandError("The threshold must lie between 0 and 1.")
        for name in ("also", "ablate"):
            if options[name] and not options["cross_validate"]:
                raise CommandError(f"--{name} only goes with --cross-validate: the shipped model is fitted already.")
        folder: Path = options["folder"]
        own, *others = _sets([folder, *options["also"]])
        model = shipped()
        least = model.threshold if threshold is None else threshold
        known = (
            [example for one in (own, *others) for example in fitting.examples(one, model)]
            if options["cross_validate"]
            else []
        )
        told = [pair for one in (own, *others) for pair in relation_fitting.told(one)] if known else []
        try:
            earlier = kept_scores.read(options["against"], folder, own) if options["against"] else None
            method, scored = _linker(own, known, told, model, least)
            if options["keep"]:
                kept_scores.keep(options["keep"], folder, KeptScores(method, least, dict(scored.scores)))
        except (kept_scores.UnreadableScores, OSError) as error:
            raise CommandError(str(error)) from error
        baselines = _baselines(own) if options["baselines"] else []
        beside = [*([earlier] if earlier else []), *baselines]
        report = replace(
            evaluation.report(own, scored, least, method),
            differences=[_difference(own, scored, least, other) for other in beside],
            ablations=[cost.as_json() for cost in ablation.costs(own, known, model, least)]
            if options["ablate"]
            else [],
        )
        plain = [evaluation.report(own, Scored(one.scores), one.threshold, one.method) for one in baselines]
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in (report, *plain)], indent=2))
        else:
            self.stdout.write(evaluation_table.as_table([report, *plain]))


def _sets(folders: Sequence[Path]) -> list[LabelledSet]:
    try:
        sets = [labelling.load(folder) for folder in folders]
    except labelling.UnreadableSet as error:
        raise CommandError(str(error)) from error
    names = [one.name for one in sets]
    for name in names:
        if names.count(name) > 1:
            raise CommandError(f"Two of the folders are called {name}; sets are told apart by the folder's name.")
    return sets


def _linker(
    own: LabelledSet, known: Sequence[fitting.Example], told: Sequence[Told], model: Model, least: float
) -> tuple[str, Scored]:
    """What was run, in words, and what it gave: the shipped model, or where examples are given, one refitted."""
    name = f"linker {model.version}"
    if not known:
        return name, evaluation.run(own, lambda release: model, least)
    models = held_out.models([own], known, model, told=told)
    return f"{name}, cross-validated", evaluation.run(own, held_out.chosen(models, own), least)


def _baselines(own: LabelledSet) -> list[KeptScores]:
    from commitments.linking import baselines

    found = []
    for name, score in baselines.BASELINES.items():
        try:
            scores = dict(score(own).scores)
        except baselines.BaselinesMissing as error:
            raise CommandError(str(error)) from error
        found.append(KeptScores(name, evaluation.best_threshold(own, scores), scores))
    return found


def _difference(own: LabelledSet, scored: Scored, least: float, other: KeptScores) -> dict[str, Any]:
    mine = evaluation.later_by_release(own, scored.scores, least)
    theirs = evaluation.later_by_release(own, other.scores, other.threshold)
    return {"than": f"{other.method}, from {other.threshold:.3g}", **asdict(counting.difference(mine, theirs))}
