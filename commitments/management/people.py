"""Whom a command names."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management.base import CommandError


def person(name: str | None) -> User | None:
    """The account of this username; None for none named. Raises CommandError."""
    if name is None:
        return None
    try:
        return User.objects.get(username=name)
    except User.DoesNotExist as error:
        raise CommandError(f"Nobody has the username {name}.") from error
