"""What `evaluate_links` found, as text for people, at most 100 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from commitments.linking.evaluation import Report

WIDTH = 100


def as_table(reports: Sequence[Report]) -> str:
    """The reports on one set, the linker's first."""
    first = reports[0]
    lines = [
        f"{first.set_name}: {first.releases} releases, {first.irrelevant_releases} of which bear on nothing, "
        f"{first.commitments} commitments,",
        f"{first.labelled_pairs} labelled pairs. Intervals are the middle 95 % over resampled releases.",
        "",
        f"{'':44}{'F1':>7}{'95 %':>15}{'precision':>11}{'recall':>8}{'avg prec':>10}",
    ]
    for report in reports:
        lines += _quality(report)
    for report in reports:
        lines += _rest(report)
    return "\n".join(lines)


def _quality(report: Report) -> Iterator[str]:
    yield f"{report.method}, from {report.threshold:g}"
    for row in report.quality:
        interval = f"{row.f1_low:.2f} to {row.f1_high:.2f}"
        yield (
            f"  {row.pairs:42}{row.f1:7.3f}{interval:>15}{row.precision:11.3f}{row.recall:8.3f}"
            f"{row.average_precision:10.3f}"
        )
    if report.hard_negatives or report.irrelevant_releases:
        yield (
            f"  hard negatives passed: {report.hard_negatives_passed} of {report.hard_negatives}; "
            f"irrelevant releases hit: {report.irrelevant_releases_hit} of {report.irrelevant_releases}"
        )
    for other in report.differences:
        line = f"F1 {other['f1']:+.3f} ({other['low']:+.3f} to {other['high']:+.3f}) beside {other['than']}"
        yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ", initial_indent="  ")


def _rest(report: Report) -> Iterator[str]:
    if report.details:
        yield ""
        for name, value in report.details.items():
            yield f"{name:44}{'not labelled' if value is None else f'{value:7.3f}'}"
    if report.thresholds:
        yield from ("", f"{'from a score of':<44}{'F1':>7}{'precision':>12}{'recall':>9}{'suggested':>11}")
        for row in report.thresholds:
            name = f"  {row['from']:.2f}{'  in use' if row['in use'] else ''}"
            yield f"{name:44}{row['F1']:7.3f}{row['precision']:12.3f}{row['recall']:9.3f}{row['suggested']:11}"
    if report.relations:
        yield from ("", f"{'relation':<20}{'labelled':>9}{'found':>7}{'right':>7}{'share':>8}  given instead")
        for row in report.relations:
            share = "" if row["share"] is None else f"{row['share']:.2f}"
            instead = ", ".join(f"{relation} {times}" for relation, times in row["given instead"].items())
            line = f"  {row['relation']:18}{row['labelled']:9}{row['found']:7}{row['right']:7}{share:>8}  {instead}"
            yield from textwrap.wrap(line, WIDTH, subsequent_indent=" " * 53)
    if report.calibration:
        yield from ("", f"{'score':<20}{'pairs':>9}{'mean':>7}{'belong':>8}")
        for band in report.calibration:
            name = f"  {band['from']:.1f} to {band['from'] + 0.1:.1f}"
            yield f"{name:20}{band['pairs']:9g}{band['mean score']:7.2f}{band['share that belongs']:8.2f}"
    if report.ablations:
        yield from (
            "",
            "Without a group of features, fitted anew, by ten folds of the releases:",
            f"{'group':<44}{'features':>9}{'F1':>7}{'without':>9}{'cost':>8}{'95 %':>18}",
        )
        for row in report.ablations:
            cost = row["cost"]
            interval = f"{cost['low']:+.3f} to {cost['high']:+.3f}"
            yield (
                f"  {row['group']:42}{row['features']:9}{row['f1']:7.3f}{row['f1_without']:9.3f}"
                f"{cost['f1']:+8.3f}{interval:>18}"
            )
