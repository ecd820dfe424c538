"""Who is at work."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest


def signed_in(request: HttpRequest) -> User:
    """The person behind a request that the admin has let through."""
    return cast(User, request.user)
