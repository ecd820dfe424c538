"""Changes as Atom (RFC 4287): of everything, of one department, area, administration or commitment, of a search."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from commitments import showing
from commitments.changes import Change, covered, latest
from commitments.digests.scope import SEARCH, Scope, UnknownScope, find
from commitments.feeds.addresses import feed_address
from commitments.opendata.addresses import public, whole
from commitments.opendata.answering import answer, asked, last_change, open_data
from commitments.opendata.problems import not_found
from commitments.search.understanding import cleaned

NEWEST = 50
#: Part of every tag: address (RFC 4151). It never changes, or readers would be told everything anew.
TAGGED_SINCE = "2026"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@open_data
def changes_of_all(request: HttpRequest) -> HttpResponseBase:
    """With `?q=`, of what the list of commitments finds for it."""
    query = cleaned(asked(request, {"q": None}).get("q", ""))
    return _feed(request, Scope(SEARCH, query) if query else Scope())


@open_data
def changes_of(request: HttpRequest, kind: str, slug: str) -> HttpResponseBase:
    """`kind` as in `Scope`. What a commitment was merged into has its changes from then on."""
    asked(request, {})
    return _feed(request, Scope(kind, slug))


def tag(what: str) -> str:
    """What tells a feed or an entry from all others for good, whatever its address."""
    return f"tag:{urlsplit(settings.BASE_URL).hostname},{TAGGED_SINCE}:{what}"


def _feed(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    try:
        now, name = find(str(scope))
    except UnknownScope as error:
        raise not_found(str(error)) from error
    if now != scope:  # renamed, or merged into another, since
        return HttpResponsePermanentRedirect(feed_address(now))
    told = latest(showing.now(), NEWEST, among=covered(scope))
    feed = _Feed(
        title=f"{settings.SITE_NAME}: changes to {name}",
        link=_page(scope),
        description="What was promised in public, and what became of it.",
        language="en-GB",
        feed_url=feed_address(scope),
        feed_guid=tag(f"changes/{scope}"),
        author_name=settings.SITE_NAME,
    )
    for change in told:
        _add(feed, change)
    written = feed.writeString("utf-8")
    return answer(request, written, "application/atom+xml; charset=utf-8", last_change(timezone.localdate()))


def _page(scope: Scope) -> str:
    """Where people read the same."""
    if scope.kind == SEARCH:
        return f"{public('commitments')}?{urlencode({'q': scope.slug})}"
    return public("commitment", scope.slug) if scope.kind == "commitment" else public("what-changed")


def _add(feed: Atom1Feed, change: Change) -> None:
    correction = "We said later that this was wrong. " if change.corrected_at else ""
    feed.add_item(
        title=_told(f"{change.commitment.title} – {change.headline}"),
        link=whole(change.path),
        description=escape(_told(f"{correction}{change.account}")),
        unique_id=tag(change.key),
        pubdate=change.at,
        updateddate=change.corrected_at or change.at,
        categories=[change.kind.value],
    )


def _told(text: str) -> str:
    """Without the characters that XML cannot hold, which texts of files have now and then."""
    return _NO_XML.sub(" ", text)


class _Feed(Atom1Feed):
    """The time of the newest entry is that of the feed."""

    def latest_post_date(self) -> dt.datetime:
        # Without entries, a time that stays: the feed is then the same each time it is asked for.
        return super().latest_post_date() if self.items else dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
