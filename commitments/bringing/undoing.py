"""Taking a whole import back: by further entries, as everything, and only while nobody has built on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from commitments.audit import words
from commitments.bringing.kinds import KINDS
from commitments.bringing.planning import Terms
from commitments.decisions import DecisionRefused
from commitments.linking import indexing
from commitments.linking.index import batches
from commitments.models import AuditEntry, Import, ImportRow

#: Obstacles that are listed; of the others it is said how many there are.
OBSTACLES_LISTED = 50
_ROWS_AT_A_TIME = 300
_TOUCHED = (ImportRow.Outcome.MADE, ImportRow.Outcome.CHANGED)


class UndoRefused(ValueError):
    """The import stays as it is. `obstacles` says in sentences what was built on it."""

    def __init__(self, message: str, obstacles: list[str] | None = None) -> None:
        super().__init__("\n".join([message, *(obstacles or [])]))
        self.message, self.obstacles = message, obstacles or []


def obstacles(which: Import) -> list[str]:
    """What has been done since to what the import made, in sentences; empty where it can be taken back."""
    found: dict[int, AuditEntry] = {}
    rows = _touched(which)
    for batch in batches(rows, _ROWS_AT_A_TIME):
        made = [(label, str(key)) for row in batch for label, key in row.made]
        if made:
            for entry in _entries_on(which, made):
                found[entry.pk] = entry
    entries = [found[key] for key in sorted(found)]
    rests = KINDS[which.kind](Terms(timezone.localdate(), which.file_name)).in_the_way(rows)
    said = [*rests, *(f"{told.what}, {told.who}" for told in words.told(entries[:OBSTACLES_LISTED]))]
    return [*said, "And more."] if len(entries) > OBSTACLES_LISTED else said


def undo(which: Import, by: User | None) -> None:
    """Take back what an import made. Raises UndoRefused, and changes nothing."""
    with transaction.atomic(), indexing.updated_at_the_end():
        locked = Import.objects.without_content().select_for_update().get(pk=which.pk)
        if locked.state != Import.State.DONE:
            raise UndoRefused(f"It is {locked.get_state_display()}: there is nothing to take back.")
        if in_the_way := obstacles(locked):
            raise UndoRefused("Something has been built on it, so it cannot be taken back as a whole.", in_the_way)
        why = f"The import of {locked.file_name} was taken back."
        kind = KINDS[locked.kind](Terms(timezone.localdate(), locked.file_name, by=by, update=True, why=why))
        try:
            kind.take_back(_touched(locked))
        except DecisionRefused as error:
            raise UndoRefused(str(error)) from error
        locked.state, locked.undone_at, locked.undone_by = Import.State.UNDONE, timezone.now(), by
        locked.save(update_fields=["state", "undone_at", "undone_by"])


def _touched(which: Import) -> list[ImportRow]:
    return list(which.rows.filter(outcome__in=_TOUCHED).defer("raw", "complaints"))


def _entries_on(which: Import, made: Iterable[tuple[str, str]]) -> list[AuditEntry]:
    """Later entries of the audit on these rows of the record, or on what belongs to them."""
    keys: dict[str, list[str]] = {}
    for label, key in made:
        keys.setdefault(label, []).append(key)
    on_rows = Q(part_of__in=[f"{label}/{key}" for label, some in keys.items() for key in some])
    for label, some in keys.items():
        on_rows |= Q(model=label, key__in=some)
    later = AuditEntry.objects.filter(on_rows, pk__gt=which.audit_mark or 0).select_related("person").order_by("pk")
    return list(later[: OBSTACLES_LISTED + 1])
