"""The same pipeline on real releases: feed in, evidence out, by the commands that an operator types."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tracker.models import Revision

from .instance import Ministry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def evidence(
    shared: Path, gold: dict[str, list[dict[str, Any]]], ministry: Ministry, loopback_allowed: None
) -> list[dict[str, Any]]:
    for release in sorted(gold["releases"], key=lambda release: release["published"]):
        ministry.publish(release["title"], release["text"], release["published"], slug=release["id"])
    run("import_commitments", str(shared / "gold" / "commitments.jsonl"))
    run("add_source", "feed", ministry.url, "--name", "Home Office archive", "--publisher", "Home Office")
    assert "15 new" in run("poll", "home-office-archive")
    return [json.loads(line) for line in run("export_evidence", "--json").splitlines()]


def pair(row: dict[str, Any]) -> tuple[str, str]:
    return row["commitment"], row["release_url"].rsplit("/", 1)[1]


def test_what_is_suggested_is_what_a_reader_would_link(
    evidence: list[dict[str, Any]], gold: dict[str, list[dict[str, Any]]]
) -> None:
    labelled = {(link["commitment"], link["release"]): link["confidence"] for link in gold["links"]}
    suggested = {pair(row) for row in evidence}
    certain = {key for key, confidence in labelled.items() if confidence == "certain"}
    assert len(suggested & labelled.keys()) / len(suggested) >= 0.9
    assert len(suggested & certain) / len(certain) >= 0.85


def test_every_quote_stands_in_the_stored_revision_where_it_says(evidence: list[dict[str, Any]]) -> None:
    for row in evidence:
        revision = Revision.objects.get(release__title=row["release_title"], number=row["revision"])
        assert revision.text[row["start"] : row["end"]] == row["quote"]
        assert row["state"] == "suggested"
        assert 2 <= len(row["reasons"]) <= 4


def test_the_returns_figures_come_once_each_and_the_repeated_one_is_marked(
    evidence: list[dict[str, Any]], gold: dict[str, list[dict[str, Any]]]
) -> None:
    """The labelled series of people returned, by general rules: value, order and what is said again."""
    wanted = next(m for m in gold["measurements"] if m["commitment"] == "HO-001" and m["metric"] == "people returned")
    told = [
        (row["published"], figure["value"], figure["qualifier"], figure["restated"])
        for row in sorted(evidence, key=lambda row: row["published"])
        if row["commitment"] == "HO-001"
        for figure in row["figures"]
        if figure["metric"] == wanted["metric"]
    ]
    points = [(p["published"], p["value"], p["qualifier"], p["restated"]) for p in wanted["points"]]
    new = [point for point in points if not point[3]]
    assert [figure for figure in told if not figure[3]] == new
    assert set(told) <= set(points)


def test_polling_again_adds_nothing(evidence: list[dict[str, Any]]) -> None:
    assert "0 new, 0 revised" in run("poll", "--force")
    assert len(run("export_evidence").splitlines()) == len(evidence)
