"""Where the archive lies: the storage that the settings call “snapshots”, or a folder under DATA_DIR."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, InvalidStorageError, Storage, storages

ALIAS = "snapshots"


class ArchiveStorage(FileSystemStorage):
    """Files that are there whole or not at all, and still there after the power failed.

    In `location`, or else in DATA_DIR/archive.
    """

    @property
    def base_location(self) -> str:
        if self._location is not None:  # type: ignore[attr-defined]
            return str(self._location)  # type: ignore[attr-defined]
        if folder := getattr(settings, "DATA_DIR", None):
            return str(Path(folder) / "archive")
        raise ImproperlyConfigured("The archive needs a place: set DATA_DIR, or STORAGES[“snapshots”].")

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)

    def _save(self, name: str, content: File[bytes]) -> str:
        """Written aside, flushed and given its name; then the folder that holds the name is flushed."""
        target = Path(self.path(name))
        _make(target.parent)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as aside:
            try:
                for chunk in content.chunks():
                    aside.write(chunk)
                aside.flush()
                os.fchmod(aside.fileno(), 0o644)
                os.fsync(aside.fileno())
                os.replace(aside.name, target)
            except BaseException:
                Path(aside.name).unlink(missing_ok=True)
                raise
        _flush(target.parent)
        return name


def storage() -> Storage:
    try:
        return storages[ALIAS]
    except InvalidStorageError:
        if ALIAS in storages.backends:
            raise
        return ArchiveStorage()


def _make(folder: Path) -> None:
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush(folder.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
