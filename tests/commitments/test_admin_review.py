from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from commitments.models import Evidence, Measurement
from tests.commitments import make

QUEUE = "admin:commitments_evidence_changelist"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(make.user("ada"))
    return client


def suggestion(quote: str = "planted 50 trees", **fields: Any) -> Evidence:
    owner = make.commitment("Plant trees")
    return make.evidence(owner, make.release(f"Last year the ministry {quote} in the north."), quote, **fields)


def messages_of(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def test_the_queue_shows_suggestions_only_best_first_with_the_quote_in_its_place(staff: Client) -> None:
    suggestion("planted 11 trees", score=0.55)
    suggestion(
        "planted 22 trees",
        score=0.95,
        reasons=["same metric", "Very likely to belong (score 0.95)."],
        figures=[make.figure(22)],
    )
    Evidence.objects.filter(pk=suggestion("planted 33 trees").pk).update(
        state="rejected", reject_reason="no", decided_at="2025-01-01T00:00Z"
    )

    html = staff.get(reverse(QUEUE)).content.decode()

    assert html.index("planted 22 trees") < html.index("planted 11 trees")
    assert "planted 33 trees" not in html
    assert "Last year the ministry <mark>planted 22 trees</mark> in the north." in html
    assert html.count("0.95") == 1
    assert "same metric" in html
    assert "22 trees" in html
    assert "planted 33 trees" in staff.get(reverse(QUEUE), {"state": "all"}).content.decode()


def test_a_quote_deep_in_a_long_text_is_cut_around(staff: Client) -> None:
    owner = make.commitment("Plant trees")
    text = f"{'far away ' * 300}The ministry planted 50 trees. {'much later ' * 300}"
    make.evidence(owner, make.release(text), "planted 50 trees")

    html = staff.get(reverse(QUEUE)).content.decode()

    assert "The ministry <mark>planted 50 trees</mark>. much later" in html
    assert html.count("far away") < 40


def test_markup_in_a_release_is_shown_and_not_run(staff: Client) -> None:
    suggestion("<script>alert(1)</script>")

    html = staff.get(reverse(QUEUE)).content.decode()

    assert "<mark>&lt;script&gt;alert(1)" in html


def test_accepting_from_the_page_records_figures_and_who_decided(staff: Client) -> None:
    piece = suggestion()
    series = make.target(piece.commitment, "trees planted", "trees", 100)
    Evidence.objects.filter(pk=piece.pk).update(figures=[make.figure(50, series)])

    page = staff.post(reverse("admin:commitments_evidence_accept", args=[piece.pk]), follow=True)

    piece.refresh_from_db()
    assert (piece.state, piece.decided_by.username) == ("accepted", "ada")
    assert Measurement.objects.get().value == 50
    assert "Accepted" in messages_of(page)


def test_a_link_alone_decides_nothing(staff: Client) -> None:
    piece = suggestion()

    staff.get(reverse("admin:commitments_evidence_accept", args=[piece.pk]))

    piece.refresh_from_db()
    assert piece.state == "suggested"


def test_rejecting_needs_a_reason(staff: Client) -> None:
    piece = suggestion()
    address = reverse("admin:commitments_evidence_reject", args=[piece.pk])

    refused = staff.post(address, {"reason": " "}, follow=True)
    piece.refresh_from_db()
    assert piece.state == "suggested"
    assert "Say why" in messages_of(refused)

    staff.post(address, {"reason": "Another programme."})
    piece.refresh_from_db()
    assert (piece.state, piece.reject_reason) == ("rejected", "Another programme.")


def test_deciding_again_is_told_and_changes_nothing(staff: Client) -> None:
    piece = suggestion()
    address = reverse("admin:commitments_evidence_accept", args=[piece.pk])
    staff.post(address)

    again = staff.post(address, follow=True)

    assert "accepted this already" in messages_of(again)


def test_many_are_accepted_at_once(staff: Client) -> None:
    pieces = [suggestion(), suggestion()]

    page = staff.post(
        reverse(QUEUE), {"action": "accept_selected", "_selected_action": [p.pk for p in pieces]}, follow=True
    )

    assert set(Evidence.objects.values_list("state", flat=True)) == {"accepted"}
    assert "2 pieces of evidence accepted" in messages_of(page)


def test_many_are_rejected_after_a_page_that_asks_why(staff: Client) -> None:
    pieces = [suggestion(), suggestion()]
    chosen = {"action": "reject_selected", "_selected_action": [p.pk for p in pieces]}

    asked = staff.post(reverse(QUEUE), chosen)
    assert asked.status_code == 200
    assert "Reject 2" in asked.content.decode()
    staff.post(reverse(QUEUE), {**chosen, "confirmed": "yes", "reason": ""})
    assert set(Evidence.objects.values_list("state", flat=True)) == {"suggested"}

    staff.post(reverse(QUEUE), {**chosen, "confirmed": "yes", "reason": "Another programme."})
    assert set(Evidence.objects.values_list("state", "reject_reason")) == {("rejected", "Another programme.")}


def test_who_may_only_look_cannot_decide(client: Client, db: None) -> None:
    viewer = get_user_model().objects.create(username="viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_evidence"))
    client.force_login(viewer)
    piece = suggestion()

    page = client.get(reverse("admin:commitments_evidence_change", args=[piece.pk]))
    posted = client.post(reverse("admin:commitments_evidence_accept", args=[piece.pk]))

    assert page.status_code == 200
    assert ">Accept<" not in page.content.decode()
    assert posted.status_code == 403


def test_the_queue_of_one_commitment_opens_from_its_link(staff: Client) -> None:
    mine, other = suggestion("planted 11 trees"), suggestion("planted 22 trees")

    html = staff.get(reverse(QUEUE), {"commitment__id__exact": mine.commitment_id}).content.decode()

    assert mine.quote in html
    assert other.quote not in html


def test_a_row_of_the_queue_says_what_was_promised_who_published_and_each_figure_as_a_phrase(staff: Client) -> None:
    piece = suggestion("planted 50 trees")
    make.target(piece.commitment, "trees planted", "trees", 100)
    period = {"period_start": "2024-07-05", "period_end": "2024-12-16", "qualifier": "almost"}
    Evidence.objects.filter(pk=piece.pk).update(figures=[make.figure(50, **period)])

    html = staff.get(reverse(QUEUE)).content.decode()

    assert "Target: trees planted: at least 100 trees" in html
    assert "almost 50 trees planted, 5 July to 16 December 2024" in html
    assert "9 January 2025, Ministry news" in html


def test_what_was_put_right_beside_the_button_is_what_is_accepted(staff: Client) -> None:
    piece = suggestion()
    series = make.target(piece.commitment, "trees planted", "trees", 100)
    Evidence.objects.filter(pk=piece.pk).update(figures=[make.figure(50, series)])
    wanted = {"relation": "context", "tier": "in_operation", "figure_0": "again"}

    staff.post(reverse("admin:commitments_evidence_accept", args=[piece.pk]), wanted)

    piece.refresh_from_db()
    assert (piece.state, piece.relation, piece.tier) == ("accepted", "context", "in_operation")
    assert piece.figures[0]["restated"] is True
    assert not Measurement.objects.exists()
    history = staff.get(reverse("admin:commitments_evidence_history", args=[piece.pk])).content.decode()
    assert "relation: is context" in history


def test_a_correction_alone_decides_nothing_and_stays_on_the_page(staff: Client) -> None:
    piece = suggestion(figures=[make.figure(50)])
    address = reverse("admin:commitments_evidence_correct", args=[piece.pk])

    page = staff.post(address, {"relation": "slips", "tier": "announced", "figure_0": "drop"})

    piece.refresh_from_db()
    assert (piece.state, piece.relation, piece.figures) == ("suggested", "slips", [])
    assert page.headers["Location"] == reverse("admin:commitments_evidence_change", args=[piece.pk])


def test_a_correction_that_does_not_fit_accepts_nothing(staff: Client) -> None:
    piece = suggestion()

    page = staff.post(
        reverse("admin:commitments_evidence_accept", args=[piece.pk]), {"relation": "nonsense"}, follow=True
    )

    piece.refresh_from_db()
    assert piece.state == "suggested"
    assert "does not fit" in messages_of(page)


def test_after_a_decision_the_queue_is_filtered_as_it_was(staff: Client) -> None:
    piece = suggestion()

    accept = reverse("admin:commitments_evidence_accept", args=[piece.pk])

    page = staff.post(f"{accept}?_changelist_filters=relation__exact%3Dprogress")

    assert page.headers["Location"].endswith("?relation__exact=progress")
