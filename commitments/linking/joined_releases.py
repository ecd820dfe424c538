"""What the record does when two releases turn out to be one, or are two after all, or a release has another voice."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import Truncator

from commitments import restatement
from commitments.linking import rejudging
from commitments.models import Commitment, Decision, Evidence, LinkedRevision
from tracker.joining import JoinRefused
from tracker.models import Release, Revision


def on_joined(kept: Release, joined: Release, **kwargs: Any) -> None:
    """What nobody has decided of `joined` goes: the other release says it too. What was decided stays with its quote.

    Raises JoinRefused where a passage was accepted from both, for it would count twice.
    """
    of_joined, of_kept = (Evidence.objects.filter(_of(release)) for release in (joined, kept))
    same = of_kept.accepted().filter(commitment=OuterRef("commitment"), quote_key=OuterRef("quote_key"))
    if twice := of_joined.accepted().filter(Exists(same)).select_related("commitment").first():
        raise JoinRefused(
            f"The passage “{Truncator(twice.quote).words(12)}” is accepted for {twice.commitment.reference} from both. "
            f"Reject it in one of them, and join them then."
        )
    _forget_undecided(of_joined)


def on_taken_apart(release: Release, **kwargs: Any) -> None:
    """It is compared with the record again."""
    _link_again(release.revisions.all())


def on_retold(revision: Revision, **kwargs: Any) -> None:
    """What its publisher says itself is judged otherwise than the same words from somebody else."""
    _forget_undecided(Evidence.objects.filter(revision=revision))
    _link_again(Revision.objects.filter(pk=revision.pk))


def _of(release: Release) -> Q:
    return Q(release=release) | Q(release__joined_to=release)


def _forget_undecided(evidence: QuerySet[Evidence]) -> None:
    """Take suggestions away on which nobody has ever decided."""
    decided = Decision.objects.filter(evidence=OuterRef("pk"))
    gone: dict[int, list[int]] = {}
    for key, commitment in evidence.filter(~Exists(decided), state=Evidence.State.SUGGESTED).values_list(
        "pk", "commitment_id"
    ):
        gone.setdefault(commitment, []).append(key)
    for one in Commitment.objects.filter(pk__in=gone).order_by("pk").select_for_update(no_key=True):
        rejudging.refresh(one, went=gone[one.pk])
        Evidence.objects.filter(pk__in=gone[one.pk], state=Evidence.State.SUGGESTED).delete()
        restatement.refresh(one)


def _link_again(revisions: QuerySet[Revision]) -> None:
    LinkedRevision.objects.filter(revision__in=revisions).update(linked_at=None, retry_at=None)
