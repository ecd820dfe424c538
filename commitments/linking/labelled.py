"""A labelled set: releases, commitments, and which of them belong together. Read from a folder of JSON Lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from commitments.linking import terms_of_office
from commitments.linking.profile import CommitmentWords, Profile, profile

Pair = tuple[str, str]

REQUIRED = ("commitments", "releases", "links")
OPTIONAL = ("hard_negatives", "measurements")


class UnreadableSet(ValueError):
    """The folder holds no labelled set; the message says what is missing or broken."""


@dataclass(frozen=True)
class LabelledRelease:
    """A release of a labelled set. `published` is None where nobody knows; `kind` says whether it is a distractor."""

    key: str
    title: str
    text: str
    published: dt.date | None
    voice: str
    kind: str


@dataclass(frozen=True)
class Link:
    """A labelled pair, as the README of the set describes it."""

    commitment: str
    release: str
    relations: frozenset[str]
    quotes: tuple[str, ...]
    certain: bool
    figures: Sequence[Mapping[str, Any]]

    def is_quoted_by(self, text: str, start: int, end: int) -> bool:
        """Whether a passage overlaps a labelled quote by at least half of the shorter."""
        for quote in self.quotes:
            begins = text.find(quote)
            shared = min(begins + len(quote), end) - max(begins, start)
            if begins >= 0 and shared >= 0.5 * min(len(quote), end - start):
                return True
        return False


@dataclass(frozen=True)
class LabelledSet:
    """Releases are in order of publication, those without a date last."""

    name: str
    releases: Sequence[LabelledRelease]
    profiles: Mapping[str, Profile]
    series: Mapping[str, tuple[str, str]]
    recorded_from: Mapping[str, str | None]
    links: Mapping[Pair, Link]
    hard_negatives: frozenset[Pair]
    measurements: Sequence[Mapping[str, Any]]

    def is_first(self, pair: Pair) -> bool:
        """Whether the release is the one that the commitment was recorded from."""
        return self.recorded_from.get(pair[0]) == pair[1]

    def is_later(self, pair: Pair) -> bool:
        """Whether the release comes after the one that the commitment was recorded from."""
        recorded = self.recorded_from.get(pair[0])
        order = self.order
        return recorded is None or recorded not in order or order[pair[1]] > order[recorded]

    @cached_property
    def order(self) -> Mapping[str, int]:
        return {release.key: position for position, release in enumerate(self.releases)}


def load(folder: Path) -> LabelledSet:
    """Read a labelled set. Raises UnreadableSet."""
    rows = {name: _rows(folder / f"{name}.jsonl", needed=True) for name in REQUIRED}
    rows |= {name: _rows(folder / f"{name}.jsonl", needed=False) for name in OPTIONAL}
    try:
        releases = [
            LabelledRelease(
                row["id"], row["title"], row["text"], _day(row["published"]), row["voice"], row.get("kind") or ""
            )
            for row in rows["releases"]
        ]
        links = [
            Link(
                row["commitment"],
                row["release"],
                frozenset([row["relation"], *row.get("relation_also", [])]),
                tuple(filter(None, [row["quote"], *_listed(row.get("quote_also"))])),
                row["confidence"] == "certain",
                row.get("figures") or [],
            )
            for row in rows["links"]
        ]
        return LabelledSet(
            name=folder.name,
            releases=sorted(
                releases, key=lambda release: (release.published is None, release.published or dt.date.max)
            ),
            profiles=_profiles(rows["commitments"]),
            series={
                row["reference"]: (row["target_metric"], row.get("target_unit") or "")
                for row in rows["commitments"]
                if row.get("target_metric")
            },
            recorded_from={row["reference"]: row.get("recorded_from") for row in rows["commitments"]},
            links={(link.commitment, link.release): link for link in links},
            hard_negatives=frozenset((row["commitment"], row["release"]) for row in rows["hard_negatives"]),
            measurements=rows["measurements"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableSet(f"{folder}: a line lacks or breaks {error}.") from error


def words(row: Mapping[str, Any]) -> CommitmentWords:
    """The words of a commitment given in the columns of `import_commitments`."""
    return CommitmentWords(
        title=row["title"],
        statement=row["statement"],
        quote=row.get("quote") or "",
        keywords=row.get("keywords") or "",
        metric=row.get("target_metric") or "",
        deadline_text=row.get("deadline_text") or "",
        target_value=row.get("target_value"),
        target_unit=row.get("target_unit") or "",
        baseline_value=row.get("baseline_value"),
        extent=row.get("extent") or "",
        department=row.get("department") or "",
        made_on=_day(row.get("made_on")),
        deadline_latest=_day(row.get("deadline_latest")),
        administration=row.get("administration") or "",
    )


def _profiles(rows: Sequence[Mapping[str, Any]]) -> dict[str, Profile]:
    found = {row["reference"]: profile(words(row)) for row in rows}
    terms = terms_of_office.inferred(
        (row.get("administration") or "", row.get("department") or "", made_on)
        for row in rows
        if (made_on := _day(row.get("made_on")))
    )
    return {
        key: replace(one, took_office=terms[one.administration][0], left_office=terms[one.administration][1])
        if one.administration in terms
        else one
        for key, one in found.items()
    }


def fingerprint(folders: Sequence[Path]) -> str:
    """A hash of everything that the labelled sets of some folders hold."""
    digest = hashlib.sha256()
    for folder in folders:
        for name in (*REQUIRED, *OPTIONAL):
            path = folder / f"{name}.jsonl"
            if path.exists():
                digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _rows(path: Path, needed: bool) -> list[dict[str, Any]]:
    if not path.exists():
        if needed:
            raise UnreadableSet(f"There is no {path.name} in {path.parent}.")
        return []
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise UnreadableSet(f"{path}, line {number}: not JSON ({error}).") from error
    return rows


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)
