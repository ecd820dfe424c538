"""What every page needs to know of the instance."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from commitments.models import Commitment
from tracker.models import Source

from .about import written


def context(request: HttpRequest) -> dict[str, object]:
    """The instance's own settings and, asked once and only when a page asks: whether it shows a demonstration record,
    when a source last answered, and which pages its owner has written."""
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "site_contact": settings.SITE_CONTACT,
        "base_url": settings.BASE_URL,
        "last_checked": SimpleLazyObject(last_checked),
        "own_words": SimpleLazyObject(written),
        "is_demonstration": SimpleLazyObject(Commitment.objects.filter(demonstration=True).exists),
    }


def last_checked() -> dt.datetime | None:
    """When any source last answered."""
    latest: dt.datetime | None = Source.objects.aggregate(latest=Max("last_success_at"))["latest"]
    return latest
