"""An editor keeps something from the public, and shows it again."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from commitments import decisions
from commitments.models import AuditEntry, Evidence, Withholding

from . import make

pytestmark = pytest.mark.django_db

WORDS = "The contractor took bribes from three councils."
FORM = {"what": "passage", "note": "Withheld after a complaint.", "reason": "A letter of 3 April."}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.user())
    return client


@pytest.fixture
def piece() -> Evidence:
    made = make.evidence(make.commitment(), make.release(f"Trees were planted. {WORDS}"), WORDS)
    decisions.accept(made, make.deed())
    return made


def withhold(staff: Client, piece: Evidence, **changes: Any) -> str:
    form = {"release": piece.release_id, "words": WORDS, **FORM, **changes}
    return staff.post(reverse("admin:commitments_withholding_add"), form, follow=True).content.decode()


def test_a_passage_is_withheld_from_its_own_page_and_staff_still_see_it(staff: Client, piece: Evidence) -> None:
    own_page = reverse("admin:commitments_evidence_change", args=[piece.pk])
    link = f"{reverse('admin:commitments_withholding_add')}?evidence={piece.pk}"
    assert link in staff.get(own_page).content.decode()
    assert WORDS in staff.get(link).content.decode()
    withhold(staff, piece)
    assert WORDS not in Client().get(piece.commitment.get_absolute_url()).content.decode()
    page = staff.get(own_page).content.decode()
    assert WORDS in page
    assert "Withheld from the public" in page
    workbench = staff.get(reverse("admin:commitments_commitment_change", args=[piece.commitment_id]))
    assert WORDS in workbench.content.decode()


def test_the_audit_keeps_that_it_was_withheld_and_its_hash_and_not_its_words(staff: Client, piece: Evidence) -> None:
    withhold(staff, piece)
    entry = AuditEntry.objects.get(model="commitments.withholding")
    assert hashlib.sha256(WORDS.encode()).hexdigest() in str(entry.changes)
    assert "bribes" not in str(entry.changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"words": "Words of somebody else."}, "stand in no version"),
        ({"what": "text"}, "only for a passage"),
        ({"note": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_withheld_so_is_refused_with_the_reason(
    staff: Client, piece: Evidence, changes: dict[str, str], said: str
) -> None:
    assert said in withhold(staff, piece, **changes)
    assert not Withholding.objects.exists()


def test_it_is_shown_again_by_a_further_entry(staff: Client, piece: Evidence) -> None:
    withhold(staff, piece)
    first = Withholding.objects.get()
    address = reverse("admin:commitments_withholding_lift", args=[first.pk])
    assert address in staff.get(reverse("admin:commitments_withholding_change", args=[first.pk])).content.decode()
    staff.post(address, {"reason": "The complaint was withdrawn."})
    assert WORDS in Client().get(piece.commitment.get_absolute_url()).content.decode()
    assert list(Withholding.objects.order_by("pk").values_list("lifts", flat=True)) == [None, first.pk]
    assert "not withheld any more" in staff.post(address, {"reason": "Again."}, follow=True).content.decode()
