"""What the demonstration source serves: an Atom feed, a page for each release, and a page that says what it is.

Pure: releases and the address of the source in, bytes out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from commitments.demo.releases import BulletList, DemonstrationRelease

ATOM = "http://www.w3.org/2005/Atom"
XHTML = "http://www.w3.org/1999/xhtml"

TITLE = "Demonstration releases"
EXPLANATION = (
    "These are demonstration texts. Each is a paraphrase, written for this demonstration, of facts that were "
    "published elsewhere; none of them is the original, and nobody is quoted."
)

#: An id must not change with the port that the source happens to use. RFC 4151 wants a name and a year.
FEED_ID = "tag:demonstration.invalid,2024:releases"

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("xhtml", XHTML)


@dataclass(frozen=True)
class Document:
    """What is at one address."""

    content_type: str
    body: bytes

    @property
    def etag(self) -> str:
        """Changes exactly when the body does."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def documents(releases: Sequence[DemonstrationRelease], base_url: str) -> dict[str, Document]:
    """Every document by its path. At least one release, newest first; `base_url` without a slash at its end."""
    pages = {f"/releases/{release.slug}": _html(_release_page(release)) for release in releases}
    return {
        "/": _html(_front_page(releases)),
        "/feed.atom": Document("application/atom+xml; charset=utf-8", _xml(_feed(releases, base_url))),
        **pages,
    }


def _feed(releases: Sequence[DemonstrationRelease], base_url: str) -> ElementTree.Element:
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", TITLE)
    _add(feed, "subtitle", EXPLANATION)
    _add(feed, "id", FEED_ID)
    _add(feed, "updated", _instant(releases[0].published_at))
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base_url}/feed.atom")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base_url}/")
    author = _add(feed, "author")
    _add(author, "name", TITLE)
    for release in releases:
        entry = _add(feed, "entry")
        _add(entry, "title", release.title)
        _add(entry, "id", f"{FEED_ID}/{release.slug}")
        _add(entry, "link", rel="alternate", type="text/html", href=f"{base_url}/releases/{release.slug}")
        _add(entry, "published", _instant(release.published_at))
        _add(entry, "updated", _instant(release.published_at))
        content = _add(entry, "content", type="xhtml")
        _add_body(ElementTree.SubElement(content, f"{{{XHTML}}}div"), release, XHTML)
    return feed


def _release_page(release: DemonstrationRelease) -> ElementTree.Element:
    page, main = _page(release.title)
    ElementTree.SubElement(main, "h1").text = release.title
    ElementTree.SubElement(
        main, "time", datetime=release.published.isoformat()
    ).text = f"{release.published.day} {release.published:%B %Y}"
    _add_body(ElementTree.SubElement(main, "article"), release)
    footer = ElementTree.SubElement(main, "footer")
    ElementTree.SubElement(footer, "p").text = EXPLANATION
    ElementTree.SubElement(footer, "p").text = f"The facts here are from: {release.paraphrases}."
    return page


def _front_page(releases: Sequence[DemonstrationRelease]) -> ElementTree.Element:
    page, main = _page(TITLE)
    ElementTree.SubElement(main, "h1").text = TITLE
    ElementTree.SubElement(main, "p").text = EXPLANATION
    feed = ElementTree.SubElement(main, "p")
    feed.text = "They are published as a feed: "
    ElementTree.SubElement(feed, "a", href="/feed.atom").text = "feed.atom"
    listing = ElementTree.SubElement(main, "ul")
    for release in releases:
        item = ElementTree.SubElement(listing, "li")
        item.text = f"{release.published.isoformat()} "
        ElementTree.SubElement(item, "a", href=f"/releases/{release.slug}").text = release.title
    return page


def _page(title: str) -> tuple[ElementTree.Element, ElementTree.Element]:
    """An empty page, and the element that takes what it says."""
    page = ElementTree.Element("html", lang="en-GB")
    head = ElementTree.SubElement(page, "head")
    ElementTree.SubElement(head, "meta", charset="utf-8")
    ElementTree.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    ElementTree.SubElement(head, "title").text = title
    return page, ElementTree.SubElement(ElementTree.SubElement(page, "body"), "main")


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element


def _add_body(parent: ElementTree.Element, release: DemonstrationRelease, namespace: str = "") -> None:
    prefix = f"{{{namespace}}}" if namespace else ""
    for block in release.body:
        if isinstance(block, BulletList):
            listing = ElementTree.SubElement(parent, f"{prefix}ul")
            for item in block.items:
                ElementTree.SubElement(listing, f"{prefix}li").text = item
        else:
            ElementTree.SubElement(parent, f"{prefix}p").text = block


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: ElementTree.Element) -> bytes:
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _html(root: ElementTree.Element) -> Document:
    body = b"<!doctype html>\n" + ElementTree.tostring(root, encoding="utf-8", method="html")
    return Document("text/html; charset=utf-8", body)
