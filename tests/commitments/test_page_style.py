"""The look of the public pages: small, from here alone, whole on paper."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "commitments/static/commitments"
STYLES = {name: (FOLDER / name).read_text() for name in ("record.css", "chart.css")}


def test_all_of_the_style_is_less_than_30_kilobytes() -> None:
    assert sum(len(style.encode()) for style in STYLES.values()) < 30_000


def test_nothing_is_loaded_by_it_and_no_letters_are_brought() -> None:
    for style in STYLES.values():
        assert not re.search(r"@import|@font-face|url\(", style)


def test_every_colour_has_a_light_and_a_dark_side() -> None:
    """But on paper, which is white."""
    for style in STYLES.values():
        bare = re.sub(r"light-dark\([^)]*\)", "", style.partition("@media print")[0])
        assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(", re.sub(r"/\*.*?\*/", "", bare, flags=re.DOTALL))
