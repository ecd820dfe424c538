"""How good the linker is on labelled releases: a floor for each figure, below which no change may bring it."""

from __future__ import annotations

from pathlib import Path

import pytest

from commitments.linking import baselines, evaluation, fitting, held_out, labelled, relation_fitting
from commitments.linking.evaluation import Report
from commitments.linking.model import shipped

#: Fitting five times over takes minutes on a busy machine.
pytestmark = pytest.mark.timeout(900)

#: By set: figures that must be at least this, from 0 to 1. `gold`, `web` and `full` by models that have not seen the
#: release (five folds); `unseen` by the shipped model, which was never fitted to any of it.
LEAST = {
    "unseen": {"F1": 0.68, "precision": 0.68, "relation accuracy": 0.74, "quote overlap": 0.70},
    "gold": {
        "F1 of all pairs": 0.92,
        "F1": 0.88,
        "precision": 0.85,
        "relation accuracy": 0.85,
        "quote overlap": 0.78,
        "figure precision": 0.85,  # what it is held out; 0.90 is wanted
        "figure recall": 0.90,
        "measurements right": 0.85,
    },
    "web": {"F1": 0.58, "precision": 0.60, "relation accuracy": 0.45, "quote overlap": 0.86},
    "full": {"F1": 0.72, "precision": 0.78, "relation accuracy": 0.72, "quote overlap": 0.77},
}
#: By set: how many of them may be suggested at most.
MOST = {
    "unseen": {"hard negatives": 28, "irrelevant releases": 10},
    "web": {"hard negatives": 5, "irrelevant releases": 3},
    "full": {"hard negatives": 7, "irrelevant releases": 1},
}
OWN = Path(__file__).parent.parent / "labelled"


@pytest.fixture(scope="module")
def sets(shared: Path) -> dict[str, labelled.LabelledSet]:
    return {
        name: labelled.load(shared / "gold" / folder)
        for name, folder in {"gold": "", "web": "web", "full": "full"}.items()
    }


@pytest.fixture(scope="module")
def held_out_reports(sets: dict[str, labelled.LabelledSet]) -> dict[str, Report]:
    model = shipped()
    own = ("fitting", "fitting-uk", "fitting-wide", "fitting-press")
    fitted_to = [*sets.values(), *(labelled.load(OWN / name) for name in own)]
    known = [example for one in fitted_to for example in fitting.examples(one, model)]
    told = [pair for one in fitted_to for pair in relation_fitting.told(one)]
    models = held_out.models(list(sets.values()), known, model, folds=5, told=told)
    return {
        name: evaluation.report(
            one,
            evaluation.run(one, held_out.chosen(models, one), model.threshold),
            model.threshold,
            "not fitted to the release",
        )
        for name, one in sets.items()
    }


@pytest.fixture(scope="module")
def unseen_report() -> Report:
    model, one = shipped(), labelled.load(OWN / "unseen")
    return evaluation.report(
        one, evaluation.run(one, lambda release: model, model.threshold), model.threshold, "shipped"
    )


def below(report: Report, name: str) -> list[str]:
    """The figures that do not reach their floor, each in words."""
    by_scope = {row.pairs: row for row in report.quality}
    main = by_scope["later evidence, arguable left out" if report.hard_negatives else "later evidence"]
    found: dict[str, float | None] = {
        "F1 of all pairs": by_scope["all pairs"].f1,
        "F1": main.f1,
        "precision": main.precision,
        **report.details,
    }
    passed = {"hard negatives": report.hard_negatives_passed, "irrelevant releases": report.irrelevant_releases_hit}
    return [
        *(
            f"{figure}: {found[figure]}, floor {least}"
            for figure, least in LEAST[name].items()
            if (found[figure] or 0.0) < least
        ),
        *(
            f"{what} suggested: {passed[what]}, at most {most}"
            for what, most in MOST.get(name, {}).items()
            if passed[what] > most
        ),
    ]


def test_documents_that_nothing_was_fitted_to_are_linked_as_well_as_is_said(unseen_report: Report) -> None:
    assert below(unseen_report, "unseen") == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["gold", "web", "full"])
def test_releases_it_was_not_fitted_to_are_linked_as_well_as_is_said(
    name: str, held_out_reports: dict[str, Report]
) -> None:
    assert below(held_out_reports[name], name) == []


@pytest.mark.shared
@pytest.mark.parametrize("name", ["gold", "web", "full"])
def test_it_beats_plain_word_overlap_at_its_best(name: str, sets: dict[str, labelled.LabelledSet]) -> None:
    one, model = sets[name], shipped()
    others = [example for other in sets.values() if other is not one for example in fitting.examples(other, model)]
    fitted = fitting.fit(others, model)
    scored = evaluation.run(one, lambda release: fitted, model.threshold)
    ours = evaluation.later_quality(one, scored.scores, model.threshold).f1
    for baseline in baselines.BASELINES.values():
        theirs = baseline(one).scores
        assert ours > evaluation.later_quality(one, theirs, evaluation.best_threshold(one, theirs)).f1


@pytest.mark.shared
def test_a_count_of_people_is_followed_through_four_releases(sets: dict[str, labelled.LabelledSet]) -> None:
    one, model = sets["gold"], shipped()
    scored = evaluation.run(one, lambda release: model, model.threshold)
    (row,) = [row for row in one.measurements if len(row["points"]) == 4]
    points = [
        (release.published.isoformat(), figure["value"], figure["qualifier"], figure["restated"])
        for release in one.releases
        if release.published and (row["commitment"], release.key) in scored.suggestions
        for figure in scored.suggestions[row["commitment"], release.key].figures
        if figure["series"] is not None
    ]
    assert points == [
        (point["published"], point["value"], point["qualifier"], point["restated"]) for point in row["points"]
    ]
