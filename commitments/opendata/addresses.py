"""Whole addresses, as data and mails need them: under the site's own, whatever name a request came by."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse


def whole(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def public(name: str, *arguments: object) -> str:
    """The address of a view by its name."""
    return whole(reverse(name, args=arguments))
