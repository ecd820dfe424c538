"""Is everything in the archive still what it was? Each file is read and hashed anew, one at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.core.files.storage import Storage

from tracker.models import Snapshot

from . import Damaged, Missing, read
from .storage import storage

_ROWS_AT_ONCE = 500
#: A file without a row may be about to get one.
YOUNG = dt.timedelta(days=1)


class State(StrEnum):
    SOUND = "sound"
    MISSING = "missing"
    ALTERED = "altered"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Finding:
    """What became of one snapshot. `sentence` says what is wrong with it; empty where nothing is."""

    snapshot: Snapshot
    state: State
    sentence: str = ""

    @property
    def is_bad(self) -> bool:
        return self.state in {State.MISSING, State.ALTERED}


@dataclass
class Totals:
    """How many snapshots are in which state, and what the sound ones take, in bytes as received and as stored."""

    states: Counter[State]
    received_bytes: int = 0
    stored_bytes: int = 0

    @classmethod
    def none(cls) -> Totals:
        return cls(Counter())

    def count(self, finding: Finding) -> None:
        self.states[finding.state] += 1
        if finding.state == State.SOUND:
            self.received_bytes += finding.snapshot.size_bytes
            self.stored_bytes += finding.snapshot.stored_bytes


def examined(sha256_prefix: str = "") -> Iterator[Finding]:
    """Every snapshot (whose hash begins so) read and hashed. Holds no more than two bodies at a time."""
    rows = Snapshot.objects.filter(sha256__startswith=sha256_prefix).select_related("base").order_by("pk")
    last = 0
    while chunk := list(rows.filter(pk__gt=last)[:_ROWS_AT_ONCE]):
        for snapshot in chunk:
            yield _examine(snapshot)
        last = chunk[-1].pk


def strays(now: dt.datetime) -> Iterator[str]:
    """Files that no snapshot names, left by a process that died between the two. None is younger than a day."""
    archive = storage()
    waiting: list[str] = []
    for path in _files(archive, ""):
        waiting.append(path)
        if len(waiting) == _ROWS_AT_ONCE:
            yield from _unnamed(archive, waiting, now)
            waiting = []
    yield from _unnamed(archive, waiting, now)


def _examine(snapshot: Snapshot) -> Finding:
    if snapshot.discarded_at:
        return Finding(snapshot, State.DISCARDED)
    try:
        read(snapshot)
    except Missing as error:
        return Finding(snapshot, State.MISSING, str(error))
    except Damaged as error:
        return Finding(snapshot, State.ALTERED, str(error))
    return Finding(snapshot, State.SOUND)


def _files(archive: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = archive.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _files(archive, f"{folder}/{name}" if folder else name)


def _unnamed(archive: Storage, paths: list[str], now: dt.datetime) -> Iterator[str]:
    # Names begin with the hash, by which rows are found quickly.
    hashes = {path.rpartition("/")[2][:64] for path in paths}
    named = set(Snapshot.objects.filter(sha256__in=hashes).values_list("path", flat=True))
    for path in paths:
        if path in named:
            continue
        try:
            young = now - archive.get_modified_time(path) < YOUNG
        except FileNotFoundError:
            continue
        if not young:
            yield path
