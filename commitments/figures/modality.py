"""Whether what a figure counts has happened, is under way, is promised or is expected."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

_VERBS = re.compile(
    r"\b(?:"
    r"(?P<expected>(?:expected|forecast|projected|predicted|anticipated|likely|due|set|on\s+course|on\s+track)\s+(?:to|for)\b"
    r"(?:\s+(?:be|have))?(?:\s+[a-z]+ed)?|(?:would|could|might|may|should)\s+(?=[a-z])(?:be\s+|have\s+)?(?:[a-z]+ed\b)?"
    r"|is\s+expected|are\s+expected|forecasts?|projections?)"
    r"|(?P<promised>(?:will|shall|['’]ll|(?:is|are)\s+to)(?:\s+(?:also|now|soon|then|be|have|been|initially|only|further)){0,3}"
    r"(?:\s+[a-z]+)?|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|commit(?:s|ted|ting|ment)?(?:\s+to\s+[a-z]+)?|vow(?:s|ed)?"
    r"|plans?\s+(?:to|for)|planning\s+to|planned|aim(?:s|ed|ing)?\s+(?:to|for|at)|intend(?:s|ed|ing)?|target(?:s|ing)?|wants?\s+to"
    r"|going\s+to|propos(?:e|es|ed|als?)|ambition|goal|earmarked|guarantee[sd]?)"
    r"|(?P<under_way>(?:is|are)\s+(?:(?:now|currently|already|also|still|being)\s+){0,2}(?-i:[a-z]{2,14}ing)"
    r"|(?:is|are|now)\s+being\s+[a-z]+|(?:is|are)\s+(?:now\s+)?(?:under\s?way|ongoing|in\s+progress)|under\s+way|underway|ongoing|in\s+progress"
    r"|(?:start(?:s|ed)?|beg(?:an|un|ins)|launch(?:ed|es))\s+(?:the\s+|its\s+|a\s+|to\s+|work\s+(?:on|to)\s+)?"
    r"(?:recruit|hir(?:e|ing)|build|construct|(?:re)?deploy|install|train(?!s)|deliver|rollout|roll-out|rolling)(?:ing|ment|ion)?\b)"
    r"|(?P<happened>has|have|had|was|were|['’]ve|is|are|did|saw|rose|fell|grew|went|came|took|made|spent|gave|cut|built|met"
    r"|won|found|sent|brought|became|reached|already|to\s+date|so\s+far|(?-i:[a-z]{2,14}[^e]ed)(?=\s))"
    r"|(?P<aim>to\s+(?:recruit|hire|build|deliver|provide|invest|spend|reach|achieve|cut|reduce|increase|raise|create|open"
    r"|train|fund|support|help|double|halve|kick-?start|plant|add|put|bring|end|restore|tackle|make))"
    r")\b",
    re.IGNORECASE,
)
# Where the figure's own clause begins and ends, when it holds a verb.
_CLAUSE_START = re.compile(
    r"[,;:–—]\s|\s(?:as|while|whilst|after|with)\s(?!part\b|well\b|many\b|much\b|a\s)", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[,;:–—]\s|\s(?:as|while|whilst|which|who|that)\s", re.IGNORECASE)


# “Helped to build”, “managed to recruit”: the aim has been reached.
_REACHED = re.compile(
    r"\b(?:help(?:ed|s)|managed|gone\s+on|went\s+on|able|continued|enabled|allowed|used)\s+(?:\S+\s+){0,3}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Verb:
    """A word from `start` to `end` that says how sure something is; `kind` is a modality or "aim"."""

    start: int
    end: int
    kind: str


def verbs(text: str, stretches: Iterable[tuple[int, int]]) -> list[Verb]:
    """The words that say how sure something is in some stretches of a text, in order."""
    return [
        Verb(match.start(), match.end(), match.lastgroup or "")
        for start, end in stretches
        for match in _VERBS.finditer(text, start, end)
    ]


def modality(text: str, found: list[Verb], sentence: tuple[int, int], start: int, end: int) -> str:
    """The modality of a figure from `start` to `end`, by the verb that governs it.

    That is the last verb before it in its own clause, else the first after it there, else the nearest in
    the whole sentence, before it first. A figure without any verb is taken as a fact.
    """
    clause_start = max((match.end() for match in _CLAUSE_START.finditer(text, sentence[0], start)), default=sentence[0])
    if _is_purpose(text, found, clause_start, start):
        return "promised"
    ends = _CLAUSE_END.search(text, end, sentence[1])
    clause_end = ends.start() if ends else sentence[1]
    before = bisect_left(found, start, key=lambda verb: verb.start)
    after = bisect_left(found, end, key=lambda verb: verb.start)
    for first, last in ((clause_start, clause_end), sentence):
        kind = _nearest(found, before, after, first, last, aims=False)
        if kind:
            return kind
    return "promised" if _nearest(found, before, after, clause_start, clause_end, aims=True) else "happened"


def _is_purpose(text: str, found: list[Verb], first: int, start: int) -> bool:
    """“Funding to kickstart the recruitment of 13,000”: the verb next before is an aim that nobody has reached."""
    at = bisect_left(found, start, key=lambda verb: verb.start) - 1
    if at < 0 or found[at].kind != "aim" or found[at].start < first:
        return False
    if at and found[at - 1].start >= first and found[at - 1].kind in {"promised", "expected"}:
        return False
    return not _REACHED.search(text, first, found[at].start)


def _nearest(found: list[Verb], before: int, after: int, first: int, last: int, *, aims: bool) -> str:
    """The kind of the last verb before a figure, else of the first after it, between two offsets."""
    for index in range(before - 1, -1, -1):
        if found[index].start < first:
            break
        if (found[index].kind == "aim") == aims:
            return found[index].kind
    for index in range(after, len(found)):
        if found[index].end > last:
            break
        if (found[index].kind == "aim") == aims:
            return found[index].kind
    return ""
