"""Who speaks: the words that introduce a quotation or a turn of a transcript, and in which capacity. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

#: In a transcript a name that stands before turns at least so many times.
LEAST_TURNS = 3

_SAID_WORD = (
    r"(?:said|says|added|adding|adds|commented|comments|told|went\s+on|continued|wrote|writes|replied|warned|warns"
    r"|explained|stated|argued|insisted|tweeted|concluded|responded|declared)"
)
_SAID = re.compile(rf"\b{_SAID_WORD}\b", re.IGNORECASE)
_PERSON = r"minister|secretary|commissioner|commander|chancellor|peer|mayor|premier|taoiseach|president|councillor"
#: At the end of a paragraph: "Minister for Harbours Ann Gray, visiting Leith, said:".
_INTRODUCES = re.compile(
    rf"(?:^|[.!?]\s+)(?P<who>[^.!?\n]{{2,200}}?),?\s+{_SAID_WORD}\b[^:\n]{{0,80}}:\s*$", re.IGNORECASE
)
#: After a quotation: '…," said Ann Gray, the minister.' and '…," the minister said.'
_AFTER = re.compile(
    rf"[\"”’'],?\s+(?:{_SAID_WORD}\s+(?P<last>[A-Z][^.!?\n:;,\"“”]{{1,80}}|(?:the|a|an)\s[^.!?\n:;,\"“”]{{2,80}})"
    rf"|(?P<first>[A-Z][^.!?\n:;\"“”]{{1,100}}?|(?:the|a|an|he|she|they)\b[^.!?\n:;\"“”]{{0,100}}?),?\s+{_SAID_WORD}\b)"
)
#: Before one: 'Ann Gray said: "…' and 'Ann Gray, the minister, added that "…'.
_BEFORE = re.compile(
    rf"(?:^|[.!?;]\s+|,\s+)(?P<who>(?:[A-Z]|(?:the|a|an|he|she|they)\b)[^.!?\n:;\"“”]{{1,120}}?),?\s+"
    rf"{_SAID_WORD}\b[^.!?\n:\"“”]{{0,60}}:?\s*[\"“]"
)
_SETTING = re.compile(
    r"^(?:(?:commenting|responding|speaking|reacting|welcoming|writing|asked|meanwhile|afterwards|today)\b(?:[^,]{0,80},"
    r"|\s+(?:afterwards|today|earlier|later))|and\b|but\b)\s*",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:he|she|they|it)\b", re.IGNORECASE)

_TURN = re.compile(
    r"(?m)^(?P<indent>[ \t]*)(?:Q\s?\d{1,4}[.:]?[ \t]+)?"
    r"(?P<who>(?:[A-Z][\w’'.()-]*|the)(?:[ ,]{1,2}(?:of|for|the|and|to|[A-Z(][\w’'.()-]*)){0,8}):[ \t]+(?=\S)"
)
_NUMBERED_TURN = re.compile(r"[ \t]*Q\s?\d")
_QUESTION_OR_ANSWER = re.compile(r"(?:Q|A|Question|Answer)(?:\.|:)[ \t]+(?=[A-Z\"“])")
_TITLED = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Professor|Sir|Dame|Lord|Lady|Baroness|Viscount|Earl|Chair|Chairman|Speaker|M[SP]|MSP|{_PERSON})\b",
    re.IGNORECASE,
)

#: Capacities, the more telling first. What fits none is "other" where somebody is named: a charity, an expert, a firm.
_CAPACITIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "opponent",
        re.compile(
            r"\b(?:shadow|opposition|conservatives?|tory|tories|lib(?:eral)?\s+dem(?:ocrat)?s?|greens|green\s+party|reform\s+uk"
            r"|plaid|snp|spokes(?:wo)?man\s+for\s+the\s+(?:party|opposition)|(?:party|party['’]s)\b[^,]{0,30}\bspokes\w+)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "minister",
        re.compile(
            r"\b(?:ministers?|secretary\s+of\s+state|(?:home|foreign|health|education|transport|defence|energy|justice|business"
            r"|culture|environment|housing|treasury|work\s+and\s+pensions|cabinet|first|chief|exchequer|financial|economic)\s+secretary"
            r"|secretary\s+for|chancellor|premier|taoiseach|t[aá]naiste|president|mayor|government\s+spokes\w+)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "official",
        re.compile(
            r"\b(?:officials?|permanent\s+secretary|director\s+general|department\s+spokes\w+|office\s+spokes\w+|commander|chief\s+constable"
            r"|inspector|superintendent|commissioner|ombudsman|auditor|statistician|civil\s+servants?|agency|office|department|ministry)\b",
            re.IGNORECASE,
        ),
    ),
)


def capacity(speaker: str) -> str:
    """In which capacity somebody speaks: "opponent", "minister", "official", "other"; "" for the release itself."""
    return next((name for name, cue in _CAPACITIES if cue.search(speaker)), "other") if speaker else ""


def introduced(paragraph: str) -> str | None:
    """Who speaks in the paragraphs that follow, where the end of a paragraph says so; "" for "she said:"."""
    end = paragraph.rstrip()
    if not end.endswith(":"):
        return None
    said = _INTRODUCES.search(end[-400:])
    return _name(said["who"]) if said else None


def quoted(sentence: str, known: str) -> str:
    """Who is quoted in a sentence, "" where it does not say. `known` was quoted before: "she" may stand for them."""
    for found in (_AFTER.search(sentence), _BEFORE.search(sentence)):
        if found:
            parts = found.groupdict()
            return _name(parts.get("last") or parts.get("first") or parts.get("who") or "") or known
    return ""


def _name(words: str) -> str:
    """The name in the words before "said"; "" for a pronoun."""
    name = _SAID.split(words.rsplit(", and ", 1)[-1])[0]
    name = _SETTING.sub("", name.strip(" ,\t\n")).strip(" ,")
    return "" if _PRONOUN.match(name) else name


def turns(text: str) -> Mapping[int, tuple[int, str]]:
    """The turns of a transcript: by the offset of the line, where the words begin and who says them."""
    found = list(_TURN.finditer(text))
    if len(found) < LEAST_TURNS:
        return {}
    counted = Counter(match["who"] for match in found)
    speak = [
        match
        for match in found
        if _NUMBERED_TURN.match(match.group()) or counted[match["who"]] >= LEAST_TURNS or _TITLED.search(match["who"])
    ]
    if len(speak) < LEAST_TURNS:
        return {}
    return {match.end("indent"): (match.end(), match["who"]) for match in speak}


def question_or_answer(text: str, start: int) -> int:
    """Where the words begin after "Q." or "A."; `start` where there is neither."""
    match = _QUESTION_OR_ANSWER.match(text, start)
    return match.end() if match else start


def named_above(headings: Mapping[str, int], heading: str) -> bool:
    """Whether a line that looks like a heading names who speaks below, as in the record of a chamber.

    `headings` counts them by their words up to the first comma: who speaks once is named again.
    """
    return headings.get(heading.split(",")[0].strip(), 0) > 1 and bool(_TITLED.search(heading))
