"""GOV.UK's Content API: from one item to what a reader of its page sees.

What moves without the document changing is left out: `updated_at` (links, taxons, another presentation) and
which government is current.
"""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml import etree, html

from tracker.reading.dates import EARLIEST_PLAUSIBLE
from tracker.reading.html_text import BULLET, reader_text
from tracker.reading.sanitise import title_line, web_address, without_control_characters

from . import json_values as read
from .entry import Attached, ChangeNote, Entry, NotUnderstood
from .govuk_search import Site, identity, locale_in

LONDON = ZoneInfo("Europe/London")

#: Where documents keep their words, in the order of their pages.
_BODIES = ("introduction", "introductory_paragraph", "body", "more_information")
#: Heading, and the fields of the words and of the files under it. The first group has the files of no other.
_GROUPS = (
    ("Documents", "", ("documents", "featured_attachments")),
    ("Outcome", "final_outcome_detail", ("final_outcome_documents", "final_outcome_attachments")),
    ("Outcome", "outcome_detail", ("outcome_documents", "outcome_attachments")),
    ("Feedback received", "public_feedback_detail", ("public_feedback_documents", "public_feedback_attachments")),
)
#: Around files: previews, and how to ask for another format.
_AROUND_FILES = {"attachment-thumb", "accessibility-warning", "gem-c-attachment__thumbnail", "gem-c-details"}
_LOOKS_LIKE_FILES = re.compile(r"class=[\"'][^\"']*attachment")
_KILO = 1000
#: Of one document. No page of GOV.UK lists so many.
_MOST_FILES = 500
#: The time of an update is set when it is made, that of publication when it is done.
_TO_PUBLISH_TAKES = dt.timedelta(days=1)


@dataclass(frozen=True)
class File:
    """A file or page that belongs to a document. `about` is type, size and length as its page shows them."""

    url: str
    title: str
    content_type: str = ""
    about: str = ""

    @property
    def line(self) -> str:
        return f"{BULLET}{self.title}{f' ({self.about})' if self.about else ''}"


def is_gone(item: read.Object) -> bool:
    return "gone" in {read.text(item, "schema_name"), read.text(item, "document_type")}


def is_redirect(item: read.Object) -> bool:
    return "redirect" in {read.text(item, "schema_name"), read.text(item, "document_type")}


def why_gone(item: read.Object, site: Site) -> str:
    """A sentence that says that the publisher took a document down, and why if that is told."""
    details = read.child(item, "details")
    why = _in_a_line(read.text(details, "explanation"))
    instead = read.text(details, "alternative_path")
    return (
        f"GOV.UK has taken this document down{f': “{why}”' if why else ''}."
        f"{f' It points to {site.page(instead)} instead.' if instead.startswith('/') else ''}"
    )


def redirected_to(item: read.Object, path: str) -> str:
    """Where a redirect leads those who ask for `path`: a path or an address elsewhere. Raises NotUnderstood."""
    rules = read.objects(item, "redirects")
    exact = [rule for rule in rules if read.text(rule, "path") == path]
    wider = [
        rule
        for rule in rules
        if read.text(rule, "type") == "prefix" and path.startswith(f"{read.text(rule, 'path').rstrip('/')}/")
    ]
    for rule in [*exact, *sorted(wider, key=lambda rule: -len(read.text(rule, "path")))]:
        if destination := read.text(rule, "destination"):
            rest = path.removeprefix(read.text(rule, "path").rstrip("/")) if rule not in exact else ""
            return f"{destination.rstrip('/')}{rest}" if read.text(rule, "segments_mode") == "preserve" else destination
    raise NotUnderstood("The Content API answers with a redirect that does not say where to.")


def entry_of(item: read.Object, site: Site, pages: Sequence[tuple[str, str]] = ()) -> Entry:
    """The whole of what `item` says. `pages` are title and text of what it publishes as pages of their own.

    Raises NotUnderstood where it is no document.
    """
    title = title_line(read.text(item, "title"), is_markup=False)
    if not title:
        raise NotUnderstood("The answer is JSON, but no document of the Content API: it has no title.")
    path = read.text(item, "base_path")
    withdrawn_at, withdrawal = _withdrawn(item)
    locale = read.text(item, "locale") or (locale_in(path) if path else "")
    return Entry(
        guid=identity(read.text(item, "content_id"), locale or "en"),
        url=web_address(site.page(path)) if path.startswith("/") else "",
        title=title,
        text="\n\n".join(filter(None, [*_words(item, site), *(f"{name}\n\n{words}" for name, words in pages)])),
        published_at=_published(item),
        updated_at=read.moment(item, "public_updated_at"),
        notes=_notes(item),
        withdrawn_at=withdrawn_at,
        withdrawal=withdrawal,
        locale=locale,
        attachments=tuple(Attached(file.url, file.title, file.content_type) for file in files_of(item, site)),
    )


def pages_of(item: read.Object, site: Site) -> list[str]:
    """The paths of the pages that a publication consists of, each once, in the order of its page."""
    linked = {
        read.text(page, "base_path"): None
        for page in read.objects(read.child(item, "links"), "children")
        if read.text(page, "document_type") == "html_publication"
    }
    listed = [
        path
        for file in files_of(item, site)
        if (path := site.path_of(file.url)) and (file.content_type == "text/html" or path in linked)
    ]
    return [path for path in dict.fromkeys([*listed, *linked]) if path.startswith("/")]


def files_of(item: read.Object, site: Site) -> list[File]:
    """What belongs to a document, in the order of its page, each once."""
    details = read.child(item, "details")
    found = [file for _, _, names in _GROUPS for file in _files(details, names, site)]
    found += [_file(each, site) for each in _attachments(details)]
    known: dict[str, File] = {}
    for file in found[:_MOST_FILES]:
        if file.url and not (file.url in known and known[file.url].content_type):
            known[file.url] = file
    return list(known.values())


def day(moment: dt.datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B} {local.year}"


def _words(item: read.Object, site: Site) -> list[str]:
    """The paragraphs of a page, in its order."""
    details = read.child(item, "details")
    paragraphs = [reader_text(read.text(item, "description")), "\n".join(_facts(item))]
    paragraphs += [_govspeak(_body(details, name)) for name in _BODIES]
    for part in read.objects(details, "parts"):
        paragraphs += [_in_a_line(read.text(part, "title")), _govspeak(_body(part, "body"))]
    for heading, words, names in _GROUPS:
        files = _files(details, names, site)
        if names[0] == "documents":
            files += _files_of_no_group(details, site)
        told = [_govspeak(_body(details, words)) if words else "", "\n".join(file.line for file in files)]
        if any(told):
            paragraphs += [heading, *told]
    return [*paragraphs, *_collected(item), *_ways_to_respond(details)]


def _facts(item: read.Object) -> list[str]:
    """What a page says of the document beside its body, a line each."""
    details, links = read.child(item, "details"), read.child(item, "links")
    lines = []
    speakers = [read.text(person, "title") for person in read.objects(links, "speaker")]
    if speaker := ", ".join(filter(None, speakers)) or read.text(details, "speaker_without_profile"):
        lines.append(f"By: {speaker}")
    if delivered := read.moment(details, "delivered_on"):
        written = read.text(item, "document_type") == "authored_article"
        how = read.text(details, "speech_type_explanation")
        lines.append(f"{'Written' if written else 'Delivered'} on: {day(delivered)}{f' ({how})' if how else ''}")
    if place := read.text(details, "location"):
        lines.append(f"Location: {place}")
    for name, label in (("opening_date", "Opens"), ("closing_date", "Closes")):
        if told := read.moment(details, name):
            lines.append(f"{label}: {day(told)}{_time(told)}")
    if elsewhere := read.text(details, "held_on_another_website_url"):
        lines.append(f"Held on another website: {elsewhere}")
    return [*lines, *_release_date(details), *_nations(details)]


def _release_date(details: read.Object) -> list[str]:
    """When statistics are to come out, and whether that has moved."""
    told = read.text(details, "display_date")
    if not told:
        return []
    state, before = read.text(details, "state"), read.text(details, "previous_display_date")
    lines = [f"Release date: {told}{f' ({state})' if state else ''}"]
    if before:
        lines.append(f"Release date before the change: {before}")
    if why := read.text(details, "latest_change_note"):
        lines.append(f"Reason for the change: {why}")
    cancelled = read.moment(details, "cancelled_at")
    reason = read.text(details, "cancellation_reason")
    if cancelled or reason:
        lines.append(f"Cancelled{f' on {day(cancelled)}' if cancelled else ''}{f': {reason}' if reason else ''}")
    return lines


def _nations(details: read.Object) -> list[str]:
    nations = read.child(details, "national_applicability")
    told = [nation for nation in nations.values() if isinstance(nation, dict)]
    where = [read.text(nation, "label") for nation in told if nation.get("applicable") is True]
    if not all(where) or not where or len(where) == len(told):
        return []
    return [f"Applies to: {', '.join(where)}"]


def _collected(item: read.Object) -> list[str]:
    """The groups of a collection, with the titles of what is in them."""
    linked = read.objects(read.child(item, "links"), "documents")
    titles = {read.text(document, "content_id"): read.text(document, "title") for document in linked}
    paragraphs = []
    for group in read.objects(read.child(item, "details"), "collection_groups"):
        names = [titles.get(content_id, "") for content_id in read.texts(group, "documents")]
        paragraphs += [
            _in_a_line(read.text(group, "title")),
            _govspeak(_body(group, "body")),
            "\n".join(f"{BULLET}{name}" for name in names if name),
        ]
    return paragraphs


def _ways_to_respond(details: read.Object) -> list[str]:
    ways = read.child(details, "ways_to_respond")
    told = [read.text(ways, name) for name in ("link_url", "email", "postal_address", "attachment_url")]
    return ["Ways to respond", *filter(None, told)] if any(told) else []


def _published(item: read.Object) -> dt.datetime | None:
    """When the document first was public.

    `first_published_at` is what its page shows, but it may be missing, the day on which an older document was
    moved into the system, or so far back that it is the date of an event. Then it is the earliest of what else
    the item says of itself.
    """
    details = read.child(item, "details")
    first, latest = read.moment(item, "first_published_at"), read.moment(item, "public_updated_at")
    if first and first >= EARLIEST_PLAUSIBLE and (not latest or first <= latest + _TO_PUBLISH_TAKES):
        return first
    told = [
        first,
        latest,
        read.moment(details, "first_public_at"),
        read.moment(details, "public_timestamp"),
        *(note.at for note in _notes(item)),
    ]
    known = [moment for moment in told if moment]
    return min((moment for moment in known if moment >= EARLIEST_PLAUSIBLE), default=min(known, default=None))


def _notes(item: read.Object) -> tuple[ChangeNote, ...]:
    """The publisher's notes, in its order. That of a moved release date has no time but the document's own."""
    details = read.child(item, "details")
    told = [
        ChangeNote(at, _in_a_line(read.text(change, "note")))
        for change in read.objects(details, "change_history")
        if (at := read.moment(change, "public_timestamp"))
    ]
    moved, at = read.text(details, "latest_change_note"), read.moment(item, "public_updated_at")
    return (*told, ChangeNote(at, _in_a_line(moved))) if moved and at else tuple(told)


def _withdrawn(item: read.Object) -> tuple[dt.datetime | None, str]:
    """When and why. The notice of what is not withdrawn is there too, but says nothing."""
    notice = read.child(item, "withdrawn_notice")
    why = reader_text(read.text(notice, "explanation"))
    at = read.moment(notice, "withdrawn_at")
    if not why and not at:
        return None, ""
    return at or read.moment(item, "public_updated_at") or _published(item) or EARLIEST_PLAUSIBLE, why


def _body(value: read.Object, name: str) -> str:
    """Markup of a field, which some items give in several forms."""
    forms = read.objects(value, name)
    rendered = [read.text(form, "content") for form in forms if read.text(form, "content_type") == "text/html"]
    return rendered[0] if rendered else read.text(value, name)


def _govspeak(markup: str) -> str:
    if not _LOOKS_LIKE_FILES.search(markup):
        return reader_text(markup)
    root = _parsed(markup)
    if root is None:
        return ""
    for element in list(root.iter()):
        if _classes(element) & _AROUND_FILES:
            element.drop_tree()
    return reader_text(html.tostring(root, encoding="unicode"))


def _files_of_no_group(details: read.Object, site: Site) -> list[File]:
    """Where no field says which attachments are shown apart, all are that no other group has."""
    if "featured_attachments" in details or "documents" in details:
        return []
    elsewhere = {name for _, _, names in _GROUPS[1:] for field in names for name in read.texts(details, field)}
    body = _body(details, "body")
    return [
        file
        for each in _attachments(details)
        if not {read.text(each, "id"), read.text(each, "filename")} & elsewhere
        and (file := _file(each, site)).url
        and file.url not in body
    ]


def _files(details: read.Object, names: tuple[str, ...], site: Site) -> list[File]:
    """The files of the fields `names`: markup of their own, or the names of attachments."""
    known = {read.text(each, "id") or read.text(each, "filename"): each for each in _attachments(details)}
    found = []
    for told in [item for name in names for item in read.texts(details, name)][:_MOST_FILES]:
        if told in known:
            found.append(_file(known[told], site))
        elif "<" in told:
            found += _files_in(told, site)
    return [file for file in found if file.title]


def _attachments(details: read.Object) -> list[read.Object]:
    return read.objects(details, "attachments")[:_MOST_FILES]


def _file(attachment: read.Object, site: Site) -> File:
    url = _absolute(read.text(attachment, "url"), site)
    is_page = read.text(attachment, "attachment_type") == "html"
    guessed = mimetypes.guess_type(url)[0] or ""
    content_type = "text/html" if is_page else read.text(attachment, "content_type") or guessed
    ending = "" if is_page else url.rpartition("/")[2].rpartition(".")[2].upper()
    size, pages = read.number(attachment, "file_size"), read.number(attachment, "number_of_pages")
    about = [
        read.text(attachment, "unique_reference"),
        ending if ending.isalnum() else "",
        f"{round(size / _KILO):,} KB" if size else "",
        f"{pages} {'page' if pages == 1 else 'pages'}" if pages else "",
    ]
    title = title_line(read.text(attachment, "title") or read.text(attachment, "filename"), is_markup=False)
    return File(url, title, content_type, ", ".join(filter(None, about)))


def _files_in(markup: str, site: Site) -> list[File]:
    """The files in the markup that older items give for them."""
    root = _parsed(markup)
    if root is None:
        return []
    sections = [element for element in root.iter() if "attachment" in _classes(element)] or [root]
    return [file for section in sections[:_MOST_FILES] if (file := _file_in(section, site))]


def _file_in(section: html.HtmlElement, site: Site) -> File | None:
    for element in list(section.iter()):
        if element is not section and _classes(element) & _AROUND_FILES:
            element.drop_tree()
    headings = [element for element in section.iter() if "title" in _classes(element) or element.tag in {"h2", "h3"}]
    links = [link for part in [*headings, section] for link in part.iter("a") if link.get("href")]
    title = _line(headings[0]) if headings else _line(links[0]) if links else ""
    url = _absolute(str(links[0].get("href")), site) if links else ""
    about = [_line(element) for element in section.iter() if "metadata" in _classes(element)]
    return File(url, title, mimetypes.guess_type(url)[0] or "", about[0] if about else "") if title else None


def _parsed(markup: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(without_control_characters(markup).encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None


def _classes(element: html.HtmlElement) -> set[str]:
    return set((element.get("class") or "").split()) if isinstance(element.tag, str) else set()


def _line(element: html.HtmlElement) -> str:
    said = re.sub(r"\s+,", ",", " ".join(str(element.text_content()).split()))
    return title_line(said, is_markup=False)


def _absolute(url: str, site: Site) -> str:
    return web_address(site.page(url) if url.startswith("/") and not url.startswith("//") else url)


def _in_a_line(markup: str) -> str:
    return " ".join(reader_text(markup).split())


def _time(moment: dt.datetime) -> str:
    local = moment.astimezone(LONDON)
    if not (local.hour or local.minute):
        return ""
    minutes = f":{local.minute:02}" if local.minute else ""
    return f", {local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
