"""A source that shows extracts is asked for the whole of each, once, and nothing announced is lost."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.conftest import ROOT
from tests.tracker.ledger import Document, Site
from tracker import archive, polling
from tracker.asking import MAX_SECONDS, Asker, Budget
from tracker.models import Appearance, PendingEntry, Poll, Release, Revision, Snapshot, Source
from tracker.polling import PollDeclined, poll
from tracker.taking import MAX_TRIES

HOUR = dt.timedelta(hours=1)


def document(number: int, **fields: Any) -> Document:
    published = dt.datetime(2025, 1, 10, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
    text = f"Report {number} says what was done in the year, and by whom it was done, in {number} paragraphs."
    return Document(**{"name": f"report-{number}", "text": text, "published": published, **fields})


def titles() -> list[str]:
    return list(Release.objects.order_by("pk").values_list("title", flat=True))


def test_the_whole_text_is_stored_oldest_first_with_its_proof(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1), document(2), document(3))
    outcome = poll(ledger, now=now)
    assert (outcome.outcome, outcome.new_releases, outcome.detail) == ("new", 3, "")
    assert titles() == ["report-1", "report-2", "report-3"]
    revision = Revision.objects.get(title="report-2")
    assert revision.text == site.document("report-2").text
    assert site.document("report-2").text.encode() in archive.read(revision.snapshot)
    assert not PendingEntry.objects.exists()


def test_what_has_not_changed_is_not_asked_for_again(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1), document(2))
    poll(ledger, now=now)
    snapshots = Snapshot.objects.count()
    assert poll(ledger, now=now + HOUR).outcome == "unchanged"
    assert site.asked == ["page 1", "document report-1", "document report-2", "page 1"]
    assert Snapshot.objects.count() == snapshots


def test_a_stub_that_was_updated_is_asked_for_again(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1), document(2))
    poll(ledger, now=now)
    site.document("report-1").updated = now
    assert poll(ledger, now=now + HOUR).outcome == "unchanged"  # the text is the same
    assert site.asked_for("document report-1") == 2
    site.document("report-1").updated = now + HOUR
    site.document("report-1").text += " It ends otherwise."
    outcome = poll(ledger, now=now + 2 * HOUR)
    assert (outcome.outcome, outcome.new_revisions, outcome.new_releases) == ("new", 1, 0)
    assert poll(ledger, now=now + 3 * HOUR).outcome == "unchanged"
    assert (site.asked_for("document report-1"), site.asked_for("document report-2")) == (3, 1)


def test_what_could_not_be_read_is_tried_again_though_the_source_shows_it_no_more(
    site: Site, ledger: Source, now: dt.datetime
) -> None:
    site.publish(document(1, status=500), document(2))
    outcome = poll(ledger, now=now)
    assert (outcome.outcome, outcome.new_releases) == ("new", 1)
    assert "1 of 2 items could not be read in whole and will be tried again: “report-1” (" in outcome.detail
    assert "HTTP 500" in outcome.detail
    site.on_a_page = 1
    site.document("report-1").status = 200
    assert poll(ledger, now=now + HOUR).new_releases == 1
    assert titles() == ["report-2", "report-1"]


def test_a_document_that_we_may_not_read_is_kept_as_the_source_shows_it(
    site: Site, ledger: Source, now: dt.datetime
) -> None:
    site.publish(document(1, status=403))
    outcome = poll(ledger, now=now)
    assert outcome.new_releases == 1
    assert "kept as shown in the source" in outcome.detail
    assert Revision.objects.get().text == site.document("report-1").text[:20].strip()
    assert poll(ledger, now=now + HOUR).outcome == "unchanged"
    assert site.asked_for("document") == 1

    site.document("report-1").status = 200
    site.document("report-1").updated = now
    site.document("report-1").notes = [(now, "First published.")]
    assert poll(ledger, now=now + 2 * HOUR).new_revisions == 1
    assert not Revision.objects.get(number=2).silent  # that we can read it now is no edit of theirs


def test_an_extract_never_takes_the_place_of_the_whole(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1))
    poll(ledger, now=now)
    site.document("report-1").status = 403
    site.document("report-1").updated = now
    assert poll(ledger, now=now + HOUR).outcome == "unchanged"
    assert Release.objects.get().latest_revision.text == site.document("report-1").text


def test_after_a_few_days_of_failures_the_extract_is_taken(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1, status=500))
    at = now
    for _ in range(MAX_TRIES):
        assert not Release.objects.exists()
        poll(ledger, now=at)
        at += dt.timedelta(days=1)
    assert site.asked_for("document") == MAX_TRIES
    assert Release.objects.count() == 1


def test_a_document_that_is_gone_when_it_is_first_asked_for_is_kept_and_marked(
    site: Site, ledger: Source, now: dt.datetime
) -> None:
    site.publish(document(1, status=410), document(2))
    outcome = poll(ledger, now=now)
    assert outcome.new_releases == 2
    assert "1 of 2 items are no longer at their address." in outcome.detail
    assert Release.objects.get(title="report-1").vanished_since == now
    assert Release.objects.get(title="report-2").vanished_since is None


def test_a_site_that_asks_to_be_left_alone_is_asked_nothing_more(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(*(document(number) for number in range(4)))
    site.document("report-1").status = 429
    site.document("report-1").headers = {"Retry-After": "7200"}
    outcome = poll(ledger, now=now)
    assert outcome.new_releases == 1
    assert site.asked_for("document") == 2
    assert "3 of 4 items wait for the next poll" in outcome.detail
    with pytest.raises(PollDeclined, match="left alone"):
        poll(ledger, now=now + HOUR)
    site.document("report-1").status = 200
    assert poll(ledger, now=now + 2 * HOUR).new_releases == 3
    assert titles() == [f"report-{number}" for number in range(4)]


def test_one_poll_asks_for_no_more_than_it_may_and_the_next_goes_on(
    site: Site, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(*(document(number) for number in range(10)))
    with monkeypatch.context() as poor:
        poor.setattr(polling, "Asker", lambda kind, before: Asker(kind, Budget(requests=7), before))
        outcome = poll(ledger, now=now)
    assert len(site.asked) == 7
    assert outcome.new_releases == 6
    assert outcome.detail == "4 of 10 items wait for the next poll: One poll makes at most 7 requests."
    assert ledger.next_due_at <= now + HOUR
    outcome = poll(ledger, now=now + HOUR)
    assert (outcome.new_releases, outcome.detail) == (4, "")
    assert titles() == [f"report-{number}" for number in range(10)]


def test_a_poll_takes_no_longer_than_it_may_and_the_next_goes_on(
    site: Site, ledger: Source, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(*(document(number) for number in range(5)))
    answer, late = site.document, [0.0]
    monkeypatch.setattr(
        polling, "Asker", lambda kind, before: Asker(kind, Budget(clock=lambda: late[0]), before=before)
    )

    def slowly(name: str) -> Document:
        late[0] += MAX_SECONDS / 2
        return answer(name)

    monkeypatch.setattr(site, "document", slowly)
    outcome = poll(ledger, now=now)
    assert outcome.new_releases == 2
    assert "3 of 5 items wait for the next poll: One poll takes at most" in outcome.detail


def test_a_kind_that_trips_over_one_document_stores_the_others(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1, withdrawal=None), document(2))
    outcome = poll(ledger, now=now)
    assert outcome.new_releases == 1
    assert outcome.detail == ("1 of 2 items could not be stored and will be tried again: “report-1” (TypeError).")
    site.document("report-1").withdrawal = ""
    assert poll(ledger, now=now + HOUR).new_releases == 1


BEGIN = """
import sys
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tracker.models import Source
Source.objects.create(slug="ledger", name="Ledger", kind="govuk", url=sys.argv[1])
"""
POLL = """
import sys, datetime as dt
import django; django.setup()
from tracker import sources
from tracker.models import Appearance, PendingEntry, Poll, Release, Revision, Source
from tracker.polling import poll
sources.KINDS["govuk"] = "tests.tracker.ledger"
print(poll(Source.objects.get(), now=dt.datetime.fromisoformat(sys.argv[1])).outcome)
print(*Release.objects.order_by("pk").values_list("title", flat=True))
print(*(model.objects.count() for model in (Appearance, Revision, Poll, PendingEntry)))
"""


def test_a_worker_killed_in_the_middle_of_a_poll_loses_and_doubles_nothing(
    httpserver: HTTPServer, tmp_path: Path, now: dt.datetime
) -> None:
    site = Site(httpserver)
    site.publish(*(document(number) for number in range(6)))
    reached, killed_now = threading.Event(), threading.Event()
    answer = site.document

    def stuck_at_third(name: str) -> Document:
        if name == "report-3" and not reached.is_set():
            reached.set()
            killed_now.wait(20)
        return answer(name)

    site.document = stuck_at_third  # type: ignore[method-assign]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}},
        "FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
        "FETCH_HOST_PAUSE_SECONDS": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATA_DIR": str(tmp_path / "data"),
    }

    def start(script: str, argument: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, argument]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    assert start(BEGIN, site.url).wait(60) == 0
    killed = start(POLL, now.isoformat())
    assert reached.wait(60)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    killed_now.set()
    site.publish(document(6))

    told, _ = start(POLL, (now + dt.timedelta(minutes=6)).isoformat()).communicate(timeout=60)
    assert told.splitlines() == ["new", " ".join(f"report-{number}" for number in range(7)), "7 7 1 0"]


def test_two_documents_of_one_poll_are_two_appearances(site: Site, ledger: Source, now: dt.datetime) -> None:
    site.publish(document(1), document(2))
    poll(ledger, now=now)
    assert Appearance.objects.filter(source=ledger, is_whole=True).count() == 2
    assert Poll.objects.get().entries == 2
