"""A passage that staff rejected does not come back in another form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commitments import decisions, linking
from commitments.bringing import import_rows
from commitments.linking import linker
from commitments.linking.model import shipped
from commitments.models import Evidence
from tests.commitments import make

pytestmark = pytest.mark.django_db

REJECTED = "The forestry agency has planted 12,500 orchard trees since March, the minister for parks said."


@pytest.fixture
def rejected() -> Evidence:
    import_rows([make.ORCHARDS])
    (piece,) = linking.link(make.release(f"The weather was fair. {REJECTED} Nobody was hurt.").latest_revision)
    assert piece.quote == REJECTED
    decisions.reject(piece, make.deed(), "Other trees.")
    return piece


@pytest.mark.parametrize(
    "text",
    [
        "The weather was fair, and the forestry agency has planted 12,500 orchard trees since March, the minister for"
        " parks said, and nobody was hurt.",
        "The forestry agency has planted 12,500 orchard trees since March.",
        "The forestry agency has planted 12 500 orchard trees since March, the minister for parks said.",
        "The forestry agency has planted 12.5 thousand orchard trees since March, the minister for parks said.",
        "THE FORESTRY AGENCY HAS PLANTED 12,500 ORCHARD TREES SINCE MARCH, THE MINISTER FOR PARKS SAID",
        "The forestry agency has planted 12,500 orchard trees – since March – the minister for parks said…",
        "Since March the agency has:\n\n• 12,500 orchard trees planted\n• painted a fence",
        "• 12,500 orchard trees planted by the forestry agency since March\n• A fence was painted",
        "“The forestry agency has planted 12,500 orchard trees since March,” said the minister for parks.",
    ],
    ids=["grown", "shrunk", "spaced", "scaled", "capitals", "dashes", "in a list", "as an item", "quoted"],
)
@pytest.mark.parametrize("other_model", [False, True])
def test_in_a_later_revision_under_any_model(rejected: Evidence, text: str, other_model: bool) -> None:
    model = replace(shipped(), version="another", intercept=shipped().intercept + 8) if other_model else None
    assert linker.link(make.revise(rejected.release, text), model=model) == []


def test_under_another_model_in_the_same_words(rejected: Evidence) -> None:
    eager = replace(shipped(), version="another", intercept=shipped().intercept + 8)
    assert [piece.quote for piece in linker.link(rejected.revision, model=eager) if "12,500" in piece.quote] == []


def test_but_a_new_figure_in_the_same_words_may_come(rejected: Evidence) -> None:
    newer = REJECTED.replace("12,500", "31,000")
    (piece,) = linking.link(make.revise(rejected.release, newer))
    assert piece.quote == newer
