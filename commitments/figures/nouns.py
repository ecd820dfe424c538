"""What a number counts: the noun beside it with its modifiers, and what happened to it."""

from __future__ import annotations

from dataclasses import replace

from .money import money
from .numbers import Number
from .phrases import Counted
from .shares import share
from .things import things

_WINDOW_CHARS = 160
_LONGEST_METRIC_CHARS = 120


def counted(text: str, number: Number, sentence: tuple[int, int]) -> Counted:
    """What a number counts, from the words beside it in its sentence."""
    before = text[max(sentence[0], number.start - _WINDOW_CHARS) : number.start]
    after = text[number.end : min(sentence[1], number.end + _WINDOW_CHARS)]
    match number.kind:
        case "money":
            what = money(number, before, after)
        case "count":
            what = things(before, after)
        case _:
            what = share(number, before, after)
    return replace(what, metric=what.metric[:_LONGEST_METRIC_CHARS].strip(), direction=number.change or what.direction)
