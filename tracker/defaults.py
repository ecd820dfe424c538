"""What the watch takes for granted where a project's settings do not say otherwise, and what they have to say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import checks

DEFAULTS: dict[str, Any] = {
    "FETCH_ALLOW_NETWORKS": [],
    "FETCH_HOST_PAUSE": dt.timedelta(seconds=1),
    "FETCH_TURNS_URL": "",
    "POLL_LEASE": dt.timedelta(minutes=5),
    "TICK_SECONDS": 60.0,
    "POLLS_KEPT_DAYS": 90,
    "POLLS_KEPT_PER_SOURCE": 100,
    "SNAPSHOTS_UNCITED_KEPT_DAYS": 7,
    "SNAPSHOTS_KEPT_DAYS": 0,
    "ALERTS_TO": [],
    "MAILBOX_PASSWORDS": {},
    "BASE_URL": "",
}


def fill_in() -> None:
    """Set what the project's settings leave out."""
    for name, value in DEFAULTS.items():
        if not hasattr(settings, name):
            setattr(settings, name, value)


def check_settings(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Is there a folder for the archive, and a name to go by on the web?"""
    found: list[checks.CheckMessage] = []
    if not getattr(settings, "DATA_DIR", None):
        found.append(
            checks.Error(
                "DATA_DIR is not set.",
                hint="Name a folder that all processes share. The archive and the hosts' turns are kept there.",
                id="tracker.E001",
            )
        )
    if not getattr(settings, "FETCH_USER_AGENT", ""):
        found.append(
            checks.Error(
                "FETCH_USER_AGENT is not set.",
                hint="Say who asks and how to reach you, such as “Our watch (+https://example.org; me@example.org)”.",
                id="tracker.E002",
            )
        )
    if not settings.USE_TZ:
        found.append(checks.Error("USE_TZ is off; the watch keeps instants.", id="tracker.E003"))
    return found
