"""What is past its time goes, what somebody relies on stays."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.tracker.test_archive import answer, page, verify
from tracker import archive, tasks
from tracker.models import Appearance, Attachment, Poll, Release, Revision, Snapshot, Source
from tracker.retention import Pruned, Rules, prune, prune_if_due

NOW = dt.datetime(2025, 6, 30, 12, 0, tzinfo=dt.UTC)
KEEP_ALL = Rules(polls_days=0, uncited_days=36_500, bytes_days=0)

pytestmark = pytest.mark.django_db


def days_ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def source(name: str = "News") -> Source:
    return Source.objects.create(slug=name.lower(), name=name, kind="feed", url=f"https://{name.lower()}.example/feed")


def polls(of: Source, *ages: float) -> None:
    for age in ages:
        Poll.objects.create(source=of, started_at=days_ago(age), finished_at=days_ago(age), outcome="unchanged")


def ages(of: Source) -> list[int]:
    return sorted((NOW - started).days for started in of.polls.values_list("started_at", flat=True))


def snapshot(body: bytes, age: float, url: str = "https://example.org/page") -> Snapshot:
    return archive.keep(answer(body, url), days_ago(age))


def cite(kept: Snapshot, **release: Any) -> Revision:
    carrier = Source.objects.filter(slug="carrier").first() or source("Carrier")
    made = Release.objects.create(title="A release", published_at=kept.fetched_at, **release)
    common = {"title": "A release", "text_hash": kept.sha256}
    here = Appearance.objects.create(
        **common, release=made, source=carrier, key=kept.sha256, first_seen_at=NOW, last_seen_at=NOW
    )
    return Revision.objects.create(
        **common, release=made, appearance=here, number=1, text="A text.", seen_at=kept.fetched_at, snapshot=kept
    )


class TestPolls:
    RULES = Rules(polls_days=90, polls_per_source=2, uncited_days=36_500)

    def test_old_ones_go(self) -> None:
        news = source()
        polls(news, 1, 2, 89, 91, 200)
        assert prune(NOW, self.RULES) == Pruned(polls=2, snapshots=0, discarded=0, strays=0)
        assert ages(news) == [1, 2, 89]

    def test_the_last_of_each_source_stay_however_old(self) -> None:
        quiet, busy = source("Quiet"), source("Busy")
        polls(quiet, 300, 301, 302)
        polls(busy, 1, 2, 3, 300)
        prune(NOW, self.RULES)
        assert (ages(quiet), ages(busy)) == ([300, 301], [1, 2, 3])

    def test_no_days_is_for_ever(self) -> None:
        news = source()
        polls(news, 1, 2, 3, 9000)
        prune(NOW, KEEP_ALL)
        assert ages(news) == [1, 2, 3, 9000]


class TestSnapshotsThatNothingCites:
    RULES = Rules(polls_days=0, uncited_days=7)

    @pytest.mark.django_db(transaction=True)
    def test_they_go_after_their_time_with_their_bytes(self, own_data_folder: Path) -> None:
        old, young = snapshot(b"old", 8), snapshot(b"young", 6, "https://example.org/other")
        assert prune(NOW, self.RULES).snapshots == 1
        assert list(Snapshot.objects.all()) == [young]
        assert not (own_data_folder / "archive" / old.path).exists()

    def test_what_is_cited_stays_by_whatever_cites_it(self) -> None:
        revision = cite(snapshot(b"the feed", 400))
        revision.also_from.add(snapshot(b"the page", 400, "https://example.org/release"))
        Attachment.objects.create(
            revision=revision, position=1, url="https://example.org/f.pdf", snapshot=snapshot(b"%PDF", 400, "f.pdf")
        )
        assert prune(NOW, self.RULES).snapshots == 0

    def test_what_a_cited_one_differs_from_stays(self) -> None:
        first = snapshot(page(1), 400)
        later = snapshot(page(1, " more"), 399)
        assert later.base == first
        cite(later)
        prune(NOW, self.RULES)
        assert archive.read(later) == page(1, " more")

    def test_a_version_and_what_it_differs_from_go_together(self) -> None:
        snapshot(page(1), 400), snapshot(page(1, " more"), 399)
        assert prune(NOW, self.RULES).snapshots == 2

    def test_bytes_that_came_again_are_young_again(self) -> None:
        snapshot(b"said", 400), snapshot(b"said", 1)
        assert prune(NOW, self.RULES).snapshots == 0

    def test_files_that_no_snapshot_names(self, own_data_folder: Path) -> None:
        kept = snapshot(b"said", 1)
        stray = own_data_folder / "archive" / "ab" / "left-over.part"
        stray.parent.mkdir(exist_ok=True)
        for path in (stray, own_data_folder / "archive" / kept.path):
            path.touch()
            os.utime(path, (0, 0))
        assert prune(NOW, self.RULES).strays == 1
        assert not stray.exists()
        assert archive.read(kept) == b"said"


class TestBytesOfOldRevisions:
    RULES = Rules(polls_days=0, uncited_days=7, bytes_days=365)

    def test_they_are_kept_for_ever_unless_the_settings_say_otherwise(self) -> None:
        cite(snapshot(b"said", 9000))
        assert prune(NOW, Rules()).discarded == 0

    @pytest.mark.django_db(transaction=True)
    def test_they_are_given_up_and_what_is_known_of_them_stays(self, own_data_folder: Path) -> None:
        old = snapshot(b"said", 366)
        revision = cite(old)
        recent = cite(snapshot(b"said lately", 364, "https://example.org/other")).snapshot
        assert prune(NOW, self.RULES) == Pruned(polls=0, snapshots=0, discarded=1, strays=0)
        revision.refresh_from_db()
        assert (revision.snapshot.sha256, revision.snapshot.discarded_at) == (old.sha256, NOW)
        assert not (own_data_folder / "archive" / old.path).exists()
        with pytest.raises(archive.Discarded, match="were discarded on 30 June 2025"):
            archive.read(revision.snapshot)
        assert archive.read(recent) == b"said lately"
        told = verify()
        assert (told["discarded"], told["sound"], told["error"]) == (1, 1, "")

    @pytest.mark.parametrize("relied_upon", [{"pinned": True}, {"recheck_until": NOW.date()}])
    def test_never_of_a_release_that_somebody_relies_on(self, relied_upon: dict[str, Any]) -> None:
        base, version = snapshot(page(1), 800), snapshot(page(1, " more"), 700)
        cite(base)
        revision = cite(version, **relied_upon)
        revision.also_from.add(snapshot(b"part", 700, "https://example.org/part"))
        assert prune(NOW, self.RULES).discarded == 0
        assert archive.read(version) == page(1, " more")

    def test_a_version_and_what_it_differs_from_go_together(self) -> None:
        cite(snapshot(page(1), 800)), cite(snapshot(page(1, " more"), 700))
        assert prune(NOW, self.RULES).discarded == 2

    def test_bytes_that_come_again_are_kept_again(self) -> None:
        revision = cite(snapshot(b"said", 800))
        prune(NOW, self.RULES)
        assert archive.read(snapshot(b"said", 0)) == b"said"
        revision.refresh_from_db()
        assert revision.snapshot.discarded_at is None


class TestTheCommandAndTheSchedule:
    @pytest.mark.django_db(transaction=True)
    def test_a_dry_run_tells_the_same_and_changes_nothing(
        self, settings: Any, capsys: pytest.CaptureFixture[str], own_data_folder: Path
    ) -> None:
        settings.SNAPSHOTS_KEPT_DAYS = 365
        settings.POLLS_KEPT_PER_SOURCE = 1
        long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
        news = source()
        for day in range(3):
            started = long_ago + dt.timedelta(days=day)
            Poll.objects.create(source=news, started_at=started, finished_at=started, outcome="new")
        cited = archive.keep(answer(page(1)), long_ago)
        cite(cited)
        for body in (page(1, " more"), page(1, " and more")):
            archive.keep(answer(body), long_ago)

        call_command("prune", "--dry-run", "--json")
        foretold = json.loads(capsys.readouterr().out)
        assert {name: foretold[name] for name in ("polls", "snapshots", "discarded", "strays", "dry_run")} == {
            "polls": 2,
            "snapshots": 2,
            "discarded": 1,
            "strays": 0,
            "dry_run": True,
        }
        assert (news.polls.count(), Snapshot.objects.count(), verify()["sound"]) == (3, 3, 3)

        call_command("prune", "--json")
        assert json.loads(capsys.readouterr().out) == {**foretold, "dry_run": False}
        assert (news.polls.count(), Snapshot.objects.count()) == (1, 1)
        assert not [path for path in (own_data_folder / "archive").rglob("*") if path.is_file()]

    def test_the_table_names_the_rules(self, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
        settings.POLLS_KEPT_DAYS = 30
        call_command("prune", "--dry-run")
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "       0 would go  polls: older than 30 days, and not among the last 100 of their source"
        assert lines[2] == "       0 would go  snapshots' bytes: kept for ever"

    def test_once_a_day_however_often_it_is_asked(self) -> None:
        hours = [dt.timedelta(hours=hour) for hour in range(49)]
        assert [hour.total_seconds() // 3600 for hour in hours if prune_if_due(NOW + hour)] == [0, 23, 46]

    def test_the_task_does_it_by_the_settings(self, settings: Any) -> None:
        settings.POLLS_KEPT_DAYS, settings.POLLS_KEPT_PER_SOURCE = 10, 1
        news = source()
        for days in (1, 5, 11):
            started = timezone.now() - dt.timedelta(days=days)
            Poll.objects.create(source=news, started_at=started, finished_at=started, outcome="new")
        tasks.prune()
        assert news.polls.count() == 2
