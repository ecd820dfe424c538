"""Evidence: one passage a row, of a release that is stored here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from commitments import decisions
from commitments.bringing import excerpts
from commitments.bringing.checking import Reading, Row, plain
from commitments.bringing.columns import Column
from commitments.bringing.complaints import Complaint
from commitments.bringing.kinds.of_commitment import REFERENCE, REFERENCE_LONGEST, OfCommitment
from commitments.bringing.planning import CHANGED, UNCHANGED, Change, Planned, Terms
from commitments.decisions.common import lock_commitments
from commitments.decisions.on_evidence import accept_together
from commitments.decisions.undoing import take_back
from commitments.linking.placing import place
from commitments.models import Decision, Evidence, ImportRow, Relation, Tier
from commitments.models.evidence import quote_key
from tracker.identity import canonical_address
from tracker.models import Appearance, Provenance, Release, Revision, Voice
from tracker.reading.sanitise import web_address

_ACCEPTED, _SUGGESTED = Evidence.State.ACCEPTED, Evidence.State.SUGGESTED
_STATES = {state.value: str(state.label) for state in (_ACCEPTED, _SUGGESTED)}
_DECIDED = ("relation", "tier", "state")
_ORIGIN = ("release_title", "published", "publisher", "voice")


@dataclass(frozen=True)
class _Place:
    """Where a quote stands: in a revision, from `start` to `end`."""

    revision: Revision
    start: int
    end: int


class EvidenceRows(OfCommitment):
    key = "evidence"
    label = "evidence"
    columns = (
        REFERENCE,
        Column("release_url", "Address of the release", ("address", "url", "link", "source", "release"), "https://…"),
        Column("quote", "The passage, word for word", ("passage", "quotation", "text", "extract"), "640 trees stand."),
        Column("relation", "How it bears on it", ("bearing", "type"), "progress"),
        Column("tier", "How far things are", ("level", "stage"), "announced"),
        Column("state", "State: accepted or suggested", ("status", "decision"), "accepted"),
        Column("release_title", "Title of the release", ("title",), "640 trees planted"),
        Column("published", "Published on", ("date", "published on"), "2025-03-31"),
        Column("publisher", "Who published it", ("published by", "author", "outlet"), "Ministry of Trees"),
        Column("voice", f"Whose account: {', '.join(Voice.values)}", ("account",), "official"),
    )
    required = ("reference", "release_url", "quote")

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._releases: dict[str, list[int]] = {}
        self._revisions: dict[int, list[Revision]] = {}
        self._recorded: dict[tuple[int, int, str], Evidence] = {}
        self._excerpts: dict[int, Appearance] = {}

    def check(self, line: int, raw: Mapping[str, object]) -> Row | list[Complaint]:
        reading = Reading(line, raw)
        values: dict[str, Any] = {
            "reference": reading.text("reference", REFERENCE_LONGEST),
            "release_url": reading.address("release_url"),
            "quote": reading.text("quote", 10_000),
            "relation": reading.choice("relation", dict(Relation.choices)),
            "tier": reading.choice("tier", dict(Tier.choices)),
            "state": reading.choice("state", _STATES, _ACCEPTED),
            "release_title": reading.text("release_title", 500),
            "published": reading.date("published"),
            "publisher": reading.text("publisher", 200),
            "voice": reading.choice("voice", dict(Voice.choices)),
        }
        reading.has_come("published", values["published"], self.terms.today)
        reading.require(values, *self.required)
        if self.terms.by is None:
            reading.complain("state", "is somebody's decision; say whose with --by USERNAME")
        return reading.complaints or Row(line, values, frozenset(raw))

    def same(self, row: Row) -> Hashable:
        return row["reference"], canonical_address(row["release_url"]), quote_key(row["quote"])

    def look_up(self, rows: Sequence[Row]) -> None:
        super().look_up(rows)
        addresses = {row["release_url"] for row in rows}
        wanted = {canonical_address(address) for address in addresses}
        self._releases = defaultdict(list)
        for release_key, address in _addresses(addresses):
            if (canonical := canonical_address(address)) in wanted and release_key not in self._releases[canonical]:
                self._releases[canonical].append(release_key)
        found = {key for keys in self._releases.values() for key in keys}
        self._revisions = defaultdict(list)
        for revision in Revision.objects.filter(release__in=found).select_related("release").order_by("-number"):
            self._revisions[revision.release_id].append(revision)
        self._excerpts = {}
        for release in Release.objects.filter(pk__in=found, appearances__provenance__way=Provenance.Way.PASSAGES):
            if here := excerpts.excerpt_of(release):
                self._excerpts[release.pk] = here
        pieces = Evidence.objects.filter(commitment__in=self.commitments.values(), release__in=found)
        self._recorded = {(piece.commitment_id, piece.release_id, piece.quote_key): piece for piece in pieces}

    def plan(self, row: Row) -> Planned:
        if unknown := self.unknown(row):
            return unknown
        where = self._where(row)
        if where is None and (refused := self._not_to_be_kept(row)):
            return refused
        said = {name: plain(row[name]) for name in _DECIDED if row[name]}
        piece = self._piece(row, where) if where else None
        if piece is None:
            about = {name: plain(row[name]) for name in _ORIGIN} if where is None else {}
            return self.new(row, {"release_url": row["release_url"], "quote": row["quote"], **said, **about})
        now = {name: getattr(piece, name) for name in said}
        changes = [Change(name, now[name], said[name]) for name in said if now[name] != said[name]]
        if not changes:
            return Planned(row.line, row["reference"], UNCHANGED)
        if piece.state == _SUGGESTED and row["state"] == _ACCEPTED:
            return Planned(row.line, row["reference"], CHANGED, changes=changes)
        message = f"it is {piece.get_state_display()} here already, and otherwise; decide on it on its own page"
        return self.refusal(row, "quote", message)

    def _not_to_be_kept(self, row: Row) -> Planned | None:
        """The refusal of a passage that stands in nothing stored here and cannot be kept by itself either."""
        keys = self._releases.get(canonical_address(row["release_url"]), [])
        if any(key in self._excerpts for key in keys):
            return None
        if keys:
            return self.refusal(row, "quote", "does not stand in any version of the release; quote it exactly")
        if missing := [name.replace("_", " ") for name in _ORIGIN if not row[name]]:
            message = "no release of this address is stored here; add it, or to keep the passage give "
            return self.refusal(row, "release_url", message + ", ".join(missing))
        if not web_address(row["release_url"]):
            return self.refusal(row, "release_url", "is no web address")
        return None

    def write(self, planned: Sequence[Planned]) -> None:
        assert self.terms.by is not None  # noqa: S101
        self._keep_passages([one.row for one in planned if one.row])
        deed = decisions.Deed(self.terms.by)
        lock_commitments(*{self.commitment(one.row).pk for one in planned if one.row})
        by_piece: dict[int, Planned] = {}
        to_accept: dict[int, list[Evidence]] = defaultdict(list)
        for one in planned:
            assert one.row is not None  # noqa: S101
            piece = self._written(one.row, deed)
            by_piece[piece.pk] = one
            one.note(piece)
            if one.row["state"] == _ACCEPTED:
                to_accept[piece.commitment_id].append(piece)
        for pieces in to_accept.values():
            accept_together(pieces, deed)
        for entry in Decision.objects.filter(act=deed.act).order_by("pk"):
            by_piece[entry.evidence_id].note(entry)

    def _keep_passages(self, rows: Sequence[Row]) -> None:
        """Store what these rows quote of releases that are not here, so that it can be found like any other."""
        missing: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            if self._where(row) is None:
                missing[canonical_address(row["release_url"])].append(row)
        for address, of_one in missing.items():
            quotes = [row["quote"] for row in of_one]
            here = next((self._excerpts[key] for key in self._releases.get(address, []) if key in self._excerpts), None)
            if here:
                excerpts.add(here, quotes, self.terms.note)
            else:
                first = of_one[0]
                origin = excerpts.Origin(
                    *(first["release_url"], first["release_title"], first["publisher"], first["voice"]),
                    first["published"],
                )
                excerpts.keep(origin, quotes, str(self.terms.by), self.terms.note)
        if missing:
            self.look_up(rows)

    def _written(self, row: Row, deed: decisions.Deed) -> Evidence:
        """The piece of evidence of a row, suggested, with what the row says of it or else what its words say."""
        where = self._where(row)
        assert where is not None  # noqa: S101
        piece = self._piece(row, where)
        if piece is None:
            text = where.revision.text[where.start : where.end]
            piece = Evidence(
                commitment=self.commitment(row),
                release=where.revision.release,
                revision=where.revision,
                quote=text,
                start=where.start,
                end=where.end,
                suggested_at=deed.at,
                reasons=[f"Brought from {self.terms.origin} by {deed.by}."],
            )
            read = place(piece, piece.commitment)
            piece.relation, piece.tier, piece.figures = read.relation, read.tier, read.figures
            piece.suggested_relation, piece.self_declared = read.relation, read.self_declared
            piece.relation, piece.tier = row["relation"] or piece.relation, row["tier"] or piece.tier
            piece.save()
            deed.enter(piece, Decision.Kind.PLACED, {}, f"from {self.terms.origin}")
            return piece
        before = piece.as_decided()
        piece.relation, piece.tier = row["relation"] or piece.relation, row["tier"] or piece.tier
        if piece.as_decided() != before:
            piece.save()
            deed.enter(piece, Decision.Kind.CORRECTED, before, f"from {self.terms.origin}")
        return piece

    def _where(self, row: Row) -> _Place | None:
        """Where the quote stands, in the newest version that has it, however its spaces fall."""
        words = re.compile(r"\s+".join(map(re.escape, row["quote"].split())))
        for key in self._releases.get(canonical_address(row["release_url"]), []):
            for revision in self._revisions[key]:
                if found := words.search(revision.text):
                    return _Place(revision, found.start(), found.end())
        return None

    def _piece(self, row: Row, where: _Place) -> Evidence | None:
        key = quote_key(where.revision.text[where.start : where.end])
        return self._recorded.get((self.commitment(row).pk, where.revision.release_id, key))

    def take_back(self, rows: Sequence[ImportRow]) -> None:
        if self.terms.by is None:
            raise decisions.DecisionRefused("Evidence is somebody's decision: say who takes it back, by --by USERNAME.")
        entries = self.made(Decision, rows).order_by("pk")
        _, in_the_way = take_back(list(entries), decisions.Deed(self.terms.by))
        if in_the_way:
            raise decisions.DecisionRefused(" ".join(in_the_way))

    @classmethod
    def exported(cls) -> Iterator[dict[str, Any]]:
        """All that is accepted, the oldest release first."""
        pieces = Evidence.objects.accepted().select_related("commitment", "release")
        pieces = pieces.prefetch_related("release__appearances__source")
        for piece in pieces.order_by("release__published_at", "release_id", "start", "pk").iterator(chunk_size=500):
            yield {
                "reference": piece.commitment.reference,
                "release_url": piece.release.url,
                "quote": piece.quote,
                "relation": piece.relation,
                "tier": piece.tier,
                "state": piece.state,
                "release_title": piece.release.title,
                "published": timezone.localdate(piece.release.published_at).isoformat(),
                **_whose(piece.release),
            }


def _whose(release: Release) -> dict[str, str]:
    source = min(release.appearances.all(), key=lambda here: here.pk).source
    return {"publisher": source.publisher or source.name, "voice": source.voice}


def _addresses(addresses: set[str]) -> Iterator[tuple[int, str]]:
    """Keys of releases that could be at one of these addresses, with each of theirs."""
    alike = {form for address in addresses for form in _alike(address)}
    releases = Release.objects.filter(Q(url__in=alike) | Q(appearances__url__in=alike)).values("pk")
    yield from Release.objects.filter(pk__in=releases).values_list("pk", "url")
    yield from Appearance.objects.filter(release__in=releases).values_list("release_id", "url")


def _alike(address: str) -> set[str]:
    """The forms in which the same address is most often written."""
    bare = canonical_address(address)
    hosts = [f"{scheme}://{www}{bare}" for scheme in ("http", "https") for www in ("", "www.")]
    return {address, *hosts, *(f"{host}/" for host in hosts)}
