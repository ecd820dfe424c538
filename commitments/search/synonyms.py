"""Other names for the same thing: from a file that anybody can read, and from the names that commitments go by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from sys import intern

from .words import stem, written

#: A name by the stems of its words, without those that say nothing.
Name = tuple[str, ...]

#: A name that more commitments go by says of none what else it is called.
MOST_WITH_A_NAME = 2
LONGEST_NAME = 6


class Names:
    """Things with the names that each goes by."""

    def __init__(self) -> None:
        self._of_thing: dict[int, tuple[Name, ...]] = {}
        self._things: dict[Name, tuple[int, ...]] = {}
        self._words: dict[Name, tuple[str, ...]] = {}

    def put(self, thing: int, names: Iterable[str]) -> None:
        """A thing goes by these names, and by no others any more."""
        for name in self._of_thing.pop(thing, ()):
            self._things[name] = tuple(one for one in self._things[name] if one != thing)
        known = {name: words for one in names for name, words in [_name(one)] if name}
        if known:
            self._of_thing[thing] = tuple(known)
        for name, words in known.items():
            self._things[name] = (*self._things.get(name, ()), thing)
            self._words[name] = words

    def others(self, name: Name) -> list[tuple[str, ...]]:
        """What else the things are called that go by a name, as the words are written, unless many do."""
        if not self._tells(name):
            return []
        names = (other for thing in self._things[name] for other in self._of_thing.get(thing, ()))
        return [self._words[other] for other in dict.fromkeys(names) if other != name and self._tells(other)]

    def _tells(self, name: Name) -> bool:
        return 0 < len(self._things.get(name, ())) <= MOST_WITH_A_NAME


@cache
def usual() -> Names:
    """The names of `synonyms.txt`."""
    lines = (Path(__file__).parent / "synonyms.txt").read_text(encoding="utf-8").splitlines()
    names = Names()
    for number, line in enumerate(lines):
        if not line.startswith("#"):
            names.put(number, line.split(","))
    return names


def _name(text: str) -> tuple[Name, tuple[str, ...]]:
    """A name by its stems, and its words."""
    words = tuple(intern(word) for word in written(text) if stem(word))[:LONGEST_NAME]  # many have the same
    return tuple(map(stem, words)), words
