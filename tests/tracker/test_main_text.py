"""The text that a page is there for."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.reading.main_text import main_text

PARAGRAPHS = [
    "Three thousand more officers will patrol town centres by next spring, the Home Secretary said today.",
    "The money comes from the neighbourhood policing grant, which rises to £200 million this year.",
    "Forces will publish how many officers they have in each neighbourhood, every quarter, from October.",
]
TEXT = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in PARAGRAPHS)
LIST = "<ul><li>one officer in each ward</li><li>two in each town</li></ul>"
NAVIGATION = "<nav><ul>" + '<li><a href="/x">Another long line of the menu of this site</a></li>' * 20 + "</ul></nav>"
COOKIES = '<div class="cookie-banner"><p>We use cookies to make this site work, and would like to set more.</p></div>'
RELATED = (
    '<div class="related-posts"><h2>Related</h2><p>Something else that we published lately, which is long.</p></div>'
)
FOOTER = "<footer><p>All content is available under the licence, except where otherwise stated.</p></footer>"


def read(page: str) -> str:
    return main_text(page.encode(), "text/html; charset=utf-8", "https://example.org/news")


@pytest.mark.parametrize(
    "page",
    [
        f"<html><body>{COOKIES}{NAVIGATION}<main><h1>News</h1>{TEXT}{LIST}</main>{FOOTER}</body></html>",
        f"<html><body>{NAVIGATION}<main><article><h1>News</h1>{TEXT}{LIST}{RELATED}</article></main>{FOOTER}</body></html>",
        f'<html><body><div id="page"><header><h1>Ministry</h1></header><div id="content"><div class="post">{TEXT}{LIST}'
        f'</div></div><div id="sidebar"><p>Search this site.</p></div></div>{FOOTER}</body></html>',
        f"<body>{COOKIES}<table><tr><td>{NAVIGATION}</td><td>{TEXT}{LIST}</td></tr></table></body>",
        f'<body class="has-sidebar has-cookie-banner"><div class="with-sidebar">{TEXT}{LIST}</div>{RELATED}</body>',
    ],
    ids=["main", "article", "nothing marked", "tables", "names that are not what they say"],
)
def test_what_stands_around_is_left_out_and_what_is_said_is_whole(page: str) -> None:
    assert read(page) == "\n\n".join([*PARAGRAPHS, "• one officer in each ward\n• two in each town"])


def test_the_lead_before_the_body_and_tables_in_it_are_part_of_it() -> None:
    table = "<table><tr><th>Year</th><th>Officers</th></tr><tr><td>2025</td><td>3,000</td></tr></table>"
    text = read(f'<main><div class="lead"><p>A short lead.</p></div><div class="body">{TEXT}{table}</div></main>')
    assert text.startswith("A short lead.\n\nThree thousand")
    assert text.endswith("Year | Officers\n2025 | 3,000")


@pytest.mark.parametrize("page", ["", "<!-- nothing -->", "<html></html>", "<body><nav>Home</nav></body>"])
def test_a_page_that_says_nothing(page: str) -> None:
    assert read(page) in {"", "Home"}


def test_a_page_made_to_hold_us_up_does_not() -> None:
    assert read("<div>" * 50_000 + "<p>deep</p>") == ""  # the parser goes no deeper than any reader would
    assert read("<nav></nav>x" * 50_000).split() == ["x"] * 50_000
    assert read('<div class="' + "share " * 100_000 + '">x</div>') == "x"


@given(st.text(max_size=300))
def test_any_markup_is_read(markup: str) -> None:
    assert "\x00" not in read(f"<main>{markup}</main>")
