"""What digests said is kept for a time; that they were sent stays, without their words."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Exists, OuterRef

from commitments.models import Digest

#: At a time, so that nobody else waits long for the database.
AT_A_TIME = 5_000
#: That somebody was to be told nothing is forgotten sooner, but for the last time, where the next one begins.
NOTHING_KEPT = dt.timedelta(days=30)


def forget(now: dt.datetime) -> int:
    """A part of what is past settings.DIGESTS_KEPT_DAYS. Returns how many rows it was."""
    later = Digest.objects.told().filter(subscriber=OuterRef("subscriber"), window_until__gt=OuterRef("window_until"))
    nothing = Digest.objects.filter(Exists(later), state=Digest.State.NOTHING, created_at__lt=now - NOTHING_KEPT)
    removed, _ = Digest.objects.filter(pk__in=list(nothing.values_list("pk", flat=True)[:AT_A_TIME])).delete()
    if not settings.DIGESTS_KEPT_DAYS:
        return removed
    old = Digest.objects.exclude(state__in=Digest.OPEN).exclude(text="")
    old = old.filter(created_at__lt=now - dt.timedelta(days=settings.DIGESTS_KEPT_DAYS))
    keys = list(old.values_list("pk", flat=True)[:AT_A_TIME])
    return removed + Digest.objects.filter(pk__in=keys).update(text="", html="", headers={})
