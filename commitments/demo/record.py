"""Put the demonstration's commitments and its source into the database, once."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from commitments.bringing import import_rows
from commitments.demo.server import HOST
from commitments.models import Administration, Commitment
from tracker.models import Republish, Source, Voice

FOLDER = Path(__file__).parent

SOURCE_NAME = "Demonstration"
SOURCE_SLUG = slugify(SOURCE_NAME)
INTERVAL_MINUTES = 1


class NotOurSource(Exception):
    """A source of somebody's own has the name of the demonstration's."""


def rows() -> list[dict[str, Any]]:
    """The demonstration's commitments in the columns of an import."""
    return _json_lines(FOLDER / "commitments.jsonl")


def administrations() -> list[dict[str, Any]]:
    """The governments that made them: name, and when each took and left office (ISO dates or None)."""
    return _json_lines(FOLDER / "administrations.jsonl")


@transaction.atomic
def load() -> int:
    """Load the commitments unless some are loaded. Returns how many were.

    References that one's own record uses already are left alone. Raises commitments.bringing.ImportRefused.
    """
    if Commitment.objects.filter(demonstration=True).exists():
        return 0
    for row in administrations():
        Administration.objects.get_or_create(name=row["name"], defaults={**row, "slug": slugify(row["name"])})
    report = import_rows(_without_own(rows()), demonstration=True, source_name="the demonstration record")
    return len(report.created)


def place_source(feed_url: str) -> Source:
    """The demonstration's source, at the address where it is served now, due at once.

    Only the address is changed in a source that exists, and its state where it had ended, so that what
    staff set stays. Raises NotOurSource.
    """
    source, created = Source.objects.get_or_create(
        slug=SOURCE_SLUG,
        defaults={
            "name": SOURCE_NAME,
            "kind": Source.Kind.FEED,
            "url": feed_url,
            "publisher": "Demonstration (paraphrased Home Office releases)",
            "voice": Voice.OFFICIAL,
            "republish": Republish.FULL,
            "fixed_interval_minutes": INTERVAL_MINUTES,
        },
    )
    if created:
        return source
    if not is_ours(source):
        raise NotOurSource(
            f"The source “{source}” at {source.url} has the name that the demonstration needs. Rename it first."
        )
    if source.url != feed_url:
        source.url, source.etag, source.last_modified = feed_url, "", ""
    if source.state in {Source.State.ENDED, Source.State.GONE}:
        source.state = Source.State.ACTIVE
    source.next_due_at = timezone.now()
    source.save(update_fields=["url", "etag", "last_modified", "state", "next_due_at"])
    return source


def is_ours(source: Source) -> bool:
    """Whether a source with the demonstration's name is the demonstration's: a feed on this machine."""
    return source.kind == Source.Kind.FEED and source.url.startswith(f"http://{HOST}:")


def may_be_watched() -> bool:
    """Whether the settings let the watch look at this machine itself."""
    here = ipaddress.ip_address(HOST)
    return any(here in ipaddress.ip_network(network) for network in settings.FETCH_ALLOW_NETWORKS)


def _without_own(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    own = set(Commitment.objects.values_list("reference", flat=True))
    return [row for row in rows if row["reference"] not in own]


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
