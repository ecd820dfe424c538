"""Both parts of a mail say the same, lead somewhere, fit, and need nothing that mail programs drop."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments.digests import render
from commitments.digests.build import Content
from commitments.digests.lines import ChangeLine, DueLine, EvidenceLine, Named, Passage, SilentLine, WordingLine
from commitments.models import Subscriber

TODAY = dt.date(2025, 6, 30)
NOON = dt.datetime(2025, 6, 30, 12, tzinfo=dt.UTC)

#: A letter of each kind that takes more room in a mail than on paper.
LETTERS = st.text(st.sampled_from("a &<>\"'é€🌳\n\u202e"), min_size=1, max_size=40)


def named(words: str, number: int = 1) -> Named:
    return Named(number, (words * 300)[:300], f"https://pledges.example/commitments/{'x' * 120}/", (words * 200)[:200])


def everything(words: str, count: int) -> Content:
    """So many lines of every kind, their words as long as the record allows and longer."""
    of, long = named(words), (words * 5000)[:5000]
    due = tuple(DueLine(of, "In progress", TODAY, long[:300], 12) for _ in range(count))
    silent = tuple(SilentLine(of, "In progress", TODAY, True) for _ in range(count))
    change = ChangeLine(of, "Off track", "On track", TODAY, long, NOON, is_correction=False)
    wording = WordingLine(
        of, "date changed", long, long, long[:400], long[:300], TODAY, long, NOON, is_correction=False
    )
    corrections = (dataclasses.replace(change, is_correction=True), dataclasses.replace(wording, is_correction=True))
    passage = Passage(of, f"{of.url}#evidence-1", long, "reports progress", long[:200], TODAY, long[:500], NOON, False)
    return Content(
        date=TODAY,
        is_first=False,
        newly_overdue=due,
        newly_due_soon=due,
        newly_silent=silent,
        changes=(change,) * count,
        corrections=corrections * count,
        wordings=(wording,) * count,
        evidence=(EvidenceLine(of, (passage,) * count, 0),) * count,
        still_overdue=due,
        still_due_soon=due,
        still_silent=silent,
    )


def rendered(content: Content) -> render.Rendered:
    return render.render(content, Subscriber(pk=1, email="a@example.org"), "all commitments")


def shown(page: str) -> str:
    """What a reader of the HTML part sees."""
    return html.unescape(re.sub(r"<(head|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))


def words_of(text: str) -> list[str]:
    """In their order; that the text part has addresses, and headings in capitals, is all that it has of its own."""
    return re.findall(r"\w+", re.sub(r"https?://\S+|^\* |^--$", "", text, flags=re.MULTILINE).casefold())


@settings(max_examples=10, deadline=None)
@given(LETTERS, st.sampled_from([1, 7, 300]))
def test_whatever_happened_a_mail_is_small_and_its_parts_say_the_same(words: str, count: int) -> None:
    mail = rendered(everything(words, count))

    assert len(mail.html.encode()) < 60_000
    assert len(mail.text.encode()) < 60_000
    assert len(mail.subject) <= 300
    assert "\n" not in mail.subject
    assert words_of(mail.text) == words_of(shown(mail.html))


def test_what_does_not_fit_is_counted_and_linked() -> None:
    few = dataclasses.replace(
        everything("Plant trees", 0), newly_overdue=everything("Plant trees", 10_000).newly_overdue
    )

    mail = rendered(few)

    assert mail.subject == "Pledgewatch: 10,000 commitments newly overdue"
    assert "And 9,980 more:\nhttp://127.0.0.1:8000/commitments/?timing=overdue\n" in mail.text


def test_everything_leads_to_its_own_place_on_the_site() -> None:
    mail = rendered(everything("Plant trees", 1))
    page = named("").url

    assert set(re.findall(re.escape(page) + r"\S*", mail.text)) == {
        f"{page}{anchor}" for anchor in ("#deadline", "#changes", "#evidence", "#evidence-1")
    }
    links = re.findall(r'href="([^"]*)"', mail.html)
    assert set(links) == set(re.findall(r"https?://\S+", mail.text))


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = rendered(everything("Plant trees", 3)).html

    assert not re.findall(r"<(img|script|link|iframe|form|object)|url\(|@import|src=", page)
    assert re.search(r'<a [^>]*style="[^"]*color', page), "the style sheet has been moved into the elements"
    assert "prefers-color-scheme: dark" in page


def test_markup_in_a_title_is_shown_as_it_is() -> None:
    page = rendered(everything("<b>oaks</b> & ", 1)).html

    assert "<b>" not in page
    assert "&lt;b&gt;oaks&lt;/b&gt; &amp; " in page


@pytest.mark.parametrize(("standing", "said"), [(0, "Nothing of it is overdue"), (2, "STILL OVERDUE")])
def test_a_quiet_month_is_said_in_one_short_note(standing: int, said: str) -> None:
    lines = everything("Plant trees", standing).still_overdue
    quiet = Content(date=TODAY, is_first=False, still_overdue=lines, quiet_since=dt.date(2025, 5, 30))

    mail: Any = rendered(quiet)

    assert mail.subject == "Pledgewatch: Nothing new since 30 May 2025"
    assert said in mail.text
