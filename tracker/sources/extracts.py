"""Is what a feed carries of an item all of it, or only an extract? Pure."""

from __future__ import annotations

import re

#: Of a summary or description; what is meant for the whole text is one unless it says that it goes on.
WORDS_OF_A_WHOLE_TEXT = 200
WORDS_OF_A_WHOLE_TEXT_IN_PARAGRAPHS = 100

_LAST_CHARACTERS = 300
_CLOSING = " \"'’”)»→>.!"
_GOES_ON = re.compile(
    r"""(
        (…|\.\.\.) | \[\s*(…|\.{3,}|more)\s*\] | \(\s*more | (?<!\w)more\s*(…|\.{3,}|»|→|>+)
      | (?<!\w)(continue|keep|carry\ on)\ reading.{0,200}
      | (?<!\w)read\ (more|on|the\ (full|whole|rest|complete|entire)\b.{0,200})
      | (?<!\w)(full\ (story|article|text|release)|weiterlesen|lire\ la\ suite|leer\ más|lees\ verder)
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_SIGNATURE = ("The post ", " appeared first on ")


def is_extract(text: str, *, is_content: bool) -> bool:
    """Whether `text` of an item is only an extract, as far as it shows.

    `is_content` when it came in what the format has for the whole text (`content`, `content:encoded`), and not in
    what may be either (`summary`, `description`). Decided item by item, so that what else a feed carries today
    makes no difference.
    """
    text = _without_signature(text.strip())
    if not text or _goes_on(text):
        return True
    if is_content:
        return False
    words = len(text.split())
    return words < (WORDS_OF_A_WHOLE_TEXT_IN_PARAGRAPHS if "\n\n" in text else WORDS_OF_A_WHOLE_TEXT)


def _goes_on(text: str) -> bool:
    end = " ".join(text[-_LAST_CHARACTERS:].split())
    return bool(_GOES_ON.search(end) or _GOES_ON.search(end.rstrip(_CLOSING)))


def _without_signature(text: str) -> str:
    """`text` without the line that WordPress puts under extracts and whole texts alike."""
    begins, goes_on = _SIGNATURE
    body, found, signature = text.rpartition(begins)
    return body.rstrip() if found and goes_on in signature and "\n\n" not in signature else text
