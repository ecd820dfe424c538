"""Which entries are one document: the rules as tables, and what holds for any address."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.identity import Known, canonical_address, identities, is_same, stable_guid
from tracker.sources.entry import Entry

LONG = "The Home Secretary has said today that the number of people returned has gone up again. " * 5
A = Entry(
    guid="tag:1",
    url="https://www.example.org/news/returns",
    title="Returns rise in October 2024",
    text=LONG + "9,400 were returned.",
    published_at=dt.datetime(2024, 11, 1, tzinfo=dt.UTC),
)
SHORT = replace(A, title="Weekly update", text="Read the weekly update here.")


def same(one: Entry, other: Entry, *, same_source: bool) -> bool:
    known = identities([one])[0]
    return is_same(
        other,
        identities([other])[0],
        Known(
            same_source=same_source,
            key=known.key,
            url_key=known.url_key,
            content_key=known.content_key,
            title=one.title,
            text=one.text,
            published_at=one.published_at,
        ),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Returns go up in October 2024"},
        {"text": "Something else altogether."},
        {"guid": "tag:re-issued"},
        {"guid": "tag:re-issued", "title": "Returns go up", "text": "Reworded."},
        {"guid": "tag:re-issued", "url": "https://example.org/moved"},
        {"url": "http://example.org/news/returns/?utm_source=feed#top", "guid": "tag:other"},
        {"guid": "tag:other", "url": "https://copy.example/1", "title": "PRESS RELEASE: Returns rise [October 2024]"},
        {"guid": "tag:other", "url": "https://copy.example/1", "text": A.text.replace(" ", "\u00a0\n")},
    ],
)
@pytest.mark.parametrize("same_source", [True, False])
def test_one_document(changes: dict[str, str], same_source: bool) -> None:
    if changes.keys() <= {"title", "text"} or same_source or "re-issued" not in changes.get("guid", ""):
        assert same(A, replace(A, **changes), same_source=same_source)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Returns rise in November 2024"},
        {"text": LONG + "9,500 were returned."},
        {"text": LONG + "9,400 were not returned."},
    ],
)
@pytest.mark.parametrize("same_source", [True, False])
def test_editions_with_other_numbers_or_periods_are_never_joined(changes: dict[str, str], same_source: bool) -> None:
    other = replace(A, guid="tag:2", url="https://www.example.org/news/returns-2", **changes)
    assert not same(A, other, same_source=same_source)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Prison places opened", "text": "New prison places opened in the north today, the ministry said."},
        {"title": "Returns rise in November 2024"},
        {"text": LONG + "9,500 were returned.", "published_at": dt.datetime(2024, 12, 1, tzinfo=dt.UTC)},
        {"title": "", "text": ""},
    ],
)
@pytest.mark.parametrize("url", ["https://www.example.org/news/another", ""])
def test_an_id_given_to_another_document_joins_nothing(changes: dict[str, Any], url: str) -> None:
    assert not same(A, replace(A, url=url, **changes), same_source=True)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "Returns go up in October 2024"},
        {"title": "Numbers corrected", "text": LONG + "9,500 were returned."},
        {"title": "Numbers added", "text": A.text + " A note was added on 5 December."},
        {"published_at": dt.datetime(2024, 12, 5, tzinfo=dt.UTC)},
        {"published_at": None, "text": LONG},
    ],
)
@pytest.mark.parametrize("url", ["https://www.example.org/news/moved", ""])
def test_an_id_at_a_new_address_still_names_what_was_edited(changes: dict[str, Any], url: str) -> None:
    one = replace(A, title="Returns rise") if "Numbers" in changes.get("title", "") else A
    assert same(one, replace(one, url=url, **changes), same_source=True)


def test_the_next_edition_under_a_fixed_id_and_address_is_another_document() -> None:
    month_later = dt.datetime(2024, 12, 1, tzinfo=dt.UTC)
    assert not same(A, replace(A, title="Returns rise in November 2024", published_at=month_later), same_source=True)
    assert same(A, replace(A, title="Returns rise in November 2024"), same_source=True)


def test_the_next_edition_at_a_fixed_address_is_another_document() -> None:
    other = replace(A, guid="tag:2", title="Returns rise in November 2024", text="New.")
    assert not same(A, other, same_source=True)


def test_stock_words_weeks_apart_are_two_documents() -> None:
    assert A.published_at
    other = replace(SHORT, guid="tag:2", url="https://www.example.org/w2")
    assert same(SHORT, other, same_source=False)
    assert not same(SHORT, replace(other, published_at=A.published_at + dt.timedelta(days=7)), same_source=False)


def test_titles_alone_join_nothing() -> None:
    empty = replace(SHORT, text="")
    assert not same(empty, replace(empty, guid="tag:2", url="https://www.example.org/w2"), same_source=True)


def test_an_address_that_many_items_share_identifies_none() -> None:
    items = [
        replace(A, guid=f"tag:{n}", title=f"Item {n}", text=f"Text {n}", url="https://example.org/all")
        for n in range(3)
    ]
    assert {identity.url_key for identity in identities(items)} == {""}
    assert len({identity.key for identity in identities(items)}) == 3


def test_an_id_that_several_items_carry_is_told_apart_by_address() -> None:
    items = [replace(A, guid="tag:same", title=f"Item {n}", url=f"https://example.org/{n}") for n in range(3)]
    assert len({identity.key for identity in identities(items)}) == 3


def test_without_id_and_address_the_content_is_the_identity() -> None:
    bare = Entry(guid="", url="", title="A title", text="A text.")
    one, other, again = (identities([entry])[0].key for entry in (bare, replace(bare, text="Another."), bare))
    assert one == again != other


@pytest.mark.parametrize(
    ("guid", "stable"),
    [
        ("https://www.gov.uk/a/b#2024-11-17T09:30:00+00:00", "https://www.gov.uk/a/b"),
        ("https://www.gov.uk/a/b#2024-11-17T09:30:00Z", "https://www.gov.uk/a/b"),
        ("https://example.org/a#comment-5", "https://example.org/a#comment-5"),
        ("https://example.org/?p=12", "https://example.org/?p=12"),
    ],
)
def test_an_id_that_holds_the_time_of_update_is_kept_without_it(guid: str, stable: str) -> None:
    assert stable_guid(guid) == stable


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/",
        "http://example.org",
        "https://www.example.org/?utm_source=x",
        "",
        "mailto:a@b.c",
        "http://[::1",
    ],
)
def test_addresses_that_name_no_document(url: str) -> None:
    assert canonical_address(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.org/a/b",
        "https://example.org/a/b/",
        "https://EXAMPLE.org:443//a/b?utm_campaign=x&fbclid=y#part",
        "https://example.org/a/b/index.html",
    ],
)
def test_forms_of_one_address(url: str) -> None:
    assert canonical_address(url) == "example.org/a/b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org:8080/a"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/#!/a", "https://example.org/#!/b"),
    ],
)
def test_addresses_that_stay_apart(one: str, other: str) -> None:
    assert canonical_address(one) != canonical_address(other)


segments = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), min_size=1).map(
    lambda parts: "/".join(quote(part, safe="") for part in parts)
)


@given(path=segments, scheme=st.sampled_from(["http", "https"]), www=st.booleans(), slash=st.booleans())
def test_scheme_www_slash_and_tracking_never_matter(path: str, scheme: str, www: bool, slash: bool) -> None:
    url = f"{scheme}://{'www.' if www else ''}example.org/{path}{'/' if slash else ''}"
    assert canonical_address(url) == canonical_address(f"https://example.org/{path}?utm_source=feed#x")


@given(st.text())
def test_any_text_at_all_has_an_identity(text: str) -> None:
    entry = Entry(guid=text, url=text, title=text, text=text)
    (identity,) = identities([entry])
    assert identity == identities([entry])[0]
    assert same(entry, entry, same_source=True)
