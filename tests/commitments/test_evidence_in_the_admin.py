"""The list of evidence and the page of one piece."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from commitments import decisions
from commitments.models import Evidence, Measurement
from tests.commitments import make

LIST = "admin:commitments_evidence_changelist"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user("ada"))
    return client


@pytest.fixture
def viewer(client: Client, db: None) -> Client:
    person = get_user_model().objects.create(username="viewer", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_evidence"))
    client.force_login(person)
    return client


def suggestion(quote: str = "planted 50 trees", **fields: Any) -> Evidence:
    owner = make.commitment("Plant trees")
    return make.evidence(owner, make.release(f"Last year the ministry {quote} in the north."), quote, **fields)


def page_of(piece: Evidence) -> str:
    return reverse("admin:commitments_evidence_change", args=[piece.pk])


def post(staff: Client, piece: Evidence, what: str, **said: str) -> Any:
    piece.refresh_from_db()
    return staff.post(
        reverse(f"admin:commitments_evidence_{what}", args=[piece.pk]),
        {"seen": piece.mark, "from": "page", **said},
        follow=True,
    )


def test_the_list_has_every_state_and_finds_by_words(staff: Client) -> None:
    decisions.reject(suggestion("planted 33 trees"), make.deed("ben"), "Another programme.")
    suggestion("planted 22 trees")

    everything = staff.get(reverse(LIST)).content.decode()
    waiting = staff.get(reverse(LIST), {"state": "suggested"}).content.decode()
    found = staff.get(reverse(LIST), {"q": "33 trees"}).content.decode()

    assert "Last year the ministry <mark>planted 22 trees</mark> in the north." in everything
    assert "Rejected by ben: Another programme." in everything
    assert "planted 33 trees" not in waiting
    assert "planted 22 trees" not in found


def test_a_row_says_what_was_promised_who_published_and_each_figure_as_a_phrase(staff: Client) -> None:
    piece = suggestion("planted 50 trees")
    make.target(piece.commitment, "trees planted", "trees", 100)
    period = {"period_start": "2024-07-05", "period_end": "2024-12-16", "qualifier": "almost"}
    Evidence.objects.filter(pk=piece.pk).update(figures=[make.figure(50, **period)])

    html = staff.get(reverse(LIST)).content.decode()

    assert "Target: trees planted: at least 100 trees" in html
    assert "almost 50 trees planted, 5 July to 16 December 2024" in html
    assert "9 January 2025, Ministry news" in html


def test_the_list_leads_to_the_queue(staff: Client) -> None:
    assert (
        f'href="{reverse("admin:commitments_evidence_review")}">Go through' in staff.get(reverse(LIST)).content.decode()
    )


def test_a_row_that_waits_leads_to_its_card_in_the_queue(staff: Client) -> None:
    suggestion("planted 11 trees", score=0.99)
    piece = suggestion("planted 22 trees", score=0.5)

    address = f"{reverse('admin:commitments_evidence_review')}?first={piece.pk}"

    assert f'href="{address}"' in staff.get(reverse(LIST)).content.decode()
    assert "<mark>planted 22 trees</mark>" in staff.get(address).content.decode()


def test_the_page_of_one_shows_all_that_was_decided_on_it(staff: Client) -> None:
    piece = suggestion(figures=[make.figure(50)])
    decisions.correct(piece, make.deed("ben"), relation="context", tier="outcome", restated={})
    decisions.accept(piece, make.deed("ben"))

    html = staff.get(page_of(piece)).content.decode()

    assert "corrected by ben (relation: is context; tier: outcome)" in html
    assert "accepted by ben" in html


def test_what_was_accepted_is_corrected_rejected_and_accepted_again_on_its_page(staff: Client) -> None:
    piece = suggestion()
    series = make.target(piece.commitment, "trees planted", "trees", 100)
    Evidence.objects.filter(pk=piece.pk).update(figures=[make.figure(50, series)])
    decisions.accept(piece, make.deed("ben"))

    page = post(staff, piece, "correct", relation="slips", tier="announced", figure_0="new", value_0="500")
    assert page.redirect_chain[-1][0] == page_of(piece)
    piece.refresh_from_db()
    assert (piece.state, piece.relation) == ("accepted", "slips")
    assert [point.value for point in Measurement.objects.filter(withdrawn_at=None)] == [500]

    post(staff, piece, "reject", reason="Another programme.")
    piece.refresh_from_db()
    assert (piece.state, piece.reject_reason, piece.decided_by.username) == ("rejected", "Another programme.", "ada")
    assert not Measurement.objects.filter(withdrawn_at=None).exists()

    post(staff, piece, "accept", relation="slips", tier="announced", figure_0="new")
    piece.refresh_from_db()
    assert piece.state == "accepted"


def test_what_a_status_rests_on_is_not_rejected_and_the_reason_is_said(staff: Client) -> None:
    piece = suggestion()
    decisions.accept(piece, make.deed("ben"))
    decisions.change_status(
        piece.commitment, "achieved", make.user(), "Done.", piece.release.published_at.date(), piece
    )

    page = post(staff, piece, "reject", reason="Another programme.")

    assert "rests on this evidence" in page.content.decode()
    piece.refresh_from_db()
    assert piece.state == "accepted"


def test_who_may_only_look_sees_the_list_and_decides_nothing(viewer: Client) -> None:
    piece = suggestion()
    accept = reverse("admin:commitments_evidence_accept", args=[piece.pk])

    queue = viewer.get(reverse("admin:commitments_evidence_review"), follow=True)
    page = viewer.get(page_of(piece))

    assert queue.redirect_chain[-1][0] == f"{reverse(LIST)}?state=suggested"
    assert "Accept" not in page.content.decode()
    assert viewer.post(accept, {"seen": piece.mark}).status_code == 403
    for address in ("undo", "find", "many"):
        assert viewer.get(reverse(f"admin:commitments_evidence_{address}")).status_code == 403


def test_the_links_of_the_queue_lead_who_may_only_look_to_the_same_to_be_read(viewer: Client) -> None:
    mine, others = suggestion("planted 33 trees"), suggestion("planted 22 trees")
    queue = reverse("admin:commitments_evidence_review")

    of_mine = viewer.get(queue, {"commitment": mine.commitment_id}, follow=True).content.decode()
    one = viewer.get(queue, {"first": others.pk}, follow=True)
    by_words = viewer.get(queue, {"words": "22 trees"}, follow=True).content.decode()

    assert [words in of_mine for words in ("33 trees", "22 trees")] == [True, False]
    assert [words in by_words for words in ("33 trees", "22 trees")] == [False, True]
    assert one.redirect_chain == [(page_of(others), 302)]
    assert f'<a href="{page_of(mine)}">Look at it</a>' in of_mine
    assert queue not in of_mine + one.content.decode()
