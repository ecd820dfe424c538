"""What every kind of source yields, and how it says that it cannot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One item as a source carries it.

    `guid` and `url` may be empty, never both unless the content is all there is. `text` is plain: paragraphs
    separated by blank lines. `note` is the publisher's own change note.
    """

    guid: str
    url: str
    title: str
    text: str
    published_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    note: str = ""


class NotUnderstood(Exception):
    """The answer is not what this kind of source consists of. `str(error)` says what it is instead."""


class SourceEnded(Exception):
    """The publisher says that nothing will appear here any more."""


class KindNotAvailable(Exception):
    """This kind of source cannot be watched yet."""
