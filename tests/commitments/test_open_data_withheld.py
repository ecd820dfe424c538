"""What is withheld, or may not be republished, leaves by no door of open data."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commitments import decisions
from commitments.models import Evidence, Withholding
from commitments.opendata.resources import RESOURCES

from . import make

pytestmark = pytest.mark.django_db

PASSAGE = "The contractor Alder took bribes from three councils in the county."
TEXT = f"Trees were planted this spring.\n\n{PASSAGE} In all 9,400 trees stand.\n\nNotes to editors."


def doors(piece: Evidence) -> list[str]:
    slug = piece.commitment.slug
    return [
        *(f"/api/v1/{name}/" for name in RESOURCES),
        *(f"/api/v1/commitments/{slug}/", f"/api/v1/releases/{piece.release_id}/", f"/api/v1/evidence/{piece.pk}/"),
        *(f"/data/{name}.csv" for name in ("commitments", "evidence", "measurements")),
        *("/commitments/?format=csv", "/commitments/?format=json", "/changes/", "/feeds/changes.atom"),
        *(f"/commitments/{slug}/changes.atom", "/feeds/deadlines.ics", f"/commitments/{slug}/"),
        *("/sitemap-releases.xml", "/sitemap-commitments.xml"),
    ]


def all_that_is_told(piece: Evidence) -> dict[str, str]:
    client = Client()
    told = {}
    for door in doors(piece):
        response: Any = client.get(door)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        told[door] = body.decode()
    return told


def accepted(**of: Any) -> Evidence:
    owner = make.commitment(statement=f"They said: {PASSAGE}")
    piece = make.evidence(owner, make.release(TEXT, title="News of trees", **of), PASSAGE)
    decisions.accept(piece, make.deed())
    decisions.change_status(owner, "in_progress", make.user(), f"Because {PASSAGE}", piece.commitment.made_on)
    return piece


@pytest.mark.parametrize("what", Withholding.What.values)
def test_what_is_withheld_is_told_nowhere(settings: Any, what: str) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    piece = accepted()
    before = all_that_is_told(piece)
    assert sum("bribes" in told for told in before.values()) >= 8
    decisions.withhold(
        piece.release, what, "By order of a court.", "A letter.", make.deed(), PASSAGE if what == "passage" else ""
    )
    after = all_that_is_told(piece)
    of_the_release = {door: told for door, told in after.items() if "evidence" in door or "releases" in door}
    told = after if what == "passage" else of_the_release
    assert [door for door, text in told.items() if "bribes" in text] == []
    if what == "release":
        assert [door for door, text in after.items() if "News of trees" in text] == []
        assert piece.release.get_absolute_url() not in after["/sitemap-releases.xml"]


def test_of_a_source_that_allows_quotes_alone_no_whole_text_is_told(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1000
    paper = make.source("The Daily Leaf", voice="media", republish="quotes")
    piece = accepted(at=paper)
    told = all_that_is_told(piece)
    assert [door for door, text in told.items() if "Notes to editors" in text] == []
    release = Client().get(f"/api/v1/releases/{piece.release_id}/").json()
    assert (release["text"], release["quotes"]) == (None, [PASSAGE])
    assert release["licence"].startswith("Short quotes only")


def test_of_a_source_that_allows_all_the_whole_text_is_told() -> None:
    ministry = make.source("Ministry", url="https://www.gov.uk/feed", republish="full")
    release = Client().get(f"/api/v1/releases/{accepted(at=ministry).release_id}/").json()
    assert release["text"] == TEXT
    assert release["licence"] == "Open Government Licence v3.0"
