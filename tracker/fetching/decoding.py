"""Undoing the compression of answers piece by piece, so that a small bomb fills no memory.

An answer that stops before its compressed data ends is broken, not short: half a page must never look like an
edit.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

import brotli
from backports import zstd

#: What we say that we understand.
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
PIECE_BYTES = 64 * 1024
#: Nobody compresses twice in earnest.
MAX_CODINGS = 2
#: What RFC 9659 lets a sender ask of a receiver: 8 MiB of memory.
ZSTANDARD_WINDOW_LOG = 23

_GZIP_START = b"\x1f\x8b"
_PLAIN = {"", "identity", "none"}


class BrokenCompression(ValueError):
    """The body does not unpack, or not to its end."""


def unpacked(chunks: Iterable[bytes], content_encoding: str) -> Iterator[bytes]:
    """The pieces that `chunks` unpack to by the header Content-Encoding, each of about PIECE_BYTES or less.

    Raises BrokenCompression.
    """
    codings = [coding.strip().lower() for coding in content_encoding.split(",")]
    codings = [coding for coding in codings if coding not in _PLAIN]
    if len(codings) > MAX_CODINGS:
        raise BrokenCompression(f"it is compressed {len(codings)} times over")
    pieces = iter(chunks)
    for coding in reversed(codings):
        if coding not in _UNPACKERS:
            raise BrokenCompression(f"nothing is known of the coding {coding[:40]!r}")
        pieces = _UNPACKERS[coding](pieces)
    return pieces


def _gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Members one after another; what follows them and is none is left alone, as others do."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    at_end = True
    over = False
    for chunk in chunks:
        data = b"" if over else chunk
        while data:
            if at_end and unpacker.eof:
                unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            yield from _inflated(unpacker, data)
            data, at_end = unpacker.unused_data, unpacker.eof
            if at_end and data and not data.startswith(_GZIP_START[: len(data)]):
                over, data = True, b""
    if not at_end:
        raise BrokenCompression("its gzip data breaks off")


def _deflate(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """With zlib's header, as it should be, or without, as some servers send it."""
    start = b""
    unpacker = None
    for chunk in chunks:
        start += chunk
        if unpacker is None and len(start) < 2:
            continue
        if unpacker is None:
            has_header = start[0] & 0x0F == 8 and int.from_bytes(start[:2]) % 31 == 0
            unpacker = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
        if not unpacker.eof:
            yield from _inflated(unpacker, start)
        start = b""
    if start or (unpacker and not unpacker.eof):
        raise BrokenCompression("its deflate data breaks off")


def _inflated(unpacker: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        try:
            piece = unpacker.decompress(data, PIECE_BYTES)
        except zlib.error as error:
            raise BrokenCompression(str(error)) from error
        if piece:
            yield piece
        data = unpacker.unconsumed_tail
        if unpacker.eof or (not data and len(piece) < PIECE_BYTES):
            return


def _brotli(chunks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    started = False
    for chunk in chunks:
        data, started = chunk, True
        while not unpacker.is_finished():
            try:
                piece = unpacker.process(data, output_buffer_limit=PIECE_BYTES)
            except brotli.error as error:
                raise BrokenCompression(str(error)) from error
            data = b""
            if not piece and unpacker.can_accept_more_data():
                break
            if piece:
                yield piece
    if started and not unpacker.is_finished():
        raise BrokenCompression("its Brotli data breaks off")


def _zstandard(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Frames one after another."""
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: ZSTANDARD_WINDOW_LOG}
    unpacker = zstd.ZstdDecompressor(options=options)
    at_end = True
    for chunk in chunks:
        data = chunk
        while data or not (unpacker.needs_input or unpacker.eof):
            if unpacker.eof:
                unpacker = zstd.ZstdDecompressor(options=options)
            try:
                piece = unpacker.decompress(data, max_length=PIECE_BYTES)
            except zstd.ZstdError as error:
                raise BrokenCompression(str(error)) from error
            if piece:
                yield piece
            data, at_end = unpacker.unused_data if unpacker.eof else b"", unpacker.eof
    if not at_end:
        raise BrokenCompression("its Zstandard data breaks off")


_UNPACKERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstandard,
}
