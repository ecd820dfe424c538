"""What a search finds beside commitments: passages of accepted evidence, and releases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from commitments.models import Evidence
from commitments.search import copies, finding, highlighting
from commitments.search.copies import Copies
from commitments.search.finding import Said
from commitments.search.highlighting import Run
from commitments.search.texts import latest_revisions
from commitments.search.understanding import Instead, cleaned
from commitments.showing import Showing
from tracker.models import Release

PAGE_SIZE = 20
#: So many of each kind are shown under the list of commitments.
SHORT_LIST = 3

EVIDENCE, RELEASES = "evidence", "releases"


@dataclass(frozen=True)
class PassageFound:
    """A piece of evidence with what was looked for marked in its quote, and the title of its release."""

    evidence: Evidence
    quote: list[Run]
    title: str


@dataclass(frozen=True)
class ReleaseFound:
    """A release with what was looked for marked in its title and in an extract of its text."""

    release: Release
    title: list[Run]
    extract: list[Run]


@dataclass(frozen=True)
class Also:
    """The first of what else was found, how much of it, and whether there is more."""

    passages: list[PassageFound]
    passages_count: int
    passages_are_more: bool
    releases: list[ReleaseFound]
    releases_count: int
    releases_are_more: bool


@dataclass(frozen=True)
class SearchPage:
    """Everything of one kind that was found, a page at a time, with how much there is of each kind."""

    query: str
    kind: str
    commitments_count: int
    passages_count: int
    passages_are_more: bool
    releases_count: int
    releases_are_more: bool
    passages: list[PassageFound]
    releases: list[ReleaseFound]
    page: Page[int]
    previous_page: str
    next_page: str
    instead: tuple[Instead, ...]
    says_nothing: bool


def also_found(show: Showing, held: Copies, query: str, on: dt.date) -> Also:
    """The likeliest passages and releases."""
    evidence, releases = finding.evidence(show, held, query, on), finding.releases(show, held, query, on)
    return Also(
        passages=_passages(show, evidence.keys[:SHORT_LIST], evidence),
        passages_count=len(evidence.keys),
        passages_are_more=evidence.is_more,
        releases=_releases(show, releases.keys[:SHORT_LIST], releases),
        releases_count=len(releases.keys),
        releases_are_more=releases.is_more,
    )


def search_page(show: Showing, asked: Mapping[str, str], on: dt.date) -> SearchPage:
    """The page for the query parameters `q, in, page`; `in` is "evidence" or "releases"."""
    query = cleaned(asked.get("q", ""))
    kind = RELEASES if asked.get("in") == RELEASES else EVIDENCE
    held = copies.follow()
    found = {EVIDENCE: finding.evidence(show, held, query, on), RELEASES: finding.releases(show, held, query, on)}
    page = Paginator(found[kind].keys, PAGE_SIZE).get_page(asked.get("page"))

    def address(number: int) -> str:
        return "?" + urlencode({"q": query, "in": kind, "page": str(number)})

    return SearchPage(
        query=query,
        kind=kind,
        commitments_count=finding.commitments(held, query, on).count,
        passages_count=len(found[EVIDENCE].keys),
        passages_are_more=found[EVIDENCE].is_more,
        releases_count=len(found[RELEASES].keys),
        releases_are_more=found[RELEASES].is_more,
        passages=_passages(show, list(page.object_list), found[kind]) if kind == EVIDENCE else [],
        releases=_releases(show, list(page.object_list), found[kind]) if kind == RELEASES else [],
        page=page,
        previous_page=address(page.previous_page_number()) if page.has_previous() else "",
        next_page=address(page.next_page_number()) if page.has_next() else "",
        instead=found[kind].understood.instead,
        says_nothing=found[kind].understood.says_nothing,
    )


def _passages(show: Showing, keys: Sequence[int], found: Said) -> list[PassageFound]:
    pieces = show.evidence().select_related("commitment", "release", "revision__appearance__source").in_bulk(keys)
    groups = found.understood.groups
    return [
        PassageFound(
            piece, highlighting.extract(show.quote(piece), groups), show.title(piece.release_id, piece.release.title)
        )
        for key in keys
        if (piece := pieces.get(key))
    ]


def _releases(show: Showing, keys: Sequence[int], found: Said) -> list[ReleaseFound]:
    """Each with an extract of its latest revision, where that may be shown."""
    releases = show.releases().in_bulk(keys)
    latest = latest_revisions().filter(release__in=keys).select_related("appearance__source")
    texts = {one.release_id: show.text(one).text for one in latest if show.may_be_whole(one)}
    groups = found.understood.groups
    return [
        ReleaseFound(
            release,
            highlighting.runs(show.title(key, release.title), groups),
            highlighting.extract(texts.get(key, ""), groups),
        )
        for key in keys
        if (release := releases.get(key))
    ]
