"""The watch in Django's admin."""

from . import releases, sources, work

__all__ = ["releases", "sources", "work"]
