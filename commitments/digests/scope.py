"""What a subscription covers: everything, one department, area, administration or commitment, or a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from commitments import addresses
from commitments.models import Commitment
from commitments.search.understanding import cleaned, understand

ALL = "all"
SEARCH = "search"


class UnknownScope(ValueError):
    """The text names nothing that can be subscribed to; the message says so for a person."""


@dataclass(frozen=True)
class Scope:
    """A `kind` ("all", "department", "area", "administration", "commitment", "search") and the slug of what it means.

    Of a search, the words that are looked for stand in the slug's place.
    """

    kind: str = ALL
    slug: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.slug}" if self.slug else self.kind

    @property
    def key(self) -> tuple[str, str]:
        """What `Line.scopes` holds for everything that this scope covers; a search has to be asked."""
        return (self.kind, self.slug)


def parse(text: str) -> Scope:
    """Read "all", "KIND:SLUG" or "search:WORDS". Raises UnknownScope for anything else."""
    kind, colon, slug = text.replace("\0", " ").strip().partition(":")
    if kind == ALL and not colon:
        return Scope()
    if kind == SEARCH and cleaned(slug):
        return Scope(SEARCH, cleaned(slug))
    if kind not in addresses.MODELS or not slug:
        kinds = ", ".join(f"{kind}:SLUG" for kind in addresses.MODELS)
        raise UnknownScope(f"“{text}” is no scope. Write all, or one of {kinds}, search:WORDS.")
    return Scope(kind, slug)


def find(text: str) -> tuple[Scope, str]:
    """The scope that a text names, and its name for people; what has another address since, by that one.

    Raises UnknownScope if there is no such thing, or if a search says nothing.
    """
    scope = parse(text)
    if scope.kind == ALL:
        return scope, "all commitments"
    if scope.kind == SEARCH:
        if understand(scope.slug, None, ()).says_nothing:
            raise UnknownScope(f"The words “{scope.slug}” stand in almost every text. Add one that says what you want.")
        return scope, f"commitments found for “{scope.slug}”"
    things = _things(scope.kind)
    thing = things.filter(slug=scope.slug).first()
    if thing is None:
        thing = things.filter(slug=addresses.current_slug(scope.kind, scope.slug)).first()
    if thing is None:
        raise UnknownScope(f"There is no {scope.kind} “{scope.slug}”.")
    return Scope(scope.kind, thing.slug), _NAMES[scope.kind](thing)


def names(texts: Iterable[str]) -> dict[str, str]:
    """What `find` calls each of many, by text, in a query a kind; without those that are not found by what they say."""
    wanted: dict[str, dict[str, str]] = defaultdict(dict)
    for text in texts:
        scope = parse(text)
        if scope.kind in _NAMES:
            wanted[scope.kind][scope.slug] = text
    return {
        of_kind[thing.slug]: _NAMES[kind](thing)
        for kind, of_kind in wanted.items()
        for thing in _things(kind).filter(slug__in=of_kind)
    }


def _things(kind: str) -> QuerySet[Any]:
    model = addresses.MODELS[kind]
    return Commitment.objects.published() if model is Commitment else model._default_manager.all()


_NAMES: dict[str, Callable[..., str]] = {
    "department": lambda thing: f"commitments of {thing.name}",
    "area": lambda thing: f"commitments on {thing.name}",
    "administration": lambda thing: f"commitments of {thing.name}",
    "commitment": lambda thing: f"“{thing.title}”",
}
