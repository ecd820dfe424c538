"""What a release is marked with: withdrawn by its publisher, or vanished from its address. Nothing is deleted."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from tracker.models import Appearance, Release
from tracker.sources.entry import Entry


def mark_withdrawal(release: Release, here: Appearance, entry: Entry) -> None:
    """Take over what `entry` says of a withdrawal; one that was said here and no longer is, is undone. Not saved."""
    was_said_here = here.withdrawn_at is not None
    here.withdrawn_at = entry.withdrawn_at
    if entry.withdrawn_at:
        release.withdrawn_at, release.withdrawal = entry.withdrawn_at, entry.withdrawal
    elif was_said_here and not _elsewhere(release, here).exclude(withdrawn_at=None).exists():
        release.withdrawn_at, release.withdrawal = None, ""


def mark_vanished(release: Release, here: Appearance, now: dt.datetime) -> None:
    """The document is not at `here.url` any more. A copy that is gone says nothing of the original. Not saved."""
    here.vanished_since = here.vanished_since or now
    if here.url == release.url or not _elsewhere(release, here).exists():
        release.vanished_since = release.vanished_since or now


def mark_present(release: Release, here: Appearance) -> None:
    """The document was seen at `here.url`. Not saved."""
    was_missed_here = here.vanished_since is not None
    here.vanished_since = None
    if here.url == release.url or (was_missed_here and not _elsewhere(release, here).exclude(vanished_since=None)):
        release.vanished_since = None


def _elsewhere(release: Release, here: Appearance) -> QuerySet[Appearance]:
    return release.appearances.exclude(pk=here.pk)
