"""On what terms the record may be used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from tracker.models import Licence

from .fields import ADDRESS, TEXT, Field, row

LICENCE = (
    Field("name", TEXT, "What the licence is called.", lambda _: settings.DATA_LICENCE),
    Field("url", ADDRESS, "Its words.", lambda _: settings.DATA_LICENCE_URL),
    Field("attribution", TEXT, "Whom to name.", lambda _: f"{settings.SITE_NAME}, {settings.BASE_URL}"),
    Field(
        "covers",
        TEXT,
        "What it covers.",
        lambda _: "What we wrote, judged, counted and computed. Quotes and releases are their publishers'.",
    ),
)


def licence_fields(of: Callable[[Any], Licence]) -> tuple[Field, Field]:
    """On what terms others' words may be used, which `of` finds for a thing."""
    return (
        Field("licence", TEXT, "On what terms these words may be used.", lambda thing: of(thing).name),
        Field("licence_url", TEXT, "Those terms; empty where they have no address.", lambda thing: of(thing).url),
    )


def ours() -> dict[str, str]:
    """The licence of what we wrote, as every list names it."""
    return row(LICENCE, None)
