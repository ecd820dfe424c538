"""JSON of any shape, and JSON that was right until something in it was not."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hypothesis import strategies as st

from tracker.fetching import FetchError
from tracker.sources import Entry, NotUnderstood, Vanished

_TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        *("\ud800", "\x00", "<p>x</p>", "<", "&#0;", "//[", "http://[", "https://a b", "/", "-1", "…"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2025-13-01", "2025-01-01", "<!--", "9" * 40),
    ]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | _TEXTS
any_json = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=8
)


@st.composite
def bent(draw: st.DrawFn, right: Any) -> Any:
    """`right` with up to three places in it replaced by anything, or taken out."""
    value = copy.deepcopy(right)
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from(list(_places(value)) or [(None, None)]))
        if holder is None:
            return draw(any_json)
        if draw(st.booleans()):
            holder[key] = draw(any_json)
        else:
            del holder[key]
    return value


def _places(value: Any) -> Any:
    """Every place in `value` that holds something, as what holds it and the key there."""
    inside = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, held in inside:
        yield value, key
        if isinstance(held, dict | list):
            yield from _places(held)


def said_by(read: Callable[[], object]) -> str:
    """What it says when it refuses; a full stop when it does not. What it reads can be stored."""
    try:
        found = read()
    except (NotUnderstood, Vanished, FetchError) as refused:
        return str(refused)
    for entry in found if isinstance(found, list) else [found]:
        if isinstance(entry, Entry):
            assert entry.title
            json.dumps(asdict(entry), default=dt.datetime.isoformat, ensure_ascii=False).encode()
    return "."
