"""Bytes to text. Never guessed by statistics: that turns pounds into other letters in front of figures."""

from __future__ import annotations

from w3lib.encoding import html_to_unicode


def decoded(body: bytes, content_type: str) -> str:
    """`body` as text, by header, byte order mark or declaration, else UTF-8 if it is that, else Windows-1252."""
    text: str = html_to_unicode(content_type or None, body, auto_detect_fun=_utf8_or_windows)[1]
    return text.removeprefix("\ufeff")


def _utf8_or_windows(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
