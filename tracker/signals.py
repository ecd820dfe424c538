"""What the watch says to the rest of the house.

That something is new or was revised is said after it is committed. What staff do to releases is said within the
transaction, so that who relies on them goes along with it, or refuses.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from tracker.models import Revision

logger = logging.getLogger(__name__)

#: Sent with `revision` (tracker.models.Revision) when a release is new or was revised.
release_ingested = Signal()
#: Sent with `kept` and `joined` (tracker.models.Release) before the second is joined to the first. Who cannot go along
#: raises tracker.joining.JoinRefused with the reason.
releases_joined = Signal()
#: Sent with `release` (tracker.models.Release) when it is one of its own again.
release_taken_apart = Signal()
#: Sent with `revision` (tracker.models.Revision) when its words were found at their publisher's own.
revision_retold = Signal()


def tell(revision: Revision) -> None:
    """Send `release_ingested` once `revision` is committed."""

    def told() -> None:
        logger.info("Release %s, revision %s: kept.", revision.release_id, revision.number)
        release_ingested.send(sender=type(revision), revision=revision)

    transaction.on_commit(told, robust=True)  # who listens finds the revision in the database too
