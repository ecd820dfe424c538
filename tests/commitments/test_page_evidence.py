"""All that was published about a commitment: what its own page has no room for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commitments import decisions
from commitments.models import Commitment, Evidence
from commitments.pages import evidence
from commitments.pages.passage import NEWEST

from . import make

pytestmark = pytest.mark.django_db

PAGE_SIZE = 12
#: More than one page of one account.
MANY = PAGE_SIZE + 3


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "PAGE_SIZE", PAGE_SIZE)


@pytest.fixture
def promise() -> Commitment:
    """With many passages by the government, a day apart, one by auditors and one that says nothing new."""
    made = make.commitment("Plant trees")
    for voice, relation in (("independent", "contradicts"), ("official", "restates")):
        release = make.release(f"From {voice}.", at=make.source(voice, voice=voice), published=dt.date(2023, 1, 1))
        decisions.accept(make.evidence(made, release, relation=relation), make.deed())
    for number in range(MANY):
        release = make.release(f"Trees, {number}.", published=dt.date(2024, 1, 1) + dt.timedelta(days=number))
        make.evidence(made, release, relation="progress")
    Evidence.objects.filter(state="suggested").update(state="accepted", decided_at=timezone.now())
    return made


def quotes(client: Client, address: str) -> list[str]:
    return [piece.quote for piece in client.get(address).context["page"].pieces]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_the_commitments_page_shows_the_newest_of_each_account_and_how_many_there_are(
    client: Client, promise: Commitment
) -> None:
    response = client.get(promise.get_absolute_url())
    page = response.context["page"]
    told = {account.key: (account.count, len(account.pieces)) for account in page.accounts}
    assert told == {"government": (MANY, NEWEST), "independent": (1, 1)}
    assert page.accounts[0].pieces[0].quote == f"Trees, {MANY - 1}."
    assert (page.restated.count, page.restated.more) == (1, 0)
    assert page.freshness.last_evidence == dt.date(2024, 1, 1) + dt.timedelta(days=MANY - 1)
    said = response.content.decode()
    assert f'evidence/?said=government">{MANY - NEWEST} older ones' in said


def test_all_of_it_stands_on_pages_newest_first_and_by_account(client: Client, promise: Commitment) -> None:
    address = f"{promise.get_absolute_url()}evidence/"
    newest = [f"Trees, {number}." for number in reversed(range(MANY))]
    assert quotes(client, address) == newest[:PAGE_SIZE]
    assert quotes(client, f"{address}?page=2") == [*newest[PAGE_SIZE:], "From independent.", "From official."]
    assert quotes(client, f"{address}?said=independent") == ["From independent."]
    assert quotes(client, f"{address}?said=nobody&page=x") == newest[:PAGE_SIZE]
    assert client.get(address).context["page"].next_page == "?page=2"
    assert client.get(f"{address}?said=government&page=2").context["page"].previous_page == "?said=government&page=1"


@pytest.mark.parametrize("place", [0, NEWEST - 1, NEWEST, PAGE_SIZE, MANY - 1])
def test_a_piece_has_an_address_that_leads_to_where_it_stands(client: Client, promise: Commitment, place: int) -> None:
    piece = promise.evidence.get(quote=f"Trees, {MANY - 1 - place}.")
    response = client.get(f"{promise.get_absolute_url()}evidence/?piece={piece.pk}")
    path, _, fragment = response.headers["Location"].partition("#")
    assert f'id="{fragment}"' in client.get(path).content.decode()
    assert (path == promise.get_absolute_url()) == (place < NEWEST)


@pytest.mark.parametrize("piece", ["0", "x", "-1", "9" * 30, "١"])
def test_what_is_no_piece_of_it_leads_to_the_commitment(client: Client, promise: Commitment, piece: str) -> None:
    response = client.get(f"{promise.get_absolute_url()}evidence/", {"piece": piece})
    assert response.headers["Location"] == promise.get_absolute_url()


def test_more_evidence_costs_no_more_questions(client: Client, promise: Commitment) -> None:
    few = make.commitment("Dig wells")
    make.evidence(few, make.release("A well.", published=dt.date(2024, 1, 1)))
    Evidence.objects.filter(state="suggested").update(state="accepted", decided_at=timezone.now())
    for path in ("", "evidence/"):
        asked = {queries(client, f"{one.get_absolute_url()}{path}") for one in (few, promise)}
        assert len(asked) == 1, (path, asked)


def test_evidence_of_a_draft_is_not_there(client: Client) -> None:
    draft = make.commitment("Plant trees", publication="draft")
    assert client.get(f"{draft.get_absolute_url()}evidence/").status_code == 404
