"""What every page needs to know of the instance."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from commitments.models import Commitment


def context(request: HttpRequest) -> dict[str, object]:
    """The instance's own settings, and whether it shows a demonstration record (asked once, when a page asks)."""
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "site_contact": settings.SITE_CONTACT,
        "base_url": settings.BASE_URL,
        "is_demonstration": SimpleLazyObject(Commitment.objects.filter(demonstration=True).exists),
    }
