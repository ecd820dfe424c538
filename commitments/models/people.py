"""Who promised, who owes it, and what it is about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .address import Addressed, FormerSlug


class Administration(Addressed):
    """A government, or another body's term of office."""

    addressed_as = FormerSlug.Kind.ADMINISTRATION

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    took_office = models.DateField(null=True, blank=True)
    left_office = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-took_office", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_office=None) | Q(took_office=None) | Q(left_office__gte=F("took_office")),
                name="administration_leaves_after_it_came",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Department(Addressed):
    """A body that owes commitments."""

    addressed_as = FormerSlug.Kind.DEPARTMENT

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PolicyArea(Addressed):
    """What a commitment is about."""

    addressed_as = FormerSlug.Kind.AREA

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
