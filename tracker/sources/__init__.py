"""The kinds of source: a module each, which says what to ask for and what the answer holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, cast

from tracker.fetching import Response
from tracker.models import Source

from .entry import Attached, ChangeNote, Entry, KindNotAvailable, NotUnderstood, SourceEnded, Vanished, Version
from .opening import MOST_ITEMS


class Ask(Protocol):
    """The way to the web that a kind is given: guarded, polite, and counted against what one poll may spend."""

    def __call__(self, url: str, accept: str = "*/*") -> Response:
        """The answer of `url`, whatever its status (its body is empty unless that is 200 or 410).

        Raises FetchError when no answer came, and when this poll has spent what it may (tracker.asking.Spent,
        which a kind lets through: it is tried again at the next poll).
        """


class Kind(Protocol):
    """What a module of this package offers. Only `ask` reaches the web; the rest is pure."""

    @property
    def ACCEPT(self) -> str:
        """What to ask for at `address`, as an Accept header."""

    def address(self, source: Source) -> str:
        """Where to look first: `source.url`, or what it and the options amount to."""

    def parse(self, source: Source, response: Response) -> list[Entry]:
        """The items in an answer of status 200, in its order (newest first, where it has one).

        Raises NotUnderstood where the answer is something else, SourceEnded where it says so.
        """

    def complete(self, source: Source, entry: Entry, ask: Ask) -> Entry:
        """The whole of what `entry` names, with `complete` true, as it is now.

        Asked for stubs that are new or changed, and for what is looked at again: then nothing but `guid`, `url`,
        `title` and `published_at` are given, so these must do. What `entry` knew and the answer does not say is
        kept. The first answer of status 200 is kept as the proof of the text. Raises FetchError and NotUnderstood
        when it could not be had now, Vanished when it is no longer there.
        """

    def next_page(self, source: Source, response: Response, number: int) -> str | None:
        """The address of the page after `response`, which was page `number` counting from 1. None at the end."""

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Raise NotUnderstood with a sentence for the first option that this kind does not know or cannot use."""


#: The module of each kind.
KINDS: dict[str, str] = {
    Source.Kind.FEED: "tracker.sources.feed",
    Source.Kind.GOVUK: "tracker.sources.govuk",
    Source.Kind.LISTING: "tracker.sources.listing",
    Source.Kind.PAGE: "tracker.sources.page",
    Source.Kind.PARLIAMENT: "tracker.sources.parliament",
    Source.Kind.MAILBOX: "tracker.sources.mailbox",
    Source.Kind.DESK: "tracker.sources.desk",
    Source.Kind.STATISTICS: "tracker.sources.statistics",
}


#: A document's own page is read in another way than what the source itself carries of it.
READ_OTHERWISE = {Source.Kind.FEED, Source.Kind.LISTING}


def kind_of(name: str) -> Kind:
    """The module for sources of kind `name`. Raises KindNotAvailable."""
    if name not in available_kinds():
        available = ", ".join(available_kinds())
        raise KindNotAvailable(f"Sources of kind “{name}” are not available yet. Available: {available}.")
    return cast("Kind", import_module(KINDS[name]))


def also(source: Source, now: dt.datetime) -> list[str]:
    """Further lists that every poll of `source` reads to their end, for what its first pages need not show.

    Of the kinds whose list is not ordered by what is new; they offer a function of this name. Empty for others.
    """
    kind = kind_of(source.kind)
    return list(kind.also(source, now)) if hasattr(kind, "also") else []


def available_kinds() -> list[str]:
    return sorted(str(kind) for kind, module in KINDS.items() if find_spec(module))


__all__ = [
    "KINDS",
    "MOST_ITEMS",
    "READ_OTHERWISE",
    "Ask",
    "Attached",
    "ChangeNote",
    "Entry",
    "Kind",
    "KindNotAvailable",
    "NotUnderstood",
    "SourceEnded",
    "Vanished",
    "Version",
    "also",
    "available_kinds",
    "kind_of",
]
