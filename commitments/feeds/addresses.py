"""Where the feed of what a scope covers is."""

from __future__ import annotations

from urllib.parse import urlencode

from commitments.digests.scope import ALL, SEARCH, Scope
from commitments.opendata.addresses import public


def feed_address(scope: Scope) -> str:
    """The whole address of the Atom feed of changes."""
    if scope.kind == ALL:
        return public("feed-changes")
    if scope.kind == SEARCH:
        return f"{public('feed-changes')}?{urlencode({'q': scope.slug})}"
    if scope.kind == "commitment":
        return public("commitment-feed", scope.slug)
    return public("feed-changes-of", scope.kind, scope.slug)
