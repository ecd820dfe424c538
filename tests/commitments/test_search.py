"""Search that forgives: what is found for what was typed, in which order, and what is marked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from commitments import decisions
from commitments.models import Commitment, Definition
from commitments.search import text_tables, texts
from commitments.search.highlighting import extract, runs
from commitments.search.index import Alternative, Field, Index, Text
from commitments.search.understanding import understand
from commitments.showing import SHORT_QUOTE_WORDS
from tracker.models import Release, Revision

from . import make

pytestmark = pytest.mark.django_db


def listed(client: Client, query: str, **more: str) -> list[str]:
    register = client.get("/commitments/", {"q": query, **more}).context["register"]
    return [line.commitment.title for line in register.lines]


def found(client: Client, query: str, kind: str = "evidence") -> Any:
    response = client.get("/search/", {"q": query, "in": kind})
    assert response.status_code == 200
    return response.context["search"]


@pytest.mark.parametrize(
    "query",
    [
        "recruiting officer",
        "OFFICERS recruited",
        "polcie officers",
        "neigbourhood",
        "PCs",
        "police constables",
        "bobbies",
        "patrollers",
        '"officers for every neighbourhood"',
        "T-77",
        "13000",
        "antisocial",
    ],
)
def test_a_promise_is_found_by_other_endings_slips_other_names_phrases_and_its_reference(
    client: Client, query: str
) -> None:
    promise = make.commitment(
        "Recruit 13,000 police officers",
        statement="Recruit officers for every neighbourhood to end anti-social behaviour.",
        keywords="patrollers, wardens",
    )
    Commitment.objects.filter(pk=promise.pk).update(reference="T-77")
    make.commitment("Plant trees", statement="Plant an orchard in every town.")
    assert listed(client, query) == ["Recruit 13,000 police officers"]


@pytest.mark.parametrize("query", ['"officers neighbourhood"', '"every for"', "qwertyzx", "officers orchard", "99999"])
def test_what_nobody_promised_is_not_found(client: Client, query: str) -> None:
    make.commitment("Recruit police officers", statement="Recruit officers for every neighbourhood.")
    make.commitment("Plant an orchard")
    assert listed(client, query) == []


def test_a_phrase_does_not_run_over_from_the_title_into_the_text(client: Client) -> None:
    make.commitment("Build a railway", statement="Stations will open by 2030.")
    assert listed(client, '"railway stations"') == []
    assert listed(client, "railway stations") == ["Build a railway"]


def test_a_promise_is_found_by_its_words_as_first_made_and_as_they_are_now(client: Client) -> None:
    promise = make.commitment("Cut waiting", statement="Abolish queues in hospitals.")
    for statement, kind in (("Shorten lines in clinics.", "narrowing"), ("Halve waits in surgeries.", "narrowing")):
        Definition.objects.create(
            commitment=promise, statement=statement, kind=kind, effective_from=dt.date(2025, 1, 1)
        )
    assert listed(client, "queues") == listed(client, "halve") == ["Cut waiting"]
    assert listed(client, "shorten") == []


def test_a_slip_says_what_was_looked_for_instead(client: Client) -> None:
    make.commitment("Build hospitals")
    page = client.get("/commitments/?q=hopsitals").content.decode()
    assert "Nothing has the word “hopsitals”" in page
    assert "“hospitals”" in page


def test_small_words_alone_are_said_to_find_nothing(client: Client) -> None:
    make.commitment("Build hospitals")
    assert "Those words stand in almost every text" in client.get("/commitments/?q=the+of").content.decode()


def test_the_title_counts_more_than_the_text_and_of_equals_the_newer_comes_first(client: Client) -> None:
    make.commitment("Plans", statement="Something about harbours and much else.")
    make.commitment("Old harbours", statement="Nothing.", made_on=dt.date(2020, 1, 1))
    make.commitment("New harbours", statement="Nothing.", made_on=dt.date(2024, 1, 1))
    assert listed(client, "harbours") == ["New harbours", "Old harbours", "Plans"]
    assert listed(client, "harbours", sort="title") == ["New harbours", "Old harbours", "Plans"]
    assert listed(client, "harbours", sort="made") == ["Plans", "New harbours", "Old harbours"]


def test_what_was_typed_is_marked_and_never_becomes_markup(client: Client) -> None:
    make.commitment("Ban <script>alert(1)</script> adverts", statement="Ban & end <b>adverts</b> for vapes.")
    page = client.get("/commitments/", {"q": 'adverts <script>"'}).content.decode()
    assert "<mark>adverts</mark>" in page
    assert "<script" not in page
    assert "<b>" not in page


def test_accepted_evidence_is_found_and_undecided_or_unpublished_evidence_is_not(client: Client) -> None:
    promise, draft = make.commitment("Plant trees"), make.commitment("Hidden", publication="draft")
    accepted, waiting, of_draft = (
        make.evidence(about, make.release(f"So far {count} saplings are in the ground."))
        for about, count in ((promise, 100), (promise, 200), (draft, 300))
    )
    for piece in (accepted, of_draft):
        decisions.accept(piece, make.deed())
    search = found(client, "sapling")
    assert [one.evidence for one in search.passages] == [accepted]
    assert search.passages_count == 1
    assert "<mark>saplings</mark>" in client.get("/commitments/?q=saplings").content.decode()
    decisions.accept(waiting, make.deed())
    assert found(client, "sapling").passages_count == 2
    decisions.reject(accepted, make.deed(), "Of another wood.")
    assert [one.evidence for one in found(client, "sapling").passages] == [waiting]


def test_a_release_is_found_by_its_title_and_by_its_latest_text_alone(client: Client) -> None:
    release = make.release("Ferries will sail.", title="A timetable of boats")
    assert [one.release for one in found(client, "ferry", "releases").releases] == [release]
    assert [one.release for one in found(client, "timetables", "releases").releases] == [release]
    make.revise(release, "Hovercraft will sail.")
    assert found(client, "ferry", "releases").releases_count == 0
    assert found(client, "hovercraft", "releases").releases_count == 1


@pytest.mark.parametrize(
    "query",
    [
        "constable",
        "constables hired",
        "PCs",
        "bobbies",
        "hiring",
        "13,500",
        "13500",
        "2.5",
        "antisocial behaviour",
        "anti-social",
        "GP",
        "GPs",
        "minister's",
        '"hired 13,500 police constables"',
        '"behaviour near GPs"',
        "Besançon",
        "fire",
        '"police/fire"',
        "rescue",
    ],
)
def test_texts_are_found_by_other_endings_other_names_numbers_and_phrases(client: Client, query: str) -> None:
    text = (
        "The minister's office hired 13,500 police constables (2.5%) to end anti-social behaviour near GPs, "
        "in Besançon and for police/fire/rescue."
    )
    release = make.release(text, title="An answer")
    make.release("Trees were planted.", title="Another")
    decisions.accept(make.evidence(make.commitment("Plant trees"), release, text), make.deed())
    assert found(client, query).passages_count == 1
    assert [one.release for one in found(client, query, "releases").releases] == [release]


@pytest.mark.parametrize("query", ['"constables hired"', '"answer ministers"', "hired saplings", "13", "socially"])
def test_texts_are_not_found_by_what_they_do_not_say(client: Client, query: str) -> None:
    make.release("Ministers hired 13,500 constables to end anti-social behaviour.", title="An answer")
    assert found(client, query, "releases").releases_count == 0


def test_a_slip_is_looked_for_in_texts_by_the_words_of_commitments(client: Client) -> None:
    make.commitment("Build hospitals")
    make.release("A hospital opened. Saplings grow.", title="An answer")
    slip = found(client, "hopsitals", "releases")
    assert slip.releases_count == 1
    assert [one.typed for one in slip.instead] == ["hopsitals"]
    assert not found(client, "saplings", "releases").instead


def test_of_more_than_a_thousand_it_is_said_that_there_are_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "MOST_FOUND", 2)
    first, *_ = [make.release(f"Sapling {number} grows.") for number in range(3)]
    page = client.get("/search/?q=sapling&in=releases").content.decode()
    assert "More than 2 releases" in page
    assert first.get_absolute_url() not in page
    assert "More than 2 releases with" in client.get("/commitments/?q=sapling").content.decode()


def test_a_text_that_says_a_withheld_passage_again_is_not_found_by_its_text(client: Client) -> None:
    release = make.release("The gardener Quillfeather planted every sapling himself.")
    other = make.release("We hear that the gardener, Quillfeather, planted every sapling. Badgers dig.", title="Gossip")
    piece = make.evidence(make.commitment("Plant trees"), other, other.latest_revision.text)
    decisions.accept(piece, make.deed())
    passage = "The gardener Quillfeather planted every sapling"
    decisions.withhold(release, "passage", "By order.", "A court said so.", make.deed(), passage)
    assert found(client, "quillfeather").passages_count == 0
    assert found(client, "quillfeather", "releases").releases_count == 0
    assert found(client, "gossip", "releases").releases_count == 1


def test_a_long_quote_from_a_source_that_is_only_quoted_is_found_by_its_beginning_alone(client: Client) -> None:
    paper = make.source("The Paper", voice="media", republish="quotes")
    words = " ".join(f"Word{number}" for number in range(SHORT_QUOTE_WORDS - 1))
    release = make.release(f"{words} sapling wither.", at=paper)
    decisions.accept(make.evidence(make.commitment("Plant trees"), release), make.deed())
    assert found(client, "sapling").passages_count == 1
    assert found(client, "wither").passages_count == 0


def test_texts_follow_the_record_whatever_the_way_in_and_are_filled_in_after_a_migration(client: Client) -> None:
    release = make.release("Ferries sail.", title="Boats")
    Release.objects.update(title="Ships")
    Revision.objects.filter(release=release).update(text="Trains run.")
    assert [found(client, query, "releases").releases_count for query in ("boats", "ferry", "ships", "train")] == [
        *(0, 0, 1, 1)
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM commitments_release_words")
    assert found(client, "train", "releases").releases_count == 0
    text_tables.remove("default")
    text_tables.install("default")
    assert found(client, "train", "releases").releases_count == 1
    Revision.objects.filter(release=release).delete()
    assert found(client, "train", "releases").releases_count == 0
    assert found(client, "ships", "releases").releases_count == 1


def test_filters_and_counts_are_of_what_was_found(client: Client) -> None:
    make.commitment("Build a bridge", due=dt.date(2020, 1, 1))
    make.commitment("Paint a bridge")
    make.commitment("Build a tunnel", due=dt.date(2020, 1, 1))
    register = client.get("/commitments/?q=bridge&timing=overdue").context["register"]
    assert [line.commitment.title for line in register.lines] == ["Build a bridge"]
    timing = next(one for one in register.filters if one.name == "timing")
    assert {option.value: option.count for option in timing.options} == {"overdue": 1, "no_deadline": 1}


@pytest.mark.parametrize("query", ['"', '""', "“", "a" * 5_000, "\0", "%", "\\", "😀", "' OR 1=1 --", "x " * 500])
def test_anything_can_be_typed(client: Client, query: str) -> None:
    make.commitment("Build hospitals")
    assert client.get("/commitments/", {"q": query}).status_code == 200
    assert client.get("/search/", {"q": query, "page": "-3"}).status_code == 200


def test_search_asks_as_much_of_many_as_of_few(client: Client) -> None:
    def queries() -> int:
        client.get("/search/?q=saplings")
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/?q=saplings")
        return len(captured)

    promise = make.commitment("Plant trees")
    release = make.release("\n".join(f"There are {number} saplings." for number in range(12)))
    decisions.accept(make.evidence(promise, release, "There are 1 saplings."), make.deed())
    few = queries()
    for number in range(2, 12):
        decisions.accept(make.evidence(promise, release, f"There are {number} saplings."), make.deed())
    assert queries() == few <= 11


WORDS = st.lists(st.sampled_from(["knife", "crime", "halve", "the", "police", "trees"]), min_size=1, max_size=6)


def index_of(*texts: str) -> Index:
    return Index.of(Text(number, number, 0, [(Field.TEXT, text)]) for number, text in enumerate(texts))


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_a_phrase_finds_just_the_texts_that_have_it(texts: list[list[str]], phrase: list[str]) -> None:
    index = index_of(*(" ".join(text) for text in texts))
    groups = understand(f'"{" ".join(phrase)}"', index, ()).groups
    sought = " ".join(phrase)
    small = [word == "the" for word in phrase]
    if all(small):
        assert not groups
        return
    while phrase[0] == "the":
        phrase = phrase[1:]
    while phrase[-1] == "the":
        phrase = phrase[:-1]

    def has(text: list[str]) -> bool:
        return any(
            all(word in ("the", text[at + place]) for place, word in enumerate(phrase))
            for at in range(len(text) - len(phrase) + 1)
        )

    assert set(index.find(groups).keys.tolist()) == {n for n, text in enumerate(texts) if has(text)}, sought


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(st.tuples(st.integers(0, 9), WORDS), max_size=8))
def test_an_index_that_followed_changes_answers_as_one_made_anew(
    before: list[list[str]], edits: list[tuple[int, list[str]]]
) -> None:
    texts = {number: " ".join(words) for number, words in enumerate(before)}
    index = index_of(*texts.values())
    for key, words in edits:
        texts[key] = " ".join(words)
        changed = index.changed({key}, [Text(key, key, 0, [(Field.TEXT, texts[key])])])
        assert changed is not None
        index = changed
    anew = Index.of(Text(key, key, 0, [(Field.TEXT, text)]) for key, text in texts.items())
    for word in ("knife", "polic", "tree"):
        one, other = (each.find([[Alternative((word,))]]) for each in (index, anew))
        assert one.best_first().tolist() == other.best_first().tolist()
        assert sorted(one.scores.tolist()) == pytest.approx(sorted(other.scores.tolist()))


@given(st.text(max_size=800), st.text(max_size=30))
def test_runs_joined_are_the_text_and_an_extract_is_a_stretch_of_it(text: str, query: str) -> None:
    groups = understand(query, index_of(text), ()).groups
    assert "".join(run.text for run in runs(text, groups)) == text
    cut = "".join(run.text for run in extract(text, groups) if run.text not in ("… ", " …"))
    assert cut in text or text[:1].isspace() or not text.isprintable()


@pytest.mark.parametrize(
    ("typed", "marked"),
    [("knife crime", "Knife crime crime"), ('"knife crime"', "Knife crime")],
)
def test_a_phrase_is_marked_as_a_whole_and_words_wherever_they_stand(typed: str, marked: str) -> None:
    text = "Knife crime is crime with a blade."
    said = runs(text, understand(typed, index_of(text), ()).groups)
    assert " ".join(run.text for run in said if run.found) == marked


def test_what_is_withheld_is_found_nowhere_and_found_again_when_it_is_not_withheld_any_more(client: Client) -> None:
    promise = make.commitment("Plant trees")
    release = make.release("The gardener Quillfeather planted every sapling himself.", title="Of gardens")
    decisions.accept(make.evidence(promise, release), make.deed())

    def places() -> list[bool]:
        return [
            found(client, "quillfeather").passages_count == 1,
            found(client, "quillfeather", "releases").releases_count == 1,
            found(client, "gardens", "releases").releases_count == 1,
            "Quillfeather" in client.get("/commitments/?q=sapling").content.decode(),
        ]

    assert places() == [True] * 4
    for what, words, title_is_found in (
        ("passage", "The gardener Quillfeather planted every sapling", True),
        ("text", "", True),
        ("release", "", False),
    ):
        held = decisions.withhold(release, what, "By order.", "A court said so.", make.deed(), words)
        assert places() == [False, False, title_is_found, False], what
        decisions.lift(held, "The order has ended.", make.deed())
        assert places() == [True] * 4


def test_the_text_of_a_source_that_may_only_be_quoted_is_not_searched(client: Client) -> None:
    paper = make.source("The Paper", voice="media", republish="quotes")
    release = make.release("Saplings wither in the drought.", title="A dry spring", at=paper)
    assert found(client, "wither", "releases").releases_count == 0
    (one,) = found(client, "dry spring", "releases").releases
    assert (one.release, one.extract) == (release, [])
    paper.republish = "full"
    paper.save()
    assert found(client, "wither", "releases").releases_count == 1
