"""On what terms the record may be used."""

from __future__ import annotations

from django.conf import settings

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


def ours() -> dict[str, str]:
    """The licence of what we wrote, as every list names it."""
    return row(LICENCE, None)
