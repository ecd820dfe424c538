"""What the kinds of source that read web pages have in common."""

from __future__ import annotations

from lxml import html

from tracker.blocking import why_blocked
from tracker.fetching import FetchFailed, Response
from tracker.reading.html_tree import is_html, parsed, selector, what_it_is

from .entry import NotUnderstood, Vanished

GONE_STATUSES = {404, 410}


def check_answer(response: Response, named: str) -> None:
    """Raise Vanished, NotUnderstood or FetchFailed if the page, `named` so, did not come."""
    if response.status in GONE_STATUSES:
        raise Vanished(f"{named} is not there (HTTP {response.status}).")
    if blocked := why_blocked(response):
        raise NotUnderstood(blocked)
    if response.status != 200:
        raise FetchFailed(f"{named} answered HTTP {response.status}.")


def page_in(response: Response) -> html.HtmlElement:
    """The page that came. Raises NotUnderstood for what is none."""
    if not is_html(response.body, response.content_type):
        raise NotUnderstood(f"The answer is no web page but {what_it_is(response.body, response.content_type)}.")
    page = parsed(response.body, response.content_type, response.final_url)
    if page is None:
        raise NotUnderstood("The page is empty.")
    return page


def check_selector(option: str, written: str) -> None:
    """Raise NotUnderstood if what an option says is no CSS selector."""
    try:
        selector(written)
    except ValueError as error:
        raise NotUnderstood(f"The option “{option}”: {error}") from error
