"""Departments through the years: what they were called, who took over from them, and who owed what until when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .commitment import Commitment
from .people import Department


class DepartmentName(models.Model):
    """A name that a department went by, up to the day from which it had the next one."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=200)
    since = models.DateField(null=True, blank=True)
    until = models.DateField()

    class Meta:
        ordering = ["until", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["department", "until"], name="department_name_ends_once_a_day"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until__gt=F("since")), name="department_name_lasts_at_least_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, until {self.until}"


class Succession(models.Model):
    """That a department ended and another took over from it on a day.

    Several successors of one department are a split, several predecessors of one a merger.
    """

    predecessor = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="predecessions")
    on = models.DateField()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor}, from {self.on} {self.successor}"


class FormerLead(models.Model):
    """That a commitment was owed by a department up to the day from which another owed it."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="former_leads")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="owed_before")
    until = models.DateField()

    class Meta:
        ordering = ["until", "pk"]
        constraints = [models.UniqueConstraint(fields=["commitment", "until"], name="former_lead_ends_once_a_day")]

    def __str__(self) -> str:
        return f"{self.commitment.reference}: {self.department} until {self.until}"
