"""Why a suggestion is made, in two to four short sentences that a tired editor can check. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from commitments.linking import memory, terms
from commitments.linking.document import Document
from commitments.linking.features import Pairing
from commitments.linking.memory import Likeness
from commitments.linking.model import Rarity
from commitments.linking.profile import Profile

MAX_WORDS_NAMED = 4
MAX_SENTENCES = 4
#: Scores from which a passage is said to be likely, and very likely, to belong.
LIKELY = 0.7
VERY_LIKELY = 0.9

#: What stands before a name at the beginning of a sentence or title.
_ARTICLE = re.compile(r"^(?:an?|the|our|their|this|every|new)\s+(?=\S)", re.IGNORECASE)


def reasons(
    document: Document,
    profile: Profile,
    pairing: Pairing,
    quoted: int,
    rarity: Rarity,
    score: float,
    figures: Sequence[str],
    cues: Sequence[str],
    likeness: Likeness = memory.NOTHING,
) -> list[str]:
    """Two to four sentences: the words that matched and one that did not, what is said of figures, the cues on which
    the relation rests, what else tells for or against, what is remembered, and how sure the linker is.

    `quoted` is the number of the passage that is quoted; where it is not that of the pairing, it comes after it."""
    matched = _matched(document, profile, pairing, rarity)
    if matched and quoted != pairing.passage:
        which = "The sentence" if quoted == pairing.passage + 1 else "A sentence"
        matched = f"{which} before it {matched[0].lower()}{matched[1:]}"
    said = [
        matched,
        *figures[:1],
        f"Says {_listed([f'“{cue}”' for cue in cues])}." if cues else "",
        _other_number(pairing) if not figures else "",
        _deadline(document, profile, pairing),
        _date(document.published, profile.made_on),
    ]
    last = [*filter(None, [_remembered(document.passages[quoted].text, likeness)]), how_sure(score)]
    return [*[sentence for sentence in said if sentence][: MAX_SENTENCES - len(last)], *last]


def _matched(document: Document, profile: Profile, pairing: Pairing, rarity: Rarity) -> str:
    """What the passage shares with the commitment, and the rarest word of the commitment's title that it lacks."""
    parts = []
    if pairing.names:
        names = [_ARTICLE.sub("", name) for name in pairing.names[:2]]
        parts.append(f"names {_listed([f'“{name}”' for name in names])}")
    named = " ".join(pairing.names).lower()
    shared = [term for term in _rarest(pairing.matched, rarity) if term not in named][:MAX_WORDS_NAMED]
    if shared:
        parts.append(f"shares {_listed([_word(profile, term) for term in shared])}")
    lacks = _rarest(profile.title - document.stems[pairing.passage], rarity)
    if lacks:
        parts.append(f"does not say {_word(profile, lacks[0])}")
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _rarest(stems: Iterable[str], rarity: Rarity) -> list[str]:
    return sorted(stems, key=lambda term: (-rarity(term), term))


def _word(profile: Profile, stem: str) -> str:
    return f"“{profile.labels.get(stem, stem)}”"


def _other_number(pairing: Pairing) -> str:
    return "Its number is not the one promised." if pairing.features["number promised, another here"] else ""


def _deadline(document: Document, profile: Profile, pairing: Pairing) -> str:
    if profile.deadline_latest is None:
        return ""
    if document.published is not None and document.published > profile.deadline_latest:
        return "Published after the deadline."
    if profile.deadline_latest.year in document.stated(pairing.passage).years:
        return "Names the year of the deadline."
    return "Does not name the year of the deadline."


def how_sure(score: float) -> str:
    """The last of the sentences."""
    return f"{_sureness(score)} (score {score:.2f})."


def _remembered(passage: str, likeness: Likeness) -> str:
    """What an earlier decision on this commitment says for or against the passage; nothing if it says little."""
    for_it = likeness.accepted >= likeness.rejected
    if abs(likeness.accepted - likeness.rejected) < memory.WORTH_SAYING:
        return ""
    shared = likeness.accepted_words if for_it else likeness.rejected_words
    words = list(dict.fromkeys(word.text for word in terms.words(passage) if word.stem in shared))[:MAX_WORDS_NAMED]
    if not words:
        return ""
    named = _listed([f"“{word}”" for word in words])
    return f"Evidence {'accepted' if for_it else 'rejected'} before for this commitment had {named} too."


def _date(published: dt.date | None, made_on: dt.date | None) -> str:
    if published is None or made_on is None:
        return ""
    if published < made_on:
        return "Published before the day on which the promise is recorded."
    if published == made_on:
        return "Published on the day of the promise."
    return "Published after the promise was made."


def _sureness(score: float) -> str:
    if score >= VERY_LIKELY:
        return "Very likely to belong"
    if score >= LIKELY:
        return "Likely to belong"
    return "May belong"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
