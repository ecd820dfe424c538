"""A commitment as the linker sees it: its words as terms, its numbers, years, names, places and dates. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from commitments.linking import places, quantities, terms
from commitments.linking.quantities import Quantity

#: What a match in each part of a commitment's words is worth: the title says what it is about.
PART_WEIGHTS = {"title": 1.0, "keywords": 0.8, "statement": 0.6, "metric": 0.5, "quote": 0.3}
MAX_PART_CHARACTERS = 3000
#: Of what is kept of a profile: raised with any change to it, so that what was kept before is made anew.
FORM = 1


@dataclass(frozen=True, slots=True)
class CommitmentWords:
    """What is recorded of a commitment, as far as it helps to recognise it."""

    title: str
    statement: str
    quote: str = ""
    keywords: str = ""
    metric: str = ""
    deadline_text: str = ""
    target_value: float | None = None
    target_unit: str = ""
    baseline_value: float | None = None
    extent: str = ""
    department: str = ""
    made_on: dt.date | None = None
    took_office: dt.date | None = None
    left_office: dt.date | None = None
    deadline_latest: dt.date | None = None
    administration: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A commitment's words made comparable. `weights` is how much each stem counts in it, from 0 to 1.

    `countries` are those that its own words name, `where` also those of who made it and owes it, and `home` also those
    where its administration governs, as far as other promises tell.
    """

    weights: dict[str, float]
    title: frozenset[str]
    statement: frozenset[str]
    keywords: tuple[frozenset[str], ...]
    pairs: frozenset[str]
    names: dict[str, str]
    title_names: frozenset[str]
    quantities: frozenset[Quantity]
    target: Quantity | None
    years: frozenset[int]
    financial_years: frozenset[int]
    countries: frozenset[str]
    where: frozenset[str]
    department: frozenset[str]
    metric: frozenset[str]
    made_on: dt.date | None
    took_office: dt.date | None
    left_office: dt.date | None
    deadline_latest: dt.date | None
    administration: str = ""
    home: frozenset[str] = frozenset()
    aims_to_lower: bool = False
    labels: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, from which `from_json` makes an equal profile."""
        return {
            "weights": self.weights,
            "title": sorted(self.title),
            "statement": sorted(self.statement),
            "keywords": [sorted(phrase) for phrase in self.keywords],
            "pairs": sorted(self.pairs),
            "names": self.names,
            "title_names": sorted(self.title_names),
            "quantities": sorted([quantity.value, quantity.kind] for quantity in self.quantities),
            "target": [self.target.value, self.target.kind] if self.target else None,
            "years": sorted(self.years),
            "financial_years": sorted(self.financial_years),
            "countries": sorted(self.countries),
            "where": sorted(self.where),
            "home": sorted(self.home),
            "department": sorted(self.department),
            "metric": sorted(self.metric),
            "administration": self.administration,
            "aims_to_lower": self.aims_to_lower,
            "labels": self.labels,
            **{
                name: getattr(self, name).isoformat() if getattr(self, name) else None
                for name in ("made_on", "took_office", "left_office", "deadline_latest")
            },
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Profile:
        def day(name: str) -> dt.date | None:
            return dt.date.fromisoformat(values[name]) if values[name] else None

        return cls(
            weights=dict(values["weights"]),
            title=frozenset(values["title"]),
            statement=frozenset(values["statement"]),
            keywords=tuple(frozenset(phrase) for phrase in values["keywords"]),
            pairs=frozenset(values["pairs"]),
            names=dict(values["names"]),
            title_names=frozenset(values["title_names"]),
            quantities=frozenset(Quantity(value, kind) for value, kind in values["quantities"]),
            target=Quantity(*values["target"]) if values["target"] else None,
            years=frozenset(values["years"]),
            financial_years=frozenset(values["financial_years"]),
            countries=frozenset(values["countries"]),
            where=frozenset(values["where"]),
            home=frozenset(values["home"]),
            department=frozenset(values["department"]),
            metric=frozenset(values["metric"]),
            made_on=day("made_on"),
            took_office=day("took_office"),
            left_office=day("left_office"),
            deadline_latest=day("deadline_latest"),
            administration=values["administration"],
            aims_to_lower=values["aims_to_lower"],
            labels=dict(values["labels"]),
        )


_LOWERING = re.compile(
    r"\b(halve|halving|cut|cutting|reduc\w+|lower\w*|stop\w*|end\w*|clear\w*|eliminat\w+|fewer|bring\w* down|smash\w*|"
    r"break\w*|eradicat\w+|abolish\w*)\b",
    re.IGNORECASE,
)
_MONEY = {"gbp": "£", "pounds": "£", "£": "£", "eur": "€", "usd": "$", "per cent": "%", "percent": "%", "%": "%"}


def profile(words: CommitmentWords) -> Profile:
    """The profile of a commitment's words."""
    parts = {
        "title": words.title,
        "keywords": words.keywords,
        "statement": words.statement,
        "metric": words.metric,
        "quote": words.quote,
    }
    parts = {name: text[:MAX_PART_CHARACTERS] for name, text in parts.items()}
    stems = {name: terms.stems(text) for name, text in parts.items()}
    weights: dict[str, float] = {}
    labels: dict[str, str] = {}
    for name, found in stems.items():
        for term in found:
            weights[term] = max(weights.get(term, 0.0), PART_WEIGHTS[name])
    for text in parts.values():
        for word in terms.words(text):
            if word.stem:
                labels.setdefault(word.stem, word.text)
    phrases = tuple(
        frozenset(found) for phrase in re.split(r"[,;\n]", parts["keywords"]) if (found := terms.stems(phrase))
    )
    own_words = f"{parts['title']}\n{parts['statement']}\n{parts['keywords']}"
    names: dict[str, str] = {}
    for text in (parts["title"], parts["statement"], *re.split(r"[,;\n]", parts["keywords"])):
        for match in terms.NAME.finditer(text):
            found = terms.stems(match.group())
            if len(found) > 1:
                names.setdefault(" ".join(found), match.group())
    for acronym in terms.acronyms(own_words):
        if places.countries(acronym):
            continue
        names.setdefault(terms.stem(acronym), acronym)
    names.pop("", None)
    title_names = frozenset(name for name, written in names.items() if written in parts["title"])
    said = quantities.quantities(own_words)
    target = None
    if words.target_value:
        target = Quantity(float(words.target_value), _MONEY.get(words.target_unit.lower(), ""))
        said.add(target)
    if words.baseline_value:
        said.add(Quantity(float(words.baseline_value), _MONEY.get(words.target_unit.lower(), "")))
    countries = places.countries(f"{own_words}\n{words.extent}").keys()
    where = countries | places.countries(f"{words.department}\n{words.administration}").keys()
    where = where | ({"britain"} if "£" in f"{own_words}\n{words.quote}" else set())
    dated = f"{own_words}\n{words.deadline_text}"
    return Profile(
        weights=weights,
        title=frozenset(stems["title"]),
        statement=frozenset(stems["statement"]),
        keywords=phrases,
        pairs=frozenset(
            terms.pairs(stems["title"]) | terms.pairs(stems["statement"]) | _keyword_pairs(parts["keywords"])
        ),
        names=names,
        title_names=title_names,
        quantities=frozenset(said),
        target=target,
        years=frozenset(quantities.years(dated)),
        financial_years=frozenset(quantities.financial_years(dated)),
        countries=frozenset(countries),
        where=frozenset(where),
        home=frozenset(where),
        department=frozenset(terms.stems(words.department)),
        metric=frozenset(stems["metric"]),
        made_on=words.made_on,
        took_office=words.took_office,
        left_office=words.left_office,
        deadline_latest=words.deadline_latest,
        administration=words.administration,
        aims_to_lower=bool(_LOWERING.search(f"{parts['title']} {parts['statement']}")),
        labels=labels,
    )


def _keyword_pairs(keywords: str) -> set[str]:
    return set().union(*(terms.pairs(terms.stems(phrase)) for phrase in re.split(r"[,;\n]", keywords)))
