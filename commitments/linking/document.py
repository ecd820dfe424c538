"""A release made comparable once, for all commitments: what its passages say, mean and state. Pure."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from commitments.linking import meanings, places, quantities, terms
from commitments.linking import passages as splitting
from commitments.linking.passages import Passage
from commitments.linking.quantities import Quantity, money

#: Longer documents, in passages, and more of some words say no more than so many: none were there to learn from.
LONGEST = 100
MOST_COUNTED = 20

#: Words by which a sentence promises, rather than reports.
PROMISING = re.compile(r"\b(?:will|to be|plans?|planned|pledg\w+|commit\w*|promis\w+|intends?|aims?)\b", re.IGNORECASE)
#: Words that name a promise as one.
PLEDGE = re.compile(
    r"\b(?:pledg\w+|promis\w+|commitments?|committed|manifesto|targets?|goals?|milestones?|plan for change)\b",
    re.IGNORECASE,
)
#: Words of those who say what may come, rather than what was done.
FORECAST = re.compile(
    r"\b(?:forecast\w*|project(?:ed|ions?)|outlook|scenarios?|modell(?:ed|ing)|(?:is|are) (?:likely|set) to|"
    r"on current trends?)\b",
    re.IGNORECASE,
)
GOVERNMENT = re.compile(
    r"\b(?:governments?|ministers?|ministry|secretary of state|department|cabinet|treasury|chancellor|"
    r"prime minister)\b",
    re.IGNORECASE,
)
LOCAL_BODY = re.compile(
    r"\b(?:councils?|councillors?|boroughs?|mayor\w*|combined authorit(?:y|ies)|count(?:y|ies)|municipal\w*|"
    r"city hall|local authorit(?:y|ies)|parish)\b",
    re.IGNORECASE,
)


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
    is_forecast: bool
    features: Mapping[str, float]


@dataclass(slots=True)
class Document:
    """A release's words.

    `everywhere` are all terms of the title and the passages. `beside` is, for each passage, the stems that its lead
    sentence, heading and neighbours have and it has not; `window` is both; `meant` and `meant_window` say what these
    words mean. `paragraphs` is, for each passage, the stems of the paragraph that it stands in. `features` are those
    that are the same for every commitment.
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
    title_pairs: frozenset[str]
    where: dict[str, list[int]]
    everywhere: frozenset[str]
    all_pairs: frozenset[str]
    text_of_stems: list[str]
    all_stems: str
    paragraphs: list[frozenset[str]]
    countries: dict[str, int]
    title_countries: frozenset[str]
    years: frozenset[int]
    title_financial_years: frozenset[int]
    features: Mapping[str, float]
    _stated: dict[int, Stated] = field(default_factory=dict)

    @property
    def said(self) -> list[frozenset[str]]:
        """The terms of each passage with its pairs of them, and those of the title."""
        title = self.title_stems | self.title_pairs
        return [title, *(stems | pairs for stems, pairs in zip(self.stems, self.pairs, strict=True))]

    def stated(self, number: int) -> Stated:
        """What a passage states, worked out when first asked for."""
        if number not in self._stated:
            passage = self.passages[number]
            found = frozenset(quantities.quantities(passage.text))
            self._stated[number] = Stated(
                found,
                money(found),
                frozenset(quantities.years(passage.text)),
                frozenset(quantities.financial_years(passage.text)),
                frozenset(places.countries(f"{passage.text}\n{passage.lead}\n{passage.heading}")),
                bool(FORECAST.search(passage.text)),
                {
                    "has a number": float(bool(found)),
                    "promises": float(bool(PROMISING.search(passage.text))),
                    "pledge in passage": float(bool(PLEDGE.search(passage.text))),
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
    title_pairs = frozenset(terms.pairs(title_ordered))
    paragraphs: dict[int, set[str]] = {}
    for passage, found in zip(split, stems, strict=True):
        paragraphs.setdefault(passage.paragraph, set()).update(found)
    whole = {number: frozenset(found) for number, found in paragraphs.items()}
    read_text = f"{title}\n{text[: splitting.MAX_TEXT_CHARACTERS]}"
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
        title_pairs=title_pairs,
        where=where,
        everywhere=frozenset(where).union(title_ordered),
        all_pairs=title_pairs.union(*pairs),
        text_of_stems=[f" {' '.join(found)} " for found in ordered],
        all_stems=" ".join(f" {' '.join(found)} |" for found in (title_ordered, *ordered)),
        paragraphs=[whole[passage.paragraph] for passage in split],
        countries=places.countries(read_text),
        title_countries=frozenset(places.countries(title)),
        years=frozenset(quantities.years(read_text)),
        title_financial_years=frozenset(quantities.financial_years(title)),
        features={
            "forecasts": math.log1p(min(len(FORECAST.findall(read_text)), MOST_COUNTED)),
            "government named": math.log1p(min(governed := len(GOVERNMENT.findall(read_text)), MOST_COUNTED)),
            "local body": (local := len(LOCAL_BODY.findall(read_text))) / (local + governed + 1),
            "length": math.log1p(min(len(split), LONGEST)),
            "voice not official": float(voice not in ("official", "parliament")),
        },
    )
