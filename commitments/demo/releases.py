"""The demonstration's releases, as files for people to read and write.

A file is a few lines of `name: value` (`title`, `published` as a date, `paraphrases`: which publication the
facts are from), an empty line, and paragraphs separated by empty lines. Lines that begin with "- " are a list.
The name of the file is the last part of the release's address.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).with_name("releases")

PUBLISHED_AT = dt.time(9, tzinfo=ZoneInfo("Europe/London"))


class MalformedRelease(ValueError):
    """A release's text is not in the form above; the message says where."""


@dataclass(frozen=True)
class BulletList:
    items: tuple[str, ...]


@dataclass(frozen=True)
class DemonstrationRelease:
    """One release: `body` holds its paragraphs (text) and lists in order."""

    slug: str
    title: str
    published: dt.date
    paraphrases: str
    body: tuple[str | BulletList, ...]

    @property
    def published_at(self) -> dt.datetime:
        return dt.datetime.combine(self.published, PUBLISHED_AT)


def parse(slug: str, text: str) -> DemonstrationRelease:
    """A release from the text of its file. Raises MalformedRelease."""
    head, _, body = text.partition("\n\n")
    header = dict(_header_line(slug, line) for line in head.splitlines())
    if header.keys() != {"title", "published", "paraphrases"}:
        raise MalformedRelease(f"{slug}: the header names {', '.join(header)}, not title, published and paraphrases")
    try:
        published = dt.date.fromisoformat(header["published"])
    except ValueError as error:
        raise MalformedRelease(f"{slug}: “{header['published']}” is not a date such as 2025-01-31") from error
    blocks = tuple(_block(block) for block in body.split("\n\n") if block.strip())
    if not blocks:
        raise MalformedRelease(f"{slug}: there is no text below the header")
    return DemonstrationRelease(slug, header["title"], published, header["paraphrases"], blocks)


def read(folder: Path = FOLDER) -> list[DemonstrationRelease]:
    """Every release of a folder, newest first. Raises MalformedRelease."""
    releases = [parse(path.stem, path.read_text(encoding="utf-8")) for path in folder.glob("*.txt")]
    return sorted(releases, key=lambda release: (release.published, release.slug), reverse=True)


def _header_line(slug: str, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not value.strip():
        raise MalformedRelease(f"{slug}: “{line}” should read “name: value”")
    return name.strip(), value.strip()


def _block(text: str) -> str | BulletList:
    lines = text.strip().splitlines()
    if all(line.startswith("- ") for line in lines):
        return BulletList(tuple(line.removeprefix("- ").strip() for line in lines))
    return " ".join(line.strip() for line in lines)
