"""Where old addresses lead: after something was renamed, merged into another, or taken over by a successor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from commitments.models import Administration, Commitment, Department, FormerSlug, PolicyArea, Succession

#: What has an address, by its kind.
MODELS: Mapping[str, Any] = {
    model.addressed_as.value: model for model in (Department, PolicyArea, Administration, Commitment)
}

#: Kind and slug, as of `digests.scope.Scope.key`.
Key = tuple[str, str]


def current_slug(kind: str, slug: str) -> str | None:
    """The slug under which something is found today that was once found under `slug`; None if there is no such thing.

    A merged commitment is found under that into which it was merged, a department that ended under its successor; of
    several, under the first.
    """
    if "\0" in slug:  # which no slug holds, and PostgreSQL answers with an error
        return None
    key = MODELS[kind]._base_manager.filter(slug=slug).values_list("pk", flat=True).first()
    if key is None:
        key = FormerSlug.leads_to(kind, slug)
    thing = None if key is None else MODELS[kind]._base_manager.filter(pk=key).first()
    if isinstance(thing, Commitment):
        thing = thing.end_of_merges()
    while isinstance(thing, Department) and (succession := thing.successions.order_by("pk").first()):
        thing = succession.successor
    return thing.slug if thing is not None else None


def former_keys() -> dict[Key, frozenset[Key]]:
    """By the kind and slug of today, those by which the same was known before. A fixed number of queries.

    With a commitment go those that were merged into it, and with a department those that it took over from, with all
    their own former addresses.
    """
    leads: list[tuple[Key, Key]] = []
    named: dict[tuple[str, int], str] = {}
    former = list(FormerSlug.objects.values_list("kind", "slug", "key"))
    for kind, model in MODELS.items():
        keys = {key for of, _, key in former if of == kind}
        named |= {(kind, key): slug for key, slug in model._base_manager.filter(pk__in=keys).values_list("pk", "slug")}
    leads += [((kind, slug), (kind, named[kind, key])) for kind, slug, key in former if (kind, key) in named]
    merged = Commitment.objects.filter(merged_into__isnull=False).values_list("slug", "merged_into__slug")
    leads += [(("commitment", slug), ("commitment", into)) for slug, into in merged]
    ended = Succession.objects.values_list("predecessor__slug", "successor__slug")
    leads += [(("department", slug), ("department", into)) for slug, into in ended]
    return _behind(leads)


def _behind(leads: Iterable[tuple[Key, Key]]) -> dict[Key, frozenset[Key]]:
    """By each key, all that lead to it, directly or through others."""
    directly: dict[Key, set[Key]] = defaultdict(set)
    for old, new in leads:
        directly[new].add(old)
    found = {}
    for key in directly:
        behind: set[Key] = set()
        to_see = [key]
        while to_see:
            further = directly.get(to_see.pop(), set()) - behind - {key}
            behind |= further
            to_see += further
        found[key] = frozenset(behind)
    return found
