"""The record. Terms are those of the glossary in docs/methodology.md."""

from .address import FormerSlug
from .audit import AuditEntry
from .bringing import ColumnMapping, Import, ImportRow
from .commitment import Commitment, Importance, Judgeability, Publication, is_public
from .correction import CorrectionRequest, Reply
from .deadline import Deadline
from .decision import Decision
from .definition import Comparator, Definition, Milestone, Target, TargetComponent
from .delivery import Bounce, Brake, DomainPace
from .department import DepartmentName, FormerLead, Succession
from .digest import Digest, Erasure, SignUp, Subscriber, Subscription
from .evidence import Evidence, Relation, Tier
from .expectation import NextEvidence, Question
from .goalpost import Goalpost
from .linking import IndexChange, LinkedRevision, LinkerSwitch, LinkerVersion, LinkingProfile
from .measurement import Measurement, Qualifier, Series
from .merge import Merge, MovedRow
from .own_words import OwnWords
from .people import Administration, Department, PolicyArea
from .possible import PossibleCommitment
from .record_change import RecordChange
from .staff_digest import StaffDigest, StaffDigestWish
from .status import FINAL_STATUSES, Status, StatusChange, StatusProposal
from .table import TableFigure, TablePointer, TableReading
from .turn import Turn
from .webhook import Webhook, WebhookMessage
from .withholding import Withholding

__all__ = [
    "FINAL_STATUSES",
    "Administration",
    "AuditEntry",
    "Bounce",
    "Brake",
    "ColumnMapping",
    "Commitment",
    "Comparator",
    "CorrectionRequest",
    "Deadline",
    "Decision",
    "Definition",
    "Department",
    "DepartmentName",
    "Digest",
    "DomainPace",
    "Erasure",
    "Evidence",
    "FormerLead",
    "FormerSlug",
    "Goalpost",
    "Import",
    "ImportRow",
    "Importance",
    "IndexChange",
    "Judgeability",
    "LinkedRevision",
    "LinkerSwitch",
    "LinkerVersion",
    "LinkingProfile",
    "Measurement",
    "Merge",
    "Milestone",
    "MovedRow",
    "NextEvidence",
    "OwnWords",
    "PolicyArea",
    "PossibleCommitment",
    "Publication",
    "Qualifier",
    "Question",
    "RecordChange",
    "Relation",
    "Reply",
    "Series",
    "SignUp",
    "StaffDigest",
    "StaffDigestWish",
    "Status",
    "StatusChange",
    "StatusProposal",
    "Subscriber",
    "Subscription",
    "Succession",
    "TableFigure",
    "TablePointer",
    "TableReading",
    "Target",
    "TargetComponent",
    "Tier",
    "Turn",
    "Webhook",
    "WebhookMessage",
    "Withholding",
    "is_public",
]
