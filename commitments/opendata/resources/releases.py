"""Published documents, with what may be done with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from tracker.models import Appearance, Release, Revision, Voice

from ..addresses import whole
from ..fields import ADDRESS, FLAG, INSTANT, TEXT, WHOLE_NUMBER, Field, list_of, maybe, one_of, rows, thing
from ..paging import Key
from ..resource import Filter, Order, Resource, days, flag
from .evidence import public_evidence

REVISION = (
    Field("number", WHOLE_NUMBER, "Its number in the release, from 1.", lambda revision: revision.number),
    Field("title", TEXT, "The title at the time.", lambda revision: revision.title),
    Field("seen_at", INSTANT, "When we saw it.", lambda revision: revision.seen_at),
    Field("note", TEXT, "The publisher's own note on what changed.", lambda revision: revision.note),
    Field("silent", FLAG, "Changed without a note by a publisher who gives notes.", lambda revision: revision.silent),
    Field("url", ADDRESS, "Where it can be read here.", lambda revision: whole(revision.get_absolute_url())),
    Field("sha256", TEXT, "Hash of the bytes as received.", lambda revision: revision.snapshot.sha256),
)


class Releases(Resource):
    name, one = "releases", "release"
    meaning = "Documents as their publishers put them out, each with all the revisions that we saw."
    key_meaning, key_schema = "Its number.", WHOLE_NUMBER
    fields = (
        Field("id", WHOLE_NUMBER, "Its number.", lambda release: release.pk),
        Field("title", TEXT, "Its title.", lambda release: release.title),
        Field("url", TEXT, "Its address at its publisher; empty if it has none.", lambda release: release.url),
        Field("page_url", ADDRESS, "Its page here.", lambda release: whole(release.get_absolute_url())),
        Field("published_at", INSTANT, "When it was published.", lambda release: release.published_at),
        Field(
            "published_is_known",
            FLAG,
            "Off where its source gave no date and the time at which we first saw it stands in.",
            lambda release: release.published_is_known,
        ),
        Field("publisher", TEXT, "Who published it.", lambda release: release.publisher),
        Field("voice", one_of(Voice), "Whose account it is.", lambda release: release.voice),
        Field(
            "sources",
            list_of(TEXT),
            "The sources that carried it.",
            lambda release: sorted({appearance.source.slug for appearance in release.appearances.all()}),
        ),
        Field("language", TEXT, "A language tag such as cy; empty if it was not told.", lambda r: r.locale),
        Field("first_seen_at", INSTANT, "When we first saw it.", lambda release: release.first_seen_at),
        Field("withdrawn_at", maybe(INSTANT), "When its publisher withdrew it.", lambda r: r.withdrawn_at),
        Field("vanished_since", maybe(INSTANT), "When it was first missing.", lambda r: r.vanished_since),
        Field(
            "revisions",
            list_of(thing(REVISION)),
            "Every version that we saw.",
            lambda release: rows(REVISION, release.revisions.all()),
            whole=True,
        ),
    )
    orders = {"published": Order("latest published first", (Key("published_at", True), Key("pk", True)))}
    shows_the_watch = True

    def filters(self) -> list[Filter]:
        return [
            Filter(
                "source",
                TEXT,
                "Carried by this source, by slug.",
                lambda things, text: things.filter(
                    Exists(Appearance.objects.filter(release=OuterRef("pk"), source__slug=text))
                ),
            ),
            flag(
                "used",
                "Only those with accepted evidence (true), or only those without.",
                lambda things, wanted: things.filter(
                    Exists(public_evidence().filter(release=OuterRef("pk")))
                    if wanted
                    else ~Exists(public_evidence().filter(release=OuterRef("pk")))
                ),
            ),
            *days("published_at__date", "published"),
        ]

    def things(self, on: dt.date) -> QuerySet[Any]:
        return Release.objects.standing().prefetch_related(
            Prefetch("appearances", Appearance.objects.select_related("source"))
        )

    def find(self, key: str, on: dt.date) -> Any | None:
        revisions = Prefetch("revisions", Revision.objects.select_related("snapshot").defer("text"))
        return self.things(on).prefetch_related(revisions).filter(pk=key).first()
