"""Walks every public address: all that the urls name, and all that these lead to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

#: Addresses for staff and for machines that watch the site itself.
NOT_PUBLIC = ("admin/", "static/")
#: Anything that looks like an address of ours, in HTML, XML, JSON or CSV.
_LINK = re.compile(r"""(?:href|src|action|data)="([^"]+)"|(https?://[^\s"'<>\\,]+)""")
#: A parameter of an address, as a path has it and as a regular expression does.
_PARAMETER = re.compile(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>")


def seeds(values: Mapping[str, Sequence[Any]], query: str) -> Iterator[str]:
    """An address for each public pattern and each way to fill it in; what takes no parameter is asked for `query` too.

    KeyError for a parameter that nobody has said how to fill in.
    """
    for route, names in _patterns(get_resolver()):
        addresses = [f"/{route.format(*filled)}" for filled in itertools.product(*(values[name] for name in names))]
        yield from addresses
        if not names:
            yield f"{addresses[0]}?q={query}"


def crawl(client: Client, start: Iterator[str]) -> dict[str, str]:
    """By its address, what each answer says: its text without markup, its headers, and its text as it is."""
    waiting, said = list(dict.fromkeys(start)), {}
    while waiting:
        address = waiting.pop()
        if address in said:
            continue
        answer = client.get(address)
        assert answer.status_code != 500, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        text = body.decode(errors="replace")
        headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        plain = " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())
        said[address] = f"{plain}\n{headers}\n{text}"
        found = [one or other for one, other in _LINK.findall(text)]
        waiting += [own for link in found if (own := _own(address, unescape(link))) and own not in said]
        waiting += [own] if (own := _own(address, answer.headers.get("Location", ""))) else []
    return said


def _own(at: str, link: str) -> str:
    """An address on this site without its fragment; empty for any other."""
    here = urlsplit(settings.BASE_URL).netloc
    parts = urlsplit(urljoin(f"http://testserver{at}", link))
    if parts.netloc not in ("testserver", here) or parts.path.lstrip("/").startswith(NOT_PUBLIC):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, list[str]]]:
    """Each address with `{}` for its parameters, and their names."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if route.startswith(NOT_PUBLIC):
            continue
        if isinstance(pattern, URLPattern):
            names = [one or other for one, other in _PARAMETER.findall(route)]
            yield re.sub(r"[\^$\\]", "", _PARAMETER.sub("{}", route)), names
        else:
            yield from _patterns(pattern, route)
