"""Lists of sources as OPML, which feed readers exchange: read, compared with what is watched, added, written.

Feeds are outlines as everybody writes them. What OPML has no words for (other kinds of source, their options,
voices and intervals) stands in attributes of a namespace of ours, which others ignore.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.text import slugify
from lxml import etree

from tracker.fetching import FetchError
from tracker.fetching.guard import checked_address
from tracker.identity import canonical_address
from tracker.models import Republish, Source, Voice
from tracker.reading.sanitise import title_line
from tracker.sources import KindNotAvailable, NotUnderstood, kind_of

MAX_BYTES = 1024 * 1024
MAX_OUTLINES = 5000
NAMESPACE = "urn:pledgewatch:watch"

_NAME_CHARACTERS = 200
_SLUG_CHARACTERS = 120


class NotOpml(Exception):
    """The file is no list of sources. `str(error)` says what it is instead."""


@dataclass(frozen=True)
class Outline:
    """A source as a list names it. `options` is JSON text and `interval` minutes, both as they stand there."""

    name: str
    url: str
    kind: str = Source.Kind.FEED
    publisher: str = ""
    voice: str = ""
    republish: str = ""
    options: str = ""
    interval: str = ""
    paused: bool = False


class Verdict(StrEnum):
    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    """What would become of an outline. `source` is not saved yet where it is new; `reason` says why it is not."""

    outline: Outline
    verdict: Verdict
    reason: str = ""
    source: Source | None = None


def read_opml(body: bytes) -> list[Outline]:
    """The sources that a list names, in its order. The folder that one is in is taken for its publisher.

    Raises NotOpml.
    """
    if len(body) > MAX_BYTES:
        raise NotOpml(f"The file is larger than {MAX_BYTES // 1024**2} MiB.")
    if b"<!DOCTYPE" in body.replace(b"\0", b""):  # also in UTF-16
        raise NotOpml("The file declares a document type, which lists of sources have no use for. It is refused.")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise NotOpml(f"The file is not XML that can be read: {error.msg}.") from error
    bodies = [child for child in root if _tag(child) == "body"]
    if _tag(root) != "opml" or not bodies:
        raise NotOpml("The file is XML, but no OPML.")
    outlines = list(_outlines(bodies[0]))
    if len(outlines) > MAX_OUTLINES:
        raise NotOpml(f"The file names {len(outlines)} sources; at most {MAX_OUTLINES} are taken at once.")
    return outlines


def plan(
    outlines: Sequence[Outline], now: dt.datetime, *, voice: str = Voice.OFFICIAL, folders: bool = True
) -> list[Planned]:
    """What importing `outlines` would do, one for each. `voice` is for those that name none.

    Without `folders`, the folder that a source is in is not taken for its publisher.
    """
    known = {_key(source.kind, source.url, source.options): source for source in Source.objects.all()}
    slugs = set(Source.objects.values_list("slug", flat=True))
    planned = []
    for outline in outlines:
        try:
            source = _source(outline, now, voice, folders=folders)
        except (FetchError, KindNotAvailable, NotUnderstood) as error:
            planned.append(Planned(outline, Verdict.REFUSED, str(error)))
            continue
        key = _key(source.kind, source.url, source.options)
        if key in known:
            there = known[key]
            said = f"It is watched as “{there.name}”." if there.pk else "The list names it twice."
            planned.append(Planned(outline, Verdict.KNOWN, said, there))
            continue
        source.slug = _free_slug(source, slugs)
        slugs.add(source.slug)
        known[key] = source
        planned.append(Planned(outline, Verdict.NEW, source=source))
    return planned


@transaction.atomic
def add(planned: Sequence[Planned]) -> list[Source]:
    """Add what is new. They are looked at from now on."""
    sources = [each.source for each in planned if each.verdict == Verdict.NEW and each.source]
    for source in sources:
        source.save(force_insert=True)
    return sources


def write_opml(sources: Iterable[Source], title: str, now: dt.datetime) -> bytes:
    """`sources` as OPML 2.0, in a folder for each publisher."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"watch": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = title
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {"": body}
    for source in sorted(sources, key=lambda source: (source.publisher.casefold(), source.name.casefold(), source.pk)):
        if source.publisher not in folders:
            folders[source.publisher] = etree.SubElement(body, "outline", {"text": source.publisher})
        etree.SubElement(folders[source.publisher], "outline", _attributes(source))
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _attributes(source: Source) -> dict[str, str]:
    is_feed = source.kind == Source.Kind.FEED
    told = {
        "type": "rss" if is_feed else "link",
        "text": source.name,
        "title": source.name,
        "xmlUrl" if is_feed else "url": source.url,
    }
    ours = {
        "kind": "" if is_feed else source.kind,
        "voice": source.voice,
        "republish": source.republish,
        "options": json.dumps(source.options, sort_keys=True) if source.options else "",
        "interval": str(source.fixed_interval_minutes or ""),
        "state": "paused" if source.state == Source.State.PAUSED else "",
    }
    return told | {f"{{{NAMESPACE}}}{name}": value for name, value in ours.items() if value}


def _outlines(body: etree._Element) -> Iterator[Outline]:
    """Depth first, without recursion, since a stranger's list may nest deeply."""
    waiting = [(child, "") for child in reversed(body)]
    while waiting:
        element, folder = waiting.pop()
        if _tag(element) != "outline":
            continue
        told = {str(name).lower(): " ".join(str(value).split()) for name, value in element.attrib.items()}
        own = {
            name: told.get(f"{{{NAMESPACE}}}{name}", "")
            for name in ("kind", "voice", "republish", "options", "interval", "state")
        }
        name = told.get("text") or told.get("title") or ""
        url = told.get("xmlurl") or (told.get("url", "") if own["kind"] else "")
        if url:
            yield Outline(
                name=title_line(name, is_markup=False)[:_NAME_CHARACTERS] or _host(url) or url[:_NAME_CHARACTERS],
                url=url,
                kind=own["kind"] or Source.Kind.FEED,
                publisher=title_line(folder, is_markup=False)[:_NAME_CHARACTERS],
                voice=own["voice"],
                republish=own["republish"],
                options=own["options"],
                interval=own["interval"],
                paused=own["state"] == Source.State.PAUSED,
            )
        waiting += [(child, folder if url else name or folder) for child in reversed(element)]


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _source(outline: Outline, now: dt.datetime, voice: str, *, folders: bool) -> Source:
    """Raises FetchError, KindNotAvailable or NotUnderstood."""
    checked_address(outline.url)
    options = _options(outline.options)
    if outline.kind not in Source.Kind.values:
        raise NotUnderstood(f"There is no kind of source “{outline.kind}”.")
    kind_of(outline.kind).check_options(options)
    said = outline.voice or voice
    if said not in Voice.values:
        raise NotUnderstood(f"There is no voice “{said}”.")
    republish = outline.republish or Republish.usual(said, outline.url)
    if republish not in Republish.values:
        raise NotUnderstood(f"What may be republished is “full” or “quotes”, not “{republish[:20]}”.")
    if outline.interval and not (
        outline.interval.isascii() and outline.interval.isdigit() and 0 < int(outline.interval) < 10**6
    ):
        raise NotUnderstood(f"An interval is a number of minutes, not “{outline.interval[:20]}”.")
    return Source(
        name=outline.name,
        kind=outline.kind,
        url=outline.url,
        publisher=outline.publisher if folders else "",
        voice=said,
        republish=republish,
        options=options,
        fixed_interval_minutes=int(outline.interval) if outline.interval else None,
        state=Source.State.PAUSED if outline.paused else Source.State.ACTIVE,
        next_due_at=now,
    )


def _options(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"Its options are not JSON: {error}.") from error
    if not isinstance(options, dict):
        raise NotUnderstood("Its options are no JSON object.")
    return options


def _key(kind: str, url: str, options: dict[str, Any]) -> tuple[str, str, str]:
    return kind, canonical_address(url), json.dumps(options, sort_keys=True)


def _free_slug(source: Source, taken: set[str]) -> str:
    plain = slugify(source.name) or slugify(_host(source.url)) or "source"
    number, slug = 1, plain[:_SLUG_CHARACTERS]
    while slug in taken:
        number += 1
        slug = f"{plain[: _SLUG_CHARACTERS - 6]}-{number}"
    return slug


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
