"""The record. Terms are those of the glossary in docs/methodology.md."""

from .audit import AuditEntry
from .bringing import ColumnMapping, Import, ImportRow
from .commitment import Commitment, Judgeability, Publication, is_public
from .correction import CorrectionRequest, Reply
from .deadline import Deadline
from .decision import Decision
from .definition import Comparator, Definition, Milestone, Target, TargetComponent
from .digest import Digest, SignUp, Subscriber
from .evidence import Evidence, Relation, Tier
from .expectation import NextEvidence, Question
from .goalpost import Goalpost
from .linking import IndexChange, LinkedRevision, LinkerSwitch, LinkerVersion, LinkingProfile
from .measurement import Measurement, Qualifier, Series
from .own_words import OwnWords
from .people import Administration, Department, PolicyArea
from .possible import PossibleCommitment
from .status import FINAL_STATUSES, Status, StatusChange, StatusProposal
from .turn import Turn
from .withholding import Withholding

__all__ = [
    "FINAL_STATUSES",
    "Administration",
    "AuditEntry",
    "ColumnMapping",
    "Commitment",
    "Comparator",
    "CorrectionRequest",
    "Deadline",
    "Decision",
    "Definition",
    "Department",
    "Digest",
    "Evidence",
    "Goalpost",
    "Import",
    "ImportRow",
    "IndexChange",
    "Judgeability",
    "LinkedRevision",
    "LinkerSwitch",
    "LinkerVersion",
    "LinkingProfile",
    "Measurement",
    "Milestone",
    "NextEvidence",
    "OwnWords",
    "PolicyArea",
    "PossibleCommitment",
    "Publication",
    "Qualifier",
    "Question",
    "Relation",
    "Reply",
    "Series",
    "SignUp",
    "Status",
    "StatusChange",
    "StatusProposal",
    "Subscriber",
    "Target",
    "TargetComponent",
    "Tier",
    "Turn",
    "Withholding",
    "is_public",
]
