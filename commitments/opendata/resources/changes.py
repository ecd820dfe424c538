"""What changed in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from commitments import changes
from commitments.models import Commitment

from ..addresses import whole
from ..fields import ADDRESS, INSTANT, TEXT, WHOLE_NUMBER, Field, maybe, one_of
from ..problems import bad_parameter
from ..resource import Filter, Moment, Order, Resource
from .evidence import about


def _evidence_id(change: changes.Change) -> int | None:
    return change.entry.pk if change.key.startswith("evidence-") else None


class Changes(Resource):
    name, one = "changes", "change"
    meaning = (
        "What changed in the record, newest first: judgements, our own corrections, wordings, accepted evidence. "
        "The Atom feeds tell the same."
    )
    fields = (
        Field("id", TEXT, "What tells it from all others, for good.", lambda change: change.key),
        Field("at", INSTANT, "When it was recorded.", lambda change: change.at),
        Field("kind", one_of(changes.Kind), "What kind of change it is.", lambda change: change.kind.value),
        Field("commitment", TEXT, "Reference of the commitment.", lambda change: change.commitment.reference),
        Field("title", TEXT, "The commitment's title.", lambda change: change.commitment.title),
        Field("headline", TEXT, "What happened, in a few words.", lambda change: change.headline),
        Field("account", TEXT, "The whole of it in a sentence or two.", lambda change: change.account),
        Field("url", ADDRESS, "Where it can be read.", lambda change: whole(change.path)),
        Field("evidence_id", maybe(WHOLE_NUMBER), "The piece of evidence, where it is one.", _evidence_id),
        Field("corrected_at", maybe(INSTANT), "When a later entry said that it was wrong.", lambda c: c.corrected_at),
    )
    orders = {"recorded": Order("latest first", ())}

    def filters(self) -> list[Filter]:
        return [
            *about("pk"),
            Filter("kind", one_of(changes.Kind), "Of this kind."),
        ]

    def things(self, moment: Moment) -> Any:
        return Commitment.objects.published()

    def page(
        self, asked: Mapping[str, str], moment: Moment, after: Sequence[Any], limit: int
    ) -> tuple[list[Any], list[Any]]:
        self.order(asked)
        kind = asked.get("kind")
        if kind is not None and kind not in changes.Kind.values:
            raise bad_parameter("kind", f"“{kind}” is no kind of change. It can be {', '.join(changes.Kind.values)}.")
        before = None
        if after:
            before = changes.Place.from_json(after)
        among: Any = self.select(asked, moment)
        found = changes.latest(
            moment.show,
            limit + 1,
            before=before,
            among=among,
            kinds=[changes.Kind(kind)] if kind else tuple(changes.Kind),
        )
        if len(found) <= limit:
            return found, []
        return found[:limit], found[limit - 1].place.as_json()
