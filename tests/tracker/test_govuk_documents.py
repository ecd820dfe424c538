"""The 96 files of GOV.UK's own examples become what a reader of their pages sees.

What is expected is written down here for those that are special, and is read from the JSON by other means than
ours for all.
"""

from __future__ import annotations

import datetime as dt
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from pytest_httpserver import HTTPServer

from tests.tracker.govuk_site import GovukSite
from tracker.asking import Asker
from tracker.models import Poll, Release, Source
from tracker.polling import poll
from tracker.sources import Entry, Vanished, kind_of

GONE = {
    "gone__gone": "GOV.UK has taken this document down.",
    "gone__gone_with_no_base_path": "GOV.UK has taken this document down.",
    "gone__gone_with_alternative_path": "“Incorrect title”",
}
REDIRECTED = {
    "redirect__govuk-subdomain-redirect": "https://somewhere.else.gov.uk",
    "redirect__redirect": "/maritime-safety-weather-and-navigation/register-406-mhz-beacons",
    "redirect__redirect-with-replacement": "/maritime-safety-weather-and-navigation/register-406-mhz-beacons",
}
WITHDRAWN = {
    "case_study__archived": ("2014-08-22T10:29:02+01:00", "We’ve withdrawn this case study"),
    "consultation__consultation_withdrawn": ("2016-11-12T09:52:00+00:00", "It has been superseded"),
    "detailed_guide__withdrawn_detailed_guide": ("2015-01-28T13:05:30+00:00", "This information has been archived"),
    "document_collection__document_collection_withdrawn": ("2016-04-01T13:05:30+00:00", "This information is now"),
    "fatality_notice__withdrawn_fatality_notice": ("2016-09-14T13:05:30+00:00", "This content is not factually"),
    "html_publication__withdrawn": ("2019-11-19T10:20:03+00:00", "This content has been withdrawn"),
    "news_article__news_article_withdrawn": ("2019-08-22T10:29:02+01:00", "We’ve withdrawn this news article"),
    "publication__withdrawn_publication": ("2015-01-13T13:05:30+00:00", "This information is now out of date."),
    "speech__withdrawn-speech": ("2018-05-15T11:29:10+00:00", "This page has been withdrawn"),
}
TRANSLATED = {
    "html_publication__arabic_translation": "ar",
    "news_article__news_article_history_mode_translated_arabic": "ar",
    "news_article__news_article_news_story_translated_arabic": "ur",
    "speech__speech-translated": "ar",
}
#: Where `first_published_at` is missing, a move to another system, or the date of an event in the past.
PUBLISHED_OTHERWISE = {
    "call_for_evidence__call_for_evidence_outcome": "2016-04-20",
    "call_for_evidence__closed_call_for_evidence": "2016-09-05",
    "call_for_evidence__open_call_for_evidence_with_participation": "2016-11-08",
    "call_for_evidence__unopened_call_for_evidence": "2023-05-24",
    "case_study__archived": "2013-04-15",
    "consultation__closed_consultation": "2016-09-05",
    "consultation__consultation_outcome": "2016-04-20",
    "consultation__consultation_outcome_with_feedback": "2016-04-22",
    "consultation__open_consultation_with_participation": "2016-11-08",
    "consultation__unopened_consultation": "2016-10-31",
    "detailed_guide__translated_detailed_guide": "2013-05-22",
    "detailed_guide__withdrawn_detailed_guide": "2012-09-12",
    "document_collection__document_collection_with_history": "2013-10-11",
    "document_collection__document_collection_withdrawn": "2016-02-29",
    "fatality_notice__fatality_notice": "2016-09-14",
    "fatality_notice__fatality_notice_with_minister": "1881-02-27",
    "fatality_notice__withdrawn_fatality_notice": "2016-09-14",
    "html_publication__arabic_translation": "2015-07-08",
    "html_publication__multiple_organisations": "2016-01-17",
    "html_publication__published": "2016-01-17",
    "html_publication__updated": "2016-02-02",
    "html_publication__withdrawn": "2017-02-03",
    "publication__political_publication": "2013-02-21",
    "publication__scheduled_publication": "2012-11-01",
    "publication__statistics_publication": "2012-11-01",
    "publication__withdrawn_publication": "2011-09-29",
    "statistics_announcement__cancelled_official_statistics": "2016-01-17",
    "statistics_announcement__national_statistics": "2014-11-17",
    "statistics_announcement__official_statistics": "2016-01-17",
    "statistics_announcement__release_date_changed": "2016-01-17",
    "topical_event__ebola-virus-government-response": "2015-09-14",
    "topical_event_about_page__slim": "2016-01-26",
    "topical_event_about_page__topical_event_about_page": "2016-01-26",
}
#: What a page says of the document beside its body, by the names of files.
SAID_BESIDE = {
    "consultation__best-practice-consultation": ["Opens: 7 August 2014, 9:30am", "Closes: 7 October 2014, 5pm"],
    "consultation__open_consultation": ["Closes: 16 December 2216, 3pm"],
    "consultation__consultation_outcome_with_featured_attachments": [
        "Applies to: England",
        "Outcome\n\nWe have decided that:",
        "• Equalities impact assessment: setting the grade standards of new GCSEs in England – part 2",
        "Feedback received\n\nThe majority of respondents",
    ],
    "consultation__open_consultation_with_participation": ["Ways to respond", "po.consultation@ukgi.gov.uk"],
    "document_collection__document_collection_with_history": ["• Financial Sanctions, UK freezing orders"],
    "speech__speech-transcript": [
        "By: The Rt Hon David Cameron MP",
        "Delivered on: 12 May 2016 (Transcript of the speech, exactly as it was delivered)",
        "Location: Anti-Corruption Summit, Lancaster House, London",
    ],
    "speech__speech-speaker-without-profile": ["By: Her Majesty the Queen"],
    "speech__speech-authored-article": ["Written on: 5 April 2016"],
    "speech__speech-written-statement-parliament": ["Delivered on: 20 December 2016"],
    "statistics_announcement__release_date_changed": [
        "Release date: 20 January 2016 9:30am (confirmed)",
        "Release date before the change: 19 January 2016 9:30am",
        "Reason for the change: Amended after inputting an error.",
    ],
    "statistics_announcement__cancelled_official_statistics": ["Cancelled on 17 January 2016: Official Statistics"],
}
WITHOUT_WORDS = {"topical_event__ebola-virus-government-response"}
NOTE_OF_A_MOVED_DATE = {"statistics_announcement__release_date_changed": ["Amended after inputting an error."]}

ASSETS = "https://assets.publishing.service.gov.uk"

pytestmark = pytest.mark.django_db


class _Pieces(HTMLParser):
    """What stands between the tags of markup, by the standard library."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(markup)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.fixture(scope="module")
def examples(shared: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in sorted((shared / "data/govuk").glob("*.json"))}


@pytest.fixture
def look(httpserver: HTTPServer, loopback_allowed: None) -> Any:
    """A look at a search that finds nothing but one item."""
    site = GovukSite(httpserver)

    def look(item: dict[str, Any]) -> tuple[Poll, Release]:
        path = item.get("base_path") or "/without-a-path"
        site.items.clear()
        site.put({**json.loads(json.dumps(item).replace(ASSETS, httpserver.url_for(""))), "base_path": path})
        site.lagging = [{"title": "As the index has it", "link": path, "public_timestamp": "2024-05-01T00:00:00Z"}]
        url = httpserver.url_for("/search/all?organisations[]=home-office")
        source = Source.objects.create(slug="g", name="GOV.UK", kind="govuk", url=url)
        outcome = poll(source, now=dt.datetime(2026, 3, 1, tzinfo=dt.UTC), force=True)
        return outcome, Release.objects.get()

    return look


@pytest.mark.shared
def test_every_example_becomes_a_release_as_its_page_shows_it(examples: dict[str, Any], look: Any) -> None:
    assert len(examples) == 95
    wrong: dict[str, Any] = {}
    for name, item in examples.items():
        with transaction.atomic():  # each into an empty record
            differs = _what_differs(name, item, *look(item))
            transaction.set_rollback(True)
        if differs:
            wrong[name] = differs
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1, default=str)


def _what_differs(name: str, item: dict[str, Any], outcome: Poll, release: Release) -> dict[str, Any]:
    expected: dict[str, Any] = {"outcome": "new", "revisions": 1}
    seen: dict[str, Any] = {"outcome": outcome.outcome, "revisions": release.revisions.count()}
    if name in GONE or name in REDIRECTED:
        expected |= {"vanished": True, "title": "As the index has it", "withdrawn": None}
        seen |= {"vanished": bool(release.vanished_since), "title": release.title, "withdrawn": release.withdrawn_at}
    else:
        text = release.latest_revision.text
        withdrawn_at, why = WITHDRAWN.get(name, (None, ""))
        notes = [change["note"] for change in (item["details"].get("change_history") or [])]
        expected |= {
            "vanished": False,
            "title": item["title"],
            "address": item["base_path"],
            "locale": TRANSLATED.get(name, "en"),
            "published": PUBLISHED_OTHERWISE.get(name) or item["first_published_at"][:10],
            "withdrawn": dt.datetime.fromisoformat(withdrawn_at) if withdrawn_at else None,
            "why": True,
            "notes": sorted(" ".join(note.split()) for note in notes + NOTE_OF_A_MOVED_DATE.get(name, [])),
            "without words": name in WITHOUT_WORDS,
            "words that are missing": [],
        }
        published = release.published_at if release.published_is_known else None
        seen |= {
            "vanished": bool(release.vanished_since),
            "title": release.title,
            "address": urlsplit(release.url).path,
            "locale": release.locale,
            "published": f"{published:%Y-%m-%d}" if published else "1881-02-27",
            "withdrawn": release.withdrawn_at,
            "why": bool(release.withdrawal) == bool(why) and release.withdrawal.startswith(why),
            "notes": sorted(release.change_notes.values_list("text", flat=True)),
            "without words": not text,
            "words that are missing": _missing(item, text) + [s for s in SAID_BESIDE.get(name, []) if s not in text],
        }
    return {key: (seen[key], expected[key]) for key in expected if seen[key] != expected[key]}


def _missing(item: dict[str, Any], text: str) -> list[str]:
    """Pieces of the summary, the body and the outcome that `text` does not have, white space apart."""
    details = item["details"]
    markup = [item.get("description"), *(details.get(n) for n in ("body", "final_outcome_detail", "outcome_detail"))]
    pieces = [piece for each in markup if each for piece in _Pieces(each).said]
    seen = _dense(text)
    return [piece for piece in pieces if "↩" not in piece and _dense(piece) not in seen]


def _dense(text: str) -> str:
    return "".join(text.split())


@pytest.mark.shared
def test_what_is_gone_says_why(examples: dict[str, Any], httpserver: HTTPServer, loopback_allowed: None) -> None:
    site = GovukSite(httpserver)
    source = Source(kind="govuk", url=httpserver.url_for("/search/all"))
    for name, said in {**GONE, **REDIRECTED}.items():
        site.items.clear()
        site.put({**examples[name], "base_path": examples[name]["base_path"] or "/without-a-path"})
        path = next(iter(site.items))
        stub = Entry("", httpserver.url_for(path), "As the index has it", "", complete=False)
        with pytest.raises(Vanished) as gone:
            kind_of("govuk").complete(source, stub, Asker(source.kind))
        assert said in str(gone.value)
