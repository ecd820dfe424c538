"""What counts or times a page by itself, and is none of what its publisher says. Pure.

No likeness of the whole tells it from a real change, which may be three words of thousands; so it goes by what the
words are.
"""

from __future__ import annotations

import re

from tracker.reading.html_text import CELL_SEPARATOR

#: A longer line says something, and a count in it is a part of that.
MOST_WORDS = 15

_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?)"
_TODAY = re.compile(
    rf"^(?:today(?:’s|'s)? (?:is|date)\W*)?{_WEEKDAY},?\s+{_DAY},?\s+\d{{4}}(?:\W+\d{{1,2}}[:.]\d\d.{{0,12}})?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"^(?:(?:current|local) time\W*)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s*(?:am|pm|gmt|bst|utc)?$", re.IGNORECASE
)
_COUNTED = r"(?:page\s?views?|views?|hits|likes?|shares?|comments?|reads|visitors?\s(?:online|today)|users?\sonline)"
_NUMBER = r"\d[\d,.]*+(?:\s?[km]\b)?"
#: So labelled it is a counter wherever it stands; a number before the word may be a part of a sentence.
_LABELLED = re.compile(
    rf"(?:(?:number of|total)\s+)?\b{_COUNTED}\s*(?::\s*{_NUMBER}|\(\s*{_NUMBER}\s*\))", re.IGNORECASE
)
_COUNTER = re.compile(rf"\b{_NUMBER}\s+{_COUNTED}\b(?!\s+(?:of|that|on|from)\b)", re.IGNORECASE)
#: In a sentence these may be what it is about.
_COUNTED_ALONE = rf"(?:{_COUNTED}|visits?|visitors?|replies|downloads?|read)"
#: A line that is nothing else. What stands before and after is not gone back to (`*+`), or a line of a million dots
#: would be tried in a million million ways.
_BARE = re.compile(
    rf"""^\W*+(?:
        {_COUNTED_ALONE}\W*+{_NUMBER} | {_NUMBER}\s*+{_COUNTED_ALONE}
      | no\s+comments(?:\s+yet)? | leave\s+a\s+comment
      | \d+\s+(?:second|minute|hour|day|week|month|year)s?\s+ago
      | (?:page\s+)?(?:generated|retrieved|printed|rendered|cached)\s+(?:at|on|in)\b.*\d.*
    )\W*+$""",
    re.IGNORECASE | re.VERBOSE,
)
_AGO = re.compile(
    r"\b(?:\d+|an?|a few|one)\s+(?:second|minute|min|hour|hr|day|week)s?\s+ago\b|\bjust now\b", re.IGNORECASE
)
_MADE = re.compile(
    r"^(?:this )?page (?:was )?(?:generated|rendered|loaded|served|created|cached)\b"
    r"|^(?:generated|rendered|served|cached) (?:in|at|on)\b"
    r"|^(?:session|request|trace|reference) ?id\b\W",
    re.IGNORECASE,
)


def is_volatile(line: str) -> bool:
    """Whether a line counts or times the page and says nothing else. A row of a table is there for what it counts."""
    return CELL_SEPARATOR not in line and bool(_BARE.match(line.strip()))


def without_volatile(text: str, opening: str = "") -> str:
    """`text`, of a page as laid out by `reader_text`, without the day, clocks, counters of views, and times ago.

    `opening` is the page's headline: a date by itself is today's only above it. Rows of tables are left alone, for what
    they count is what they are for, unless they hold a whole page that is laid out as a table.
    """
    kept: list[str] = []
    above = bool(opening) and opening in text
    for line in text.split("\n"):
        above = above and line.strip() != opening
        is_short, bare = len(line.split()) <= MOST_WORDS, line.strip(" •")
        if is_short and CELL_SEPARATOR in line:
            kept.append(line)
            continue
        rest = _LABELLED.sub("", line)
        if is_short:
            if _MADE.match(bare) or (above and (_TODAY.match(bare) or _CLOCK.match(bare))):
                continue
            rest = _AGO.sub("", _COUNTER.sub("", rest))
        if rest == line:
            kept.append(line)
        elif re.search(r"\w", rest):
            kept.append(re.sub(r"[ \t]{2,}", " ", rest).strip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")
