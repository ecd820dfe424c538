"""A record with a queue before it, for measuring and for driving: the same every time."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from benchmarks.material import Writer
from commitments.linking import indexing
from commitments.linking.reasons import how_sure
from commitments.models import Commitment, Definition, Department, Evidence, Series, Target
from commitments.models.evidence import quote_key
from tracker.models import Appearance, Release, Revision, Snapshot, Source

#: How many suggestions a release brings.
A_RELEASE = 4
DEPARTMENTS = 20
SOURCES = 8
FIRST_DAY = dt.date(2025, 1, 6)


def fill(commitments: int, waiting: int) -> None:
    """So many commitments, each with a target of its own series, and so many suggestions that wait."""
    writer = Writer(seed=11)
    made = _commitments(writer, commitments)
    indexing.update([one.pk for one, _ in made])
    _suggestions(writer, made, waiting)


def _commitments(writer: Writer, count: int) -> list[tuple[Commitment, Series]]:
    departments = [
        Department.objects.create(name=f"Department {number}", slug=f"department-{number}")
        for number in range(DEPARTMENTS)
    ]
    rows = [writer.promise(number) for number in range(count)]
    commitments = Commitment.objects.bulk_create(
        Commitment(
            reference=row["reference"],
            slug=row["reference"].lower(),
            title=row["title"],
            keywords=row["keywords"],
            made_on=row["made_on"],
            department=departments[number % DEPARTMENTS],
        )
        for number, row in enumerate(rows)
    )
    series = Series.objects.bulk_create(
        Series(metric=" ".join(row["title"].lower().split()[:3]), unit="places") for row in rows
    )
    definitions = Definition.objects.bulk_create(
        Definition(
            commitment=one,
            statement=row["statement"],
            effective_from=row["made_on"],
            deadline_text=row["deadline_text"],
            deadline_earliest=dt.date(2028, 12, 31),
            deadline_latest=dt.date(2028, 12, 31),
        )
        for one, row in zip(commitments, rows, strict=True)
    )
    Target.objects.bulk_create(
        Target(definition=one, series=counted, unit="places", value=Decimal(40_000))
        for one, counted in zip(definitions, series, strict=True)
    )
    Commitment.series.through.objects.bulk_create(
        Commitment.series.through(commitment_id=one.pk, series_id=counted.pk)
        for one, counted in zip(commitments, series, strict=True)
    )
    return list(zip(commitments, series, strict=True))


def _suggestions(writer: Writer, made: Sequence[tuple[Commitment, Series]], count: int) -> None:
    sources = [
        Source.objects.create(slug=f"press-{number}", name=f"Press office {number}", url=f"https://p{number}.example/")
        for number in range(SOURCES)
    ]
    pieces: list[Evidence] = []
    for number in range(-(-count // A_RELEASE)):
        first = number * A_RELEASE
        about = [made[place % len(made)] for place in range(first, min(first + A_RELEASE, count))]
        pieces += _release(writer, number, sources[number % SOURCES], about)
    Evidence.objects.bulk_create(pieces, batch_size=1_000)


def _release(writer: Writer, number: int, source: Source, about: Sequence[tuple[Commitment, Series]]) -> list[Evidence]:
    """A release with a passage for each commitment between passages of no interest."""
    chance = random.Random(number)
    sentences: list[tuple[str, tuple[Commitment, Series] | None, int]] = []
    for one in about:
        value = chance.randint(100, 39_999)
        sentences += [
            (f"{writer.phrase(writer.telling(14)).capitalize()}.", None, 0),
            (f"So far {value:,} places of {one[0].title.lower()} have been opened.", one, value),
            (f"{writer.phrase(writer.telling(16)).capitalize()}.", None, 0),
        ]
    text = "\n\n".join(sentence for sentence, _, _ in sentences)
    title = writer.phrase(writer.telling(8)).capitalize()
    revision = _revision(number, source, title, text)
    found, at = [], 0
    for sentence, owner, value in sentences:
        if owner is not None:
            found.append(_suggestion(revision, owner, sentence, at, value, chance))
        at += len(sentence) + 2
    return found


def _revision(number: int, source: Source, title: str, text: str) -> Revision:
    when = timezone.make_aware(dt.datetime.combine(FIRST_DAY + dt.timedelta(days=number % 300), dt.time(9, 30)))
    release = Release.objects.create(title=title, url=f"{source.url}{number}", published_at=when)
    seen = {"title": title, "first_seen_at": when, "last_seen_at": when}
    appearance = Appearance.objects.create(
        release=release, source=source, key=str(number), url=release.url, content_key=str(number), **seen
    )
    digest = hashlib.sha256(f"{number} {text}".encode()).hexdigest()
    snapshot = Snapshot.objects.create(
        sha256=digest, path=digest, size_bytes=len(text), url=release.url, fetched_at=when
    )
    return Revision.objects.create(
        release=release,
        appearance=appearance,
        number=1,
        title=title,
        text=text,
        text_hash=digest,
        seen_at=when,
        snapshot=snapshot,
    )


def _suggestion(
    revision: Revision, owner: tuple[Commitment, Series], quote: str, at: int, value: int, chance: random.Random
) -> Evidence:
    commitment, series = owner
    number = f"{value:,}"
    start = at + quote.index(number)
    score = round(chance.uniform(0.35, 0.99), 4)
    figure: dict[str, Any] = {
        "metric": series.metric,
        "value": value,
        "unit": series.unit,
        "qualifier": "exact",
        **dict.fromkeys(("as_of", "period_start", "period_end", "high")),
        "restated": False,
        "start": start,
        "end": start + len(number),
        "modality": "happened",
        "change": False,
        "series": series.pk,
    }
    return Evidence(
        commitment=commitment,
        release_id=revision.release_id,
        revision=revision,
        quote=quote,
        quote_key=quote_key(quote),
        start=at,
        end=at + len(quote),
        relation="progress",
        suggested_relation="progress",
        tier="in_operation",
        figures=[figure],
        reasons=[f"Shares “{series.metric}”.", f"Gives a figure, {number} ({series.metric}).", how_sure(score)],
        score=score,
        model_version="made up",
    )
