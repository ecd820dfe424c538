"""Watching GOV.UK: found by the Search API, read by the Content API, both imitated on loopback."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from tests.tracker.conftest import NOW, atom
from tests.tracker.govuk_site import GovukSite, time_of
from tests.tracker.json_shapes import any_json, bent, said_by
from tracker.asking import Asker
from tracker.backfilling import backfill
from tracker.fetching import Response
from tracker.models import Release, Source
from tracker.polling import poll
from tracker.rechecking import recheck
from tracker.sources import Entry, NotUnderstood, kind_of

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
NEWS = "/government/news/more-officers"
govuk = kind_of("govuk")


@pytest.fixture
def site(httpserver: HTTPServer) -> GovukSite:
    return GovukSite(httpserver)


@pytest.fixture
def home_office(db: None, loopback_allowed: None, site: GovukSite) -> Source:
    url = site.url("/search/news-and-communications?organisations[]=home-office&order=updated-newest").replace(
        "news-and-communications", "all"
    )
    return Source.objects.create(slug="home-office", name="Home Office", kind="govuk", url=url, next_due_at=NOW)


def looked_again(now: dt.datetime, **which: str) -> str:
    """What a look at a release at its own address found, in words."""
    looked = recheck(Release.objects.get(**which), now)
    assert looked is not None
    return looked.detail


def asked_of(url: str, **options: Any) -> dict[str, list[str]]:
    """The parameters of the address asked first, those apart that are always there."""
    parts = urlsplit(govuk.address(Source(kind="govuk", url=url, options=options)))
    assert parts.path == "/api/search.json"
    parameters = parse_qs(parts.query)
    always = {name: parameters.pop(name) for name in ("order", "fields", "count", "start")}
    assert (always["order"], always["start"]) == (["-public_timestamp"], ["0"])
    return parameters


HOME_OFFICE = {"filter_organisations": ["home-office"]}
NEWS_OF_IT = {"filter_content_purpose_supergroup": ["news_and_communications"], **HOME_OFFICE}


@pytest.mark.parametrize(
    ("url", "options", "asked"),
    [
        ("https://www.gov.uk/government/organisations/home-office", {}, HOME_OFFICE),
        ("https://www.gov.uk/government/organisations/home-office.atom", {}, HOME_OFFICE),
        ("https://www.gov.uk/search/news-and-communications?organisations[]=home-office", {}, NEWS_OF_IT),
        ("https://www.gov.uk/search/news-and-communications.atom?organisations%5B%5D=home-office", {}, NEWS_OF_IT),
        ("https://www.gov.uk/search/news-and-communications?departments[]=home-office&page=3", {}, NEWS_OF_IT),
        ("https://www.gov.uk/search/all?keywords=knife+crime&order=relevance", {}, {"q": ["knife crime"]}),
        ("https://www.gov.uk/search/all?departments[]=all&keywords=knife", {}, {"q": ["knife"]}),
        (
            "https://www.gov.uk/search/all?public_timestamp[from]=2024-07-05&organisations[]=a&organisations[]=b",
            {},
            {"filter_public_timestamp": ["from:2024-07-05"], "filter_organisations": ["a", "b"]},
        ),
        (
            "https://www.gov.uk/search/policy-papers-and-consultations?content_store_document_type[]=open_consultations",
            {},
            {
                "filter_content_purpose_supergroup": ["policy_and_engagement"],
                "filter_content_store_document_type": ["open_consultation"],
            },
        ),
        (
            "https://www.gov.uk/search/research-and-statistics?content_store_document_type=statistics_upcoming",
            {"organisation": "ministry-of-justice"},
            {
                "filter_content_store_document_type": [
                    "statistics_announcement",
                    "national_statistics_announcement",
                    "official_statistics_announcement",
                ],
                "filter_organisations": ["ministry-of-justice"],
            },
        ),
        (
            "https://www.gov.uk/api/search.json?filter_organisations[]=home-office&count=10&order=title&start=20",
            {},
            HOME_OFFICE,
        ),
        (
            "https://www.gov.uk/",
            {"organisation": ["home-office"], "query": "knife", "document_types": ["speech", "press_release"]},
            {**HOME_OFFICE, "q": ["knife"], "filter_content_store_document_type": ["speech", "press_release"]},
        ),
        ("https://www.gov.uk/government/people/keir-starmer", {}, {"filter_people": ["keir-starmer"]}),
        ("http://127.0.0.9:8123/govuk/government/organisations/home-office/", {}, HOME_OFFICE),
    ],
)
def test_pages_of_govuk_are_asked_for_as_its_search_takes_it(
    url: str, options: dict[str, Any], asked: dict[str, list[str]]
) -> None:
    if "127" in url:
        address = govuk.address(Source(kind="govuk", url=url, options=options))
        assert address.startswith("http://127.0.0.9:8123/govuk/api/search.json?filter_organisations=home-office&")
    else:
        assert asked_of(url, **options) == asked


@pytest.mark.parametrize(
    ("url", "options", "sentence"),
    [
        ("https://www.gov.uk/", {}, "The front page of GOV.UK is not watched as a whole"),
        ("https://www.gov.uk/government/news/a-story", {}, "can't be watched as GOV.UK search"),
        ("https://www.gov.uk/search/nonsense", {}, "can't be watched as GOV.UK search"),
        ("https://www.gov.uk/search/all?colour=red", {}, "The parameter “colour” of the address"),
        ("https://www.gov.uk/search/all?from_date=summer", {}, "The day “summer” in the address"),
        ("https://www.gov.uk/api/search.json?aggregate_people=1", {}, "The parameter “aggregate_people”"),
        ("https://www.gov.uk/search/all", {"organization": "x"}, "have no option “organization”. They have organ"),
        ("https://www.gov.uk/search/all", {"organisation": "Home Office"}, "“Home Office” can't be used as organ"),
        ("https://www.gov.uk/search/all", {"organisation": []}, "The option “organisation” has to be a name"),
        ("https://www.gov.uk/search/all", {"query": 5}, "The option “query” has to be words."),
        ("https://[gov.uk/search/all", {}, "can't be watched as GOV.UK search"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(url: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        govuk.address(Source(kind="govuk", url=url, options=options))
    assert sentence in str(refused.value)


def test_an_organisation_is_watched_document_by_document(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    site.publish("/government/news/not-ours", NOW - DAY, "<p>Another matter.</p>", "treasury")
    site.publish("/government/speeches/on-officers", NOW - HOUR, "<p>I said so.</p>", "home-office")
    outcome = poll(home_office, now=NOW)
    assert (outcome.outcome, outcome.new_releases, outcome.detail) == ("new", 2, "")
    first, second = Release.objects.order_by("pk")
    assert (first.title, first.url, first.locale) == ("More officers", site.url(NEWS), "en")
    assert first.published_at == NOW - 2 * DAY
    assert first.latest_revision.text == "What this is about.\n\nThere are 13,000 more officers."
    assert [note.text for note in first.change_notes.all()] == ["First published."]
    assert second.title == "On officers"
    asked = len(site.asked)
    assert poll(home_office, now=NOW + HOUR).outcome == "unchanged"
    assert len(site.asked) == asked + 1


def test_a_major_update_is_a_revision_with_its_note(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    site.edit(NEWS, "<p>There are 12,500 more officers.</p>", NOW + HOUR, "Corrected the number of officers.")
    outcome = poll(home_office, now=NOW + 2 * HOUR)
    assert (outcome.outcome, outcome.new_releases, outcome.new_revisions) == ("new", 0, 1)
    revision = Release.objects.get().latest_revision
    assert (revision.number, revision.note, revision.silent) == (2, "Corrected the number of officers.", False)
    assert Release.objects.get().published_at == NOW - 2 * DAY


def test_a_minor_edit_is_found_by_looking_again_and_has_no_note(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    site.edit(NEWS, "<p>There are 12,500 more officers.</p>", NOW + HOUR)
    assert poll(home_office, now=NOW + 2 * HOUR).outcome == "unchanged"
    recheck(Release.objects.get(), NOW + 3 * HOUR)
    revision = Release.objects.get().latest_revision
    assert (revision.number, revision.silent) == (2, True)


def test_a_new_presentation_alone_is_no_change(site: GovukSite, home_office: Source) -> None:
    item = site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    item["updated_at"] = time_of(NOW + HOUR)
    item["links"] = {"taxons": [{"title": "Policing"}]}
    item["details"] |= {"political": True, "government": {"title": "2024 Labour government", "current": False}}
    recheck(Release.objects.get(), NOW + 3 * HOUR)
    assert Release.objects.get().revisions.count() == 1


def test_a_withdrawal_is_marked_with_its_reason_and_unmarked_when_undone(site: GovukSite, home_office: Source) -> None:
    item = site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    site.withdraw(NEWS, NOW + HOUR, "This was <strong>wrong</strong>.")
    recheck(Release.objects.get(), NOW + 2 * HOUR)
    release = Release.objects.get()
    assert (release.withdrawn_at, release.withdrawal) == (NOW + HOUR, "This was wrong.")
    assert release.revisions.count() == 1
    item["withdrawn_notice"] = {}
    assert looked_again(NOW + 30 * DAY) == "Unchanged."
    assert (Release.objects.get().withdrawn_at, Release.objects.get().withdrawal) == (None, "")


@pytest.mark.parametrize("with_id", [True, False], ids=["with id in the index", "without"])
def test_a_document_at_a_new_address_is_no_new_release(site: GovukSite, home_office: Source, with_id: bool) -> None:
    words = "".join(f"<p>Paragraph {n} says what the officers of force {n} have done.</p>" for n in range(12))
    site.publish(NEWS, NOW - 2 * DAY, words, "home-office")
    there = "/government/news/thirteen-thousand-more-officers"
    if not with_id:
        site.without_content_id = {NEWS, there}
    poll(home_office, now=NOW)
    site.move(NEWS, there)
    poll(home_office, now=NOW + HOUR)
    release = Release.objects.get()
    assert release.url == site.url(there)
    assert (release.revisions.count(), release.vanished_since) == (1, None)


def test_looking_again_follows_a_document_that_has_moved(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    site.move(NEWS, "/government/news/elsewhere")
    site.edit("/government/news/elsewhere", "<p>There are 12,000 more officers.</p>", NOW + HOUR)
    assert "edited without a note" in looked_again(NOW + 2 * HOUR)
    assert Release.objects.get().vanished_since is None


def test_a_site_below_a_path_is_asked_below_it() -> None:
    source = Source(kind="govuk", url="http://127.0.0.9:8123/copy/search/all")
    asked = []

    def ask(url: str, accept: str = "*/*") -> Response:
        asked.append(url)
        moved = {"document_type": "redirect", "redirects": [{"path": "/a", "destination": "/b?x=1#y"}]}
        return answer(json.dumps(moved if url.endswith("/a") else {"title": "B", "content_id": "b"}).encode())

    stub = Entry("b/en", "http://127.0.0.9:8123/copy/a", "A", "", complete=False)
    assert govuk.complete(source, stub, ask).title == "B"
    assert asked == [f"http://127.0.0.9:8123/copy/api/content/{name}" for name in "ab"]


def test_a_redirect_to_another_document_is_no_edit_of_the_first(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    site.publish("/government/news/other", NOW - 2 * DAY, "<p>Other words.</p>", "treasury")
    poll(home_office, now=NOW)
    site.redirect(NEWS, "/government/news/other")
    assert looked_again(NOW + HOUR).startswith("Another document is at its address now")
    release = Release.objects.get()
    assert (release.revisions.count(), release.vanished_since) == (1, NOW + HOUR)


def test_redirects_in_a_circle_end(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    site.redirect(NEWS, "/b")
    site.redirect("/b", NEWS)
    assert looked_again(NOW + HOUR).endswith("is redirected in a circle.")


def test_what_is_taken_down_is_kept_and_marked_and_says_why(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - 2 * DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    site.publish("/government/news/second", NOW - 2 * DAY, "<p>Other words entirely.</p>", "home-office")
    poll(home_office, now=NOW)
    site.take_down(NEWS, "<p>Published in error</p>", "/government/police")
    site.vanished.add("/government/news/second")
    assert looked_again(NOW + HOUR, title="More officers") == (
        "GOV.UK has taken this document down: “Published in error”. It points to "
        f"{site.url('/government/police')} instead."
    )
    assert looked_again(NOW + HOUR, title="Second") == (
        f"GOV.UK has nothing at {site.url('/government/news/second')} any more."
    )
    assert {release.vanished_since for release in Release.objects.all()} == {NOW + HOUR}


def test_translations_are_documents_of_their_own(site: GovukSite, home_office: Source) -> None:
    item = site.publish(NEWS, NOW - DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    body = {"details": {**item["details"], "body": "<p>Mae 13,000 o swyddogion ychwanegol.</p>"}}
    site.put({**item, **body, "base_path": f"{NEWS}.cy", "locale": "cy", "title": "Mwy o swyddogion"}, "home-office")
    poll(home_office, now=NOW)
    assert set(Release.objects.values_list("title", "locale")) == {("More officers", "en"), ("Mwy o swyddogion", "cy")}


PLAN = "/government/publications/police-plan"


def publish_a_plan(site: GovukSite) -> None:
    site.publish(
        f"{PLAN}/police-plan",
        NOW - DAY,
        "<h2>Targets</h2><p>3,000 officers by spring 2026.</p>",
        document_type="html_publication",
        schema_name="html_publication",
        title="Police plan: the plan",
        description=None,
    )
    site.publish(
        PLAN,
        NOW - DAY,
        "<p>How we will do it.</p>",
        "home-office",
        document_type="policy_paper",
        details={
            "attachments": [
                {"attachment_type": "html", "id": "1", "title": "Police plan: the plan", "url": f"{PLAN}/police-plan"},
                {
                    "attachment_type": "file",
                    "id": "plan.odt",
                    "filename": "plan.odt",
                    "title": "Police plan (to print)",
                    "url": site.url("/media/1/plan.odt"),
                    "content_type": "application/vnd.oasis.opendocument.text",
                    "file_size": 2_500_000,
                    "number_of_pages": 40,
                },
            ],
            "featured_attachments": ["1", "plan.odt"],
        },
    )


def test_a_publication_has_the_words_of_its_pages_and_names_its_files(site: GovukSite, home_office: Source) -> None:
    publish_a_plan(site)
    poll(home_office, now=NOW)
    revision = Release.objects.get().latest_revision
    assert revision.text == (
        "What this is about.\n\nHow we will do it.\n\nDocuments\n\n• Police plan: the plan\n"
        "• Police plan (to print) (ODT, 2,500 KB, 40 pages)\n\n"
        "Police plan: the plan\n\nTargets\n\n3,000 officers by spring 2026."
    )
    assert [(file.url, file.title) for file in revision.files.all()] == [
        (site.url(f"{PLAN}/police-plan"), "Police plan: the plan"),
        (site.url("/media/1/plan.odt"), "Police plan (to print)"),
    ]
    assert revision.also_from.count() == 1


def test_a_page_of_a_publication_that_changes_is_a_revision(site: GovukSite, home_office: Source) -> None:
    publish_a_plan(site)
    poll(home_office, now=NOW)
    site.edit(f"{PLAN}/police-plan", "<h2>Targets</h2><p>3,000 officers by spring 2027.</p>", NOW + HOUR)
    recheck(Release.objects.get(), NOW + 2 * HOUR)
    revision = Release.objects.get().latest_revision
    assert (revision.number, revision.silent) == (2, True)
    assert "by spring 2027" in revision.text


def test_a_slipped_release_date_is_a_revision_with_its_reason(site: GovukSite, home_office: Source) -> None:
    path = "/government/statistics/announcements/police-workforce"
    item = site.publish(
        path, NOW - DAY, "", "home-office", document_type="official_statistics_announcement",
        details={"display_date": "22 January 2025 9:30am", "state": "confirmed"},
    )  # fmt: skip
    item["details"].pop("change_history")
    poll(home_office, now=NOW)
    item["details"] |= {
        "display_date": "29 July 2025 9:30am",
        "previous_display_date": "22 January 2025 9:30am",
        "latest_change_note": "More time is needed to check the figures.",
    }
    item["public_updated_at"] = time_of(NOW + HOUR)
    poll(home_office, now=NOW + 2 * HOUR)
    revision = Release.objects.get().latest_revision
    assert (revision.number, revision.note) == (2, "More time is needed to check the figures.")
    assert "Release date: 29 July 2025 9:30am (confirmed)" in revision.text
    assert not revision.silent


def test_what_could_not_be_had_is_tried_again(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    site.status[NEWS] = 502
    outcome = poll(home_office, now=NOW)
    assert "GOV.UK's Content API answered HTTP 502" in outcome.detail
    assert not Release.objects.exists()
    site.status.clear()
    assert poll(home_office, now=NOW + HOUR).new_releases == 1


def walk(source: Source) -> list[list[str]]:
    """The titles on each page there is."""
    asker, url, number, pages = Asker(source.kind), govuk.address(source), 1, []
    following: str | None = url
    while following:
        response = asker(following)
        assert response.status == 200, following
        pages.append([entry.title for entry in govuk.parse(source, response)])
        following, number = govuk.next_page(source, response, number), number + 1
    return pages


def test_pages_overlap_so_that_nothing_slips_between_two(
    site: GovukSite, home_office: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(117):
        site.publish(f"/government/news/story-{number}", NOW - number * HOUR, "<p>x</p>", "home-office")
    pages = walk(home_office)
    assert [len(page) for page in pages] == [50, 50, 27]
    assert pages[0][-5:] == pages[1][:5]
    assert {title for page in pages for title in page} == {f"Story {number}" for number in range(117)}
    monkeypatch.setattr("tracker.sources.govuk_search.DEEPEST", 100)
    deep = walk(home_office)
    assert {title for page in deep for title in page} == {f"Story {number}" for number in range(117)}
    assert any("filter_public_timestamp=to:" in asked for asked in site.asked)


def test_the_past_is_fetched_back_to_a_day_oldest_first(site: GovukSite, home_office: Source) -> None:
    for number in range(70):
        site.publish(f"/government/news/story-{number}", NOW - number * DAY, f"<p>News {number}.</p>", "home-office")
    poll(home_office, now=NOW)
    known = Release.objects.count()
    since = (NOW - 60 * DAY).date()
    progress = backfill(home_office, since, NOW + HOUR)
    assert (known, progress.new_releases, progress.finished) == (50, 11, True)
    walked = Release.objects.order_by("pk").values_list("title", flat=True)[known:]
    assert list(walked) == [f"Story {number}" for number in range(60, 49, -1)]


def test_a_feed_of_the_same_documents_makes_no_second_release(site: GovukSite, home_office: Source) -> None:
    site.publish(NEWS, NOW - DAY, "<p>There are 13,000 more officers.</p>", "home-office")
    poll(home_office, now=NOW)
    feed = atom(
        {
            "id": f"{site.url(NEWS)}#2025-01-19T12:00:00Z",
            "url": site.url(NEWS),
            "title": "More officers",
            "text": "What this is about.",
            "updated": "2025-01-19T12:00:00Z",
        }
    )
    site.server.expect_oneshot_request("/government/organisations/home-office.atom").respond_with_data(feed)
    url = site.url("/government/organisations/home-office.atom")
    source = Source.objects.create(slug="f", name="Feed", kind="feed", url=url, next_due_at=NOW)
    assert poll(source, now=NOW + HOUR).new_releases == 0
    release = Release.objects.get()
    assert (release.appearances.count(), release.revisions.count()) == (2, 1)


def test_notices_that_differ_by_name_alone_are_documents_of_their_own(site: GovukSite, home_office: Source) -> None:
    body = "".join(f"<p>Step {word} is to read the permit, which is attached.</p>" for word in "abcdefghijkl")
    for name in ("alpha", "beta"):
        site.publish(f"/government/publications/permit-{name}", NOW - DAY, body, "home-office")
    poll(home_office, now=NOW)
    other = Source.objects.create(
        slug="other", name="Other", kind="govuk", url=site.url("/search/all?keywords=permit"), next_due_at=NOW
    )
    poll(other, now=NOW)
    releases = Release.objects.order_by("title")
    assert [(one.title, one.appearances.count()) for one in releases] == [("Permit alpha", 2), ("Permit beta", 2)]


SOURCE = Source(kind="govuk", url="https://www.gov.uk/search/all")
STUB = Entry("", "https://www.gov.uk/government/news/x", "X", "", complete=False)


def answer(body: bytes, status: int = 200) -> Response:
    address = govuk.address(SOURCE)
    return Response(status, address, address, {"Content-Type": "application/json"}, body)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The answer of the Search API is not JSON: it is empty."),
        (b"{", "The answer of the Search API is not JSON: Expecting property name"),
        (
            b"<!DOCTYPE html><html><title>Sorry, we&rsquo;re down</title>",
            "The answer of the Search API is not JSON: it is a web page titled “Sorry, we’re down”.",
        ),
        (b"[1]", "The answer of the Search API is JSON, but no object: it is a list."),
        (b'{"error": "Unexpected parameters: x"}', "it has no list of results, but says “Unexpected parameters: x”."),
        (b'{"results": [1, {}], "total": 2}', "The Search API's results have neither titles nor links."),
    ],
)
def test_an_answer_that_is_something_else_is_named(body: bytes, sentence: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        govuk.parse(SOURCE, answer(body))
    assert sentence in str(refused.value)


def test_a_document_without_a_title_is_not_understood() -> None:
    with pytest.raises(NotUnderstood, match="no document of the Content API: it has no title"):
        govuk.complete(SOURCE, STUB, lambda url, accept="*/*": answer(b'{"base_path": "/x"}'))


def test_links_that_lead_elsewhere_are_taken_as_they_are_listed() -> None:
    hit = {"title": "A campaign", "link": "https://campaign.example.org/x", "description": "About it."}
    (entry,) = govuk.parse(SOURCE, answer(json.dumps({"results": [hit], "total": 1}).encode()))
    assert (entry.url, entry.complete, entry.text) == ("https://campaign.example.org/x", True, "About it.")


HIT = {"title": "T", "link": "/x", "public_timestamp": "2025-01-01T00:00:00Z", "content_id": "a", "description": "d"}
ITEM = {
    "title": "T",
    "base_path": "/government/news/x",
    "content_id": "a",
    "locale": "en",
    "document_type": "speech",
    "schema_name": "speech",
    "first_published_at": "2025-01-01T00:00:00Z",
    "public_updated_at": "2025-01-01T00:00:00+01:00",
    "withdrawn_notice": {"explanation": "<p>x</p>", "withdrawn_at": "2025-01-01T00:00:00Z"},
    "redirects": [{"path": "/government/news/x", "type": "exact", "destination": "/y"}],
    "details": {
        "body": [{"content_type": "text/html", "content": "<p>b</p>"}],
        "change_history": [{"public_timestamp": "2025-01-01T00:00:00Z", "note": "n"}],
        "documents": ['<section class="attachment"><h2 class="title"><a href="/f.pdf">F</a></h2></section>'],
        "attachments": [{"id": "1", "url": "/f.pdf", "title": "F", "file_size": 5, "number_of_pages": 1}],
        "final_outcome_attachments": ["1"],
        "delivered_on": "2025-01-01T00:00:00Z",
        "closing_date": "2025-01-01T00:00:00Z",
        "cancelled_at": "2025-01-01T00:00:00Z",
        "display_date": "1 May",
        "collection_groups": [{"title": "g", "body": "b", "documents": ["a"]}],
        "national_applicability": {"england": {"label": "England", "applicable": True}, "wales": {}},
        "ways_to_respond": {"email": "x@example.org"},
        "parts": [{"title": "p", "body": "b"}],
    },
    "links": {
        "children": [{"base_path": "/government/news/x/y", "document_type": "html_publication"}],
        "documents": [{"content_id": "a", "title": "d"}],
        "speaker": [{"title": "s"}],
    },
}


@given(any_json | bent({"results": [HIT, HIT], "total": 99, "start": 0}))
def test_no_shape_of_a_list_makes_it_fail_otherwise(value: object) -> None:
    response = answer(json.dumps(value).encode())
    assert said_by(lambda: govuk.parse(SOURCE, response)).endswith(".")
    assert said_by(lambda: govuk.next_page(SOURCE, response, 1)).endswith(".")


@given(any_json | bent(ITEM), st.sampled_from([200, 200, 200, 410, 404, 500]))
def test_no_shape_of_a_document_makes_it_fail_otherwise(value: object, status: int) -> None:
    response = answer(json.dumps(value).encode(), status)
    assert said_by(lambda: govuk.complete(SOURCE, STUB, lambda url, accept="*/*": response)).endswith(".")


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        govuk.complete(SOURCE, STUB, lambda url, accept="*/*": answer(body))
