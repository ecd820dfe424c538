"""The reasons given for a suggestion: what matched, what did not, and the words on which the relation rests."""

from __future__ import annotations

import datetime as dt

from commitments.linking import suggestions
from commitments.linking.model import shipped
from commitments.linking.profile import CommitmentWords, profile
from commitments.linking.retrieval import MemoryIndex
from commitments.linking.suggestions import Known
from commitments.linking.tied_figures import SeriesWords

PIERS = CommitmentWords(
    title="A Harbour Fund to repair forty wooden piers",
    statement="The ministry will set up a Harbour Fund and repair forty wooden piers on the islands by 2030.",
    metric="piers repaired",
    target_value=40,
    target_unit="piers",
    made_on=dt.date(2028, 3, 1),
    deadline_latest=dt.date(2030, 12, 31),
)
PUBLISHED = dt.date(2029, 9, 1)


def reasons(text: str, known: Known = Known()) -> list[str]:  # noqa: B008
    index = MemoryIndex({"piers": profile(PIERS)})
    reading = suggestions.read("Island harbours", text, PUBLISHED, "official", index, shipped(), threshold=0.0)
    return suggestions.describe(reading, reading.matches[0], known, PUBLISHED).reasons


def test_a_name_is_given_without_the_article_before_it() -> None:
    said = reasons("A Harbour Fund for repairing wooden piers on the islands has been set up.")
    assert any("“Harbour Fund”" in sentence for sentence in said)
    assert not any("“A Harbour Fund”" in sentence for sentence in said)


def test_what_the_passage_shares_and_lacks_is_named() -> None:
    first = reasons("The Harbour Fund is to repair forty wooden landing stages on the islands.")[0]
    shared, _, lacks = first.partition("does not say")
    assert "wooden" in shared
    assert "piers" in lacks
    assert "piers" not in shared


def test_the_words_on_which_the_relation_rests_are_named() -> None:
    said = reasons("Repairs to the wooden piers on the islands have been pushed back.")
    assert any(sentence.startswith("Says") and "pushed back" in sentence for sentence in said)


def test_a_figure_is_said_with_its_metric_and_the_one_before() -> None:
    series = [SeriesWords(1, "piers repaired", "piers", "level")]
    before = {"metric": "piers repaired", "value": 12, "unit": "piers", "series": 1, "qualifier": "exact"}
    before |= {"as_of": None, "period_start": None, "period_end": None, "change": False, "high": None}
    said = reasons(
        "The ministry has repaired 17 wooden piers on the islands.", Known(said=True, figures=[before], series=series)
    )
    assert "Same metric: piers repaired; a new figure, 17, after 12." in said


def test_there_are_two_to_four_sentences() -> None:
    for text in ("Wooden piers.", "By the end of 2030 the Harbour Fund will have repaired 40 wooden piers on islands."):
        said = reasons(text)
        assert 2 <= len(said) <= 4
        assert all(sentence.endswith(".") for sentence in said)
