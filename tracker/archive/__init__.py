"""The bytes as received, compressed and named by their hash, so that a quote can be proved later.

Each row of `Snapshot` has a file of its own name, which nothing else ever uses: so taking one away cannot take
what is being put there at the same moment.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from tracker.fetching import Response
from tracker.models import Snapshot
from tracker.reading.sanitise import without_control_characters

from . import packing
from .storage import storage

#: Headers that say something of the document; the rest is about the connection.
KEPT_HEADERS = (
    *("Content-Type", "Content-Language", "Content-Location", "Content-Disposition", "Date", "Age", "ETag"),
    *("Last-Modified", "Expires", "Cache-Control", "Link", "Server"),
)
MAX_HEADER_CHARACTERS = 2000
_REMOVED_AT_ONCE = 200
_TRIES = 10


class Damaged(Exception):
    """What lies in the archive is not what was put there."""


class Missing(Damaged):
    """Nothing lies there."""


class Discarded(Damaged):
    """The bytes were given up by the rules of retention."""


def keep(response: Response, fetched_at: dt.datetime) -> Snapshot:
    """Store the body of `response`, once however often it comes."""
    sha256 = hashlib.sha256(response.body).hexdigest()
    for _ in range(_TRIES):  # somebody else may store, or remove, the same bytes meanwhile
        if known := _kept_again(sha256, response.body, fetched_at):
            return known
        try:
            return _kept_first(sha256, response, fetched_at)
        except IntegrityError as error:
            refused = error
    raise refused


def read(snapshot: Snapshot) -> bytes:
    """The bytes of `snapshot` as received. Raises Damaged if they are missing, changed or given up."""
    if snapshot.discarded_at:
        raise Discarded(f"The bytes of {snapshot.sha256} were discarded on {snapshot.discarded_at:%d %B %Y}.")
    base = read(snapshot.base) if snapshot.base else None
    packed = _packed(snapshot)
    try:
        body = packing.unpacked(packed, snapshot.size_bytes, base)
    except packing.NotUnpackable as error:
        raise Damaged(f"{snapshot.path} does not hold what was stored under its name: {error}.") from error
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise Damaged(f"{snapshot.path} does not hold what was stored under its name: the hash differs.")
    return body


@transaction.atomic
def remove_unused(keys: Collection[int]) -> int:
    """Remove those of the snapshots with these keys that nothing points to; their bytes go after the commit.

    How many there were.
    """
    removed = 0
    # What is stored as a difference goes first, so that what it differs from may go too.
    for is_whole in (False, True):
        for batch in _batches(keys):
            here = Snapshot.objects.filter(pk__in=batch, base__isnull=is_whole)
            locked = list(here.order_by("pk").select_for_update().values_list("pk", flat=True))
            unused = list(Snapshot.objects.filter(pk__in=locked).unused())
            Snapshot.objects.filter(pk__in=[snapshot.pk for snapshot in unused]).delete()
            _delete_after_commit([snapshot.path for snapshot in unused if snapshot.path])
            removed += len(unused)
    return removed


@transaction.atomic
def discard(keys: Collection[int], now: dt.datetime) -> int:
    """Give up the bytes of the snapshots with these keys and keep what is said of them: hash, address, headers.

    One that others differ from stays as long as one of them does. How many were given up.
    """
    discarded = 0
    for is_whole in (False, True):
        for batch in _batches(keys):
            here = Snapshot.objects.filter(pk__in=batch, base__isnull=is_whole, discarded_at=None, variants=None)
            going = dict(here.order_by("pk").select_for_update(of=("self",)).values_list("pk", "path"))
            Snapshot.objects.filter(pk__in=going).update(path="", base=None, stored_bytes=0, discarded_at=now)
            _delete_after_commit(list(going.values()))
            discarded += len(going)
    return discarded


def _batches(keys: Collection[int]) -> Iterator[list[int]]:
    in_order = sorted(keys)
    for start in range(0, len(in_order), _REMOVED_AT_ONCE):
        yield in_order[start : start + _REMOVED_AT_ONCE]


def url_key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


@dataclass(frozen=True)
class _Stored:
    path: str
    stored_bytes: int
    base: Snapshot | None


def _kept_again(sha256: str, body: bytes, now: dt.datetime) -> Snapshot | None:
    """The snapshot of bytes that came before, marked as come again, so that nobody prunes it now."""
    known = Snapshot.objects.filter(sha256=sha256).select_related("base").order_by().first()
    if known is None or not Snapshot.objects.filter(pk=known.pk).update(last_kept_at=now):
        return None
    if known.discarded_at or not storage().exists(known.path):
        stored = _store(sha256, body, base=None)
        known.path, known.stored_bytes, known.base, known.discarded_at = stored.path, stored.stored_bytes, None, None
        known.save(update_fields=["path", "stored_bytes", "base", "discarded_at"])
    return known


def _kept_first(sha256: str, response: Response, now: dt.datetime) -> Snapshot:
    key = url_key(response.final_url) if response.final_url else ""
    stored = _store(sha256, response.body, base=_earlier_version(key, len(response.body)) if key else None)
    try:
        with transaction.atomic():
            if stored.base:  # held, so that it cannot be removed before this is committed
                Snapshot.objects.select_for_update(no_key=True).get(pk=stored.base.pk, path=stored.base.path)
            return Snapshot.objects.create(
                sha256=sha256,
                path=stored.path,
                base=stored.base,
                size_bytes=len(response.body),
                stored_bytes=stored.stored_bytes,
                content_type=without_control_characters(response.content_type)[:200],
                url=response.final_url,
                url_key=key,
                headers=_headers(response),
                fetched_at=now,
                last_kept_at=now,
            )
    except Snapshot.DoesNotExist as error:
        storage().delete(stored.path)
        raise IntegrityError(f"{stored.base} was removed meanwhile.") from error
    except BaseException:
        storage().delete(stored.path)
        raise


def _earlier_version(key: str, body_bytes: int) -> Snapshot | None:
    """The last snapshot of the same address that is stored whole, if it can be compared with."""
    whole = Snapshot.objects.filter(url_key=key, base=None, discarded_at=None).order_by("-fetched_at", "-pk")
    last = whole.first()
    return last if last and packing.can_be_compared(body_bytes, last.size_bytes) else None


def _store(sha256: str, body: bytes, base: Snapshot | None) -> _Stored:
    packed, used = packing.whole(body), None
    if base:
        try:
            difference = packing.difference(body, read(base))
        except Damaged:  # verify_archive will tell; what comes now must stand by itself
            difference = packed
        if len(difference) <= packing.WORTHWHILE_SHARE * len(packed):
            packed, used = difference, base
    # The name says by itself what is needed to unpack it.
    origin = f".from-{used.sha256}" if used else ""
    name = f"{sha256[:2]}/{sha256}{origin}.{uuid.uuid4().hex[:8]}.zst"
    return _Stored(storage().save(name, ContentFile(packed)), len(packed), used)


def _packed(snapshot: Snapshot) -> bytes:
    try:
        with storage().open(snapshot.path, "rb") as file:
            # Compression never adds more than this; what is longer was put there by somebody else.
            packed: bytes = file.read(snapshot.size_bytes + 64 * 1024)
    except FileNotFoundError as error:
        raise Missing(f"{snapshot.path} is missing.") from error
    except OSError as error:
        raise Damaged(f"{snapshot.path} cannot be read: {error}.") from error
    return packed


def _delete_after_commit(paths: list[str]) -> None:
    def delete() -> None:
        for path in paths:
            storage().delete(path)

    transaction.on_commit(delete)


def _headers(response: Response) -> dict[str, str]:
    return {
        name: without_control_characters(response.headers[name])[:MAX_HEADER_CHARACTERS]
        for name in KEPT_HEADERS
        if name in response.headers
    }
