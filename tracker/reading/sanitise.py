"""What comes from outside, made harmless before it is kept."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import nh3

MAX_TITLE_LENGTH = 500
MAX_ADDRESS_LENGTH = 2000

#: What ends lines, steers terminals or turns text around unseen, and halves of surrogate pairs. Tab and line feed stay.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x90\x9b-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_WHITE_SPACE = re.compile("[ \t\r\n\x85\u2028\u2029]+")
_ACTIVE = re.compile(r"<\s*/?\s*(script|style|iframe|object|embed|svg|math|img|meta|link|form)\b", re.IGNORECASE)


def without_control_characters(text: str) -> str:
    return _CONTROL.sub("", text)


def title_line(title: str, *, is_markup: bool) -> str:
    """A title on one line, without tags, at most MAX_TITLE_LENGTH characters.

    In plain titles a "<" is meant as such, unless it opens something that runs or loads.
    """
    if is_markup or _ACTIVE.search(title):
        title = unescape(nh3.clean(title, tags=set()))
    line = _WHITE_SPACE.sub(" ", without_control_characters(title)).strip()
    return line if len(line) <= MAX_TITLE_LENGTH else line[: MAX_TITLE_LENGTH - 1].rstrip() + "…"


def web_address(address: str) -> str:
    """`address` if it is one that a page may link to, else nothing."""
    address = address.strip()
    if len(address) > MAX_ADDRESS_LENGTH or without_control_characters(address) != address or " " in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme.lower() in {"http", "https"} and parts.hostname else ""
