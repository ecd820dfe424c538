"""The opening of a feed: its first items, cut out before it is parsed, so that a flood is neither slow nor large."""

from __future__ import annotations

import codecs
import re

#: As many items of one document are read.
MOST_ITEMS = 2000

#: Byte order marks, the longest first, of the encodings in which tags do not look like ASCII.
_WIDE = (
    *((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
    *((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
)
_TOKEN = re.compile(
    rb"<!\[CDATA\[|<!--|<\?|<(?P<closes>/?)(?P<name>(?:[\w.-]+:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE
)
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}


def opening(body: bytes, items: int = MOST_ITEMS) -> bytes:
    """`body`, a feed in XML, with its first `items` items and one more, to show that there are others.

    Returned as it is where it has fewer, or is not written as feeds are.
    """
    for mark, encoding in _WIDE:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace").encode()
            cut = _opening(text, items)
            return body if cut is text else mark + cut.decode("utf-8", "replace").encode(encoding)
    return _opening(body, items)


def _opening(body: bytes, items: int) -> bytes:
    found, depth, at = 0, 0, 0
    while token := _TOKEN.search(body, at):
        if aside := _ENDS.get(token[0].upper()):
            end = body.find(aside, token.end())
            if end < 0:
                return body
            at = end + len(aside)
            continue
        end = body.find(b">", token.end())
        if end < 0:
            return body
        at = end + 1
        if token["closes"]:
            depth = max(0, depth - 1)
        elif body[end - 1 : end] != b"/":
            depth += 1
        if depth == 0:
            found += 1
            if found > items:
                return body[:at] + _after_the_last(body, token["name"], at)
    return body


def _after_the_last(body: bytes, name: bytes, at: int) -> bytes:
    """What follows the last of the items called `name`: the ends of what they are in."""
    last = max(body.rfind(b"</" + name, at), body.rfind(b"<" + name, at))
    end = body.find(b">", last) if last >= 0 else -1
    return body[end + 1 :] if end >= 0 else body[at:]
