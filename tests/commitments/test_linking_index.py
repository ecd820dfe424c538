"""The index that each process holds is that of the record, whatever is changed, taken back or removed."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from commitments import append_only
from commitments.bringing import import_rows
from commitments.linking.document import document
from commitments.linking.index import DatabaseIndex
from commitments.linking.model import shipped
from commitments.linking.postings import Postings, entries
from commitments.linking.profile import CommitmentWords, profile
from commitments.linking.retrieval import MAX_CANDIDATES, MemoryIndex
from commitments.models import Commitment

WORDS = ["pier", "ferry", "orchard", "lantern", "harbour", "meadow", "bakery", "signal", "quarry", "violin"]
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


def packed(title: str) -> bytes:
    return entries(profile(CommitmentWords(title=title, statement=f"Build a {title}.")))


def promise(number: int, title: str) -> dict[str, str]:
    return {"reference": f"I-{number}", "title": title, "statement": f"Give the town a {title}."}


@settings(deadline=None)
@given(
    before=st.dictionaries(st.integers(0, 20), titles, max_size=8),
    new=st.dictionaries(st.integers(0, 20), titles, max_size=8),
    gone=st.sets(st.integers(0, 20), max_size=4),
    said=titles,
)
def test_an_index_that_was_changed_answers_as_one_made_anew(
    before: dict[int, str], new: dict[int, str], gone: set[int], said: str
) -> None:
    now = {key: title for key, title in (before | new).items() if key not in gone}
    changed = Postings.of((key, packed(title)) for key, title in before.items())
    changed = changed.changed({key: packed(title) for key, title in new.items() if key not in gone}, gone)
    anew = Postings.of((key, packed(title)) for key, title in now.items())
    release = document("News", f"The {said} was opened.", None, "official")
    assert len(changed) == len(now)
    for word in WORDS:
        assert changed.count(word) == anew.count(word)
    asked = (release.said, release.everywhere, shipped(), 5)
    assert changed.best(*asked) == anew.best(*asked)


@pytest.mark.django_db
def test_what_is_added_reworded_taken_back_and_removed_is_seen_at_once() -> None:
    def count(word: str) -> int:
        return DatabaseIndex().postings.count(word)

    import_rows([promise(1, "pier"), promise(2, "ferry")])
    assert (count("pier"), count("violin")) == (1, 0)
    commitment = Commitment.objects.get(reference="I-1")
    with transaction.atomic():
        commitment.title = "violin"
        commitment.save()
        assert count("violin") == 1
        transaction.set_rollback(True)
    assert count("violin") == 0
    with transaction.atomic():
        import_rows([promise(3, "violin")])
    assert (count("pier"), count("violin")) == (1, 1)
    with append_only.erasing():
        Commitment.objects.get(reference="I-2").delete()
    assert (count("ferri"), len(DatabaseIndex().postings)) == (0, 2)


def test_one_sentence_among_many_finds_its_promise_in_a_large_record() -> None:
    others = {
        number: CommitmentWords(
            title=f"{WORDS[number % 10]} {WORDS[number // 10 % 10]} {WORDS[number // 100 % 10]}",
            statement=f"A {WORDS[number // 1000 % 10]} for district {number}.",
        )
        for number in range(5_000)
    }
    meant = CommitmentWords(title="Restore the lantern of the quarry bakery", statement="The old lantern will shine.")
    index = MemoryIndex({key: profile(words) for key, words in {**others, 5_000: meant}.items()})
    spoken = [(WORDS[n % 10], WORDS[n * 7 % 10], WORDS[n * 3 % 10]) for n in range(40)]
    talk = [f"The {one} and the {other} were spoken of, with the {third}." for one, other, third in spoken]
    text = "\n\n".join([*talk[:20], "The lantern of the quarry bakery has been restored.", *talk[20:]])
    release = document("A long report", text, None, "official")
    assert 5_000 in index.postings.best(release.said, release.everywhere, shipped(), MAX_CANDIDATES)
