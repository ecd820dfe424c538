"""Who owes commitments, what they are about, who promised them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, QuerySet

from commitments.models import Administration, Department, PolicyArea, is_public

from ..addresses import public
from ..fields import ADDRESS, DAY, TEXT, WHOLE_NUMBER, Field, maybe
from ..paging import Key
from ..resource import Moment, Order, Resource


class Named(Resource):
    """Things with a name and a slug, by which commitments can be filtered."""

    model: ClassVar[type[models.Model]]
    key_meaning = "Its slug."
    orders = {"name": Order("by name", (Key("name"), Key("pk")))}

    def things(self, moment: Moment) -> QuerySet[Any]:
        public_ones = is_public("commitments") & models.Q(commitments__merged_into=None)
        return self.model._default_manager.annotate(
            commitment_count=Count("commitments", filter=public_ones, distinct=True)
        )

    def find(self, key: str, moment: Moment) -> Any | None:
        return self.things(moment).filter(slug=key).first()


def _fields(parameter: str, *more: Field) -> tuple[Field, ...]:
    return (
        Field("slug", TEXT, "What it is called in addresses; stays when the name changes.", lambda thing: thing.slug),
        Field("name", TEXT, "Its name.", lambda thing: thing.name),
        *more,
        Field("commitment_count", WHOLE_NUMBER, "How many published commitments it has.", lambda t: t.commitment_count),
        Field(
            "commitments_url",
            ADDRESS,
            "Where this API lists them.",
            lambda thing: f"{public('api-list', 'commitments')}?{parameter}={thing.slug}",
        ),
    )


class Departments(Named):
    name, one, model = "departments", "department", Department
    meaning = "Bodies that owe commitments."
    fields = _fields("department")


class Areas(Named):
    name, one, model = "areas", "area", PolicyArea
    meaning = "What commitments are about."
    fields = _fields("area")


class Administrations(Named):
    name, one, model = "administrations", "administration", Administration
    meaning = "Governments, or other bodies' terms of office."
    fields = _fields(
        "administration",
        Field("took_office", maybe(DAY), "The day it took office.", lambda thing: thing.took_office),
        Field("left_office", maybe(DAY), "The day it left; nothing while it is in office.", lambda t: t.left_office),
    )
