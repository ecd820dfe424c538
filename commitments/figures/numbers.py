"""Number expressions: digits with scale and currency, number words, fractions, multiples, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from text_to_num import text2num


@dataclass(frozen=True)
class Number:
    """A number from `start` to `end`. `kind` says what its sign or form makes of it.

    "money" (with `currency`, an ISO code), "per cent", "percentage points", "times" (a multiple),
    or "count". `scaled` is on for “5 million”, `worded` for number words, `change` for “halved”.
    """

    start: int
    end: int
    value: Decimal
    kind: str = "count"
    currency: str = ""
    high: Decimal | None = None
    scaled: bool = False
    worded: bool = False
    change: str = ""


_SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "k": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "b": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
_CURRENCIES = {
    "£": "GBP",
    "€": "EUR",
    "$": "USD",
    "us$": "USD",
    "a$": "AUD",
    "c$": "CAD",
    "gbp": "GBP",
    "eur": "EUR",
    "usd": "USD",
    "pounds": "GBP",
    "pound": "GBP",
    "sterling": "GBP",
    "euros": "EUR",
    "euro": "EUR",
    "dollars": "USD",
    "dollar": "USD",
}
_SCALE_WORD = r"hundred|thousand|million|billion|trillion"
_SCALE = rf"(?:[\s-]?(?P<scale>{_SCALE_WORD})\b|\s?(?P<short>mn|bn|tn|[mkb])\b(?!['’]))"
_AFTER = (
    r"(?:\s?(?P<points>percentage\s+points?|pp\b)|[\s-]?(?P<percent>%|per\s?cent\b)"
    r"|\s(?P<coin>pounds(?:\s+sterling)?|pound|euros?|(?:US\s+)?dollars?|sterling)\b|(?P<pence>\s?pence|p)\b)"
)

_DIGITS = re.compile(
    r"(?<![\w.,/])(?P<currency>(?:US|A|C)?\$|£|€|(?:GBP|EUR|USD)\s?)?\s?"
    r"(?P<number>(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3}){1,5}|\d{1,15})(?:\.\d{1,6})?)(?![\d])"
    rf"(?:{_SCALE})?(?:{_AFTER})?",
    re.IGNORECASE,
)

_SEPARATORS = re.compile(r"[,\u00a0\u2009\u202f]")
_ONES = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_WORD = rf"(?:one|{_ONES}|{_SCALE_WORD})"
_WORDS = re.compile(
    rf"(?<![\w-])(?:(?P<currency>[£€$])\s?)?(?P<words>(?:a(?=\s+(?:hundred|thousand|million|billion|trillion)\b)|{_WORD})\b"
    rf"(?:(?:\s+and\s+|\s+|-)(?:{_WORD})\b){{0,14}})(?:{_AFTER})?",
    re.IGNORECASE,
)

_PARTS = {
    "half": Decimal(1) / 2,
    "third": Decimal(1) / 3,
    "quarter": Decimal(1) / 4,
    "fifth": Decimal(1) / 5,
    "sixth": Decimal(1) / 6,
    "seventh": Decimal(1) / 7,
    "eighth": Decimal(1) / 8,
    "ninth": Decimal(1) / 9,
    "tenth": Decimal(1) / 10,
}
_SMALL = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_FRACTION = re.compile(
    r"\b(?P<of>half|(?:a|one)\s+quarter|quarter)\s+(?:of\s+)?a\s+(?P<whole>thousand|million|billion|trillion)\b"
    r"|\b(?P<top>a|an|one|two|three|four|five|six|seven|eight|nine)[\s-]"
    rf"(?P<bottom>{'|'.join(part for part in _PARTS if part != 'half')})s?\b"
    r"|\b(?P<top2>one|two|three|four|five|six|seven|eight|nine|\d)\s+(?:in|out\s+of)\s+(?:every\s+)?"
    r"(?P<bottom2>two|three|four|five|six|seven|eight|nine|ten|\d{1,3})\b(?!\s*(?:weeks?|months?|years?|days?|[%,.:]?\d))"
    r"|\b(?P<dozens>half\s+a|a|one|two|three|four|five|six|eight|ten|\d{1,3})\s+dozen\b"
    r"|\b(?P<half>half)\b",
    re.IGNORECASE,
)
_MULTIPLE = re.compile(
    r"\b(?:(?P<verb>halv(?:e|es|ed|ing)|doubl(?:e|es|ed|ing)|trebl(?:e|es|ed|ing)|tripl(?:e|es|ed|ing)"
    r"|quadrupl(?:e|es|ed|ing)|quintupl(?:e|es|ed|ing)|twice|thrice)"
    r"|(?P<fold>two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|\d{1,3}(?:\.\d)?)-?fold"
    r"|(?P<times>two|three|four|five|six|seven|eight|nine|ten|twenty|\d{1,3}(?:\.\d)?)\s+times(?=\s+(?:as|more|higher|larger|bigger|greater|the|faster|what)\b))\b",
    re.IGNORECASE,
)
_MULTIPLES = {"doubl": 2, "twice": 2, "trebl": 3, "tripl": 3, "thric": 3, "quadr": 4, "quint": 5}

_PERIOD_HALF = re.compile(r"\b(?:first|second|latter|and\s+a|other|better|opening|closing)[\s-]+$", re.IGNORECASE)
_HALF_OF_TIME = re.compile(
    r"^(?:[\s-](?:a|an|the)?\s?(?:decade|hour|day|year|century|term|time|way|dozen|past)\b|-)", re.IGNORECASE
)
_JOINS_RANGE = re.compile(r"\s?(?:-|–|—|\bto\b)\s?", re.IGNORECASE)
_JOINS_BETWEEN = re.compile(r"\s(?:and|to)\s", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+(?:about\s+|around\s+|some\s+)?$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(?:just\s+)?(?:about\s+|around\s+|over\s+|under\s+|nearly\s+|almost\s+)?$", re.IGNORECASE)
_LOOK_BACK_CHARS = 30
_LONGEST_GAP_CHARS = 6


def numbers(text: str) -> list[Number]:
    """Every number expression of a text, in order, none overlapping another; of one place the longer."""
    found = [*_multiples(text), *_fractions(text), *_digits(text), *_worded(text)]
    found.sort(key=lambda number: (number.start, -number.end))
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def _amount(match: re.Match[str], value: Decimal, scaled: bool, worded: bool) -> Number:
    start, end = match.span()
    start += len(match[0]) - len(match[0].lstrip())
    sign = (match["currency"] or "").strip().lower()
    coin = (match["coin"] or "").lower().split()
    if match["points"]:
        return Number(start, end, value, "percentage points", scaled=scaled, worded=worded)
    if match["percent"]:
        return Number(start, end, value, "per cent", scaled=scaled, worded=worded)
    if match["pence"] and not sign:
        return Number(start, end, value / 100, "money", "GBP", scaled=scaled, worded=worded)
    if sign or coin:
        currency = _CURRENCIES[sign or (coin[-1] if coin[0] == "us" else coin[0])]
        return Number(start, end, value, "money", currency, scaled=scaled, worded=worded)
    return Number(start, end, value, scaled=scaled, worded=worded)


def _digits(text: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(text):
        scale = (match["scale"] or match["short"] or "").lower()
        if match["short"] == "M" and not match["currency"]:
            scale = ""
        value = Decimal(_SEPARATORS.sub("", match["number"])) * _SCALES.get(scale, 1)
        if scale and value == value.to_integral_value():
            value = value.to_integral_value()
        yield _amount(match, value, bool(scale), False)


def _worded(text: str) -> Iterator[Number]:
    for match in _WORDS.finditer(text):
        words = re.sub(r"^a\s", "one ", match["words"].lower())
        value = _value_of_words(words)
        if value is None or (value == 1 and not match["percent"] and not match["currency"]):
            continue
        yield _amount(match, Decimal(value), value >= 1000, True)


def _value_of_words(words: str) -> int | None:
    """The number that number words make together; None where they are several (“two three”)."""
    try:
        return int(text2num(" ".join(re.split(r"[\s-]+", words)), "en"))
    except ValueError:
        return None


def _fractions(text: str) -> Iterator[Number]:
    for match in _FRACTION.finditer(text):
        start, end = match.span()
        if match["of"]:
            part = _PARTS[match["of"].split()[-1].lower()]
            yield Number(start, end, part * _SCALES[match["whole"].lower()], scaled=True, worded=True)
        elif match["dozens"]:
            word = match["dozens"].lower()
            yield Number(start, end, Decimal(6) if word.startswith("half") else Decimal(12 * _small(word)), worded=True)
        elif match["top"]:
            share = _SMALL[match["top"].lower()] * _PARTS[match["bottom"].lower()]
            if share < 1 and not _is_ordinal(match, text):
                yield Number(start, end, _per_cent(share), "per cent", worded=True)
        elif match["top2"]:
            top, bottom = (_small(match[name]) for name in ("top2", "bottom2"))
            if 0 < top < bottom:
                yield Number(start, end, _per_cent(Decimal(top) / bottom), "per cent", worded=True)
        elif not _PERIOD_HALF.search(text[max(0, start - _LOOK_BACK_CHARS) : start]) and not _HALF_OF_TIME.match(
            text[end : end + _LOOK_BACK_CHARS]
        ):
            yield Number(start, end, Decimal(50), "per cent", worded=True)


_FRACTION_GOES_ON = re.compile(
    r"\s*(?:of|in|on|over|from|since|compared|more|fewer|less|higher|lower|are|is|were|was|have|had|to|by|[.,;:)–—-]|$)",
    re.IGNORECASE,
)


def _is_ordinal(match: re.Match[str], text: str) -> bool:
    """“A third runway” counts a runway; “a third of” and “up a third” are shares."""
    if match["top"].lower() not in {"a", "an", "one"} or match["bottom"].lower() == "quarter":
        return False
    return not _FRACTION_GOES_ON.match(text[match.end() : match.end() + 15])


def _per_cent(share: Decimal) -> Decimal:
    return round(share * 100, 2).normalize() if share * 100 % 1 else share * 100


def _small(word: str) -> int:
    return int(word) if word.isdigit() else _SMALL[word.lower()]


def _multiples(text: str) -> Iterator[Number]:
    for match in _MULTIPLE.finditer(text):
        start, end = match.span()
        if match["verb"]:
            verb = match["verb"].lower()
            if verb.startswith("halv"):
                yield Number(start, end, Decimal(50), "per cent", worded=True, change="down")
            else:
                change = "" if verb in {"twice", "thrice", "double", "triple", "treble"} else "up"
                yield Number(start, end, Decimal(_MULTIPLES[verb[:5]]), "times", worded=True, change=change)
        else:
            word = (match["fold"] or match["times"]).lower()
            value = Decimal(word) if word[0].isdigit() else Decimal(text2num(word, "en"))
            yield Number(start, end, value, "times", worded=True, change="up" if match["fold"] else "")


def ranges(text: str, found: list[Number], changes: re.Pattern[str]) -> list[Number]:
    """Join “5,000 to 6,000” and “between 5,000 and 6,000”; share the unit of “3 to 12 months”.

    After a word of change (`changes`), “from 227 to 174” are two levels and stay two.
    """
    joined: list[Number] = []
    for number in found:
        before = joined[-1] if joined else None
        gap = text[before.end : number.start] if before else ""
        if before is None or len(gap) > _LONGEST_GAP_CHARS or before.high is not None:
            joined.append(number)
            continue
        lead = text[max(0, before.start - _LOOK_BACK_CHARS) : before.start]
        between = _BETWEEN.search(lead) and _JOINS_BETWEEN.fullmatch(gap)
        if (not between and not _JOINS_RANGE.fullmatch(gap)) or not _alike(before, number):
            joined.append(number)
            continue
        low = _sharing(before, number)
        moved = _FROM.search(lead) and changes.search(text, max(0, before.start - 3 * _LOOK_BACK_CHARS), before.start)
        if moved or low.value >= number.value:
            joined[-1] = low
            joined.append(number)
        else:
            joined[-1] = replace(number, start=before.start, value=low.value, high=number.value)
    return joined


def _alike(first: Number, second: Number) -> bool:
    if first.kind == second.kind:
        return first.currency == second.currency
    return first.kind == "count" or (second.kind == "count" and first.kind == "money")


def _sharing(first: Number, second: Number) -> Number:
    """“£5 to £10 million”, “5 to 10 per cent”: what is said of the second holds for the first."""
    factor = 1
    if second.scaled and not first.scaled and first.value < 1000:
        factor = 10 ** max(0, (second.value.adjusted() // 3) * 3)
    return replace(
        first,
        value=first.value * factor,
        kind=second.kind if first.kind == "count" else first.kind,
        currency=first.currency or second.currency,
        scaled=first.scaled or factor > 1,
    )
