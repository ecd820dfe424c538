"""How many of the passages that wait as possible new commitments are promises, on sentences labelled by hand."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commitments.linking import promises
from commitments.linking.document import Document, document

LABELS = Path(__file__).resolve().parent.parent / "labelled" / "promises" / "labels.jsonl"
HOME = frozenset({"britain", "england"})
#: For the few releases that do not say when they were published.
SOME_DAY = "2025-06-01"
LEAST_PRECISION = 0.6


def is_held(release: str) -> bool:
    return int(hashlib.sha256(release.encode()).hexdigest(), 16) % 2 == 0


def releases(shared: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, folder in {"gold": "gold", "web": "gold/web", "full": "gold/full"}.items():
        for line in (shared / folder / "releases.jsonl").read_text().splitlines():
            yield name, json.loads(line)


def labels() -> dict[tuple[str, str, int], dict[str, Any]]:
    rows = [json.loads(line) for line in LABELS.read_text().splitlines()]
    return {(row["set"], row["release"], row["start"]): row for row in rows}


def found(row: dict[str, Any]) -> tuple[Document, list[promises.Promise]]:
    published = dt.date.fromisoformat(row["published"] or SOME_DAY)
    release = document(row["title"], row["text"], published, row["voice"])
    return release, promises.apart(release, promises.promises(release, published, HOME))[: promises.MOST_OF_A_RELEASE]


@pytest.mark.shared
def test_the_labels_are_of_these_sentences(shared: Path) -> None:
    texts = {(name, row["id"]): row["text"] for name, row in releases(shared)}
    for row in labels().values():
        words = " ".join(texts[row["set"], row["release"]][row["start"] : row["end"]].split())
        assert hashlib.sha256(words.encode()).hexdigest()[:16] == row["sha256"]


@pytest.mark.shared
def test_three_of_five_that_wait_are_promises_on_the_half_that_nothing_was_chosen_by(
    shared: Path, record_property: Any
) -> None:
    """An arguable one counts as wrong here, and so does one that nobody labelled."""
    known, judged = labels(), []
    for name, row in releases(shared):
        if is_held(row["id"]):
            release, read = found(row)
            starts = [release.passages[promise.passage].start for promise in read]
            judged += [known.get((name, row["id"], start), {"label": "not labelled"})["label"] for start in starts]
    promised = sum(row["label"] == "yes" and is_held(row["release"]) for row in known.values())
    right = judged.count("yes")
    record_property("precision", right / len(judged))
    record_property("recall", right / promised)
    assert len(judged) >= 15
    assert right / len(judged) >= LEAST_PRECISION, f"{right} of {len(judged)}; {promised} are there to be found"
