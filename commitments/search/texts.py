"""Looks for words in evidence and in releases, by the full-text search of the database.

PostgreSQL and SQLite rank a little differently, and find the same. Only what may be shown is found: the words that may
be shown whatever the licence (`text_tables`), all words where the whole text may be, and nothing by the words of a
text in which a withheld passage may stand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact

from commitments.showing import Showing
from tracker.models import Republish, Revision

from .highlighting import Groups
from .text_tables import EVIDENCE, RELEASES, Table
from .words import apart, plain

#: So many are found, the newest; of more it is only said that there are.
MOST_FOUND = 500
#: Databases limit how many values one query may name.
_MOST_AT_ONCE = 16_000

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
    pieces = show.evidence().filter(commitment__merged_into=None).order_by("-pk")
    return sought.ranked(pieces, pieces.filter(revision__appearance__source__republish=Republish.FULL))


def releases(show: Showing, groups: Groups) -> Found:
    """Releases by title, and by their latest text where the whole of it may be shown."""
    if not groups:
        return Found([])
    sought = _Sought(RELEASES, groups, show.withheld_passages())
    named = show.releases().standing().exclude(pk__in=show.retitled()).order_by("-published_at", "-pk")
    latest, shown = (
        Subquery(revisions.filter(release=OuterRef("pk")).order_by("-number").values("number")[:1])
        for revisions in (Revision.objects.all(), show.whole_texts())
    )
    return sought.ranked(named, named.filter(Exact(shown, latest)))


def latest_revisions() -> QuerySet[Revision]:
    """The latest revision of each release."""
    later = Revision.objects.filter(release=OuterRef("release"), number__gt=OuterRef("number"))
    return Revision.objects.filter(~Exists(later))


class _Told(NamedTuple):
    """How well something fits; whether its words stand where they may always be shown, and whether, looked for in all
    of it, it may give away what is withheld."""

    score: float
    is_always: bool
    is_withheld: bool


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

    def ranked(self, newest_first: QuerySet, whole: QuerySet) -> Found:
        """Of these, the newest that have the words where they may be shown: in any part of what is `whole` as well,
        in the first part of others.

        The table is asked for whatever has the words, and what may be shown is asked of the newest of those alone:
        of all that say a common word it would take long.
        """
        having = newest_first.filter(pk__in=RawSQL(*self._keys()))  # noqa: S611  the words are parameters
        scores: dict[int, float] = {}
        start, size = 0, MOST_FOUND + 1
        while len(scores) <= MOST_FOUND:
            keys = list(having.values_list("pk", flat=True)[start : start + size])
            told = self._told(keys)
            doubtful = [key for key in keys if key in told and not told[key].is_always]
            shown = set(whole.filter(pk__in=doubtful).values_list("pk", flat=True)) if doubtful else set()
            scores |= {
                key: told[key].score
                for key in keys
                if key in told and (told[key].is_always or (key in shown and not told[key].is_withheld))
            }
            if len(keys) < size:
                break
            start, size = start + size, min(size * 4, _MOST_AT_ONCE)
        newest = list(scores)[:MOST_FOUND]
        return Found(sorted(newest, key=lambda key: -scores[key]), is_more=len(scores) > MOST_FOUND)

    def _told(self, keys: list[int]) -> dict[int, _Told]:
        """What the table tells of things by their keys: how well each fits, and where it has the words."""
        if not keys:
            return {}
        parts = [self._having(self._query, always=True), self._having(self._withheld)]
        parts.append(self._having(self._withheld, always=True))
        columns, values = ", ".join(text for text, _ in parts), [value for _, some in parts for value in some]
        text, words = self._query
        with connection.cursor() as cursor:
            if self._is_postgresql:
                cursor.execute(
                    f"SELECT rowid, ts_rank(words, {text}, 1), {columns} "  # noqa: S608
                    f"FROM {self._table} WHERE rowid = ANY(%s)",
                    [*words, *values, keys],
                )
            else:
                cursor.execute(
                    f"SELECT rowid, -bm25({self._table}, {_WORTH_ALWAYS}, {_WORTH_WHOLE}), {columns} "  # noqa: S608
                    f"FROM {self._table} WHERE {self._table} MATCH %s AND rowid IN (SELECT value FROM json_each(%s))",
                    [*values, self._filled(text, words), json.dumps(keys)],
                )
            return {
                key: _Told(round(score, 4), bool(always and not withheld_always), bool(withheld))
                for key, score, always, withheld, withheld_always in cursor.fetchall()
            }

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

    def _keys(self) -> tuple[str, list[str]]:
        """The keys of what has the words in any part."""
        text, values = self._query
        if self._is_postgresql:
            return f"SELECT rowid FROM {self._table} WHERE words @@ {text}", values  # noqa: S608
        return f"SELECT rowid FROM {self._table} WHERE {self._table} MATCH %s", [self._filled(text, values)]  # noqa: S608

    def _having(self, query: tuple[str, list[str]], *, always: bool = False) -> tuple[str, list[str]]:
        """Whether a row has these words, in any part or in the one that may always be shown."""
        text, values = query
        if not values:
            return "FALSE", []
        if self._is_postgresql:
            return (f"ts_filter(words, '{{a}}') @@ {text}" if always else f"words @@ {text}"), values
        sought = self._filled(f"{{always}} : {text}" if always else text, values)
        return f"rowid IN (SELECT rowid FROM {self._table} WHERE {self._table} MATCH %s)", [sought]  # noqa: S608

    @staticmethod
    def _filled(query: str, values: list[str]) -> str:
        """The text of a query to FTS5. The words are letters and digits alone (`plain`)."""
        return query % tuple(values)
