"""Is this entry a release that we know? Pure: keys from entries, and a verdict over what shares a key.

Three things speak for identity, strongest first: the id within its source, the address, and the content. Ids
are re-issued and addresses re-used, so whatever contradicts them is looked at too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from tracker.sources.entry import Entry

#: Fewer words than this (a title and a stock sentence) may be said again of another document.
TELLING_WORDS = 50
#: The same few words, or another text under the same id, this far apart are taken for two documents.
SAME_FEW_WORDS_WITHIN = dt.timedelta(days=3)
#: An id at a new address still names the same document if this share of its phrases or of its title stayed.
KEPT_SHARE = 0.5
PHRASE_WORDS = 3

_TIMESTAMP_FRAGMENT = re.compile(
    r"#\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$", re.IGNORECASE
)
_TRACKING = re.compile(
    r"^(utm_\w+|at_\w+|mc_[ce]id|fbclid|gclid|dclid|msclkid|twclid|yclid|igshid|mkt_tok|cmp|ns_\w+|xtor|ocid"
    r"|cmpid|ito|smid|wt\.\w+|_hsenc|_hsmi|ref_src)$",
    re.IGNORECASE,
)
_INDEX_PAGE = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d$")
_WORDS = re.compile(r"\w+|[£$€¥%]|(?<!\w)[-−–](?=\d)")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
    *("november", "december"),
)
_PERIOD_WORDS = {
    *_MONTHS,
    *(month[:3] for month in _MONTHS),
    "q1",
    "q2",
    "q3",
    "q4",
    "spring",
    "summer",
    "autumn",
    "winter",
}


@dataclass(frozen=True)
class Identity:
    """What an entry is known by: hashes in hexadecimal. `url_key` is empty where the address says nothing."""

    key: str
    url_key: str
    content_key: str


@dataclass(frozen=True)
class Known:
    """A release that shares a key with an entry, as one source carried it.

    `named_otherwise` when the entry's publisher, which names its documents for good, calls the release by another
    name.
    """

    same_source: bool
    key: str
    url_key: str
    content_key: str
    title: str
    text: str
    published_at: dt.datetime | None
    named_otherwise: bool = False


def stable_guid(guid: str) -> str:
    """The id without the time of update that some feeds add to it."""
    return _TIMESTAMP_FRAGMENT.sub("", guid)


def canonical_address(url: str) -> str:
    """`url` without what does not change the document: scheme, www, tracking, fragment, trailing slash.

    Empty for an address that names no document of its own, such as a front page.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip(".").removeprefix("www."), parts.port
    except ValueError:
        return ""
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)]
    path = _INDEX_PAGE.sub("/", re.sub(r"/{2,}", "/", parts.path)).rstrip("/")
    if not host or not (path or kept or parts.fragment.startswith(("!", "/"))):
        return ""
    port_part = f":{port}" if port not in {None, 80, 443} else ""
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    route = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return f"{host}{port_part}{path}{query}{route}"


def periods(text: str) -> frozenset[str]:
    """The years, quarters, seasons and months in `text`: what tells one edition of a document from the next."""
    return frozenset(word for word in normalised_words(text) if word in _PERIOD_WORDS or _YEAR.match(word))


def figures(text: str) -> frozenset[str]:
    """The numbers in `text`, with its periods."""
    return periods(text) | {word for word in normalised_words(text) if any(c.isdigit() for c in word)}


def contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each says something that the other doesn't; that one says more is no contradiction."""
    return not (one <= other or other <= one)


def identities(entries: Sequence[Entry]) -> list[Identity]:
    """The identity of each entry of one document, in order.

    An id or address that several entries of the document share does not identify any of them by itself.
    """
    guids = Counter(stable_guid(entry.guid) for entry in entries)
    addresses = Counter(
        {
            address: len({(stable_guid(entry.guid), entry.title) for entry in group})
            for address, group in _by_address(entries).items()
        }
    )
    found = []
    for entry in entries:
        guid, address = stable_guid(entry.guid), canonical_address(entry.url)
        content = _content(entry)
        shared_address = addresses[address] > 1
        if guid and guids[guid] == 1:
            name = f"id {guid}"
        elif guid and address and not shared_address:
            name = f"id {guid} at {address}"
        elif address and not shared_address:
            name = f"at {address}"
        else:
            name = f"saying {content}"
        found.append(
            Identity(
                key=_hash(name),
                url_key=_hash(address) if address and not shared_address else "",
                content_key=_hash(content),
            )
        )
    return found


def is_same(entry: Entry, identity: Identity, known: Known) -> bool:
    """Whether `entry` is the document that `known` is an appearance of."""
    if known.same_source and identity.key == known.key:
        return _id_still_names(entry, identity, known)
    if identity.url_key and identity.url_key == known.url_key:
        return not contradict(periods(entry.title), periods(known.title))
    if identity.content_key != known.content_key or contradict(figures(entry.title), figures(known.title)):
        return False
    if known.named_otherwise:  # notices that differ in their title and their files alone
        return False
    words = len(normalised_words(entry.text))
    if words >= TELLING_WORDS:
        return True
    if not words:
        return False
    if entry.published_at is None or known.published_at is None:
        return known.same_source
    return not _far_apart(entry, known)


def _id_still_names(entry: Entry, identity: Identity, known: Known) -> bool:
    """Whether an id still names the document that it did: feeds number their items anew, or call each “latest”."""
    redated = _far_apart(entry, known)
    if identity.url_key and identity.url_key == known.url_key:
        return not (redated and contradict(periods(entry.title), periods(known.title)))
    if contradict(figures(entry.title), figures(known.title)):
        return False
    if redated and contradict(figures(entry.text), figures(known.text)):
        return False
    if identity.content_key == known.content_key or _mostly_kept(entry.text, known.text, PHRASE_WORDS):
        return True
    return not redated and _mostly_kept(entry.title, known.title, 1)


def _far_apart(entry: Entry, known: Known) -> bool:
    if entry.published_at is None or known.published_at is None:
        return False
    return abs(entry.published_at - known.published_at) > SAME_FEW_WORDS_WITHIN


def _mostly_kept(one: str, other: str, words: int) -> bool:
    """Whether the shorter of two texts stands for the greater part in the longer, by its runs of so many words."""
    phrases, others = _phrases(one, words), _phrases(other, words)
    return len(phrases & others) > KEPT_SHARE * min(len(phrases), len(others))


def _phrases(text: str, words: int) -> frozenset[tuple[str, ...]]:
    said = normalised_words(text)
    return frozenset(zip(*(said[start:] for start in range(words)), strict=False))


def _by_address(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(canonical_address(entry.url), []).append(entry)
    return groups


def _content(entry: Entry) -> str:
    """What the entry says. A long text speaks for itself: those who copy it put a title of their own on it."""
    words = normalised_words(entry.text)
    return " ".join(words if len(words) >= TELLING_WORDS else [*normalised_words(entry.title), "/", *words])


def normalised_words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "").replace("'", "")
    return _WORDS.findall(folded)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
