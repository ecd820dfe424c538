"""What a commitment's page says of its past: rewordings, accounts, steps; and how to cite a version that stays."""

from __future__ import annotations

import datetime as dt
import html as markup
import re

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from commitments import decisions
from commitments.models import Commitment, Definition, Milestone
from commitments.pages.citing import cite

from . import make

pytestmark = pytest.mark.django_db


def page_of(client: Client, made: Commitment) -> str:
    return client.get(made.get_absolute_url()).content.decode()


def words(html: str) -> str:
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", html)).split())


def reword(made: Commitment, statement: str, kind: str = "narrowing", **fields: object) -> Definition:
    defaults = {"effective_from": dt.date(2025, 2, 1), "deadline_latest": dt.date(2025, 1, 5)}
    return Definition.objects.create(commitment=made, kind=kind, statement=statement, **(defaults | fields))


def test_every_rewording_is_shown_word_by_word_and_can_be_read_without_colour(client: Client) -> None:
    made = make.commitment(due=dt.date(2025, 1, 5), statement="Plant 9,000 trees along every road of Kent.")
    reword(made, "Plant 7,000 trees along every road of Kent.")
    reword(made, "Plant 7,000 trees along main roads of Kent.", effective_from=dt.date(2025, 3, 1))
    html = page_of(client, made)
    text = words(html)
    assert "Plant taken out: 9,000 (end) put in: 7,000 (end) trees along every road of Kent." in text
    assert "taken out: every road (end) put in: main roads (end) of Kent." in text
    assert re.search(r"<del>.*?9,000.*?</del>", html)
    assert "Plant taken out: 9,000 (end) trees along taken out: every road (end) of Kent." in text  # as first promised


def test_a_moved_date_is_part_of_the_comparison_and_what_stayed_is_not(client: Client) -> None:
    made = make.commitment("Plant trees", due=dt.date(2025, 1, 5), statement="Plant trees.")
    reword(made, "Plant trees.", "date_change", deadline_latest=dt.date(2026, 1, 5))
    [latest, _] = client.get(made.get_absolute_url()).context["page"].wordings
    assert [part.part for part in latest.reworded] == ["Deadline"]


def test_evidence_is_told_apart_by_whose_account_it_is(client: Client) -> None:
    made = make.commitment()
    for voice, relation in (("official", "progress"), ("independent", "contradicts"), ("official", "context")):
        carrier = make.source(f"{voice} {relation}", voice=voice)
        release = make.release(f"From {voice}, {relation}.", at=carrier)
        decisions.accept(make.evidence(made, release, relation=relation), make.deed())
    response = client.get(made.get_absolute_url())
    assert {
        account.title: [piece.evidence.quote for piece in account.pieces]
        for account in response.context["page"].accounts
    } == {
        "What the government said": ["From official, progress."],
        "Independent checks": ["From independent, contradicts."],
        "Context": ["From official, context."],
    }
    assert 'id="said-by-independent"' in response.content.decode()


def test_milestones_stand_in_the_order_of_time_with_today_among_them(client: Client) -> None:
    made = make.commitment()
    today = timezone.localdate()
    for title, offset in (("Open", 30), ("Dig", -30), ("Plan", -60)):
        day = today + dt.timedelta(days=offset)
        Milestone.objects.create(commitment=made, title=title, deadline_earliest=day, deadline_latest=day)
    Milestone.objects.create(commitment=made, title="Sometime", deadline_text="one day")
    text = words(page_of(client, made))
    places = [text.index(title) for title in ("Plan Due", "Dig Due", "Today,", "Open Due", "Sometime No day")]
    assert places == sorted(places)
    assert text.count("its last day has passed") == 2


@pytest.mark.parametrize(("offset", "said"), [(10, "Time left Computed 10 days"), (-3, "none: over by 3 days")])
def test_the_time_left_is_said_or_by_how_much_it_is_over(client: Client, offset: int, said: str) -> None:
    made = make.commitment(due=timezone.localdate() + dt.timedelta(days=offset))
    assert said in words(page_of(client, made))
    decisions.change_status(made, "abandoned", make.user(), "Given up.", timezone.localdate(), absence="Looked.")
    assert said not in words(page_of(client, made))


def test_a_cited_version_stays_as_it_was(client: Client) -> None:
    made = make.commitment("Plant trees", statement="Plant 9,000 trees.")
    decisions.change_status(made, "on_track", make.user(), "It grows.", dt.date(2025, 1, 1))
    citation = client.get(made.get_absolute_url()).context["page"].citation
    address = citation.address.removeprefix("http://127.0.0.1:8000")
    assert citation.version == 2
    assert f"as of {timezone.localdate().day} " in citation.plain
    cited = words(client.get(address).content.decode())
    reword(made, "Plant 7,000 trees.")
    decisions.change_status(made, "off_track", make.user(), "It does not grow.", dt.date(2025, 3, 1))
    later = words(client.get(address).content.decode())
    for text in (cited, later):
        assert "Plant 9,000 trees." in text
        assert "It grows." in text
        assert "7,000" not in text
        assert "does not grow" not in text
    assert "It does not grow." in words(client.get(f"{made.get_absolute_url()}versions/4/").content.decode())


def test_an_entry_that_was_corrected_is_what_its_version_said(client: Client) -> None:
    made = make.commitment()
    wrong = decisions.change_status(made, "off_track", make.user(), "Misread.", dt.date(2025, 1, 1))
    decisions.change_status(made, "on_track", make.user(), "Read again.", dt.date(2025, 1, 1), corrects=wrong)
    assert "Misread." in words(client.get(f"{made.get_absolute_url()}versions/2/").content.decode())
    assert "Read again." in words(client.get(f"{made.get_absolute_url()}versions/3/").content.decode())


@pytest.mark.parametrize("number", [0, 2, 99])
def test_there_is_no_version_before_the_first_or_after_the_last(client: Client, number: int) -> None:
    assert client.get(f"{make.commitment().get_absolute_url()}versions/{number}/").status_code == 404


def test_a_draft_has_no_versions_in_public(client: Client) -> None:
    draft = make.commitment(publication="draft")
    assert client.get(f"{draft.get_absolute_url()}versions/1/").status_code == 404


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
def test_bibtex_stays_whole_whatever_the_title(title: str) -> None:
    entry = cite(Commitment(title=title, reference="T-1", slug="t"), 3, dt.date(2025, 1, 9)).bibtex
    bare = re.sub(r"\\[{}&%$#_]", "", entry)
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"(?<!\\)[&%$#_]", bare)


def test_whoever_wants_to_know_more_is_led_to_a_subscription_of_it(client: Client) -> None:
    made = make.commitment("Plant trees")
    page = page_of(client, made)
    address = re.search(r'href="(/subscribe/\?scope=commitment:[\w-]+)"', page)
    assert address
    assert f'href="{made.get_absolute_url()}changes.atom"' in page
    assert "Plant trees" in client.get(address[1]).content.decode()
