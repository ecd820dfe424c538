"""What is not read at all, decided by its bytes before a parser makes a tree of it.

A parser makes hundreds of bytes of each tag, attribute or value of a few bytes. What passes here takes no poll
beyond the memory that it may take; what people write for readers is far below these bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise

#: Of a document that is parsed. Files with a form of their own are read elsewhere, in a process of their own.
MAX_DOCUMENT_BYTES = 6 * 1024 * 1024
#: Of one item of a feed, or one text in JSON.
MAX_PIECE_BYTES = 1536 * 1024
#: Of a document that is neither, for it may be one text.
MAX_PAGE_BYTES = 3 * 1024 * 1024
#: Tags, closing tags and comments.
MAX_TAGS = 160_000
#: `&amp;` and the like, which may be tags once more when they are resolved.
MAX_REFERENCES = 700_000
#: Signs of equality, of which each attribute has one: in all, and in one tag.
MAX_EQUALS = 100_000
MAX_EQUALS_IN_A_TAG = 2_000
#: Lists and objects of JSON, and quotation marks.
MAX_JSON_NESTS = 100_000
MAX_JSON_QUOTES = 800_000

_FILES = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_JSON = re.compile(rb"[\s\xef\xbb\xbf]*[\[{]")
_QUOTE = re.compile(rb'(?<!\\)"')
_ITEM = re.compile(rb"<(?:!\[CDATA\[|!--|\?|(?P<item>/?(?:[\w.-]+:)?(?:item|entry)[\s/>]))", re.IGNORECASE)
_ASIDES = {b"<![": b"]]>", b"<!-": b"-->", b"<?": b"?>"}
_LONG_TAG = re.compile(rb"<[^<]{%d,}" % (3 * MAX_EQUALS_IN_A_TAG))


def too_much(body: bytes, *, item_by_item: bool = False) -> str:
    """Why `body` is not read, as a sentence. Empty if it may be.

    With `item_by_item`, JSON is not built as a whole, so that it may hold any number of things.
    """
    if body.startswith(_FILES):
        return ""
    by_item = item_by_item and _JSON.match(body) is not None
    if len(body) > MAX_DOCUMENT_BYTES and not by_item:
        return f"It is larger than {MAX_DOCUMENT_BYTES // 1024**2} MiB."
    if len(body) > MAX_PIECE_BYTES:
        longest = max(_pieces(body))
        if longest == len(body) > MAX_PAGE_BYTES:
            return (
                f"It is one page of more than {MAX_PAGE_BYTES // 1024**2} MiB, which takes more memory than a poll may."
            )
        if MAX_PIECE_BYTES < longest < len(body):
            return f"It holds one text of more than {MAX_PIECE_BYTES / 1024**2:g} MiB."
    if by_item:
        return ""
    if body.count(b"<") > MAX_TAGS:
        return f"It holds more than {MAX_TAGS:,} tags, which nothing does that is made for readers."
    if body.count(b"&") > MAX_REFERENCES:
        return f"It holds more than {MAX_REFERENCES:,} references to characters."
    if body.count(b"=") > MAX_EQUALS or any(
        tag[0].count(b"=") > MAX_EQUALS_IN_A_TAG for tag in _LONG_TAG.finditer(body)
    ):
        return "It holds more attributes than anything does that is made for readers."
    if _JSON.match(body) and (
        body.count(b"{") + body.count(b"[") > MAX_JSON_NESTS or body.count(b'"') > MAX_JSON_QUOTES
    ):
        return "It holds more lists and objects than anything does that is made for readers."
    return ""


def _pieces(body: bytes) -> Iterator[int]:
    """The lengths of what `body` is made of: one, if it is neither a feed nor JSON."""
    breaks = (match.start() for match in _QUOTE.finditer(body)) if _JSON.match(body) else _items(body)
    return (after - before for before, after in pairwise(chain((0,), breaks, (len(body),))))


def _items(body: bytes) -> Iterator[int]:
    """Where the items of a feed begin and end, but for what only looks so in literal text and comments."""
    at = 0
    while found := _ITEM.search(body, at):
        at = found.end()
        if found["item"]:
            yield found.start()
        else:
            end = body.find(_ASIDES[found[0][:3] if found[0][:2] == b"<!" else found[0]], at)
            at = end if end >= 0 else len(body)
