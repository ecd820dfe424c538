"""The measure itself: what counts as right, what `evaluate_links` prints, and which labelled sets it refuses."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commitments.linking import counting, evaluation, fitting, labelled
from commitments.linking.counting import Counts
from commitments.linking.feature_groups import GROUPS
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


def test_the_output_fits_a_hundred_columns(small_set: Path) -> None:
    text = printed("evaluate_links", small_set, cross_validate=True, baselines=True, ablate=True)
    assert max(map(len, text.splitlines())) <= 100


def test_quality_is_given_at_each_threshold_and_at_the_one_in_use(small_set: Path) -> None:
    (report,) = json.loads(printed("evaluate_links", small_set, threshold=0.25, json=True))
    assert [row["from"] for row in report["thresholds"]] == [0.1, 0.2, 0.25, *(step / 10 for step in range(3, 10))]
    assert [row["from"] for row in report["thresholds"] if row["in use"]] == [0.25]
    suggested = [row["suggested"] for row in report["thresholds"]]
    assert suggested == sorted(suggested, reverse=True)


def test_each_labelled_relation_has_a_line_with_what_was_given_instead(small_set: Path) -> None:
    (report,) = json.loads(printed("evaluate_links", small_set, threshold=0, json=True))
    by_name = {row["relation"]: row for row in report["relations"]}
    assert by_name["announces"]["labelled"] == 1
    assert by_name["progress"]["labelled"] == 2
    for row in by_name.values():
        assert row["found"] == row["right"] + sum(row["given instead"].values())
    right, found = (sum(row[name] for row in by_name.values()) for name in ("right", "found"))
    assert found == 3
    assert report["details"]["relation accuracy"] == round(right / found, 4)


def test_a_release_that_no_label_names_bears_on_nothing_whatever_its_kind_is_called(small_set: Path) -> None:
    rewrite(small_set, "releases", lambda rows: [row.update(kind="anything") for row in rows])
    assert labelled.load(small_set).irrelevant == {"nothing"}


def rewrite(folder: Path, name: str, change: Any) -> None:
    path = folder / f"{name}.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    change(rows)
    path.write_text("\n".join(map(json.dumps, rows)))


@pytest.mark.parametrize(
    ("name", "change", "complaint"),
    [
        ("links", lambda rows: rows[1].update(relation="helps"), "links.jsonl, line 2: 'helps' is no relation"),
        ("links", lambda rows: rows[1].update(relation_also=["helps"]), "line 2: 'helps' is no relation"),
        ("links", lambda rows: rows[2].update(quote="4,000 trees"), "line 3: the quote is not in the text of second"),
        ("links", lambda rows: rows[0].update(confidence="sure"), "line 1: the confidence is 'sure'"),
        ("links", lambda rows: rows[0].update(release="third"), "line 1: there is no release third"),
        ("links", lambda rows: rows[0].update(commitment="C"), "line 1: there is no commitment C"),
        ("links", lambda rows: rows[0].pop("quote"), "line 1: quote is missing"),
        ("links", lambda rows: rows.append(rows[0]), "line 1: A and first stands there 2 times.* And 1 more"),
        ("releases", lambda rows: rows[2].update(id="first"), "releases.jsonl, line 1: first stands there 2 times"),
        ("commitments", lambda rows: rows[1].update(reference="A"), "commitments.jsonl, line 1: A stands there 2"),
        ("releases", lambda rows: rows[0].update(published="soon"), "line 1: published is 'soon' and must be a day"),
    ],
)
def test_a_set_that_does_not_mean_what_it_says_is_refused_with_file_and_line(
    name: str, change: Any, complaint: str, small_set: Path
) -> None:
    rewrite(small_set, name, change)
    with pytest.raises(CommandError, match=complaint):
        call_command("evaluate_links", small_set)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{}\n{", "line 2: not JSON"), ("[]", "line 1: not an object"), (b"\xff", "not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_named(content: str | bytes, complaint: str, small_set: Path) -> None:
    (small_set / "links.jsonl").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CommandError, match=f"links.jsonl.*{complaint}"):
        call_command("evaluate_links", small_set)


def test_a_quote_may_be_broken_into_lines_otherwise_and_stand_twice(small_set: Path) -> None:
    text = "An electric ferry sails.\n\nRain fell. An electric\nferry sails."
    rewrite(small_set, "releases", lambda rows: rows[1].update(text=text))
    rewrite(small_set, "links", lambda rows: [row.update(quote="An electric ferry sails.") for row in rows[1:]])
    link = labelled.load(small_set).links["A", "second"]
    assert link.is_quoted_by(text, 0, 24)
    assert link.is_quoted_by(text, text.rindex("An"), len(text))
    assert not link.is_quoted_by(text, text.index("Rain"), text.rindex("An"))


@pytest.mark.parametrize("option", [{"ablate": True}, {"also": [Path()]}])
def test_what_only_refitting_can_tell_is_refused_without_it(option: dict[str, Any], small_set: Path) -> None:
    with pytest.raises(CommandError, match="only goes with --cross-validate"):
        call_command("evaluate_links", small_set, **option)


def test_two_sets_of_one_name_are_refused_as_releases_would_be_left_out_wrongly(small_set: Path) -> None:
    with pytest.raises(CommandError, match="called small"):
        call_command("evaluate_links", small_set, cross_validate=True, also=[small_set])


def test_every_feature_stands_in_just_one_group(small_set: Path) -> None:
    model = shipped()
    computed = set(fitting.examples(labelled.load(small_set), model)[0].pairings[0].features)
    grouped = [name for names in GROUPS.values() for name in names]
    assert not computed - set(grouped), "put each of these into a group of commitments/linking/feature_groups.py"
    assert not set(grouped) - computed, "features.py has these no longer: take them out of feature_groups.py"
    assert not {name for name in grouped if grouped.count(name) > 1}, "these stand in two groups: leave one"
    weighed = {*model.coefficients, *model.passage_coefficients}
    assert not weighed - computed, "model.json weighs what features.py has no longer: train_linker must run again"


def test_each_group_of_features_is_turned_off_in_turn(small_set: Path) -> None:
    (report,) = json.loads(printed("evaluate_links", small_set, cross_validate=True, ablate=True, json=True))
    assert {row["group"] for row in report["ablations"]} == GROUPS.keys()
    for row in report["ablations"]:
        assert row["cost"]["f1"] == pytest.approx(row["f1"] - row["f1_without"], abs=2e-4)
        assert row["cost"]["low"] <= row["cost"]["high"]


def test_a_difference_that_every_release_shows_is_sure_and_one_that_a_single_release_shows_is_not() -> None:
    good, bad, middling = Counts(4, 0, 4, 0), Counts(0, 4, 0, 4), Counts(2, 2, 2, 2)
    sure = counting.difference([good] * 20, [middling] * 20)
    assert (sure.f1, sure.low, sure.high) == (0.5, 0.5, 0.5)
    chance = counting.difference([good, *[middling] * 19], [bad, *[middling] * 19])
    assert chance.f1 > 0
    assert chance.low == 0
    assert counting.difference([good, bad], [good, bad]).high == 0


def test_kept_scores_are_compared_with_later_ones(small_set: Path, tmp_path: Path) -> None:
    kept = tmp_path / "scores.json"
    printed("evaluate_links", small_set, threshold=0.0, keep=kept)
    (report,) = json.loads(printed("evaluate_links", small_set, threshold=1.0, against=kept, json=True))
    (difference,) = report["differences"]
    assert difference["f1"] < 0
    assert difference["than"].endswith("from 0")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("{}", "holds no scores"), ('{"set": "0", "method": "", "threshold": 0, "scores": []}', "other documents")],
)
def test_scores_of_something_else_are_not_compared(
    content: str, complaint: str, small_set: Path, tmp_path: Path
) -> None:
    (tmp_path / "scores.json").write_text(content)
    with pytest.raises(CommandError, match=complaint):
        call_command("evaluate_links", small_set, against=tmp_path / "scores.json")
