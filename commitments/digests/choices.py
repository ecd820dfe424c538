"""What can be chosen in the forms of subscribers."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from commitments.digests import scope
from commitments.models import Administration, Commitment, Department, PolicyArea, Subscriber

#: Chosen where the words stand in a field of their own.
FOR_WORDS = scope.SEARCH

FREQUENCIES = [
    (Subscriber.Frequency.AT_ONCE.value, "At once, when something has happened"),
    (Subscriber.Frequency.DAILY.value, "Daily"),
    (Subscriber.Frequency.WEEKLY.value, "Weekly, on Mondays"),
]
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def scopes(wanted: str = "") -> list[Any]:
    """Options, some in groups. What is `wanted` already, such as one commitment, is among them."""
    public = Commitment.objects.published().order_by()
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    for label, kind, model, column in (
        ("Departments", "department", Department, "department"),
        ("Policy areas", "area", PolicyArea, "policy_area"),
        ("Administrations", "administration", Administration, "administration"),
    ):
        things = model._default_manager.filter(pk__in=public.values(column)).order_by("name")
        groups.append((label, [(f"{kind}:{slug}", name) for slug, name in things.values_list("slug", "name")]))
    options: list[Any] = [("all", "All commitments"), *(group for group in groups if group[1])]
    known = {"all", FOR_WORDS, *(value for _, values in groups for value, _ in values)}
    if wanted and wanted not in known:
        try:
            found, name = scope.find(wanted)
        except scope.UnknownScope:
            pass  # the form says so when it is sent
        else:
            options.insert(1, (str(found), name[0].upper() + name[1:]))
    return [*options, (FOR_WORDS, "What a search finds (words below)")]


@cache
def time_zones() -> list[Any]:
    """Options by region; the first, with no value, is the site's own."""
    groups: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if region in groups and place:
            groups[region].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("", f"{settings.TIME_ZONE.replace('_', ' ')} (as this site)"), ("UTC", "UTC"), *groups.items()]
