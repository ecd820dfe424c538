"""The inverted index of commitments in the database, kept in the transaction that changes their words."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import F, Max, Min
from django.db.models.functions import Cast
from django.db.models.signals import post_save, pre_delete

from commitments.linking import terms_of_office
from commitments.linking.profile import CommitmentWords, Profile, profile
from commitments.linking.retrieval import normalised

#: Databases limit how many values one query may name.
BATCH = 800
#: Commitments whose words are read and written at a time.
COMMITMENTS_AT_A_TIME = 500
#: Profiles kept in memory; some 10 kB each.
PROFILES_KEPT = 1_000

Item = TypeVar("Item")

_collected: ContextVar[set[int] | None] = ContextVar("collected", default=None)


class DatabaseIndex:
    """The index that `retrieval.candidates` asks, over every commitment that is not merged into another."""

    def size(self) -> int:
        from commitments.models import LinkingProfile

        return LinkingProfile.objects.count()

    def frequencies(self, terms: Collection[str]) -> Mapping[str, int]:
        from commitments.models import TermFrequency

        found = _asked(
            f"SELECT term, commitments FROM {_given()} CROSS JOIN {TermFrequency._meta.db_table}"  # noqa: S608
            " WHERE term = given.key AND commitments > 0",
            dict.fromkeys(terms, 1),
        )
        return dict(found)

    def best(self, worth: Mapping[str, int], count: int) -> Sequence[int]:
        from commitments.models import CommitmentTerm

        found = _asked(
            f"SELECT commitment_id FROM {_given()} CROSS JOIN {CommitmentTerm._meta.db_table}"  # noqa: S608
            " WHERE term = given.key GROUP BY commitment_id"
            " ORDER BY SUM(ROUND(weight * CAST(given.value AS bigint))) DESC, commitment_id LIMIT %s",
            worth,
            count,
        )
        return [key for (key,) in found]

    def profiles(self, keys: Collection[int]) -> Mapping[int, Profile]:
        from commitments.models import LinkingProfile

        found: dict[int, Profile] = {}
        inferred = _terms_of_office_now()
        for batch in batches(list(keys), BATCH):
            rows = LinkingProfile.objects.filter(commitment__in=batch).values_list(
                "commitment_id",
                Cast("values", models.TextField()),
                "commitment__administration__name",
                "commitment__administration__took_office",
                "commitment__administration__left_office",
            )
            for key, values, administration, took_office, left_office in rows:
                began, ended = inferred.get(administration, (None, None))
                found[key] = _profile(values, took_office or began, left_office or ended)
        return found


@lru_cache(maxsize=PROFILES_KEPT)
def _profile(values: str, took_office: dt.date | None, left_office: dt.date | None) -> Profile:
    """A profile as stored. Kept by all that it is made of, so that an edit in any process is seen at once."""
    office = {"took_office": took_office, "left_office": left_office}
    stored = json.loads(values) | {name: day.isoformat() if day else None for name, day in office.items()}
    return Profile.from_json(stored)


def _given() -> str:
    """The keys and values of a JSON object, given as the first parameter, as a table."""
    return "json_each(%s) AS given" if connection.vendor == "sqlite" else "json_each_text(%s::json) AS given"


def _asked(query: str, given: Mapping[str, int], *parameters: int) -> list[Any]:
    """Rows of a query that begins with the table of what is given: one query for any number of terms."""
    with connection.cursor() as cursor:
        cursor.execute(query, [json.dumps(given), *parameters])
        return list(cursor.fetchall())


def _terms_of_office_now() -> Mapping[str, tuple[dt.date, dt.date | None]]:
    from commitments.models import Commitment

    if Commitment.objects.filter(linkable_since=None).exists():  # a change that nothing is dated by yet
        return _terms_of_office.__wrapped__(None)
    return _terms_of_office(Commitment.objects.aggregate(newest=Max("linkable_since"))["newest"])


@lru_cache(maxsize=1)
def _terms_of_office(as_of: dt.datetime | None) -> Mapping[str, tuple[dt.date, dt.date | None]]:
    """The administrations' terms as the promises on record tell them, worked out anew when the record has changed."""
    from commitments.models import Commitment

    rows = (
        Commitment.objects.filter(made_on__isnull=False, administration__isnull=False)
        .values_list("administration__name", "department__name")
        .annotate(first=Min("made_on"), last=Max("made_on"))
        .order_by()
    )
    return terms_of_office.inferred(
        (name, department or "", day) for name, department, first, last in rows for day in (first, last)
    )


@contextmanager
def updated_at_the_end() -> Iterator[None]:
    """Within this block changed commitments are only noted; at its end all of them are indexed together.

    For imports; the caller's transaction must be open around it.
    """
    token = _collected.set(set())
    try:
        yield
        changed = _collected.get() or set()
    finally:
        _collected.reset(token)
    update(changed)


def update(commitments: Collection[int]) -> None:
    """Bring the index up to date with the words of these commitments, given by primary key.

    Those whose words have changed become linkable anew: releases linked before are looked at again for them.
    """
    for batch in batches(sorted(commitments), COMMITMENTS_AT_A_TIME):
        with transaction.atomic():
            _update(batch)


def rebuild() -> None:
    """Index every commitment that is not indexed as its words are now."""
    from commitments.models import Commitment

    update(Commitment.objects.values_list("pk", flat=True))


def _update(commitments: Sequence[int]) -> None:
    from commitments.models import Commitment, CommitmentTerm, LinkingProfile

    wanted = {key: profile(words) for key, words in _words(commitments).items()}
    old = dict(LinkingProfile.objects.filter(commitment__in=commitments).values_list("commitment_id", "values"))
    new = {key: found.as_json() for key, found in wanted.items()}
    changed = [key for key in commitments if old.get(key) != new.get(key)]
    if not changed:
        return
    _forget(changed)
    LinkingProfile.objects.bulk_create(
        LinkingProfile(commitment_id=key, values=new[key]) for key in changed if key in new
    )
    entries = [
        CommitmentTerm(commitment_id=key, term=term, weight=weight)
        for key in changed
        if key in wanted
        for term, weight in sorted(normalised(wanted[key]).items())
    ]
    CommitmentTerm.objects.bulk_create(entries, batch_size=2000)
    _count(Counter(entry.term for entry in entries))
    Commitment.objects.filter(pk__in=[key for key in changed if key in new]).update(linkable_since=None)


def _forget(commitments: Sequence[int]) -> None:
    from commitments.models import CommitmentTerm, LinkingProfile

    entries = CommitmentTerm.objects.filter(commitment__in=commitments)
    counts = Counter(entries.values_list("term", flat=True))
    _count(Counter({term: -count for term, count in counts.items()}))
    entries.delete()
    LinkingProfile.objects.filter(commitment__in=commitments).delete()


def _count(changes: Mapping[str, int]) -> None:
    """Add to the frequencies of terms, always in the same order so that two writers cannot wait for each other."""
    from commitments.models import TermFrequency

    TermFrequency.objects.bulk_create(
        [TermFrequency(term=term) for term in sorted(changes)], ignore_conflicts=True, batch_size=2000
    )
    by_change: dict[int, list[str]] = defaultdict(list)
    for term in sorted(changes):
        by_change[changes[term]].append(term)
    for change, terms in sorted(by_change.items()):
        for batch in batches(terms, BATCH):
            TermFrequency.objects.filter(term__in=batch).update(commitments=F("commitments") + change)


def _words(commitments: Sequence[int]) -> dict[int, CommitmentWords]:
    """The words in which each commitment is to be recognised: those of its latest definition. Merged ones have none."""
    from commitments.models import Commitment, Definition

    rows = Commitment.objects.filter(pk__in=commitments, merged_into=None).select_related(
        "department", "administration"
    )
    definitions: dict[int, Definition] = {
        definition.commitment_id: definition
        for definition in Definition.objects.filter(commitment__in=commitments)
        .select_related("target__series")
        .order_by("effective_from", "pk")
    }
    found = {}
    for row in rows:
        definition = definitions.get(row.pk)
        target = definition.target_or_none if definition else None
        found[row.pk] = CommitmentWords(
            title=row.title,
            statement=definition.statement if definition else "",
            quote=definition.quote if definition else "",
            keywords=row.keywords,
            metric=target.series.metric if target else "",
            deadline_text=definition.deadline_text if definition else "",
            target_value=float(target.value) if target and target.value is not None else None,
            target_unit=target.unit if target else "",
            baseline_value=float(target.baseline_value) if target and target.baseline_value is not None else None,
            extent=row.extent,
            department=row.department.name if row.department else "",
            made_on=row.made_on,
            deadline_latest=definition.deadline_latest if definition else None,
            administration=row.administration.name if row.administration else "",
        )
    return found


def _note(*commitments: int | None) -> None:
    keys = {key for key in commitments if key is not None}
    collected = _collected.get()
    if collected is None:
        update(keys)
    else:
        collected |= keys


def _commitment_saved(instance: models.Model, raw: bool = False, **kwargs: object) -> None:
    _note(instance.pk)


def _part_saved(instance: models.Model, raw: bool = False, **kwargs: object) -> None:
    _note(getattr(instance, "commitment_id", None))


def _target_saved(instance: models.Model, raw: bool = False, **kwargs: object) -> None:
    from commitments.models import Target

    assert isinstance(instance, Target)  # noqa: S101
    _note(instance.definition.commitment_id)


def _commitment_goes(instance: models.Model, **kwargs: object) -> None:
    _forget([instance.pk])


def follow_the_record() -> None:
    """Keep the index in step with every way of changing a commitment's words, from now on."""
    from commitments.models import Commitment, Definition, Target

    post_save.connect(_commitment_saved, sender=Commitment, dispatch_uid="index_commitment")
    pre_delete.connect(_commitment_goes, sender=Commitment, dispatch_uid="index_commitment_goes")
    post_save.connect(_part_saved, sender=Definition, dispatch_uid="index_definition")
    post_save.connect(_target_saved, sender=Target, dispatch_uid="index_target")


def batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items in order, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
