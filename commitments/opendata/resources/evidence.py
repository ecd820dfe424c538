"""Accepted passages."""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from commitments.exports import FIGURE_FIELDS
from commitments.models import Commitment, Evidence, Qualifier, Relation, Tier, is_public
from tracker.models import Voice

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
from ..paging import Key
from ..resource import Filter, Order, Resource, choice, days

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


def public_evidence() -> QuerySet[Evidence]:
    """Accepted passages of published commitments, with what a line about each needs."""
    return (
        Evidence.objects.accepted()
        .filter(is_public("commitment"), commitment__merged_into=None)
        .select_related("commitment", "release", "revision__appearance__source", "gone_since")
    )


def _page(evidence: Evidence) -> str:
    return whole(f"{evidence.revision.get_absolute_url()}#e{evidence.pk}")


FIELDS = (
    Field("id", WHOLE_NUMBER, "Its number.", lambda piece: piece.pk),
    Field("commitment", TEXT, "Reference of the commitment that it bears on.", lambda p: p.commitment.reference),
    Field("commitment_url", ADDRESS, "That commitment's page.", lambda p: whole(p.commitment.get_absolute_url())),
    Field("relation", one_of(Relation), "What it does to the commitment, as an editor judged.", lambda p: p.relation),
    Field("tier", one_of(Tier), "How far it goes.", lambda piece: piece.tier),
    Field("self_declared", FLAG, "Said by the body that made the promise.", lambda piece: piece.self_declared),
    Field("quote", TEXT, "The passage, in its publisher's words.", lambda piece: piece.quote),
    Field("url", ADDRESS, "Where the passage can be read here, marked.", _page),
    Field("release_id", WHOLE_NUMBER, "The release it stands in.", lambda piece: piece.release_id),
    Field("release_title", TEXT, "That release's title.", lambda piece: piece.release.title),
    Field("release_url", TEXT, "Its address at its publisher; empty if it has none.", lambda piece: piece.release.url),
    Field("published", DAY, "The day it was published.", lambda piece: timezone.localdate(piece.release.published_at)),
    Field("revision", WHOLE_NUMBER, "The number of the revision quoted.", lambda piece: piece.revision.number),
    Field("start", WHOLE_NUMBER, "Where the quote begins in that revision's text, in characters.", lambda p: p.start),
    Field("end", WHOLE_NUMBER, "Where it ends.", lambda piece: piece.end),
    Field(
        "gone_since",
        maybe(WHOLE_NUMBER),
        "The number of the revision from which the quote has disappeared.",
        lambda piece: piece.gone_since.number if piece.gone_since else None,
    ),
    Field("source", TEXT, "The source that brought it.", lambda piece: piece.revision.appearance.source.slug),
    Field("voice", one_of(Voice), "Whose account it is.", lambda piece: piece.revision.appearance.source.voice),
    Field(
        "figures",
        list_of(thing(FIGURES)),
        "The figures in the passage.",
        lambda piece: [{name: figure.get(name) for name in FIGURE_FIELDS} for figure in piece.figures],
    ),
    Field("accepted_at", INSTANT, "When an editor accepted it.", lambda piece: piece.decided_at),
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

    def things(self, on: dt.date) -> QuerySet[Any]:
        return public_evidence()

    def find(self, key: str, on: dt.date) -> Any | None:
        return self.things(on).filter(pk=key).first()
