"""What can be wrong with the lines of a labelled set, said so that whoever wrote them can mend it. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from commitments.models.evidence import Relation

#: A line of a file: its number, from 1, and what it holds.
Line = tuple[int, dict[str, Any]]

CONFIDENCE = ("certain", "arguable")
#: What each line must have, as text.
NEEDED = {
    "commitments": ("reference", "title", "statement"),
    "releases": ("id", "title", "text", "voice"),
    "links": ("commitment", "release", "relation", "quote", "confidence"),
    "hard_negatives": ("commitment", "release"),
    "measurements": ("commitment", "metric"),
}
#: What no two lines may have in common.
UNIQUE = {
    "commitments": ("reference",),
    "releases": ("id",),
    "links": ("commitment", "release"),
    "hard_negatives": ("commitment", "release"),
}


def problems(lines: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    """What is wrong with a set, each as the rest of a path: the file, the line, and a sentence.

    Where lines lack what they need nothing else is looked for, as the rest would follow from that.
    """
    lacking = [
        f"{name}.jsonl, line {number}: {key} is missing or no text."
        for name, keys in NEEDED.items()
        for number, row in lines[name]
        for key in keys
        if not isinstance(row.get(key), str)
    ]
    if lacking:
        yield from lacking
        return
    for name, keys in UNIQUE.items():
        times = Counter(tuple(row[key] for key in keys) for _, row in lines[name])
        for number, row in lines[name]:
            found = tuple(row[key] for key in keys)
            if times[found] > 1:
                yield f"{name}.jsonl, line {number}: {' and '.join(found)} stands there {times[found]} times."
    for number, row in lines["releases"]:
        yield from _day_problem("releases", number, row, "published")
    for number, row in lines["commitments"]:
        for key in ("made_on", "deadline_latest"):
            yield from _day_problem("commitments", number, row, key)
    texts = {row["id"]: row["text"] for _, row in lines["releases"]}
    references = {row["reference"] for _, row in lines["commitments"]}
    for name in ("links", "hard_negatives", "measurements"):
        for number, row in lines[name]:
            if row["commitment"] not in references:
                yield f"{name}.jsonl, line {number}: there is no commitment {row['commitment']}."
            if "release" in NEEDED[name] and row["release"] not in texts:
                yield f"{name}.jsonl, line {number}: there is no release {row['release']}."
    for number, row in lines["links"]:
        yield from (f"links.jsonl, line {number}: {what}" for what in _link_problems(row, texts.get(row["release"])))


def _link_problems(row: Mapping[str, Any], text: str | None) -> Iterator[str]:
    for relation in (row["relation"], *listed(row.get("relation_also"))):
        if relation not in Relation.values:
            yield f"{relation!r} is no relation; there are {', '.join(Relation.values)}."
    if row["confidence"] not in CONFIDENCE:
        yield f"the confidence is {row['confidence']!r} and must be {' or '.join(CONFIDENCE)}."
    for quote in quotes(row):
        if text is not None and not any(standing(quote, text)):
            yield f"the quote is not in the text of {row['release']} word for word: {quote[:60]!r}."


def _day_problem(name: str, number: int, row: Mapping[str, Any], key: str) -> Iterator[str]:
    try:
        day(row.get(key))
    except (TypeError, ValueError):
        yield f"{name}.jsonl, line {number}: {key} is {row[key]!r} and must be a day such as 2025-01-31, or null."


def standing(quote: str, text: str) -> Iterable[re.Match[str]]:
    """Where a quote stands in a text, however its words are spaced or broken into lines."""
    return re.finditer(r"\s+".join(map(re.escape, quote.split())), text)


def quotes(row: Mapping[str, Any]) -> list[str]:
    return [quote for quote in (row["quote"], *listed(row.get("quote_also"))) if quote.strip()]


def day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def listed(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)
