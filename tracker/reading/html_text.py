"""HTML to the text that a reader sees."""

from __future__ import annotations

import re
from html import unescape

from lxml import etree, html

from .sanitise import without_control_characters

BULLET = "• "
CELL_SEPARATOR = " | "

_UNSEEN = {
    *("script", "style", "noscript", "template", "head", "iframe", "object", "embed", "svg", "math", "canvas"),
    *("audio", "video", "button", "input", "select", "textarea"),
}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
    *("html", "legend", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "ul"),
}
_CELLS = {"td", "th"}
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_FOOTNOTE = re.compile(r"fn[:_-]?(\d{1,4})$")
_BACK_FROM_FOOTNOTE = {"reversefootnote", "footnote-backref"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOOKS_LIKE_TAG = re.compile(r"<[a-zA-Z!/?]")


def reader_text(markup: str) -> str:
    """The text of an HTML fragment or page.

    Paragraphs and headings are separated by a blank line, list items stand on lines led by a bullet, table rows
    on lines with cells apart. The marks of footnotes are in brackets, and other raised digits are raised, so that
    neither lengthens a figure. What has no tags at all is plain text, whose line breaks are its layout.
    """
    markup = without_control_characters(markup)
    if not _LOOKS_LIKE_TAG.search(markup):
        return plain_text(unescape(markup))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments or white space
        return ""
    return text_of(root)


def text_of(element: html.HtmlElement) -> str:
    """What a reader sees of a parsed element, laid out as `reader_text` does."""
    return _Layout().of(element)


def plain_text(text: str) -> str:
    """Plain text as its author laid it out, with even line ends and no more than one blank line in a row."""
    lines = [line.rstrip() for line in without_control_characters(text).replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _leads_back(element: etree._Element) -> bool:
    """Whether this is the arrow from a footnote to where it is referred to."""
    return element.tag == "a" and not _BACK_FROM_FOOTNOTE.isdisjoint((element.get("class") or "").split())


def _raised(element: etree._Element) -> str:
    """What stands for a raised reference or number; empty for other raised text.

    Only the element and one link in it are looked at, since hostile documents nest deeply.
    """
    link = element[0] if len(element) == 1 and element[0].tag == "a" and not len(element[0]) else None
    label = " ".join(f"{element.text or ''}{(link.text or '') + (link.tail or '') if link is not None else ''}".split())
    around = element.getparent()
    is_reference = link is not None or (around is not None and (around.get("href") or "").startswith("#"))
    if len(element) > (link is not None) or not label:
        return ""
    if is_reference:
        return f" [{label.strip('[]')}]"
    return label.translate(_RAISED) if label.isascii() and label.isdecimal() else ""


class _Layout:
    """Walks a parsed document once, without recursion, since hostile ones nest deeply.

    `_break` is how many line ends are owed before the next word: a blank line is two.
    """

    def __init__(self) -> None:
        self._written: list[str] = []
        self._break = 0
        self._space = False
        self._lead = ""
        self._list_items = 0
        self._cells = 0
        self._cells_in_row = 0
        self._preformatted = 0

    def of(self, root: html.HtmlElement) -> str:
        hidden: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start" and hidden is None:
                if tag in _UNSEEN or not tag or element.get("hidden") is not None or _leads_back(element):
                    hidden = element
                elif tag == "sup" and (mark := _raised(element)):
                    self._write(mark)
                    hidden = element
                else:
                    self._open(tag)
                    if tag == "li" and (footnote := _FOOTNOTE.match(element.get("id") or "")):
                        self._lead = f"[{footnote[1]}] "
                    self._write(element.text)
            elif event == "end":
                if hidden is None:
                    self._close(tag)
                elif hidden is element:
                    hidden = None
                if hidden is None and element is not root:
                    self._write(element.tail)
        return "\n".join(line.rstrip() for line in "".join(self._written).split("\n")).strip()

    def _open(self, tag: str) -> None:
        if tag == "li":
            self._owe(1)
            self._lead = BULLET
            self._list_items += 1
        elif tag == "tr":
            self._owe(1)
            self._cells_in_row = 0
        elif tag in _CELLS:
            self._cells += 1
            self._cells_in_row += 1
            if self._cells_in_row > 1:
                self._space = False
                self._begin()
                self._written.append(CELL_SEPARATOR)
                self._space = False
        elif tag == "br":
            self._owe(min(2, self._break + 1))
        elif tag in _BLOCKS:
            self._owe(self._paragraph)
        self._preformatted += tag == "pre"

    def _close(self, tag: str) -> None:
        self._preformatted -= tag == "pre"
        if tag == "li":
            self._list_items -= 1
            self._lead = ""
            self._owe(1)
        elif tag in _CELLS:
            self._cells -= 1
        elif tag == "tr":
            self._owe(1)
        elif tag in _BLOCKS:
            self._owe(self._paragraph)

    @property
    def _paragraph(self) -> int:
        return 1 if self._list_items else 2

    def _owe(self, line_ends: int) -> None:
        if self._cells:
            self._space = True
        else:
            self._break = max(self._break, line_ends)

    def _begin(self) -> None:
        """Pay what is owed before the next word."""
        if self._break and self._written:
            self._written.append("\n" * self._break)
        elif self._space and self._written and not self._break and self._written[-1] != CELL_SEPARATOR:
            self._written.append(" ")
        if self._lead:
            self._written.append(self._lead)
        self._break, self._space, self._lead = 0, False, ""

    def _write(self, text: str | None) -> None:
        if not text:
            return
        if self._preformatted and not self._cells:
            if text.strip():
                self._begin()
                self._written.append(text.strip("\n"))
            return
        words = _SPACES.sub(" ", text)
        self._space = self._space or words.startswith(" ")
        if words.strip():
            self._begin()
            self._written.append(words.strip(" "))
            self._space = words.endswith(" ")
