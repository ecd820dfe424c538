"""Where we look."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tracker.models import Republish, Source, Voice

from ..fields import INSTANT, TEXT, Field, maybe, one_of
from ..licence import licence_fields
from ..paging import Key
from ..resource import Filter, Moment, Order, Resource, choice


class Sources(Resource):
    name, one = "sources", "source"
    meaning = "Places on the web where releases are looked for, and when each was last looked at."
    key_meaning = "Its slug."
    fields = (
        Field("slug", TEXT, "What it is called in addresses and in the evidence.", lambda source: source.slug),
        Field("name", TEXT, "Its name.", lambda source: source.name),
        Field("kind", one_of(Source.Kind), "What is looked at there.", lambda source: source.kind),
        Field("url", TEXT, "Its address.", lambda source: source.url),
        Field("publisher", TEXT, "Who publishes there; empty if it is as the name says.", lambda s: s.publisher),
        Field("voice", one_of(Voice), "Whose account it gives.", lambda source: source.voice),
        Field("republish", one_of(Republish), "What may be shown of its texts.", lambda source: source.republish),
        *licence_fields(lambda source: source.licence),
        Field("state", one_of(Source.State), "Whether it is still looked at.", lambda source: source.state),
        Field("last_checked", maybe(INSTANT), "When it was last looked at.", lambda source: source.last_polled_at),
        Field("last_answered", maybe(INSTANT), "When it last answered.", lambda source: source.last_success_at),
        Field("last_new", maybe(INSTANT), "When it last brought a new release.", lambda source: source.last_new_at),
    )
    orders = {"name": Order("by name", (Key("name"), Key("pk")))}
    shows_the_watch = True

    def filters(self) -> list[Filter]:
        return [
            choice("voice", one_of(Voice), "With this voice.", "voice"),
            choice("state", one_of(Source.State), "In this state.", "state"),
        ]

    def things(self, moment: Moment) -> QuerySet[Any]:
        return Source.objects.all()

    def find(self, key: str, moment: Moment) -> Any | None:
        return self.things(moment).filter(slug=key).first()
