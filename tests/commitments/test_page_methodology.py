"""What the page on how we work says of the linker: the figures of its file, and nothing where there are none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from commitments.linking import labelled, published_quality
from commitments.linking.model import Model, shipped
from commitments.pages import methodology

pytestmark = pytest.mark.django_db

QUALITY: dict[str, Any] = {
    "measured on": "2031-03-04",
    "sets": [
        {
            "name": "ferries",
            "fitted to": False,
            "documents": 41,
            "bear on nothing": 17,
            "median words": 804,
            "commitments": 63,
            "departments": 7,
            "labelled pairs": 90,
            "precision": 0.871,
            "recall": 0.762,
            "F1": 0.813,
            "F1 from": 0.744,
            "F1 to": 0.867,
            "relation right": 0.683,
            "quote right": None,
            "hard negatives": 58,
            "hard negatives passed": 6,
            "bear on nothing, hit": 2,
        },
    ],
    "together": {
        "documents": 41,
        "fitted to": False,
        "precision": 0.871,
        "recall": 0.762,
        "F1": 0.813,
        "F1 from": 0.744,
        "F1 to": 0.867,
    },
    "reliability": [
        {"from": 0.3, "pairs": 1234, "mean score": 0.35, "share that belongs": 0.333},
        {"from": 0.4, "pairs": 20, "mean score": 0.45, "share that belongs": 0.41},
        {"from": 0.9, "pairs": 30, "mean score": 0.95, "share that belongs": 0.967},
    ],
    "brier": 0.01,
}


@pytest.fixture
def page(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The page's words as one line, with a model of such metrics shipped and, if given, another in use."""

    def shown(metrics: dict[str, Any], in_use: Model | None = None) -> str:
        model = replace(shipped(), version="2031-03-04.0900", threshold=0.46, metrics=metrics)
        monkeypatch.setattr(methodology, "shipped", lambda: model)
        monkeypatch.setattr(methodology.versions, "in_use", lambda: in_use or model)
        response = client.get("/methodology/")
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return shown


def test_the_figures_of_the_file_are_shown_in_words_with_their_date_and_documents(page: Callable[..., str]) -> None:
    text = page({"quality": QUALITY})
    assert "<strong>87 belong</strong>" in text
    assert "<strong>it makes 76</strong>" in text
    assert "0.81 (0.74 to 0.87)" in text
    assert "2031-03-04.0900" in text
    assert "4 March 2031" in text
    assert "on 41 documents that nothing was learnt from" in text
    assert "about 800 words each; 17 bear on nothing; 63 commitments of 7 departments" in text
    for cell in ("never learnt from", "87%", "76%", "68%", "6 of 58", "2 of 17", "not measured"):
        assert f">{cell}</td>" in text, cell


def test_the_reliability_table_says_from_which_score_on_staff_see_a_suggestion(page: Callable[..., str]) -> None:
    text = page({"quality": QUALITY})
    rows = {
        scores: f'<th scope="row">{scores}</th> <td>{pairs}</td> <td>{share}</td> <td>{suggested}</td>'
        for scores, pairs, share, suggested in (
            ("30 to 40%", "1,234", "33%", "no"),
            ("40 to 50%", "20", "41%", "from 46%"),
            ("90 to 100%", "30", "97%", "yes"),
        )
    }
    for row in rows.values():
        assert row in text


@pytest.mark.parametrize("metrics", [{}, {"quality": {}}, {"anything": 1}])
def test_without_a_measurement_it_says_so_and_shows_no_table(page: Callable[..., str], metrics: dict[str, Any]) -> None:
    text = page(metrics)
    assert "no measurement is published yet" in text
    assert "it makes" not in text
    assert "What it cannot do" in text


@pytest.mark.parametrize("part", [*QUALITY])
def test_whatever_part_is_absent_the_rest_is_shown(page: Callable[..., str], part: str) -> None:
    text = page({"quality": {name: value for name, value in QUALITY.items() if name != part}})
    assert ("90 to 100%" in text) == (part != "reliability")
    assert ("6 of 58" in text) == (part != "sets")


@pytest.mark.parametrize("key", [*QUALITY["sets"][0]])
def test_whatever_a_set_lacks_is_not_measured(page: Callable[..., str], key: str) -> None:
    one = {name: value for name, value in QUALITY["sets"][0].items() if name != key}
    assert "None" not in page({"quality": {**QUALITY, "sets": [one]}})


def test_a_version_corrected_by_decisions_is_named_with_what_it_was_held_to(page: Callable[..., str]) -> None:
    corrected = replace(
        shipped(),
        version="2031-03-04.0900+2",
        made={"at": "2031-05-06T10:00+00:00"},
        metrics={"labelled documents, F1": 0.824, "held-back decisions, F1": 0.917},
    )
    text = page({"quality": QUALITY}, corrected)
    assert "In use is version 2031-03-04.0900+2, made on" in text
    assert "6 May 2031" in text
    assert "0.82 on test documents" in text
    assert "0.92 on decisions" in text
    assert "In use is version" not in page({"quality": QUALITY})


def test_what_training_stores_can_be_kept_as_json_and_shown(page: Callable[..., str]) -> None:
    folder = Path(__file__).parent.parent / "labelled" / "fitting"
    quality = published_quality.measured(shipped(), dt.date(2031, 3, 4), [], [labelled.load(folder)])
    (one,) = quality["sets"]
    assert (one["documents"], one["bear on nothing"], one["fitted to"]) == (42, 18, False)
    assert quality["together"]["F1"] == one["F1"]
    text = page({"quality": json.loads(json.dumps(quality))})
    assert "42 documents" in text
    assert f"{100 * one['precision']:.0f}%" in text
