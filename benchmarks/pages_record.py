"""A large public record, for measuring pages: the same every time."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Iterator, Sequence

from django.contrib.auth.models import User
from django.utils import timezone

from benchmarks.material import Writer
from commitments.models import Administration, Commitment, Definition, Department, Evidence, PolicyArea, StatusChange
from commitments.models.evidence import quote_key
from tracker.models import Appearance, Release, Revision, Snapshot, Source

DEPARTMENTS = 20
AREAS = 15
ADMINISTRATIONS = 3
SOURCES = 8
#: Pieces of evidence, the first ones, that one commitment has: the promise that everybody writes about.
CROWDED = 3_000
#: Passages of a release that are accepted as evidence.
A_RELEASE = 8
AT_A_TIME = 2_000
STATUSES = ("in_progress", "on_track", "off_track", "unclear")
RELATIONS = ("progress", "announces", "restates", "fulfils", "slips", "context")


def fill(commitments: int, evidence: int, today: dt.date) -> None:
    """So many commitments with deadlines and statuses of all kinds, and so many accepted pieces of evidence."""
    writer = Writer(seed=17)
    editor = User.objects.create(username="measuring")
    made = _commitments(writer, commitments, today, editor)
    _evidence(writer, made, evidence, editor)


def _named(model: type, count: int, what: str) -> list:
    return [model.objects.create(name=f"{what} {number}", slug=f"{what}-{number}".lower()) for number in range(count)]


def _commitments(writer: Writer, count: int, today: dt.date, editor: User) -> list[int]:
    chance = random.Random(3)
    departments = _named(Department, DEPARTMENTS, "Department")
    areas = _named(PolicyArea, AREAS, "Area")
    administrations = _named(Administration, ADMINISTRATIONS, "Administration")
    keys: list[int] = []
    for first in range(0, count, AT_A_TIME):
        rows = [writer.promise(number) for number in range(first, min(first + AT_A_TIME, count))]
        some = Commitment.objects.bulk_create(
            Commitment(
                reference=row["reference"],
                slug=row["reference"].lower(),
                title=row["title"],
                keywords=row["keywords"],
                made_on=row["made_on"],
                department=chance.choice(departments),
                policy_area=chance.choice(areas),
                administration=chance.choice(administrations),
                linkable_since=timezone.now(),
            )
            for row in rows
        )
        Definition.objects.bulk_create(_definitions(some, rows, today, chance))
        StatusChange.objects.bulk_create(
            StatusChange(
                commitment=one,
                from_status="not_started",
                to_status=chance.choice(STATUSES),
                reason="As measured.",
                effective_from=today - dt.timedelta(days=chance.randint(1, 600)),
                recorded_by=editor,
            )
            for one in some
            for _ in range(chance.choice((0, 1, 1, 2)))
        )
        keys += [one.pk for one in some]
    return keys


def _definitions(
    commitments: Sequence[Commitment], rows: Sequence[dict], today: dt.date, chance: random.Random
) -> Iterator[Definition]:
    for one, row in zip(commitments, rows, strict=True):
        due = today + dt.timedelta(days=chance.randint(-400, 1_500))
        for kind in ("original", "narrowing")[: 1 + (chance.random() < 0.2)]:
            yield Definition(
                commitment=one,
                kind=kind,
                statement=row["statement"],
                effective_from=row["made_on"],
                deadline_text=row["deadline_text"],
                deadline_earliest=due,
                deadline_latest=due,
            )


def _evidence(writer: Writer, commitments: Sequence[int], count: int, editor: User) -> None:
    chance = random.Random(5)
    sources = [
        Source.objects.create(
            slug=f"press-{number}", name=f"Press office {number}", url=f"https://p{number}.example/", republish="full"
        )
        for number in range(SOURCES)
    ]
    for first in range(0, count, AT_A_TIME * A_RELEASE):
        numbers = range(first // A_RELEASE, min(first + AT_A_TIME * A_RELEASE, count) // A_RELEASE)
        quotes = [
            [f"So far {writer.phrase(writer.telling(16))} have been opened." for _ in range(A_RELEASE)] for _ in numbers
        ]
        revisions = _revisions(writer, numbers, quotes, sources)
        crowded = [number * A_RELEASE < CROWDED for number in numbers]
        Evidence.objects.bulk_create(
            Evidence(
                commitment_id=commitments[0] if is_crowded else chance.choice(commitments),
                release_id=revision.release_id,
                revision=revision,
                quote=quote,
                quote_key=quote_key(quote),
                start=revision.text.index(quote),
                end=revision.text.index(quote) + len(quote),
                state="accepted",
                relation=chance.choice(RELATIONS),
                score=0.8,
                decided_at=timezone.now(),
                decided_by=editor,
            )
            for revision, some, is_crowded in zip(revisions, quotes, crowded, strict=True)
            for quote in dict.fromkeys(some)
        )


def _revisions(
    writer: Writer, numbers: range, quotes: Sequence[Sequence[str]], sources: Sequence[Source]
) -> list[Revision]:
    days = [dt.datetime(2025, 1, 6, 9, 30, tzinfo=dt.UTC) + dt.timedelta(hours=number % 16_000) for number in numbers]
    titles = [writer.phrase(writer.telling(8)).capitalize() for _ in numbers]
    releases = Release.objects.bulk_create(
        Release(title=title, url=f"https://p.example/{number}", published_at=day)
        for number, title, day in zip(numbers, titles, days, strict=True)
    )
    texts = ["\n\n".join(some) for some in quotes]
    hashes = [
        hashlib.sha256(f"{one.pk} {text}".encode()).hexdigest() for one, text in zip(releases, texts, strict=True)
    ]
    snapshots = Snapshot.objects.bulk_create(
        Snapshot(sha256=digest, path=digest, size_bytes=1, url=one.url, fetched_at=one.published_at)
        for one, digest in zip(releases, hashes, strict=True)
    )
    appearances = Appearance.objects.bulk_create(
        Appearance(
            release=one,
            source=sources[one.pk % SOURCES],
            key=str(one.pk),
            url=one.url,
            content_key=str(one.pk),
            title=one.title,
            first_seen_at=one.published_at,
            last_seen_at=one.published_at,
        )
        for one in releases
    )
    return Revision.objects.bulk_create(
        Revision(
            release=one,
            appearance=appearance,
            number=1,
            title=one.title,
            text=text,
            text_hash=digest,
            seen_at=one.published_at,
            snapshot=snapshot,
        )
        for one, appearance, text, digest, snapshot in zip(releases, appearances, texts, hashes, snapshots, strict=True)
    )
