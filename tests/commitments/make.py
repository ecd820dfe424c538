"""Rows of the record for tests, with sensible words where a test has none of its own."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from commitments.decisions import Deed
from commitments.models import (
    Commitment,
    Definition,
    Digest,
    Evidence,
    PossibleCommitment,
    Series,
    Subscriber,
    TableFigure,
    TablePointer,
    TableReading,
    Target,
)
from commitments.models.evidence import quote_key
from tracker.models import Appearance, Release, Revision, Snapshot, Source

_numbers = itertools.count(1)

#: A row for `import_rows`, of a promise that counts something.
ORCHARDS = {
    "reference": "T-2",
    "title": "Plant 40,000 orchard trees",
    "statement": "Plant 40,000 apple and pear trees in public orchards.",
    "made_on": "2024-02-01",
    "target_metric": "orchard trees planted",
    "target_value": "40000",
    "target_unit": "trees",
}


def commitment(title: str = "Plant trees", *, due: dt.date | None = None, **fields: Any) -> Commitment:
    """A commitment with its original definition; `due` is the one day of its deadline."""
    number = next(_numbers)
    statement = fields.pop("statement", f"{title}, all of it.")
    definition = {key: fields.pop(key) for key in list(fields) if key.startswith("deadline_")}
    made_on = fields.pop("made_on", dt.date(2024, 7, 5))
    made = Commitment.objects.create(reference=f"T-{number}", title=title, made_on=made_on, **fields)
    Definition.objects.create(
        commitment=made,
        statement=statement,
        effective_from=made_on,
        **({"deadline_earliest": due, "deadline_latest": due} | definition),
    )
    return made


def digest(subscriber: Subscriber, date: dt.date, **fields: Any) -> Digest:
    """A row of the outbox that tells the day before `date`, and counts for then unless said otherwise."""
    until = dt.datetime.combine(date, dt.time(7), dt.UTC)
    fields = {"window_after": until - dt.timedelta(days=1), "window_until": until, "moment": until, **fields}
    return Digest.objects.create(subscriber=subscriber, date=date, **fields)


def target(owner: Commitment, metric: str, unit: str, value: int | None = None, **fields: Any) -> Series:
    series = Series.objects.create(metric=metric, unit=unit)
    owner.series.add(series)
    wanted = None if value is None else Decimal(value)
    Target.objects.create(definition=owner.first_definition, series=series, unit=unit, value=wanted, **fields)
    return series


def user(name: str = "editor") -> Any:
    return get_user_model().objects.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})[0]


def deed(by: Any = "editor") -> Deed:
    """An act of a user, or of the one of that name."""
    return Deed(user(by) if isinstance(by, str) else by)


def source(name: str = "Ministry news", **fields: Any) -> Source:
    slug = name.lower().replace(" ", "-")
    defaults = {"name": name, "kind": "feed", "url": f"https://{slug}.example/feed", "republish": "full", **fields}
    return Source.objects.get_or_create(slug=slug, defaults=defaults)[0]


def release(
    text: str, *, title: str = "A release", published: dt.date = dt.date(2025, 1, 9), at: Source | None = None
) -> Release:
    """A stored release with one revision."""
    number = next(_numbers)
    carrier = at or source()
    when = timezone.make_aware(dt.datetime.combine(published, dt.time(9, 30)))
    made = Release.objects.create(title=title, url=f"https://ministry.example/{number}", published_at=when)
    appearance = Appearance.objects.create(
        release=made,
        source=carrier,
        key=str(number),
        url=made.url,
        content_key=str(number),
        title=title,
        first_seen_at=when,
        last_seen_at=when,
    )
    revise(made, text, appearance=appearance)
    return made


def revise(made: Release, text: str, *, appearance: Appearance | None = None) -> Revision:
    """A further revision of a release."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    snapshot, _ = Snapshot.objects.get_or_create(
        sha256=digest,
        defaults={"path": digest, "size_bytes": len(text), "url": made.url, "fetched_at": timezone.now()},
    )
    return Revision.objects.create(
        release=made,
        appearance=appearance or made.own_appearance,
        number=made.revisions.count() + 1,
        title=made.title,
        text=text,
        text_hash=digest,
        seen_at=timezone.now(),
        snapshot=snapshot,
    )


def figure(value: int, series: Series | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "metric": series.metric if series else "trees planted",
        "value": value,
        "unit": series.unit if series else "trees",
        "qualifier": "exact",
        "as_of": None,
        "period_start": None,
        "period_end": None,
        "restated": False,
        "start": 0,
        "end": 5,
        "high": None,
        "modality": "happened",
        "change": False,
        "series": series.pk if series else None,
        **fields,
    }


def evidence(about: Commitment, of: Release, quote: str | None = None, **fields: Any) -> Evidence:
    """A suggestion that quotes the whole text unless told otherwise."""
    revision = of.latest_revision
    quoted = quote if quote is not None else revision.text
    start = revision.text.index(quoted)
    return Evidence.objects.create(
        commitment=about,
        release=of,
        revision=revision,
        quote=quoted,
        start=start,
        end=start + len(quoted),
        **{"score": 0.9, "relation": "progress", **fields},
    )


def possible(of: Release, quote: str | None = None, **fields: Any) -> PossibleCommitment:
    """A possible new commitment that quotes the whole text unless told otherwise."""
    revision = of.latest_revision
    quoted = quote if quote is not None else revision.text
    start = revision.text.index(quoted)
    return PossibleCommitment.objects.create(
        release=of,
        revision=revision,
        quote=quoted,
        quote_key=quote_key(quoted),
        start=start,
        end=start + len(quoted),
        **{
            "score": 0.7,
            "reasons": ["It says what will be done: “will plant”."],
            "deadline_text": "by the end of 2027",
            "deadline_derivation": "“by the end of 2027” is read as 31 December 2027",
            "deadline_earliest": dt.date(2027, 12, 31),
            "deadline_latest": dt.date(2027, 12, 31),
            **fields,
        },
    )


def table_reading(series: Series, of: Release, **fields: Any) -> TableReading:
    """A reading of a release as an edition of a table of `series`, in which nothing was found unless told otherwise."""
    edition = of.latest_revision
    pointer = TablePointer.objects.create(
        source=edition.appearance.source,
        series=series,
        sheet="Trees",
        row_path=[""],
        column_path=["Planted"],
        grain="year",
        unit_words="Unit: trees",
        first_edition=edition,
        made_by=user(),
    )
    return TableReading.objects.create(pointer=pointer, revision=edition, published_on=dt.date(2025, 1, 9), **fields)


def table_figure(series: Series, of: Release) -> TableFigure:
    """A figure of `series` in a table, which nobody has decided on."""
    reading = table_reading(series, of, found=1)
    return TableFigure.objects.create(
        reading=reading, value=50, sheet="Trees", cell="B2", period_start="2024-01-01", period_end="2024-12-31"
    )
