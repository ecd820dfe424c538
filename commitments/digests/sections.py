"""A digest's content as headed lists of sentences, the same for both parts of a mail. Pure.

However much there is to say, a section names no more than it is given room for, counts the rest and links to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator

from commitments.digests.build import Content
from commitments.digests.lines import ChangeLine, DueLine, EvidenceLine, Passage, SilentLine, WordingLine
from commitments.pages import phrases

#: What merely goes on is named so often at most, and so many passages are quoted of one commitment.
GOING_ON = 5
QUOTES = 3
#: A reader finds the whole behind the link.
MOST_LETTERS_OF_A_TITLE = 150
MOST_LETTERS_OF_WORDS = 400


@dataclass(frozen=True)
class Said:
    """A paragraph under a title. `manner` is "plain", "late", "strong", "quote" or "source"; `url` leads to a place of
    its own."""

    words: str
    manner: str = "plain"
    url: str = ""


@dataclass(frozen=True)
class Item:
    title: str
    url: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Section:
    """`rest` says how many more there are, and `rest_url` leads to all of them. A `short` one is set smaller."""

    heading: str
    items: tuple[Item, ...]
    rest: str
    rest_url: str
    is_short: bool = False


@dataclass(frozen=True)
class Places:
    """Where all of a kind can be read: addresses of the public site."""

    overdue: str
    due_soon: str
    all: str
    changes: str


def sections(content: Content, places: Places, room: int) -> tuple[Section, ...]:
    """In the order in which they are read; those with nothing to say are left out. `room` is how many items of
    news each may name."""
    newly = "" if content.is_first else "Newly "
    silent = "Silent: no evidence for 90 days" if content.is_first else "Still silent"
    still = "Still " if content.newly_overdue or not content.has_news else ""
    kinds: list[tuple[str, Sequence[Any], Callable[[Any], Item], str, bool]] = [
        (f"{newly}overdue", content.newly_overdue, _overdue, places.overdue, False),
        ("Corrections: where we were wrong", content.corrections, _corrected, places.changes, False),
        ("Status changed by our editors", content.changes, _changed, places.changes, False),
        ("What was promised is worded otherwise now", content.wordings, _reworded, places.changes, False),
        (f"{newly}due in the next 30 days", content.newly_due_soon, _due_soon, places.due_soon, False),
        ("New evidence", content.evidence, _evidence, places.changes, False),
        ("Newly silent: no evidence for 90 days", content.newly_silent, _silent, places.all, False),
        (f"{still}overdue", content.still_overdue, _overdue_shortly, places.overdue, True),
        ("Still due in the next 30 days", content.still_due_soon, _due_soon_shortly, places.due_soon, True),
        (silent, content.still_silent, _silent_shortly, places.all, True),
    ]
    return tuple(
        _section(heading, lines, item, url, is_short, min(room, GOING_ON) if is_short else room)
        for heading, lines, item, url, is_short in kinds
        if lines
    )


def _section(
    heading: str, lines: Sequence[Any], item: Callable[[Any], Item], url: str, is_short: bool, room: int
) -> Section:
    more = len(lines) - room
    rest = f"And {more:,} more" if more > 0 else ""
    return Section(
        heading[0].upper() + heading[1:],
        tuple(item(line) for line in lines[:room]),
        rest,
        url if rest else "",
        is_short,
    )


def _overdue(line: DueLine) -> Item:
    due = f"{_late(line)}: was due by {phrases.day(line.due_by)}{_in_words(line)}."
    return _item(line, "#deadline", [Said(f"{due} {_standing(line)}", "late")])


def _overdue_shortly(line: DueLine) -> Item:
    return _item(line, "#deadline", [Said(f"{_late(line)}, since {phrases.day(line.due_by)}", "late")])


def _late(line: DueLine) -> str:
    return f"{phrases.days(line.days)} late"


def _due_soon(line: DueLine) -> Item:
    return _item(line, "#deadline", [Said(f"{_due(line)}{_in_words(line)}. {_standing(line)}")])


def _due_soon_shortly(line: DueLine) -> Item:
    return _item(line, "#deadline", [Said(_due(line))])


def _due(line: DueLine) -> str:
    when = "Due today" if line.days == 0 else f"Due in {phrases.days(line.days)}"
    return f"{when}, by {phrases.day(line.due_by)}"


def _silent(line: SilentLine) -> Item:
    return _item(line, "#evidence", [Said(f"{_unheard(line)}. {_standing(line)}")])


def _silent_shortly(line: SilentLine) -> Item:
    return _item(line, "#evidence", [Said(_unheard(line))])


def _unheard(line: SilentLine) -> str:
    if line.since is None:
        return "No evidence so far"
    return f"No evidence since {phrases.day(line.since)}" + ("" if line.was_heard else ", when it was promised")


def _changed(line: ChangeLine) -> Item:
    before = f" (before: {line.status_before})" if line.status_before else ""
    return _item(line, "#changes", [Said(f"{_judged(line)}{before}", "strong"), Said(_cut(line.reason))])


def _corrected(line: ChangeLine | WordingLine) -> Item:
    if isinstance(line, ChangeLine):
        wrong = f" (we had wrongly said: {line.status_before})"
        return _item(line, "#changes", [Said(f"{_judged(line)}{wrong}", "strong"), Said(_cut(line.reason))])
    said = [Said("We had worded it wrongly", "strong")]
    if line.statement_before:
        said.append(Said(f"We had wrongly said: {_cut(line.statement_before)}"))
    return _item(line, "#changes", [*said, *_worded(line)])


def _reworded(line: WordingLine) -> Item:
    how = f"{line.how[:1].upper()}{line.how[1:]}, from {phrases.day(line.holds_from)}"
    return _item(line, "#changes", [Said(how, "strong"), *_worded(line)])


def _worded(line: WordingLine) -> Iterable[Said]:
    yield Said(f"Now: {_cut(line.statement)}")
    if line.statement_before and not line.is_correction:
        yield Said(f"Before: {_cut(line.statement_before)}")
    if line.deadline_before:
        yield Said(f"Deadline: {_cut(line.deadline)}; before: {_cut(line.deadline_before)}")
    if line.note:
        yield Said(_cut(line.note))


def _evidence(line: EvidenceLine) -> Item:
    new = [passage for passage in line.passages if not passage.says_again]
    said = [paragraph for passage in new[:QUOTES] for paragraph in _quoted(passage)]
    if new[QUOTES:]:
        said.append(Said(f"And {_passages(len(new) - QUOTES)} more", manner="source", url=f"{line.of.url}#evidence"))
    if line.says_again:
        again = f"{_passages(line.says_again)} {'says' if line.says_again == 1 else 'say'} again what was known"
        said.append(Said(again, manner="source", url=f"{line.of.url}#evidence"))
    return _item(line, "#evidence", said)


def _quoted(passage: Passage) -> Iterable[Said]:
    yield Said(f"“{_cut(passage.words)}”", "quote")
    where = f"{_cut_title(passage.publisher)}, {phrases.day(passage.published_on)}: {_cut_title(passage.title)}"
    yield Said(f"{where} ({passage.relation})", "source", passage.url)


def _item(line: Any, anchor: str, said: Iterable[Said]) -> Item:
    return Item(_cut_title(line.of.title), f"{line.of.url}{anchor}", tuple(said))


def _judged(line: ChangeLine) -> str:
    return f"{line.status}, from {phrases.day(line.holds_from)}"


def _standing(line: DueLine | SilentLine) -> str:
    return f"Status: {line.status}." + (f" Owed by {_cut_title(line.of.owner)}." if line.of.owner else "")


def _in_words(line: DueLine) -> str:
    return f" (“{_cut_title(line.deadline_text)}”)" if line.deadline_text else ""


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count:,} passages"


def _cut(words: str) -> str:
    return str(Truncator(" ".join(words.split())).chars(MOST_LETTERS_OF_WORDS, truncate=" …"))


def _cut_title(words: str) -> str:
    return str(Truncator(" ".join(words.split())).chars(MOST_LETTERS_OF_A_TITLE, truncate=" …"))
