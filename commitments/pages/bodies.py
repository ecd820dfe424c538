"""Departments, policy areas and administrations, by which the record is counted and filtered."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model

from commitments.models import Administration, Department, PolicyArea

from .tally import Tally


@dataclass(frozen=True)
class Body:
    """`key` is the row's id, as tallies have it; `slug` its value in the list's filters."""

    key: int
    slug: str
    name: str


@dataclass(frozen=True)
class Group:
    """Bodies of one kind with how many commitments each has, the most first. `parameter` is the list's filter."""

    parameter: str
    label: str
    counted: list[tuple[Body, int]]


#: By the list's filter: what a body of that kind is called, and the model that has them in their order.
KINDS: dict[str, tuple[str, type[Model]]] = {
    "department": ("Department", Department),
    "area": ("Policy area", PolicyArea),
    "administration": ("Administration", Administration),
}


def bodies(parameter: str) -> list[Body]:
    """All bodies of a kind, in the order of the record."""
    _, model = KINDS[parameter]
    return [Body(*row) for row in model._default_manager.values_list("pk", "slug", "name")]


def groups(counts: Tally) -> list[Group]:
    """Every kind with the bodies that have any commitment."""
    found = []
    for parameter, (label, _) in KINDS.items():
        by = counts.by(parameter)
        counted = [(body, by[body.key]) for body in bodies(parameter) if by[body.key]]
        found.append(Group(parameter, label, sorted(counted, key=lambda pair: -pair[1])))
    return found
