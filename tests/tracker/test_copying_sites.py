"""How many copies are recognised, and that no next edition ever is taken for one. Figures in docs/watch.md."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from tests.tracker.copying_sites import TO_BUILD_BY, TO_JUDGE_BY, Pair, copies, documents, editions
from tracker.near_duplicates import RUNS_SHARED, Said, is_copy, sketch

#: Documents of the sets that are tried in each run; all of them make the figures in the documentation.
EACH_OF = 3
LEAST_RECALL = 0.97


def _is_recognised(pair: Pair) -> bool:
    return _share_runs(sketch(pair.one.text), sketch(pair.other.text)) and is_copy(pair.other, pair.one)


def _share_runs(one: list[int], other: list[int]) -> bool:
    return len(set(one) & set(other)) >= RUNS_SHARED


@pytest.mark.parametrize("sets", [TO_BUILD_BY, TO_JUDGE_BY], ids=["built by", "judged by"])
def test_copies_as_sites_make_them_are_recognised(sets: tuple[str, ...]) -> None:
    tried = list(copies(documents(sets)[::EACH_OF]))
    missed = Counter(pair.how for pair in tried if not _is_recognised(pair))
    assert 1 - missed.total() / len(tried) >= LEAST_RECALL, missed


@pytest.mark.parametrize("sets", [TO_BUILD_BY, TO_JUDGE_BY], ids=["built by", "judged by"])
def test_no_edition_that_differs_in_one_thing_is_taken_for_a_copy(sets: tuple[str, ...]) -> None:
    tried = list(editions(documents(sets)[::EACH_OF]))
    assert [pair for pair in tried if is_copy(pair.other, pair.one)] == []
    assert len(tried) > 300


def test_no_two_releases_are_taken_for_copies(gold: dict[str, list[dict[str, Any]]], shared: Any) -> None:
    said = documents((*TO_BUILD_BY, *TO_JUDGE_BY))
    said += [Said(row["title"], row["text"]) for row in gold["releases"]]
    for rows in ("full", "web"):
        lines = (shared / "gold" / rows / "releases.jsonl").read_text(encoding="utf-8").splitlines()
        said += [Said(row["title"], row["text"]) for row in map(json.loads, lines)]
    sketched = [(one, sketch(one.text)) for one in said]
    for (one, runs), (other, other_runs) in combinations(sketched, 2):
        assert not (_share_runs(runs, other_runs) and is_copy(one, other)), (one.title, other.title)
