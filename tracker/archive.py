"""The bytes as received, compressed and named by their hash, so that a quote can be proved later."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tracker.fetching import Response
from tracker.models import Snapshot

#: Headers that say something of the document; the rest is about the connection.
KEPT_HEADERS = ("Content-Type", "Content-Language", "Date", "ETag", "Last-Modified", "Expires", "Cache-Control")


class Damaged(Exception):
    """What lies in the archive is not what was put there."""


def keep(response: Response, fetched_at: dt.datetime) -> Snapshot:
    """Store the body of `response` on disk and in the database, once however often it comes."""
    sha256 = hashlib.sha256(response.body).hexdigest()
    path = f"{sha256[:2]}/{sha256[2:4]}/{sha256}.gz"
    _write(_folder() / path, response.body)
    return Snapshot.objects.get_or_create(
        sha256=sha256,
        defaults={
            "path": path,
            "size_bytes": len(response.body),
            "content_type": response.content_type[:200],
            "url": response.final_url,
            "headers": {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
            "fetched_at": fetched_at,
        },
    )[0]


def read(snapshot: Snapshot) -> bytes:
    """The bytes of `snapshot` as received. Raises Damaged if they are missing or changed."""
    try:
        body = gzip.decompress((_folder() / snapshot.path).read_bytes())
    except (OSError, EOFError) as error:
        raise Damaged(f"{snapshot.path} cannot be read: {error}.") from error
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise Damaged(f"{snapshot.path} does not hold what was stored under its name.")
    return body


def remove(snapshot: Snapshot) -> None:
    """Remove `snapshot`; its bytes go when the transaction has been committed."""
    path = _folder() / snapshot.path
    snapshot.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "archive"


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all: written aside, flushed, renamed."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as aside:
        try:
            aside.write(gzip.compress(body, mtime=0))
            aside.flush()
            os.fsync(aside.fileno())
            os.replace(aside.name, path)
        except OSError:
            Path(aside.name).unlink(missing_ok=True)
            raise
