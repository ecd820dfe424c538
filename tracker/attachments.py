"""The files that belong to a document: fetched, kept, and read as part of its text."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tracker import archive
from tracker.asking import Asker, Spent
from tracker.fetching import FetchError, FetchFailed, FetchPostponed, FetchRefused, Response
from tracker.models import Appearance, Attachment, Revision, Snapshot
from tracker.reading.documents import form_of, read_document
from tracker.reading.sanitise import title_line
from tracker.revisions import ATTACHMENT
from tracker.sources import Attached, Entry

#: Of one document. What goes beyond is named and not read.
MAX_FILES = 12
MAX_BYTES = 25 * 1024 * 1024
MAX_SECONDS = 45.0
MAX_CHARACTERS = 1_000_000

_TITLE_CHARACTERS = 500
_WEB_PAGES = {"text/html", "application/xhtml+xml"}
#: Answers that asking again soon may change; 5xx are others.
_PASSING_STATUSES = {304, 408, 425, 429}


@dataclass(frozen=True)
class File:
    """One attachment: its bytes, if they were had, and its text. `problem` says why there is none, or not all."""

    url: str
    title: str = ""
    content_type: str = ""
    snapshot: Snapshot | None = None
    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Files:
    """The attachments of a document. `changed` says that they are others than were known, or hold something else."""

    files: tuple[File, ...] = ()
    changed: bool = False

    @property
    def hash(self) -> str:
        """Equal for attachments in which a reader sees the same. Empty where there are none."""
        if not self.files:
            return ""
        said = (f"{file.url}\n{hashlib.sha256(file.text.encode()).hexdigest()}" for file in self.files)
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def after(self, text: str) -> str:
        """`text` with that of the files at its end, each under its title."""
        return "".join([text, *(part for _, part in self._parts(text))])

    def store(self, revision: Revision, own_text: str) -> None:
        """Name the files of `revision`, whose text is `after(own_text)`."""
        ends: dict[str, int] = {}
        at = len(own_text)
        for file, part in self._parts(own_text):
            at += len(part)
            ends[file.url] = at
        Attachment.objects.bulk_create(
            Attachment(
                revision=revision,
                position=position,
                url=file.url,
                title=file.title,
                content_type=file.content_type,
                snapshot=file.snapshot,
                start=ends[file.url] - len(file.text) if file.text else None,
                end=ends[file.url] if file.text else None,
                problem=file.problem,
            )
            for position, file in enumerate(self.files, start=1)
        )

    def _parts(self, text: str) -> list[tuple[File, str]]:
        parts: list[tuple[File, str]] = []
        for file in self.files:
            if file.text:
                gap = "\n\n" if text or parts else ""
                parts.append((file, f"{gap}{ATTACHMENT}{file.title or file.url}\n\n{file.text}"))
        return parts


NO_FILES = Files()


class _NotNow(Exception):
    """The file could not be had, and asking again may help. `str(error)` says what happened."""


def known_files(here: Appearance | None) -> dict[str, File]:
    """By address, the attachments of the latest revision of a document in its place."""
    latest = here.revisions.order_by("-number").first() if here else None
    if latest is None:
        return {}
    return {
        row.url: File(
            row.url,
            row.title,
            row.content_type,
            row.snapshot,
            "" if row.start is None else latest.text[row.start : row.end],
            row.problem,
        )
        for row in latest.files.select_related("snapshot")
    }


def read_files(entry: Entry, asker: Asker, known: Mapping[str, File], now: dt.datetime, *, insist: bool) -> Files:
    """What the attachments of `entry` hold.

    A file that is as it was (by its validators, or byte for byte) is not read again, and one that cannot be had
    now is taken as it was last `known`. Where that is not known either, FetchFailed is raised if the caller wants
    to `insist` and to try again; else the file is named with the reason. Raises Spent and FetchPostponed.
    """
    reader = _Reader(asker, known, now)
    attached = {each.url: each for each in reversed(entry.attachments)}  # the first of each address
    files = []
    for each in sorted(attached.values(), key=entry.attachments.index):
        named = File(each.url, title_line(each.title, is_markup=False)[:_TITLE_CHARACTERS], each.content_type[:200])
        try:
            file = reader.read(each, named)
        except _NotNow as failure:
            if insist and asker.stay_away is None:  # a host that wants no more would say the same again
                raise FetchFailed(f"The attachment {each.url} could not be had. {failure}") from failure
            file = replace(named, problem=str(failure))
        files.append(file)
    return Files(tuple(files), changed=_have_changed(files, known))


def _have_changed(files: list[File], known: Mapping[str, File]) -> bool:
    """Whether the publisher has changed them. What merely could not be had before, or cannot now, is no change."""
    if {file.url for file in files} != set(known):
        return True
    return any(
        before.snapshot and file.snapshot != before.snapshot and file.text != before.text
        for file in files
        if (before := known[file.url])
    )


class _Reader:
    """Reads the files of one document, as far as the limits reach."""

    def __init__(self, asker: Asker, known: Mapping[str, File], now: dt.datetime) -> None:
        self._asker, self._known, self._now = asker, known, now
        self._files = self._bytes = self._characters = 0
        self._until = time.monotonic() + MAX_SECONDS

    def read(self, attached: Attached, named: File) -> File:
        """Raises _NotNow, Spent and FetchPostponed."""
        if not form_of(attached.content_type, attached.url):
            return replace(named, problem="" if _is_page(attached.content_type) else "Files of this sort are not read.")
        known = self._known.get(attached.url)
        as_known = replace(named, snapshot=known.snapshot, text=known.text, problem=known.problem) if known else None
        has_been_read = as_known is not None and as_known.snapshot is not None
        if why := self._why_not():
            return as_known if as_known and has_been_read else replace(named, problem=why)
        self._files += 1
        try:
            file = self._fetched(attached, named, as_known)
        except _NotNow:
            if not (as_known and has_been_read):
                raise
            file = as_known
        return self._fitted(file)

    def _why_not(self) -> str:
        if self._files >= MAX_FILES:
            return f"Not read: of one document at most {MAX_FILES} attachments are."
        if self._bytes >= MAX_BYTES:
            return f"Not read: the attachments before it were more than {MAX_BYTES // 1024**2} MiB."
        if time.monotonic() > self._until:
            return f"Not read: the attachments before it took more than {MAX_SECONDS:.0f} seconds."
        return ""

    def _fitted(self, file: File) -> File:
        room = MAX_CHARACTERS - self._characters
        if len(file.text) > room:
            cut = f"Only its first {room:,} characters were kept." if room else "There is no room left for its text."
            file = replace(file, text=file.text[:room], problem=f"{file.problem} {cut}".strip())
        self._characters += len(file.text)
        return file

    def _fetched(self, attached: Attached, named: File, as_known: File | None) -> File:
        before = as_known.snapshot if as_known else None
        try:
            response = self._ask(attached.url, before)
        except FetchRefused as refused:
            return replace(named, problem=str(refused))
        self._bytes += len(response.body)
        if as_known and before and _is_the_same(response, before):
            return as_known
        if response.status != 200:
            sentence = f"The answer was HTTP {response.status}."
            if response.status in _PASSING_STATUSES or response.status >= 500:
                raise _NotNow(sentence)
            return replace(named, problem=sentence)
        if _is_page(response.content_type) and b"%PDF-" not in response.body[:1024]:
            return replace(named, problem="A web page is there instead of the file.")
        told = attached.content_type if form_of(attached.content_type, "") else response.content_type
        document = read_document(response.body, told, attached.url)
        kept = archive.keep(response, self._now)
        return replace(named, snapshot=kept, text=document.text, problem=document.problem)

    def _ask(self, url: str, before: Snapshot | None) -> Response:
        told = before.headers if before else {}
        try:
            return self._asker.ask_file(
                url, etag=str(told.get("ETag", "")), last_modified=str(told.get("Last-Modified", ""))
            )
        except (FetchPostponed, FetchRefused):
            raise
        except Spent as spent:
            if self._asker.budget.why_spent():
                raise
            raise _NotNow(str(spent)) from spent  # this host alone wants no more for now
        except FetchError as error:
            raise _NotNow(str(error)) from error


def _is_page(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in _WEB_PAGES


def _is_the_same(response: Response, before: Snapshot) -> bool:
    if response.status == 304:
        return True
    return response.status == 200 and hashlib.sha256(response.body).hexdigest() == before.sha256
