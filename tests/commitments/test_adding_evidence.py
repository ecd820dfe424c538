"""From a commitment's page to its public page, with a document that no source brought."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_httpserver import HTTPServer

from commitments.models import Commitment, Evidence
from tests.tracker.documents import docx, mhtml, ods, odt, pdf, xlsx
from tracker.models import Release, Source

from . import make

pytestmark = pytest.mark.django_db

QUOTE = "In all 9,400 orchard trees were planted by January 2025."
AROUND = ("A first sentence about apples.", QUOTE, "A last one about pears.")
RECEIVED = {
    "title": "Reply to request 17/25",
    "publisher": "Ministry of Trees",
    "voice": "official",
    "published_on": "2025-01-09",
    "way": "foi",
    "received_by": "Ada Lin",
    "received_on": "2025-01-10",
    "provenance_note": "Request 17/25.",
    "url": "",
}


@pytest.fixture
def trees() -> Commitment:
    made = make.commitment("Plant orchard trees", statement="Plant 20,000 orchard trees.")
    make.target(made, "orchard trees planted", "trees", 20000)
    return made


@pytest.fixture
def researcher(client: Client) -> Client:
    user = User.objects.create(username="ada", is_staff=True)
    user.groups.add(Group.objects.get(name="Researcher"))
    client.force_login(user)
    return client


def quote_page(trees: Commitment) -> str:
    return reverse("admin:commitments_commitment_quote", args=[trees.pk])


def bring(client: Client, trees: Commitment, way: str, **given: Any) -> Any:
    """What comes of the form by which a document is brought, up to where it leads."""
    address = f"{reverse('admin:tracker_release_deposit', args=[way])}?next={quote_page(trees)}"
    assert client.get(address).status_code == 200
    return client.post(address, {**RECEIVED, **given})


def choose(client: Client, page: str, quote: str) -> Evidence:
    """Quote the passage that says so, and accept it in the queue."""
    shown = client.get(page)
    choice = next(one for one in shown.context["choices"] if quote in one.text)
    given = {"revision": shown.context["revision"].pk, "passage": f"{choice.start}-{choice.end}"}
    onward = client.post(page, given)
    assert onward.status_code == 302
    queue = client.get(onward.url, follow=True)
    piece = Evidence.objects.get()
    assert quote in queue.content.decode()
    accept = reverse("admin:commitments_evidence_accept", args=[piece.pk])
    figures = {f"figure_{one['start']}": "new" for one in piece.figures}
    client.post(accept, {"seen": piece.mark, "relation": "progress", "tier": piece.tier, **figures})
    piece.refresh_from_db()
    assert piece.state == "accepted"
    return piece


FILES = {
    "letter.pdf": pdf([*AROUND]),
    "letter.docx": docx(*AROUND),
    "letter.odt": odt(*AROUND),
    "trees.xlsx": xlsx(["Note"], *([line] for line in AROUND)),
    "trees.ods": ods(["Note"], *([line] for line in AROUND)),
    "trees.csv": "\n".join(AROUND).encode(),
    "page.html": f"<html><title>Trees</title><main>{''.join(f'<p>{line}</p>' for line in AROUND)}</main>".encode(),
    "page.mhtml": mhtml(f"<html><main>{''.join(f'<p>{line}</p>' for line in AROUND)}</main></html>"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_quote_from_an_uploaded_file_reaches_the_public_page(
    researcher: Client, trees: Commitment, name: str
) -> None:
    answer = bring(researcher, trees, "file", file=SimpleUploadedFile(name, FILES[name]))
    piece = choose(researcher, answer.url, QUOTE)
    public = Client()
    assert QUOTE in public.get(trees.get_absolute_url()).content.decode()
    page = public.get(piece.release.get_absolute_url()).content.decode()
    assert f'<mark id="e{piece.pk}">{piece.quote}</mark>' in page
    assert "Received by Ada Lin on" in page
    assert "a reply to a freedom of information request; not published elsewhere." in page
    assert name in page


def test_a_pasted_text_and_a_page_at_an_address(
    researcher: Client, trees: Commitment, httpserver: HTTPServer, loopback_allowed: None
) -> None:
    piece = choose(researcher, bring(researcher, trees, "text", text="\n\n".join(AROUND)).url, QUOTE)
    assert piece.figures[0]["value"] == 9400
    assert piece.self_declared
    httpserver.expect_request("/robots.txt").respond_with_data("")
    httpserver.expect_request("/pears").respond_with_data(
        "<main><h1>Pears</h1><p>Some 300 pear trees stand.</p></main>", content_type="text/html"
    )
    given = {"url": httpserver.url_for("/pears"), "publisher": "Ministry of Trees", "voice": "official"}
    answer = bring(researcher, trees, "address", **given)
    release = Release.objects.get(title="Reply to request 17/25", url=given["url"])
    assert answer.url == f"{quote_page(trees)}?release={release.pk}"
    page = Client().get(release.get_absolute_url()).content.decode()
    assert "we fetched it from its address" in page
    assert "not published elsewhere" not in page


def test_words_are_found_in_a_long_text_and_may_be_copied(researcher: Client, trees: Commitment) -> None:
    text = "\n\n".join(f"Orchard {number} has {number * 10} trees. It is looked after." for number in range(200))
    page = bring(researcher, trees, "text", text=text).url
    shown = researcher.get(page)
    assert (len(shown.context["choices"]), shown.context["count"], shown.context["pages"]) == (60, 400, 7)
    assert "Orchard 30 " not in shown.content.decode()
    assert "Orchard 30 " in researcher.get(f"{page}&page=2").content.decode()
    assert researcher.get(f"{page}&words=orchard+199").context["count"] == 1
    revision = Release.objects.get().latest_revision
    refused = researcher.post(page, {"revision": revision.pk, "words": "Orchard 31 has none"})
    assert "does not say this in these words" in refused.content.decode()
    researcher.post(page, {"revision": revision.pk, "words": "Orchard 31 has\n 310 trees. It is looked after."})
    assert Evidence.objects.get().quote == "Orchard 31 has 310 trees. It is looked after."


def test_a_document_that_is_here_already_is_found(researcher: Client, trees: Commitment) -> None:
    release = make.release(QUOTE, title="Trees in January")
    page = researcher.get(f"{quote_page(trees)}?q=january+trees").content.decode()
    assert f"?release={release.pk}" in page
    choose(researcher, f"{quote_page(trees)}?release={release.pk}", QUOTE)


def test_a_better_text_is_a_version_and_what_stood_before_is_kept(researcher: Client, trees: Commitment) -> None:
    bring(researcher, trees, "text", text="In all 4,900 trees.")
    release = Release.objects.get()
    address = reverse("admin:tracker_release_put_right", args=[release.pk, "text"])
    assert "In all 4,900 trees." in researcher.get(address).content.decode()
    Source.objects.update(republish="full")
    researcher.post(address, {**RECEIVED, "text": "In all 9,400 trees.", "why": "We had mistyped the number."})
    page = Client().get(release.get_absolute_url()).content.decode()
    assert "In all 9,400 trees." in page
    assert "<dt>Put right by us</dt><dd>We had mistyped the number.</dd>" in page
    assert "In all 4,900 trees." in Client().get(f"/releases/{release.pk}/revisions/1/").content.decode()


def test_what_is_missing_is_said_and_what_was_typed_stays(researcher: Client, trees: Commitment) -> None:
    page = bring(researcher, trees, "text", text="Words.", received_on="", published_on="2999-01-01").content.decode()
    assert "This field is required." in page
    refused = bring(researcher, trees, "file", file=SimpleUploadedFile("a.pdf", b"MZ\0\0")).content.decode()
    assert "It is a program." in refused
    assert "Ministry of Trees" in refused
    assert not Release.objects.exists()


def test_after_a_document_one_is_not_led_to_another_site(researcher: Client) -> None:
    address = f"{reverse('admin:tracker_release_deposit', args=['text'])}?next=https://evil.example/"
    answer = researcher.post(address, {**RECEIVED, "text": "Words."})
    assert answer.url == reverse("admin:tracker_release_change", args=[Release.objects.get().pk])


def test_its_source_is_listed_as_added_by_hand(researcher: Client, trees: Commitment) -> None:
    bring(researcher, trees, "text", text=QUOTE)
    page = Client().get("/sources/").content.decode()
    assert "Ministry of Trees, added by hand" in page
    assert "Added by hand; there is nothing to look at." in page
    assert "not yet" not in page
    source = Source.objects.get()
    manager = make.user("boss")
    researcher.force_login(manager)
    change = reverse("admin:tracker_source_change", args=[source.pk])
    assert researcher.get(change).status_code == 200
    polls = {f"polls-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    researcher.post(
        change, {"name": "Trees, by hand", "slug": source.slug, "publisher": "Trees", "republish": "full", **polls}
    )
    source.refresh_from_db()
    assert (source.name, source.kind, source.republish) == ("Trees, by hand", "desk", "full")


def test_a_long_document_takes_as_many_queries_as_a_short_one(
    researcher: Client, trees: Commitment, django_assert_max_num_queries: Any
) -> None:
    page = bring(researcher, trees, "text", text="\n\n".join(f"Line {n} of it." for n in range(500))).url
    with django_assert_max_num_queries(12):
        assert researcher.get(page).status_code == 200


def test_days_are_days(researcher: Client, trees: Commitment) -> None:
    bring(researcher, trees, "text", text=QUOTE)
    release = Release.objects.get()
    assert release.published_at.astimezone().date() >= dt.date(2025, 1, 8)
    assert "9 January 2025" in Client().get(release.get_absolute_url()).content.decode()
