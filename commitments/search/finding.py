"""Answers to what somebody searches for, likeliest first. Only what the public may see, unless staff ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from commitments.showing import Showing

from . import synonyms, texts
from .copies import Copies
from .highlighting import Groups
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


@dataclass(frozen=True)
class Said:
    """What was found in texts, likeliest first, whether there is more, and how the query was understood."""

    keys: list[int]
    is_more: bool
    understood: Understood


def evidence(show: Showing, held: Copies, query: str, on: dt.date) -> Said:
    """Accepted passages by their words."""
    return _said(lambda groups: texts.evidence(show, groups), held, query, on)


def releases(show: Showing, held: Copies, query: str, on: dt.date) -> Said:
    """Releases by title and text."""
    return _said(lambda groups: texts.releases(show, groups), held, query, on)


def _said(find: Callable[[Groups], texts.Found], held: Copies, query: str, on: dt.date) -> Said:
    """As it was typed; if nobody says so, as it may have been meant by the words of commitments."""
    index = held.commitments(on)
    understood = understand(query, None, (synonyms.usual(), held.names))
    found = find(understood.groups)
    if not found.keys:
        meant = understand(query, index, (synonyms.usual(), held.names))
        if meant.instead:
            found, understood = find(meant.groups), meant
    return Said(found.keys, found.is_more, understood)


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
