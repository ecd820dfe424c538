"""Addresses that never die: what something was called before leads to it for good."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone


class FormerSlug(models.Model):
    """The end of an address that something had before. `key` is the primary key of what it leads to."""

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", "commitment"
        DEPARTMENT = "department", "department"
        AREA = "area", "policy area"
        ADMINISTRATION = "administration", "administration"

    kind = models.CharField(max_length=20, choices=Kind)
    slug = models.SlugField(max_length=200)
    key = models.PositiveBigIntegerField()
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-left_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="former_slug_leads_to_one")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.slug}"

    @classmethod
    def leads_to(cls, kind: str, slug: str) -> int | None:
        """The key of what had this address before; None if nothing had."""
        return cls.objects.filter(kind=kind, slug=slug).values_list("key", flat=True).first()

    @classmethod
    def all_of(cls, kind: str) -> set[str]:
        """All that lead somewhere, and so are not free."""
        return set(cls.objects.filter(kind=kind).values_list("slug", flat=True))


class Addressed(models.Model):
    """Something with a slug. When that changes, by whatever door that saves it, the old one leads to the new one.

    `addressed_as` is its kind, which is also that of a subscription's scope.
    """

    addressed_as: ClassVar[FormerSlug.Kind]
    slug: Any
    _slug_as_stored: str = ""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        fields = kwargs.get("update_fields")
        if "slug" not in self.__dict__ or (fields is not None and "slug" not in fields):
            return
        before, self._slug_as_stored = self._slug_as_stored, self.slug
        if before and before != self.slug:
            FormerSlug.objects.filter(kind=self.addressed_as, slug=self.slug, key=self.pk).delete()
            FormerSlug.objects.update_or_create(
                kind=self.addressed_as, slug=before, defaults={"key": self.pk, "left_at": timezone.now()}
            )

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row._slug_as_stored = row.__dict__.get("slug", "")
        return row

    def clean(self) -> None:
        """An address that leads to something else is not free. Raises ValidationError."""
        super().clean()
        owner = FormerSlug.leads_to(self.addressed_as, self.slug) if self.slug else None
        if owner is None or owner == self.pk:
            return
        other = type(self)._base_manager.filter(pk=owner).first()
        if other is not None:
            raise ValidationError({"slug": f"“{self.slug}” was the address of “{other}” and still leads there."})
