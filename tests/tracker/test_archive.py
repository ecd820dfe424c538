"""What was received is kept whole, small, apart from everything else, and can be proved."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import random
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from django.core.files.base import ContentFile, File
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tracker import archive
from tracker.archive import packing
from tracker.archive.storage import ArchiveStorage
from tracker.fetching import Response
from tracker.models import Snapshot

NOW = dt.datetime(2025, 1, 20, 12, 0, tzinfo=dt.UTC)
WORDS = [
    f"{start}{end}" for start in ("hos", "pol", "bud", "tra", "wa") for end in ("pital", "ice", "get", "in", "ter")
]


def answer(body: bytes, url: str = "https://example.org/page", **headers: str) -> Response:
    return Response(200, url, url, {"Content-Type": "text/html", **headers}, body)


def keep(body: bytes, url: str = "https://example.org/page", at: dt.datetime = NOW) -> Snapshot:
    return archive.keep(answer(body, url), at)


def page(seed: int, *changes: str) -> bytes:
    """A page in the frame that all pages of its site have, of words that only this one has in this order."""
    drawn = random.Random(seed)
    frame = "".join(f'<li class="menu__item menu__item--{n}"><a href="/section/{n}">{n}</a></li>' for n in range(150))
    paragraphs = [" ".join(drawn.choices(WORDS, k=60)) + f" {drawn.random()}" for _ in range(25)]
    for number, change in enumerate(changes):
        paragraphs[(seed + number) % 25] += change
    return f"<html><ul>{frame}</ul>{''.join(f'<p>{text}</p>' for text in paragraphs)}</html>".encode()


def verify(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    try:
        call_command("verify_archive", "--json", *arguments, stdout=out)
    except CommandError as error:
        return {**json.loads(out.getvalue()), "error": str(error)}
    return {**json.loads(out.getvalue()), "error": ""}


@pytest.fixture
def folder(own_data_folder: Path) -> Path:
    return own_data_folder / "archive"


class TestPacking:
    @given(body=st.binary(max_size=3000))
    def test_what_is_packed_unpacks(self, body: bytes) -> None:
        assert packing.unpacked(packing.whole(body), len(body)) == body
        assert zstd.decompress(packing.whole(body)) == body

    @given(base=st.binary(min_size=packing.MIN_COMPARED_BYTES), body=st.binary(min_size=packing.MIN_COMPARED_BYTES))
    def test_a_difference_and_its_base_make_the_body(self, base: bytes, body: bytes) -> None:
        assert packing.can_be_compared(len(body), len(base))
        assert packing.unpacked(packing.difference(body, base), len(body), base) == body

    def test_a_difference_opens_with_the_base_as_an_ordinary_dictionary(self) -> None:
        base, body = page(1), page(1, " and more")
        packed = packing.difference(body, base)
        assert zstd.decompress(packed, zstd_dict=zstd.ZstdDict(base, is_raw=True)) == body

    @given(body=st.binary(max_size=500), cut=st.integers(min_value=0, max_value=400))
    def test_what_is_cut_short_is_not_taken_for_whole(self, body: bytes, cut: int) -> None:
        packed = packing.whole(body)
        if cut < len(packed):
            with pytest.raises(packing.NotUnpackable):
                packing.unpacked(packed[:cut], len(body))

    @pytest.mark.parametrize("compress", [zstd.compress, gzip.compress])
    def test_no_more_is_unpacked_than_was_received(self, compress: Any) -> None:
        bomb = compress(bytes(100_000_000))
        tracemalloc.start()
        with pytest.raises(packing.NotUnpackable, match="goes on after the 1000 bytes"):
            packing.unpacked(bomb, 1000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 5_000_000

    def test_archives_begun_with_gzip_are_read(self) -> None:
        assert packing.unpacked(gzip.compress(b"as it was"), 9) == b"as it was"


@pytest.mark.django_db
class TestKeeping:
    def test_bytes_headers_and_hash(self, folder: Path) -> None:
        kept = archive.keep(answer(b"<p>said</p>", ETag='"1"', **{"Set-Cookie": "who=you"}), NOW)
        assert archive.read(kept) == b"<p>said</p>"
        assert kept.sha256 == hashlib.sha256(b"<p>said</p>").hexdigest()
        assert kept.headers == {"Content-Type": "text/html", "ETag": '"1"'}
        assert (folder / kept.path).name.startswith(kept.sha256)
        assert zstd.decompress((folder / kept.path).read_bytes()) == b"<p>said</p>"

    def test_headers_that_no_database_would_take(self) -> None:
        told = {"Content-Type": "text/html\0" + "x" * 300, "ETag": '"\0' + "e" * 5000}
        kept = archive.keep(Response(200, "https://e.org/", "https://e.org/", told, b"said"), NOW)
        assert (len(kept.content_type), len(kept.headers["ETag"])) == (200, 2000)
        assert "\0" not in kept.content_type + kept.headers["ETag"]

    def test_the_same_bytes_are_kept_once_from_wherever_they_come(self, folder: Path) -> None:
        assert keep(b"same").pk == keep(b"same", "https://example.com/elsewhere").pk
        assert len(list(folder.glob("*/*"))) == 1

    def test_an_empty_body(self) -> None:
        assert archive.read(keep(b"")) == b""

    def test_a_later_version_of_a_page_takes_little(self, folder: Path) -> None:
        first, second = keep(page(1)), keep(page(1, " and now this"))
        assert second.base == first
        assert second.stored_bytes < first.stored_bytes / 10
        assert second.stored_bytes == (folder / second.path).stat().st_size
        assert archive.read(second) == page(1, " and now this")

    def test_each_version_needs_one_other_at_most(self) -> None:
        versions = [keep(page(1, *[" more"] * count)) for count in range(6)]
        assert {version.base for version in versions[1:]} == {versions[0]}

    def test_another_page_stands_by_itself(self) -> None:
        keep(page(1))
        assert keep(page(2), "https://example.org/other").base is None

    def test_a_page_that_was_written_anew_stands_by_itself_and_the_next_follows_it(self) -> None:
        keep(random.Random(1).randbytes(3000))
        anew = keep(random.Random(2).randbytes(3000))
        assert anew.base is None
        assert keep(random.Random(2).randbytes(3000) + b"more").base == anew

    def test_a_large_file_is_not_compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(packing, "MAX_COMPARED_BYTES", 2000)
        keep(bytes(2001))
        assert keep(bytes(2002)).base is None

    def test_pages_and_their_edits_take_far_less_than_each_compressed_by_itself(self, folder: Path) -> None:
        bodies = [(number, page(number, *[" edited"] * edits)) for edits in range(3) for number in range(30)]
        for number, body in bodies:
            keep(body, f"https://example.org/{number}")
        stored = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        assert stored < 0.6 * sum(len(gzip.compress(body)) for _, body in bodies)

    def test_bytes_that_were_lost_are_healed_when_they_come_again(self, folder: Path) -> None:
        kept = keep(b"said")
        (folder / kept.path).unlink()
        assert archive.read(keep(b"said")) == b"said"
        assert verify()["sound"] == 1

    def test_a_version_after_a_damaged_one_stands_by_itself(self, folder: Path) -> None:
        (folder / keep(page(1)).path).write_bytes(b"rubbish")
        after = keep(page(1, " more"))
        assert after.base is None
        assert archive.read(after) == page(1, " more")

    def test_in_any_storage_that_django_has(self, settings: Any, folder: Path) -> None:
        backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
        settings.STORAGES = {**settings.STORAGES, "snapshots": backend}
        first, second = keep(page(1)), keep(page(1, " more"))
        assert archive.read(second) == page(1, " more")
        assert verify()["sound"] == 2
        archive.remove_unused([first.pk, second.pk])
        assert not Snapshot.objects.exists()
        assert not folder.exists()

    def test_where_the_settings_name_no_storage_it_is_in_the_data_folder(self, settings: Any, folder: Path) -> None:
        settings.STORAGES = {name: value for name, value in settings.STORAGES.items() if name != "snapshots"}
        assert (folder / keep(b"said").path).is_file()


class TestFilesAreThereWholeOrNotAtAll:
    def test_a_write_that_fails_half_way_leaves_nothing(self, folder: Path) -> None:
        class Breaking(ContentFile):
            def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
                yield b"half"
                raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space left"):
            ArchiveStorage().save("ab/file", Breaking(b"half of it"))
        assert not [path for path in folder.rglob("*") if path.is_file()]

    def test_what_is_written_is_flushed_with_the_folder_that_names_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flushed: list[str] = []
        fsync = os.fsync

        def noting(descriptor: int) -> None:
            flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", noting)
        ArchiveStorage().save("ab/file", File(io.BytesIO(b"content")))
        assert flushed[-2].endswith(".part")
        assert flushed[-1] == str(folder / "ab")
        assert str(folder) in flushed

    @pytest.mark.django_db
    def test_no_row_without_its_file(self, settings: Any) -> None:
        settings.DATA_DIR = "/proc/nowhere"
        with pytest.raises(OSError, match="nowhere"):
            keep(b"said")
        assert not Snapshot.objects.exists()


@pytest.mark.django_db
class TestVerifying:
    def test_a_sound_archive(self) -> None:
        keep(page(1)), keep(page(1, " more")), keep(b"other", "https://example.org/other")
        told = verify()
        assert (told["snapshots"], told["sound"], told["problems"], told["error"]) == (3, 3, [], "")
        assert told["received_bytes"] == sum(Snapshot.objects.values_list("size_bytes", flat=True))

    def test_an_empty_archive(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("verify_archive")
        assert capsys.readouterr().out == "0 snapshots.\n"

    def test_a_missing_file(self, folder: Path) -> None:
        keep(b"other", "https://example.org/other")
        kept = keep(b"said")
        (folder / kept.path).unlink()
        told = verify()
        assert told["error"] == "1 of 2 snapshots are not what was received."
        assert [(problem["state"], problem["sha256"]) for problem in told["problems"]] == [("missing", kept.sha256)]

    @pytest.mark.parametrize(
        "content",
        [b"", b"rubbish", zstd.compress(b"sent"), zstd.compress(b"said and more"), zstd.compress(bytes(100_000_000))],
        ids=["emptied", "rubbish", "other words", "longer", "a bomb"],
    )
    def test_an_altered_file(self, folder: Path, content: bytes) -> None:
        kept = keep(b"said")
        (folder / kept.path).write_bytes(content)
        told = verify()
        assert (told["altered"], told["sound"]) == (1, 0)
        assert kept.path in told["problems"][0]["problem"]

    def test_a_flipped_bit_anywhere(self, folder: Path) -> None:
        kept = keep(b"Almost 13,500 people were returned since 5 July.")
        path = folder / kept.path
        sound = path.read_bytes()
        noticed = 0
        for position in range(len(sound)):
            path.write_bytes(sound[:position] + bytes([sound[position] ^ 1]) + sound[position + 1 :])
            try:
                # A bit of the frame's header may say the same thing in another way.
                assert archive.read(kept) == b"Almost 13,500 people were returned since 5 July."
            except archive.Damaged:
                noticed += 1
        assert noticed > 0.9 * len(sound)

    def test_all_that_rests_on_a_damaged_file_is_named(self, folder: Path) -> None:
        first, second = keep(page(1)), keep(page(1, " more"))
        (folder / first.path).write_bytes(b"rubbish")
        assert {problem["sha256"] for problem in verify()["problems"]} == {first.sha256, second.sha256}

    def test_however_much_there_is_little_is_held_at_once(self) -> None:
        for number in range(60):
            keep(random.Random(number).randbytes(200_000), f"https://example.org/{number}")
        tracemalloc.start()
        assert verify()["sound"] == 60
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3_000_000

    def test_some_of_it_by_the_beginning_of_the_hash(self) -> None:
        kept = keep(b"said")
        keep(b"other", "https://example.org/other")
        assert verify("--hash", kept.sha256[:12])["snapshots"] == 1

    def test_as_a_table(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        kept = keep(b"said")
        keep(b"other", "https://example.org/other")
        (folder / kept.path).unlink()
        with pytest.raises(CommandError, match="1 of 2 snapshots are not what was received"):
            call_command("verify_archive")
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == f"missing    {kept.sha256}  {kept.path} is missing."
        assert lines[1] == "2 snapshots: 1 sound, 1 missing."

    def test_a_file_that_no_snapshot_names_is_told_once_it_is_a_day_old(self, folder: Path) -> None:
        keep(b"said")
        stray = folder / "ab" / "left-over.zst"
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"left over")
        assert verify()["strays"] == []
        os.utime(stray, (0, 0))
        assert (verify()["strays"], verify()["error"]) == (["ab/left-over.zst"], "")


class TestRemoving:
    @pytest.mark.django_db(transaction=True)
    def test_bytes_go_after_the_commit_and_stay_if_there_is_none(self, folder: Path) -> None:
        kept = keep(b"said")
        with transaction.atomic():
            assert archive.remove_unused([kept.pk]) == 1
            transaction.set_rollback(True)
        assert archive.read(Snapshot.objects.get()) == b"said"
        archive.remove_unused([kept.pk])
        assert not (folder / kept.path).exists()

    @pytest.mark.django_db(transaction=True)
    def test_bytes_that_come_again_between_the_commit_and_the_removal_of_the_file(self) -> None:
        kept = keep(b"said")
        again: list[Snapshot] = []
        with transaction.atomic():
            transaction.on_commit(lambda: again.append(keep(b"said")))
            archive.remove_unused([kept.pk])
        assert archive.read(Snapshot.objects.get()) == b"said"
        assert again == [Snapshot.objects.get()]

    @pytest.mark.django_db(transaction=True)
    def test_what_others_differ_from_stays_and_goes_with_them(self) -> None:
        first, second = keep(page(1)), keep(page(1, " more"))
        assert archive.remove_unused([first.pk]) == 0
        assert archive.read(second) == page(1, " more")
        assert archive.remove_unused([first.pk, second.pk]) == 2

    @pytest.mark.many_writers
    @pytest.mark.django_db(transaction=True)
    def test_keeping_and_removing_at_once(self) -> None:
        bodies = [page(number % 3, *[" more"] * (number // 3)) for number in range(6)]
        stop = threading.Event()
        faults: list[BaseException] = []

        def work(step: Any) -> None:
            try:
                while not stop.is_set():
                    step()
            except BaseException as error:
                faults.append(error)
            finally:
                connection.close()

        def keep_all() -> None:
            for number, body in enumerate(bodies):
                keep(body, f"https://example.org/{number % 3}")

        def remove_all() -> None:
            archive.remove_unused(list(Snapshot.objects.values_list("pk", flat=True)))

        threads = [threading.Thread(target=work, args=(step,)) for step in (keep_all, keep_all, remove_all)]
        for thread in threads:
            thread.start()
        stop.wait(2)
        stop.set()
        for thread in threads:
            thread.join()
        assert faults == []
        keep_all()
        assert verify()["sound"] == 6
