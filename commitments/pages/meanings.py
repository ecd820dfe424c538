"""What each key of the record means, in a sentence for readers. Every page takes it from here."""

from __future__ import annotations

from commitments.models import Definition, Judgeability, Relation, Status, Tier
from commitments.timing import DUE_SOON, Timing
from tracker.models import Voice

STATUS: dict[Status, str] = {
    Status.NOT_STARTED: "Nothing that would bring it about is known to have begun.",
    Status.IN_PROGRESS: "Work on it has begun; it is too early to say how it is going.",
    Status.ON_TRACK: "What has happened so far would, if it goes on, deliver it in time.",
    Status.OFF_TRACK: "What has happened so far would not deliver it, or not in time.",
    Status.ACHIEVED: "What was promised has happened.",
    Status.PARTLY_ACHIEVED: "A substantial part of it has happened, and the rest will not.",
    Status.NOT_ACHIEVED: "Its time is over and it did not happen.",
    Status.ABANDONED: "Those who promised it have given it up, or done the opposite.",
    Status.UNCLEAR: "It cannot be rated as it stands; the reason says why.",
    Status.LAPSED: "The administration that promised it left office, and the next did not take it up.",
}

TIMING: dict[Timing, str] = {
    Timing.NO_DEADLINE: "No day is known by which it should be done.",
    Timing.UPCOMING: f"Its time has not begun, and its last day is more than {DUE_SOON.days} days off.",
    Timing.DUE: f"Its time has begun, and its last day is more than {DUE_SOON.days} days off.",
    Timing.DUE_SOON: f"Its last day is at most {DUE_SOON.days} days off.",
    Timing.OVERDUE: "Its last day has passed and no editor has recorded a final status.",
    Timing.ON_TIME: "Achieved, by the last day of its deadline.",
    Timing.LATE: "Achieved, after the last day of its deadline.",
    Timing.CLOSED: "A final status ended it, so the clock has stopped.",
}

RELATION: dict[Relation, str] = {
    Relation.ANNOUNCES: "The promise is made.",
    Relation.RESTATES: "The promise, or a figure already given, is said again. It adds nothing new.",
    Relation.PROGRESS: "A step has been taken, or a new figure has been given.",
    Relation.FULFILS: "The passage says that it is done. Whether it is, an editor decides.",
    Relation.SLIPS: "A date is moved, an aim lowered or a plan delayed.",
    Relation.CONTRADICTS: "The passage says that it did not happen, or that the opposite did.",
    Relation.CONTEXT: "Helps to understand the promise without moving it.",
}

TIER: dict[Tier, str] = {
    Tier.ANNOUNCED: "Somebody said that it will be done.",
    Tier.FUNDED: "Money was set aside or the law was made.",
    Tier.IN_OPERATION: "It exists and works.",
    Tier.OUTCOME: "Its effect was measured.",
}

JUDGEABILITY: dict[Judgeability, str] = {
    Judgeability.VERIFIABLE: "It can be checked.",
    Judgeability.WORDING: "Its words can be read in more than one way.",
    Judgeability.MEASURE: "It does not say what will be measured.",
    Judgeability.BASELINE: "It does not say what it is measured against.",
    Judgeability.DEADLINE: "It does not say by when.",
    Judgeability.DATA: "The figures that would show it are not published.",
}

VOICE: dict[Voice, str] = {
    Voice.OFFICIAL: "The body that made the promise, or another part of government.",
    Voice.PARLIAMENT: "What was said or written in Parliament.",
    Voice.INDEPENDENT: "A statistics office, an auditor or another body that owes the government nothing.",
    Voice.MEDIA: "A newspaper, a broadcaster or another publisher.",
    Voice.OPPONENT: "Somebody who competes with those who made the promise.",
}

DEFINITION: dict[Definition.Kind, str] = {
    Definition.Kind.ORIGINAL: "The promise in its first form.",
    Definition.Kind.CLARIFICATION: "They explained what they mean without asking more or less of themselves.",
    Definition.Kind.NARROWING: "They now promise less.",
    Definition.Kind.WIDENING: "They now promise more.",
    Definition.Kind.DATE_CHANGE: "They moved its date.",
    Definition.Kind.BASELINE_SET: "They said what it is measured against.",
    Definition.Kind.RESTATED_MEASURE: "They changed how it is measured.",
    Definition.Kind.DROPPED: "They gave it up.",
    Definition.Kind.EDITORIAL_CORRECTION: "We had recorded it wrongly. The promise itself did not change.",
}
