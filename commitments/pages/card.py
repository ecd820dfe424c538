"""A commitment on a card: how it stands, small enough for a picture or for a frame on somebody else's page. Pure.

The picture is one drawing for both themes and for the image that is shown where a link is shared. It carries its
colours itself, because a picture on another page can reach no style sheet of ours.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from commitments.models import Status
from commitments.timing import Timing

from . import phrases
from .standing import Line

WIDTH, HEIGHT, MARGIN = 600, 315, 32
TITLE_SIZE, TITLE_TOP, TITLE_LEADING, MOST_TITLE_LINES = 28, 88, 34, 4
PILL_SIZE, PILL_PADDING, DUE_SIZE = 17, 12, 15

#: The tokens of record.css that the picture uses; a test holds both together.
THEMES = {
    "light": {
        "paper": "#fbf9f4",
        "ink": "#1f1b16",
        "muted": "#5b5348",
        "rule": "#cfc6b4",
        "good": "#1f6b3a",
        "fair": "#2c6770",
        "poor": "#9a2a1f",
        "warn": "#8a5200",
        "calm": "#4f5b66",
        "on-tone": "#ffffff",
    },
    "dark": {
        "paper": "#171512",
        "ink": "#ece6da",
        "muted": "#b5ab9b",
        "rule": "#453f35",
        "good": "#86d6a0",
        "fair": "#86cdd6",
        "poor": "#f5a196",
        "warn": "#f0bd6c",
        "calm": "#b8c3cd",
        "on-tone": "#171512",
    },
}
TONES: dict[Status | Timing, str] = {
    Status.ACHIEVED: "good",
    Timing.ON_TIME: "good",
    Status.ON_TRACK: "fair",
    Status.PARTLY_ACHIEVED: "fair",
    Status.NOT_ACHIEVED: "poor",
    Status.ABANDONED: "poor",
    Timing.OVERDUE: "poor",
    Status.OFF_TRACK: "warn",
    Timing.DUE_SOON: "warn",
    Timing.LATE: "warn",
}

_NARROW, _WIDE = set("ijltfrI.,:;'’‘|!()[] -"), set("mwMW@%—…")


@dataclass(frozen=True)
class Pill:
    """A status or a timing as drawn: where it begins and how wide it is, in the card's own units."""

    label: str
    x: float
    width: float
    colour: str

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Row:
    """A line of the title, and how far down it stands."""

    text: str
    y: float


@dataclass(frozen=True)
class Card:
    in_words: str
    title: list[Row]
    status: Pill
    is_judged: bool
    timing: Pill
    due: str
    as_of: str
    colours: dict[str, str]


def card(line: Line, theme: str, on: dt.date) -> Card:
    """The card of a commitment as it stands on a day. `theme` is a key of THEMES."""
    colours, standing = THEMES[theme], line.standing
    judged = standing.status.label if standing.judged else f"{standing.status.label}, not judged yet"
    status = _pill(judged, MARGIN, colours[TONES.get(standing.status, "calm")])
    timing = _pill(standing.timing.label, status.x + status.width + 10, colours[TONES.get(standing.timing, "calm")])
    due = _cut(_due(line), DUE_SIZE, WIDTH - 2 * MARGIN)
    as_of = f"as of {phrases.day(on)}"
    title = wrapped(line.commitment.title, TITLE_SIZE, WIDTH - 2 * MARGIN, MOST_TITLE_LINES)
    return Card(
        in_words=f"{line.commitment.title}: {status.label}; {timing.label.lower()}. {due}. {as_of.capitalize()}.",
        title=[Row(text, TITLE_TOP + TITLE_LEADING * place) for place, text in enumerate(title)],
        status=status,
        is_judged=standing.judged,
        timing=timing,
        due=due,
        as_of=as_of,
        colours={name.replace("-", "_"): colour for name, colour in colours.items()},
    )


def _due(line: Line) -> str:
    if line.deadline:
        return f"Due {line.deadline}"
    return f"Due “{line.deadline_as_worded}”" if line.deadline_as_worded else "No deadline was given"


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """A text cut into at most so many lines that fit a width; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if reach(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    lines = [_cut(line, size, width) for line in lines]
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]}…", size, width)]
    return lines


def _cut(line: str, size: float, width: float) -> str:
    if reach(line, size) <= width:
        return line
    kept = line.removesuffix("…")
    while kept and reach(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def reach(text: str, size: float) -> float:
    """About how wide a bold text is at most in the fonts that systems come with, of which none is measured here."""
    return size * sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.46
    if letter in _WIDE or letter > "\u1100":
        return 1.12
    return 0.85 if letter.isupper() else 0.73


def _pill(label: str, x: float, colour: str) -> Pill:
    return Pill(label, x, round(reach(label, PILL_SIZE) + 2 * PILL_PADDING, 1), colour)
