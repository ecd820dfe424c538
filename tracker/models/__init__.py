"""What the watch keeps: sources, each look at them, and every version of every release seen.

Nothing here knows what the releases are used for.
"""

from .archive import Snapshot, SnapshotQuerySet
from .provenance import Provenance
from .release import Appearance, KeptApart, Release, Sketch
from .revision import Attachment, ChangeNote, Revision
from .rights import Licence, Republish, Voice
from .source import Poll, Source, SourceAlert
from .work import Backfill, MailboxPlace, PendingEntry, Recheck, RobotsFile, Tick

__all__ = [
    "Appearance",
    "Attachment",
    "Backfill",
    "ChangeNote",
    "KeptApart",
    "Licence",
    "MailboxPlace",
    "PendingEntry",
    "Poll",
    "Provenance",
    "Recheck",
    "Release",
    "Republish",
    "Revision",
    "RobotsFile",
    "Sketch",
    "Snapshot",
    "SnapshotQuerySet",
    "Source",
    "SourceAlert",
    "Tick",
    "Voice",
]
