"""The one thing the watch says to the rest of the house, after the data is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from tracker.models import Revision

#: Sent with `revision` (tracker.models.Revision) when a release is new or was revised.
release_ingested = Signal()


def tell(revision: Revision) -> None:
    """Send `release_ingested` once `revision` is committed."""
    transaction.on_commit(
        lambda: release_ingested.send(sender=type(revision), revision=revision),
        robust=True,  # who listens finds the revision in the database too
    )
