"""What a person looks at to decide whether a passage bears on a commitment, as numbers. Pure.

`compare` gives, for each commitment that shares words with a release, its best passages with their features.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from commitments.linking import meanings, near_equal, places
from commitments.linking.document import Document, Stated
from commitments.linking.model import Rarity
from commitments.linking.profile import Profile
from commitments.linking.quantities import Quantity, money

Key = TypeVar("Key", bound=Hashable)

PASSAGES_KEPT = 6
#: Of the commitments that a passage fits best, so many are looked at for one that is not nearly the same.
RIVALS = 6
#: A passage less strong than this share of a commitment's strongest one is not looked at for it.
WEAKEST = 0.4
DAY = dt.timedelta(days=1)
#: A smaller count in a promise ("six months") is no figure that a passage could differ from.
LEAST_TELLING = 20


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
    weight: Rarity,
    promising: Callable[[Mapping[Key, Pairing]], Collection[Key]] = lambda strongest: strongest,
) -> dict[Key, list[Pairing]]:
    """For each commitment the passages that may bear on it, strongest first, with features.

    The commitments are compared with each other too: a passage that fits another one better is none of this one's.
    Further passages than the strongest are worked out only for those commitments that are `promising` by it.
    """
    all_drafts = {key: _drafts(document, profile, weight) for key, profile in profiles.items()}
    drafts = {key: found for key, found in all_drafts.items() if found}
    best_on: dict[int, list[tuple[float, Key]]] = {}
    for key, found in drafts.items():
        for draft in found:
            best_on.setdefault(draft.passage, []).append((draft.strength, key))
    for rivals in best_on.values():
        rivals.sort(key=lambda rival: -rival[0])
    tops = sorted(((found[0].strength, key) for key, found in drafts.items()), key=lambda top: -top[0])[:4]
    beside: dict[Key, _Beside] = {}

    def pairing(key: Key, draft: _Draft) -> Pairing:
        return _pairing(document, beside[key], draft, weight, _rival(key, best_on[draft.passage], profiles))

    result: dict[Key, list[Pairing]] = {}
    for key, found in drafts.items():
        others = [strength for strength, other in tops if other != key][:3]
        beside[key] = _beside(document, profiles[key], weight, found, others)
        result[key] = [pairing(key, found[0])]
    for key in promising({key: pairings[0] for key, pairings in result.items()}):
        strongest, *further = drafts[key]
        result[key] += [pairing(key, draft) for draft in further if draft.strength >= WEAKEST * strongest.strength]
    return result


def _rival(key: Key, ranked: Sequence[tuple[float, Key]], profiles: Mapping[Key, Profile]) -> float:
    """How well a passage fits the commitment that it fits best of the others: not of those that say nearly the same."""
    for strength, other in ranked[:RIVALS]:
        if other != key and not near_equal.are_nearly_equal(profiles[key], profiles[other]):
            return strength
    return 0.0


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


@dataclass(slots=True)
class _Beside:
    """A commitment beside a whole release: what is the same for every passage, worked out once."""

    profile: Profile
    title: _Part
    statement: _Part
    department: _Part
    keywords: list[_Part]
    metric: _Part
    names: list[str]
    numbers: _Numbers
    title_meant: dict[str, float]
    statement_meant: dict[str, float]
    rarest: str
    second: str
    pairs: frozenset[str]
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
    department = _part(profile.department, weight)
    features = {
        "title in release": title.share(document.everywhere, weight),
        "statement in release": statement.share(document.everywhere, weight),
        "phrases in release": _worth(pairs, weight),
        "title's rarest word in release": float(rarest in document.everywhere),
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
        "department in release": department.share(document.everywhere, weight),
        **document.features,
    }
    return _Beside(
        profile,
        title,
        statement,
        department,
        [_part(phrase, weight) for phrase in profile.keywords],
        _part(profile.metric, weight),
        names,
        _numbers(profile),
        _meant(profile.title, weight),
        _meant(profile.statement, weight),
        rarest,
        second,
        pairs,
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
        "title in paragraph": beside.title.share(document.paragraphs[number], weight),
        "statement in paragraph": beside.statement.share(document.paragraphs[number], weight),
        "department in passage": beside.department.share(sentence, weight),
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
        **_number_features(profile, beside.numbers, stated, shared, title_in_window),
        **_passage_time_features(profile, document, stated),
        **_passage_place_features(profile, stated),
        "forecast in passage": float(stated.is_forecast),
        **stated.features,
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
    return _Numbers(telling, money(profile.quantities))


def _number_features(
    profile: Profile, promised: _Numbers, stated: Stated, shared: frozenset[Quantity], covered: float
) -> dict[str, float]:
    big = any(quantity.kind or quantity.value >= 100 for quantity in shared)
    sums, sums_here = promised.money, stated.money
    return {
        "same number": float(bool(shared)),
        "distinctive number": float(any(_is_distinctive(quantity.value) for quantity in shared)),
        "target's number": float(profile.target in stated.quantities),
        "same sum or large number": float(big),
        "same number and title": covered * big,
        "number promised, another here": float(promised.telling and bool(stated.quantities) and not shared),
        "sum promised, another here": float(bool(sums and sums_here) and not sums & sums_here),
        "sum promised, none here": float(bool(sums) and not sums_here),
    }


def _is_distinctive(value: float) -> bool:
    """Whether a number has three telling digits or more, so that few other things have the same."""
    return len(f"{value:.10g}".replace(".", "").strip("0")) >= 3


def _time_features(profile: Profile, document: Document) -> dict[str, float]:
    published = document.published
    past = [year for year in document.years if year < 2100]
    latest = max(past, default=None)
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
    earlier = sum(year < made_on.year for year in past) if made_on else 0
    return {
        "published long before": float(lead > 0.5),
        "published before": float(lead > 45 / 365),
        "published a little before": float(0 < lead <= 45 / 365),
        "how long before": min(max(lead, 0.0), 3.0),
        "years after": min(max(late, 0.0), 3.0),
        "before the administration": float(before_office),
        "after the administration": float(after_office),
        "share of years before the promise": earlier / max(len(past), 1),
        "release's years before the promise": float(bool(past) and earlier == len(past)),
    }


def _passage_time_features(profile: Profile, document: Document, stated: Stated) -> dict[str, float]:
    fiscal = stated.financial_years | document.title_financial_years
    made_on = profile.made_on or profile.took_office
    last_year = profile.deadline_latest.year if profile.deadline_latest else None
    return {
        "financial year differs": float(
            bool(profile.financial_years and fiscal and not profile.financial_years & fiscal)
        ),
        "year in common": float(bool(profile.years & (stated.years or document.years))),
        "promised year in passage": float(bool(profile.years & stated.years) or last_year in stated.years),
        "passage's years before the promise": float(
            made_on is not None and bool(stated.years) and max(stated.years) < made_on.year
        ),
    }


def _place_features(profile: Profile, document: Document) -> dict[str, float]:
    home, own = profile.home, profile.countries - places.HOME
    every = sum(document.countries.values())
    fitting = sum(count for country, count in document.countries.items() if places.fits(home, country))
    elsewhere = sum(count for country, count in document.countries.items() if places.is_elsewhere(home, country))
    parts = sum(document.countries.get(part, 0) for part in places.PARTS if places.is_part(home, part))
    return {
        "place fits": fitting / max(every, 1),
        "place elsewhere": elsewhere / max(every, 1),
        "place in title elsewhere": float(any(places.is_elsewhere(home, one) for one in document.title_countries)),
        "a part of the country, not asked for": parts / max(every, 1),
        "no home named": float(bool(home) and not fitting),
        "own place not named": float(bool(own) and not own & document.countries.keys()),
    }


def _passage_place_features(profile: Profile, stated: Stated) -> dict[str, float]:
    home, here = profile.home, stated.countries
    wanted = profile.countries - places.HOME
    foreign = {quantity.kind for quantity in stated.money} - {places.currency(home)}
    return {
        "country named here": float(bool(wanted & here)),
        "country missing here": float(bool(wanted) and not wanted & here),
        "place in passage fits": float(any(places.fits(home, one) for one in here)),
        "place in passage elsewhere": float(any(places.is_elsewhere(home, one) for one in here)),
        "another currency": float(bool(foreign and places.currency(home))),
    }
