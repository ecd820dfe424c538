"""How a passage bears on a commitment, how far the matter has come, and who says so. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from commitments.linking import terms
from commitments.models.evidence import Relation, Tier

#: A release so near to the day of the promise is the announcement itself; others report it somewhat later.
ANNOUNCEMENT = dt.timedelta(days=10)
ANNOUNCEMENT_BY_OTHERS = dt.timedelta(days=30)


def _cue(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})", re.IGNORECASE)


#: The act of promising, as news or as something known.
_PROMISING = _cue(
    r"announc\w+",
    r"unveil\w*",
    r"pledg\w+",
    r"promis\w+",
    r"vow(?:s|ed|ing)?\b",
    r"commit(?:s|ted|ting|ment\w*)?\b",
    r"manifesto",
    r"propos\w+",
    r"set out\b",
    r"goal\b",
    r"target\b",
    r"ambition",
    r"undertak(?:e|en|ing)\b",
    r"mission\b",
    r"guarantee[sd]?\b",
    r"agreed to\b",
    r"asked for\b",
    r"aim of\b",
)
#: Something still to come.
_FUTURE = _cue(
    r"will\b",
    r"['’]ll\b",
    r"shall\b",
    r"would\b",
    r"to be\b",
    r"(?:is|are|was|were) to\b",
    r"going to\b",
    r"plan(?:s|ned|ning)? (?:to|for)\b",
    r"intend\w*",
    r"aim(?:s|ed|ing)? to\b",
    r"seek(?:s|ing)? to\b",
    r"expect\w*",
    r"due (?:to|in|out|by|for)\b",
    r"set to\b",
    r"should\b",
    r"next (?:week|month|year|spring|summer|autumn|winter)",
    r"later this year",
    r"when parliamentary time allows",
    r"in the coming (?:weeks|months)",
    r"ahead of\b",
    r"(?:is|are) introducing\b",
)
#: Something that is over and done with.
_DONE = _cue(
    r"royal assent",
    r"(?:became|become|is now|are now|now|been) (?:law|illegal|banned|open|statutory|in force|in place|equipped)\b",
    r"came? into (?:force|effect)",
    r"come into force today",
    r"(?:law|in force|in effect|illegal) (?:since|from|on)\b",
    r"surpass\w+",
    r"exceed(?:s|ed)\b",
    r"fulfilled",
    r"(?:has|have|['’]ve|was|were) (?:now )?(?:been )?(?:established|set up|launched|completed(?! its passage)"
    r"|delivered|met|achieved|created|opened|appointed|published|hosted|co-?hosted|enacted|outlawed|redeployed"
    r"|signed|installed|equipped)\b",
    r"co-?hosted\b",
    r"hosted\b",
    r"published (?:in|on)\b",
    r"took effect",
)
#: Verbs of change in the past or perfect tense are found by their endings; these by name.
_HAPPENED = _cue(
    r"(?:has|have|had|['’]ve) (?:\w+ly )?(?:been )?\w+(?:ed|en|un|wn|ne|de|lt|nt|ut|ld|id)\b",
    r"(?:was|were) (?:\w+ly )?\w+(?:ed|en|un|wn|ne|de|lt|nt|ut)\b",
    r"(?:fell|rose|grew|began|went|took|gave|made|brought|put|built|saw|left|came|got|won|drew|led|held|became|sent)\b",
    r"\w{2,}ed (?:out|up|in|by|for|on|to|with|a|an|the|more|over|from|off|into|at|its|their"
    r"|our|his|her|nearly|almost|\d|£)",
)
_UNDER_WAY = _cue(
    r"(?:is|are|was|were|been) (?:\w+ly )?(?:now )?\w{2,}ing\b",
    r"so far\b",
    r"already\b",
    r"under ?way\b",
    r"in progress",
    r"(?:are|is) (?:at present |currently |now )?(?:available|working|operating|running|in use|in operation)\b",
    r"in committee",
    r"the (?:\w+ )?bill \w+s\b",
    r"(?:committee|report) stage",
    r"(?:second|third) reading",
    r"passage through",
    r"in the (?:house of )?(?:lords|commons)\b",
    r"house of lords",
    r"on (?:track|course)\b",
    r"recruiting\b",
    r"training\b",
    r"rolled? ?out",
    r"roll-?out",
    r"pilot (?:is|has|agreed)",
    r"up (?:by )?(?:almost |nearly |around |about )?(?:\d|a )",
    r"down (?:by )?(?:almost |nearly |around |about )?(?:\d|a |from)",
    r"\d[\d,.]*(?:%| per cent)? (?:more|fewer|higher|lower|increase|rise|fall|drop)\b",
    r"compared (?:to|with)\b",
    r"since (?:july|the (?:general )?election|coming to|taking office|we came)",
    r"new funding",
)
_LATE = _cue(
    r"delay(?:s|ed|ing)?\b",
    r"postpon\w+",
    r"pushed back",
    r"put back\b",
    r"slipp(?:ed|ing|age)",
    r"miss(?:ed|es|ing) (?:the|its|their|a) (?:\w+ )?(?:deadline|target|date)",
    r"overdue\b",
    r"behind schedule",
    r"no longer (?:expected|due)",
    r"yet to (?:be|begin|start|appear)",
    r"not (?:yet )?(?:been )?(?:commenced|started|begun|published)\b",
    r"still no\b",
    r"ha(?:s|ve) moved from .{3,40} to\b",
    r"fall(?:s|en|ing)? short",
    r"take longer",
    r"a (?:fair|long) way off",
)
_AGAINST = _cue(
    r"u-turn\w*",
    r"scrap(?:s|ped|ping)\b",
    r"ditch(?:es|ed|ing)\b",
    r"(?:is|was|were|been|be|has|have) abandoned\b",
    r"abandon(?:s|ing)\b",
    r"cancell?(?:s|ed|ing)\b",
    r"axed\b",
    r"dropp(?:ed|ing) (?:its|the|plans)\b",
    r"repeal\w*",
    r"(?:will|would|shall) not\b",
    r"won['’]t\b",
    r"there will be no\b",
    r"shelv(?:ed|ing)\b",
    r"brok(?:e|en) (?:its|their|the|a|his|her) (?:word|promise|pledge)",
    r"(?:has|have|had) failed to\b",
    r"failed to (?:deliver|meet|keep|reach|hit|achieve|honour|provide)\b",
    r"failure to (?:deliver|meet|keep|reach|hit|achieve|honour|provide)\b",
    r"only part of\b",
    r"ended the\b",
    r"rejected\b",
    r"refus(?:es|ed|al|ing)\b",
    r"after all\b",
)
_ROSE = _cue(
    r"ris(?:e|es|ing|en)\b",
    r"rose\b",
    r"climb\w*",
    r"up (?:by )?(?:almost |nearly |around |about |over )?(?:\d|a )",
    r"increas\w+",
    r"grew\b",
    r"(?:a|the) record\b",
    r"highest\b",
    r"surg\w+",
    r"(?:quarter|third|half|\d+%) up\b",
    r"more than (?:last|the previous)",
)
_FELL = _cue(
    r"fell\b",
    r"fall(?:s|en|ing)?\b",
    r"down\b",
    r"drop(?:s|ped)?\b",
    r"lower\b",
    r"fewe[rs]t?\b",
    r"declin\w+",
    r"decreas\w+",
    r"reduc\w+",
)
_MONEY = re.compile(r"[£€$]\s?\d|\b(?:funding|funded|grant|settlement|budget|invest\w*)\b", re.IGNORECASE)
_LAW = re.compile(r"\b(?:bill|act|legislation|regulations|royal assent|statut\w+|clause|law)\b", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<![\d£€$.,])(?!(?:19|20)\d\d\b)\d[\d,]*\d\b(?! (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
    r"|\d(?:\.\d+)?\s?(?:%|per cent)"
)
_CLAUSE_END = re.compile(r"[;:—–]|,(?=\s(?:and|but|while|with|although|as)\b)|\s(?:but|while|whereas)\s")


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the passage: who says it, when, and what earlier releases have said.

    `matched` are the stems that the passage shares with the commitment.
    """

    voice: str
    published: dt.date | None
    made_on: dt.date | None
    left_office: dt.date | None
    said_before: bool
    new_figure: bool
    aims_to_lower: bool
    matched: Collection[str] = ()


@dataclass(frozen=True)
class Judgement:
    """How a passage bears on a commitment."""

    relation: Relation
    tier: Tier
    self_declared: bool


def judge(passage: str, lead: str, circumstances: Circumstances) -> Judgement:
    """Relation, tier and whether the promising side says so itself.

    An opponent who repeats an official figure gives context; one who says that it failed contradicts.
    """
    about = _clauses_about(passage, circumstances.matched)
    relation = _relation(passage, f"{lead} {about}".strip(), about, circumstances)
    return Judgement(relation, _tier(about, relation), circumstances.voice == "official")


def _clauses_about(passage: str, matched: Collection[str]) -> str:
    """The clause of a passage that speaks most of the commitment, with those that speak of it nearly as much."""
    ends = [0, *(match.start() for match in _CLAUSE_END.finditer(passage)), len(passage)]
    clauses = [passage[start:end] for start, end in pairwise(ends)]
    shared = [len({word.stem for word in terms.words(clause)} & set(matched)) for clause in clauses]
    most = max(shared)
    if most < 2:
        return passage
    return "".join(clause for clause, own in zip(clauses, shared, strict=True) if own >= most - 1).strip(" ,;:—–")


def _relation(passage: str, spoken: str, about: str, now: Circumstances) -> Relation:
    successor = bool(now.published and now.left_office and now.published > now.left_office)
    late, against = bool(_LATE.search(about)), bool(_AGAINST.search(about))
    if against or (late and now.voice == "opponent"):
        return Relation.CONTRADICTS if successor or now.voice != "official" else Relation.SLIPS
    if now.voice == "opponent":
        return Relation.CONTEXT
    if late:
        return Relation.SLIPS
    counted = bool(_COUNT.search(about))
    if now.aims_to_lower and counted and _ROSE.search(passage) and not _FELL.search(passage):
        return Relation.CONTRADICTS if now.voice in ("official", "parliament") else Relation.SLIPS
    if now.new_figure:
        return Relation.PROGRESS if not _DONE.search(about) else Relation.FULFILS
    promising, future = bool(_PROMISING.search(spoken)), bool(_FUTURE.search(spoken))
    reported = bool(_HAPPENED.search(_PROMISING.sub(" ", spoken))) or bool(_UNDER_WAY.search(spoken))
    window = ANNOUNCEMENT if now.voice == "official" else ANNOUNCEMENT_BY_OTHERS
    near = bool(now.published and now.made_on and abs(now.published - now.made_on) <= window)
    after = bool(now.published and now.made_on and now.published > now.made_on + window)
    before = bool(now.published and now.made_on and now.published < now.made_on - window)
    if _DONE.search(about) and not future:
        return Relation.FULFILS
    if near and not now.said_before:
        return Relation.ANNOUNCES
    if reported and not (future or promising):
        return Relation.PROGRESS
    if counted and not future and _UNDER_WAY.search(spoken):
        return Relation.PROGRESS
    return Relation.RESTATES if (now.said_before or after) and not before else Relation.ANNOUNCES


def _tier(spoken: str, relation: Relation) -> Tier:
    if relation in (Relation.FULFILS, Relation.PROGRESS):
        if _COUNT.search(spoken) and not _MONEY.search(spoken):
            return Tier.OUTCOME
        return Tier.FUNDED if _LAW.search(spoken) or _MONEY.search(spoken) else Tier.IN_OPERATION
    if relation in (Relation.ANNOUNCES, Relation.RESTATES) and _MONEY.search(spoken):
        return Tier.FUNDED
    return Tier.ANNOUNCED
