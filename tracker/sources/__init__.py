"""The kinds of source: a module each, which says what to ask for and what the answer holds."""

from __future__ import annotations

from typing import Protocol

from tracker.fetching import Response
from tracker.models import Source

from . import feed
from .entry import Entry, KindNotAvailable, NotUnderstood, SourceEnded


class Kind(Protocol):
    @property
    def ACCEPT(self) -> str:
        """What to ask for, as an Accept header."""

    def parse(self, source: Source, response: Response) -> list[Entry]:
        """The items in an answer of status 200, in its order.

        Raises NotUnderstood where the answer is something else, SourceEnded where it says so.
        """


_KINDS: dict[str, Kind] = {Source.Kind.FEED: feed}


def kind_of(name: str) -> Kind:
    """The module for sources of kind `name`. Raises KindNotAvailable."""
    try:
        return _KINDS[name]
    except KeyError:
        available = ", ".join(sorted(str(kind) for kind in _KINDS))
        raise KindNotAvailable(f"Sources of kind “{name}” are not available yet. Available: {available}.") from None


__all__ = ["Entry", "Kind", "KindNotAvailable", "NotUnderstood", "SourceEnded", "kind_of"]
