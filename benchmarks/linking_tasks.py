"""What the benchmark of linking does in processes of their own: prints one JSON object of figures.

usage: python -m benchmarks.linking_tasks TASK RECORD COMMITMENTS RELEASES
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

Figures = dict[str, float]
#: Sentences asked of the index one by one.
PASSAGES = 300


def prepare(record: str, size: int, count: int) -> Figures:
    """Fill the database with a record and with releases that nothing has been linked to yet."""
    from django.core.management import call_command

    from benchmarks import material
    from commitments.bringing import import_rows
    from tracker.models import Appearance, Release, Revision, Snapshot, Source

    call_command("migrate", verbosity=0)
    rows = material.RECORDS[record](size)
    for start in range(0, size, 5_000):
        import_rows(rows[start : start + 5_000])
    source = Source.objects.create(slug="press", name="Press", kind="feed", url="https://press.example/feed")
    for number, text in enumerate(material.releases(rows, count), start=1):
        moment = dt.datetime.combine(text.published, dt.time(9), dt.UTC)
        release = Release.objects.create(title=text.title, published_at=moment, url=f"https://press.example/{number}")
        appearance = Appearance.objects.create(
            release=release,
            source=source,
            key=str(number),
            content_key=str(number),
            title=text.title,
            first_seen_at=moment,
            last_seen_at=moment,
        )
        Revision.objects.create(
            release=release,
            appearance=appearance,
            number=1,
            title=text.title,
            text=text.text,
            text_hash=str(number),
            seen_at=moment,
            snapshot=Snapshot.objects.create(
                sha256=f"{number:064}", path=str(number), size_bytes=1, url=release.url, fetched_at=moment
            ),
        )
    return {}


def linker(record: str, size: int, count: int) -> Figures:
    """Link every release as the worker does, oldest first, the first one included."""
    from django.utils import timezone

    from commitments.linking import linker as linking
    from commitments.linking import passages
    from commitments.linking.document import document
    from commitments.linking.index import DatabaseIndex
    from commitments.linking.model import shipped
    from commitments.linking.retrieval import candidates

    candidates(
        document("Is it ready?", "The first question to the index.", None, "official"), DatabaseIndex(), shipped()
    )
    ready = time.monotonic() - float(os.environ["BENCHMARK_BEGAN"])
    revisions = [revision for revision, _ in linking.pending(timezone.now())]
    suggestions = 0

    def link(number: int) -> None:
        nonlocal suggestions
        suggestions += len(linking.link(revisions[number]))

    figures = _timed(link, len(revisions))
    memory = _memory()
    sentences = (
        passage.text for revision in revisions for passage in passages.split(revision.text) if len(passage.text) > 60
    )
    asked = [document("", sentence, None, "official") for sentence in islice(sentences, PASSAGES)]
    each = _timed(lambda number: candidates(asked[number], DatabaseIndex(), shipped()), len(asked))
    return {
        **figures,
        "candidates p95 ms": each["p95 ms"],
        "memory MB": memory,
        "start-up s": round(ready, 2),
        "suggestions": suggestions,
    }


def tf_idf(record: str, size: int, count: int) -> Figures:
    """Cosine of TF-IDF vectors of each passage and every commitment, in memory; nothing is stored."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, tokenizer=str.split, token_pattern=None, lowercase=False)
    known = vectorizer.fit_transform(_commitments()).T

    def compare(passages: Sequence[str]) -> Any:
        return (vectorizer.transform(passages) @ known).max(axis=0)

    return _peer(compare)


def bm25(record: str, size: int, count: int) -> Figures:
    """BM25 of each passage over every commitment, in memory; nothing is stored."""
    import bm25s
    import numpy as np

    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns its debugging on when imported
    retriever = bm25s.BM25()
    retriever.index([words.split() for words in _commitments()], show_progress=False)

    def compare(passages: Sequence[str]) -> Any:
        return np.max([retriever.get_scores(passage.split()) for passage in passages if passage], axis=0)

    return _peer(compare)


def _peer(compare: Callable[[Sequence[str]], Any]) -> Figures:
    from commitments.linking.baselines import split
    from tracker.models import Revision

    revisions = list(Revision.objects.order_by("release__published_at", "release_id"))
    figures = _timed(lambda number: compare(split(revisions[number].title, revisions[number].text)), len(revisions))
    return {**figures, "memory MB": _memory()}


def _commitments() -> list[str]:
    """The stems of each commitment's words as a text."""
    from commitments.models import LinkingProfile

    values = LinkingProfile.objects.order_by("pk").values_list("values", flat=True)
    return [" ".join(sorted(found["weights"])) for found in values]


def _timed(work: Callable[[int], object], count: int) -> Figures:
    """Milliseconds by the clock, and of this process alone: the latter say more on a busy machine."""
    took, cpu = [], []
    for number in range(count):
        began, cpu_began = time.perf_counter(), time.process_time()
        work(number)
        took.append(time.perf_counter() - began)
        cpu.append(time.process_time() - cpu_began)
    return {
        f"{kind}p{share} ms": round(sorted(values)[min(count * share // 100, count - 1)] * 1000, 1)
        for kind, values in (("", took), ("cpu ", cpu))
        for share in (50, 95)
    }


def _memory() -> float:
    """The most memory that this process has had resident so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (2**20 if sys.platform == "darwin" else 2**10), 1)


TASKS = {task.__name__: task for task in (prepare, linker, tf_idf, bm25)}

if __name__ == "__main__":
    django.setup()
    name, record, size, count = sys.argv[1:]
    print(json.dumps(TASKS[name](record, int(size), int(count))))
