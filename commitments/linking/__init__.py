"""Which commitments a release bears on, with the passage, the figures and the reasons.

`link` stores the suggestions of one revision; `link_pending` finds what is not linked yet and links it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commitments.linking.linker import LinkingOutcome
    from commitments.models import Evidence
    from tracker.models import Revision


def link(revision: Revision, only: Collection[int] | None = None) -> list[Evidence]:
    """Compare a revision with the record and store what it suggests. Returns the evidence that is new."""
    from commitments.linking import linker

    return linker.link(revision, only)


def pending(now: dt.datetime) -> Iterator[tuple[Revision, set[int] | None]]:
    """Revisions to be linked, each with the commitments to compare it with (None: all of them)."""
    from commitments.linking import linker

    return linker.pending(now)


def link_pending(limit: int | None = None, now: dt.datetime | None = None) -> LinkingOutcome:
    """Link what is pending. One revision that fails does not stop the others."""
    from commitments.linking import linker

    return linker.link_pending(limit, now)
