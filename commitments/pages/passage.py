"""Accepted passages as pages show them: by whose account they are, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from commitments.models import Commitment, Evidence, Relation
from commitments.showing import Note, Showing
from tracker.models import Voice

from . import meanings


@dataclass(frozen=True)
class Piece:
    """A passage in the timeline, or the note in its place. `title` is the release's; empty where that is withheld."""

    evidence: Evidence
    quote: str
    title: str
    withheld: Note | None
    address: str
    publisher: str
    voice: str
    meaning: str


@dataclass(frozen=True)
class Account:
    """What one side has published, newest first: `count` pieces, of which some are shown. `key` names it in
    addresses."""

    key: str
    title: str
    about: str
    count: int
    pieces: list[Piece]

    @property
    def more(self) -> int:
        """How many there are besides those shown."""
        return self.count - len(self.pieces)


class Outlined(NamedTuple):
    """A piece of evidence by its key, and whose account it is."""

    key: int
    account: str


RESTATED = "restated"
#: Whose account it is, in the order of the page; last what only says again what was known.
ACCOUNTS = {
    "government": ("What the government said", "Its own account of its own promise."),
    "independent": (
        "Independent checks",
        "Statistics offices, auditors and others who owe the government nothing.",
    ),
    "others": ("What others said", "Parliament, newspapers and those who compete with the government."),
    "context": ("Context", "Helps to understand the promise without moving it."),
    RESTATED: ("Said again, with nothing new", "What was known already, repeated."),
}
#: So many of each account are shown on the commitment's page. A promise of ten years gathers thousands.
NEWEST = 10


def outline(commitment: Commitment) -> list[Outlined]:
    """All accepted evidence, newest first, with no more of it than says where it belongs. One query."""
    columns = ("pk", "relation", "self_declared", "revision__appearance__source__voice", "figures")
    rows = commitment.evidence.accepted().order_by("-release__published_at", "start", "pk")
    return [
        Outlined(key, _account(relation, voice, figures, self_declared=self_declared))
        for key, relation, self_declared, voice, figures in rows.values_list(*columns)
    ]


def accounts(show: Showing, outlined: Sequence[Outlined], most: int = NEWEST) -> list[Account]:
    """The newest passages by whose account they are, in their order; sides that said nothing are left out.

    One query, and as many as `show` asks.
    """
    by_account: dict[str, list[int]] = {key: [] for key in ACCOUNTS}
    for one in outlined:
        by_account[one.account].append(one.key)
    shown = dict(pieces(show, [key for keys in by_account.values() for key in keys[:most]]))
    return [
        Account(account, *ACCOUNTS[account], len(keys), [shown[key] for key in keys[:most]])
        for account, keys in by_account.items()
        if keys
    ]


def pieces(show: Showing, keys: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    """Accepted evidence by its keys, in that order. One query, and as many as `show` asks."""
    related = ("release", "revision__appearance__source", "gone_since")
    found = Evidence.objects.select_related(*related).in_bulk(keys)
    return ((key, piece(show, found[key])) for key in keys)


def _account(relation: str, voice: str, figures: Sequence[Mapping[str, Any]], *, self_declared: bool) -> str:
    """What those who promised say in Parliament or in a newspaper is their account too."""
    if _says_again(relation, figures):
        return RESTATED
    if relation == Relation.CONTEXT:
        return "context"
    if voice == Voice.OFFICIAL or (self_declared and voice in (Voice.PARLIAMENT, Voice.MEDIA)):
        return "government"
    return "independent" if voice == Voice.INDEPENDENT else "others"


def piece(show: Showing, evidence: Evidence) -> Piece:
    """`evidence` comes with its release and its revision's source."""
    source = evidence.revision.appearance.source
    withheld = show.note_on(evidence)
    is_named = show.release_note(evidence.release_id) is None
    return Piece(
        evidence=evidence,
        quote="" if withheld else show.quote(evidence),
        title=show.title(evidence.release_id, evidence.release.title) if is_named else "",
        withheld=withheld,
        address=passage_address(evidence),
        publisher=source.publisher or source.name,
        voice=source.get_voice_display(),
        meaning=meanings.RELATION[Relation(evidence.relation)],
    )


def is_restated(evidence: Evidence) -> bool:
    """Whether a passage only says again what was known: by its relation, or because all its figures are old."""
    return _says_again(evidence.relation, evidence.figures)


def _says_again(relation: str, figures: Sequence[Mapping[str, Any]]) -> bool:
    return relation == Relation.RESTATES or (bool(figures) and all(figure.get("restated") for figure in figures))


def passage_address(evidence: Evidence) -> str:
    """Where the passage stands, marked, in the revision that it was taken from."""
    return f"{evidence.revision.get_absolute_url()}#e{evidence.pk}"
