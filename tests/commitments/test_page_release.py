"""Stored releases, sources and errors."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from commitments import decisions
from tracker.models import Recheck, Release, Snapshot

from . import make

pytestmark = pytest.mark.django_db

TEXT = "Trees were planted.\n\nIn all 9,400 trees stand, and <b>more</b> will.\n\nNotes to editors:\n• None."
QUOTE = "In all 9,400 trees stand"


def test_accepted_passages_are_marked_in_the_escaped_text(client: Client) -> None:
    made = make.commitment("Plant trees")
    release = make.release(TEXT, title="Trees & more")
    evidence = make.evidence(made, release, QUOTE)
    address = f"/releases/{release.pk}/revisions/1/"
    assert "<mark" not in client.get(address).content.decode()
    decisions.accept(evidence, make.deed())
    page = client.get(address).content.decode()
    assert f'<mark id="e{evidence.pk}">{QUOTE}</mark>' in page
    assert "&lt;b&gt;more&lt;/b&gt;" in page
    assert f"{made.get_absolute_url()}evidence/?piece={evidence.pk}" in page
    assert 'rel="noopener nofollow ugc"' in page
    assert release.latest_revision.snapshot.sha256 in page


def test_one_passage_may_serve_several_commitments(client: Client) -> None:
    release = make.release(TEXT)
    pieces = [make.evidence(make.commitment(f"Promise {number}"), release, QUOTE) for number in (1, 2)]
    for piece in pieces:
        decisions.accept(piece, make.deed())
    page = client.get(release.get_absolute_url()).content.decode()
    for piece in pieces:
        assert page.count(f'id="e{piece.pk}"') == 1
    assert "bears on 2 commitments" in page


def test_evidence_of_drafts_is_not_given_away(client: Client) -> None:
    release = make.release(TEXT)
    decisions.accept(make.evidence(make.commitment("Secret", publication="draft"), release, QUOTE), make.deed())
    page = client.get(release.get_absolute_url()).content.decode()
    assert "<mark" not in page
    assert "Secret" not in page


def test_later_versions_mark_the_quote_where_it_stands_and_say_where_it_stood(client: Client) -> None:
    made = make.commitment()
    release = make.release(TEXT)
    evidence = make.evidence(made, release, QUOTE)
    decisions.accept(evidence, make.deed())
    make.revise(release, f"Updated today.\n\n{QUOTE.replace(' ', '  ')}.")
    make.revise(release, "This page was withdrawn.")
    second = client.get(f"/releases/{release.pk}/revisions/2/").content.decode()
    assert f'<mark id="e{evidence.pk}">' in second
    assert "The document was changed after this" in second
    latest = client.get(f"/releases/{release.pk}/").content.decode()
    assert "version 3 of 3" in " ".join(latest.split())
    assert f"/releases/{release.pk}/revisions/1/#e{evidence.pk}" in latest
    assert "<mark" not in latest


@pytest.mark.parametrize("address", ["/releases/99/", "/releases/{0}/revisions/2/", "/releases/{0}/revisions/0/"])
def test_what_was_never_seen_is_not_there(client: Client, address: str) -> None:
    release = make.release(TEXT)
    response = client.get(address.format(release.pk))
    assert response.status_code == 404
    assert "nothing at this address" in response.content.decode()


def test_sources_say_when_they_were_checked_and_how_they_are(client: Client) -> None:
    assert "No source is watched yet" in client.get("/sources/").content.decode()
    make.source("Ministry news", publisher="The Ministry")
    page = client.get("/sources/").content.decode()
    assert "Ministry news" in page
    assert "Not looked at yet." in page


def test_pages_load_nothing_from_elsewhere_and_run_nothing(client: Client) -> None:
    made = make.commitment()
    decisions.accept(make.evidence(made, make.release(TEXT), QUOTE), make.deed())
    for address in ("/", "/commitments/", made.get_absolute_url(), "/sources/", "/methodology/"):
        page = client.get(address).content.decode()
        loaded = [
            tag
            for tag in re.findall(r"<(?:img|link|iframe|source)[^>]*>", page)
            if not re.search("canonical|alternate", tag)
        ]
        assert loaded
        assert all('="/static/' in tag for tag in loaded)
        assert "<script" not in page.replace('<script type="application/ld+json">', "")
        assert " style=" not in page


@pytest.mark.parametrize("address", ["/", "/commitments/", "/sources/", "/methodology/"])
def test_pages_are_only_read(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_a_version_cites_the_bytes_that_it_was_read_from(client: Client) -> None:
    release = make.release(TEXT)
    revision = release.latest_revision
    snapshot = revision.snapshot
    snapshot.fetched_at = dt.datetime(2025, 3, 4, 9, 30, tzinfo=dt.UTC)
    snapshot.size_bytes, snapshot.url = 2048, "https://example.org/feed"
    snapshot.save()
    part = Snapshot.objects.create(
        sha256="5" * 64, path="55/5", size_bytes=7, url="https://example.org/part", fetched_at=snapshot.fetched_at
    )
    revision.also_from.add(part)
    page = words_of(client.get(revision.get_absolute_url()))
    assert "Received 4 March 2025 at 09:30, 2.0 KB, from https://example.org/feed" in page
    assert snapshot.sha256 in page
    assert "from https://example.org/part" in page
    assert part.sha256 in page


def test_bytes_that_were_given_up_are_said_to_be(client: Client) -> None:
    release = make.release(TEXT)
    Snapshot.objects.update(path="", discarded_at=dt.datetime(2027, 3, 4, tzinfo=dt.UTC))
    page = words_of(client.get(release.get_absolute_url()))
    assert "; its bytes were not kept beyond 4 March 2027, its hash is" in page


def test_attachments_are_named_with_their_hash_or_with_what_is_wrong(client: Client) -> None:
    release = make.release(TEXT)
    revision = release.latest_revision
    revision.files.create(
        position=1, url="https://example.org/a.pdf", title="Annex <A>", snapshot=revision.snapshot, start=0, end=4
    )
    revision.files.create(position=2, url="javascript:alert(1)", problem="Files of this sort are not read.")
    answer = client.get(revision.get_absolute_url())
    assert (
        '<a href="https://example.org/a.pdf" rel="noopener nofollow ugc">Annex &lt;A&gt;</a>' in answer.content.decode()
    )
    assert 'href="javascript' not in answer.content.decode()
    page = words_of(answer)
    assert "Attachments" in page
    assert "javascript:alert(1) Files of this sort are not read." in page
    assert page.count(revision.snapshot.sha256) == 2
    make.revise(release, "Nothing attached.")
    assert "Attachments" not in words_of(client.get(release.get_absolute_url()))


def words_of(answer: Any) -> str:
    """What a reader sees of a page."""
    inline = re.sub(r"</?(a|time)\b[^>]*>", "", answer.content.decode())
    return " ".join(re.sub(r"<[^>]*>", " ", inline).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (None, "We have not looked at its address again since."),
        ({"failures_in_a_row": 0}, "It still answered on 9 March 2025."),
        ({"failures_in_a_row": 1}, "It did not answer the last time that we looked, most lately on 9 March 2025."),
        ({"failures_in_a_row": 3}, "It did not answer the last 3 times that we looked, most lately on 9 March 2025."),
    ],
)
def test_whether_the_original_still_answers_is_said(client: Client, look: dict[str, int] | None, said: str) -> None:
    release = make.release(TEXT)
    when = dt.datetime(2025, 3, 9, 12, tzinfo=dt.UTC)
    if look is not None:
        Recheck.objects.create(release=release, next_at=when, last_at=when, detail="10.0.0.7 refused.", **look)
    page = client.get(release.get_absolute_url()).content.decode()
    assert said in page
    assert "10.0.0.7" not in page


def test_an_original_that_is_gone_is_not_said_to_answer(client: Client) -> None:
    release = make.release(TEXT)
    when = dt.datetime(2025, 3, 9, 12, tzinfo=dt.UTC)
    Recheck.objects.create(release=release, next_at=when, last_at=when)
    Release.objects.update(vanished_since=when)
    page = client.get(release.get_absolute_url()).content.decode()
    assert "no longer at its address" in page
    assert "still answered" not in page
