"""The one thing the watch says to the rest of the house, after the data is committed."""

from django.dispatch import Signal

#: Sent with `revision` (tracker.models.Revision) when a release is new or was revised.
release_ingested = Signal()
