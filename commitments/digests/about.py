"""What the next digests say of one commitment, for staff to see beforehand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from commitments.digests import build, record, render
from commitments.digests.scope import Scope
from commitments.digests.sections import Section, sections
from commitments.models import Commitment, Subscriber

#: A weekly digest reaches back so far.
CHANGES_OF = dt.timedelta(days=7)
#: What one commitment can fill of a section.
ROOM = 5


@dataclass(frozen=True)
class Told:
    """`sections` are what a digest of today says of it, with what has happened in the last week.

    `subscribers` are the confirmed ones who follow it, by whatever scope.
    """

    sections: tuple[Section, ...]
    subscribers: int


def told(commitment: Commitment, now: dt.datetime) -> Told:
    """As if the commitment were public. A fixed number of queries."""
    read = record.read(now - CHANGES_OF, Commitment.objects.filter(pk=commitment.pk))
    today = timezone.localdate(now)
    window = build.Window(today, None, now - CHANGES_OF, now)
    scopes = [str(Scope(kind, slug)) for kind, slug in read.by_scope]
    return Told(
        sections=sections(build.content(read, frozenset({commitment.pk}), window), render.places(Scope()), ROOM),
        subscribers=Subscriber.objects.confirmed().filter(subscriptions__scope__in=scopes).distinct().count(),
    )
