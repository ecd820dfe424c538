"""The workbooks of a source as it published them, oldest first, read back from the archive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from tracker import archive
from tracker.models import Revision, Source
from tracker.tables import Workbook, is_table_file, read_workbook
from tracker.tables.cover import published_on


class CannotBeRead(Exception):
    """The file of an edition cannot be read. `str(error)` says why."""


@dataclass(frozen=True)
class Edition:
    revision: Revision
    workbook: Workbook
    published_on: dt.date


def editions(source: Source) -> QuerySet[Revision]:
    """The editions of a source in the order in which they were seen. Their texts are left out."""
    return (
        Revision.objects.filter(appearance__source=source, release__joined_to=None)
        .select_related("release", "snapshot", "appearance__source")
        .defer("text")
        .order_by("seen_at", "pk")
    )


def opened(revision: Revision) -> Edition:
    """The workbook of an edition. Raises CannotBeRead."""
    snapshot = revision.snapshot
    try:
        body = archive.read(snapshot)
    except archive.Damaged as error:
        raise CannotBeRead(str(error)) from error
    if not is_table_file(body, snapshot.content_type, snapshot.url):
        raise CannotBeRead("What was received is no ODS, XLSX or CSV file.")
    workbook = read_workbook(body, snapshot.content_type, snapshot.url)
    if not workbook.sheets:
        raise CannotBeRead(workbook.problem or "The file holds no sheet that can be seen.")
    return Edition(revision, workbook, published_on(workbook) or seen_as_published_on(revision))


def seen_as_published_on(revision: Revision) -> dt.date:
    """When an edition that does not say so itself was published, as far as the watch can tell."""
    first = revision.number == 1 and revision.release.published_is_known
    return timezone.localdate(revision.release.published_at if first else revision.seen_at)
