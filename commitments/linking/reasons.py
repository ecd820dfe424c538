"""Why a suggestion is made, in two to four short sentences that a tired editor can check. Pure."""

from __future__ import annotations

import datetime as dt

from commitments.linking import memory, terms
from commitments.linking.features import Document, Pairing, Rarity
from commitments.linking.memory import Likeness
from commitments.linking.profile import Profile

MAX_WORDS_NAMED = 4


def reasons(
    document: Document, profile: Profile, pairing: Pairing, rarity: Rarity, score: float, figures: list[str]
) -> list[str]:
    """Sentences that name what matched, what is said of figures, the dates and how sure the linker is."""
    said = []
    if pairing.names:
        said.append(f"Names {_listed([f'“{name}”' for name in pairing.names[:2]])}.")
    rarest = sorted(pairing.matched, key=lambda term: (-rarity(term), term))
    rarest = [term for term in rarest if not any(term in name.lower() for name in pairing.names)][:MAX_WORDS_NAMED]
    if rarest:
        words = [f"“{profile.labels.get(term, term)}”" for term in rarest]
        said.append(f"Shares the words {_listed(words)}." if len(words) > 1 else f"Shares the word {words[0]}.")
    said.extend(figures[:1])
    date = _date(document.published, profile.made_on)
    if date and len(said) < 3:
        said.append(date)
    if pairing.features["number promised, another here"] and not figures and len(said) < 3:
        said.append("Its number is not the one promised.")
    return [*said, how_sure(score)]


def how_sure(score: float) -> str:
    """The last of the sentences."""
    return f"{_sureness(score)} (score {score:.2f})."


def remembered(passage: str, likeness: Likeness) -> str:
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
    if score >= 0.9:
        return "Very likely to belong"
    if score >= 0.7:
        return "Likely to belong"
    return "May belong"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
