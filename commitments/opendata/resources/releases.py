"""Published documents, with what may be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from commitments import showing
from commitments.showing import Showing, Shown
from tracker.models import Appearance, Release, Revision, Voice

from ..addresses import whole
from ..fields import ADDRESS, FLAG, INSTANT, TEXT, WHOLE_NUMBER, Field, list_of, maybe, one_of, rows, thing
from ..licence import licence_fields
from ..paging import Key
from ..resource import Filter, Moment, Order, Resource, days, flag


@dataclass(frozen=True)
class Told:
    """A release in the words that may be shown of it. `shown` is its latest text, where one release is asked for."""

    release: Release
    show: Showing
    shown: Shown | None = None

    @property
    def title(self) -> str:
        return self.show.title(self.release.pk, self.release.title)

    @property
    def revisions(self) -> list[tuple[Revision, str, str]]:
        """Each with its title and the publisher's note on it as they may be shown."""
        key, show = self.release.pk, self.show
        hides_notes = show.text_note(key) is not None
        return [
            (one, show.title(key, one.title), "" if hides_notes else show.of_release(key, one.note).text)
            for one in self.release.revisions.all()
        ]


REVISION = (
    Field("number", WHOLE_NUMBER, "Its number in the release, from 1.", lambda told: told[0].number),
    Field("title", TEXT, "The title at the time.", lambda told: told[1]),
    Field("seen_at", INSTANT, "When we saw it.", lambda told: told[0].seen_at),
    Field("note", TEXT, "The publisher's own note on what changed.", lambda told: told[2]),
    Field("silent", FLAG, "Changed without a note by a publisher who gives notes.", lambda told: told[0].silent),
    Field("url", ADDRESS, "Where it can be read here.", lambda told: whole(told[0].get_absolute_url())),
    Field("sha256", TEXT, "Hash of the bytes as received.", lambda told: told[0].snapshot.sha256),
)


class Releases(Resource):
    name, one = "releases", "release"
    meaning = "Documents as their publishers put them out, each with all the revisions that we saw."
    key_meaning, key_schema = "Its number.", WHOLE_NUMBER
    fields = (
        Field("id", WHOLE_NUMBER, "Its number.", lambda told: told.release.pk),
        Field("title", TEXT, "Its title.", lambda told: told.title),
        Field("url", TEXT, "Its address at its publisher; empty if it has none.", lambda told: told.release.url),
        Field("page_url", ADDRESS, "Its page here.", lambda told: whole(told.release.get_absolute_url())),
        Field("published_at", INSTANT, "When it was published.", lambda told: told.release.published_at),
        Field(
            "published_is_known",
            FLAG,
            "Off where its source gave no date and the time at which we first saw it stands in.",
            lambda told: told.release.published_is_known,
        ),
        Field("publisher", TEXT, "Who published it.", lambda told: told.release.publisher),
        Field("voice", one_of(Voice), "Whose account it is.", lambda told: told.release.voice),
        Field(
            "sources",
            list_of(TEXT),
            "The sources that carried it.",
            lambda told: sorted({appearance.source.slug for appearance in told.release.appearances.all()}),
        ),
        *licence_fields(lambda told: told.release.own_appearance.source.licence),
        Field(
            "language", TEXT, "A language tag such as cy; empty if it was not told.", lambda told: told.release.locale
        ),
        Field("first_seen_at", INSTANT, "When we first saw it.", lambda told: told.release.first_seen_at),
        Field(
            "withdrawn_at", maybe(INSTANT), "When its publisher withdrew it.", lambda told: told.release.withdrawn_at
        ),
        Field("vanished_since", maybe(INSTANT), "When it was first missing.", lambda told: told.release.vanished_since),
        Field(
            "revisions",
            list_of(thing(REVISION)),
            "Every version that we saw.",
            lambda told: rows(REVISION, told.revisions),
            whole=True,
        ),
        Field(
            "text",
            maybe(TEXT),
            "The latest text, where all of it may be republished; notes stand in the place of withheld passages.",
            lambda told: told.shown.text if told.shown.is_whole else None,
            whole=True,
        ),
        Field(
            "quotes",
            list_of(TEXT),
            "The passages that the record uses, where only those may be shown.",
            lambda told: list(told.shown.quotes),
            whole=True,
        ),
        Field(
            "withheld",
            maybe(TEXT),
            "Why nothing of the text is shown, where that is so.",
            lambda told: str(told.shown.note) if told.shown.note else None,
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
            flag("used", "Only those with accepted evidence (true), or only those without.", _used),
            *days("published_at__date", "published"),
        ]

    def things(self, moment: Moment) -> QuerySet[Any]:
        places = Prefetch("appearances", Appearance.objects.select_related("source"))
        return moment.show.releases().standing().prefetch_related(places)

    def complete(self, found: list[Any], moment: Moment) -> list[Any]:
        return [Told(release, moment.show) for release in found]

    def find(self, key: str, moment: Moment) -> Any | None:
        revisions = Revision.objects.select_related("snapshot", "appearance__source").order_by("number")
        found = self.things(moment).prefetch_related(Prefetch("revisions", revisions)).filter(pk=key).first()
        return Told(found, moment.show, moment.show.text(list(found.revisions.all())[-1])) if found else None


def _used(releases: QuerySet[Release], wanted: bool) -> QuerySet[Release]:
    has_evidence = Exists(showing.public_evidence().filter(release=OuterRef("pk"), commitment__merged_into=None))
    return releases.filter(has_evidence if wanted else ~has_evidence)
