"""How good the linker is on labelled releases, and the commands that say so."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commitments.linking import baselines, evaluation, fitting, labelled
from commitments.linking.model import SHIPPED, shipped

COMMITMENTS = [
    {
        "reference": "A",
        "title": "Electric ferries on island routes",
        "statement": "Replace diesel ferries.",
        "made_on": "2030-02-01",
        "recorded_from": "first",
    },
    {
        "reference": "B",
        "title": "Plant 40,000 orchard trees",
        "statement": "Plant apple trees in orchards.",
        "made_on": "2030-02-01",
        "recorded_from": None,
    },
]
RELEASES = [
    {
        "id": "first",
        "title": "Ferries",
        "published": "2030-02-01",
        "voice": "official",
        "kind": "press-release",
        "text": "Electric ferries will replace diesel ferries on every island route.",
    },
    {
        "id": "second",
        "title": "Trees and ferries",
        "published": "2030-05-01",
        "voice": "official",
        "kind": "",
        "text": "Apple trees: 3,000 orchard trees have been planted. The first electric ferry sails an island route.",
    },
    {
        "id": "nothing",
        "title": "Rain",
        "published": None,
        "voice": "media",
        "kind": "distractor",
        "text": "Rain is expected on Tuesday.",
    },
]
LINKS = [
    {
        "commitment": "A",
        "release": "first",
        "relation": "announces",
        "quote": "Electric ferries will replace",
        "confidence": "certain",
        "figures": [],
    },
    {
        "commitment": "A",
        "release": "second",
        "relation": "progress",
        "relation_also": ["fulfils"],
        "quote": "The first electric ferry sails an island route.",
        "confidence": "certain",
        "figures": [],
    },
    {
        "commitment": "B",
        "release": "second",
        "relation": "progress",
        "quote": "3,000 orchard trees have been planted",
        "confidence": "arguable",
        "figures": [],
    },
]


@pytest.fixture
def small_set(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    folder.mkdir()
    for name, rows in {"commitments": COMMITMENTS, "releases": RELEASES, "links": LINKS}.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def printed(*arguments: Any, **options: Any) -> Any:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_arguable_pairs_and_the_recording_release_are_counted_as_the_set_asks(small_set: Path) -> None:
    one = labelled.load(small_set)
    everything = {("A", "first"): 1.0, ("A", "second"): 1.0, ("B", "second"): 1.0, ("B", "nothing"): 1.0}
    report = evaluation.report(one, evaluation.Scored(everything), 0.5, "by hand")
    by_name = {row.pairs: (row.precision, row.recall) for row in report.quality}
    assert by_name["all pairs"] == (0.75, 1.0)
    assert by_name["later evidence"] == (0.6667, 1.0)
    assert by_name["later evidence, arguable left out"] == (0.5, 1.0)
    assert report.irrelevant_releases_hit == 1


def test_the_command_prints_a_table_and_the_same_as_json(small_set: Path) -> None:
    table = printed("evaluate_links", small_set, threshold=0.3)
    assert "later evidence" in table
    (report,) = json.loads(printed("evaluate_links", small_set, json=True))
    assert report["releases"] == 3
    assert report["details"]["latency p95"] > 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["nowhere"], "commitments.jsonl"), ([".", "--threshold", "3"], "between 0 and 1")],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("evaluate_links", *arguments)


def test_a_dry_run_of_training_prints_both_and_changes_nothing(small_set: Path) -> None:
    before = SHIPPED.read_bytes()
    text = printed("train_linker", folders=[small_set], dry_run=True)
    assert "before" in text
    assert "after" in text
    assert SHIPPED.read_bytes() == before


@pytest.mark.django_db
def test_training_from_too_few_decisions_is_refused(small_set: Path) -> None:
    with pytest.raises(CommandError, match="0 decisions"):
        call_command("train_linker", folders=[small_set], from_decisions=True)


def test_the_shipped_model_says_where_it_comes_from() -> None:
    model = shipped()
    assert model.made["command"].startswith("train_linker")
    assert len(model.made["sha256 of the data"]) == 64
    assert model.metrics


@pytest.fixture(scope="module")
def sets(shared: Path) -> dict[str, labelled.LabelledSet]:
    return {
        name: labelled.load(shared / "gold" / folder)
        for name, folder in {"gold": "", "web": "web", "full": "full"}.items()
    }


@pytest.mark.shared
def test_releases_it_was_not_fitted_to_are_linked_well(sets: dict[str, labelled.LabelledSet]) -> None:
    model = shipped()
    known = [example for one in sets.values() for example in fitting.examples(one, model)]
    scores = fitting.cross_validated(known, model, folds=10)
    quality = {
        name: evaluation.later_quality(
            one, {pair: score for (source, pair), score in scores.items() if source == one.name}, model.threshold
        ).f1
        for name, one in sets.items()
    }
    assert quality["gold"] > 0.86
    assert quality["web"] > 0.60
    assert quality["full"] > 0.74


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
