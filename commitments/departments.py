"""Departments that are renamed, split or merged, from a day on. Their old names and addresses go on leading to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from commitments.linking import indexing
from commitments.models import Commitment, Department, DepartmentName, FormerLead, FormerSlug, Succession


class DepartmentRefused(ValueError):
    """What was asked for cannot be; the message says why, for the person who asked."""


@dataclass(frozen=True)
class Spell:
    """By which name a commitment was owed, until which day; None for the one that owes it now."""

    name: str
    until: dt.date | None


@transaction.atomic
def rename(department: Department, name: str, on: dt.date) -> None:
    """From a day on it is called otherwise. Raises DepartmentRefused."""
    name = name.strip()
    if not name or name == department.name:
        raise DepartmentRefused("Give the name that it has from that day on.")
    if Department.objects.filter(name=name).exists():
        raise DepartmentRefused(f"There is a department “{name}” already: hand over to it instead.")
    last = department.former_names.last()
    if last is not None and last.until >= on:
        raise DepartmentRefused(f"It has its present name since {last.until}: it cannot have changed before then.")
    DepartmentName.objects.create(
        department=department, name=department.name, since=last.until if last else None, until=on
    )
    department.name, department.slug = name, _free_slug(name, department)
    department.save()
    indexing.update(department.commitments.values_list("pk", flat=True))


@transaction.atomic
def hand_over(
    department: Department, to: Sequence[Department], on: dt.date, chosen: Mapping[int, Department] | None = None
) -> int:
    """End a department: from a day on others owe what it owed. Returns how many commitments went over.

    `chosen` says to whom a commitment goes, by its key; the others go to the first. Raises DepartmentRefused.
    """
    if not to:
        raise DepartmentRefused("Choose at least one department that takes over.")
    if department.successions.exists():
        raise DepartmentRefused(f"{department} has ended already.")
    for one in to:
        if one.pk == department.pk or one.successions.exists():
            raise DepartmentRefused(f"{one} cannot take over: it ends itself, or has ended.")
    Succession.objects.bulk_create(Succession(predecessor=department, successor=one, on=on) for one in to)
    owed = list(department.commitments.order_by("pk"))
    with indexing.updated_at_the_end():
        for commitment in owed:
            lead_from(commitment, (chosen or {}).get(commitment.pk, to[0]), on)
    for commitment in Commitment.objects.filter(other_departments=department):
        commitment.other_departments.remove(department)
        commitment.other_departments.add(*(one for one in to if one.pk != commitment.department_id))
    return len(owed)


def lead_from(commitment: Commitment, department: Department, on: dt.date) -> None:
    """From a day on a commitment is owed by another department. Raises DepartmentRefused for an earlier day than that
    of the last change."""
    last = commitment.former_leads.last()
    if last is not None and last.until >= on:
        raise DepartmentRefused(f"{commitment.reference} is owed as it is now since {last.until}: choose a later day.")
    if commitment.department is not None:
        FormerLead.objects.create(commitment=commitment, department=commitment.department, until=on)
    commitment.department = department
    commitment.save(update_fields=["department"])


def owed(commitment: Commitment) -> list[Spell]:
    """Who owed a commitment, by the names of the time, the first one first. Two queries at most."""
    leads = list(commitment.former_leads.select_related("department"))
    involved = {lead.department_id for lead in leads} | {commitment.department_id}
    names = list(DepartmentName.objects.filter(department__in=[key for key in involved if key is not None]))
    spells: list[Spell] = []
    begun = commitment.made_on
    for department, until in [*((lead.department, lead.until) for lead in leads), (commitment.department, None)]:
        if department is not None:
            own = [one for one in names if one.department_id == department.pk]
            spells += _named(department.name, own, begun, until)
        begun = until
    return spells


def _named(now: str, names: Iterable[DepartmentName], begun: dt.date | None, until: dt.date | None) -> list[Spell]:
    """The names of one department within a time."""
    spells: list[Spell] = []
    for one in names:
        if begun is not None and one.until <= begun:
            continue
        if until is not None and one.until >= until:
            return [*spells, Spell(one.name, until)]
        spells.append(Spell(one.name, one.until))
    return [*spells, Spell(now, until)]


def _free_slug(name: str, department: Department) -> str:
    stem = slugify(name)[:190] or "department"
    taken = {
        *Department.objects.exclude(pk=department.pk).filter(slug__startswith=stem).values_list("slug", flat=True),
        *FormerSlug.objects.exclude(key=department.pk)
        .filter(kind=FormerSlug.Kind.DEPARTMENT, slug__startswith=stem)
        .values_list("slug", flat=True),
    }
    number, slug = 2, stem
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug
