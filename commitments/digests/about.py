"""What the next digests say of one commitment, for staff to see beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from commitments.digests import build
from commitments.digests.coverage import Coverage
from commitments.digests.scope import Scope
from commitments.models import Commitment, Subscriber

#: A weekly digest reaches back so far.
CHANGES_OF = dt.timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """`content` is what a digest of today says of it, with the changes of the last week.

    `subscribers` are the confirmed ones who follow it, by whatever scope but a search.
    """

    content: build.Content
    subscribers: int


def told(commitment: Commitment, now: dt.datetime) -> Told:
    """As if the commitment were public. A fixed number of queries."""
    one = Commitment.objects.filter(pk=commitment.pk)
    keys = build.scopes_of(commitment)
    scopes = [str(Scope(kind, slug)) for kind, slug in keys]
    return Told(
        content=build.content(
            build.read_day(timezone.localdate(now), one),
            Coverage(keys),
            overdue_before=None,
            changes=build.read_changes(now - CHANGES_OF, now, one),
            changes_after=now - CHANGES_OF,
            changes_until=now,
        ),
        subscribers=Subscriber.objects.confirmed().filter(subscriptions__scope__in=scopes).distinct().count(),
    )
