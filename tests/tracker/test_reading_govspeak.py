"""Bodies as GOV.UK and Parliament write them, as a reader sees them: tables, lists, footnotes, files."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reading.html_text import reader_text
from tracker.sources.govuk_content import entry_of
from tracker.sources.govuk_search import Site

SITE = Site("https://www.gov.uk")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            '<p>We hired 13,000<sup id="fnref:1" role="doc-noteref"><a href="#fn:1" class="footnote">1</a></sup> '
            "officers.</p>",
            "We hired 13,000 [1] officers.",
        ),
        ('<p>By March<a href="#note"><sup>[2]</sup></a>.</p>', "By March [2]."),
        ('<p>In 2024<sup><a href="#fn:3">[footnote 3]</a></sup></p>', "In 2024 [footnote 3]"),
        (
            '<div class="footnotes" role="doc-endnotes"><ol><li id="fn:1"><p>At <strong>31 March</strong>. '
            '<a href="#fnref:1" class="reversefootnote" role="doc-backlink">↩</a></p></li>'
            '<li id="fn:2"><p>Full time.</p></li></ol></div>',
            "[1] At 31 March.\n[2] Full time.",
        ),
        ("<p>10<sup>6</sup> in 5 km<sup>2</sup> on 1<sup>st</sup> April</p>", "10⁶ in 5 km² on 1st April"),
        (
            "<table><caption>Officers</caption><thead><tr><th scope='col'>Year</th><th>Number<sup>1</sup></th></tr>"
            "</thead><tbody><tr><th scope='row'>2024</th><td><p>147,746</p><p>(heads)</p></td></tr></tbody></table>",
            "Officers\n\nYear | Number¹\n2024 | 147,746 (heads)",
        ),
        ("<ol><li><p>One.</p></li><li>Two:<ul><li>a</li></ul></li></ol>", "• One.\n• Two:\n• a"),
        (
            '<div class="call-to-action"><p>Apply now.</p></div><div class="address"><div class="adr org fn"><p>\n\n'
            "Public Register\n<br>Bodmin\n<br>PL31 1EB\n<br>\n</p></div></div>",
            "Apply now.\n\nPublic Register\nBodmin\nPL31 1EB",
        ),
    ],
)
def test_what_a_reader_sees(markup: str, text: str) -> None:
    assert reader_text(f'<div class="govspeak">{markup}</div>') == text


@given(st.integers(0, 10**9), st.integers(1, 99))
def test_the_mark_of_a_footnote_never_lengthens_a_figure(figure: int, mark: int) -> None:
    for markup in (f"<sup>{mark}</sup>", f'<sup><a href="#fn:{mark}">{mark}</a></sup>'):
        words = reader_text(f"<p>{figure}{markup} officers</p>")
        assert not words.startswith(f"{figure}{mark}")
        assert words.startswith(str(figure))


def test_raised_text_nested_beyond_reason_is_read_in_no_time() -> None:
    began = time.monotonic()
    reader_text("<sup>" * 200_000 + "1")
    reader_text("<sup>1<a>" * 100_000)
    assert time.monotonic() - began < 5


FILE = """<section class="attachment embedded" id="attachment_1">
  <div class="attachment-thumb"><a class="thumbnail" href="/files/plan.pdf"><img alt="" src="/t.png" /></a></div>
  <div class="attachment-details">
    <h2 class="title"><a href="/files/plan.pdf">The <em>plan</em></a></h2>
    <p class="metadata"><span class="type"><abbr title="Portable Document Format">PDF</abbr></span>,
      <span class="file-size">277KB</span>, <span class="page-length">12 pages</span></p>
    <div class="accessibility-warning"><h2>This file may not be suitable for users of assistive technology.</h2>
      <p class="js-hidden">Request another format.</p></div>
  </div>
</section>"""


def test_files_are_named_as_on_their_page_without_what_stands_around_them() -> None:
    item = {"title": "Plans", "base_path": "/government/publications/plans", "details": {"documents": [FILE]}}
    entry = entry_of(item, SITE)
    assert entry.text == "Documents\n\n• The plan (PDF, 277KB, 12 pages)"
    assert [(file.url, file.title, file.content_type) for file in entry.attachments] == [
        ("https://www.gov.uk/files/plan.pdf", "The plan", "application/pdf")
    ]


def test_files_within_a_body_are_read_without_what_stands_around_them() -> None:
    item = {"title": "Guide", "base_path": "/guidance/guide", "details": {"body": f"<p>See:</p>{FILE}<p>End.</p>"}}
    assert entry_of(item, SITE).text == "See:\n\nThe plan\n\nPDF, 277KB, 12 pages\n\nEnd."


def test_a_body_in_several_forms_is_read_in_its_rendered_one() -> None:
    forms = [{"content_type": "text/govspeak", "content": "$CTA"}, {"content_type": "text/html", "content": "<p>A</p>"}]
    parts = [{"title": "Part one", "slug": "one", "body": forms}, {"title": "Part two", "body": "<p>B</p>"}]
    item = {"title": "Guide", "base_path": "/guide", "details": {"body": forms, "parts": parts}}
    assert entry_of(item, SITE).text == "A\n\nPart one\n\nA\n\nPart two\n\nB"


@pytest.mark.parametrize(
    "details",
    [
        {"documents": ['<section class="attachment"><a href="/f">f</a>' * 25_000]},
        {"documents": ["<section class='attachment'><p>x</p></section>" * 20_000]},
        {
            "body": "<p class='attachment'>" + "words " * 200_000,
            "attachments": [{"url": f"/{n}"} for n in range(30_000)],
        },
        {"body": "<div class='attachment'>" * 40_000},
        {"final_outcome_documents": ["<a class='attachment'>f</a>"] * 30_000},
    ],
    ids=["nested files", "many files", "many attachments and a long body", "nested markup", "many documents"],
)
def test_an_item_made_to_be_slow_is_read_in_no_time(details: dict[str, object]) -> None:
    began = time.monotonic()
    entry_of({"title": "Plans", "base_path": "/plans", "details": details}, SITE)
    assert time.monotonic() - began < 5
