"""The whole text of an item, from the page that it links to."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from tracker.fetching import Response
from tracker.identity import canonical_address
from tracker.reading.encoding import decoded
from tracker.reading.html_tree import is_html
from tracker.reading.main_text import main_text

from . import Ask
from .entry import Entry, NotUnderstood
from .web_page import check_answer

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
#: Of a page of which nothing else is known. One with fewer was taken down, or shows nothing without its programs.
FEWEST_WORDS = 20
#: This share of the words by which an item is announced is found on its page, or it is another page.
SHARE_OF_WORDS_FOUND = 1 / 3
_TELLING_WORD = re.compile(r"\w{4,}")
_FEWEST_TELLING_WORDS = 4


def whole(entry: Entry, ask: Ask) -> Entry:
    """`entry` with the main text of its own page for its text.

    Raises FetchError, Vanished, and NotUnderstood for a page that is not its own, is no HTML, or says less than
    `entry` already does.
    """
    if not canonical_address(entry.url):
        raise NotUnderstood("It has no page of its own.")
    response = ask(entry.url, ACCEPT)
    _check(entry, response)
    text = main_text(response.body, response.content_type, response.final_url)
    _check_text(entry, text, response)
    return replace(entry, text=text, complete=True)


def _check(entry: Entry, response: Response) -> None:
    check_answer(response, "Its page")
    kind = response.content_type.partition(";")[0].strip().lower()
    if not is_html(response.body, response.content_type):
        raise NotUnderstood(f"Its page is no HTML but {kind or 'a file'}.")
    if not canonical_address(response.final_url):
        raise NotUnderstood("Its address leads to a front page.")


def _check_text(entry: Entry, text: str, response: Response) -> None:
    words, announced = len(text.split()), len(entry.text.split())
    if words < (announced or FEWEST_WORDS):
        raise NotUnderstood("Its page yields hardly any text." if not announced else "Its page yields less than this.")
    telling = {word.casefold() for word in _TELLING_WORD.findall(f"{entry.title} {entry.text}")}
    if len(telling) < _FEWEST_TELLING_WORDS:
        return
    page = unescape(decoded(response.body, response.content_type)).casefold()
    if sum(word in page for word in telling) < SHARE_OF_WORDS_FOUND * len(telling):
        raise NotUnderstood("Its address leads to a page about something else.")
