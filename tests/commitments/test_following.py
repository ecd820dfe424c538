"""Copies in memory follow the record, whatever the way in."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test import Client

from commitments import following
from commitments.models import Commitment, Definition, Evidence, RecordChange, StatusChange
from tracker.models import Release

from . import make

TODAY = dt.date(2026, 11, 30)


def place_now() -> following.Place:
    place = following.since(None).place
    assert place is not None
    return place


def words(client: Client, query: str = "plant") -> list[str]:
    lines = client.get("/commitments/", {"q": query}).context["register"].lines
    return [f"{line.commitment.title}, {line.standing.status}" for line in lines]


def bulk_titles() -> None:
    Commitment.objects.update(title="Plant hedges")


def raw_titles() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commitments_commitment SET title = 'Plant hedges'")


def bulk_statuses() -> None:
    one = Commitment.objects.get()
    StatusChange.objects.bulk_create(
        [
            StatusChange(
                commitment=one, to_status="on_track", reason="Begun.", effective_from=TODAY, imported_from="x.csv"
            )
        ]
    )


def bulk_words() -> None:
    one = Commitment.objects.get()
    Definition.objects.bulk_create(
        [Definition(commitment=one, statement="Plant shrubs.", kind="narrowing", effective_from=dt.date(2025, 1, 1))]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "query", "expected"),
    [
        (bulk_titles, "hedges", ["Plant hedges, not_started"]),
        (raw_titles, "hedges", ["Plant hedges, not_started"]),
        (bulk_statuses, "plant", ["Plant trees, on_track"]),
        (bulk_words, "shrubs", ["Plant trees, not_started"]),
        (lambda: Commitment.objects.update(publication="draft"), "plant", []),
    ],
)
def test_a_list_shows_at_once_what_came_by_any_way(
    client: Client, change: Callable[[], None], query: str, expected: list[str]
) -> None:
    make.commitment("Plant trees")
    assert words(client) == ["Plant trees, not_started"]
    change()
    assert words(client, query) == expected


@pytest.mark.django_db
def test_what_was_rolled_back_was_never_there(client: Client) -> None:
    make.commitment("Plant trees")
    with transaction.atomic():
        bulk_titles()
        assert words(client) == ["Plant hedges, not_started"]
        transaction.set_rollback(True)
    assert words(client) == ["Plant trees, not_started"]


@pytest.mark.django_db
def test_what_nobody_reads_is_no_news() -> None:
    promise = make.commitment("Plant trees")
    suggested = make.evidence(promise, make.release("Trees were planted."))
    before = RecordChange.objects.count()
    Commitment.objects.update(linkable_since=None, reviewed_on=TODAY)
    Evidence.objects.filter(pk=suggested.pk).update(score=0.1)
    Release.objects.update(pinned=True)
    assert RecordChange.objects.count() == before


@pytest.mark.django_db
def test_news_says_what_has_changed_since_and_says_it_once() -> None:
    place = place_now()
    promise = make.commitment("Plant trees")
    news = following.since(place)
    assert news.changed == {promise.pk}
    assert news.place is not None
    assert following.since(news.place).changed == set()


@pytest.mark.django_db
def test_old_changes_are_forgotten_and_who_is_behind_them_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    make.commitment("Plant trees")
    place = place_now()
    make.commitment("Dig wells")
    monkeypatch.setattr(following, "CHANGES_KEPT", 1)
    following.forget_old_changes()
    assert RecordChange.objects.count() == 1
    assert following.since(place).changed is None


@pytest.mark.many_writers
@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_begun_early_and_ends_late_is_not_missed() -> None:
    first, second = make.commitment("Plant trees"), make.commitment("Dig wells")
    place = place_now()
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            Commitment.objects.filter(pk=first.pk).update(title="Plant hedges")
            begun.set()
            may_end.wait(20)
        connection.close()

    writer = threading.Thread(target=slowly)
    writer.start()
    assert begun.wait(20)
    Commitment.objects.filter(pk=second.pk).update(title="Dig ponds")
    news = following.since(place)
    assert news.changed == {second.pk}
    may_end.set()
    writer.join()
    assert following.since(news.place).changed == {first.pk}
