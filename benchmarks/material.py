"""Made-up records and releases to measure with: the same every time, and in need of no list of words."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from commitments.linking import terms
from commitments.linking.model import shipped

#: Labelled data beside the checkout, used where it is there.
GOLD = Path(__file__).resolve().parent.parent.parent / "shared" / "gold"

MADE_UP_WORDS = 6_000
#: Promises that a record of near-equal ones repeats with small changes.
PATTERNS = 170
SENTENCES = 40

_SYLLABLES = [
    a + b for a in ("b", "br", "d", "dr", "f", "gl", "h", "l", "m", "pr", "s", "st", "t", "v") for b in "aeiou"
]
_ENDINGS = ["n", "r", "l", "nd", "st", "ck", "m", "sh", "ng", "rd", "ment", "ing", "tion", "er"]


@dataclass(frozen=True)
class Text:
    """A release to link."""

    title: str
    text: str
    published: dt.date


class Writer:
    """Writes promises and releases. Everyday words come as often as in the releases that the model was fitted to."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        made_up = sorted({self._made_up() for _ in range(MADE_UP_WORDS * 2)})
        self.random.shuffle(made_up)
        common = shipped().common
        rarest = min(common.values())
        self.words = [*common, *made_up[:MADE_UP_WORDS]]
        shares = [*common.values(), *(rarest * 50 / (50 + rank) for rank in range(MADE_UP_WORDS))]
        self._shares = list(accumulate(shares))
        self._small = sorted(word for word in terms.STOP_WORDS if word.isalpha())

    def _made_up(self) -> str:
        stem = "".join(self.random.choice(_SYLLABLES) for _ in range(self.random.randint(1, 3)))
        return stem + self.random.choice(_ENDINGS)

    def telling(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self._shares, k=count)

    def phrase(self, telling: Sequence[str]) -> str:
        """Words with small ones between them, as English has."""
        said: list[str] = []
        for word in telling:
            if self.random.random() < 0.6:
                said.append(self.random.choice(self._small))
            said.append(word.capitalize() if self.random.random() < 0.08 else word)
        return " ".join(said)

    def number(self) -> str:
        value = self.random.choice([20, 40, 75, 150, 300, 1_200, 6_500, 13_000, 40_000]) + self.random.randint(0, 99)
        return self.random.choice([f"{value:,}", f"£{value} million", f"{value % 100}%"])

    def promise(self, number: int) -> dict[str, Any]:
        """A row in the columns of `import_commitments`."""
        about = self.telling(5)
        made_on = dt.date(2024, 7, 5) + dt.timedelta(days=self.random.randint(0, 500))
        row: dict[str, Any] = {
            "reference": f"B-{number}",
            "title": self.phrase(about).capitalize(),
            "statement": f"{self.phrase([*about, *self.telling(9)]).capitalize()}: {self.number()} by the end of 2028.",
            "keywords": ", ".join(self.phrase(self.telling(2)) for _ in range(3)),
            "made_on": made_on.isoformat(),
            "administration": "labour-2024",
            "department": f"Department {number % 20}",
            "deadline_text": "by the end of 2028",
        }
        if number % 3 == 0:
            row |= {"target_metric": " ".join(about[:3]), "target_value": self.random.randint(20, 20_000)}
        return row

    def varied(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        """The same promise for another place or programme: other number, one word more, one word changed."""
        title, statement = row["title"].split(), row["statement"].split()
        title[self.random.randrange(len(title))] = self.telling(1)[0]
        statement[self.random.randrange(len(statement))] = self.telling(1)[0]
        place = self.telling(1)[0].capitalize()
        return row | {
            "reference": f"B-{number}",
            "title": f"{' '.join(title)} in {place}",
            "statement": f"{' '.join(statement)} In {place}: {self.number()}.",
        }

    def release(self, promises: Sequence[dict[str, Any]]) -> Text:
        """A release of ordinary length that bears on some of the promises and speaks of much else."""
        meant = self.random.sample(promises, 8)
        sentences = []
        for place in range(SENTENCES):
            telling = self.telling(12)
            if place % 5 == 0:
                own = meant[place // 5]["title"].split()
                telling = [*telling[:5], *own[: self.random.randint(2, len(own))], *telling[5:8]]
            figure = f" {self.number()}" if place % 3 == 0 else ""
            sentences.append(f"{self.phrase(telling).capitalize()}{figure}.")
        paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, SENTENCES, 3)]
        published = dt.date(2026, 1, 1) + dt.timedelta(days=self.random.randint(0, 200))
        return Text(self.phrase(self.telling(8)).capitalize(), "\n\n".join(paragraphs), published)


def different(size: int) -> list[dict[str, Any]]:
    """Promises that have little in common."""
    writer = Writer(seed=size)
    return [writer.promise(number) for number in range(size)]


def alike(size: int) -> list[dict[str, Any]]:
    """Promises of which each has some fifty others that say nearly the same; the labelled ones where they are there."""
    writer = Writer(seed=size + 1)
    patterns = [row for folder in (GOLD, GOLD / "full") for row in _rows(folder / "commitments.jsonl")]
    patterns = patterns or [writer.promise(number) for number in range(PATTERNS)]
    columns = ("title", "statement", "keywords", "made_on", "administration", "department", "deadline_text")
    more = ("target_metric", "target_value", "target_unit")
    return [
        writer.varied({name: row[name] for name in (*columns, *more) if row.get(name)}, number)
        for number in range(size)
        for row in [patterns[number % len(patterns)]]
    ]


def releases(promises: Sequence[dict[str, Any]], count: int) -> list[Text]:
    """Releases to link, about half of them the labelled full documents where they are there."""
    writer = Writer(seed=7)
    labelled = [
        Text(row["title"], row["text"], dt.date.fromisoformat(row["published"] or "2026-06-01"))
        for folder in (GOLD / "full", GOLD)
        for row in _rows(folder / "releases.jsonl")
    ]
    chosen = labelled[: count // 2]
    chosen += [writer.release(promises) for _ in range(count - len(chosen))]
    writer.random.shuffle(chosen)
    return chosen


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


RECORDS = {"different": different, "alike": alike}
