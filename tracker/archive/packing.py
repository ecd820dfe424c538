"""Bytes to what is stored of them, and back. Pure.

Zstandard, which any `zstd` unpacks: `zstd -d FILE`, or `zstd -d -D BASE FILE` where only the difference from an
older version of the same document is stored. Files of archives begun earlier are gzip.
"""

from __future__ import annotations

import sys
import zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: As small as gzip's best on the pages and feeds that it was measured with, in less than half the time.
LEVEL = 6
#: Larger bodies are files rather than pages, and comparing two of them takes too much memory.
MAX_COMPARED_BYTES = 2 * 1024 * 1024
#: Less is not worth comparing.
MIN_COMPARED_BYTES = 100
#: A difference is worth it when it takes at most this share of what the whole would take.
WORTHWHILE_SHARE = 0.5


class NotUnpackable(Exception):
    """These bytes do not unpack. `str(error)` says what is wrong with them."""


def whole(body: bytes) -> bytes:
    return zstd.compress(body, LEVEL)


def difference(body: bytes, base: bytes) -> bytes:
    """What turns `base` into `body`."""
    return zstd.compress(body, LEVEL, zstd_dict=_as_prefix(base))


def can_be_compared(body_bytes: int, base_bytes: int) -> bool:
    return all(MIN_COMPARED_BYTES <= size <= MAX_COMPARED_BYTES for size in (body_bytes, base_bytes))


def unpacked(packed: bytes, size_bytes: int, base: bytes | None = None) -> bytes:
    """The body of `size_bytes` that `packed` holds; never more is unpacked than that. Raises NotUnpackable."""
    try:
        return _gunzipped(packed, size_bytes) if packed.startswith(b"\x1f\x8b") else _unpacked(packed, size_bytes, base)
    except (zstd.ZstdError, zlib.error, EOFError) as error:
        raise NotUnpackable(f"it is not compressed as it should be ({error})") from error


def _unpacked(packed: bytes, size_bytes: int, base: bytes | None) -> bytes:
    unpacker = zstd.ZstdDecompressor(None if base is None else _as_prefix(base))
    body = unpacker.decompress(packed, size_bytes + 1)
    return _of_size(body, size_bytes, ends=unpacker.eof and not unpacker.unused_data)


def _gunzipped(packed: bytes, size_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    body = unpacker.decompress(packed, size_bytes + 1)
    return _of_size(body, size_bytes, ends=unpacker.eof and not unpacker.unused_data)


def _of_size(body: bytes, size_bytes: int, *, ends: bool) -> bytes:
    if len(body) == size_bytes and ends:
        return body
    if len(body) < size_bytes:
        raise NotUnpackable(f"it holds {len(body)} bytes, where {size_bytes} were received")
    raise NotUnpackable(f"it goes on after the {size_bytes} bytes that were received")


def _as_prefix(base: bytes) -> tuple[zstd.ZstdDict, int]:
    return zstd.ZstdDict(base, is_raw=True).as_prefix
