"""Merging a commitment into another: its address leads on, and never in a circle."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from . import make

pytestmark = pytest.mark.django_db


def test_the_address_of_a_merged_commitment_leads_to_the_other(client: Client) -> None:
    kept, merged = make.commitment("Plant trees"), make.commitment("Plant some trees")
    merged.merged_into = kept
    merged.full_clean()
    merged.save()
    answer = client.get(merged.get_absolute_url())
    assert (answer.status_code, answer.headers["Location"]) == (301, kept.get_absolute_url())


@pytest.mark.parametrize("relation", ["merged_into", "parent"])
@pytest.mark.parametrize("between", [0, 1, 2])
def test_what_leads_to_a_commitment_is_not_led_to_by_it(relation: str, between: int) -> None:
    first = make.commitment()
    last = first
    for _ in range(between + 1):
        following = make.commitment()
        setattr(following, relation, last)
        following.full_clean()
        following.save()
        last = following
    setattr(first, relation, last)
    with pytest.raises(ValidationError) as refused:
        first.full_clean()
    assert set(refused.value.message_dict) == {relation}
