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

from commitments.linking import places, terms_of_office
from commitments.linking.label_checks import Line, day, listed, problems, quotes, standing
from commitments.linking.profile import CommitmentWords, Profile, profile

Pair = tuple[str, str]

#: The labelled documents that every version is judged by; nothing is ever fitted to them.
JUDGED_BY = Path(__file__).resolve().parents[2] / "tests" / "labelled" / "unseen"

REQUIRED = ("commitments", "releases", "links")
OPTIONAL = ("hard_negatives", "measurements")


class UnreadableSet(ValueError):
    """The folder holds no labelled set; the message says what is missing or broken."""


@dataclass(frozen=True)
class LabelledRelease:
    """A release of a labelled set. `published` is None where nobody knows."""

    key: str
    title: str
    text: str
    published: dt.date | None
    voice: str


@dataclass(frozen=True)
class Link:
    """A labelled pair. `relation` is the label, `relations` all that are as right."""

    commitment: str
    release: str
    relation: str
    relations: frozenset[str]
    quotes: tuple[str, ...]
    certain: bool
    figures: Sequence[Mapping[str, Any]]

    def is_quoted_by(self, text: str, start: int, end: int) -> bool:
        """Whether a passage overlaps a labelled quote, wherever it stands, by at least half of the shorter."""
        for quote in self.quotes:
            for found in standing(quote, text):
                shared = min(found.end(), end) - max(found.start(), start)
                if shared >= 0.5 * min(found.end() - found.start(), end - start):
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
    def irrelevant(self) -> frozenset[str]:
        """The releases that bear on nothing: those that no label names, be it certain or arguable."""
        return frozenset(release.key for release in self.releases) - {release for _, release in self.links}

    @cached_property
    def order(self) -> Mapping[str, int]:
        return {release.key: position for position, release in enumerate(self.releases)}


def load(folder: Path) -> LabelledSet:
    """Read a labelled set and check that it means what it says. Raises UnreadableSet."""
    lines = {name: _lines(folder / f"{name}.jsonl", needed=True) for name in REQUIRED}
    lines |= {name: _lines(folder / f"{name}.jsonl", needed=False) for name in OPTIONAL}
    wrong = list(problems(lines))
    if wrong:
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        raise UnreadableSet(f"{folder / wrong[0]}{more}")
    releases = [
        LabelledRelease(row["id"], row["title"], row["text"], day(row.get("published")), row["voice"])
        for _, row in lines["releases"]
    ]
    links = [
        Link(
            row["commitment"],
            row["release"],
            row["relation"],
            frozenset([row["relation"], *listed(row.get("relation_also"))]),
            tuple(quotes(row)),
            row["confidence"] == "certain",
            row.get("figures") or [],
        )
        for _, row in lines["links"]
    ]
    commitments = [row for _, row in lines["commitments"]]
    try:
        profiles = _profiles(commitments)
    except (TypeError, ValueError) as error:
        raise UnreadableSet(f"{folder / 'commitments.jsonl'}: a line breaks {error}.") from error
    return LabelledSet(
        name=folder.resolve().name,
        releases=sorted(releases, key=lambda release: (release.published is None, release.published or dt.date.max)),
        profiles=profiles,
        series={
            row["reference"]: (row["target_metric"], row.get("target_unit") or "")
            for row in commitments
            if row.get("target_metric")
        },
        recorded_from={row["reference"]: row.get("recorded_from") for row in commitments},
        links={(link.commitment, link.release): link for link in links},
        hard_negatives=frozenset((row["commitment"], row["release"]) for _, row in lines["hard_negatives"]),
        measurements=[row for _, row in lines["measurements"]],
    )


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
        made_on=day(row.get("made_on")),
        deadline_latest=day(row.get("deadline_latest")),
        administration=row.get("administration") or "",
    )


def _profiles(rows: Sequence[Mapping[str, Any]]) -> dict[str, Profile]:
    found = {row["reference"]: profile(words(row)) for row in rows}
    terms = terms_of_office.inferred(
        (row.get("administration") or "", row.get("department") or "", made_on)
        for row in rows
        if (made_on := day(row.get("made_on")))
    )
    homes = places.homes((one.administration, one.where, 1) for one in found.values())
    return {
        key: replace(
            one,
            took_office=terms.get(one.administration, (None, None))[0],
            left_office=terms.get(one.administration, (None, None))[1],
            home=one.where | homes[one.administration],
        )
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


def _lines(path: Path, needed: bool) -> list[Line]:
    if not path.exists():
        if needed:
            raise UnreadableSet(f"There is no {path.name} in {path.parent}.")
        return []
    found = []
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as error:
        raise UnreadableSet(f"{path}: not UTF-8 ({error}).") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UnreadableSet(f"{path}, line {number}: not JSON ({error}).") from error
            if not isinstance(row, dict):
                raise UnreadableSet(f"{path}, line {number}: not an object in braces.")
            found.append((number, row))
    return found
