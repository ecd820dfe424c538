"""How a passage bears on a commitment, how far the matter has come, and who says so. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from commitments.models.evidence import Relation, Tier

#: A release so near to the day of the promise is the announcement itself.
ANNOUNCEMENT = dt.timedelta(days=10)

_PROMISES = re.compile(
    r"\b(?:will|shall|would|to be|is to|are to|plan(?:s|ned|ning)? to|intend\w*|aim(?:s|ed|ing)? to|commit(?:s|ted|ting|ment)\b|"
    r"pledg\w+|promis\w+|vow\w*|propos\w+|expect\w*|due (?:to|in|out|by)|going to|set to|next (?:month|year|week|spring|summer)"
    r"|manifesto|ambition|guarantee|mission to|when parliamentary time allows|agreed to|legislation will|consult\w+ on"
    r"|(?:is|are|be) introduc\w+|announc\w+|unveil\w*)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:royal assent|became law|is now law|now (?:in force|in place|law|illegal|banned|open|equipped|trained)|came into force"
    r"|come into force today|in force from today|takes? effect|took effect|in effect from|surpassed|exceeded|fulfil\w*"
    r"|(?:has|have) (?:been )?(?:established|set up|launched|completed|delivered|met|achieved|introduced|created|opened|"
    r"appointed|published|hosted|co-hosted|ended|abolished|banned|scrapped|closed|enacted|stopped|recruited|redeployed|moved)"
    r"|(?:was|were) (?:published|introduced|opened|launched|completed|established|set up|appointed|enacted|outlawed)"
    r"|co-?hosted|hosted|is complete|are complete|was met|are now|is now|may not|law since|became)\b",
    re.IGNORECASE,
)
_UNDER_WAY = re.compile(
    r"\b(?:(?:has|have) (?:begun|started|fallen|risen|dropped|grown|increased|decreased)|so far|already|began|begin\w* (?:to|over)"
    r"|start(?:ed|ing)|is being|are being|under way|underway|in progress|working (?:to|with|on)|building|rolled? out|roll-?out"
    r"|extra|rose|fell|down|up (?:by )?\d|increased?|more than last|compared (?:to|with)|since (?:july|the election|the start|"
    r"coming to (?:office|power)|taking office|last)|pilot\w*|recruit\w*|first (?:step|stage|phase)|on track|on course"
    r"|committee stage|second reading|in committee|passage|house of lords|clauses?|funding of|completed its)\b",
    re.IGNORECASE,
)
_LATE = re.compile(
    r"\b(?:delay\w*|postpon\w+|push(?:ed)? back|put back|slip(?:s|ped|ping|page)?\b|miss(?:ed|es|ing) (?:the|its|their) (?:deadline|target)"
    r"|overdue|behind schedule|later than|no longer (?:expected|due)|yet to|not (?:yet )?(?:commenced|started|begun|been published)"
    r"|still no|no date|has moved from|have moved from|fall(?:s|en|ing)? short|setback\w*|will have to shift|take close to)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"\b(?:u-turn\w*|scrap(?:s|ped|ping)?|ditch\w*|abandon\w*|cancel\w*|axed|dropped plans|drop(?:s|ped) the|repeal\w*|will not|won't"
    r"|no trial|not go ahead|shelv\w+|broke(?:n)? (?:its|their|the|a) (?:word|promise|pledge)|fail(?:s|ed|ing|ure)|"
    r"only part|ended the|stopping the|rejected|refus\w+|declin\w+ to|after all|redirected|instead of)\b",
    re.IGNORECASE,
)
_ROSE = re.compile(
    r"\b(?:rise|rises|rising|rose|risen|climb\w*|up (?:by )?(?:almost |nearly |around |about |over )?(?:\d|a )|increase[ds]?|grew|higher than|record"
    r"|highest|surge\w*|more than (?:last|the previous)|quarter up|half up)\b",
    re.IGNORECASE,
)
_FELL = re.compile(
    r"\b(?:fell|fall(?:en|s)?|down|drop(?:s|ped)?|lower|fewer|declin\w+|decreas\w+|reduc\w+|cut)\b", re.IGNORECASE
)
_MONEY = re.compile(r"[£€$]\s?\d|\b(?:funding|funded|grant|settlement|budget|invest\w*)\b", re.IGNORECASE)
_LAW = re.compile(r"\b(?:bill|act|legislation|regulations|royal assent|statut\w+|clause|law)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\d")


@dataclass(frozen=True)
class Circumstances:
    """What is known beside the passage: who says it, when, and what earlier releases have said."""

    voice: str
    published: dt.date | None
    made_on: dt.date | None
    left_office: dt.date | None
    said_before: bool
    new_figure: bool
    aims_to_lower: bool


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
    spoken = f"{lead} {passage}".strip()
    relation = _relation(passage, spoken, circumstances)
    return Judgement(relation, _tier(spoken, relation), circumstances.voice == "official")


def _relation(passage: str, spoken: str, now: Circumstances) -> Relation:
    promises, done = bool(_PROMISES.search(spoken)), bool(_DONE.search(spoken))
    under_way, late, against = (bool(cue.search(spoken)) for cue in (_UNDER_WAY, _LATE, _AGAINST))
    rose, fell = bool(_ROSE.search(passage)), bool(_FELL.search(passage))
    counted = bool(_COUNTED.search(passage))
    successor = bool(now.published and now.left_office and now.published > now.left_office)
    if against and (successor or now.voice != "official"):
        return Relation.CONTRADICTS
    if now.voice == "opponent":
        return Relation.CONTRADICTS if late or against else Relation.CONTEXT
    if late or against:
        return Relation.SLIPS
    if now.aims_to_lower and rose and not fell and counted and not promises:
        return Relation.CONTRADICTS if now.voice == "official" else Relation.SLIPS
    near = bool(now.published and now.made_on and abs(now.published - now.made_on) <= ANNOUNCEMENT)
    if done and not (promises and not under_way):
        return Relation.FULFILS if not near else Relation.ANNOUNCES
    if under_way and (counted or not promises):
        return Relation.PROGRESS
    if now.new_figure:
        return Relation.PROGRESS
    before = bool(now.published and now.made_on and now.published < now.made_on - ANNOUNCEMENT)
    if promises:
        return Relation.RESTATES if now.said_before and not near and not before else Relation.ANNOUNCES
    if near:
        return Relation.ANNOUNCES
    if now.said_before:
        return Relation.RESTATES
    return Relation.CONTEXT


def _tier(spoken: str, relation: Relation) -> Tier:
    if relation in (Relation.FULFILS, Relation.PROGRESS):
        if _COUNTED.search(spoken) and not _MONEY.search(spoken):
            return Tier.OUTCOME if relation == Relation.PROGRESS else Tier.IN_OPERATION
        return Tier.FUNDED if _LAW.search(spoken) or _MONEY.search(spoken) else Tier.IN_OPERATION
    if relation in (Relation.ANNOUNCES, Relation.RESTATES) and _MONEY.search(spoken):
        return Tier.FUNDED
    return Tier.ANNOUNCED
