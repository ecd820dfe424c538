"""Keeps the index of commitments in the database, in the transaction that changes their words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models, transaction
from django.db.models.signals import post_save, pre_delete

from commitments.linking.index import batches
from commitments.linking.postings import entries
from commitments.linking.profile import FORM, CommitmentWords, profile

#: Commitments whose words are read and written at a time.
COMMITMENTS_AT_A_TIME = 500
#: Marks of changes kept; a process that is further behind reads all.
MARKS_KEPT = 1_000

_collected: ContextVar[set[int] | None] = ContextVar("collected", default=None)


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


def bring_up_to_date() -> None:
    """Index anew what an earlier version of the program has indexed in another form."""
    from commitments.models import LinkingProfile

    update(LinkingProfile.objects.exclude(form=FORM).values_list("commitment_id", flat=True))


def _update(commitments: Sequence[int]) -> None:
    from commitments.models import Commitment, LinkingProfile

    wanted = {key: profile(words) for key, words in _words(commitments).items()}
    old = {
        row.commitment_id: (row.values, bytes(row.entries), row.form)
        for row in LinkingProfile.objects.filter(commitment__in=commitments)
    }
    new = {key: (found.as_json(), entries(found), FORM) for key, found in wanted.items()}
    changed = [key for key in commitments if old.get(key) != new.get(key)]
    if not changed:
        return
    LinkingProfile.objects.filter(commitment__in=changed).delete()
    mark = _mark()
    LinkingProfile.objects.bulk_create(
        LinkingProfile(
            commitment_id=key,
            values=new[key][0],
            entries=new[key][1],
            countries=" ".join(sorted(wanted[key].where)),
            form=FORM,
            mark=mark,
        )
        for key in changed
        if key in new
    )
    Commitment.objects.filter(pk__in=[key for key in changed if key in new]).update(linkable_since=None)


def _mark() -> uuid.UUID:
    """Tell every process that the index has changed."""
    from commitments.models import IndexChange

    change = IndexChange.objects.create()
    IndexChange.objects.filter(pk__lte=change.pk - MARKS_KEPT).delete()
    return change.mark


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
    from commitments.models import LinkingProfile

    if LinkingProfile.objects.filter(commitment=instance.pk).delete()[0]:
        _mark()


def follow_the_record() -> None:
    """Keep the index in step with every way of changing a commitment's words, from now on."""
    from commitments.models import Commitment, Definition, Target

    post_save.connect(_commitment_saved, sender=Commitment, dispatch_uid="index_commitment")
    pre_delete.connect(_commitment_goes, sender=Commitment, dispatch_uid="index_commitment_goes")
    post_save.connect(_part_saved, sender=Definition, dispatch_uid="index_definition")
    post_save.connect(_target_saved, sender=Target, dispatch_uid="index_target")
