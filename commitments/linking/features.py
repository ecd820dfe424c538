"""What a person looks at to decide whether a passage bears on a commitment, as numbers. Pure.

`Document` is a release made comparable once; `compare` gives, for each commitment that shares words with it,
its best passages with their features.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from commitments.linking import meanings, places, quantities, terms
from commitments.linking import passages as splitting
from commitments.linking.passages import Passage
from commitments.linking.profile import Profile
from commitments.linking.quantities import Quantity

Key = TypeVar("Key", bound=Hashable)
#: How much a term tells apart, from 0 (every text has it) upwards.
Rarity = Callable[[str], float]

PASSAGES_KEPT = 6
#: A passage less strong than this share of a commitment's strongest one is not looked at for it.
WEAKEST = 0.4
DAY = dt.timedelta(days=1)
#: A smaller count in a promise ("six months") is no figure that a passage could differ from.
LEAST_TELLING = 20

#: Words by which a sentence promises, rather than reports.
PROMISING = re.compile(r"\b(?:will|to be|plans?|planned|pledg\w+|commit\w*|promis\w+|intends?|aims?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a passage states beside its words: quantities, years, first years of financial years, countries.

    `features` are those that are the same for every commitment.
    """

    quantities: frozenset[Quantity]
    money: frozenset[Quantity]
    years: frozenset[int]
    financial_years: frozenset[int]
    countries: frozenset[str]
    features: Mapping[str, float]


@dataclass(slots=True)
class Document:
    """A release's words.

    `beside` is, for each passage, the stems that its lead sentence, heading and neighbours have and it has not;
    `window` is both; `meant` and `meant_window` say what these words mean.
    """

    title: str
    published: dt.date | None
    voice: str
    passages: list[Passage]
    stems: list[frozenset[str]]
    pairs: list[frozenset[str]]
    beside: list[frozenset[str]]
    window: list[frozenset[str]]
    meant: list[frozenset[str]]
    meant_window: list[frozenset[str]]
    title_stems: frozenset[str]
    where: dict[str, list[int]]
    everywhere: frozenset[str]
    all_pairs: frozenset[str]
    text_of_stems: list[str]
    all_stems: str
    countries: dict[str, int]
    title_countries: frozenset[str]
    years: frozenset[int]
    title_financial_years: frozenset[int]
    _stated: dict[int, Stated] = field(default_factory=dict)

    @property
    def terms(self) -> set[str]:
        return set(self.everywhere)

    def stated(self, number: int) -> Stated:
        """What a passage states, worked out when first asked for."""
        if number not in self._stated:
            passage = self.passages[number]
            found = frozenset(quantities.quantities(passage.text))
            heading = not passage.text.rstrip().endswith((".", "!", "?", "”", '"', ";", ":")) and not passage.lead
            self._stated[number] = Stated(
                found,
                _money(found),
                frozenset(quantities.years(passage.text)),
                frozenset(quantities.financial_years(passage.text)),
                frozenset(places.countries(f"{passage.text}\n{passage.lead}\n{passage.heading}")),
                {
                    "heading": float(heading),
                    "is the title": float(passage.text.strip() == self.title.strip()),
                    "in a list": float(bool(passage.lead)),
                    "leads a list": float(passage.text.endswith(":")),
                    "opens the release": float(number == 0),
                    "has a number": float(bool(found)),
                    "promises": float(bool(PROMISING.search(passage.text))),
                    "words": math.log1p(len(passage.text.split())),
                },
            )
        return self._stated[number]


def document(title: str, text: str, published: dt.date | None, voice: str) -> Document:
    """Make a release comparable. `published` is None where nobody knows."""
    split = splitting.split(text)
    acronyms = terms.defined_acronyms(text[: splitting.MAX_TEXT_CHARACTERS])
    expand = {terms.stem(acronym): stems for acronym, stems in acronyms.items()}

    def read(piece: str) -> list[str]:
        ordered: list[str] = []
        for stem in terms.stems(piece):
            ordered.append(stem)
            if stem in expand:
                ordered.extend(expand[stem])
        return ordered

    ordered = [read(passage.text) for passage in split]
    stems = [frozenset(found) for found in ordered]
    leads: dict[str, frozenset[str]] = {}
    window = []
    for number, passage in enumerate(split):
        around = set(stems[number])
        for other in (number - 1, number + 1):
            if 0 <= other < len(split) and abs(split[other].paragraph - passage.paragraph) <= 1:
                around |= stems[other]
        for context in (passage.lead, passage.heading):
            if context:
                if context not in leads:
                    leads[context] = frozenset(read(context))
                around |= leads[context]
        window.append(frozenset(around))
    where: dict[str, list[int]] = {}
    for number, found in enumerate(stems):
        for term in found:
            where.setdefault(term, []).append(number)
    title_ordered = read(title)
    pairs = [frozenset(terms.pairs(found)) for found in ordered]
    return Document(
        title=title,
        published=published,
        voice=voice,
        passages=split,
        stems=stems,
        pairs=pairs,
        beside=[around - found for around, found in zip(window, stems, strict=True)],
        window=window,
        meant=[frozenset(map(meanings.meaning, found)) for found in stems],
        meant_window=[frozenset(map(meanings.meaning, found)) for found in window],
        title_stems=frozenset(title_ordered),
        where=where,
        everywhere=frozenset(where).union(title_ordered),
        all_pairs=frozenset().union(*pairs, terms.pairs(title_ordered)),
        text_of_stems=[f" {' '.join(found)} " for found in ordered],
        all_stems=" ".join(f" {' '.join(found)} |" for found in (title_ordered, *ordered)),
        countries=places.countries(f"{title}\n{text[: splitting.MAX_TEXT_CHARACTERS]}"),
        title_countries=frozenset(places.countries(title)),
        years=frozenset(quantities.years(f"{title} {text[: splitting.MAX_TEXT_CHARACTERS]}")),
        title_financial_years=frozenset(quantities.financial_years(title)),
    )


@dataclass(slots=True)
class Pairing:
    """A passage beside a commitment: its number in the document, features, and what matched for the reasons."""

    passage: int
    strength: float
    features: dict[str, float]
    matched: frozenset[str]
    names: tuple[str, ...] = ()
    numbers: tuple[Quantity, ...] = ()


def compare(
    document: Document,
    profiles: Mapping[Key, Profile],
    rarity: Rarity,
    looks_promising: Callable[[Pairing], bool] = lambda pairing: True,
) -> dict[Key, list[Pairing]]:
    """For each commitment the passages that may bear on it, strongest first, with features.

    The commitments are compared with each other too: a passage that fits another one better is none of this one's.
    Further passages than the strongest are worked out only where that one `looks_promising`.
    """
    weight = _Weights(rarity).__getitem__
    all_drafts = {key: _drafts(document, profile, weight) for key, profile in profiles.items()}
    drafts = {key: found for key, found in all_drafts.items() if found}
    best_on: dict[int, list[tuple[float, Key]]] = {}
    for key, found in drafts.items():
        for draft in found:
            best_on.setdefault(draft.passage, []).append((draft.strength, key))
    for rivals in best_on.values():
        rivals.sort(key=lambda rival: -rival[0])
    tops = sorted(((found[0].strength, key) for key, found in drafts.items()), key=lambda top: -top[0])[:4]
    result: dict[Key, list[Pairing]] = {}
    for key, found in drafts.items():
        others = [strength for strength, other in tops if other != key][:3]
        beside = _beside(document, profiles[key], weight, found, others)
        for draft in found:
            if draft.strength < WEAKEST * found[0].strength:
                break
            rival = next((strength for strength, other in best_on[draft.passage] if other != key), 0.0)
            pairing = _pairing(document, beside, draft, weight, rival)
            result.setdefault(key, []).append(pairing)
            if draft is found[0] and not looks_promising(pairing):
                break
    return result


@dataclass(slots=True)
class _Draft:
    passage: int
    strength: float
    in_passage: float
    in_window: float
    profile_total: float
    matched: frozenset[str]


def _drafts(document: Document, profile: Profile, weight: Rarity) -> list[_Draft]:
    weighted = {term: share * weight(term) for term, share in profile.weights.items()}
    total = sum(weighted.values())
    if not total:
        return []
    terms_here = document.everywhere & weighted.keys()
    pairs_here = profile.pairs & document.all_pairs
    sums: dict[int, float] = {}
    for term in terms_here:
        value = weighted[term]
        for number in document.where.get(term, ()):
            sums[number] = sums.get(number, 0.0) + value
    ranked = []
    for number, in_passage in sums.items():
        in_window = in_passage + 0.5 * sum(map(weighted.__getitem__, terms_here & document.beside[number]))
        strength = in_passage + 0.35 * (in_window - in_passage)
        for pair in pairs_here & document.pairs[number]:
            first, second = pair.split(" ", 1)
            strength += 0.3 * (weight(first) + weight(second))
        ranked.append((-strength, number, in_passage, in_window))
    ranked.sort()
    scale = math.sqrt(total)
    return [
        _Draft(number, -strength / scale, in_passage, in_window, total, document.stems[number] & terms_here)
        for strength, number, in_passage, in_window in ranked[:PASSAGES_KEPT]
    ]


class _Weights(dict[str, float]):
    """What terms tell apart, each worked out when first asked for."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity

    def __missing__(self, term: str) -> float:
        self[term] = found = self._rarity(term)
        return found


@dataclass(slots=True)
class _Beside:
    """A commitment beside a whole release: what is the same for every passage, worked out once."""

    profile: Profile
    title: _Part
    statement: _Part
    keywords: list[_Part]
    metric: _Part
    names: list[str]
    numbers: _Numbers
    title_meant: dict[str, float]
    statement_meant: dict[str, float]
    rarest: str
    second: str
    pairs: frozenset[str]
    drafts: Sequence[_Draft]
    features: dict[str, float]


def _beside(
    document: Document, profile: Profile, weight: Rarity, drafts: Sequence[_Draft], others: Sequence[float]
) -> _Beside:
    title_names = [name for name in profile.names if name in profile.title_names]
    title_by_weight = sorted(profile.title, key=lambda term: (-weight(term), term))
    rarest = title_by_weight[0] if title_by_weight else ""
    second = title_by_weight[1] if len(title_by_weight) > 1 else rarest
    names = [name for name in profile.names if f" {name} " in document.all_stems]
    title_named = any(name in profile.title_names for name in names)
    pairs = profile.pairs & document.all_pairs
    title, statement = _part(profile.title, weight), _part(profile.statement, weight)
    features = {
        "title in release": title.share(document.everywhere, weight),
        "statement in release": statement.share(document.everywhere, weight),
        "phrases in release": _worth(pairs, weight),
        "title's rarest word in release": float(rarest in document.everywhere),
        "name in release": float(bool(names)),
        "title's name in release": float(title_named),
        "title's name missing": float(bool(title_names) and not title_named),
        "names missing": float(bool(profile.names) and not names),
        "release title": title.share(document.title_stems, weight),
        "release title, all": sum(
            profile.weights[term] * weight(term) for term in document.title_stems & profile.weights.keys()
        )
        / drafts[0].profile_total,
        "release bears on others": sum(others) / max(len(others), 1),
        **_time_features(profile, document),
        **_place_features(profile, document),
        "voice not official": float(document.voice not in ("official", "parliament")),
        "length": math.log1p(len(document.passages)),
    }
    return _Beside(
        profile,
        title,
        statement,
        [_part(phrase, weight) for phrase in profile.keywords],
        _part(profile.metric, weight),
        names,
        _numbers(profile),
        _meant(profile.title, weight),
        _meant(profile.statement, weight),
        rarest,
        second,
        pairs,
        drafts,
        features,
    )


@dataclass(slots=True)
class _Part:
    """A part of a commitment's words, and what its terms are worth together."""

    terms: frozenset[str]
    worth: float

    def share(self, among: frozenset[str], weight: Rarity) -> float:
        """How much of it other words have."""
        return sum(map(weight, self.terms & among)) / self.worth if self.worth else 0.0


def _part(terms: frozenset[str], weight: Rarity) -> _Part:
    return _Part(terms, sum(map(weight, terms)))


def _meant(part: frozenset[str], weight: Rarity) -> dict[str, float]:
    """What each meaning in a part of a commitment's words is worth."""
    worth: dict[str, float] = {}
    for term in part:
        meaning = meanings.meaning(term)
        worth[meaning] = worth.get(meaning, 0.0) + weight(term)
    return worth


def _share_meant(part: dict[str, float], among: frozenset[str]) -> float:
    """How much of a part other words have, or words that mean nearly the same."""
    whole = sum(part.values())
    return sum(map(part.__getitem__, among & part.keys())) / whole if whole else 0.0


def _worth(pairs: frozenset[str], weight: Rarity) -> float:
    return math.log1p(sum(sum(map(weight, pair.split(" ", 1))) for pair in pairs))


def _pairing(document: Document, beside: _Beside, draft: _Draft, weight: Rarity, rival: float) -> Pairing:
    number = draft.passage
    profile = beside.profile
    sentence, window = document.stems[number], document.window[number]
    meant, meant_window = document.meant[number], document.meant_window[number]
    weights = sorted(map(weight, draft.matched), reverse=True)
    stated = document.stated(number)
    shared = profile.quantities & stated.quantities
    named = [name for name in beside.names if f" {name} " in document.text_of_stems[number]]
    title_in_window = beside.title.share(window, weight)
    features = {
        **beside.features,
        "title in passage": beside.title.share(sentence, weight),
        "title in window": title_in_window,
        "statement in passage": beside.statement.share(sentence, weight),
        "statement in window": beside.statement.share(window, weight),
        "title meant in passage": _share_meant(beside.title_meant, meant),
        "title meant in window": _share_meant(beside.title_meant, meant_window),
        "statement meant in passage": _share_meant(beside.statement_meant, meant),
        "statement meant in window": _share_meant(beside.statement_meant, meant_window),
        "all in passage": draft.in_passage / draft.profile_total,
        "all in window": draft.in_window / draft.profile_total,
        "mass in passage": math.log1p(draft.in_passage),
        "mass in window": math.log1p(draft.in_window),
        "strength": draft.strength,
        "keyword in passage": max((phrase.share(sentence, weight) for phrase in beside.keywords), default=0.0),
        "phrases in passage": _worth(beside.pairs & document.pairs[number], weight),
        "rarest match": weights[0] if weights else 0.0,
        "second rarest match": weights[1] if len(weights) > 1 else 0.0,
        "third rarest match": weights[2] if len(weights) > 2 else 0.0,
        "title's rarest word in passage": float(beside.rarest in sentence),
        "title's second word in passage": float(beside.second in sentence),
        "name in passage": float(bool(named)),
        "title's name in passage": float(any(name in profile.title_names for name in named)),
        "metric with a number": beside.metric.share(sentence, weight) if stated.quantities else 0.0,
        "margin over rival": draft.strength - rival,
        "beaten by rival": float(rival > draft.strength),
        "other passages": sum(other.strength for other in beside.drafts[:3] if other is not draft) / 2,
        **_number_features(beside.numbers, stated, shared, title_in_window),
        **_passage_time_features(profile, document, stated),
        **_passage_place_features(profile, stated),
        **stated.features,
        "strength beside its best": draft.strength / beside.drafts[0].strength,
    }
    return Pairing(
        number, draft.strength, features, draft.matched, tuple(profile.names[name] for name in named), tuple(shared)
    )


@dataclass(slots=True)
class _Numbers:
    """Of the numbers that a commitment names: is one telling, and the sums of money."""

    telling: bool
    money: frozenset[Quantity]


def _numbers(profile: Profile) -> _Numbers:
    telling = any(quantity.kind or quantity.value >= LEAST_TELLING for quantity in profile.quantities)
    return _Numbers(telling, _money(profile.quantities))


def _money(stated: frozenset[Quantity]) -> frozenset[Quantity]:
    return frozenset(quantity for quantity in stated if quantity.kind and quantity.kind in "£€$")


def _number_features(
    promised: _Numbers, stated: Stated, shared: frozenset[Quantity], covered: float
) -> dict[str, float]:
    big = any(quantity.kind or quantity.value >= 100 for quantity in shared)
    money, money_here = promised.money, stated.money
    return {
        "same number": float(bool(shared)),
        "same sum or large number": float(big),
        "same number and title": covered * big,
        "number promised, another here": float(promised.telling and bool(stated.quantities) and not shared),
        "sum promised, another here": float(bool(money and money_here) and not money & money_here),
        "sum promised, none here": float(bool(money) and not money_here),
    }


def _time_features(profile: Profile, document: Document) -> dict[str, float]:
    published = document.published
    latest = max((year for year in document.years if year < 2100), default=None)
    made_on = profile.made_on or profile.took_office
    if published is None and latest is not None:
        lead = 2.0 if made_on and latest < made_on.year else 0.0
    elif published is not None and made_on is not None:
        lead = (made_on - published) / DAY / 365
    else:
        lead = 0.0
    before_office = bool(published and profile.took_office and published < profile.took_office)
    after_office = bool(published and profile.left_office and published > profile.left_office)
    late = (published - made_on) / DAY / 365 if published and made_on else 0.0
    return {
        "published long before": float(lead > 0.5),
        "published before": float(lead > 45 / 365),
        "published a little before": float(0 < lead <= 45 / 365),
        "years after": min(max(late, 0.0), 3.0),
        "date unknown": float(published is None),
        "before the administration": float(before_office),
        "after the administration": float(after_office),
    }


def _passage_time_features(profile: Profile, document: Document, stated: Stated) -> dict[str, float]:
    fiscal = stated.financial_years | document.title_financial_years
    return {
        "financial year differs": float(
            bool(profile.financial_years and fiscal and not profile.financial_years & fiscal)
        ),
        "year in common": float(bool(profile.years & (stated.years or document.years))),
        "other years only": float(bool(profile.years and stated.years and not profile.years & stated.years)),
    }


def _place_features(profile: Profile, document: Document) -> dict[str, float]:
    home = sum(count for country, count in document.countries.items() if country in places.HOME)
    abroad = {
        country: count
        for country, count in document.countries.items()
        if country not in places.HOME and country not in profile.countries
    }
    main_abroad = max(abroad.values(), default=0)
    wanted = profile.countries - places.HOME
    return {
        "another country in title": float(bool(document.title_countries - places.HOME - profile.countries)),
        "abroad": float(main_abroad > 0 and main_abroad >= home and not wanted & document.countries.keys()),
        "foreign only": float(main_abroad > 0 and home == 0 and not wanted & document.countries.keys()),
        "no home named": float(home == 0),
        "country missing": float(bool(wanted) and not wanted & document.countries.keys()),
    }


def _passage_place_features(profile: Profile, stated: Stated) -> dict[str, float]:
    wanted, here = profile.countries - places.HOME, stated.countries
    return {
        "country named here": float(bool(wanted & here)),
        "country missing here": float(bool(wanted) and not wanted & here),
        "another country here": float(bool(here - places.HOME - profile.countries) and not wanted & here),
    }
