"""The file: a tar of members, compressed by Zstandard, sealed by a SHA-256 over all of it, and encrypted if asked.

`tar --zstd -x` unpacks it, after `age -d -i KEY` where it is encrypted. The seal is a frame at the end that programs
for Zstandard skip. Bytes go through a member at a time, both ways.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import sys
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from . import Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_ENCRYPTED = b"age-encryption.org/v1\n"
_COMPRESSED = b"\x28\xb5\x2f\xfd"
#: A frame of 32 bytes that programs for Zstandard skip.
_SEAL = b"\x5e\x2a\x4d\x18\x20\x00\x00\x00"
_SEAL_BYTES = len(_SEAL) + 32
_READ_BYTES = 256 * 1024
_LEVEL = 6
#: Where a member says what it should hash to: a comment for other programs.
_HASH = "comment"


@dataclass(frozen=True)
class Member:
    """One file in the file. A table comes in many members, so that none is large."""

    name: str
    body: bytes = field(repr=False)


def write(path: Path, members: Iterable[Member], encrypt_to: Sequence[str] = ()) -> None:
    """Write members to a new file, which has its name only when it is whole and on the disk.

    `encrypt_to` are public keys of age or SSH. Refused if there is a file of the name, if one is being written there,
    or if a key is none.
    """
    recipients = [_recipient(text) for text in encrypt_to]
    with _aside(path) as file:
        if not recipients:
            for piece in _packed(members):
                file.write(piece)
            return
        source = _Pulled(_packed(members))
        try:
            pyrage.encrypt_io(source, file, recipients)
        except pyrage.EncryptError as error:  # which is all that the library says of an error of ours or of the disk
            raise source.broken or OSError(str(error)) from error


@contextmanager
def opened(path: Path, keys: Sequence[str] = ()) -> Iterator[Iterator[Member]]:
    """The members of a file, one after another. Refused as soon as something is not as it was written.

    `keys` are texts of private keys of age or SSH. The seal is checked only at the end: `check_seal` first.
    """
    with _bytes_of(path, keys) as raw:
        yield _unpacked(io.BufferedReader(_Unsealed(raw), _READ_BYTES))


def check_seal(path: Path, keys: Sequence[str] = ()) -> int:
    """Read all of a file and compare it with its seal. How many bytes it has. Refused if it is not what was written."""
    with _bytes_of(path, keys) as raw:
        unsealed = _Unsealed(raw)
        buffer = bytearray(_READ_BYTES)
        while unsealed.readinto(buffer):
            pass
    return path.stat().st_size


# Writing ---------------------------------------------------------------------------------------------


@contextmanager
def _aside(path: Path) -> Iterator[IO[bytes]]:
    """A file of another name beside, which gets its name at the end of the block unless something went wrong."""
    if path.exists():
        raise Refused(f"There is a {path} already; name another file, or move that one away.")
    part = path.with_name(f"{path.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"Another backup is being written to {path}.") from error
        if not part.exists() or not os.path.samestat(os.fstat(file.fileno()), part.stat()):
            raise Refused(f"Another backup has just been written to {path}.")  # and this file is that one
        try:
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                raise Refused(f"There is a {path} now; it has been left alone.")
            os.rename(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _packed(members: Iterable[Member]) -> Iterator[bytes]:
    seal = hashlib.sha256()
    written = _Written()
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    with (
        zstd.ZstdFile(written, "wb", options=options) as packer,
        tarfile.open(fileobj=packer, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.size = len(member.body)
            entry.mode = 0o600
            entry.pax_headers = {_HASH: hashlib.sha256(member.body).hexdigest()}
            archive.addfile(entry, io.BytesIO(member.body))
            archive.members.clear()  # type: ignore[attr-defined]  # or all of them stay in memory
            piece = written.taken()
            seal.update(piece)
            yield piece
    piece = written.taken()
    seal.update(piece)
    yield piece + _SEAL + seal.digest()


class _Written(io.RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class _Pulled(io.RawIOBase):
    """Reads from pieces that are made as they are asked for. `broken` is what went wrong in making one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""
        self.broken: BaseException | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.broken = error
            raise
        end = len(self._left) if size < 0 else size
        piece, self._left = self._left[:end], self._left[end:]
        return piece


def _recipient(text: str) -> Any:
    kind: Any = pyrage.ssh.Recipient if text.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise Refused(
            f"“{text[:80]}” is no public key to encrypt to: one of age begins with age1, one of SSH with ssh-ed25519 "
            "or ssh-rsa."
        ) from error


# Reading ---------------------------------------------------------------------------------------------


@contextmanager
def _bytes_of(path: Path, keys: Sequence[str]) -> Iterator[IO[bytes]]:
    """What a file holds, decrypted if it is encrypted."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        beginning = file.read(len(_ENCRYPTED))
        file.seek(0)
        if beginning.startswith(_COMPRESSED):
            yield file
        elif beginning != _ENCRYPTED:
            raise Refused(f"{path} is no backup of ours, or its beginning is damaged.")
        elif not keys:
            raise Refused(f"{path} is encrypted: name the file with the private key by --key.")
        else:
            with _decrypted(path, file, [_identity(text) for text in keys]) as plain:
                yield plain


@contextmanager
def _decrypted(path: Path, file: IO[bytes], identities: list[Any]) -> Iterator[IO[bytes]]:
    """The library writes what it decrypts, we read: a thread and a pipe are between."""
    broken: list[BaseException] = []
    reading, writing = os.pipe()

    def decrypt() -> None:
        with open(writing, "wb") as sink:
            try:
                pyrage.decrypt_io(file, sink, identities)
                sink.flush()
            except BaseException as error:  # told by the reader, unless it has seen enough and gone
                broken.append(error)

    thread = threading.Thread(target=decrypt, daemon=True)
    thread.start()
    try:
        with open(reading, "rb") as plain:
            try:
                yield plain
            except Refused as error:
                # Whatever ends too early because it could not be decrypted is told so.
                raise (_not_decrypted(path, broken[0]) if broken else error) from error
    finally:
        thread.join()


def _not_decrypted(path: Path, error: BaseException) -> BaseException:
    if isinstance(error, pyrage.DecryptError | OSError):
        return Refused(f"{path} cannot be decrypted: it is not for this key, or it is damaged ({error}).")
    return error


def _identity(text: str) -> Any:
    """The private key that a file of age's or SSH's holds."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        if lines and lines[0].startswith("AGE-SECRET-KEY-"):
            return pyrage.x25519.Identity.from_str(lines[0].strip())
        return pyrage.ssh.Identity.from_buffer(text.encode())
    except pyrage.IdentityError as error:
        raise Refused(f"The key is neither one of age nor one of SSH without a passphrase ({error}).") from error


class _Unsealed(io.RawIOBase):
    """What is before the seal. At the end Refused if the seal is missing or is that of other bytes."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._hash = hashlib.sha256()
        self._held = b""
        self._read: Callable[[int], bytes] = getattr(raw, "read1", raw.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._held) <= _SEAL_BYTES and (more := self._read(_READ_BYTES)):
            self._held += more
        count = min(len(buffer), len(self._held) - _SEAL_BYTES)
        if count <= 0:
            if self._held != _SEAL + self._hash.digest():
                raise Refused("The backup is damaged: its bytes are not those that were written, or some are missing.")
            return 0
        buffer[:count] = self._held[:count]
        self._hash.update(self._held[:count])
        self._held = self._held[count:]
        return count


def _unpacked(sealed: IO[bytes]) -> Iterator[Member]:
    try:
        with zstd.ZstdFile(sealed, "rb") as unpacker, tarfile.open(fileobj=unpacker, mode="r|") as archive:
            for entry in archive:
                archive.members.clear()  # type: ignore[attr-defined]
                file = archive.extractfile(entry)
                body = file.read() if file else b""
                if entry.pax_headers.get(_HASH) != hashlib.sha256(body).hexdigest():
                    raise Refused(f"{entry.name} in the backup is not what was put there.")
                yield Member(entry.name, body)
            while unpacker.read(_READ_BYTES):
                pass
    except (tarfile.TarError, zstd.ZstdError, EOFError) as error:
        raise Refused(f"The backup is damaged: it cannot be unpacked ({error}).") from error
