"""Take a source out of the watch, with the releases that it alone carried."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from tracker import archive
from tracker.models import Appearance, Attachment, PendingEntry, Poll, Release, Revision, Source


@dataclass(frozen=True)
class Removed:
    """How many of each are gone. `source` is False where the source had to stay."""

    releases: int
    revisions: int
    polls: int
    snapshots: int
    source: bool


@transaction.atomic
def remove_source(source: Source, keep: Collection[int]) -> Removed:
    """Remove a source, its polls, and each release that no other source carries and whose key is not in `keep`.

    While a release remains that it carried, the source remains too, ended, so that one can see where the
    release came from. Raises django.db.models.ProtectedError where something relies on a release that goes.
    """
    carried = Release.objects.filter(appearances__source=source)
    elsewhere = Appearance.objects.exclude(source=source).values("release")
    going = [key for key in carried.exclude(pk__in=elsewhere).values_list("pk", flat=True) if key not in keep]

    revisions = Revision.objects.filter(release__in=going)
    pending = PendingEntry.objects.filter(source=source)
    snapshots = _snapshots_of(revisions) | set(pending.values_list("snapshot", flat=True))
    pending.delete()
    counts = revisions.count(), source.polls.count()
    revisions.delete()
    Release.objects.filter(pk__in=going).delete()
    Appearance.objects.filter(source=source, release__in=elsewhere, revisions=None).delete()
    Poll.objects.filter(source=source).delete()
    stays = source.appearances.exists()
    if stays:
        source.state = Source.State.ENDED
        source.save(update_fields=["state"])
    else:
        source.delete()
    return Removed(len(going), counts[0], counts[1], archive.remove_unused(snapshots), not stays)


def _snapshots_of(revisions: QuerySet[Revision]) -> set[int]:
    """The keys of all bytes that `revisions` were read from, and of their attachments."""
    attachments = Attachment.objects.filter(revision__in=revisions, snapshot__isnull=False)
    return {
        *revisions.values_list("snapshot", flat=True),
        *Revision.also_from.through.objects.filter(revision__in=revisions).values_list("snapshot", flat=True),
        *(key for key in attachments.values_list("snapshot", flat=True) if key is not None),
    }
