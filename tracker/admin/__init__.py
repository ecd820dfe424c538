"""The watch in Django's admin."""

from . import releases, sources

__all__ = ["releases", "sources"]
