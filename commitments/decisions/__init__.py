"""The only doors through which staff's decisions reach the record.

Each runs in one transaction, adds to the trail of decisions, and refuses, with a sentence for the person, what must
not be.
"""

from commitments.decisions.common import DecisionRefused, Deed, Stale, lock
from commitments.decisions.many import Step, accept_many, can_be_undone_in_part, reject_many, undo_many
from commitments.decisions.merging import GoesAlong, goes_along, merge, undo_merge
from commitments.decisions.on_evidence import RECHECK_FOR, accept, correct, reject
from commitments.decisions.on_possible import dismiss_possible, recognise_possible, record_possible, reopen_possible
from commitments.decisions.on_status import (
    Reply,
    change_status,
    confirm_proposal,
    look,
    needs_second_editor,
    propose_status,
    record_reply,
    withdraw_proposal,
)
from commitments.decisions.on_tables import accept_figures, reject_figures
from commitments.decisions.on_withholding import check as check_withholding
from commitments.decisions.on_withholding import lift, withhold
from commitments.decisions.placing import assign, quote
from commitments.decisions.undoing import last_act, undo

__all__ = [
    "RECHECK_FOR",
    "DecisionRefused",
    "Deed",
    "GoesAlong",
    "Reply",
    "Stale",
    "Step",
    "accept",
    "accept_figures",
    "accept_many",
    "assign",
    "can_be_undone_in_part",
    "change_status",
    "check_withholding",
    "confirm_proposal",
    "correct",
    "dismiss_possible",
    "goes_along",
    "last_act",
    "lift",
    "lock",
    "look",
    "merge",
    "needs_second_editor",
    "propose_status",
    "quote",
    "recognise_possible",
    "record_possible",
    "record_reply",
    "reject",
    "reject_figures",
    "reject_many",
    "reopen_possible",
    "undo",
    "undo_many",
    "undo_merge",
    "withdraw_proposal",
    "withhold",
]
