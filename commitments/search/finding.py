"""Answers to what somebody searches for, likeliest first. Only what the public may see, unless staff ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from . import synonyms
from .copies import Copies
from .index import Found, Index
from .understanding import Understood, understand


@dataclass(frozen=True)
class Matches:
    """What was found, and how the query was understood."""

    found: Found
    understood: Understood

    @property
    def count(self) -> int:
        return len(self.found.keys)

    def best_first(self, start: int = 0, end: int | None = None) -> list[int]:
        keys: list[int] = self.found.best_first()[start:end].tolist()
        return keys


def any_commitments(held: Copies, query: str, on: dt.date) -> Matches:
    """Commitments of any kind, drafts and merged ones included: for staff."""
    return _matches(held, held.commitments(on), query)


def commitments(held: Copies, query: str, on: dt.date) -> Matches:
    """Commitments by title, reference, names, and their words now and as first promised."""
    return _of_public(held, any_commitments(held, query, on), on)


def evidence(held: Copies, query: str, on: dt.date) -> Matches:
    """Accepted passages by their words."""
    held.commitments(on)  # for their names
    return _of_public(held, _matches(held, held.evidence(), query), on)


def releases(held: Copies, query: str, on: dt.date) -> Matches:
    """Releases by title and text."""
    held.commitments(on)  # for their names
    return _matches(held, held.releases(), query)


def _matches(held: Copies, index: Index, query: str) -> Matches:
    understood = understand(query, index, (synonyms.usual(), held.names))
    return Matches(index.find(understood.groups), understood)


def _of_public(held: Copies, matches: Matches, on: dt.date) -> Matches:
    """Those whose commitment the public may see."""
    listing = held.listing(on)
    at = listing.places(matches.found.owners)
    shown = np.zeros(len(at), np.bool_)
    shown[at >= 0] = listing.public()[at[at >= 0]]
    return Matches(matches.found.where(shown), matches.understood)
