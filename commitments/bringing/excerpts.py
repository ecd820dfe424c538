"""Releases of which a desk has kept passages and no more: years of notes on pages that may be gone by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from tracker.deposits import Pasted, Received, Told, correct, deposit
from tracker.models import Appearance, Provenance, Release


@dataclass(frozen=True)
class Origin:
    """What a desk's notes say of a release: where it is, what it is called, whose it is, in which voice, from when."""

    url: str
    title: str
    publisher: str
    voice: str
    published_on: dt.date


def excerpt_of(release: Release) -> Appearance | None:
    """Where its passages were brought, if passages are all that is kept of it."""
    places = list(release.appearances.all()[:2])
    if len(places) != 1 or not places[0].provenance.filter(way=Provenance.Way.PASSAGES).exists():
        return None
    return places[0]


def keep(origin: Origin, passages: Sequence[str], by: str, note: str) -> None:
    """Keep passages as a release of their own. `by` had them, `note` says from where. Raises DepositRefused."""
    now = timezone.now()
    received = Received(Provenance.Way.PASSAGES, by, timezone.localdate(now), note)
    told = Told(origin.title, origin.publisher, received, origin.voice, origin.published_on)
    deposit(Pasted(_joined(passages), origin.url), told, now)


def add(here: Appearance, passages: Sequence[str], note: str) -> None:
    """Further passages of what is kept in this way already: a further revision. Raises DepositRefused."""
    release, came = here.release, here.provenance.get(way=Provenance.Way.PASSAGES)
    told = Told(
        release.title,
        here.source.publisher,
        Received(came.way, came.received_by, came.received_on, came.note),
        here.source.voice,
        timezone.localdate(release.published_at) if release.published_is_known else None,
    )
    text = _joined([release.latest_revision.text, *passages])
    correct(here, Pasted(text, release.url), told, note, timezone.now())


def _joined(passages: Sequence[str]) -> str:
    return "\n\n".join(dict.fromkeys(passages))
