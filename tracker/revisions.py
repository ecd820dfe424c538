"""Did what a reader sees change? Pure."""

from __future__ import annotations

import hashlib
import unicodedata

from tracker.volatile import is_volatile

#: Stands before the title of each attachment whose text follows, in a paragraph of its own.
ATTACHMENT = "Attachment: "


def own_text(text: str) -> str:
    """The text of a revision without that of its attachments, as far as can be told from the text alone."""
    return "" if text.startswith(ATTACHMENT) else text.partition(f"\n\n{ATTACHMENT}")[0]


def seen_by_reader(title: str, text: str) -> str:
    """Title and text without what a reader would not call a change: white space, counters, forms of quotes."""
    lines = [line for line in text.splitlines() if not is_volatile(line)]
    return " ".join(_even(f"{title}\n{' '.join(lines)}").split())


def text_hash(title: str, text: str) -> str:
    """Equal for two versions between which a reader sees no change."""
    return hashlib.sha256(seen_by_reader(title, text).encode()).hexdigest()


def says_nothing_new(text: str, known_text: str) -> bool:
    """Whether `text` is an extract of `known_text`, as the summaries in feeds are."""
    extract = seen_by_reader("", text).rstrip(".… []")
    return extract in seen_by_reader("", known_text)


_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "…": "..."})


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
