"""Compressed answers: unpacked to their end, whatever the coding, and never beyond the limit."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.spy import Spy, reply
from tracker.fetching import FetchFailed, client, fetch
from tracker.fetching.decoding import ACCEPT_ENCODING, PIECE_BYTES, BrokenCompression, unpacked


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def in_pieces(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]
every_coding = pytest.mark.parametrize(("coding", "pack"), PACKERS)


@pytest.fixture
def spy(loopback_allowed: None) -> Iterator[Spy]:
    with Spy() as spy:
        yield spy


def test_the_codings_that_are_offered_are_those_that_are_read() -> None:
    assert set(ACCEPT_ENCODING.split(", ")) <= {coding for coding, _ in PACKERS}


@every_coding
def test_an_answer_comes_unpacked(coding: str, pack: Callable[[bytes], bytes], spy: Spy) -> None:
    body = ("£200 million " * 50_000).encode()
    spy.answers["/"] = reply(pack(body), "200 OK", f"Content-Encoding: {coding}")
    assert fetch(spy.url()).body == body
    assert spy.log[0].headers["accept-encoding"] == ACCEPT_ENCODING.encode()


@every_coding
def test_a_small_bomb_is_stopped_by_what_it_unpacks_to(coding: str, pack: Callable[[bytes], bytes], spy: Spy) -> None:
    bomb = pack(b"\0" * (client.MAX_BODY_BYTES + 1))
    assert len(bomb) < 20_000
    spy.answers["/"] = reply(bomb, "200 OK", f"Content-Encoding: {coding}")
    with pytest.raises(FetchFailed, match="too large"):
        fetch(spy.url())


@every_coding
def test_half_of_it_is_not_taken_for_the_whole(coding: str, pack: Callable[[bytes], bytes], spy: Spy) -> None:
    packed = pack(os.urandom(1000))
    for length in (1, 20, len(packed) - 1):
        spy.answers["/"] = reply(packed[:length], "200 OK", f"Content-Encoding: {coding}")
        with pytest.raises(FetchFailed, match="cannot be undone"):
            fetch(spy.url())


@every_coding
def test_what_is_not_so_compressed(coding: str, pack: Callable[[bytes], bytes], spy: Spy) -> None:
    spy.answers["/"] = reply(b"<html>not compressed at all</html>", "200 OK", f"Content-Encoding: {coding}")
    with pytest.raises(FetchFailed, match="cannot be undone"):
        fetch(spy.url())


@every_coding
@given(body=st.binary(max_size=3000), size=st.integers(1, 500))
def test_however_it_is_cut_on_its_way(coding: str, pack: Callable[[bytes], bytes], body: bytes, size: int) -> None:
    assert b"".join(unpacked(in_pieces(pack(body), size), coding)) == body


@every_coding
@given(junk=st.lists(st.binary(max_size=200), max_size=5))
def test_junk_is_unpacked_or_said_to_be_broken(coding: str, pack: Callable[[bytes], bytes], junk: list[bytes]) -> None:
    for chunks in (junk, [pack(b"a beginning")[:-3], *junk]):
        try:
            assert all(unpacked(chunks, coding))
        except BrokenCompression:
            continue


@every_coding
def test_pieces_stay_small_whatever_they_unpack_to(coding: str, pack: Callable[[bytes], bytes]) -> None:
    pieces = [len(piece) for piece in unpacked([pack(b"\0" * 5_000_000)], coding)]
    assert sum(pieces) == 5_000_000
    assert max(pieces) <= 2 * PIECE_BYTES


def test_members_one_after_another_are_one_text(spy: Spy) -> None:
    for coding, pack in (("gzip", gzip.compress), ("zstd", zstd.compress)):
        spy.answers["/"] = reply(pack(b"one ") + pack(b"two"), "200 OK", f"Content-Encoding: {coding}")
        assert fetch(spy.url()).body == b"one two"


def test_padding_after_gzip_is_left_alone(spy: Spy) -> None:
    spy.answers["/"] = reply(gzip.compress(b"text") + b"\0" * 512, "200 OK", "Content-Encoding: gzip")
    assert fetch(spy.url()).body == b"text"


@pytest.mark.parametrize("coding", ["", "identity", "Identity", "none", " "])
def test_what_is_not_compressed_stays_as_it_is(coding: str, spy: Spy) -> None:
    spy.answers["/"] = reply(b"text", "200 OK", f"Content-Encoding: {coding}")
    assert fetch(spy.url()).body == b"text"


def test_an_empty_answer_is_empty_whatever_it_says(spy: Spy) -> None:
    for coding, _ in PACKERS:
        spy.answers["/"] = reply(b"", "200 OK", f"Content-Encoding: {coding}")
        assert fetch(spy.url()).body == b""


def test_twice_is_undone_twice_and_ten_times_is_refused(spy: Spy) -> None:
    spy.answers["/"] = reply(brotli.compress(gzip.compress(b"text")), "200 OK", "Content-Encoding: gzip, br")
    assert fetch(spy.url()).body == b"text"
    body = b"\0" * 1000
    for _ in range(10):
        body = gzip.compress(body)
    spy.answers["/"] = reply(body, "200 OK", "Content-Encoding: " + ", ".join(["gzip"] * 10))
    with pytest.raises(FetchFailed, match="10 times over"):
        fetch(spy.url())


def test_a_coding_that_nobody_offered_is_not_stored_as_text(spy: Spy) -> None:
    spy.answers["/"] = reply(b"\x1f\x9d\x90", "200 OK", "Content-Encoding: compress")
    with pytest.raises(FetchFailed, match="'compress'"):
        fetch(spy.url())


def test_a_window_that_would_fill_the_memory_is_refused(spy: Spy) -> None:
    greedy = zstd.compress(b"\0" * (1 << 27), options={zstd.CompressionParameter.window_log: 27})
    spy.answers["/"] = reply(greedy, "200 OK", "Content-Encoding: zstd")
    with pytest.raises(FetchFailed, match="memory"):
        fetch(spy.url())
