"""Digits that count nothing: dates, times, telephone and section numbers, ages, versions, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .numbers import Number
from .vocabulary import SYMBOLS

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
_YEAR = r"(?:19|20)\d\d"

_MASKED = re.compile(
    "|".join(
        (
            r"https?://\S{1,300}",
            r"\bwww\.\S{1,200}",
            r"\b[\w.+-]{1,60}@[\w.-]{1,60}",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s?(?:-|–|to|and)\s?\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}(?:,?\s{_YEAR})?",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?",
            rf"\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d{{3}}|\.\d|%|\s(?:million|billion|per))(?:,?\s{_YEAR})?",
            rf"\b{_MONTH},?\s{_YEAR}",
            rf"\b{_YEAR}\s?(?:/|-|–)\s?(?:{_YEAR}|\d\d)\b",
            rf"\b{_YEAR}\sto\s{_YEAR}\b",
            rf"\b{_YEAR}-\d\d-\d\d\b",
            rf"\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d)\b",
            r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b)?",
            r"\b\d{1,2}(?:\.\d{2})?\s?(?:[ap]\.?m\b\.?|o['’]clock)",
            r"(?<!\d)(?:\+44\s?|0)\d{2,4}[\s-]\d{3,4}(?:[\s-]?\d{3,4})?\b(?:\s(?:or|and)\s\d{3,6}\b)?",
            r"\b\d{1,3}(?:\.\d{1,3}){2,4}\b",
            r"\[\d{1,3}\]",
            r"\b24/7\b",
            r"\b(?:24\shours\sa\sday|(?:7|seven)\sdays\sa\sweek)\b",
            r"\b(?:No|Number)\.?\s?10\b",
            r"\b(?:999|112|111|101)(?=\s(?:(?:and|or)\s(?:999|112|111|101)\s)?(?:(?:call[\s-])?handl|calls?\b|control|services?\b"
            r"|(?:non-)?emergenc|operators?\b|lines?\b|helplines?\b|systems?\b|responders?\b|numbers?\b))",
            r"\b(?:999|112|111|101)(?=\s(?:and|or)\s(?:999|112|111|101)\b)",
        )
    ),
    re.IGNORECASE,
)
_NAMED_BY_NUMBER = re.compile(
    r"\b(?:sections?|articles?|clauses?|parts?|schedules?|chapters?|tables?|figures?|pages?|paragraphs?|paras?|pp?|ss?"
    r"|annex(?:es)?|regulations?|rules?|category|categories|class|type|levels?|grades?|tiers?|stages?|phases?|steps?"
    r"|version|v|no|nos|number|numbers|ref(?:erence)?|terminals?|junctions?|platform|route|unit|room|note|footnote|form"
    r"|resolution|covid|band|key\s+stage|line|question|item|volume|vol|issue|edition|cm|cp|hc|hl|si"
    r"|operation|model|sdg|goal|call(?:ing)?|dial(?:ling)?|ring(?:ing)?|phone|tel(?:ephone)?|text(?:ing)?|channel|group"
    r"|squadron|brigade|act|standard|iso|formula)\s?[.:-]?\s?(?:(?:\d{1,3}[A-Za-z]?\s?(?:,|to|and|or|-|–)\s?)){0,4}$",
    re.IGNORECASE,
)
# “Year 7”, “in week 3”; but “by the end of the fiscal year 212 of them had been hired”.
_NAMED_PERIOD = re.compile(
    r"(?<!\bthe\s)(?<!\bthis\s)(?<!\blast\s)(?<!\bnext\s)(?<!\ba\s)(?<!\bper\s)(?<!\beach\s)(?<!\bfiscal\s)(?<!\bfinancial\s)"
    r"(?<!\bcalendar\s)(?<!\bacademic\s)(?<!\bschool\s)\b(?:day|week|year)s?\s(?:\d{1,2}\s?(?:,|to|and|or|-|–)\s?){0,3}$",
    re.IGNORECASE,
)
_MOST_PERIODS = 60
_LIST_MARKER = re.compile(r"(?:^|\n)[ \t]{0,8}\(?$")
_AGED = re.compile(
    r"\b(?:aged?|ages|age\s+of)\s+(?:over\s+|under\s+|between\s+)?(?:\d{1,3}\s+(?:to|and|or)\s+)?$", re.IGNORECASE
)
_NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w'’-]{1,30}\b),\s$")
_OLD = re.compile(r"(?:\sto\s\d{1,3}|\sand\s\d{1,3})?[\s-]years?[\s-](?:olds?|of\s+age)\b", re.IGNORECASE)
_OVER_AGE = re.compile(r"\b(?:over|under)[\s-]?(?:the\s+age\s+of\s+)?$", re.IGNORECASE)
_CAPITALS_BEFORE = re.compile(r"\b[A-Z]{2,6}\s$")
_ATTACHED = re.compile(rf"(?!(?:{'|'.join(SYMBOLS)})\b)[A-Za-z_]|[-–](?!(?:plus|odd)\b)[A-Za-z]|['’]s\b")
_TIME_UNIT = re.compile(
    r"[\s-]?(?:and\s+a\s+half\s+)?(?:consecutive\s+|calendar\s+|working\s+|long\s+|full\s+|successive\s+)?"
    r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|months?|quarters?|years?|decades?|centuries)\b",
    re.IGNORECASE,
)
_AS_TIME = re.compile(
    r"\b(?:(?:the|in|over|during|for|these|our|its)\s+last|past|next|first|coming|previous|preceding|following|within|in|inside|after|every|since|same|final|over\s+the|across|during"
    r"|another|other|each)\s+(?:(?:the|a|just|about|around|under|only|over|some|almost|nearly|more\s+than|less\s+than)\s+){0,2}$",
    re.IGNORECASE,
)
_TIME_AFTER = re.compile(
    r"[\s-]?\w{1,12}\s+(?:ago|earlier|later|before|prior|since|old|from\s+now|running|on\s+from|in\s+a\s+row)\b",
    re.IGNORECASE,
)
_COUNTED_YEAR = re.compile(
    r"\b(?:more\s+than|nearly|almost|about|around|at\s+least|some|up\s+to|another|extra|additional|fewer\s+than|less\s+than)\s$",
    re.IGNORECASE,
)
# “28% more than 2023 and”: compared with a year, where no noun says what 2023 of them there would be.
_COMPARED_WITH_YEAR = re.compile(r"\b(?:more|fewer|less|higher|lower|up|down)\s+than\s(?:in\s)?$", re.IGNORECASE)
_NO_NOUN_AFTER = re.compile(
    r"\s*(?:$|[^\w\s]|(?:and|or|but|when|while|as|in|on|for|after|before|with|to|the|a)\b)", re.IGNORECASE
)
_YEAR_ALONE = re.compile(rf"{_YEAR}$")
_SMALL_ORDINAL = re.compile(r"^(?:the|this|these|those)\s+one\b", re.IGNORECASE)
_LOOK_CHARS = 60


def masked(text: str, stretches: Iterable[tuple[int, int]]) -> bytearray:
    """One byte a character, set where dates, times, addresses and telephone numbers lie in some stretches of a text."""
    covered = bytearray(len(text))
    for start, end in stretches:
        for match in _MASKED.finditer(text, start, end):
            covered[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return covered


def counts_something(text: str, number: Number, covered: bytearray) -> bool:
    """Is it a figure? `covered` is what `masked` says of the text."""
    if covered[number.start] or covered[number.end - 1]:
        return False
    before = text[max(0, number.start - _LOOK_CHARS) : number.start]
    after = text[number.end : number.end + _LOOK_CHARS]
    if number.kind == "times" or (number.kind in {"per cent", "percentage points"} and number.worded):
        return True
    if number.kind != "count":
        return not _ATTACHED.match(after) or after[0] in "-–"
    if _ATTACHED.match(after):
        return False
    raw = text[number.start : number.end]
    if _is_time(before, after):
        return False
    if number.worded or number.scaled:
        return True
    return not (
        (raw[0] == "0" and len(raw) > 1 and raw[1] != ".")
        or (_YEAR_ALONE.match(raw) and not _is_counted(before, after))
        or _NAMED_BY_NUMBER.search(before)
        or (number.value < _MOST_PERIODS and _NAMED_PERIOD.search(before))
        or (_LIST_MARKER.search(before) and after[:1] in {".", ")"})
        or (before[-1:] in {"-", "–"} and before[-2:-1].isalpha())
        or _is_age(before, after)
        or (_CAPITALS_BEFORE.search(before) and not re.match(r"\s[a-z]", after) and "," not in raw)
    )


def _is_time(before: str, after: str) -> bool:
    """“In the last 6 months” and “2 years ago” say when, not how much."""
    if not _TIME_UNIT.match(after):
        return False
    return bool(_AS_TIME.search(before) or _TIME_AFTER.match(after) or _OLD.match(after))


def _is_counted(before: str, after: str) -> bool:
    """“Nearly 2,000 homes” written without its comma, and not “more than 2023 and”."""
    if not _COUNTED_YEAR.search(before):
        return False
    return not (_COMPARED_WITH_YEAR.search(before) and _NO_NOUN_AFTER.match(after))


def _is_age(before: str, after: str) -> bool:
    if _AGED.search(before) or _OLD.match(after):
        return True
    if _OVER_AGE.search(before) and (after[:1] in ",.;:)" or not after):
        return True
    return bool(_NAME_BEFORE.search(before) and after[:1] == ",")
