"""What `manage.py check --deploy` asks for beyond Django's own list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def secret_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A secret of one machine breaks sessions and links in mails on the others."""
    if settings.SECRET_KEY_IS_THIS_MACHINES and "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return [
            Warning(
                "SECRET_KEY is not set, so this machine uses one of its own.",
                hint="Set SECRET_KEY to a long random text, the same on every machine.",
                id="pledgewatch.W001",
            )
        ]
    return []
