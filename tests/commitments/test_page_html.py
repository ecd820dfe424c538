"""Every public page is HTML as the standard has it: parsed strictly, each id once, nothing that leads nowhere."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest
from django.test import Client
from html5lib import HTMLParser, treebuilders
from html5lib.html5parser import ParseError
from lxml import etree

from . import every_page

pytestmark = pytest.mark.django_db

#: Attributes that name ids of the same page.
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list")
#: What may stand in elements that take nothing else.
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "tr": {"th", "td", "script", "template"},
    "select": {"option", "optgroup", "hr"},
}
PRESSED = {"a", "button", "input", "select", "textarea", "label", "summary"}
ONLY_WORDS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "strong", "em", "label", "summary", "dt", "button"}
BLOCKS = {"p", "div", "ul", "ol", "dl", "table", "section", "article", "aside", "nav", "form", "figure", "blockquote"}


def faults(html: str) -> list[str]:
    """What is wrong with a document, in words. Empty if nothing is."""
    parser = HTMLParser(tree=treebuilders.getTreeBuilder("lxml"), namespaceHTMLElements=False, strict=True)
    try:
        root = parser.parse(html).getroot()
    except ParseError as error:
        line, column = parser.tokenizer.stream.position()
        return [f"line {line}, column {column}: {error}: {html.splitlines()[line - 1].strip()[:200]}"]
    return [*_of_ids(root), *_of_elements(root)]


def _of_ids(root: etree._Element) -> list[str]:
    ids = Counter(root.xpath("//@id"))
    named = chain.from_iterable(value.split() for name in REFERENCES for value in root.xpath(f"//@{name}"))
    within = (href[1:] for href in root.xpath("//a/@href") if href.startswith("#") and href != "#")
    return [
        *(f"the id {one} stands {count} times" for one, count in ids.items() if count > 1),
        *(f"there is no id {one}" for one in {*named, *within} - set(ids)),
        *(f"the id “{one}” has a space" for one in ids if not one or any(letter.isspace() for letter in one)),
    ]


def _of_elements(root: etree._Element) -> list[str]:
    found = []
    for element in root.iter(etree.Element):
        name, parents = element.tag, {parent.tag for parent in element.iterancestors()}
        children = [child.tag for child in element.iterchildren(etree.Element)]
        found += [f"<{child}> in <{name}>" for child in children if name in CHILDREN and child not in CHILDREN[name]]
        if name in PRESSED and parents & {"a", "button"}:
            found.append(f"<{name}> within something that is pressed itself")
        if name in BLOCKS and parents & ONLY_WORDS:
            found.append(f"<{name}> within {', '.join(sorted(parents & ONLY_WORDS))}")
        if name == "img" and "alt" not in element.attrib:
            found.append("a picture without words")
        if name == "table" and "caption" not in children:
            found.append("a table without a caption")
    heads = root.xpath("/html/head")[0]
    lang, title = root.get("lang"), heads.findtext("title", "").strip()
    return [*found, *([] if lang else ["no language"]), *([] if title else ["no title"])]


def test_every_public_page_is_valid(client: Client) -> None:
    for name, path in every_page.write().items():
        assert faults(client.get(path).content.decode()) == [], name


@pytest.mark.parametrize(
    "body",
    [
        "<p>One<div>Two</div></p>",
        "<ul><p>One</p></ul>",
        '<p id="a">One</p><p id="a">Two</p>',
        '<label for="nobody">One</label>',
        '<a href="/"><a href="/">One</a></a>',
        "<table><tr><p>One</p></tr></table>",
        "<b>One",
        '<p class="a" class="b">One</p>',
        '<img src="/a.png">',
        '<a href="#nowhere">One</a>',
        "<span><div>One</div></span>",
    ],
)
def test_what_is_not_valid_is_found(body: str) -> None:
    assert faults(f'<!doctype html><html lang="en"><head><title>One</title></head><body>{body}</body></html>')
