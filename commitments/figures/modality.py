"""Whether what a figure counts has happened, is under way, is promised or is expected."""

from __future__ import annotations

import re

_AUXILIARY = re.compile(
    r"\b(?:"
    r"(?P<expected>(?:is|are|was|were)?\s?(?:expected|forecast|projected|predicted|anticipated|likely|estimated|due|set|on\s+course"
    r"|on\s+track)\s+to\b|would|could|might|may(?=\s+[a-z])|forecasts?|projections?|projects\s+that|should)"
    r"|(?P<promised>will|shall|['’]ll|(?:is|are)\s+to\s+(?=[a-z])|pledg(?:e|es|ed|ing)|promis(?:e|es|ed|ing)|commit(?:s|ted|ting|ment)?"
    r"|vow(?:s|ed)?|plans?\s+to|planning\s+to|planned|aim(?:s|ed|ing)?\s+(?:to|for)|intend(?:s|ed|ing)?|target(?:s|ing)?|want(?:s)?\s+to"
    r"|going\s+to|proposed|proposes|ambition|goal|earmarked|guarantee[sd]?)"
    r"|(?P<happened>has|have|had|was|were|['’]ve|did|saw|rose|fell|grew|went|came|took|made|spent|gave|cut|built|met|won|found|sent"
    r"|is\s+up|is\s+down|are\s+up|are\s+down|up\s+by|down\s+by|already|to\s+date|so\s+far|[a-z]{2,14}(?:ied|[^e]ed)(?=\s))"
    r"|(?P<under_way>(?:is|are)\s+(?:now\s+|currently\s+|already\s+|also\s+|being\s+)?[a-z]{2,14}(?:ing|ed)|being\s+[a-z]{2,14}ed|under\s+way|underway|ongoing"
    r"|in\s+progress)"
    r"|(?P<aim>to\s+(?:recruit|hire|build|deliver|provide|invest|spend|reach|achieve|cut|reduce|increase|raise|create|open|train|fund"
    r"|support|help|double|halve|kickstart|plant|add|put|bring))"
    r")\b",
    re.IGNORECASE,
)


def modality(before: str, after: str) -> str:
    """The modality of a figure, by the verb that governs it: the last before it, else the first after it."""
    last = next(reversed(list(_AUXILIARY.finditer(before))), None)
    first = _AUXILIARY.search(after)
    aim = last is not None and last.lastgroup == "aim"
    chosen = last if last is not None and not aim else None
    if chosen is None:
        chosen = _before_the_aim(before, last) if aim and last else first
    if chosen is None:
        return "promised" if aim or (first is not None and first.lastgroup == "aim") else "happened"
    kind = chosen.lastgroup or "happened"
    if kind == "aim":
        return "promised"
    return kind


def _before_the_aim(before: str, aim: re.Match[str]) -> re.Match[str]:
    """“Has worked to cut 500” happened; “to cut 500” alone is an aim."""
    governing: re.Match[str] = aim
    for match in _AUXILIARY.finditer(before, 0, aim.start()):
        if match.lastgroup != "aim":
            governing = match
    return governing
