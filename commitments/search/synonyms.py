"""Other names for the same thing: from a file that anybody can read, and from the names that commitments go by."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from .words import stems

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

    def put(self, thing: int, written: Iterable[str]) -> None:
        """A thing goes by these names, and by no others any more."""
        for name in self._of_thing.pop(thing, ()):
            self._things[name] = tuple(one for one in self._things[name] if one != thing)
        names = tuple(dict.fromkeys(name for one in written if (name := _name(one))))
        if names:
            self._of_thing[thing] = names
        for name in names:
            self._things[name] = (*self._things.get(name, ()), thing)

    def others(self, name: Name) -> list[Name]:
        """What else the things are called that go by a name, unless many do."""
        if not self._tells(name):
            return []
        names = (other for thing in self._things[name] for other in self._of_thing.get(thing, ()))
        return [other for other in dict.fromkeys(names) if other != name and self._tells(other)]

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


def _name(written: str) -> Name:
    return tuple(one for one in stems(written) if one)[:LONGEST_NAME]
