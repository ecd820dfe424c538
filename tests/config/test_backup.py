"""What is kept comes back from one file as it was, whichever database it came from and goes to; or nothing does."""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commitments import decisions, showing
from commitments.audit import triggers
from commitments.models import (
    AuditEntry,
    Commitment,
    Department,
    Evidence,
    Import,
    LinkerVersion,
    Measurement,
    StatusChange,
)
from commitments.search import copies, finding
from config.backup import Refused, container, making, restoring
from tests.commitments import make, open_record
from tests.commitments.crawling import crawl, seeds
from tests.commitments.test_admin_lists import fill
from tracker import archive
from tracker.fetching import Response
from tracker.models import Release, Revision, Snapshot, Source

from .places import Place, Places, at

NOW = dt.datetime(2026, 3, 5, 12, 30, 0, 123456, tzinfo=dt.UTC)
postgres = pytest.param("postgres", marks=pytest.mark.postgres)
EITHER = pytest.mark.parametrize("vendor", ["sqlite", postgres])


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Iterator[Places]:
    """All that the tests here touch lies in these, not in the suite's own database."""
    with django_db_blocker.unblock():
        made = Places(tmp_path_factory.mktemp("places"))
        yield made
        made.close()


@pytest.fixture(scope="module")
def full(places: Places) -> dict[str, Place]:
    """By the kind of its database, a place with something of everything. Not to be written to."""
    return _Filled(places)


class _Filled(dict[str, Place]):
    def __init__(self, places: Places) -> None:
        self._places = places

    def __missing__(self, vendor: str) -> Place:
        made = self._places.empty(vendor)
        with at(made):
            write_everything()
        self[vendor] = made
        return made


def kept(body: bytes, url: str = "https://ministry.example/page") -> Snapshot:
    return archive.keep(Response(200, url, url, {"Content-Type": "text/html"}, body), timezone.now())


def write_everything() -> None:
    record = open_record.write()
    fill(1)
    # A page in two versions, of which the later is stored as the difference, for revisions that cite them.
    page = b"".join(b"<p>%d trees were planted in the county of %d</p>" % (n * 7919, n) for n in range(300))
    for revision, body in zip(Revision.objects.all(), (page, page + b"<p>and more</p>"), strict=False):
        Revision.objects.filter(pk=revision.pk).update(snapshot=kept(body))
    # Values that a careless copy would change.
    odd = {"": [0.1, 1e22, -0.0, 2**60, "\U0001f333\\u0"]}
    Source.objects.create(name="Odd", slug="odd", kind="feed", url="https://odd.example/", options=odd)
    Source.objects.update(stated_pace=dt.timedelta(days=3, microseconds=1), lease_token=uuid.uuid4(), leased_until=NOW)
    Import.objects.update(content=bytes(range(256)) * 5)
    Measurement.objects.update(value=Decimal("-0.000001"), high=Decimal("123456789.500000"))
    Release.objects.update(published_at=NOW)
    make.release("A long text, ünïcode “and” \x7f. " * 30_000, title="Long")
    Snapshot.objects.exclude(stored_bytes__gt=0).update(path="", discarded_at=timezone.now())
    record.bridge.other_departments.add(Department.objects.get(slug="forests"))
    Department.objects.create(name="Going", slug="going").delete()


def contents() -> dict[str, dict[Any, tuple[Any, ...]]]:
    """Every row of the database in use, as Django reads it, but for sessions and what running processes note."""
    return {
        model._meta.label: {row[0]: row[1:] for row in model._base_manager.values_list("pk", *_columns(model))}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label not in {"sessions.Session", "commitments.RecordChange"}
    }


def _columns(model: Any) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def files(place: Place) -> dict[str, bytes]:
    folder = place.data / "archive"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*arguments: object) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def backups(full: dict[str, Place], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By the kind of its database, a backup of the full place."""

    class Made(dict[str, Path]):
        def __missing__(self, vendor: str) -> Path:
            self[vendor] = path = tmp_path_factory.mktemp("backups") / vendor
            with at(full[vendor]):
                assert "files of the archive" in run("backup", path)
            return path

    return Made()


# Both ways, on both.


@pytest.mark.parametrize("into", ["sqlite", postgres])
@EITHER
def test_everything_comes_back_as_it_was(
    vendor: str, into: str, full: dict[str, Place], backups: dict[str, Path], places: Places
) -> None:
    there = places.empty(into)
    with at(full[vendor]):
        before = contents()
    with at(there):
        assert "read back as it was" in run("restore", backups[vendor])
        after = contents()
        assert {label for label in before if before[label] != after[label]} == set()
        assert run("verify_archive").startswith(f"{Snapshot.objects.count()} snapshots: 2 sound")
        follows_up(gone=max(before["commitments.Department"]) + 1)
    assert files(there) == files(full[vendor]) != {}
    assert (there.data / "secret_key").read_text() == (full[vendor].data / "secret_key").read_text()


def follows_up(gone: int) -> None:
    """The database in use goes on as if nothing had been: numbers, guards, the audit, tables of words."""
    assert not triggers.missing("default")
    entries = AuditEntry.objects.count()
    assert Department.objects.create(name="Later", slug="later").pk == gone + 1
    assert AuditEntry.objects.count() == entries + 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        StatusChange.objects.update(reason="Other.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM commitments_release_words")
        assert cursor.fetchone()[0] == Release.objects.count()
    make.release("Of a kind that no release was before: zanthium.", title="News")
    assert [said.title for said in releases_that_say("zanthium")] == ["News"]


def releases_that_say(words: str) -> list[Release]:
    found = finding.releases(showing.now(), copies.follow(), words, timezone.localdate())
    return list(Release.objects.filter(pk__in=found.keys))


def test_the_drill_what_is_restored_elsewhere_answers_readers_with_the_same_bytes(
    places: Places, tmp_path: Path
) -> None:
    """Onto a machine that has nothing yet."""
    here, there = places.empty("sqlite"), places.without_tables("sqlite")
    with at(here):
        open_record.write()
        for revision in Revision.objects.all():
            kept(revision.text.encode(), revision.release.url)
        run("backup", tmp_path / "made")
    with at(there):
        run("restore", tmp_path / "made")
    with time_machine.travel(timezone.now(), tick=False):
        said = [pages(place) for place in (here, there)]
    assert len(said[0]) > 50
    assert {address for address in said[0] | said[1] if said[0].get(address) != said[1].get(address)} == set()


def pages(place: Place) -> dict[str, str]:
    """All public pages, without what is new at each request."""
    cache.clear()
    with at(place):
        releases = Release.objects.all()
        values = {
            "slug": [one.slug for one in Commitment.objects.all()],
            "release_id": [one.pk for one in releases],
            "number": [1],
            "token": ["x"],
            "name": ["commitments", "evidence", "measurements", "releases"],
            "key": [Commitment.objects.first().reference],  # type: ignore[union-attr]
            "kind": ["department"],
            "subject": ["publisher"],
            "section": ["commitments", "releases"],
        }
        said = crawl(Client(), seeds(values, "trees"))
    return {
        address: re.sub(r"(?i)csrfmiddlewaretoken[^>]*>|csrftoken=\w+|x-request-id: \w+", "", text)
        for address, text in said.items()
    }


# While others write.


def act(number: int) -> None:
    """What staff and the watch do in a minute: a release, evidence, a status, in several transactions."""
    commitment = Commitment.objects.get(title="Mend the bridge")
    text = f"Stone {number} of the bridge was laid."
    with transaction.atomic():
        revision = make.release(text, title=text).latest_revision
        Revision.objects.filter(pk=revision.pk).update(snapshot=kept(text.encode(), f"https://m.example/{number}"))
    decisions.accept(make.evidence(commitment, revision.release, text), make.deed())
    decisions.change_status(
        commitment, ("in_progress", "off_track")[number % 2], make.user(), f"Stone {number}.", dt.date(2026, 1, 1)
    )


@EITHER
def test_a_backup_is_of_one_moment_though_others_write_and_nobody_waits(
    vendor: str, full: dict[str, Place], places: Places, tmp_path: Path
) -> None:
    here, there, acts = places.copy(full[vendor]), places.empty("sqlite"), []

    def meanwhile(said: str) -> None:
        acts.append(said)
        if len(acts) % 8 == 0:
            act(len(acts) // 8)

    with at(here):
        before = contents()
        making.make(tmp_path / "made", tell=meanwhile)
        assert Evidence.objects.filter(quote__startswith="Stone").count() == len(acts) // 8 > 5
    with at(there):
        run("restore", tmp_path / "made")
        assert contents() == before
        run("verify_archive")


def test_what_is_given_up_meanwhile_is_kept_as_given_up(places: Places, tmp_path: Path) -> None:
    here, there = places.empty("sqlite"), places.empty("sqlite")

    def meanwhile(said: str) -> None:
        if said == "the archive":
            archive.discard([cited.pk], timezone.now())
            archive.remove_unused([unused.pk])

    with at(here):
        revision = make.release("Trees.").latest_revision
        cited, unused, stays = kept(b"cited"), kept(b"unused", "https://e.org/"), kept(b"stays", "https://e.org/2")
        Revision.objects.filter(pk=revision.pk).update(snapshot=cited)
        Snapshot.objects.filter(size_bytes=6).exclude(pk__in=[unused.pk]).delete()
        made = making.make(tmp_path / "made", tell=meanwhile)
        assert made.missing == []
    with at(there):
        run("restore", tmp_path / "made")
        assert set(Snapshot.objects.exclude(discarded_at=None).values_list("pk", flat=True)) == {cited.pk, unused.pk}
        assert archive.read(Snapshot.objects.get(pk=stays.pk)) == b"stays"
        run("verify_archive")


def test_what_is_missing_from_the_archive_is_told_and_the_rest_is_kept(places: Places, tmp_path: Path) -> None:
    here, there = places.empty("sqlite"), places.empty("sqlite")
    with at(here):
        lost, stays = kept(b"lost"), kept(b"stays", "https://e.org/")
        (here.data / "archive" / lost.path).unlink()
        with pytest.raises(CommandError, match=r"whole, but 1 files .* missing"):
            run("backup", tmp_path / "made")
    with at(there):
        assert "1 files were missing" in run("restore", tmp_path / "made")
        assert archive.read(Snapshot.objects.get(pk=stays.pk)) == b"stays"


# What is refused, and leaves all as it was.


@contextmanager
def nothing_changes(place: Place) -> Iterator[None]:
    with at(place):
        before = contents(), files(place)
        yield
        assert (contents(), files(place)) == before


def test_a_name_that_is_taken(full: dict[str, Place], tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with at(full["sqlite"]), pytest.raises(CommandError, match="already"):
        run("backup", tmp_path / "mine")
    assert [path.read_text() for path in tmp_path.iterdir() if path.is_file()] == ["mine"]


def test_two_backups_to_one_name(places: Places, tmp_path: Path) -> None:
    refused = []

    def meanwhile(said: str) -> None:
        with pytest.raises(Refused, match="Another backup is being written"):
            container.write(tmp_path / "made", [])
        refused.append(said)

    with at(places.empty("sqlite")):
        making.make(tmp_path / "made", tell=meanwhile)
    assert refused
    restoring.check(tmp_path / "made")


def test_a_database_that_holds_something(backups: dict[str, Path], places: Places) -> None:
    there = places.empty("sqlite")
    with at(there):
        Department.objects.create(name="Ours", slug="ours")
    with nothing_changes(there), pytest.raises(CommandError, match=r"holds something already \(commitments_auditentry"):
        run("restore", backups["sqlite"])


def test_an_archive_that_holds_something(backups: dict[str, Path], places: Places) -> None:
    there = places.empty("sqlite")
    (there.data / "archive").mkdir()
    (there.data / "archive" / "ours").write_text("ours")
    with nothing_changes(there), pytest.raises(CommandError, match="in the archive already"):
        run("restore", backups["sqlite"])


def test_a_database_of_another_version_is_not_backed_up(places: Places, tmp_path: Path) -> None:
    with at(places.empty("sqlite")):
        MigrationRecorder(connection).record_unapplied("tracker", "0001_initial")
        with pytest.raises(CommandError, match="not at this version"):
            run("backup", tmp_path / "made")
    assert not list(tmp_path.glob("made*"))


@pytest.fixture(scope="module")
def keys() -> tuple[pyrage.x25519.Identity, pyrage.x25519.Identity]:
    return pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()


@pytest.fixture(scope="module")
def encrypted(places: Places, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small backup for the first of the keys."""
    path = tmp_path_factory.mktemp("encrypted") / "made"
    with at(places.empty("sqlite")):
        kept(b"A page about trees.")
        run("backup", path, "--encrypt-to", keys[0].to_public())
    return path


@pytest.fixture(scope="module")
def plain(places: Places, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "made"
    with at(places.empty("sqlite")):
        kept(b"A page about trees.")
        run("backup", path)
    return path


def test_who_has_the_key_can_read_what_is_encrypted_and_nobody_else(
    encrypted: Path, keys: Any, places: Places, tmp_path: Path
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text(f"# created: today\n{keys[0]}\n")
    wrong.write_text(f"{keys[1]}\n")
    there = places.empty("sqlite")
    with nothing_changes(there):
        with pytest.raises(CommandError, match="is encrypted"):
            run("restore", encrypted)
        with pytest.raises(CommandError, match="not for this key"):
            run("restore", encrypted, "--key", wrong)
        with pytest.raises(CommandError, match="neither one of age nor one of SSH"):
            run("restore", encrypted, "--key", __file__)
        assert "is whole" in run("restore", encrypted, "--key", wrong, "--key", right, "--check")
    with at(there):
        run("restore", encrypted, "--key", right)
        assert archive.read(Snapshot.objects.get()) == b"A page about trees."
    for secret in (b"A page about trees.", b"header.json", (there.data / "secret_key").read_bytes()):
        assert secret not in encrypted.read_bytes()


def test_keys_that_are_none_are_refused_before_anything_is_written(places: Places, tmp_path: Path) -> None:
    with at(places.empty("sqlite")), pytest.raises(CommandError, match="no public key"):
        run("backup", tmp_path / "made", "--encrypt-to", "age1nothing")
    assert not list(tmp_path.glob("made*"))


@pytest.mark.parametrize("is_encrypted", [False, True])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_found(
    is_encrypted: bool, encrypted: Path, plain: Path, keys: Any, tmp_path: Path, data: st.DataObject
) -> None:
    whole = (encrypted if is_encrypted else plain).read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    before, here, after = whole[:place], whole[place], whole[place + 1 :]
    flipped = bytes([here ^ data.draw(st.integers(1, 255))])
    turned = bytes(byte ^ 0xFF for byte in whole[place : place + 100])
    damaged = data.draw(
        st.sampled_from(
            [before, before + after, before + flipped + after, before + turned + whole[place + 100 :], whole * 2]
        )
    )
    path = tmp_path / "damaged"
    path.write_bytes(damaged)
    with pytest.raises(Refused):
        restoring.check(path, [str(keys[0])])


@pytest.mark.parametrize("region", [0.0, 0.3, 0.6, 0.9, 0.9999])
def test_a_damaged_backup_changes_nothing(
    region: float, backups: dict[str, Path], places: Places, tmp_path: Path
) -> None:
    whole = bytearray(backups["sqlite"].read_bytes())
    whole[int(len(whole) * region)] ^= 0x10
    (tmp_path / "damaged").write_bytes(whole)
    there = places.empty("sqlite")
    with nothing_changes(there), pytest.raises(CommandError):
        run("restore", tmp_path / "damaged")


def rewritten(path: Path, change: Any) -> list[container.Member]:
    with container.opened(path) as members:
        return [changed for member in members if (changed := change(member))]


def one_row_less(member: container.Member) -> container.Member:
    if member.name.startswith("tables/commitments_statuschange/"):
        return container.Member(member.name, b"".join(member.body.splitlines(keepends=True)[:-1]))
    return member


def another_title(member: container.Member) -> container.Member:
    if member.name.startswith("tables/commitments_commitment/"):
        return container.Member(member.name, member.body.replace(b"Plant trees", b"Plant treez"))
    return member


def without_an_end(member: container.Member) -> container.Member | None:
    return None if member.name == "manifest.json" else member


def without_a_file(member: container.Member) -> container.Member | None:
    return None if member.name.startswith("archive/") else member


def an_earlier_version(member: container.Member) -> container.Member:
    if member.name == "header.json":
        header = json.loads(member.body)
        return container.Member(member.name, json.dumps({**header, "migrations": header["migrations"][:-1]}).encode())
    return member


def a_later_version(member: container.Member) -> container.Member:
    if member.name == "header.json":
        header = json.loads(member.body)
        later = [*header["migrations"], "tracker.9999_later"]
        return container.Member(member.name, json.dumps({**header, "migrations": later}).encode())
    return member


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (one_row_less, "rows of commitments_statuschange"),
        (another_title, "rows of commitments_commitment"),
        (without_an_end, "no end"),
        (without_a_file, "files of the archive"),
        (an_earlier_version, "older version"),
        (a_later_version, "newer version"),
    ],
)
def test_a_backup_that_says_one_thing_and_holds_another(
    change: Any, why: str, backups: dict[str, Path], places: Places, tmp_path: Path
) -> None:
    container.write(tmp_path / "made", rewritten(backups["sqlite"], change))
    there = places.empty("sqlite")
    with nothing_changes(there), pytest.raises(CommandError, match=why):
        run("restore", tmp_path / "made")


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a disk that is full: no file grows beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("encrypt", [False, True])
def test_a_full_disk_leaves_no_backup(encrypt: bool, full: dict[str, Place], keys: Any, tmp_path: Path) -> None:
    to = ["--encrypt-to", keys[0].to_public()] if encrypt else []
    with at(full["sqlite"]):
        connection.ensure_connection()
        with pytest.raises(CommandError, match="could not be written"), files_of_at_most(20_000):
            run("backup", tmp_path / "made", *to)
    assert not list(tmp_path.glob("made*"))


def test_a_full_disk_leaves_nothing_restored(backups: dict[str, Path], places: Places) -> None:
    there = places.empty("sqlite")
    nothing_is_restored = pytest.raises(CommandError, match="Nothing was restored")
    with nothing_changes(there), nothing_is_restored, files_of_at_most(1_300_000):
        run("restore", backups["sqlite"])


# From one machine to many.


@pytest.mark.postgres
def test_moving_to_postgres_proves_itself_or_changes_nothing(full: dict[str, Place], places: Places) -> None:
    here, odd, there = full["sqlite"], places.copy(full["sqlite"]), places.without_tables("postgres")
    with at(odd):
        LinkerVersion.objects.create(name="x", base="base", values={"a": "\0"})  # which PostgreSQL cannot hold
    with at(odd), pytest.raises(CommandError, match="a row of commitments_linkerversion"):
        run("migrate_to_postgres", there.url)
    with at(there):
        assert not Commitment.objects.exists()
    with nothing_changes(here):
        before = contents()
        said = json.loads(run("migrate_to_postgres", there.url, "--json"))
    assert said["same"]
    held = {table["table"]: table for table in said["tables"]}
    assert held["commitments_statuschange"]["rows_there"] == len(before["commitments.StatusChange"]) > 0
    with at(there):
        assert contents() == before
        follows_up(gone=max(before["commitments.Department"]) + 1)
    with nothing_changes(there), at(here), pytest.raises(CommandError, match="holds something already"):
        run("migrate_to_postgres", there.url)


@pytest.mark.parametrize("url", ["sqlite:////tmp/x", "nonsense", "mysql://a@b/c", "postgres://a@b:port/c"])
def test_moving_to_something_else(url: str, places: Places) -> None:
    with at(places.empty("sqlite")), pytest.raises(CommandError, match=r"postgres://user:password@host|cannot be read"):
        run("migrate_to_postgres", url)
