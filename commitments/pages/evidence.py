"""All that has been published about a commitment, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse

from commitments.models import Commitment
from commitments.showing import Showing

from .passage import ACCOUNTS, NEWEST, Outlined, Piece, outline, pieces

PAGE_SIZE = 50


@dataclass(frozen=True)
class Side:
    """Whose account the list can be narrowed to, and how much there is of it."""

    key: str
    title: str
    count: int


@dataclass(frozen=True)
class EvidencePage:
    """`said` is the key of the account that was asked for; empty for all of them."""

    commitment: Commitment
    said: str
    sides: list[Side]
    count: int
    pieces: list[Piece]
    page: Page[Outlined]
    previous_page: str
    next_page: str


def evidence_page(show: Showing, commitment: Commitment, asked: Mapping[str, str]) -> EvidencePage:
    """The page for the query parameters `said, page`; what names no account is as if it were not there."""
    outlined = outline(commitment)
    counts = {key: sum(one.account == key for one in outlined) for key in ACCOUNTS}
    said = asked.get("said", "") if counts.get(asked.get("said", "")) else ""
    page = Paginator([one for one in outlined if said in ("", one.account)], PAGE_SIZE).get_page(asked.get("page"))
    return EvidencePage(
        commitment=commitment,
        said=said,
        sides=[Side(key, ACCOUNTS[key][0], count) for key, count in counts.items() if count],
        count=len(outlined),
        pieces=[each for _, each in pieces(show, [one.key for one in page.object_list])],
        page=page,
        previous_page=_address(said, page.previous_page_number()) if page.has_previous() else "",
        next_page=_address(said, page.next_page_number()) if page.has_next() else "",
    )


def standing_of(commitment: Commitment, key: int) -> str:
    """The address where a piece of its evidence stands: the commitment's own page while it is among the newest there.

    Of what is no evidence of it, the commitment's.
    """
    outlined = outline(commitment)
    place = next((place for place, one in enumerate(outlined) if one.key == key), None)
    if place is None:
        return commitment.get_absolute_url()
    before = sum(one.account == outlined[place].account for one in outlined[:place])
    if before < NEWEST:
        return f"{commitment.get_absolute_url()}#evidence-{key}"
    return f"{reverse('evidence', args=[commitment.slug])}{_address('', place // PAGE_SIZE + 1)}#evidence-{key}"


def _address(said: str, number: int) -> str:
    return "?" + urlencode({**({"said": said} if said else {}), "page": number})
