"""Accepted passages."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from commitments.exports import FIGURE_FIELDS
from commitments.models import Commitment, Evidence, Qualifier, Relation, Tier
from commitments.showing import Showing
from tracker.models import Source, Voice

from ..addresses import whole
from ..fields import (
    ADDRESS,
    DAY,
    FLAG,
    INSTANT,
    NUMBER,
    TEXT,
    WHOLE_NUMBER,
    Field,
    Schema,
    list_of,
    maybe,
    one_of,
    thing,
)
from ..licence import licence_fields
from ..paging import Key
from ..resource import Filter, Moment, Order, Resource, choice, days

_FIGURE_SCHEMAS: dict[str, tuple[Schema, str]] = {
    "metric": (maybe(TEXT), "What is counted."),
    "value": (maybe(NUMBER), "The figure."),
    "unit": (maybe(TEXT), "In what."),
    "qualifier": (maybe(one_of(Qualifier)), "How it was hedged."),
    "as_of": (maybe(DAY), "The day that it describes."),
    "period_start": (maybe(DAY), "First day of the time that it covers."),
    "period_end": (maybe(DAY), "Last day of the time that it covers."),
    "restated": (maybe(FLAG), "Whether an earlier release gave it already."),
}
FIGURES = tuple(Field(name, *_FIGURE_SCHEMAS[name], itemgetter(name)) for name in FIGURE_FIELDS)


@dataclass(frozen=True)
class Quoted:
    """A passage in the words that may be shown of it."""

    piece: Evidence
    quote: str
    title: str

    @property
    def source(self) -> Source:
        return self.piece.revision.appearance.source


def public_evidence(show: Showing) -> QuerySet[Evidence]:
    """Accepted passages of published commitments that are not withheld."""
    return show.evidence().filter(commitment__merged_into=None)


def _page(quoted: Quoted) -> str:
    return whole(f"{quoted.piece.revision.get_absolute_url()}#e{quoted.piece.pk}")


FIELDS = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda quoted: quoted.piece.pk),
    Field(
        "commitment",
        TEXT,
        "Reference of the commitment that it bears on.",
        lambda quoted: quoted.piece.commitment.reference,
    ),
    Field(
        "commitment_url",
        ADDRESS,
        "That commitment's page.",
        lambda quoted: whole(quoted.piece.commitment.get_absolute_url()),
    ),
    Field(
        "relation",
        one_of(Relation),
        "What it does to the commitment, as an editor judged.",
        lambda quoted: quoted.piece.relation,
    ),
    Field("tier", one_of(Tier), "How far it goes.", lambda quoted: quoted.piece.tier),
    Field("self_declared", FLAG, "Said by the body that made the promise.", lambda quoted: quoted.piece.self_declared),
    Field(
        "quote",
        TEXT,
        "The passage, in its publisher's words; only its beginning where no more may be republished.",
        lambda quoted: quoted.quote,
    ),
    Field("url", ADDRESS, "Where the passage can be read here, marked.", _page),
    Field("release_id", WHOLE_NUMBER, "The release it stands in.", lambda quoted: quoted.piece.release_id),
    Field("release_title", TEXT, "That release's title.", lambda quoted: quoted.title),
    Field(
        "release_url",
        TEXT,
        "Its address at its publisher; empty if it has none.",
        lambda quoted: quoted.piece.release.url,
    ),
    Field(
        "published",
        DAY,
        "The day it was published.",
        lambda quoted: timezone.localdate(quoted.piece.release.published_at),
    ),
    Field("revision", WHOLE_NUMBER, "The number of the revision quoted.", lambda quoted: quoted.piece.revision.number),
    Field(
        "start",
        WHOLE_NUMBER,
        "Where the quote begins in that revision's text, in characters.",
        lambda quoted: quoted.piece.start,
    ),
    Field("end", WHOLE_NUMBER, "Where it ends.", lambda quoted: quoted.piece.end),
    Field(
        "gone_since",
        maybe(WHOLE_NUMBER),
        "The number of the revision from which the quote has disappeared.",
        lambda quoted: quoted.piece.gone_since.number if quoted.piece.gone_since else None,
    ),
    Field("source", TEXT, "The source that brought it.", lambda quoted: quoted.source.slug),
    Field("voice", one_of(Voice), "Whose account it is.", lambda quoted: quoted.source.voice),
    Field(
        "figures",
        list_of(thing(FIGURES)),
        "The figures in the passage.",
        lambda quoted: [{name: figure.get(name) for name in FIGURE_FIELDS} for figure in quoted.piece.figures],
    ),
    *licence_fields(lambda quoted: quoted.source.licence),
    Field("accepted_at", INSTANT, "When an editor accepted it.", lambda quoted: quoted.piece.decided_at),
)


def about(column: str, of: str = "commitment") -> list[Filter]:
    """Filters by the commitment that something is about, its department, area and administration."""

    def named(*columns: str) -> Any:
        return lambda things, text: things.filter(
            **{f"{column}__in": Commitment.objects.filter(_any(columns, text)).values("pk")}
        )

    return [
        Filter(of, TEXT, "Of one commitment, by reference or slug.", named("reference", "slug")),
        Filter("department", TEXT, "Of one department, by slug.", named("department__slug", "other_departments__slug")),
        Filter("area", TEXT, "Of one policy area, by slug.", named("policy_area__slug")),
        Filter(
            "administration",
            TEXT,
            "Of one administration, by slug.",
            named("administration__slug", "adopted_by__slug"),
        ),
    ]


def _any(columns: tuple[str, ...], text: str) -> Q:
    wanted = Q()
    for column in columns:
        wanted |= Q(**{column: text})
    return wanted


class Pieces(Resource):
    name, one = "evidence", "piece of evidence"
    meaning = "Passages of releases that an editor accepted as bearing on a commitment."
    key_meaning, key_schema = "Its number.", WHOLE_NUMBER
    fields = FIELDS
    orders = {
        "published": Order("latest published first", (Key("release__published_at", True), Key("pk", True))),
        "accepted": Order("latest accepted first", (Key("decided_at", True), Key("pk", True))),
    }
    shows_the_watch = True

    def filters(self) -> list[Filter]:
        return [
            *about("commitment"),
            choice("relation", one_of(Relation), "With this relation.", "relation"),
            choice("voice", one_of(Voice), "By whose account.", "revision__appearance__source__voice"),
            *days("release__published_at__date", "published"),
            *days("decided_at__date", "accepted"),
        ]

    def things(self, moment: Moment) -> QuerySet[Any]:
        related = ("commitment", "release", "revision__appearance__source", "gone_since")
        return public_evidence(moment.show).select_related(*related)

    def complete(self, found: list[Any], moment: Moment) -> list[Any]:
        show = moment.show
        return [Quoted(piece, show.quote(piece), show.title(piece.release_id, piece.release.title)) for piece in found]

    def find(self, key: str, moment: Moment) -> Any | None:
        return next(iter(self.complete(list(self.things(moment).filter(pk=key)), moment)), None)
