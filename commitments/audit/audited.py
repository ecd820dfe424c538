"""What is recorded of each model, and what is not and why. A test holds this to the models that there are.

What people decide, edit, switch and remove is recorded, whoever or whatever does it. What the machine notes for
itself as it goes along is not: it would bury the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import models

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
ALL = (ADDED, CHANGED, REMOVED)


@dataclass(frozen=True)
class Audited:
    """How the changes of one model are recorded.

    All fields are, unless `only` names them or `but` leaves some out; of those in `hidden` it is recorded that they
    changed, never from what to what. `named` is the field by which an entry names the row, `part_of` the foreign key
    to the row on whose history the entry stands as well. With `unless`, a field and a value, nothing is recorded of
    a row that has this value before and after.
    """

    label: str
    named: str = ""
    part_of: str = ""
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ALL
    unless: tuple[str, str] | None = None

    @property
    def model(self) -> type[models.Model]:
        model: type[models.Model] = apps.get_model(self.label)
        return model

    @property
    def fields(self) -> list[models.Field]:
        """The fields whose changes are recorded, hidden ones included."""
        names = {*self.only, *self.hidden}
        return [
            field
            for field in self.model._meta.concrete_fields
            if not field.primary_key and field.name not in self.but and (not self.only or field.name in names)
        ]


AUDITED = (
    # The record.
    Audited("commitments.Commitment", named="reference", but=("created_at", "linkable_since")),
    Audited("commitments.Commitment_other_departments", part_of="commitment"),
    Audited("commitments.Commitment_series", part_of="commitment"),
    Audited("commitments.Commitment_watchers", part_of="commitment"),
    Audited("commitments.Definition", part_of="commitment", but=("recorded_at",)),
    Audited("commitments.Target", part_of="definition"),
    Audited("commitments.TargetComponent", named="name", part_of="target"),
    Audited("commitments.StatusChange", part_of="commitment", but=("recorded_at",)),
    Audited("commitments.StatusProposal", part_of="commitment", but=("proposed_at",)),
    Audited("commitments.Merge", part_of="merged"),
    Audited("commitments.Milestone", named="title", part_of="commitment"),
    Audited("commitments.Question", part_of="commitment"),
    Audited("commitments.NextEvidence", named="what", part_of="commitment"),
    Audited("commitments.Series", named="metric"),
    Audited("commitments.Measurement", part_of="series", but=("recorded_at",)),
    Audited("commitments.TablePointer", part_of="series", but=("made_at",)),
    # What a table gives comes by itself; what people make of it counts.
    Audited(
        "commitments.TableFigure",
        only=("value", "state", "reason", "decided_by"),
        deeds=(CHANGED, REMOVED),
    ),
    Audited("commitments.Administration", named="name"),
    Audited("commitments.Department", named="name"),
    Audited("commitments.DepartmentName", named="name", part_of="department"),
    Audited("commitments.Succession", part_of="predecessor"),
    Audited("commitments.FormerLead", part_of="commitment"),
    Audited("commitments.PolicyArea", named="name"),
    Audited("commitments.OwnWords", named="subject", but=("changed_at",)),
    # Suggestions come and go by the machine; from a person's decision on, every change counts. What a person does
    # to one that is still undecided is in the decision.
    Audited(
        "commitments.Evidence",
        part_of="commitment",
        only=(
            *("commitment", "release", "quote", "state", "relation", "tier", "self_declared", "figures"),
            *("decided_by", "reject_reason", "teaches"),
        ),
        deeds=(CHANGED, REMOVED),
        unless=("state", "suggested"),
    ),
    # The machine finds them; what people make of them counts.
    Audited("commitments.Goalpost", part_of="evidence", deeds=(CHANGED, REMOVED)),
    Audited(
        "commitments.PossibleCommitment",
        only=("quote", "state", "reason", "decided_by", "commitment"),
        deeds=(CHANGED, REMOVED),
    ),
    # That something is withheld, and its hash; its words are not said again here.
    Audited("commitments.Withholding", part_of="release", but=("at",), hidden=("words",)),
    # What was decided on it, and never who sent it: whoever is forgotten is gone from here too.
    Audited(
        "commitments.CorrectionRequest",
        only=("commitment", "release", "state", "answer", "changed", "status_change", "definition", "decided_by"),
        deeds=(CHANGED, REMOVED),
    ),
    Audited("commitments.Reply", named="who", part_of="status_change", but=("recorded_at",)),
    # A decision is itself an entry of who, when, from what and to what; here it has its place among the others.
    Audited("commitments.Decision", part_of="evidence", only=("kind", "by", "note")),
    Audited("commitments.LinkerVersion", named="name", only=("name", "base", "command", "refused", "data_sha256")),
    Audited("commitments.LinkerSwitch", only=("version", "by", "reason")),
    Audited("commitments.Webhook", named="name", but=("since",), hidden=("secret",)),
    # What each row made has its own entries; which columns were which is somebody's word.
    Audited(
        "commitments.Import",
        named="file_name",
        only=("kind", "state", "by", "file_name", "sha256", "update", "only_good", "undone_by"),
    ),
    Audited("commitments.ColumnMapping", only=("kind", "mapping", "by")),
    # That it was let go on, and by whom.
    Audited("commitments.Brake", named="reason", only=("reason", "released_at", "released_by")),
    # The machine makes and sends them, and they are the record of that; one that somebody had sent again is theirs.
    Audited("commitments.Digest", only=("again_of", "asked_by"), deeds=(ADDED,), unless=("asked_by", "0")),
    # Never the address: whoever is erased is gone from here too.
    Audited(
        "commitments.Subscriber",
        only=(
            *("state", "frequency", "time_zone", "quiet_note", "confirmed_at", "unsubscribed_at"),
            *("paused_at", "paused_until", "suppressed_at"),
        ),
        hidden=("suppressed_because",),  # may repeat a server's words, which name the address
    ),
    Audited("commitments.Subscription", part_of="subscriber", only=("scope",)),
    Audited("commitments.StaffDigestWish", part_of="person", but=("since",)),
    # The watch.
    Audited(
        "tracker.Source",
        named="name",
        only=(
            *("slug", "name", "kind", "url", "publisher", "voice", "republish", "options", "state"),
            "fixed_interval_minutes",
        ),
    ),
    # That they came is told by themselves; that one is altered or gone is not.
    Audited(
        "tracker.Release", named="title", only=("title", "url", "published_at", "joined_to"), deeds=(CHANGED, REMOVED)
    ),
    Audited(
        "tracker.Revision",
        named="title",
        part_of="release",
        only=("release", "number", "title", "text_hash", "note"),
        deeds=(CHANGED, REMOVED),
    ),
    Audited(
        "tracker.Appearance", named="title", part_of="release", only=("release", "source"), deeds=(CHANGED, REMOVED)
    ),
    Audited("tracker.Provenance", part_of="appearance", but=("recorded_at",)),
    Audited("tracker.KeptApart", part_of="release", but=("at",)),
    # People.
    Audited(
        "auth.User",
        named="username",
        only=("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser"),
        hidden=("password",),
    ),
    Audited("auth.User_groups", part_of="user"),
    Audited("auth.User_user_permissions", part_of="user"),
    Audited("auth.Group", named="name"),
    Audited("auth.Group_permissions", part_of="group"),
    Audited("otp_totp.TOTPDevice", named="name", part_of="user", only=("user", "name", "confirmed"), hidden=("key",)),
    Audited("otp_static.StaticDevice", named="name", part_of="user", only=("user", "name", "confirmed")),
    Audited("otp_static.StaticToken", part_of="device", only=("device",), hidden=("token",)),
)

#: Why nothing is recorded of the others.
NOT_AUDITED = {
    "commitments.WebhookMessage": "is itself the record of what was sent",
    "commitments.MovedRow": "is itself the record of what a merge has changed",
    "commitments.FormerSlug": "follows from a changed slug, which is recorded of what it was the address of",
    "commitments.AuditEntry": "is the audit itself",
    "commitments.Bounce": "is itself the record of what came back",
    "commitments.DomainPace": "when the next mail to a domain may go",
    "commitments.Erasure": "is itself the proof that somebody was erased, and by whom",
    "commitments.StaffDigest": "is itself the record of what was sent",
    "commitments.SignUp": "is forgotten within a day",
    "commitments.LinkedRevision": "the linker's own list of what it has done",
    "commitments.LinkingProfile": "follows from the commitment's words",
    "commitments.IndexChange": "the index's own mark",
    "commitments.RecordChange": "that something changed, for copies in memory",
    "commitments.TableReading": "is itself the record of one edition read",
    "commitments.ImportRow": "is itself the record of what became of a row",
    "commitments.Turn": "whose turn it is among workers",
    "tracker.Poll": "is itself the record of one look",
    "tracker.Snapshot": "its hash proves it; verify_archive says what is missing or altered",
    "tracker.Attachment": "comes and goes with its revision",
    "tracker.Revision_also_from": "comes and goes with its revision",
    "tracker.ChangeNote": "the publisher's own history",
    "tracker.Sketch": "follows from an appearance's words",
    "tracker.Backfill": "is itself the record of one walk",
    "tracker.MailboxPlace": "how far the watch has read",
    "tracker.PendingEntry": "what the watch has still to do",
    "tracker.Recheck": "when the watch looks again",
    "tracker.SourceAlert": "what staff were told",
    "tracker.RobotsFile": "what a host said",
    "tracker.Tick": "a sign of life",
    "auth.Permission": "follows from the models",
    "contenttypes.ContentType": "follows from the models",
    "sessions.Session": "comes and goes with each sign-in",
    "admin.LogEntry": "Django's own notes on what was done in the admin",
    "axes.AccessAttempt": "is itself the record of a failed sign-in",
    "axes.AccessAttemptExpiration": "comes and goes with the attempt",
    "axes.AccessFailureLog": "is not kept",
    "axes.AccessLog": "is not kept",
}
