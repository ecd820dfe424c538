"""What tells how a passage bears on a commitment, as named numbers: cues, and who says it when. Pure."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from commitments.linking import cues, quantities, terms
from commitments.linking.quantities import Quantity

#: A release so near to the day of the promise is the announcement itself; others report it somewhat later.
ANNOUNCEMENT = dt.timedelta(days=10)
ANNOUNCEMENT_BY_OTHERS = dt.timedelta(days=30)
NEAR_DEADLINE = dt.timedelta(days=60)

#: Cues in a title count where it has at least this share of the commitment's title.
LEAST_OF_TITLE = 0.25
#: A cue that stands outside the clause about the commitment counts less.
NEARBY = 0.7

_CLAUSE_END = re.compile(r";|,(?=\s(?:and|but|while|with|although|as|so|after)\b)|\s(?:but|while|whereas)\s")
_HAVE = re.compile(r"\b(?:has|have)\b|\bwe['’]ve\b", re.IGNORECASE)


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the passage: who says it, when, what stands around it, what earlier releases have said.

    `matched` are the stems that the passage shares with the commitment; `coverage` and `title_coverage` the shares
    of the commitment's title that the passage and the release's title have. `around` is the paragraph without the
    passage. `makes_law` says that the commitment is to change the law, `aims_to_end` that it is to end something;
    `new_figure` and `restated_figure` that the passage has a point of its series that no earlier release gave, or
    that one did.
    """

    voice: str
    published: dt.date | None
    made_on: dt.date | None
    left_office: dt.date | None
    said_before: bool
    new_figure: bool
    aims_to_lower: bool
    matched: Collection[str] = ()
    deadline: dt.date | None = None
    target: Quantity | None = None
    promised: Collection[Quantity] = ()
    has_figures: bool = False
    restated_figure: bool = False
    aims_to_end: bool = False
    makes_law: bool = False
    title: str = ""
    title_coverage: float = 0.0
    coverage: float = 1.0
    around: str = ""
    speaker: str = ""
    is_among_first: bool = False

    @property
    def window(self) -> dt.timedelta:
        return ANNOUNCEMENT if self.voice == "official" else ANNOUNCEMENT_BY_OTHERS

    @property
    def days(self) -> int | None:
        """From the promise to the publication; None where one of the dates is unknown."""
        return (self.published - self.made_on).days if self.published and self.made_on else None

    @property
    def is_near(self) -> bool:
        return self.days is not None and abs(self.days) <= self.window.days

    @property
    def is_before(self) -> bool:
        return self.days is not None and self.days < -self.window.days

    @property
    def is_after(self) -> bool:
        return self.days is not None and self.days > self.window.days

    @property
    def is_successors(self) -> bool:
        """Whether those who promised had left office."""
        return bool(self.published and self.left_office and self.published > self.left_office)

    @property
    def deadline_passed(self) -> bool:
        return bool(self.published and self.deadline and self.published > self.deadline)

    @property
    def is_outside(self) -> bool:
        """Whether neither the government nor a record of Parliament speaks."""
        return self.voice not in ("official", "parliament")


def about(passage: str, matched: Collection[str]) -> str:
    """The clause of a passage that speaks most of the commitment, with those that speak of it nearly as much."""
    ends = [0, *(match.start() for match in _CLAUSE_END.finditer(passage)), len(passage)]
    clauses = [passage[start:end] for start, end in pairwise(ends)]
    shared = [len({word.stem for word in terms.words(clause)} & set(matched)) for clause in clauses]
    most = max(shared)
    if most < 2:
        return passage
    return "".join(clause for clause, own in zip(clauses, shared, strict=True) if own >= most - 1).strip(" ,;")


def features(passage: str, lead: str, now: Circumstances) -> dict[str, float]:
    """Named numbers for a passage under its lead sentence; those that are 0 are left out."""
    clause = about(passage, now.matched)
    here = _cues(clause, now)
    found = {
        **_cue_features(passage, lead, here, now),
        **_time_features(clause, now),
        **_figure_features(passage, clause, here, now),
        **_together(clause, lead, here, now),
        f"voice {now.voice}": 1.0,
        "outside": now.is_outside,
        "aims to lower": now.aims_to_lower,
        "makes law": now.makes_law,
        "coverage": now.coverage,
        "covers little": now.coverage < 1 / 3,
        "title coverage": now.title_coverage,
        "among the first": now.is_among_first,
        "in a list": bool(lead),
        "somebody speaks": bool(now.speaker),
        "question": passage.rstrip().endswith("?"),
        "words": math.log1p(len(passage.split())) / 4,
        "has other clauses": len(clause) < 0.7 * len(passage),
    }
    return {name: float(value) for name, value in found.items() if value}


def _cues(text: str, now: Circumstances) -> Mapping[str, str]:
    """The cues of a text; where the promise was to end something, what is dropped may be just that.

    Where something was put off or dropped, that is what has happened.
    """
    found = dict(cues.found(text))
    if now.aims_to_end and "is dropped" in found:
        found["ends what was to end"] = found.pop("is dropped")
    if "is late" in found or "is dropped" in found:
        found.pop("has happened", None)
    return found


def _cue_features(passage: str, lead: str, here: Mapping[str, str], now: Circumstances) -> dict[str, float]:
    elsewhere = [("lead", lead, 1.0), ("near", now.around, NEARBY)]
    if now.title_coverage >= LEAST_OF_TITLE:
        elsewhere.append(("title", now.title, 1.0))
    return {
        **{f"clause {name}": 1.0 for name in here},
        **{f"sentence {name}": NEARBY for name in _cues(passage, now) if name not in here},
        **{f"{place} {name}": worth for place, text, worth in elsewhere if text for name in _cues(text, now)},
    }


def _time_features(clause: str, now: Circumstances) -> dict[str, float]:
    years = quantities.years(clause)
    return {
        "date unknown": now.days is None,
        "near promise": now.is_near,
        "before promise": now.is_before,
        "after promise": now.is_after,
        "first near promise": now.is_near and not now.said_before,
        "time since promise": 0.5 if now.days is None else math.log1p(max(0, now.days)) / 7,
        "said before": now.said_before,
        "successor": now.is_successors,
        "deadline passed": now.deadline_passed,
        "no deadline": now.deadline is None,
        "deadline near": bool(
            now.published and now.deadline and not now.deadline_passed and now.deadline - now.published < NEAR_DEADLINE
        ),
        "year after deadline": _is_after_deadline(years, now),
        "year to come": bool(now.published and any(year > now.published.year for year in years)),
        "year gone": bool(now.published and years and max(years) < now.published.year),
    }


def _is_after_deadline(years: Collection[int], now: Circumstances) -> bool:
    return bool(now.deadline and any(year > now.deadline.year for year in years))


def _figure_features(passage: str, clause: str, here: Mapping[str, str], now: Circumstances) -> dict[str, float]:
    stated = quantities.quantities(passage)
    promised, others = stated & set(now.promised), stated - set(now.promised)
    shares = quantities.shares_of(now.target, stated)
    under = bool(shares) and all(share < 1 for share in shares)
    reaches = any(share > 1 for share in shares)
    counts = bool(cues.COUNT.search(clause))
    titled = cues.found(now.title) if now.title_coverage >= LEAST_OF_TITLE else {}
    rises, falls = "up" in here or "up" in titled, "down" in here
    away = now.aims_to_lower and counts and rises and not falls
    return {
        "new figure": now.new_figure,
        "figure": now.has_figures,
        "restated figure": now.restated_figure,
        "promised number": bool(promised),
        "promised number only": bool(promised) and not others,
        "other number": bool(others),
        "figure reaches target": reaches,
        "figure under target": under,
        "figure under target, deadline passed": under and now.deadline_passed,
        "count": counts,
        "count has happened": counts and not away and ("has happened" in here or "goes on" in here),
        "figure moves away": away,
        "figure comes closer": counts and now.aims_to_lower and falls and not rises,
        "figure rises": counts and not now.aims_to_lower and rises and not falls,
    }


def _together(clause: str, lead: str, here: Mapping[str, str], now: Circumstances) -> dict[str, float]:
    """Cues that mean more beside another, or beside a circumstance."""
    leading = _cues(lead, now) if lead else {}
    to_come = "is to come" in here or "is to come" in leading
    happened = "has happened" in here or "goes on" in here or "has happened" in leading or bool(_HAVE.search(lead))
    done = "is done" in here or "is reached" in here
    short = "falls short" in here or "doubts" in here
    late, dropped = "is late" in here, "is dropped" in here
    return {
        "only to come": to_come and not happened,
        "only happened": happened and not to_come,
        "without verb": not happened and not to_come,
        "to come, deadline passed": to_come and now.deadline_passed,
        "to come, year after deadline": to_come and _is_after_deadline(quantities.years(clause), now),
        "law made": "became law" in here and now.makes_law,
        "law made, not to come": "became law" in here and not to_come,
        "law-making goes on": "in law-making" in here and now.makes_law and "became law" not in here,
        "done, not to come": done and not to_come,
        "reached, not to come": "is reached" in here and not to_come and not short,
        "done, deadline passed": (done or happened) and now.deadline_passed,
        "not done": "negated" in here and ("is done" in here or "has happened" in here),
        "short, from outside": short and now.is_outside,
        "short, by itself": short and not now.is_outside,
        "late or dropped, from outside": (late or dropped) and now.is_outside,
        "late, deadline passed": late and now.deadline_passed,
        "against, by an opponent": now.voice == "opponent" and (late or dropped or short),
        "successor drops": now.is_successors and dropped,
        "successor has done": now.is_successors and done,
        "promises, first": "promises" in here and not now.said_before,
        "promises, again": "promises" in here and now.said_before,
    }
