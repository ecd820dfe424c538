"""A drawing as a PNG, in fonts that come with us: a server need not have any, and looks at no other file."""

from __future__ import annotations

from pathlib import Path

import font_roboto
import resvg_py

#: Pixels for each unit of the drawing: 1200 by 630, as those who show shared links ask for.
SCALE = 2

_FONTS = [str(Path(font_roboto.font_directory, f"Roboto-{weight}.ttf")) for weight in ("Regular", "Bold")]


def png(drawing: str) -> bytes:
    """An SVG as the bytes of a PNG. ValueError if it is no SVG."""
    return resvg_py.svg_to_bytes(
        svg_string=drawing,
        zoom=SCALE,
        skip_system_fonts=True,
        font_files=_FONTS,
        font_family="Roboto",
        sans_serif_family="Roboto",
    )
