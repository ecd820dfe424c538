"""What every kind of source yields, and how it says that it cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ChangeNote:
    """One line of a publisher's own history of a document."""

    at: dt.datetime
    text: str


@dataclass(frozen=True)
class Attached:
    """A file that belongs to a document. `title` and `content_type` may be empty."""

    url: str
    title: str = ""
    content_type: str = ""


@dataclass(frozen=True)
class Version:
    """What a document said before, as its publisher still shows it beside what it says now."""

    title: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One item as a source carries it.

    `guid` and `url` may be empty, never both unless the content is all there is. `text` is plain: paragraphs
    separated by blank lines. Times are aware. `note` is the change note that goes with this very version;
    `notes` is the publisher's whole history, in any order. An entry that is not `complete` is a stub: its
    text is an extract, or missing, and the kind can ask for the whole. `withdrawn_at` is set when the publisher
    says that the document no longer holds, `withdrawal` is why, in the publisher's words. `locale` is a language
    tag such as "cy", or empty where it is not told. `earlier` are versions that the publisher shows beside this
    one, oldest first.
    """

    guid: str
    url: str
    title: str
    text: str
    published_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    note: str = ""
    complete: bool = True
    notes: tuple[ChangeNote, ...] = ()
    withdrawn_at: dt.datetime | None = None
    withdrawal: str = ""
    locale: str = ""
    attachments: tuple[Attached, ...] = ()
    earlier: tuple[Version, ...] = ()


class NotUnderstood(Exception):
    """The answer is not what this kind of source consists of. `str(error)` says what it is instead."""


class SourceEnded(Exception):
    """The publisher says that nothing will appear here any more."""


class Vanished(Exception):
    """This document is no longer at its address. `str(error)` says so in a sentence, with the publisher's reason."""


class KindNotAvailable(Exception):
    """This kind of source cannot be watched yet."""
