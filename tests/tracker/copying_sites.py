"""Releases as copying sites repeat them, and next editions that only look like copies.

Made from the labelled documents, each by a draw of its own that is the same every time. What is left out, added and
changed is what such sites do: a lead, a byline, a title of their own; no notes to editors; quotations cut; other
quotation marks; half of the text and “read on”. An edition differs in one figure, period, date or name, and sits in a
frame too.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tracker.near_duplicates import Said

LABELLED = Path(__file__).parents[1] / "labelled"
TO_BUILD_BY, TO_JUDGE_BY = ("fitting", "fitting-uk", "fitting-wide"), ("fitting-press", "unseen")

NOTES = (
    "Notes to editors",
    "The fund was first announced on 3 March 2023 and is run by Brightwater Associates on behalf of the department.",
    "Figures are rounded to the nearest 100. Those for Wales and Scotland are published by Statistics Hub.",
    "Media enquiries: Priya Natarajan, 020 7946 0812, or Tom Ashdown, 020 7946 0155 out of hours.",
)
BYLINES = ("By Hannah Whitlock, Local Democracy Reporter", "Marcus Oyelaran | Staff writer", "Posted by Ruth Pemberley")
LEADS = (
    "Residents and businesses will be watching closely, as our readers have told us again and again this year.",
    "The following was issued today and is reproduced here in full for the readers of the Harbour Gazette.",
    "News from across the country, brought to you by the Eastgate Chronicle.",
)
FEET = (
    "Follow us on Facebook and Twitter for more from Eastgate, or write to desk@eastgate.example.",
    "© 2025 Pennant Media Group. All rights reserved. 12 Fennel Street, Eastgate. Tel 01632 960 114.",
    "Sign up to the Gazette's newsletter. Read more: Ten things to do in Eastgate this weekend.",
)


@dataclass(frozen=True)
class Pair:
    """Two texts of which the second is a copy of the first, or the next edition, and how it was made."""

    how: str
    one: Said
    other: Said


def documents(sets: tuple[str, ...]) -> list[Said]:
    rows = [
        json.loads(line)
        for name in sets
        for line in (LABELLED / name / "releases.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [Said(row["title"], row["text"]) for row in rows if len(row["text"].split()) > 120]


def copies(originals: list[Said]) -> Iterator[Pair]:
    for place, original in enumerate(originals):
        dice = random.Random(place)
        with_notes = replace(original, text="\n\n".join([original.text, *NOTES]))
        for how, change in COPYING.items():
            one = with_notes if "notes" in how or how == "all of it" else original
            yield Pair(how, one, change(original, dice))


def editions(originals: list[Said]) -> Iterator[Pair]:
    for place, original in enumerate(originals):
        dice = random.Random(place)
        for how, change in EDITING.items():
            other = change(original, dice)
            if other != original:
                yield Pair(how, original, other)
                yield Pair(f"{how}, in a frame", original, _framed(other, dice))


def _framed(said: Said, dice: random.Random) -> Said:
    return Said(f"PRESS RELEASE: {said.title}", f"{dice.choice(LEADS)}\n\n{said.text}\n\n{dice.choice(FEET)}")


def _signed(said: Said, dice: random.Random) -> Said:
    return Said(said.title, f"{dice.choice(BYLINES)}\n\n{said.text}\n\n{dice.choice(FEET)}")


def _with_a_dateline(said: Said, dice: random.Random) -> Said:
    return Said(said.title, f"EASTGATE, {dice.randint(1, 28)} March 2025 – {said.text}\n\n{dice.choice(FEET)}")


def _titled_anew(said: Said, dice: random.Random) -> Said:
    """The desk's own title, of words of the text."""
    sentence = re.split(r"(?<=[.!?])\s", max(said.text.split("\n\n")[:3], key=len))[0]
    words = [word for word in sentence.split() if not re.search(r"\d", word)]
    return Said(f"Explained: {' '.join(words[: dice.randint(5, 9)])}", said.text)


def _with_quotes_cut(said: Said, dice: random.Random) -> Said:
    """Without a quotation or two, or other paragraphs of the middle."""
    paragraphs = said.text.split("\n\n")
    quoted = [number for number, one in enumerate(paragraphs) if number and one.lstrip().startswith(("“", '"'))]
    inner = quoted or list(range(2, len(paragraphs) - 1))
    if not inner:
        return said
    out = dice.sample(inner, min(len(inner), 1))
    return Said(said.title, "\n\n".join(one for number, one in enumerate(paragraphs) if number not in out))


def _in_other_marks(said: Said, dice: random.Random) -> Said:
    marks = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})
    if '"' in said.text or "'" in said.text:
        text = re.sub(r'(^|[\s(])"', r"\1“", said.text).replace('"', "”").replace("'", "’")
        return Said(said.title, text.replace(" - ", " – "))
    return Said(said.title.translate(marks), said.text.translate(marks))


def _cut_short(said: Said, dice: random.Random) -> Said:
    paragraphs = said.text.split("\n\n")
    kept = paragraphs[: max(2, round(len(paragraphs) * dice.uniform(0.5, 0.8)))]
    return Said(said.title, "\n\n".join([*kept, "Read the full story on our website."]))


def _spelt_anew(said: Said, dice: random.Random) -> Said:
    """House style: “per cent”, “and”, “organization”, “last night” for “today”."""
    for pattern, new in (
        (r"(\d)%", r"\1 per cent"),
        (r"isation", "ization"),
        (r"\btoday\b", "yesterday"),
        ("&", "and"),
    ):
        said = replace(said, text=re.sub(pattern, new, said.text))
    return said


def _all_of_it(said: Said, dice: random.Random) -> Said:
    changed = _in_other_marks(_with_quotes_cut(said, dice), dice)
    return _signed(_titled_anew(_framed(changed, dice), dice), dice)


COPYING: dict[str, Callable[[Said, random.Random], Said]] = {
    "framed": _framed,
    "signed": _signed,
    "with a dateline": _with_a_dateline,
    "titled anew": _titled_anew,
    "without the notes": lambda said, dice: said,
    "signed, without the notes": _signed,
    "quotes cut": _with_quotes_cut,
    "other marks": _in_other_marks,
    "cut short": _cut_short,
    "cut short, signed": lambda said, dice: _signed(_cut_short(said, dice), dice),
    "house style": _spelt_anew,
    "all of it": _all_of_it,
}

_FIGURE = re.compile(r"\d[\d,.]*\d|\d")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})\b")
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{3,}\b")


def _one_of(
    pattern: re.Pattern[str], new: Callable[[str, random.Random], str]
) -> Callable[[Said, random.Random], Said]:
    """Change one thing that `pattern` finds in the text, wherever it stands in it."""

    def change(said: Said, dice: random.Random) -> Said:
        found = list(pattern.finditer(said.text))
        if not found:
            return said
        at = dice.choice(found)
        return replace(said, text=f"{said.text[: at.start()]}{new(at.group(), dice)}{said.text[at.end() :]}")

    return change


def _other_digits(figure: str, dice: random.Random) -> str:
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + dice.randint(1, 9)) % 10), figure)


def _next_month(month: str, dice: random.Random) -> str:
    return _MONTHS[(_MONTHS.index(month) + dice.randint(1, 10)) % len(_MONTHS)]


def _every_figure(said: Said, dice: random.Random) -> Said:
    return replace(said, text=_FIGURE.sub(lambda found: _other_digits(found[0], dice), said.text))


def _figures_swapped(said: Said, dice: random.Random) -> Said:
    """The same figures of other things."""
    found = list(_FIGURE.finditer(said.text))
    different = [(one, two) for one in found for two in found if one.start() < two.start() and one[0] != two[0]]
    if not different:
        return said
    one, two = dice.choice(different)
    text = said.text
    return replace(said, text=text[: one.start()] + two[0] + text[one.end() : two.start()] + one[0] + text[two.end() :])


def _another_place(said: Said, dice: random.Random) -> Said:
    names = _NAME.findall(said.text)
    return replace(said, text=re.sub(rf"\b{dice.choice(names)}\b", "Wexborough", said.text)) if names else said


EDITING: dict[str, Callable[[Said, random.Random], Said]] = {
    "one figure": _one_of(_FIGURE, _other_digits),
    "another figure": _one_of(_FIGURE, _other_digits),
    "every figure": _every_figure,
    "figures swapped": _figures_swapped,
    "one month": _one_of(_MONTH, _next_month),
    "another place": _another_place,
    "one name": _one_of(_NAME, lambda name, dice: "Wexborough"),
}
