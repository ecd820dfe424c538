"""Looks for words in evidence and in releases, by the full-text search of the database.

PostgreSQL and SQLite rank a little differently, and find the same. Only what may be shown is found: the words that may
be shown whatever the licence (`text_tables`), all words where the whole text may be, and nothing by the words of a
text in which a withheld passage may stand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from commitments.showing import Showing
from tracker.models import Republish, Revision

from .highlighting import Groups
from .text_tables import EVIDENCE, RELEASES, Table
from .words import apart, plain

#: So many are found, the newest; of more it is only said that there are.
MOST_FOUND = 1_000

#: Words of the title count more than those of the text.
_WORTH_ALWAYS, _WORTH_WHOLE = 3.0, 1.0


@dataclass(frozen=True)
class Found:
    """Keys, likeliest first, of equals the newer first; and whether there are more than these."""

    keys: list[int]
    is_more: bool = False


def evidence(show: Showing, groups: Groups) -> Found:
    """Accepted pieces of evidence of public commitments, by the words that may be shown of them."""
    if not groups:
        return Found([])
    sought = _Sought(EVIDENCE, groups, show.withheld_passages())
    pieces = show.evidence().filter(commitment__merged_into=None)
    whole = Q(revision__appearance__source__republish=Republish.FULL)
    return sought.ranked(pieces.filter(sought.among(whole)).order_by("-pk"))


def releases(show: Showing, groups: Groups) -> Found:
    """Releases by title, and by their latest text where the whole of it may be shown."""
    if not groups:
        return Found([])
    sought = _Sought(RELEASES, groups, show.withheld_passages())
    # Asked of one release after another: PostgreSQL would first look at the revisions of all.
    latest, shown = (
        Subquery(revisions.filter(release=OuterRef("pk")).order_by("-number").values("number")[:1])
        for revisions in (Revision.objects.all(), show.whole_texts())
    )
    named = show.releases().standing().exclude(pk__in=show.retitled())
    return sought.ranked(named.filter(sought.among(Q(Exact(shown, latest)))).order_by("-published_at", "-pk"))


def latest_revisions() -> QuerySet[Revision]:
    """The latest revision of each release."""
    later = Revision.objects.filter(release=OuterRef("release"), number__gt=OuterRef("number"))
    return Revision.objects.filter(~Exists(later))


class _Sought:
    """A query to a table of words."""

    def __init__(self, table: Table, groups: Groups, withheld: Sequence[str]) -> None:
        self._table = table.name
        self._is_postgresql = connection.vendor == "postgresql"
        alternatives = [
            [self._all([" ".join(one.words)] if one.together else one.words) for one in group] for group in groups
        ]
        self._query = self._joined("AND", [self._joined("OR", group) for group in alternatives])
        self._withheld = self._joined("OR", [self._all(words) for one in withheld if (words := apart(one))])

    def among(self, whole: Q) -> Q:
        """What has the words where they may be shown: those that are `whole` in any part, others in the first."""
        return Q(pk__in=self._keys(self._query)) & (
            whole & self._unless_withheld()
            | Q(pk__in=self._keys(self._query, always=True)) & self._unless_withheld(always=True)
        )

    def _unless_withheld(self, *, always: bool = False) -> Q:
        return ~Q(pk__in=self._keys(self._withheld, always=always)) if self._withheld[1] else Q()

    def ranked(self, newest_first: QuerySet) -> Found:
        keys = list(newest_first.values_list("pk", flat=True)[: MOST_FOUND + 1])
        ranked = keys[:MOST_FOUND]
        query, values = self._query
        if not ranked:
            return Found([])
        with connection.cursor() as cursor:
            if self._is_postgresql:
                cursor.execute(
                    f"SELECT rowid, ts_rank(words, {query}, 1) FROM {self._table} WHERE rowid = ANY(%s)",  # noqa: S608
                    [*values, ranked],
                )
            else:
                cursor.execute(
                    f"SELECT rowid, -bm25({self._table}, {_WORTH_ALWAYS}, {_WORTH_WHOLE}) FROM {self._table} "  # noqa: S608
                    f"WHERE {self._table} MATCH %s AND rowid IN (SELECT value FROM json_each(%s))",
                    [self._filled(query, values), json.dumps(ranked)],
                )
            scores: dict[int, float] = {key: round(score, 4) for key, score in cursor.fetchall()}
        ranked.sort(key=lambda key: -scores.get(key, 0.0))
        return Found(ranked, is_more=len(keys) > MOST_FOUND)

    # A query in the database's own language, as text and the words that are to be filled in.

    def _phrase(self, words: str) -> tuple[str, list[str]]:
        if self._is_postgresql:
            return "phraseto_tsquery('english', pledgewatch_plain(%s))", [plain(words)]
        return '"%s"', [plain(words)]

    def _all(self, phrases: Sequence[str]) -> tuple[str, list[str]]:
        return self._joined("AND", [self._phrase(one) for one in phrases])

    def _joined(self, how: str, parts: Sequence[tuple[str, list[str]]]) -> tuple[str, list[str]]:
        sign = {"AND": "&&", "OR": "||"}[how] if self._is_postgresql else how
        return f"({f' {sign} '.join(text for text, _ in parts)})", [word for _, words in parts for word in words]

    def _keys(self, query: tuple[str, list[str]], *, always: bool = False) -> RawSQL:
        """The keys of what has the words, in any part or in the one that may always be shown."""
        text, values = query
        if not self._is_postgresql:
            sought = self._filled(f"{{always}} : {text}" if always else text, values)
            return RawSQL(f"SELECT rowid FROM {self._table} WHERE {self._table} MATCH %s", [sought])  # noqa: S608, S611
        keys = f"SELECT rowid FROM {self._table} WHERE words @@ {text}"  # noqa: S608
        if always:  # asked second: the index knows no parts
            keys, values = f"{keys} AND ts_filter(words, '{{a}}') @@ {text}", [*values, *values]
        return RawSQL(keys, values)  # noqa: S611

    @staticmethod
    def _filled(query: str, values: list[str]) -> str:
        """The text of a query to FTS5. The words are letters and digits alone (`plain`)."""
        return query % tuple(values)
