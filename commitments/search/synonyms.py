"""Other names for the same thing: from a file that anybody can read, and from the names that commitments go by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from .words import stems

#: A name by the stems of its words, without those that say nothing.
Name = tuple[str, ...]

#: A name that more commitments go by says of none what else it is called.
MOST_WITH_A_NAME = 2
LONGEST_NAME = 6


class Names:
    """Names with the other names of the same thing."""

    def __init__(self, lines: Iterable[Sequence[str]]) -> None:
        self._others: dict[Name, list[Name]] = defaultdict(list)
        for line in lines:
            names = list(dict.fromkeys(name for one in line if (name := _name(one))))
            for name in names:
                self._others[name] += [other for other in names if other != name and other not in self._others[name]]

    def others(self, name: Name) -> Sequence[Name]:
        return self._others.get(name, ())


@cache
def usual() -> Names:
    """The names of `synonyms.txt`."""
    lines = (Path(__file__).parent / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    return Names(line.split(",") for line in lines if line.strip() and not line.startswith("#"))


def of_commitments(keywords: Mapping[int, str]) -> Names:
    """The names that commitments go by, given by their keywords. One that several share tells nothing."""
    lines = {key: [one.strip() for one in text.split(",") if one.strip()] for key, text in keywords.items() if text}
    shared = Counter(name for line in lines.values() for name in {_name(one) for one in line})
    return Names([one for one in line if shared[_name(one)] <= MOST_WITH_A_NAME] for line in lines.values())


def _name(written: str) -> Name:
    return tuple(one for one in stems(written) if one)[:LONGEST_NAME]
