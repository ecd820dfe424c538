"""How exactly a figure is meant: “more than”, “almost”, “up to”. Keys are those of models.Qualifier."""

from __future__ import annotations

import re

_BEFORE = (
    ("at least", r"at\s+least|no\s+fewer\s+than|no\s+less\s+than|not\s+less\s+than|a\s+minimum\s+of|minimum\s+of|≥"),
    (
        "up to",
        r"(?<!revised\s)up\s+to(?:\s+a\s+maximum\s+of)?|as\s+many\s+as|as\s+much\s+as|a\s+maximum\s+of|maximum\s+of|no\s+more\s+than"
        r"|not\s+more\s+than|at\s+most|≤",
    ),
    (
        "more than",
        r"(?:well\s+|just\s+|slightly\s+|far\s+|significantly\s+)?(?:more\s+than|greater\s+than|higher\s+than|in\s+excess\s+of"
        r"|exceed(?:s|ed|ing)?|upwards\s+of|surpass(?:es|ed|ing)?|topp(?:ed|ing)|over|above)|north\s+of|>",
    ),
    (
        "nearly",
        r"nearly|just\s+under|just\s+below|approaching|not\s+quite|just\s+short\s+of",
    ),
    ("less than", r"(?:well\s+|far\s+)?(?:less\s+than|fewer\s+than|lower\s+than|under|below)|short\s+of|<"),
    ("almost", r"almost"),
    (
        "around",
        r"around|about|some|approximately|approx\.?|roughly|circa|c\.|ca\.|close\s+to|an\s+estimated|estimated"
        r"|(?:in|something\s+in)\s+the\s+region\s+of|in\s+the\s+order\s+of|or\s+so|~",
    ),
)
# A determiner or adjective may stand between: “up to an additional £987 million”, “at least another 400”.
_BETWEEN = r"(?:\s+(?:a|an|the|its|another|extra|further|additional|total\s+of|new|combined)){0,3}\s*$"
_PREFIXES = tuple(
    (key, re.compile(rf"(?:(?<![\w-])|(?=[≥≤<>~]))(?:{words}){_BETWEEN}", re.IGNORECASE)) for key, words in _BEFORE
)
_SUFFIXES = (
    (
        "at least",
        re.compile(
            r"^(?:\+|-plus\b|\s+(?:or\s+(?:more|over|above|higher)|and\s+(?:over|above|more))\b)", re.IGNORECASE
        ),
    ),
    ("less than", re.compile(r"^\s+or\s+(?:less|fewer|under|below|lower)\b", re.IGNORECASE)),
    ("around", re.compile(r"^(?:-odd\b|-ish\b|\s+or\s+so\b)", re.IGNORECASE)),
)
_LOOK_BACK_CHARS = 50


def qualifier(before: str, after: str, is_range: bool) -> str:
    """The key of the qualifier in the words before and after a number."""
    if is_range:
        return "between"
    near = before[-_LOOK_BACK_CHARS:]
    found = [(match.end(), -match.start(), key) for key, pattern in _PREFIXES if (match := pattern.search(near))]
    if found:
        # Of several that reach the number, the longest wins: “no more than” over “more than”.
        return max(found)[2]
    return next((key for key, pattern in _SUFFIXES if pattern.search(after)), "exact")
