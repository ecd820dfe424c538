"""Whether words are English, by the small words that every sentence needs. Pure.

Promises are recorded in English. A translation names the same bodies, places and sums, and would match by those
alone, so it is not read: no link is better than a wrong one.
"""

from __future__ import annotations

import re

#: Fewer words than this are too few to tell: a name, a heading, a row of a table.
LEAST_WORDS = 12
#: Of English running text every fifth word is one of its small words. From the lower share on a text is not foreign,
#: whatever else is in it; from the higher on it is English among foreign ones.
ENGLISH_SHARE = 0.06
SURELY_ENGLISH_SHARE = 0.15
#: In other languages at least this share of the words has a letter that English lacks, or their small words prevail.
ACCENTED_SHARE = 0.1

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    _WORD.findall("the of and to that is with by from this be are have has its which who our not more than for")
)
_OTHERS = frozenset(
    _WORD.findall(
        """
        der das und von zu mit ist auf für nicht eine dem sich werden wird wurde
        le la les des et du est une dans que qui sur au aux par avec sont
        el los las del en por se y e da dos em uma il di che della dei gli nel
        het een voor zijn op dat niet och att det som er til av og af
        yn yr mae wedi gan bydd fydd gyda ac ein agus na air tha bhí tá
        w z się jest przez oraz dla ve bir ile ja ei
        """
    )
)


def is_english(text: str) -> bool:
    """Whether a text is surely English."""
    words = _WORD.findall(text.lower())
    return bool(words) and sum(word in _ENGLISH for word in words) >= SURELY_ENGLISH_SHARE * len(words)


def is_foreign(text: str) -> bool:
    """Whether a text is in another language than English. False where there are too few words to tell."""
    words = _WORD.findall(text.lower())
    ours = sum(word in _ENGLISH for word in words)
    if ours >= ENGLISH_SHARE * len(words):
        return False
    accented = sum(not word.isascii() for word in words)
    letters = sum(map(len, words))
    if letters < 4 * LEAST_WORDS or (len(words) < LEAST_WORDS and accented < len(words) / 2):
        return False
    return sum(word in _OTHERS for word in words) > ours or accented > ACCENTED_SHARE * len(words)
