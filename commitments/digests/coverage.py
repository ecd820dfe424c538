"""What somebody's subscriptions cover, all together. Searches are asked once for all who subscribed to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from commitments import addresses
from commitments.digests.scope import SEARCH, Scope, parse
from commitments.search import copies, finding


@dataclass(frozen=True)
class Coverage:
    """Whatever is covered by one of `keys` (`Scope.key`) or is one of the commitments in `found`, by key."""

    keys: frozenset[addresses.Key]
    found: frozenset[int] = frozenset()


class Searches:
    """Which public commitments each query finds, as the list of commitments does on a day. Each is asked once.

    An answer holds for the life of this object: take a new one for every run.
    """

    def __init__(self, on: dt.date) -> None:
        self._on = on
        self._held: copies.Copies | None = None
        self._found: dict[str, frozenset[int]] = {}

    def found(self, query: str) -> frozenset[int]:
        if query not in self._found:
            if self._held is None:
                self._held = copies.follow()
            matches = finding.commitments(self._held, query, self._on)
            self._found[query] = frozenset(matches.found.owners.tolist())
        return self._found[query]


def coverage(scopes: Iterable[str], searches: Searches) -> Coverage:
    """Of the texts of scopes. No query of the database but what a search that is new to `searches` asks."""
    parsed = [parse(text) for text in scopes]
    return Coverage(
        keys=frozenset(scope.key for scope in parsed if scope.kind != SEARCH),
        found=frozenset().union(*(searches.found(scope.slug) for scope in parsed if scope.kind == SEARCH)),
    )


def of(scope: Scope, searches: Searches) -> Coverage:
    return coverage([str(scope)], searches)
