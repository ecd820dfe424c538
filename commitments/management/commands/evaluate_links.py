from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from commitments.linking import evaluation, fitting, labelled
from commitments.linking.evaluation import Report
from commitments.linking.model import Model, shipped


class Command(BaseCommand):
    help = (
        "Run the linker on a labelled set and print how good it is; the record is not touched. "
        "Example: manage.py evaluate_links path/to/set --baselines"
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
        parser.add_argument("--baselines", action="store_true", help="TF-IDF and BM25 too, each at its best threshold")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        threshold = options["threshold"]
        if threshold is not None and not 0 <= threshold <= 1:
            raise CommandError("The threshold must lie between 0 and 1.")
        try:
            sets = [labelled.load(folder) for folder in (options["folder"], *options["also"])]
        except labelled.UnreadableSet as error:
            raise CommandError(str(error)) from error
        model = shipped()
        least = model.threshold if threshold is None else threshold
        reports = [self._linker(sets, model, least, options["cross_validate"])]
        if options["baselines"]:
            reports += _baselines(sets[0])
        if options["json"]:
            self.stdout.write(json.dumps([report.as_json() for report in reports], indent=2))
        else:
            self.stdout.write(as_table(reports))

    def _linker(self, sets: list[labelled.LabelledSet], model: Model, least: float, cross_validate: bool) -> Report:
        name = f"linker {model.version}"
        own = sets[0]
        if not cross_validate:
            return evaluation.report(own, evaluation.run(own, lambda release: model, least), least, name)
        known = [example for one in sets for example in fitting.examples(one, model)]

        def without(release: labelled.LabelledRelease) -> Model:
            return fitting.fit([one for one in known if one.release != (own.name, release.key)], model)

        return evaluation.report(own, evaluation.run(own, without, least), least, f"{name}, cross-validated")


def _baselines(own: labelled.LabelledSet) -> list[Report]:
    from commitments.linking import baselines

    reports = []
    for name, score in baselines.BASELINES.items():
        try:
            scored = score(own)
        except baselines.BaselinesMissing as error:
            raise CommandError(str(error)) from error
        least = evaluation.best_threshold(own, scored.scores)
        reports.append(evaluation.report(own, scored, least, name))
    return reports


def as_table(reports: list[Report]) -> str:
    """The reports for people."""
    first = reports[0]
    lines = [f"{first.set_name}: {first.releases} releases, {first.commitments} commitments", ""]
    lines.append(f"{'':44}{'F1':>7}{'95 %':>15}{'precision':>11}{'recall':>8}{'avg prec':>10}")
    for report in reports:
        lines.append(f"{report.method}, from {report.threshold:g}")
        for row in report.quality:
            interval = f"{row.f1_low:.2f} to {row.f1_high:.2f}"
            lines.append(
                f"  {row.pairs:42}{row.f1:7.3f}{interval:>15}{row.precision:11.3f}{row.recall:8.3f}"
                f"{row.average_precision:10.3f}"
            )
        if report.hard_negatives or report.irrelevant_releases:
            lines.append(
                f"  hard negatives passed: {report.hard_negatives_passed} of {report.hard_negatives}; "
                f"irrelevant releases hit: {report.irrelevant_releases_hit} of {report.irrelevant_releases}"
            )
        for name, value in report.details.items():
            lines.append(f"  {name}: {'not labelled' if value is None else f'{value:g}'}")
        for band in report.calibration:
            lines.append(
                f"  score from {band['from']:.1f}: {band['pairs']:4g} pairs, mean score {band['mean score']:.2f}, "
                f"{band['share that belongs']:.2f} belong"
            )
    return "\n".join(lines)
