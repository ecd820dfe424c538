"""The features of `features.py` in groups, so that each group can be turned off to see what it is worth.

Every feature stands in exactly one group; a test names those that do not.
"""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "the same words": (
        "all in passage",
        "all in window",
        "keyword in passage",
        "mass in passage",
        "mass in window",
        "phrases in passage",
        "phrases in release",
        "statement in passage",
        "statement in release",
        "statement in window",
        "strength",
        "title in passage",
        "title in release",
        "title in window",
    ),
    "its rarest words": (
        "rarest match",
        "second rarest match",
        "third rarest match",
        "title's rarest word in passage",
        "title's rarest word in release",
        "title's second word in passage",
    ),
    "words that mean nearly the same": (
        "statement meant in passage",
        "statement meant in window",
        "title meant in passage",
        "title meant in window",
    ),
    "names": (
        "name in passage",
        "name in release",
        "names missing",
        "title's name in passage",
        "title's name in release",
        "title's name missing",
    ),
    "numbers": (
        "has a number",
        "metric with a number",
        "number promised, another here",
        "same number",
        "same number and title",
        "same sum or large number",
        "sum promised, another here",
        "sum promised, none here",
    ),
    "time": (
        "after the administration",
        "before the administration",
        "date unknown",
        "financial year differs",
        "other years only",
        "published a little before",
        "published before",
        "published long before",
        "year in common",
        "years after",
    ),
    "place": (
        "abroad",
        "another country here",
        "another country in title",
        "country missing",
        "country missing here",
        "country named here",
        "foreign only",
        "no home named",
    ),
    "how well others fit": (
        "beaten by rival",
        "margin over rival",
        "other passages",
        "release bears on others",
        "strength beside its best",
    ),
    "the release's title": (
        "is the title",
        "release title",
        "release title, all",
    ),
    "form of the passage": (
        "heading",
        "in a list",
        "leads a list",
        "length",
        "opens the release",
        "words",
    ),
    "who speaks, and whether it promises": (
        "promises",
        "voice not official",
    ),
}
