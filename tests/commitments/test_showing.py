"""What a public door may show: what is withheld, and what a licence does not allow, is nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from commitments import decisions, showing
from commitments.models import Evidence, Withholding
from tracker.models import Republish, Revision

from . import make

pytestmark = pytest.mark.django_db

PASSAGE = "The contractor Alder took bribes from three councils in the county."
TEXT = f"Trees were planted this spring.\n\n{PASSAGE} In all 9,400 trees stand.\n\nNotes to editors."
NOTE = "Withheld by order of a court."


def accepted(quote: str, text: str = TEXT, **of: Any) -> Evidence:
    piece = make.evidence(make.commitment(), make.release(text, **of), quote)
    decisions.accept(piece, make.deed())
    return piece


def withhold(piece: Evidence, what: str = "passage", words: str = PASSAGE) -> Withholding:
    return decisions.withhold(
        piece.release, what, NOTE, "A letter from their solicitors.", make.deed(), words if what == "passage" else ""
    )


@pytest.mark.parametrize("what", Withholding.What.values)
def test_what_is_withheld_is_on_no_page_and_its_note_is(client: Client, what: str) -> None:
    piece = accepted(PASSAGE, title="News of trees")
    make.revise(piece.release, TEXT.replace("9,400", "9,500"))
    pages = [
        *(piece.commitment.get_absolute_url(), piece.release.get_absolute_url(), "/"),
        *(f"/releases/{piece.release_id}/revisions/{number}/" for number in (1, 2)),
        *(f"/releases/{piece.release_id}/revisions/2/changes/{view}" for view in ("", "?view=side-by-side")),
    ]
    before = [client.get(page).content.decode() for page in pages]
    assert all("bribes" in page for page in before)
    withhold(piece, what)
    for page in pages:
        shown = client.get(page).content.decode()
        assert "bribes" not in shown, page
        assert (NOTE in shown) == (page != "/"), page
        if what == "release":
            assert "News of trees" not in shown


def test_what_is_lifted_is_shown_again_and_stays_on_record(client: Client) -> None:
    piece = accepted(PASSAGE)
    withholding = withhold(piece)
    decisions.lift(withholding, "The order was set aside.", make.deed())
    assert PASSAGE in client.get(piece.commitment.get_absolute_url()).content.decode()
    assert Withholding.objects.count() == 2
    with pytest.raises(decisions.DecisionRefused, match="not withheld any more"):
        decisions.lift(withholding, "Again.", make.deed())


@pytest.mark.parametrize(
    "quote",
    [
        "bribes from three councils",
        "took bribes from three councils in the county. In all 9,400 trees stand.",
        "THE CONTRACTOR ALDER   took bribes from three councils in the county.",
    ],
)
def test_other_quotes_that_give_the_passage_away_are_withheld_too(quote: str) -> None:
    text = f"{PASSAGE} In all 9,400 trees stand. THE CONTRACTOR ALDER   took bribes from three councils in the county."
    piece = accepted(quote, text)
    assert piece in showing.public_evidence()
    withhold(piece)
    assert piece not in showing.public_evidence()
    note = showing.now().note_on(piece)
    assert note is not None
    assert note.words == NOTE


def test_a_later_version_in_other_words_gives_little_away(client: Client) -> None:
    piece = accepted(PASSAGE)
    withhold(piece)
    make.revise(piece.release, TEXT.replace("took bribes from", "took large bribes from"))
    page = client.get(piece.release.get_absolute_url()).content.decode()
    assert "three councils" not in page
    assert "bribes" not in page
    assert "9,400 trees stand" in page


def test_what_repeats_the_passage_elsewhere_has_the_note_in_its_place() -> None:
    piece = accepted("In all 9,400 trees stand.")
    withhold(piece)
    copy = make.release(f"It was reported that {PASSAGE.lower()} Nothing else.")
    assert showing.text_of(copy.latest_revision).text.count("Withheld on") == 1
    assert "bribes" not in showing.now().words(f"They wrote: “{PASSAGE}” We doubt it.")


def test_of_a_source_that_may_be_quoted_only_short_quotes_are_shown(client: Client) -> None:
    paper = make.source("The Paper", voice="media", republish="quotes")
    long = " ".join(f"word{number}" for number in range(100))
    text = f"Nobody quotes this sentence.\n\n{long}.\n\nNor this one."
    piece = accepted(f"{long}.", text, at=paper)
    make.revise(piece.release, text.replace("Nor", "Neither"))
    for address in (
        piece.release.get_absolute_url(),
        piece.revision.get_absolute_url(),
        f"{piece.release.get_absolute_url()}revisions/2/changes/",
        piece.commitment.get_absolute_url(),
        "/",
    ):
        page = client.get(address).content.decode()
        assert "Nobody quotes" not in page, address
        assert "this one" not in page, address
        assert "word70" not in page, address
    assert "word59 …" in client.get(piece.release.get_absolute_url()).content.decode()
    shown = showing.text_of(piece.revision)
    assert (shown.is_whole, shown.text) == (False, "")
    assert len(shown.quotes[0].split()) == showing.SHORT_QUOTE_WORDS + 1
    assert showing.licence_of(piece.release).url == ""
    assert not showing.now().whole_texts().filter(release=piece.release)


def test_whole_texts_are_those_of_which_nothing_is_withheld() -> None:
    piece, other = accepted(PASSAGE), make.release("Another text.")
    stamp = showing.stamp()
    withhold(piece)
    assert list(showing.now().whole_texts()) == [Revision.objects.get(release=other)]
    assert set(showing.now().releases()) == {piece.release, other}
    assert showing.stamp() != stamp


def test_figures_of_a_withheld_passage_are_left_out_and_that_is_said(client: Client) -> None:
    owner = make.commitment()
    series = make.target(owner, "trees planted", "trees", 40000)
    release = make.release(TEXT)
    piece = make.evidence(owner, release, "In all 9,400 trees stand.", figures=[make.figure(9400, series)])
    decisions.accept(piece, make.deed())
    assert "9,400" in client.get(owner.get_absolute_url()).content.decode()
    withhold(piece, "text")
    page = client.get(owner.get_absolute_url()).content.decode()
    assert "9,400" not in page
    assert "1 figure left out" in page


def test_a_joined_release_is_withheld_with_the_one_that_it_repeats(client: Client) -> None:
    piece = accepted(PASSAGE)
    copy = make.release(TEXT, title="The copy")
    copy.joined_to = piece.release
    copy.save()
    withhold(piece, "release")
    for address in (copy.get_absolute_url(), copy.latest_revision.get_absolute_url()):
        answer = client.get(address)
        assert answer.status_code == 451
        assert "bribes" not in answer.content.decode()


@pytest.mark.parametrize(
    ("words", "note", "said"),
    [
        ("Words that stand nowhere in it.", NOTE, "stand in no version"),
        ("…", NOTE, "Give the words"),
        (PASSAGE, f"Withheld: {PASSAGE}", "repeats what is to be withheld"),
        (PASSAGE, "", "note for the public"),
    ],
)
def test_a_passage_is_withheld_in_words_that_stand_in_the_release(words: str, note: str, said: str) -> None:
    with pytest.raises(decisions.DecisionRefused, match=said):
        decisions.withhold(make.release(TEXT), "passage", note, "Why.", make.deed(), words)


@pytest.mark.parametrize(
    ("voice", "url", "usual", "licence"),
    [
        ("official", "https://www.gov.uk/feed", "full", "Open Government Licence v3.0"),
        ("official", "https://notgov.uk/feed", "quotes", "Short quotes"),
        ("official", "https://paper.example/feed", "quotes", "Short quotes"),
        ("official", "http://127.0.0.2:8000/feed", "full", "As its publisher allows"),
        ("parliament", "https://questions-statements.parliament.uk/", "full", "Open Parliament Licence"),
        ("media", "https://www.gov.uk/feed", "quotes", "Short quotes"),
        ("independent", "https://www.ons.gov.uk/feed", "quotes", "Short quotes"),
        ("opponent", "https://party.example/feed", "quotes", "Short quotes"),
    ],
)
def test_what_may_be_republished_is_known_from_voice_and_address(
    voice: str, url: str, usual: str, licence: str
) -> None:
    assert Republish.usual(voice, url) == usual
    source = make.source("S", voice=voice, url=url, republish=usual)
    assert source.licence.name.startswith(licence)
