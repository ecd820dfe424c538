"""Accepted passages as pages show them: by whose account they are, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from commitments.models import Evidence, Relation
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
    """What one side has published, newest first. `key` names it in addresses within the page."""

    key: str
    title: str
    about: str
    pieces: list[Piece]


#: Whose account it is, in the order of the page.
ACCOUNTS = {
    "government": ("What the government said", "Its own account of its own promise."),
    "independent": (
        "Independent checks",
        "Statistics offices, auditors and others who owe the government nothing.",
    ),
    "others": ("What others said", "Parliament, newspapers and those who compete with the government."),
    "context": ("Context", "Helps to understand the promise without moving it."),
}


def accounts(pieces: list[Piece]) -> list[Account]:
    """Passages by whose account they are, in their order; sides that said nothing are left out."""
    order = list(ACCOUNTS)
    ranked = sorted(pieces, key=lambda piece: order.index(_account(piece.evidence)))
    return [
        Account(key, *ACCOUNTS[key], list(members))
        for key, members in groupby(ranked, lambda piece: _account(piece.evidence))
    ]


def _account(evidence: Evidence) -> str:
    """What those who promised say in Parliament or in a newspaper is their account too."""
    voice = evidence.revision.appearance.source.voice
    if evidence.relation == Relation.CONTEXT:
        return "context"
    if voice == Voice.OFFICIAL or (evidence.self_declared and voice in (Voice.PARLIAMENT, Voice.MEDIA)):
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
    if evidence.relation == Relation.RESTATES:
        return True
    return bool(evidence.figures) and all(figure.get("restated") for figure in evidence.figures)


def passage_address(evidence: Evidence) -> str:
    """Where the passage stands, marked, in the revision that it was taken from."""
    return f"{evidence.revision.get_absolute_url()}#e{evidence.pk}"
