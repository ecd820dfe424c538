"""The demonstration: loaded once, served as a feed, followed by the real pipeline, and taken away whole."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser
import pytest
import requests
from django.core.management import CommandError, call_command
from django.utils import timezone

from commitments import decisions
from commitments.demo import record, releases
from commitments.demo.emptying import empty
from commitments.demo.releases import BulletList, DemonstrationRelease, MalformedRelease
from commitments.demo.server import DemonstrationServer, serving
from commitments.linking import link_pending
from commitments.models import Administration, Commitment, Definition, Evidence, Measurement, Status, StatusChange
from tests.commitments import make
from tests.conftest import ROOT
from tracker import archive
from tracker.models import Poll, Release, Revision, Snapshot, Source
from tracker.polling import poll

pytestmark = pytest.mark.django_db

RETURNS = "DEMO-001"
BEAR_ON_NOTHING = {
    "2024-11-26-restaurant-owner-disqualified",
    "2024-11-28-care-workers-find-new-employers",
    "2025-01-02-three-men-face-extradition",
    "2025-01-16-record-drug-seizures",
}
#: Of these, the ones that the linker does suggest, wrongly: no more may join them.
MISTAKEN = {"2024-11-28-care-workers-find-new-employers", "2025-01-16-record-drug-seizures"}


@pytest.fixture
def server() -> Iterator[DemonstrationServer]:
    with serving(DemonstrationServer(releases.read(), 0)) as running:
        yield running


def follow(published: list[DemonstrationRelease]) -> None:
    """Serve releases, and let the watch and the linker do their work on them."""
    with serving(DemonstrationServer(published, 0)) as server:
        source = record.place_source(server.feed_url)
        assert poll(source, now=timezone.now()).outcome == Poll.Outcome.NEW
    assert link_pending().failed == 0


def figures_of(reference: str) -> set[int]:
    return {
        figure["value"]
        for evidence in Evidence.objects.filter(commitment__reference=reference)
        for figure in evidence.figures
    }


def with_suggestions() -> set[str]:
    """The last part of the address of each release that is suggested for something."""
    return {url.rpartition("/")[2] for url in Release.objects.exclude(evidence=None).values_list("url", flat=True)}


# The record ------------------------------------------------------------------------------------------


def test_the_record_is_loaded_once_and_keeps_what_staff_changed() -> None:
    loaded = record.load()
    commitment = Commitment.objects.get(reference=RETURNS)
    Commitment.objects.filter(pk=commitment.pk).update(title="As staff would have it")
    decisions.change_status(commitment, "in_progress", make.user(), "Flights have left.", dt.date(2024, 12, 1))
    before = Definition.objects.count(), StatusChange.objects.count()

    assert loaded == Commitment.objects.filter(demonstration=True).count() == len(record.rows())
    assert record.load() == 0
    commitment.refresh_from_db()
    assert commitment.title == "As staff would have it"
    assert commitment.status_on(dt.date(2024, 12, 2)) == Status.IN_PROGRESS
    assert (Definition.objects.count(), StatusChange.objects.count()) == before


def test_the_record_says_who_promised_when_and_where_it_was_said() -> None:
    record.load()
    labour, before = Administration.objects.order_by("-took_office")
    assert (labour.took_office, labour.left_office) == (dt.date(2024, 7, 5), None)
    assert before.left_office == dt.date(2024, 7, 5)
    assert labour.commitments.count() >= 25
    assert 3 <= before.commitments.count() <= 5
    for commitment in labour.commitments.all():
        assert commitment.made_on >= labour.took_office
        assert re.search(r"“.+”, \d{1,2} \w+ 20\d\d$", commitment.first_definition.quote_title)
    assert Commitment.objects.exclude(definitions__target=None).count() >= 10
    assert Commitment.objects.exclude(milestones=None).count() >= 2


def test_nothing_is_preloaded_as_evidence() -> None:
    record.load()
    assert not Evidence.objects.exists()
    assert not Measurement.objects.exists()
    assert not Release.objects.exists()


def test_own_commitments_with_the_same_reference_stay() -> None:
    own = make.commitment("Mine")
    Commitment.objects.filter(pk=own.pk).update(reference=RETURNS)
    assert record.load() == len(record.rows()) - 1
    own.refresh_from_db()
    assert (own.title, own.demonstration) == ("Mine", False)


# The source ------------------------------------------------------------------------------------------


def test_there_are_enough_short_releases() -> None:
    published = releases.read()
    assert len(published) >= 22
    for release in published:
        words = sum(len(" ".join(b.items if isinstance(b, BulletList) else [b]).split()) for b in release.body)
        assert 80 <= words <= 220, release.slug


def test_a_reader_of_feeds_gets_every_release_whole(server: DemonstrationServer) -> None:
    feed = feedparser.parse(server.feed_url)
    assert not feed.bozo
    published = {release.slug: release for release in releases.read()}
    assert {entry.link.rpartition("/")[2] for entry in feed.entries} == published.keys()
    assert len({entry.id for entry in feed.entries}) == len(published)
    for entry in feed.entries:
        release = published[entry.link.rpartition("/")[2]]
        assert entry.title == release.title
        assert entry.published.startswith(release.published.isoformat())
        parts = [part for b in release.body for part in (b.items if isinstance(b, BulletList) else [b])]
        content = re.sub(r"<[^>]+>", "\n", entry.content[0].value)
        assert [line.strip() for line in content.splitlines() if line.strip()] == parts


def test_ids_do_not_change_with_the_port() -> None:
    def ids() -> list[str]:
        with serving(DemonstrationServer(releases.read(), 0)) as server:
            return [entry.id for entry in feedparser.parse(server.feed_url).entries]

    assert ids() == ids()


def test_each_release_is_a_page_that_says_whose_facts_it_retells(server: DemonstrationServer) -> None:
    front = requests.get(f"{server.base_url}/", timeout=5).text
    assert "paraphrase" in front
    for release in releases.read():
        assert f'href="/releases/{release.slug}"' in front
        page = requests.get(f"{server.base_url}/releases/{release.slug}", timeout=5)
        assert page.headers["Content-Type"].startswith("text/html")
        assert release.paraphrases in page.text
        assert "paraphrase" in page.text


@pytest.mark.parametrize("path", ["/feed.atom", "/", "/releases/2024-11-28-agreement-with-iraq"])
def test_what_has_not_changed_is_not_sent_again(server: DemonstrationServer, path: str) -> None:
    url = server.base_url + path
    first = requests.get(url, timeout=5)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": etag}, {"If-None-Match": f'"x", W/{etag}'}, {"If-Modified-Since": modified}):
        again = requests.get(url, headers=headers, timeout=5)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    other = requests.get(url, headers={"If-None-Match": '"x"', "If-Modified-Since": modified}, timeout=5)
    assert (other.status_code, other.content) == (200, first.content)
    head = requests.head(url, timeout=5)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.content))


def test_the_etag_changes_with_the_text() -> None:
    published = releases.read()
    changed = [releases.parse(published[0].slug, reworded(published[0], "A new text.")), *published[1:]]
    etags = set()
    for version in (published, changed):
        with serving(DemonstrationServer(version, 0)) as server:
            etags.add(requests.get(server.feed_url, timeout=5).headers["ETag"])
    assert len(etags) == 2


def test_nothing_else_is_there(server: DemonstrationServer) -> None:
    assert requests.get(f"{server.base_url}/releases/../record.py", timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title: A\npublished: yesterday\nparaphrases: B\n\nC", "“yesterday” is not a date"),
        ("title: A\n\nC", "not title, published and paraphrases"),
        ("A\n\nC", "should read “name: value”"),
        ("title: A\npublished: 2025-01-31\nparaphrases: B\n\n", "no text"),
    ],
)
def test_a_file_in_another_form_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(MalformedRelease, match=complaint):
        releases.parse("a", text)


def test_the_source_follows_the_port_and_keeps_what_staff_set() -> None:
    source = record.place_source("http://127.0.0.1:8001/feed.atom")
    Source.objects.filter(pk=source.pk).update(
        name="Our demo", fixed_interval_minutes=30, state=Source.State.PAUSED, etag='"old"'
    )
    moved = record.place_source("http://127.0.0.1:8002/feed.atom")
    assert moved.pk == source.pk
    assert (moved.url, moved.etag) == ("http://127.0.0.1:8002/feed.atom", "")
    assert (moved.name, moved.fixed_interval_minutes, moved.state) == ("Our demo", 30, Source.State.PAUSED)


def test_a_source_of_ones_own_with_that_name_is_left_alone() -> None:
    make.source("Demonstration", url="https://example.org/feed")
    with pytest.raises(record.NotOurSource, match="Rename it"):
        record.place_source("http://127.0.0.1:8001/feed.atom")


# The pipeline ----------------------------------------------------------------------------------------


def reworded(release: DemonstrationRelease, text: str) -> str:
    return f"title: {release.title}\npublished: {release.published}\nparaphrases: {release.paraphrases}\n\n{text}"


def test_the_pipeline_finds_the_returns_and_their_measurements(loopback_allowed: None) -> None:
    record.load()
    follow(releases.read())
    returns = Evidence.objects.filter(commitment__reference=RETURNS)
    assert {9400, 13500, 16400} <= figures_of(RETURNS)
    for piece in returns.order_by("release__published_at"):
        decisions.accept(piece, make.deed())
    points = Measurement.objects.shown().filter(series__metric="people returned").order_by("published_on")
    assert [int(point.value) for point in points] == [9400, 13500, 16400]
    assert [point.qualifier for point in points] == ["exact", "almost", "exact"]


def test_releases_that_bear_on_nothing_are_suggested_for_nothing(loopback_allowed: None) -> None:
    record.load()
    follow(releases.read())
    assert {release.slug for release in releases.read()} >= BEAR_ON_NOTHING
    assert with_suggestions() & BEAR_ON_NOTHING <= MISTAKEN
    assert len(with_suggestions()) >= 18


def test_polling_again_and_moving_to_another_port_doubles_nothing(loopback_allowed: None) -> None:
    record.load()
    follow(releases.read())
    before = Release.objects.count(), Revision.objects.count(), Evidence.objects.count()
    with serving(DemonstrationServer(releases.read(), 0)) as server:
        poll(record.place_source(server.feed_url), now=timezone.now())
    link_pending()
    assert (Release.objects.count(), Revision.objects.count(), Evidence.objects.count()) == before


REWORDED = {
    "2024-12-16-returns-near-13500": """
Since the election almost 13,500 people without any right to be in the UK have been returned, and the department still
expects its rate of returns to be the highest since 2018.

Flights left for every continent but two.
""",
    "2025-01-15-emergency-services-network": """
A new partner will deliver the Emergency Services Network, which takes over from Airwave.

Firefighters, ambulance crews and police officers wait for the ESN, years after it was first due.
""",
    "2025-01-15-synthetic-drugs-banned": """
From this morning xylazine is a controlled drug. So are nitazenes, all of them, and other synthetic drugs.

Altogether 22 substances have been banned under the Misuse of Drugs Act.
""",
}
IRRELEVANT = """
Bakers from eleven towns met on Saturday to compare their loaves. Rye came first, as it has in most years.

The judges tasted 140 entries in one afternoon. Next year’s contest is to be held by the sea.
"""


def test_suggestions_follow_the_text_when_releases_are_reworded(loopback_allowed: None) -> None:
    record.load()
    follow([releases.parse(r.slug, reworded(r, REWORDED[r.slug])) for r in releases.read() if r.slug in REWORDED])
    found = set(Evidence.objects.values_list("release__url", "commitment__reference"))
    assert {(url.rpartition("/")[2], reference) for url, reference in found} >= {
        ("2024-12-16-returns-near-13500", RETURNS),
        ("2025-01-15-emergency-services-network", "DEMO-043"),
        ("2025-01-15-synthetic-drugs-banned", "DEMO-040"),
    }
    assert 13500 in figures_of(RETURNS)
    quotes = Evidence.objects.filter(commitment__reference=RETURNS).values_list("quote", flat=True)
    text = " ".join(REWORDED["2024-12-16-returns-near-13500"].split())
    assert all(quote in text for quote in quotes)


def test_suggestions_follow_the_text_when_releases_say_something_else(loopback_allowed: None) -> None:
    record.load()
    follow(
        [
            DemonstrationRelease(
                r.slug, f"Bakers’ news, number {n}", r.published, "Nothing", (f"Part {n}.", IRRELEVANT)
            )
            for n, r in enumerate(releases.read())
        ]
    )
    assert Release.objects.count() == len(releases.read())
    assert not Evidence.objects.exists()


# Taking it away --------------------------------------------------------------------------------------


def test_emptying_takes_everything_of_the_demonstration(loopback_allowed: None) -> None:
    record.load()
    follow(releases.read())
    editor = make.user()
    returns = Commitment.objects.get(reference=RETURNS)
    for piece in returns.evidence.order_by("release__published_at"):
        decisions.accept(piece, make.deed(editor))
    last = returns.evidence.order_by("release__published_at").last()
    change = decisions.change_status(
        returns, "achieved", editor, "16,400 returned.", dt.date(2025, 1, 9), evidence=last
    )
    decisions.change_status(returns, "achieved", editor, "The day before.", dt.date(2025, 1, 8), last, corrects=change)
    assert Measurement.objects.exists()

    emptied = empty(timezone.now())
    assert emptied.commitments == len(record.rows())
    assert emptied.watch is not None
    assert emptied.watch.releases == len(releases.read())
    assert emptied.watch.source
    for model in (Commitment, Definition, StatusChange, Evidence, Measurement, Administration):
        assert not model.objects.exists(), model
    for model in (Source, Poll, Release, Revision, Snapshot):
        assert not model.objects.exists(), model


def test_bytes_in_the_archive_go_too(
    loopback_allowed: None, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    follow(releases.read())
    snapshot = Snapshot.objects.get()
    assert b"<feed" in archive.read(snapshot)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        empty(timezone.now())
    with pytest.raises(archive.Damaged):
        archive.read(snapshot)


def test_emptying_leaves_ones_own_record(loopback_allowed: None) -> None:
    record.load()
    own = make.commitment("Deliver the Emergency Services Network", statement="Replace Airwave by the ESN.")
    make.target(own, "responders on the network", "people", 300000)
    own_release = make.release("Trees were planted.", at=make.source("Forestry news"))
    own_evidence = make.evidence(own, own_release)
    part = make.commitment("A part of theirs", parent=Commitment.objects.get(reference=RETURNS))
    follow(releases.read())
    suggested = Evidence.objects.filter(commitment__in=[own, part]).exclude(pk=own_evidence.pk).count()
    assert own.evidence.count() > 1, "a demonstration release should be suggested for it too"

    emptied = empty(timezone.now())
    assert emptied.suggestions == suggested
    assert set(Commitment.objects.all()) == {own, part}
    part.refresh_from_db()
    assert part.parent is None
    assert list(own.evidence.all()) == [own_evidence]
    assert own.first_definition.target_or_none is not None
    assert list(Source.objects.values_list("name", flat=True)) == ["Forestry news"]
    assert list(Release.objects.all()) == [own_release]
    assert empty(timezone.now()).commitments == 0


def test_a_release_that_ones_own_record_relies_on_stays(loopback_allowed: None) -> None:
    record.load()
    own = make.commitment("Deliver the Emergency Services Network", statement="Replace Airwave by the ESN.")
    follow(releases.read())
    relied_on = own.evidence.get(release__url__endswith="emergency-services-network")
    decisions.accept(relied_on, make.deed())

    emptied = empty(timezone.now())
    assert emptied.watch is not None
    assert not emptied.watch.source
    assert list(Release.objects.all()) == [relied_on.release]
    assert Source.objects.get().state == Source.State.ENDED
    assert relied_on.revision.text
    record.load()
    follow(releases.read())
    assert Release.objects.count() == len(releases.read())


def test_emptying_without_a_terminal_wants_to_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    record.load()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(CommandError, match="--yes"):
        call_command("empty_demonstration")
    assert Commitment.objects.exists()


# The command -----------------------------------------------------------------------------------------


def demo(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "demo", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("stopping", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_stopped_and_again(
    tmp_path: Path, manage: Callable[..., subprocess.CompletedProcess[str]], stopping: signal.Signals
) -> None:
    manage("migrate", "-v0")
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "CELERY_BROKER_URL"}}
    environment |= {"DATA_DIR": str(tmp_path / "data"), "FETCH_ALLOW_NETWORKS": ""}
    port = "0"
    for expected in (f"Loaded {len(record.rows())} ", "loaded already"):
        process = demo(environment, "--port", port)
        assert process.stdout is not None
        assert expected in process.stdout.readline()
        url = process.stdout.readline().split()[-1].rstrip(".")
        assert requests.get(url, timeout=5).status_code == 200
        port = url.split(":")[2].split("/")[0]
        refused = demo(environment, "--port", port)
        assert f"Port {port} cannot be used" in refused.communicate(timeout=30)[1]
        assert refused.returncode == 1
        asked = time.monotonic()
        process.send_signal(stopping)
        _, errors = process.communicate(timeout=5)
        assert time.monotonic() - asked < 5
        assert process.returncode == 0
        assert errors.strip().splitlines() == [
            "The watch may not look at this machine: set FETCH_ALLOW_NETWORKS=127.0.0.0/8 where it runs."
        ]
